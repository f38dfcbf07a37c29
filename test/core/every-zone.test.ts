/**
 * Every IANA zone and every change of its clock from 2000 to 2050: never outside the window, never twice, never skipped.
 * `TIMING=long` looks further around each change, through more schedules (a few minutes).
 */
import { expect, test, vi } from 'vitest'
import { DAY, type Instant, MINUTE } from '../../src/core/clock.ts'
import {
  clocks,
  dailyEmailsThroughChanges,
  LONG,
  minutesAroundChanges,
  SHORT,
} from '../support/clock-changes.ts'
import { FROM, UNTIL } from '../support/minute-clock.ts'

const isLong = process.env['TIMING'] === 'long'
const around = isLong ? LONG : SHORT
vi.setConfig({ testTimeout: isLong ? 3_600_000 : 120_000 })

test('the zones and changes that are looked at are all there are, and Intl prints the same clock', () => {
  let changes = 0
  for (const clock of clocks) {
    const print = new Intl.DateTimeFormat('sv-SE', {
      timeZone: clock.zone,
      dateStyle: 'short',
      timeStyle: 'medium',
    })
    const shown = (instant: Instant) => Date.parse(`${print.format(instant).replace(' ', 'T')}Z`) / MINUTE
    const asked = clock.changes.flatMap((change) => [change - MINUTE, change])
    // Between the changes too: one that was left out of the list would be found here.
    for (let instant = FROM; instant < UNTIL; instant += 61 * DAY) asked.push(instant)
    for (const instant of asked)
      if (shown(instant) !== clock.wallMinute(instant)) throw new Error(`${clock.zone} at ${instant}`)
    changes += clock.changes.length
  }
  expect(clocks.length).toBeGreaterThan(400)
  expect(changes).toBeGreaterThan(14_000)
})

test('around every change of every zone it is open in exactly the minutes that the wall clock says', () => {
  const { looked, wrong, first } = minutesAroundChanges(around)
  report(`${looked.toLocaleString('en')} minutes compared`)
  expect(wrong, first ?? '').toBe(0)
  expect(looked).toBeGreaterThan(45_000_000)
})

test('through every change of every zone a daily email goes inside its window, once a date, and on every open date', () => {
  const { looked, wrong, first } = dailyEmailsThroughChanges(around)
  report(`${looked.toLocaleString('en')} daily emails`)
  expect(wrong, first ?? '').toBe(0)
  expect(looked).toBeGreaterThan(80_000)
})

function report(line: string) {
  if (isLong) console.info(line)
}
