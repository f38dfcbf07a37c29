/**
 * Which of our emails does a mail answer? Evidence best first (DESIGN section 7), over all mailboxes of the team, since answers arrive at
 * aliases and from colleagues. Only reads.
 */
import { normalizeAddress } from '../core/address.ts'
import type { Instant } from '../core/clock.ts'
import { MINUTE } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { TeamId } from '../core/ids.ts'
import { comparableSubject, type Evidence, type InboundReading, matchKeys } from '../core/inbound.ts'
import { header, type ParsedMail } from '../core/parsed-mail.ts'
import { optOutTokenIn, optOutTokenOfHeader } from '../core/unsubscribe.ts'
import { type Matched, messageById, messagesByRfcIds, messagesToAddress } from '../store/inbound.ts'
import { findOptOut } from '../store/opt-outs.ts'

export interface Match {
  message: Matched
  evidence: Evidence
  /** The mail quotes a Message-ID or a token that only its recipient can know. Without it, nothing is suppressed for a bounce or a complaint. */
  proved: boolean
}

/** How sure a match is without any id: the sender and the subject agree, or the sender alone. */
const SENDER_AND_SUBJECT = 0.6
const SENDER_ALONE = 0.4
/** A bounce that names an address we wrote to, and nothing of ours. */
const FAILED_ADDRESS = 0.3
/** Clocks of mail servers differ: an answer may seem to be older than what it answers. */
const CLOCKS_DIFFER_MS = 5 * MINUTE

export interface MailToMatch {
  team: TeamId
  mail: ParsedMail
  reading: InboundReading
  receivedAt: Instant
}

/** The email that the mail is about, with the evidence; null when it concerns none of ours. */
export async function findMatch(db: Db, asked: MailToMatch): Promise<Match | null> {
  return (await byMessageId(db, asked)) ?? (await byToken(db, asked)) ?? (await byAddress(db, asked))
}

async function byMessageId(db: Db, { team, mail, reading }: MailToMatch): Promise<Match | null> {
  const { messageIds } = matchKeys(reading, mail)
  const found = await messagesByRfcIds(db, { team, ids: messageIds.map(({ id }) => id) })
  for (const { id, evidence } of messageIds) {
    const message = found.find(({ rfcId, seenRfcId }) => rfcId === id || seenRfcId === id)
    if (message) return { message, evidence: { name: evidence, value: id, score: 1 }, proved: true }
  }
  return null
}

/**
 * The mailto way of our opt-out link: whoever sends it, the token says whom it is about. So does a mail of ours that came back, when the
 * server had put a Message-ID of its own into it that we do not know yet.
 */
async function byToken(db: Db, { team, mail, reading }: MailToMatch): Promise<Match | null> {
  const cameBack = reading.kind === 'bounce' || reading.kind === 'complaint'
  const header = mail.returned?.['list-unsubscribe']?.join(' ') ?? ''
  const token = optOutTokenIn(mail.subject) ?? (cameBack ? optOutTokenOfHeader(header) : undefined)
  const target = token === undefined ? null : await findOptOut(db, { team, token })
  const message = target && (await messageById(db, { team, id: target.messageId }))
  return (
    message && {
      message,
      evidence: { name: 'opt-out token', value: 'of this email', score: 1 },
      proved: true,
    }
  )
}

async function byAddress(db: Db, asked: MailToMatch): Promise<Match | null> {
  const { sender, failed } = matchKeys(asked.reading, asked.mail)
  const written = sender?.address ?? failed[0]
  const person = written === undefined ? null : normalizeAddress(written)
  if (!person?.ok) return null
  const before = asked.receivedAt + CLOCKS_DIFFER_MS
  const sent = await messagesToAddress(db, { team: asked.team, address: person.address, before })
  const newest = sent[0]
  if (!newest) return null
  if (sender === null)
    return {
      message: newest,
      evidence: sign('failing address', person.address, FAILED_ADDRESS),
      proved: false,
    }
  const sameSubject = sent.find(
    ({ subject }) => subject !== '' && comparableSubject(subject) === sender.subject,
  )
  if (sameSubject)
    return {
      message: sameSubject,
      evidence: sign('sender and subject', person.address, SENDER_AND_SUBJECT),
      proved: false,
    }
  // Without a word of the subject, only somebody who is being written to can mean it as an answer.
  if (!newest.live || isMassMail(asked.mail)) return null
  return { message: newest, evidence: sign('sender', person.address, SENDER_ALONE), proved: false }
}

const sign = (name: string, value: string, score: number): Evidence => ({ name, value, score })

/** A newsletter of somebody we write to is no answer. RFC 2369 and RFC 2919. */
function isMassMail(mail: ParsedMail): boolean {
  return (
    ['list-id', 'list-unsubscribe', 'list-post'].some((name) => header(mail, name) !== '') ||
    /^\s*(?:bulk|list|junk)/i.test(header(mail, 'precedence'))
  )
}
