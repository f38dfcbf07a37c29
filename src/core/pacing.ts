/** How many emails a mailbox may send now, and when the next one. Rolling windows: a send is allowed when the limit-th newest is old enough. */
import { DAY, HOUR, type Instant } from './clock.ts'

/** A mailbox that has neither gap nor low limits hands out at most this many emails per claim: what one lease can send in its time. */
export const BATCH_MAX = 50

export const PACE_DEFAULTS = { dailyLimit: 50, hourlyLimit: 6, gapMs: 600_000 } as const

export interface MailboxPace {
  dailyLimit: number
  hourlyLimit: number
  gapMs: number
  /** Counted in the last 24 h and in the last hour: marked sends, and claimed ones as of now. */
  usedDay: number
  usedHour: number
  /** The limit-th newest counted send of each window; null when fewer were sent. */
  dayNth: Instant | null
  hourNth: Instant | null
  newest: Instant | null
}

export type PaceGate = 'mailbox_daily_limit' | 'mailbox_hourly_limit' | 'mailbox_gap'

export interface ClosedPace {
  gate: PaceGate
  until: Instant | null
  value: string
}

const later = (nth: Instant | null, span: number) => (nth === null ? null : nth + span)

/** The limits that are closed at `now`, in the order of the gates. A limit of 0 never opens by itself. */
export function closedPaces(pace: MailboxPace, now: Instant): ClosedPace[] {
  const closed: ClosedPace[] = []
  if (pace.dailyLimit === 0 || (pace.dayNth !== null && pace.dayNth + DAY > now))
    closed.push({
      gate: 'mailbox_daily_limit',
      until: later(pace.dayNth, DAY),
      value: `${pace.usedDay} of ${pace.dailyLimit} in the last 24 hours`,
    })
  if (pace.hourlyLimit === 0 || (pace.hourNth !== null && pace.hourNth + HOUR > now))
    closed.push({
      gate: 'mailbox_hourly_limit',
      until: later(pace.hourNth, HOUR),
      value: `${pace.usedHour} of ${pace.hourlyLimit} in the last hour`,
    })
  if (pace.newest !== null && pace.newest + pace.gapMs > now)
    closed.push({
      gate: 'mailbox_gap',
      until: pace.newest + pace.gapMs,
      value: `${Math.round(pace.gapMs / 1000)} seconds between two emails`,
    })
  return closed
}

/** How many may be claimed at once at `now`. With a gap it is one: the next is measured from the mark of this one. */
export function capacity(pace: MailboxPace, now: Instant): number {
  if (closedPaces(pace, now).length > 0) return 0
  const free = Math.min(pace.dailyLimit - pace.usedDay, pace.hourlyLimit - pace.usedHour)
  return Math.max(0, Math.min(free, pace.gapMs > 0 ? 1 : BATCH_MAX))
}

/** The earliest instant at which all limits are open; null when one never opens by itself. */
export function paceOpensAt(pace: MailboxPace, now: Instant): Instant | null {
  let opensAt = now
  for (const closed of closedPaces(pace, now)) {
    if (closed.until === null) return null
    opensAt = Math.max(opensAt, closed.until)
  }
  return opensAt
}
