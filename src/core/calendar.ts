/**
 * The geometry under schedules: hours of local dates turned into stretches of real time, right through every change of the clock.
 * It knows nothing of schedules, holidays or gates.
 */
import { DAY, type Instant, MINUTE } from './clock.ts'
import { type LocalDay, stretchAt } from './zone.ts'

/** Open from `opensAt` (included) to `closesAt` (not). */
export interface Interval {
  readonly opensAt: Instant
  readonly closesAt: Instant
}

/** Hours of one local date, in minutes of its wall clock, sorted by opening. */
export interface Hours {
  readonly opensAtMinute: number
  readonly closesAtMinute: number
}

/**
 * All instants in [from, to) at which the wall clock of `zone` stands inside the hours of its date, as sorted intervals that neither
 * touch nor overlap. Worked out per stretch of one offset, so an hour that does not exist is never open, an hour that comes
 * twice is open twice, and hours that begin inside a gap open at the first instant that exists.
 */
export function intervalsOf(
  zone: string,
  range: { from: Instant; to: Instant },
  hoursOf: (day: LocalDay) => readonly Hours[],
): Interval[] {
  const intervals: Interval[] = []
  for (let at = range.from; at < range.to; ) {
    const { to, offsetMs } = stretchAt(zone, at)
    const end = Math.min(to, range.to)
    const lastDay = Math.floor((end - 1 + offsetMs) / DAY)
    for (let day = Math.floor((at + offsetMs) / DAY); day <= lastDay; day++) {
      const midnight = day * DAY - offsetMs
      for (const hours of hoursOf(day)) {
        const opensAt = Math.max(at, midnight + hours.opensAtMinute * MINUTE)
        const closesAt = Math.min(end, midnight + hours.closesAtMinute * MINUTE)
        if (opensAt < closesAt) join(intervals, { opensAt, closesAt })
      }
    }
    at = end
  }
  return intervals
}

/** Appends an interval, or lengthens the last one if they touch. */
export function join(intervals: Interval[], next: Interval): void {
  const last = intervals.at(-1)
  if (last === undefined || last.closesAt < next.opensAt) intervals.push(next)
  else if (last.closesAt < next.closesAt)
    intervals[intervals.length - 1] = { opensAt: last.opensAt, closesAt: next.closesAt }
}
