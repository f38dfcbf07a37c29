/** What an absence does to an enrollment: until when it waits, and when a person is asked. */
import { expect, test } from 'vitest'
import { type AwayRules, awayPlan } from '../../src/core/absence.ts'
import { type Schedule, WEEKDAYS_9_TO_5 } from '../../src/core/schedule.ts'
import { at } from './wall-clock.ts'

const BERLIN = 'Europe/Berlin'
const office: Schedule = {
  zone: BERLIN,
  useContactZone: false,
  windows: WEEKDAYS_9_TO_5,
  holidays: ['2027-03-29'],
}
/** Monday 1 March 2027. */
const now = at('2027-03-01T10:00', BERLIN)
const rules = (change: Partial<AwayRules> = {}): AwayRules => ({ marginDays: 1, resumeDays: null, ...change })
const plan = (
  returnsOn: string | null,
  change: Partial<AwayRules> = {},
  schedule: Schedule | null = office,
) => awayPlan(returnsOn, now, { schedule, zone: BERLIN, rules: rules(change) })
const until = (local: string, zone = BERLIN) => ({ kind: 'pause', until: at(local, zone) })

test('a pause ends with the opening of the business day after the day of return', () => {
  expect(plan('2027-03-09')).toEqual(until('2027-03-10T09:00'))
})

test.each([
  [0, '2027-03-12T09:00'],
  [1, '2027-03-15T09:00'],
  [2, '2027-03-16T09:00'],
  [5, '2027-03-19T09:00'],
])('back on Friday 12 March 2027 with %i days of margin: the weekend does not count', (marginDays, local) => {
  expect(plan('2027-03-12', { marginDays })).toEqual(until(local))
})

test('back on Good Friday 2027-03-26: Easter Monday is a holiday of the schedule, so it is Tuesday', () => {
  expect(plan('2027-03-26')).toEqual(until('2027-03-30T09:00'))
})

test('back on a Saturday without a margin: the Monday after', () => {
  expect(plan('2027-03-13', { marginDays: 0 })).toEqual(until('2027-03-15T09:00'))
})

test('the opening is that of the zone that governs: the contact’s, where the schedule says so', () => {
  const zone = 'America/New_York'
  const schedule = { ...office, useContactZone: true }
  expect(awayPlan('2027-03-09', now, { schedule, zone, rules: rules() })).toEqual(
    until('2027-03-10T09:00', zone),
  )
})

test('without a schedule every day begins at its midnight', () => {
  expect(plan('2027-03-12', { marginDays: 1 }, null)).toEqual(until('2027-03-13T00:00'))
})

test('a note without a date asks a person, or goes on by itself after the days that the team has set', () => {
  expect(plan(null)).toEqual({ kind: 'ask', reason: 'away_without_date' })
  expect(plan(null, { resumeDays: 5 })).toEqual(until('2027-03-08T09:00'))
})

test('more than 60 days asks a person', () => {
  expect(plan('2027-04-30')).toEqual(until('2027-05-03T09:00'))
  expect(plan('2027-05-01')).toEqual({ kind: 'ask', reason: 'away_too_long' })
})

test('who is back already is not paused', () => {
  expect(plan('2027-03-01')).toEqual({ kind: 'back' })
  expect(plan('2027-02-20')).toEqual({ kind: 'back' })
})

test('the day of return begins where the person is: 2 March begins in Tokyo while it is 1 March in Berlin', () => {
  const evening = at('2027-03-01T20:00', BERLIN)
  const o = { schedule: office, rules: rules() }
  expect(awayPlan('2027-03-02', evening, { ...o, zone: 'Asia/Tokyo' })).toEqual({ kind: 'back' })
  expect(awayPlan('2027-03-02', evening, { ...o, zone: BERLIN })).toEqual(until('2027-03-03T09:00'))
})
