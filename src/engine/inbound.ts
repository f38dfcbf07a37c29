/**
 * Takes one mail that was read: what it is, which of our emails it is about, and its effect, in one transaction with the cursor, so that a
 * mail has its effect exactly once, whatever dies in between. Mails that concern nobody we write to leave only the cursor moved.
 */

import { createHash } from 'node:crypto'
import { isAnswer } from '../core/answer.ts'
import type { Clock, Instant } from '../core/clock.ts'
import { MINUTE } from '../core/clock.ts'
import { companyDomainOf } from '../core/company.ts'
import type { Db } from '../core/db.ts'
import { newId } from '../core/ids.ts'
import { classify, type InboundReading } from '../core/inbound.ts'
import { isMessageId } from '../core/message.ts'
import type { ParsedMail } from '../core/parsed-mail.ts'
import type { Random } from '../core/random.ts'
import type { Log } from '../log.ts'
import { parseMail } from '../mail/parse.ts'
import type { FetchedMail } from '../mail/port.ts'
import { type Cursor, passMail } from '../store/folders.ts'
import {
  insertInbound,
  isContact,
  isOurAddress,
  type Matched,
  messagesByRfcIds,
  type NewInbound,
  ownSendUnderOtherId,
  rememberSeenId,
} from '../store/inbound.ts'
import type { MailboxToRead } from '../store/reading.ts'
import { resolveUnknown } from '../store/resolutions.ts'
import { sweep } from '../store/stops.ts'
import { mayPass } from '../store/unavailable.ts'
import { failureOf } from './inbound-bounce.ts'
import { applyEffect } from './inbound-effects.ts'
import { ACTOR, type Event, personOf, type Stopped } from './inbound-event.ts'
import { keepFaulty } from './inbound-fault.ts'
import { findMatch, type Match } from './inbound-match.ts'

/** A Sent copy filed by the server is as old as our mark, give or take both clocks and a slow transfer. */
const SENT_COPY_WITHIN_MS = 30 * MINUTE
/** What is kept of a mail to be shown. */
const TEXT_MAX = 100_000
const HTML_MAX = 300_000
const SUBJECT_MAX = 1_000

export interface InboundTools {
  db: Db
  clock: Clock
  random: Random
  log: Log
}

/**
 * Takes a mail of this mailbox. Throws only for what must stop the read (the database is away or out of something); a mail that makes
 * us fail is kept as `other` with the fault as its evidence, and the cursor moves on.
 */
export async function takeMail(
  tools: InboundTools,
  mailbox: MailboxToRead,
  mail: FetchedMail,
): Promise<void> {
  try {
    await judge(tools, mailbox, mail)
  } catch (error) {
    if (mayPass(error)) throw error
    await keepFaulty(tools, {
      mailbox,
      mail,
      error,
      cursor: cursorAfter(tools, mail),
      rfcId: hashId(mail.raw),
    })
  }
}

async function judge(tools: InboundTools, mailbox: MailboxToRead, mail: FetchedMail): Promise<void> {
  const parsed = await parseMail(mail.raw, { truncated: mail.truncated })
  const concerns = (await isOwnSend(tools, { mailbox, mail, parsed }))
    ? null
    : await whatItIs(tools, { mailbox, mail, parsed })
  if (concerns === null) {
    await passMail(tools.db, { team: mailbox.team, mailboxId: mailbox.id, cursor: cursorAfter(tools, mail) })
    return
  }
  // Before the effect and apart from it: a resolution locks from the mailbox down, and holds whatever becomes of the rest.
  if (concerns.match?.proved)
    await resolveByEvidence(tools, {
      mailbox,
      message: concerns.match.message,
      words: 'a mail that quotes it',
    })
  const stopped = await tools.db.transaction(async (tx) => {
    const isNew = await insertInbound(tx, mailbox.team, rowOf(concerns, { mail, mailbox }))
    const done = isNew ? await applyEffect(tx, concerns) : null
    await passMail(tx, { team: mailbox.team, mailboxId: mailbox.id, cursor: cursorAfter(tools, mail) })
    return done
  })
  if (stopped !== null) await sweepAfter(tools, mailbox, stopped)
}

