/** The ramp-up of a mailbox: a young mailbox begins with few emails a day and sends some more every day, until its daily limit. */
import { DAY, type Instant } from './clock.ts'
import { type LocalDay, localDay, localDayOf, plainDate, startOfDay } from './zone.ts'

/** `startPerDay` on the first day, `stepPerDay` more on each day after it. */
export interface RampPlan {
  /** YYYY-MM-DD in the team's zone. */
  startsOn: string
  startPerDay: number
  stepPerDay: number
}

/** What a young mailbox is offered: it reaches the default limit of 50 in 23 days, within the two to four weeks that providers ask new senders for. */
export const RAMP_DEFAULTS = { startPerDay: 5, stepPerDay: 2 } as const

/** In so many days a mailbox that was stopped for what came back is at its limit again. */
const RETURN_DAYS = 5

/**
 * How a mailbox comes back after it was stopped: a fifth of its limit on the first day, as much more on each day after; never faster than
 * the plan it was on.
 */
export function carefulReturn(dailyLimit: number, startsOn: string, plan: RampPlan | null): RampPlan {
  const perDay = Math.max(1, Math.ceil(dailyLimit / RETURN_DAYS))
  const slow = { startPerDay: plan?.startPerDay ?? perDay, stepPerDay: plan?.stepPerDay ?? perDay }
  return {
    startsOn,
    startPerDay: Math.min(perDay, slow.startPerDay),
    stepPerDay: Math.min(perDay, slow.stepPerDay),
  }
}

/** A plan as it stands at one instant, while it allows less than the daily limit. */
export interface Ramp {
  /** In 24 hours, today. */
  allowed: number
  /** The allowed-th newest email of the last 24 hours; null when fewer were sent. */
  nth: Instant | null
  /** The next midnight of the team's zone, and the same two as of then. */
  raisesAt: Instant
  allowedNext: number
  nthNext: Instant | null
}

/** What the plan allows in 24 hours on that day. Before it starts, what it starts with. */
export function rampAllowance(plan: RampPlan, day: LocalDay): number {
  return plan.startPerDay + plan.stepPerDay * Math.max(0, day - firstDay(plan))
}

/** What a mailbox may send in 24 hours on that day: less than its limit while it is young. */
export function perDayOn(
  { dailyLimit, rampUp }: { dailyLimit: number; rampUp: RampPlan | null },
  day: LocalDay,
): number {
  return rampUp === null ? dailyLimit : Math.min(dailyLimit, rampAllowance(rampUp, day))
}

/** The first day on which the plan no longer holds anything back, as YYYY-MM-DD. */
export function rampEndsOn(plan: RampPlan, dailyLimit: number): string {
  const days = Math.ceil((dailyLimit - plan.startPerDay) / plan.stepPerDay)
  return plainDate(firstDay(plan) + Math.max(0, days)).toString()
}

function firstDay({ startsOn }: RampPlan): LocalDay {
  const day = localDayOf(startsOn)
  if (day === undefined) throw new Error(`the ramp-up starts on ${startsOn}, which is no date`)
  return day
}

/** Null: the plan has reached the daily limit. `sent`: the emails of the last 24 hours, newest first. */
export function rampAt(
  plan: RampPlan,
  o: { dailyLimit: number; sent: readonly Instant[]; zone: string; now: Instant },
): Ramp | null {
  const today = localDay(o.zone, o.now)
  const allowed = rampAllowance(plan, today)
  if (allowed >= o.dailyLimit) return null
  const allowedNext = Math.min(o.dailyLimit, rampAllowance(plan, today + 1))
  return {
    allowed,
    nth: o.sent[allowed - 1] ?? null,
    raisesAt: startOfDay(o.zone, today + 1),
    allowedNext,
    nthNext: o.sent[allowedNext - 1] ?? null,
  }
}

/** When another email fits: one of the last 24 hours is old enough, or the next day allows more. */
export function rampOpensAt(ramp: Ramp, now: Instant): Instant {
  const { nth, raisesAt, nthNext } = ramp
  if (nth === null || nth + DAY <= now) return now
  return Math.min(nth + DAY, Math.max(raisesAt, nthNext === null ? raisesAt : nthNext + DAY))
}
