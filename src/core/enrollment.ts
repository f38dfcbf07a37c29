/**
 * The states of an enrollment and the only legal ways between them. Every transition writes one activity in the same
 * transaction; one that is not in this table is a bug.
 */
import type { ActivityKind } from './activity.ts'
import type { Instant } from './clock.ts'
import type { HoldReason, Reason } from './reason.ts'
import type { Priority } from './sequence.ts'

export type EnrollmentState = 'active' | 'paused' | 'finished' | 'failed'

/** *Live* means that something may still be sent. */
export const LIVE: readonly EnrollmentState[] = ['active', 'paused']

interface Way {
  from: readonly EnrollmentState[]
  /** `same`: the state stays, something else of the row changes. */
  to: EnrollmentState | 'same'
  activity: ActivityKind
}

export const TRANSITIONS = {
  enroll: { from: [], to: 'active', activity: 'enrolled' },
  enroll_paused: { from: [], to: 'paused', activity: 'enrolled' },
  /** The email of a step was accepted: the next step becomes current. A paused enrollment moves on too, and stays paused. */
  advance: { from: ['active', 'paused'], to: 'same', activity: 'sent' },
  /** A person is given the step as a task; the hold `task_open` lasts until they end it. */
  task: { from: ['active'], to: 'same', activity: 'task_created' },
  /** They have sent the draft off: due at once, by the mailbox. */
  send_off: { from: ['active'], to: 'same', activity: 'draft_approved' },
  /** They have done it: the next step becomes current. Without one, `complete` says so. */
  do_task: { from: ['active', 'paused'], to: 'same', activity: 'task_completed' },
  /** The current step is passed over. Without a next one, `complete` says so. */
  skip: { from: ['active', 'paused'], to: 'same', activity: 'skipped' },
  complete: { from: ['active', 'paused'], to: 'finished', activity: 'finished' },
  /** A paused one takes the hold along: it is met on resume. */
  hold: { from: ['active', 'paused'], to: 'same', activity: 'held' },
  /** A paused one stays paused, and meets no hold when it is resumed. */
  release: { from: ['active', 'paused'], to: 'same', activity: 'released' },
  pause: { from: ['active'], to: 'paused', activity: 'paused' },
  resume: { from: ['paused'], to: 'active', activity: 'resumed' },
  finish: { from: ['active', 'paused'], to: 'finished', activity: 'finished' },
  fail: { from: ['active', 'paused'], to: 'failed', activity: 'failed' },
  retry: { from: ['failed'], to: 'active', activity: 'retried' },
  /** A mail had ended it that was somebody else's: it goes on from its step, or is held for a person. */
  reopen: { from: ['finished', 'failed'], to: 'active', activity: 'reopened' },
  /** Hides the enrollment; what was live ends, what had ended stays as it was. */
  remove: { from: ['active', 'paused', 'finished', 'failed'], to: 'finished', activity: 'removed' },
} as const satisfies Record<string, Way>
export type Transition = keyof typeof TRANSITIONS

export function mayTransit(transition: Transition, from: EnrollmentState): boolean {
  return (TRANSITIONS[transition].from as readonly EnrollmentState[]).includes(from)
}

/** Where a legal transition leads from a state. */
export function stateAfter(transition: Transition, from: EnrollmentState): EnrollmentState {
  const { to } = TRANSITIONS[transition] as Way
  if (transition === 'remove' && !LIVE.includes(from)) return from
  return to === 'same' ? from : to
}

/** How a stop ends or halts an enrollment, and what the row says afterwards. */
export type Stop =
  | { to: 'finished'; reason: Reason }
  | { to: 'failed'; reason: Reason }
  /** `until` is when it goes on by itself; null when a person resumes it. */
  | { to: 'paused'; reason: Reason; until: Instant | null }
  | { to: 'held'; reason: HoldReason; detail: string }
  | { to: 'removed' }

const STOP_TRANSITIONS = {
  finished: 'finish',
  failed: 'fail',
  paused: 'pause',
  held: 'hold',
  removed: 'remove',
} as const satisfies Record<Stop['to'], Transition>

export function transitionOf(stop: Stop): Transition {
  return STOP_TRANSITIONS[stop.to]
}

/** Of emails that leave by themselves: follow-ups before first steps; within each, by the step's priority. */
const FOLLOW_UPS = [0, 1, 2] as const
const FIRST_STEPS = [3, 4, 5] as const
/** Steps that a person does stand apart, so that no email waits behind them and they behind no mailbox: follow-ups, then first steps. */
export const TASK_RANKS = [6, 7] as const
/** Drafts that a person sent off: follow-ups, then first steps. They wait behind no window that keeps other emails waiting. */
export const OWN_RANKS = [8, 9] as const
/** In the order in which a claim looks at them. Few values, so that it probes few short ranges. */
export const EMAIL_RANKS: readonly number[] = [...OWN_RANKS, ...FOLLOW_UPS, ...FIRST_STEPS]
/** Something of the enrollment was done before. */
export const FOLLOW_UP_RANKS: readonly number[] = [...FOLLOW_UPS, TASK_RANKS[0], OWN_RANKS[0]]

/** `by`: who does it. A step of a `person` waits to become a task; a draft is `sent_off` when they have read it. */
export function rankOf(step: {
  first: boolean
  priority: Priority | null
  by: 'itself' | 'person' | 'sent_off'
}): number {
  if (step.by === 'person') return TASK_RANKS[step.first ? 1 : 0]
  if (step.by === 'sent_off') return OWN_RANKS[step.first ? 1 : 0]
  const ranks = step.first ? FIRST_STEPS : FOLLOW_UPS
  return ranks[step.priority === 'high' ? 0 : step.priority === 'low' ? 2 : 1]
}

export function isFollowUp(rank: number): boolean {
  return FOLLOW_UP_RANKS.includes(rank)
}