interface Read {
  mailbox: MailboxToRead
  mail: FetchedMail
  parsed: ParsedMail
}

/** An email of ours, met in Sent or delivered to ourselves: no answer, but proof that it left. */
async function isOwnSend(tools: InboundTools, { mailbox, mail, parsed }: Read): Promise<boolean> {
  const { db } = tools
  const { team } = mailbox
  const ids = parsed.messageId === null ? [] : [parsed.messageId]
  const [message] = await messagesByRfcIds(db, { team, ids })
  if (message) {
    await resolveByEvidence(tools, {
      mailbox,
      message,
      words: `a copy in ${mail.folder} of ${mailbox.address}`,
    })
    return true
  }
  if (mailbox.keepsMessageId !== false || mail.role !== 'sent' || parsed.messageId === null) return false
  const sentAt = mail.internalDate ?? tools.clock.now()
  const to = parsed.to.flatMap(({ address }) => personOf(address) ?? [])
  const around = { from: sentAt - SENT_COPY_WITHIN_MS, until: sentAt + SENT_COPY_WITHIN_MS }
  const own = await ownSendUnderOtherId(db, {
    team,
    mailboxId: mailbox.id,
    to,
    subject: parsed.subject,
    ...around,
  })
  if (own === null) return false
  await rememberSeenId(db, { team, messageId: own, seenRfcId: parsed.messageId, now: tools.clock.now() })
  return true
}

/** A message that is unknown is known now: what quotes or holds it can only exist because it was delivered. */
async function resolveByEvidence(
  { db, clock, random }: InboundTools,
  { mailbox, message, words }: { mailbox: MailboxToRead; message: Matched; words: string },
): Promise<void> {
  if (message.state !== 'unknown') return
  const { team } = mailbox
  await db.transaction((tx) =>
    resolveUnknown(tx, {
      team,
      messageId: message.id,
      as: 'sent',
      actor: ACTOR,
      now: clock.now(),
      random,
      evidence: words,
    }),
  )
}

/** The mail as an event, or null when it concerns nobody the team writes to. */
async function whatItIs(tools: InboundTools, { mailbox, mail, parsed }: Read): Promise<Event | null> {
  const { db, clock, random } = tools
  const { team } = mailbox
  const now = clock.now()
  const receivedAt = mail.internalDate ?? now
  const mailboxAddresses = [mailbox.address, ...mailbox.aliases]
  const reading = classify(parsed, { now, mailboxAddresses, folderRole: mail.role })
  const sender = personOf(parsed.from?.address)
  const event = {
    team,
    inboundId: newId(now, random),
    actor: ACTOR,
    mailboxId: mailbox.id,
    mail: parsed,
    reading,
    sender,
    recipients: [] as string[],
    receivedAt,
    now,
    random,
  }
  if (reading.kind === 'human_outbound') {
    const recipients = [...parsed.to, ...parsed.cc].flatMap(({ address }) => personOf(address) ?? [])
    for (const address of recipients)
      if (await isContact(db, { team, address })) return { ...event, match: null, recipients }
    return null
  }
  const match = await findMatch(db, { team, mail: parsed, reading, receivedAt })
  // What a person sent to themselves for a look is nobody's conversation, whoever answers it.
  if (match?.message.purpose === 'test') return null
  if (match === null) {
    const asksToStop =
      reading.kind === 'opt_out' && sender !== null && (await isContact(db, { team, address: sender }))
    return asksToStop ? { ...event, match } : null
  }
  return (await isColleagueOfOurs(db, event, match)) ? null : { ...event, match }
}

