/**
 * Applies a mail that was read before to another email of ours, as if it had been matched with it from the beginning: a person has said so, which
 * proves it. Handed to the action by `app.ts`; what the mail says is what was kept of it.
 */

import type { BounceClass, BounceReason, BounceReport } from '../core/bounce.ts'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { InboundKind, InboundReading } from '../core/inbound.ts'
import type { ParsedMail } from '../core/parsed-mail.ts'
import { ownWords } from '../core/quote.ts'
import type { Random } from '../core/random.ts'
import { messageById } from '../store/inbound.ts'
import type { StoredMail } from '../store/stored-mails.ts'
import { applyEffect } from './inbound-effects.ts'
import { type Event, NOTHING, type Stopped } from './inbound-event.ts'

export interface ApplyingAgain {
  team: TeamId
  mail: StoredMail
  /** The email that it answers. */
  messageId: Id
  /** Beyond its kind it had ended everything of the person for this. */
  ending: 'meeting' | 'left_company' | null
  actor: string
  now: Instant
  random: Random
}

export async function applyAgain(tx: Db, o: ApplyingAgain): Promise<Stopped> {
  const message = await messageById(tx, { team: o.team, id: o.messageId })
  if (message === null) return NOTHING
  const { team, mail, actor, now, random } = o
  const event: Event = {
    team,
    inboundId: mail.id,
    actor,
    mailboxId: mail.mailboxId,
    mail: asParsed(mail),
    reading: readingOf(mail, { ending: o.ending, address: message.toAddress }),
    match: { message, evidence: { name: 'a person', value: actor, score: 1 }, proved: true },
    sender: mail.fromAddress,
    recipients: [],
    receivedAt: mail.receivedAt,
    now,
    random,
  }
  return applyEffect(tx, event)
}

function readingOf(
  mail: StoredMail,
  { ending, address }: { ending: ApplyingAgain['ending']; address: string | null },
): InboundReading {
  const words = ownWords(mail.text)
  const left = ending === 'left_company' ? { words: words.slice(0, 300) } : null
  return {
    kind: mail.kind as InboundKind,
    evidence: mail.evidence,
    confidence: 1,
    bounce: bounceOf(mail, address),
    absence:
      mail.kind === 'out_of_office'
        ? { ...NOBODY_ELSE, returnsOn: mail.returnsOn, leftCompany: left !== null }
        : null,
    ownWords: words,
    language: null,
    calendar: ending === 'meeting' ? MEETING : null,
    leftCompany: left,
    referral: null,
    replyClass:
      mail.replyClass === null
        ? null
        : {
            class: mail.replyClass,
            evidence: { name: 'said before', value: mail.replyClass, score: 1 },
          },
    senderDoubt: null,
  }
}

const NOBODY_ELSE = { certain: true, words: null, language: 'en', substitute: null, referral: null }

const MEETING: InboundReading['calendar'] = {
  method: 'request',
  partstat: null,
  attendees: [],
  organizer: null,
  summary: null,
}

/** It was about the very address we wrote to, says a person. */
function bounceOf(mail: StoredMail, address: string | null): BounceReport | null {
  if (mail.kind !== 'bounce' || mail.class === null || address === null) return null
  const recipient = {
    address,
    originalAddress: null,
    action: 'failed' as const,
    class: mail.class as BounceClass,
    reason: (mail.reason ?? 'unknown') as BounceReason,
    status: null,
    replyCode: null,
    stage: null,
    words: mail.text.slice(0, 200),
  }
  return { recipients: [recipient], originalMessageId: null, originalSubject: null, form: 'notice' }
}

function asParsed(mail: StoredMail): ParsedMail {
  return {
    headers: {},
    contentType: 'text/plain',
    reportType: null,
    from: mail.fromAddress === null ? null : { address: mail.fromAddress, name: mail.fromName ?? '' },
    replyTo: [],
    to: [],
    cc: [],
    returnPath: null,
    subject: mail.subject,
    messageId: null,
    inReplyTo: null,
    references: [],
    date: null,
    text: mail.text,
    html: null,
    parts: [],
    returned: null,
    truncated: false,
  }
}
