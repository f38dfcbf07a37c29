/**
 * What an absence does to an enrollment: a pause until it makes sense to write again, or a question to a person. What a note says is
 * `out-of-office.ts`.
 */
import { DAY, type Instant } from './clock.ts'
import type { HoldReason } from './reason.ts'
import { governingZone, nextOpening, type Schedule } from './schedule.ts'
import { type LocalDay, localDay, localDayOf, startOfDay } from './zone.ts'

/** Settings of the team. */
export interface AwayRules {
  /** Open days to let pass after the day of return: nobody reads a stranger's mail on the first morning. 0 to 5. */
  marginDays: number
  /** A note without a date: goes on by itself after so many days; null when a person resumes. */
  resumeDays: number | null
}

export const AWAY_MARGIN_DAYS_MAX = 5
export const AWAY_RESUME_DAYS_MAX = 365

/** Whoever is away for longer (a parental leave, a sabbatical) may not be the person to write to at all: a person is asked. */
export const AWAY_MAX_MS = 60 * DAY

export type AwayPlan =
  | { kind: 'pause'; until: Instant }
  | { kind: 'ask'; reason: Extract<HoldReason, 'away_without_date' | 'away_too_long'> }
  /** The day of return has come, or had when the note was read. */
  | { kind: 'back' }

/**
 * `returnsOn`: the first day back, YYYY-MM-DD, a date of the person's own calendar; null when the note does not say. `zone`: the person's own.
 * Without a schedule every day is open from its midnight.
 */
export function awayPlan(
  returnsOn: string | null,
  now: Instant,
  o: { schedule: Schedule | null; zone: string; rules: AwayRules },
): AwayPlan {
  const back = returnsOn === null ? undefined : localDayOf(returnsOn)
  const { marginDays, resumeDays } = o.rules
  if (back === undefined) {
    if (resumeDays === null) return { kind: 'ask', reason: 'away_without_date' }
    return { kind: 'pause', until: opening(localDay(o.zone, now) + resumeDays, 0, o) }
  }
  const backAt = startOfDay(o.zone, back)
  if (backAt <= now) return { kind: 'back' }
  if (backAt - now > AWAY_MAX_MS) return { kind: 'ask', reason: 'away_too_long' }
  return { kind: 'pause', until: opening(back, marginDays, o) }
}

/** The opening of the n-th open day after `day`; of `day` itself, or the next open one, for 0. */
function opening(
  day: LocalDay,
  openDaysAfter: number,
  { schedule, zone }: { schedule: Schedule | null; zone: string },
): Instant {
  const governing = schedule ? governingZone(schedule, zone) : zone
  const openingOn = (from: LocalDay) => {
    const midnight = startOfDay(governing, from)
    return schedule ? (nextOpening(schedule, governing, midnight) ?? midnight) : midnight
  }
  if (openDaysAfter === 0) return openingOn(day)
  let at = openingOn(day + 1)
  for (let passed = 1; passed < openDaysAfter; passed++) at = openingOn(localDay(governing, at) + 1)
  return at
}
