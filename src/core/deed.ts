/**
 * What a step comes to now: an email that leaves by itself, an email that a person has read and sent off, or a task that a person is given.
 * Gates ask it, since a call needs no mailbox and a person's own send no window.
 */
import { DAY, type Instant } from './clock.ts'
import type { Facts } from './facts.ts'

export type Deed = 'email' | 'own_email' | 'task'

/** Deeds that go out through the mailbox, and count against its limits. */
export const MAILED: readonly Deed[] = ['email', 'own_email']
/** Deeds that happen by themselves, hence inside the windows of the schedule. */
export const BY_ITSELF: readonly Deed[] = ['email', 'task']

export function deedOf({ step, task }: Pick<Facts, 'step' | 'task'>): Deed {
  if (step.kind === 'auto_email') return 'email'
  return step.kind === 'manual_email' && task?.approved === true ? 'own_email' : 'task'
}

/** When a task that is given at `now` ends by itself; null: a person ends it. 0 days are none. */
export function autoSkipAt(autoSkipDays: number | null, now: Instant): Instant | null {
  return autoSkipDays ? now + autoSkipDays * DAY : null
}
