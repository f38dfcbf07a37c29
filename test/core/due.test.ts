/** When the next step is due: the rules of waiting, against an oracle that counts open minutes one by one. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../src/core/clock.ts'
import { dueAfter, type Wait, waitProblem } from '../../src/core/due.ts'
import { ALWAYS, type Schedule, WEEKDAYS_9_TO_5 } from '../../src/core/schedule.ts'
import { at, instants, openByWallClock, schedules, ZONES } from './wall-clock.ts'

const NY = 'America/New_York'
const office: Schedule = {
  zone: NY,
  useContactZone: false,
  windows: WEEKDAYS_9_TO_5,
  holidays: ['2027-03-05'],
}

/** Local New York times in, local New York time out. */
function due(wait: Wait, from: string, schedule = office): string {
  const instant = dueAfter(wait, at(from, NY), { schedule, zone: NY })
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(NY).toPlainDateTime().toString()
}

test('16:57 and 5 minutes in a 9 to 17 window is 9:02 on the next day', () => {
  expect(due({ amount: 5, unit: 'minute' }, '2027-03-01T16:57')).toBe('2027-03-02T09:02:00')
})

test('... over a holiday and a weekend it is 9:02 on Monday (Friday 2027-03-05 is a holiday here)', () => {
  expect(due({ amount: 5, unit: 'minute' }, '2027-03-04T16:57')).toBe('2027-03-08T09:02:00')
})

test('a short wait that begins while it is closed begins at the opening', () => {
  expect(due({ amount: 30, unit: 'minute' }, '2027-03-06T12:00')).toBe('2027-03-08T09:30:00')
})

test('a wait of hours is never later than the same clock time on the next open day', () => {
  expect(due({ amount: 10, unit: 'hour' }, '2027-03-01T10:00')).toBe('2027-03-02T10:00:00')
  expect(due({ amount: 23, unit: 'hour' }, '2027-03-04T10:00')).toBe('2027-03-08T10:00:00')
})

test('a wait that ends as the window closes is due at that instant', () => {
  expect(due({ amount: 3, unit: 'minute' }, '2027-03-01T16:57')).toBe('2027-03-01T17:00:00')
})

test('a wait of days is due at the opening of its date', () => {
  expect(due({ amount: 1, unit: 'day' }, '2027-03-01T16:57')).toBe('2027-03-02T09:00:00')
  expect(due({ amount: 1, unit: 'week' }, '2027-03-01T16:57')).toBe('2027-03-08T09:00:00')
})

test('a wait of days that ends on a closed date is due at the next opening', () => {
  expect(due({ amount: 3, unit: 'day' }, '2027-03-02T11:00')).toBe('2027-03-08T09:00:00')
})

test('a wait of days counts dates, not hours, over the change to summer time (2027-03-14 New York)', () => {
  expect(due({ amount: 3, unit: 'day' }, '2027-03-12T16:00')).toBe('2027-03-15T09:00:00')
})

test('business days count only the open dates of the schedule (Friday 2027-03-05 is a holiday here)', () => {
  expect(due({ amount: 1, unit: 'day', businessDays: true }, '2027-03-04T16:57')).toBe('2027-03-08T09:00:00')
  expect(due({ amount: 3, unit: 'day', businessDays: true }, '2027-03-03T11:00')).toBe('2027-03-09T09:00:00')
  expect(due({ amount: 3, unit: 'day' }, '2027-03-03T11:00')).toBe('2027-03-08T09:00:00')
})

test('business days that begin on a closed date count from the next open one', () => {
  expect(due({ amount: 1, unit: 'day', businessDays: true }, '2027-03-06T12:00')).toBe('2027-03-08T09:00:00')
})

test('business days of a schedule that never opens end on the next date: the window gate then says so', () => {
  const closed = { ...office, windows: [] }
  expect(due({ amount: 4, unit: 'day', businessDays: true }, '2027-03-01T16:57', closed)).toBe(
    '2027-03-02T00:00:00',
  )
})

test('only days can be business days', () => {
  expect(waitProblem({ amount: 2, unit: 'day', businessDays: true })).toBe(undefined)
  expect(waitProblem({ amount: 2, unit: 'week', businessDays: true })).toContain('10 of them')
})

test('a date that comes twice gets one email (Goose Bay, 2000-10-29 0:01 is 2000-10-28 23:01)', () => {
  const zone = 'America/Goose_Bay'
  const late = {
    ...office,
    windows: ALWAYS.map(({ day }) => ({ day, opensAtMinute: 1380, closesAtMinute: 1440 })),
  }
  const from = at('2000-10-28T23:00', zone)
  expect(dueAfter({ amount: 1, unit: 'day' }, from, { schedule: late, zone })).toBe(
    at('2000-10-29T23:00', zone),
  )
})

test('24 hours or more in hours, minutes or seconds is exact elapsed time, open or not', () => {
  expect(due({ amount: 24, unit: 'hour' }, '2027-03-13T12:00')).toBe('2027-03-14T13:00:00')
  expect(due({ amount: 2880, unit: 'minute' }, '2027-03-01T10:00')).toBe('2027-03-03T10:00:00')
  expect(due({ amount: 172_800, unit: 'second' }, '2027-03-05T18:00')).toBe('2027-03-07T18:00:00')
})

