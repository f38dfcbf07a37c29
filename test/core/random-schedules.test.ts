/** Random schedules against an oracle that goes minute by minute. `TIMING=long` makes fifty times as many. */
import { expect, test, vi } from 'vitest'
import {
  openingsOfRandomSchedules,
  openMinutesOfRandomSchedules,
  waitsInRandomSchedules,
} from '../support/random-schedules.ts'

const isLong = process.env['TIMING'] === 'long'
vi.setConfig({ testTimeout: isLong ? 3_600_000 : 120_000 })
const RUNS = isLong ? 100_000 : 2_000

test('random schedules are open in exactly the minutes that the wall clock says, in any zone', () => {
  const { wrong, first } = openMinutesOfRandomSchedules(RUNS)
  expect(wrong, first ?? '').toBe(0)
})

test('the next opening of a random schedule is its first open minute, and it closes at the first closed one', () => {
  const { wrong, first } = openingsOfRandomSchedules(RUNS)
  expect(wrong, first ?? '').toBe(0)
})

test('waits of seconds, minutes, hours, days, business days and weeks are due when counting minutes says so', () => {
  const { wrong, first, met } = waitsInRandomSchedules(RUNS)
  expect(wrong, first ?? '').toBe(0)
  expect(met.size).toBe(6)
})
