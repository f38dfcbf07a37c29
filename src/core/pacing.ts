/** How many emails a mailbox may send now, and when the next one. Rolling windows: a send is allowed when the limit-th newest is old enough. */
import { DAY, HOUR, type Instant } from './clock.ts'
import type { Id } from './ids.ts'
import { type Ramp, rampOpensAt } from './ramp-up.ts'

/** A mailbox that has neither gap nor low limits hands out at most this many emails per claim: what one lease can send in its time. */
export const BATCH_MAX = 50

/** An hour holds 6 emails 10 minutes apart; with jitter, somewhat fewer, at times that no other program's are like. */
export const PACE_DEFAULTS = { dailyLimit: 50, hourlyLimit: 6, gapMs: 600_000, gapJitterPercent: 20 } as const

export interface MailboxPace {
  dailyLimit: number
  hourlyLimit: number
  /** At least this between two emails. */
  gapMs: number
  /** What the gap after the newest email is longer by. */
  jitterMs: number
  /** Counted in the last 24 h and in the last hour: marked sends, and claimed ones as of now. */
  usedDay: number
  usedHour: number
  /** The limit-th newest counted send of each window; null when fewer were sent. */
  dayNth: Instant | null
  hourNth: Instant | null
  newest: Instant | null
  /** Null: there is no ramp-up, or it has reached the daily limit. */
  ramp: Ramp | null
}

/**
 * How much longer than `gapMs` the gap after this email is: up to `percent` of it. Chance that is a function of the mailbox (its id came from
 * the seed) and of the instant: whoever looks, and however often, sees the same gap.
 */
export function jitterAfter(o: { mailboxId: Id; newest: Instant | null; gapMs: number; percent: number }) {
  if (o.newest === null) return 0
  return Math.floor(((o.gapMs * o.percent) / 100) * fractionOf(`${o.mailboxId} ${o.newest}`))
}

/** 0 to below 1, evenly: FNV-1a, mixed as MurmurHash3 ends, since instants differ in their last digits only. */
function fractionOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

export type PaceGate = 'mailbox_daily_limit' | 'mailbox_hourly_limit' | 'mailbox_gap' | 'ramp_up'

export interface ClosedPace {
  gate: PaceGate
  until: Instant | null
  /** What the mailbox does or has done, as the end of a sentence about it. */
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
      value: `has sent ${pace.usedDay} of ${pace.dailyLimit} in the last 24 hours`,
    })
  if (pace.hourlyLimit === 0 || (pace.hourNth !== null && pace.hourNth + HOUR > now))
    closed.push({
      gate: 'mailbox_hourly_limit',
      until: later(pace.hourNth, HOUR),
      value: `has sent ${pace.usedHour} of ${pace.hourlyLimit} in the last hour`,
    })
  const gapMs = pace.gapMs + pace.jitterMs
  if (pace.newest !== null && pace.newest + gapMs > now)
    closed.push({
      gate: 'mailbox_gap',
      until: pace.newest + gapMs,
      value: `waits ${Math.round(gapMs / 1000)} seconds after its last email`,
    })
  const { ramp } = pace
  if (ramp !== null && rampOpensAt(ramp, now) > now)
    closed.push({
      gate: 'ramp_up',
      until: rampOpensAt(ramp, now),
      value: `has sent ${pace.usedDay} of the ${ramp.allowed} in 24 hours that its ramp-up allows today`,
    })
  return closed
}

/** How many may be claimed at once at `now`. With a gap it is one: the next is measured from the mark of this one. */
export function capacity(pace: MailboxPace, now: Instant): number {
  if (closedPaces(pace, now).length > 0) return 0
  const perDay = Math.min(pace.dailyLimit, pace.ramp?.allowed ?? pace.dailyLimit)
  const free = Math.min(perDay - pace.usedDay, pace.hourlyLimit - pace.usedHour)
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