test('no wait is due at once, whatever the window says', () => {
  expect(due({ amount: 0, unit: 'day' }, '2027-03-06T03:00')).toBe('2027-03-06T03:00:00')
})

test('with a schedule that is always open a short wait is just that wait', () => {
  const always = { ...office, windows: ALWAYS, holidays: [] }
  expect(due({ amount: 23, unit: 'hour' }, '2027-03-06T22:00', always)).toBe('2027-03-07T21:00:00')
})

test('a schedule that never opens leaves the plain elapsed time', () => {
  expect(due({ amount: 5, unit: 'minute' }, '2027-03-01T16:57', { ...office, windows: [] })).toBe(
    '2027-03-01T17:02:00',
  )
})

/** Counts open minutes one by one; then looks for the same clock time on the first later date that opens. */
function oracle(
  minutes: number,
  from: number,
  { schedule, zone }: { schedule: Schedule; zone: string },
): number {
  const start = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone)
  let now = from
  let open = 0
  let capDate: Temporal.PlainDate | undefined
  for (; now < from + 60 * DAY; now += MINUTE) {
    const local = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone)
    if (open === minutes) return now
    const isOpen = openByWallClock(schedule, zone, now)
    const later = Temporal.PlainDate.compare(local.toPlainDate(), start.toPlainDate()) > 0
    if (capDate === undefined && later && isOpen) capDate = local.toPlainDate()
    if (capDate !== undefined) {
      const cap = capDate.toPlainDateTime(start.toPlainTime()).toZonedDateTime(zone).epochMilliseconds
      if (cap <= now) return cap
      if (Temporal.PlainDate.compare(capDate, local.toPlainDate()) < 0) return cap
    }
    if (isOpen) open++
  }
  throw new Error('the oracle looked 60 days ahead')
}

test('waits under 24 hours agree with counting open minutes, for random schedules, zones and instants', () => {
  fc.assert(
    fc.property(
      schedules,
      fc.constantFrom(...ZONES),
      instants,
      fc.oneof(fc.integer({ min: 1, max: 1439 }), fc.integer({ min: 1, max: 60 })),
      (schedule, zone, from, minutes) => {
        const found = dueAfter({ amount: minutes, unit: 'minute' }, from, { schedule, zone })
        expect(found).toBe(oracle(minutes, from, { schedule, zone }))
      },
    ),
    { numRuns: 60, seed: 165700902 },
  )
})

test('waits of days and weeks are due at the first open minute of their date or after it', () => {
  fc.assert(
    fc.property(
      schedules,
      fc.constantFrom(...ZONES),
      instants,
      fc.integer({ min: 1, max: 30 }),
      (schedule, zone, from, days) => {
        const found = dueAfter({ amount: days, unit: 'day' }, from, { schedule, zone })
        const date = Temporal.Instant.fromEpochMilliseconds(from)
          .toZonedDateTimeISO(zone)
          .toPlainDate()
          .add({ days })
        const midnight = date.toZonedDateTime(zone).epochMilliseconds
        expect(found).toBeGreaterThanOrEqual(midnight)
        expect(openByWallClock(schedule, zone, found)).toBe(true)
        for (let now = midnight; now < found && now < midnight + 2 * DAY; now += MINUTE)
          if (openByWallClock(schedule, zone, now)) throw new Error(`open at ${now}, before ${found}`)
      },
    ),
    { numRuns: 40, seed: 90200 },
  )
})

test('a wait is never due before it began', () => {
  const waits = fc.record({
    amount: fc.integer({ min: 0, max: 200 }),
    unit: fc.constantFrom<Wait['unit']>('second', 'minute', 'hour', 'day', 'week'),
  })
  fc.assert(
    fc.property(schedules, fc.constantFrom(...ZONES), instants, waits, (schedule, zone, from, wait) => {
      expect(dueAfter(wait, from, { schedule, zone })).toBeGreaterThanOrEqual(from)
    }),
    { numRuns: 300, seed: 7 },
  )
})

test('a wait that is negative, broken, of an unknown unit or over ten years is refused with a sentence', () => {
  expect(waitProblem({ amount: 3, unit: 'day' })).toBe(undefined)
  expect(waitProblem({ amount: -1, unit: 'day' })).toContain('-1 days')
  expect(waitProblem({ amount: 1.5, unit: 'hour' })).toContain('1.5 hours')
  expect(waitProblem({ amount: 3651, unit: 'day' })).toContain('3650 days')
  expect(waitProblem({ amount: 1, unit: 'fortnight' as Wait['unit'] })).toContain('"fortnight"')
})

test('a wait of hours that crosses the change to summer time still elapses in real time', () => {
  // New York, 2027-03-14: between 1:30 and 3:30 one hour passes.
  const always = { ...office, windows: ALWAYS, holidays: [] }
  const from = at('2027-03-14T01:30', NY)
  expect(dueAfter({ amount: 1, unit: 'hour' }, from, { schedule: always, zone: NY })).toBe(from + HOUR)
})
