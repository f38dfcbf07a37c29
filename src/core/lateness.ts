/** When the step of an enrollment falls due, and when it is too late for it: its date is over, or it is overdue beyond what goes out unseen. */
import { DAY, type Instant } from './clock.ts'
import { deedOf } from './deed.ts'
import { dueAfter } from './due.ts'
import type { Facts } from './facts.ts'
import { governingZone, nextOpening } from './schedule.ts'
import { hold, skip, type Verdict } from './verdict.ts'

/** The zone whose clock rules this enrollment. */
export const zoneOf = (facts: Facts) =>
  facts.schedule ? governingZone(facts.schedule, facts.contact.zone ?? undefined) : 'UTC'

/** When the step really falls due (what a person sends off, at once): a first wait also runs from the first activation of the sequence. */
export function dueTime(facts: Facts): Instant | null {
  const { enrollment, sequence, step, schedule } = facts
  if (deedOf(facts) === 'own_email') return enrollment.dueAt
  if (enrollment.dueAt === null || !step.first || schedule === null || sequence.activatedAt === null)
    return enrollment.dueAt
  if (sequence.activatedAt <= enrollment.enteredStepAt) return enrollment.dueAt
  return Math.max(
    enrollment.dueAt,
    dueAfter(step.wait, sequence.activatedAt, { schedule, zone: zoneOf(facts) }),
  )
}

/** A step with a date is for that date: this late, it would be about something that is over. */
const DATE_IS_OVER_AFTER_MS = DAY

export function judgeDate({ enrollment, step }: Facts, now: Instant): Verdict | null {
  // What a person released waits until the moment of the release instead.
  if (step.exactAt === null || enrollment.waitEndsAt !== step.exactAt) return null
  const date = new Date(step.exactAt).toISOString()
  if (enrollment.addedAt > step.exactAt) return skip('date_over', `added after its date, ${date}`)
  return now - step.exactAt > DATE_IS_OVER_AFTER_MS
    ? skip('date_over', `more than 24 hours after its date, ${date}`)
    : null
}

/** A year: past that nobody is ever asked. */
export const STALE_AFTER_HOURS_MAX = 8_760

/** Waiting for a window, or in the queue of its mailbox, is not being overdue. */
export function judgeStale(facts: Facts, now: Instant): Verdict | null {
  const { enrollment, team, schedule } = facts
  if (enrollment.dueAt === null) return null
  const waitedFrom = Math.max(dueTime(facts) ?? enrollment.dueAt, enrollment.laneServedAt)
  if (now - waitedFrom <= team.staleAfterMs) return null
  const openedAt = schedule ? nextOpening(schedule, zoneOf(facts), waitedFrom) : waitedFrom
  const overdueMs = now - (openedAt ?? now)
  return overdueMs > team.staleAfterMs
    ? hold('stale', `overdue by ${Math.floor(overdueMs / DAY)} days`)
    : null
}
