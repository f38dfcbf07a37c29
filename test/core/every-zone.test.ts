/**
 * Every IANA zone and every change of its clock from 2000 to 2050: never outside the window, never twice, never skipped.
 * `TIMING=long` looks further around each change, through more schedules (a few minutes).
 */
import { expect, test, vi } from 'vitest'
import { DAY, HOUR, type Instant, MINUTE } from '../../src/core/clock.ts'
import { dueAfter, type Wait } from '../../src/core/due.ts'
import { nextOpening, openIntervals, type Schedule, type Window } from '../../src/core/schedule.ts'
import {
  dayOf,
  FROM,
  type MinuteClock,
  minuteClock,
  type OpenMinutes,
  openMinutes,
  UNTIL,
} from './minute-clock.ts'

const LONG = process.env['TIMING'] === 'long'
vi.setConfig({ testTimeout: LONG ? 3_600_000 : 120_000 })
/** How far around a change every minute is looked at. */
const AROUND = LONG ? 3 * DAY : 26 * HOUR
const clocks = Intl.supportedValuesOf('timeZone').map(minuteClock)

const everyDay = (blocks: readonly (readonly [number, number])[]): Window[] =>
  [1, 2, 3, 4, 5, 6, 7].flatMap((day) =>
    blocks.map(([opensAtMinute, closesAtMinute]) => ({ day, opensAtMinute, closesAtMinute })),
  )
const scheduleWith = (windows: Window[], holidays: string[] = []): Schedule => ({
  zone: 'UTC',
  useContactZone: true,
  windows,
  holidays,
})

/** Blocks on both sides of midnight, inside and across every hour that a clock is put on or back in. */
const NIGHT = scheduleWith(
  everyDay([
    [0, 25],
    [70, 130],
    [145, 195],
    [200, 241],
    [540, 1020],
    [1370, 1440],
  ]),
)
const SCHEDULES = [
  NIGHT,
  ...(LONG
    ? [
        scheduleWith(everyDay([[0, 1440]])),
        scheduleWith(
          everyDay([
            [540, 720],
            [780, 1020],
          ]),
        ),
        scheduleWith(everyDay([[1380, 1440]])),
        scheduleWith(everyDay([[120, 180]])),
        scheduleWith(everyDay([[0, 1]])),
      ]
    : []),
]

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
  let minutes = 0
  for (const schedule of SCHEDULES) {
    const oracle = openMinutes(schedule)
    for (const clock of clocks)
      for (const change of clock.changes) minutes += compareMinutes(schedule, oracle, { clock, change })
  }
  report(`${minutes.toLocaleString('en')} minutes compared`)
  expect(minutes).toBeGreaterThan(45_000_000)
})

function compareMinutes(
  schedule: Schedule,
  oracle: OpenMinutes,
  { clock, change }: { clock: MinuteClock; change: Instant },
): number {
  const from = Math.floor(change / MINUTE) * MINUTE - AROUND
  const to = from + 2 * AROUND
  const intervals = openIntervals(schedule, clock.zone, { from, to })
  let index = 0
  for (let now = from; now < to; now += MINUTE) {
    while (index < intervals.length && intervals[index]!.closesAt <= now) index++
    const open = index < intervals.length && intervals[index]!.opensAt <= now
    if (open !== oracle.isOpen(clock.wallMinute(now)))
      throw new Error(`${clock.zone} at ${new Date(now).toISOString()}: ${open ? 'open' : 'closed'}`)
  }
  return (to - from) / MINUTE
}

/** One email a day for somebody whose clock changes in the middle of it. */
const DAILY: Wait = { amount: 1, unit: 'day' }

test('through every change of every zone a daily email goes inside its window, once a date, and on every open date', () => {
  let emails = 0
  for (const schedule of SCHEDULES) {
    const oracle = openMinutes(schedule)
    for (const clock of clocks)
      for (const change of clock.changes) emails += followDaily(schedule, oracle, { clock, change })
  }
  report(`${emails.toLocaleString('en')} daily emails`)
  expect(emails).toBeGreaterThan(80_000)
})

function followDaily(
  schedule: Schedule,
  oracle: OpenMinutes,
  { clock, change }: { clock: MinuteClock; change: Instant },
): number {
  const from = Math.floor(change / MINUTE) * MINUTE - 2 * DAY - 7 * HOUR
  const until = change + 2 * DAY
  const where = (instant: Instant) =>
    `${clock.zone}, change ${new Date(change).toISOString()}, at ${new Date(instant).toISOString()}`
  let sentAt = nextOpening(schedule, clock.zone, from)!
  let emails = 1
  while (sentAt < until) {
    const due = dueAfter(DAILY, sentAt, { schedule, zone: clock.zone })
    const next = nextOpening(schedule, clock.zone, due)!
    if (!oracle.isOpen(clock.wallMinute(next))) throw new Error(`outside its window: ${where(next)}`)
    const [before, after] = [dayOf(clock.wallMinute(sentAt)), dayOf(clock.wallMinute(next))]
    if (after <= before) throw new Error(`twice on one date: ${where(next)}`)
    // Whatever opens between the end of the date before and this email would have been its moment.
    for (let now = sentAt; now < next; now += MINUTE) {
      const minute = clock.wallMinute(now)
      if (dayOf(minute) > before && oracle.isOpen(minute)) throw new Error(`skipped: ${where(now)}`)
    }
    sentAt = next
    emails++
  }
  return emails
}

function report(line: string) {
  if (LONG) console.info(line)
}
