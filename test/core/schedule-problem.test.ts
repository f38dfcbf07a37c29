/** Schedules and zones that a person got wrong: each sentence names the thing, the value and the way out. */
import { expect, test } from 'vitest'
import { type Schedule, WEEKDAYS_9_TO_5 } from '../../src/core/schedule.ts'
import { scheduleProblem } from '../../src/core/schedule-problem.ts'
import { canonicalZone, isZone, zoneProblem } from '../../src/core/zone.ts'

const good: Schedule = {
  zone: 'Europe/Berlin',
  useContactZone: false,
  windows: WEEKDAYS_9_TO_5,
  holidays: ['2028-02-29'],
}
const monday = (opensAtMinute: number, closesAtMinute: number) => ({ day: 1, opensAtMinute, closesAtMinute })

test('a sound schedule has no problem', () => {
  expect(scheduleProblem(good)).toBe(undefined)
})

test.each([
  [{ ...good, windows: [] }, 'no window, so it would never open'],
  [{ ...good, windows: [monday(1020, 540)] }, 'Monday 17:00-24:00 and Tuesday 0:00-9:00'],
  [{ ...good, windows: [monday(540, 540)] }, 'opens at 9:00 and closes at 9:00'],
  [{ ...good, windows: [monday(1020, 0)] }, 'midnight at the end of the day is 24:00'],
  [{ ...good, windows: [monday(0, 1441)] }, 'minute 1441'],
  [{ ...good, windows: [{ day: 8, opensAtMinute: 0, closesAtMinute: 60 }] }, 'day 8'],
  [
    { ...good, windows: [monday(600, 1020), monday(540, 660)] },
    'Monday 9:00-11:00 and 10:00-17:00 overlap. Merge them into 9:00-17:00',
  ],
  [{ ...good, holidays: ['2027-02-29'] }, '"2027-02-29" is not a date'],
  [{ ...good, zone: 'Europe/Berln' }, 'There is no time zone "Europe/Berln". Did you mean "Europe/Berlin"?'],
])('%#: a broken schedule is described', (schedule, words) => {
  expect(scheduleProblem(schedule)).toContain(words)
})

test('windows that only touch do not overlap', () => {
  expect(scheduleProblem({ ...good, windows: [monday(540, 720), monday(720, 1020)] })).toBe(undefined)
})

test('zones are IANA names in any case; offsets and nonsense are not', () => {
  expect(isZone('America/Argentina/Buenos_Aires')).toBe(true)
  expect(canonicalZone('europe/berlin')).toBe('Europe/Berlin')
  for (const text of ['+02:00', 'Mars/Olympus', '', '2027-01-01T00:00[Europe/Berlin]', 'Europe/Berlin '])
    expect([text, isZone(text)]).toEqual([text, false])
})

test('an unknown zone that resembles nothing gets an example instead of a guess', () => {
  expect(zoneProblem('Tatooine/Mos_Eisley')).toContain('such as "America/New_York"')
})

test('a city alone is understood as a hint', () => {
  expect(zoneProblem('new york')).toContain('"America/New_York"')
})
