/**
 * What the wall clocks of a zone show, as the tests of timing count it: one minute after the other, by whole-number arithmetic over the
 * list of its changes. It shares no code with `src/core`, and is itself compared with what Intl prints.
 */
import { MINUTE } from '../../src/core/clock.ts'
import type { Schedule } from '../../src/core/schedule.ts'

const DAY_MINUTES = 1440

export interface MinuteClock {
  zone: string
  /** Instants at which the offset changes, from 2000 to the end of 2050. */
  changes: readonly number[]
  /** Minutes of the wall clock since 1970-01-01 0:00 of the zone. */
  wallMinute(instant: number): number
}

export const FROM = Date.UTC(2000, 0, 1)
export const UNTIL = Date.UTC(2051, 0, 1)

export function minuteClock(zone: string): MinuteClock {
  const start = Temporal.Instant.fromEpochMilliseconds(FROM - 40 * DAY_MINUTES * MINUTE)
  let here = start.toZonedDateTimeISO(zone)
  const starts = [here.epochMilliseconds]
  const offsets = [here.offsetNanoseconds / 6e10]
  for (;;) {
    const next = here.getTimeZoneTransition('next')
    if (next === null || next.epochMilliseconds >= UNTIL) break
    here = next
    starts.push(here.epochMilliseconds)
    offsets.push(here.offsetNanoseconds / 6e10)
  }
  let at = 0
  return {
    zone,
    changes: starts.slice(1).filter((change) => change >= FROM),
    wallMinute(instant) {
      if (instant < starts[at]!) at = 0
      while (at + 1 < starts.length && starts[at + 1]! <= instant) at++
      return Math.floor(instant / MINUTE) + offsets[at]!
    },
  }
}

export const dayOf = (wallMinute: number) => Math.floor(wallMinute / DAY_MINUTES)

/** Which minutes of which local dates a schedule is open in: asked as often as there are minutes, hence tables. */
export interface OpenMinutes {
  isOpen(wallMinute: number): boolean
}

export function openMinutes(schedule: Schedule): OpenMinutes {
  const week = new Uint8Array(7 * DAY_MINUTES)
  for (const { day, opensAtMinute, closesAtMinute } of schedule.windows)
    week.fill(1, (day - 1) * DAY_MINUTES + opensAtMinute, (day - 1) * DAY_MINUTES + closesAtMinute)
  const holidays = new Set(schedule.holidays.map((date) => Date.parse(date) / (DAY_MINUTES * MINUTE)))
  return {
    isOpen(wallMinute) {
      const day = dayOf(wallMinute)
      if (holidays.size > 0 && holidays.has(day)) return false
      // 1970-01-01 was a Thursday, the fourth day of its week.
      const weekday = (((day + 3) % 7) + 7) % 7
      return week[weekday * DAY_MINUTES + (wallMinute - day * DAY_MINUTES)] === 1
    },
  }
}
