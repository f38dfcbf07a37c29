/** Windows, holidays and changes of the clock, against an oracle that asks the wall clock minute by minute. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../src/core/clock.ts'
import {
  ALWAYS,
  closedBy,
  closesAt,
  governingZone,
  isOpen,
  nextOpening,
  openIntervals,
  type Schedule,
  WEEKDAYS_9_TO_5,
} from '../../src/core/schedule.ts'
import { at, changesOf, instants, openByWallClock, schedules, ZONES } from './wall-clock.ts'

const office: Schedule = {
  zone: 'America/New_York',
  useContactZone: false,
  windows: WEEKDAYS_9_TO_5,
  holidays: ['2027-12-24'],
}
const NY = 'America/New_York'

test('a weekday window opens at its first minute and is closed at its last', () => {
  expect(isOpen(office, NY, at('2027-03-01T08:59:59.999', NY))).toBe(false)
  expect(isOpen(office, NY, at('2027-03-01T09:00', NY))).toBe(true)
  expect(isOpen(office, NY, at('2027-03-01T16:59:59.999', NY))).toBe(true)
  expect(isOpen(office, NY, at('2027-03-01T17:00', NY))).toBe(false)
})

test('the next opening of an open schedule is now', () => {
  const now = at('2027-03-01T10:30', NY)
  expect(nextOpening(office, NY, now)).toBe(now)
})

test('after Friday evening it opens on Monday morning, over the change to summer time (2027-03-14 New York)', () => {
  expect(nextOpening(office, NY, at('2027-03-12T17:00', NY))).toBe(at('2027-03-15T09:00', NY))
})

test('a holiday is skipped and named as what keeps it closed', () => {
  // 2027-12-24 is a Friday.
  expect(nextOpening(office, NY, at('2027-12-23T17:00', NY))).toBe(at('2027-12-27T09:00', NY))
  expect(closedBy(office, NY, at('2027-12-24T10:00', NY))).toBe('holiday')
  expect(closedBy(office, NY, at('2027-12-23T18:00', NY))).toBe('window')
  expect(closedBy(office, NY, at('2027-12-23T10:00', NY))).toBe(null)
})

test('a holiday is the date in the governing zone, not in UTC', () => {
  // 2027-12-24 20:00 in Los Angeles is already the 25th in UTC.
  const schedule = { ...office, windows: ALWAYS, holidays: ['2027-12-25'] }
  const LA = 'America/Los_Angeles'
  expect(isOpen(schedule, LA, at('2027-12-24T20:00', LA))).toBe(true)
  expect(isOpen(schedule, LA, at('2027-12-25T20:00', LA))).toBe(false)
})

test('hours that begin inside the hour that does not exist open when the clock goes on (2027-03-14 New York, 2:00 is 3:00)', () => {
  const night = { ...office, windows: [{ day: 7, opensAtMinute: 150, closesAtMinute: 300 }] }
  expect(nextOpening(night, NY, at('2027-03-14T00:00', NY))).toBe(at('2027-03-14T03:00', NY))
})

test('hours that lie wholly inside the hour that does not exist stay closed that night', () => {
  const night = { ...office, windows: [{ day: 7, opensAtMinute: 120, closesAtMinute: 180 }] }
  expect(nextOpening(night, NY, at('2027-03-14T00:00', NY))).toBe(at('2027-03-21T02:00', NY))
})

test('an hour that comes twice is open twice (2027-11-07 New York, 1:00 to 2:00)', () => {
  const night = { ...office, windows: [{ day: 7, opensAtMinute: 75, closesAtMinute: 105 }] }
  const midnight = at('2027-11-07T00:00', NY)
  expect(openIntervals(night, NY, { from: midnight, to: midnight + DAY })).toEqual([
    { opensAt: midnight + 75 * MINUTE, closesAt: midnight + 105 * MINUTE },
    { opensAt: midnight + 135 * MINUTE, closesAt: midnight + 165 * MINUTE },
  ])
})

test('what is always open has no edges at midnight and closes at the horizon only', () => {
  const always = { ...office, windows: ALWAYS, holidays: [] }
  const now = at('2027-03-01T10:30', NY)
  expect(closesAt(always, NY, now)).toBe(now + 400 * DAY)
  expect(openIntervals(always, NY, { from: now, to: now + 30 * DAY })).toEqual([
    { opensAt: now, closesAt: now + 30 * DAY },
  ])
})

test('an open window says when it closes, a closed one that it is closed', () => {
  expect(closesAt(office, NY, at('2027-03-01T10:30', NY))).toBe(at('2027-03-01T17:00', NY))
  expect(closesAt(office, NY, at('2027-03-01T17:00', NY))).toBe(null)
})

test('windows of Sunday and Monday that meet at midnight are one interval, also over the end of the week of UTC', () => {
  const late = {
    ...office,
    windows: [
      { day: 3, opensAtMinute: 1380, closesAtMinute: 1440 },
      { day: 4, opensAtMinute: 0, closesAtMinute: 60 },
    ],
  }
  // Weeks of the epoch begin on Thursday 0:00 UTC.
  expect(closesAt(late, 'UTC', at('2027-03-03T23:30', 'UTC'))).toBe(at('2027-03-04T01:00', 'UTC'))
})

test('a schedule that is closed for more than 400 days never opens', () => {
  const holidays = Array.from({ length: 420 }, (_, index) =>
    new Temporal.PlainDate(2027, 1, 1).add({ days: index }).toString(),
  )
  expect(nextOpening({ ...office, holidays }, NY, at('2027-01-01T00:00', NY))).toBe(null)
})

test('a date that a zone skipped has no opening (Apia, 2011-12-30)', () => {
  const friday = {
    ...office,
    windows: [{ day: 5, opensAtMinute: 540, closesAtMinute: 600 }],
    holidays: [],
  }
  expect(nextOpening(friday, 'Pacific/Apia', at('2011-12-29T12:00', 'Pacific/Apia'))).toBe(
    at('2012-01-06T09:00', 'Pacific/Apia'),
  )
})

test('a zone that goes back over midnight opens yesterday again (St. John’s, 2010-11-07 0:01 is 23:01)', () => {
  const zone = 'America/St_Johns'
  const saturday = {
    ...office,
    windows: [{ day: 6, opensAtMinute: 1380, closesAtMinute: 1440 }],
    holidays: [],
  }
  const from = at('2010-11-06T22:00', zone)
  const opens = from + HOUR
  expect(openIntervals(saturday, zone, { from, to: from + 6 * HOUR })).toEqual([
    { opensAt: opens, closesAt: opens + HOUR },
    { opensAt: opens + 61 * MINUTE, closesAt: opens + 120 * MINUTE },
  ])
})

test('a zone of the contact rules only if the schedule says so and the zone exists', () => {
  expect(governingZone(office, 'Asia/Tokyo')).toBe(NY)
  expect(governingZone({ ...office, useContactZone: true }, 'Asia/Tokyo')).toBe('Asia/Tokyo')
  expect(governingZone({ ...office, useContactZone: true }, null)).toBe(NY)
  expect(governingZone({ ...office, useContactZone: true }, 'Mars/Olympus')).toBe(NY)
})

test('random schedules agree with the wall clock, minute by minute for two days', () => {
  fc.assert(
    fc.property(schedules, fc.constantFrom(...ZONES), instants, (schedule, zone, start) => {
      const intervals = openIntervals(schedule, zone, { from: start, to: start + 2 * DAY })
      for (let now = start; now < start + 2 * DAY; now += MINUTE) {
        const open = openByWallClock(schedule, zone, now)
        if (isOpen(schedule, zone, now) !== open) throw new Error(`isOpen at ${now} in ${zone}`)
        const listed = intervals.some((interval) => interval.opensAt <= now && now < interval.closesAt)
        if (listed !== open) throw new Error(`openIntervals at ${now} in ${zone}`)
      }
    }),
    { numRuns: 40, seed: 20271107 },
  )
})

test('the next opening is open, and no minute before it is', () => {
  fc.assert(
    fc.property(schedules, fc.constantFrom(...ZONES), instants, (schedule, zone, start) => {
      const opening = nextOpening(schedule, zone, start)
      if (opening === null) throw new Error('a schedule with a window opens within 400 days')
      expect(openByWallClock(schedule, zone, opening)).toBe(true)
      for (let now = start; now < opening && now < start + 3 * DAY; now += MINUTE)
        if (openByWallClock(schedule, zone, now)) throw new Error(`open before ${opening} at ${now}`)
    }),
    { numRuns: 40, seed: 20270314 },
  )
})

test.each(ZONES)(
  'around every change of the clock of %s in six years it agrees with the wall clock',
  (zone) => {
    const windows = ALWAYS.flatMap(({ day }) => [
      { day, opensAtMinute: 0, closesAtMinute: 25 },
      { day, opensAtMinute: 90, closesAtMinute: 145 },
      { day, opensAtMinute: 150, closesAtMinute: 195 },
      { day, opensAtMinute: 1410, closesAtMinute: 1440 },
    ])
    const schedule = { ...office, windows, holidays: [] }
    for (const change of changesOf(zone, 2025, 2031))
      for (let now = change - 4 * HOUR; now < change + 4 * HOUR; now += 5 * MINUTE)
        expect([now, isOpen(schedule, zone, now)]).toEqual([now, openByWallClock(schedule, zone, now)])
  },
)

test('a warm schedule answers more than 100,000 times a second', () => {
  const now = at('2027-03-06T10:30', NY)
  nextOpening(office, NY, now)
  const started = performance.now()
  for (let index = 0; index < 100_000; index++) nextOpening(office, NY, now + index)
  expect(performance.now() - started).toBeLessThan(1_000)
})
