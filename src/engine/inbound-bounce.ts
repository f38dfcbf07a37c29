/**
 * An email that came back. Only a proved hard bounce of the very address we wrote to ends anything for the address; a soft one counts,
 * three in a row hold; a refusal for content or reputation holds at once. A bounce that quotes no Message-ID of ours changes nobody.
 */
import { classFor, type FailedRecipient } from '../core/bounce.ts'
import type { Db } from '../core/db.ts'
import type { Id } from '../core/ids.ts'
import type { HoldReason } from '../core/reason.ts'
import { moveToStage } from '../store/contact-stages.ts'
import type { Matched } from '../store/inbound.ts'
import {
  bouncedBefore,
  markMessageBounced,
  SOFT_BOUNCES_MAX,
  setSoftBounces,
  softBouncesInARow,
} from '../store/inbound-marks.ts'
import { countForMail } from '../store/mail-effects.ts'
import type { EmailMetric } from '../store/stats.ts'
import { stop, suppress } from '../store/stops.ts'
import { about, type Event, NOTHING, note, type Stopped } from './inbound-event.ts'
import type { Match } from './inbound-match.ts'

/** What the bounce says of the address that the message was written to; null when nothing came back for good. */
export function failureOf(event: Event, message: Matched): FailedRecipient | null {
  const { bounce: report } = event.reading
  if (report === null || message.toAddress === null) return null
  const failure = classFor(report, message.toAddress)
  // "Delayed" is the server still trying; what comes of it is another mail.
  return failure?.action === 'failed' ? failure : null
}

export async function bounce(tx: Db, event: Event, { message, proved }: Match): Promise<Stopped> {
  const failure = failureOf(event, message)
  if (failure === null) return NOTHING
  const detail = { class: failure.class, cause: failure.reason, words: failure.words, status: failure.status }
  if (!proved) return note(tx, event, { ...about(message), kind: 'bounced', reason: 'unproved', detail })
  const stopped = await EFFECTS[failure.class](tx, event, { message, failure })
  await note(tx, event, { ...about(message), kind: 'bounced', reason: failure.class, detail })
  return stopped
}

interface CameBack {
  message: Matched
  failure: FailedRecipient
}

const EFFECTS: Record<FailedRecipient['class'], (tx: Db, event: Event, came: CameBack) => Promise<Stopped>> =
  {
    async hard(tx, event, { message, failure }) {
      const { team, inboundId, actor, now, random } = event
      const address = message.toAddress!
      const { sequenceId } = message
      await moveToStage(tx, { team, address, event: 'hard_bounced', of: { sequenceId }, now, inboundId })
      await suppress(tx, {
        team,
        entries: [{ kind: 'address', value: address }],
        reason: 'hard_bounce',
        source: failure.words.slice(0, 200) || 'bounce',
        by: null,
        actor,
        now,
        random,
        stop: { to: 'failed', reason: 'hard_bounced' },
        inboundId,
      })
      const marked = await markMessageBounced(tx, { team, messageId: message.id, now, bounce: 'hard' })
      if (marked) {
        const counted = marked.before === 'soft' || (await othersBounced(tx, event, message))
        await count(tx, event, { message, metrics: counted ? ['hard_bounced'] : ['hard_bounced', 'bounced'] })
      }
      return { ...NOTHING, addresses: [address] }
    },

    async soft(tx, event, { message, failure }) {
      const { team, now } = event
      const { enrollmentId, id: messageId } = message
      if (enrollmentId === null) {
        await markMessageBounced(tx, { team, messageId, now, bounce: 'soft' })
        return NOTHING
      }
      const inARow = await softBouncesInARow(tx, { team, enrollmentId, messageId })
      if (inARow >= SOFT_BOUNCES_MAX) await hold(tx, event, { enrollmentId, reason: 'soft_bounces', failure })
      await setSoftBounces(tx, { team, enrollmentId, count: inARow, now })
      const marked = await markMessageBounced(tx, { team, messageId, now, bounce: 'soft' })
      if (marked && !(await othersBounced(tx, event, message)))
        await count(tx, event, { message, metrics: ['bounced'] })
      return inARow >= SOFT_BOUNCES_MAX ? { ...NOTHING, enrollmentIds: [enrollmentId] } : NOTHING
    },

    async blocked(tx, event, { message, failure }) {
      const { team, now } = event
      const { enrollmentId, id: messageId } = message
      if (enrollmentId !== null) await hold(tx, event, { enrollmentId, reason: 'blocked', failure })
      if (await markMessageBounced(tx, { team, messageId, now, bounce: 'blocked' }))
        await count(tx, event, { message, metrics: ['spam_blocked'] })
      return enrollmentId === null ? NOTHING : { ...NOTHING, enrollmentIds: [enrollmentId] }
    },
  }

async function hold(
  tx: Db,
  { team, inboundId, actor, now, random }: Event,
  o: { enrollmentId: Id; reason: HoldReason; failure: FailedRecipient },
): Promise<void> {
  const held = { to: 'held', reason: o.reason, detail: o.failure.words.slice(0, 200) } as const
  await stop(tx, { team, enrollmentIds: [o.enrollmentId], stop: held, actor, now, random, inboundId })
}

/** Bounces count people: once per enrollment, whichever of its emails came back before. */
async function othersBounced(
  tx: Db,
  { team }: Event,
  { enrollmentId, id: messageId }: Matched,
): Promise<boolean> {
  return enrollmentId !== null && bouncedBefore(tx, { team, enrollmentId, messageId })
}

async function count(
  tx: Db,
  { team, inboundId }: Event,
  { message, metrics }: { message: Matched; metrics: EmailMetric[] },
): Promise<void> {
  const { sequenceId, stepId, variantId, id: messageId } = message
  if (sequenceId === null) return
  await countForMail(tx, {
    team,
    inboundId,
    deltas: metrics.map((metric) => ({ sequenceId, stepId, variantId, messageId, metric, n: 1 })),
  })
}
