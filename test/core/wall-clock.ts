/** The slow and obvious side of the tests of timing: local times spelled out, and what a wall clock shows, asked one minute at a time. */
import fc from 'fast-check'
import { DAY, MINUTE } from '../../src/core/clock.ts'
import type { Schedule } from '../../src/core/schedule.ts'

/** Whole-hour, half-hour and quarter-hour zones, both hemispheres, a 30-minute summer time, a winter time in Ramadan, changes at midnight. */
export const ZONES = [
  'America/New_York',
  'Europe/Berlin',
  'Europe/London',
  'Australia/Lord_Howe',
  'Australia/Sydney',
  'America/Santiago',
  'Africa/Casablanca',
  'Africa/Cairo',
  'Asia/Beirut',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Pacific/Chatham',
  'Pacific/Apia',
  'America/St_Johns',
  'UTC',
]

/** The instant of a local time, as in at('2027-03-14T01:30', 'America/New_York'). */
export function at(local: string, zone: string): number {
  return Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds
}

/** Every change of the offset of a zone from one year to another. */
export function changesOf(zone: string, from: number, to: number): number[] {
  const changes: number[] = []
  let next = Temporal.ZonedDateTime.from(`${from}-01-01T00:00[${zone}]`).getTimeZoneTransition('next')
  while (next !== null && next.year < to) {
    changes.push(next.epochMilliseconds)
    next = next.getTimeZoneTransition('next')
  }
  return changes
}

export function openByWallClock(schedule: Schedule, zone: string, now: number): boolean {
  const local = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone)
  if (schedule.holidays.includes(local.toPlainDate().toString())) return false
  const minute = local.hour * 60 + local.minute
  return schedule.windows.some(
    (window) =>
      window.day === local.dayOfWeek && window.opensAtMinute <= minute && minute < window.closesAtMinute,
  )
}

const start = at('2026-01-01T00:00', 'UTC')

/** Whole minutes of four years, half of them near a change of the clock of some zone. */
export const instants: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: 0, max: 4 * 366 * 1440 }).map((minutes) => start + minutes * MINUTE),
  fc
    .tuple(
      fc.constantFrom(...ZONES.flatMap((zone) => changesOf(zone, 2026, 2030))),
      fc.integer({ min: -1500, max: 300 }),
    )
    .map(([change, minutes]) => change + minutes * MINUTE),
)

const windowsOfDay = (day: number) =>
  fc
    .uniqueArray(fc.integer({ min: 0, max: 1440 }), { minLength: 0, maxLength: 4 })
    .map((minutes) => minutes.sort((a, b) => a - b))
    .map((minutes) =>
      Array.from({ length: Math.floor(minutes.length / 2) }, (_, index) => ({
        day,
        opensAtMinute: minutes[2 * index]!,
        closesAtMinute: minutes[2 * index + 1]!,
      })),
    )

/** Valid schedules with at least one window and some holidays. */
export const schedules: fc.Arbitrary<Schedule> = fc
  .tuple(
    fc.tuple(...[1, 2, 3, 4, 5, 6, 7].map(windowsOfDay)),
    fc.array(
      fc.integer({ min: 0, max: 4 * 366 }).map((days) =>
        Temporal.Instant.fromEpochMilliseconds(start + days * DAY)
          .toZonedDateTimeISO('UTC')
          .toPlainDate()
          .toString(),
      ),
      { maxLength: 30 },
    ),
  )
  .map(([days, holidays]) => ({
    zone: 'UTC',
    useContactZone: true,
    windows: days.flat(),
    holidays,
  }))
  .filter((schedule) => schedule.windows.length > 0)
