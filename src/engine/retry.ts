/** What to do about each failure of the world: one table, from the outcome of an attempt to what follows for enrollment and mailbox. */
import { readRefusal } from '../core/bounce.ts'
import { HOUR, type Instant, MINUTE } from '../core/clock.ts'
import { loginAdvice } from '../mail/login-advice.ts'
import type { Refusal, RefusedLogin, SendOutcome } from '../mail/port.ts'
import type { Consequence, MailboxConsequence, Settlement } from '../store/settlements.ts'

/** After a 4xx: greylisting passes within the hour, a full mailbox may take a day. RFC 5321 4.5.4.1 asks for at least 30 minutes on average. */
const DEFERRED_WAITS_MS = [15 * MINUTE, HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR] as const
/** A server that does not answer: tried again by itself for as long as it takes; people are told. */
const UNREACHABLE_WAITS_MS = [MINUTE, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR] as const
/** A server that refuses the sender for now (too many mails, too many connections). */
const THROTTLED_WAITS_MS = [15 * MINUTE, 30 * MINUTE, HOUR] as const

export type Outcome = Pick<Settlement, 'state' | 'words' | 'seenRfcId' | 'follows' | 'mailbox'>

interface Attempt {
  now: Instant
  /** How often it was deferred before. */
  failures: number
  to: string
  mailbox: string
}

/** Null for a refused mark: the writer has put the message back already. */
export function outcomeOf(outcome: SendOutcome, attempt: Attempt): Outcome | null {
  const again: Consequence = { kind: 'retry', at: attempt.now }
  switch (outcome.kind) {
    case 'accepted':
      return {
        state: 'accepted',
        words: outcome.reply,
        seenRfcId: outcome.serverMessageId ?? null,
        follows: { kind: 'next' },
        mailbox: { kind: 'fine' },
      }
    case 'rejected':
      return refusedOutcome('rejected', outcome, attempt)
    case 'deferred':
      return refusedOutcome('deferred', outcome, attempt)
    case 'unreachable':
      return plain({
        state: 'unreachable',
        words: outcome.detail,
        follows: again,
        mailbox: {
          kind: 'pause',
          waitsMs: UNREACHABLE_WAITS_MS,
          problem: `the mail server of ${attempt.mailbox} does not answer (${outcome.detail}); trying again by itself`,
        },
      })
    case 'unauthenticated':
      return plain({
        state: 'unauthenticated',
        words: outcome.reply,
        follows: again,
        mailbox: { kind: 'disconnect', problem: refusedLogin(outcome, attempt.mailbox) },
      })
    case 'unknown':
      return plain({
        state: 'unknown',
        words: outcome.detail,
        follows: { kind: 'hold', reason: 'delivery_unknown', detail: outcome.detail },
        mailbox: { kind: 'none' },
      })
    case 'refused_mark':
      return outcome.error === undefined
        ? null
        : plain({
            state: 'unreachable',
            words: 'the database did not answer',
            follows: again,
            mailbox: { kind: 'none' },
          })
  }
}

function refusedLogin({ reply, oauth }: { reply: string } & RefusedLogin, mailbox: string): string {
  return (
    loginAdvice({ address: mailbox, server: 'its mail server', reply, oauth }) ??
    `the mail server of ${mailbox} refused the login (${reply}). Enter an app password, then check the mailbox.`
  )
}

const plain = (of: Omit<Outcome, 'seenRfcId'>): Outcome => ({ ...of, seenRfcId: null })

function refusedOutcome(state: 'rejected' | 'deferred', refusal: Refusal, attempt: Attempt): Outcome {
  const { stage, reply } = refusal
  const aboutUs = stage === 'connect' || stage === 'tls' || stage === 'login' || stage === 'mail'
  const mailbox: MailboxConsequence = aboutUs
    ? {
        kind: 'pause',
        waitsMs: THROTTLED_WAITS_MS,
        problem: `the mail server refuses ${attempt.mailbox} (${reply}); trying again by itself`,
      }
    : { kind: 'fine' }
  // About the sender, not about this mail or its recipient: the mailbox waits, nobody is held for it.
  if (aboutUs)
    return plain({ state: 'deferred', words: reply, follows: { kind: 'retry', at: attempt.now }, mailbox })
  const follows = state === 'deferred' ? laterOrHeld(reply, attempt) : judged(refusal, attempt)
  return plain({ state, words: reply, follows, mailbox })
}

const failed = (detail: string): Consequence => ({ kind: 'hold', reason: 'sending_failed', detail })

function laterOrHeld(reply: string, { now, failures }: Attempt): Consequence {
  const waitMs = DEFERRED_WAITS_MS[failures]
  return waitMs === undefined ? failed(reply) : { kind: 'retry', at: now + waitMs }
}

/** A final refusal of the recipient or of the mail, by the same rules as a bounce. Hard only if the recipient we wrote to was refused. */
function judged({ reply, stage, recipients }: Refusal, attempt: Attempt): Consequence {
  const direct = stage === 'rcpt' && recipients.includes(attempt.to)
  const verdict = readRefusal(reply, {
    address: direct ? attempt.to : null,
    stage: stage === 'rcpt' ? 'rcpt' : 'data',
  })
  if (verdict.class === 'hard') return { kind: 'hard_bounce', detail: reply }
  if (verdict.class === 'blocked') return { kind: 'hold', reason: 'blocked', detail: reply }
  return failed(reply)
}