/** One of the team's own mailboxes wrote into the thread: that is no answer, unless it is the very address we wrote to (a trial on oneself). */
async function isColleagueOfOurs(
  db: Db,
  { team, sender, reading }: Omit<Event, 'match'>,
  { message }: Match,
): Promise<boolean> {
  if (sender === null || sender === message.toAddress || reading.bounce !== null) return false
  return isOurAddress(db, { team, address: sender })
}

function rowOf(event: Event, { mail, mailbox }: { mail: FetchedMail; mailbox: MailboxToRead }): NewInbound {
  const { mail: parsed, reading, match } = event
  const { messageId } = parsed
  const message = match?.message
  return {
    id: event.inboundId,
    rfcId: messageId !== null && isMessageId(messageId) ? messageId : hashId(mail.raw),
    mailboxId: mailbox.id,
    folder: mail.folder,
    uid: mail.uid,
    kind: reading.kind,
    class: classOf(event, message),
    reason: message ? (failureOf(event, message)?.reason ?? null) : null,
    fromAddress: event.sender ?? parsed.from?.address ?? null,
    fromName: parsed.from?.name ?? null,
    subject: parsed.subject.slice(0, SUBJECT_MAX),
    text: parsed.text.slice(0, TEXT_MAX),
    html: (parsed.html ?? '').slice(0, HTML_MAX),
    returnsOn: reading.absence?.returnsOn ?? null,
    messageId: message?.id ?? null,
    enrollmentId: message?.enrollmentId ?? null,
    contactId: message?.contactId ?? null,
    companyDomain: companyAnswering(reading, message),
    evidence: [match?.evidence ?? [], reading.evidence, reading.replyClass?.evidence ?? []].flat(),
    replyClass: reading.replyClass?.class ?? null,
    confidence: confidenceOf(reading, match),
    receivedAt: event.receivedAt,
    readAt: event.now,
  }
}

/** Others of the company may be left alone for a while: see `core/company-reply.ts`. */
function companyAnswering({ kind }: InboundReading, message: Matched | undefined): string | null {
  if (message?.toAddress == null || !isAnswer(kind)) return null
  return companyDomainOf(message.toAddress)
}

function classOf(event: Event, message: Matched | undefined): string | null {
  if (message === undefined || event.reading.bounce === null) return null
  return failureOf(event, message)?.class ?? event.reading.bounce.recipients[0]?.action ?? null
}

/** As sure as the weaker of what it is and what it answers, in percent. A mail of a person that shows no sign is judged by its match alone. */
function confidenceOf({ kind, confidence }: InboundReading, match: Match | null): number {
  const judged = kind === 'other' ? 1 : confidence
  return Math.round(100 * Math.min(judged, match?.evidence.score ?? 1))
}

/** A stand-in for a Message-ID that is missing or unusable: the same mail has the same one in every mailbox. */
function hashId(raw: Uint8Array): string {
  return `<${createHash('sha256').update(raw).digest('hex')}@no-message-id>`
}

function cursorAfter({ clock }: InboundTools, mail: FetchedMail): Cursor {
  const { folder, role, uidValidity, uid } = mail
  return { folder, role, uidValidity, lastUid: uid, readAt: earliest(mail, clock.now()) }
}

/** Only for a folder that has no row yet; the end of the read writes the real one. */
function earliest({ internalDate }: FetchedMail, now: Instant): Instant {
  return Math.min(internalDate ?? now, now)
}

async function sweepAfter(
  { db, clock, random, log }: InboundTools,
  { team }: MailboxToRead,
  stopped: Stopped,
): Promise<void> {
  const { enrollmentIds, addresses } = stopped
  const now = clock.now()
  const swept = [
    enrollmentIds.length > 0 ? await sweep(db, { team, of: { enrollmentIds }, now, random }) : null,
    addresses.length > 0 ? await sweep(db, { team, of: { addresses }, now, random }) : null,
  ]
  for (const one of swept)
    for (const { messageId } of one?.transmitting ?? [])
      log.info(
        { team, message: messageId },
        'an email was already leaving when the answer to an earlier one was read',
      )
}
