/** A mail that makes us fail: it is kept, seen by people, and passed, so that one strange mail never stops a whole mailbox from being read. */
import type { Clock } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import type { Log } from '../log.ts'
import { parseMail } from '../mail/parse.ts'
import type { FetchedMail } from '../mail/port.ts'
import { type Cursor, passMail } from '../store/folders.ts'
import { insertInbound, messagesByRfcIds } from '../store/inbound.ts'
import type { MailboxToRead } from '../store/reading.ts'
import { liveEnrollments, stop, sweep } from '../store/stops.ts'
import { mayPass } from '../store/unavailable.ts'
import { ACTOR, personOf } from './inbound-event.ts'

const WORDS_MAX = 500

interface Tools {
  db: Db
  clock: Clock
  random: Random
  log: Log
}

export interface FaultyMail {
  mailbox: MailboxToRead
  mail: FetchedMail
  error: unknown
  cursor: Cursor
  rfcId: string
}

/**
 * Keeps the mail as `other` with the fault as evidence, and moves the cursor past it. Whom it may have answered is held, since nothing
 * automatic leaves after an answer; when even that fails, the mail alone is kept.
 */
export async function keepFaulty(tools: Tools, faulty: FaultyMail): Promise<void> {
  const { mailbox, mail, error } = faulty
  const id = newId(tools.clock.now(), tools.random)
  const about = { mailbox: mailbox.id, folder: mail.folder, uid: mail.uid, inbound: id }
  tools.log.error({ ...about, err: error }, 'a mail could not be judged')
  const words = wordsOf(error)
  try {
    const held = await enrollmentsIn(tools.db, faulty)
    await keep(tools, { id, words, ...faulty, held })
    await sweep(tools.db, {
      team: mailbox.team,
      of: { enrollmentIds: held },
      now: tools.clock.now(),
      random: tools.random,
    })
  } catch (second) {
    if (mayPass(second)) throw second
    tools.log.error({ ...about, err: second }, 'nobody could be held for a mail that could not be judged')
    await keep(tools, { id, words, ...faulty, held: [] })
  }
}

function wordsOf(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error)
  return words.slice(0, WORDS_MAX)
}

/** Live enrollments of the sender, and those whose emails the mail quotes. */
async function enrollmentsIn(db: Db, { mailbox: { team }, mail }: FaultyMail): Promise<Id[]> {
  const { from, inReplyTo, references, messageId } = await parseMail(mail.raw, { truncated: mail.truncated })
  const own = messageId === null ? [] : await messagesByRfcIds(db, { team, ids: [messageId] })
  if (own.length > 0 || mail.role === 'sent') return []
  const quoted = await messagesByRfcIds(db, {
    team,
    ids: inReplyTo === null ? references : [inReplyTo, ...references],
  })
  const address = personOf(from?.address)
  const written =
    address === null ? [] : await liveEnrollments(db, { team, of: { addresses: [address], mergedToo: true } })
  return [...new Set([...quoted.flatMap(({ enrollmentId }) => enrollmentId ?? []), ...written])].sort()
}

async function keep(
  { db, clock, random }: Tools,
  o: FaultyMail & { id: Id; words: string; held: Id[] },
): Promise<void> {
  const { id, mailbox, mail, words, held } = o
  const { team } = mailbox
  const now = clock.now()
  const { folder, uid } = mail
  await db.transaction(async (tx) => {
    const isNew = await insertInbound(tx, team, {
      ...{
        id,
        rfcId: o.rfcId,
        mailboxId: mailbox.id,
        folder,
        uid,
        kind: 'other',
        class: null,
        reason: 'internal_error',
      },
      ...{
        fromAddress: null,
        fromName: null,
        subject: 'A mail that Segue could not read',
        text: '',
        html: '',
        returnsOn: null,
      },
      ...{ messageId: null, enrollmentId: null, contactId: null, companyDomain: null },
      ...{ confidence: 0, replyClass: null },
      evidence: [{ name: 'fault', value: words, score: 0 }],
      receivedAt: mail.internalDate ?? now,
      readAt: now,
    })
    const stopping = { to: 'held', reason: 'internal_error', detail: `inbound ${id}: ${words}` } as const
    if (isNew) await stop(tx, { team, enrollmentIds: held, stop: stopping, actor: ACTOR, now, random })
    await passMail(tx, { team, mailboxId: mailbox.id, cursor: o.cursor })
  })
}
