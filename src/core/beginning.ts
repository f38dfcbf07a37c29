/** Where somebody who is added to a sequence begins: at its first step, or at the one after what they received in it before. */
import type { Instant } from './clock.ts'
import { dueOn, type StepTime } from './due.ts'
import { rankOf } from './enrollment.ts'
import type { Id } from './ids.ts'
import type { Schedule } from './schedule.ts'
import { isSentByItself, type Priority, type StepKind } from './sequence.ts'

export interface FirstStep extends StepTime {
  readonly id: Id
  readonly position: number
  readonly kind: StepKind
  readonly priority: Priority | null
}

/** The furthest email that somebody got of a sequence, or may have got, in an enrollment that was removed since. */
export interface Received {
  /** Of the step, at its place now; 0 where no step is left before its place. */
  stepPosition: number
  sentAt: Instant
  messageId: Id
  mailboxId: Id
}

export interface Beginning {
  stepId: Id
  rank: number
  /** When its wait began. */
  enteredStepAt: Instant
  waitEndsAt: Instant
  /** The email that a reply in the same thread answers, if mailbox and address stay. */
  parentMessageId: Id | null
}

/**
 * `steps`: in their order; at least one. The wait after what was received began when it was sent; what has passed long ago is due now.
 * Null: they received its last step.
 */
export function beginningOf(
  steps: readonly FirstStep[],
  o: { now: Instant; schedule: Schedule | null; zone: string | null; received: Received | null },
): Beginning | null {
  const { now, received } = o
  const step = received ? steps.find(({ position }) => position > received.stepPosition) : steps[0]
  if (!step) return null
  const enteredStepAt = received?.sentAt ?? now
  const due = dueOn(step, enteredStepAt, o)
  return {
    stepId: step.id,
    rank: rankOf({
      first: received === null,
      priority: step.priority,
      by: isSentByItself(step.kind) ? 'itself' : 'person',
    }),
    enteredStepAt,
    waitEndsAt: received && step.exactAt === null ? Math.max(due, now) : due,
    parentMessageId: received?.messageId ?? null,
  }
}
