/** What a claim decides, on its way to being written down. */
import type { Instant } from '../core/clock.ts'
import { type Decision, decide } from '../core/decide.ts'
import type { Facts } from '../core/facts.ts'
import type { Id } from '../core/ids.ts'
import { paceOpensAt } from '../core/pacing.ts'
import type { Random } from '../core/random.ts'
import { isEmail } from '../core/sequence.ts'
import type { Log } from '../log.ts'
import type { DueEnrollment } from '../store/due-enrollments.ts'
import type { PacedMailbox } from '../store/mailbox-paces.ts'
import { type Prepared, wordsOf } from './wording.ts'

/** What the decisions of one mailbox come to. */
export interface Decided {
  due: DueEnrollment
  facts: Facts
  decision: Decision
  prepared: Prepared | null
}

export interface Parked {
  /** When the gate opens; null: an event opens it. */
  until: Instant | null
  /** Also to what people sent off, which no window keeps waiting. */
  whole: boolean
}

export interface DecidedAll {
  send: Decided[]
  other: Decided[]
  /** By mailbox and sequence, each lane that a gate parked. */
  parked: Map<string, Parked>
  /** Mailboxes with work that this claim could not finish: look again at once. */
  unfinished: Set<Id>
}

/** An email or a draft whose wording was not rendered from the rows as they are now. */
export function lacksWording({ facts, decision, prepared }: Decided): boolean {
  if (prepared !== null) return false
  return decision.do === 'send' || (decision.do === 'task' && isEmail(facts.step.kind))
}

/** The name of a lane as a key. */
export const laneName = (mailboxId: Id, sequenceId: Id) => `${mailboxId} ${sequenceId}`

/** May anything of this mailbox be sent now? */
export function mayLook(mailbox: PacedMailbox, now: Instant): boolean {
  if (!mailbox.connected || mailbox.suspendedFor !== null) return false
  if (mailbox.pausedUntil !== null && mailbox.pausedUntil > now) return false
  return paceOpensAt(mailbox.pace, now) === now
}

/** A fault about one enrollment, in its wording (`fault`) or of ours, holds that enrollment, and the claim goes on. */
export function decideSafely(
  facts: Facts,
  { now, random, log, fault }: { now: Instant; random: Random; log: Log; fault: string | undefined },
): Decision {
  const broken = (detail: string): Decision => ({ do: 'hold', reason: 'internal_error', detail })
  try {
    const decision = decide(facts, now, random)
    const isWritten = decision.do === 'send' || decision.do === 'task'
    return isWritten && fault !== undefined ? broken(fault) : decision
  } catch (error) {
    const enrollmentId = facts.enrollment.id
    log.error({ bug: 'decide', enrollmentId, err: error }, 'nothing could be decided about an enrollment')
    return broken(wordsOf(error))
  }
}
