/** What `verify` proves of each message in one pass over the ledger: its wording is the one that was hashed, its decision kept window and inbox. */
import { sql } from 'kysely'
import type { MailFile } from '../core/attachment.ts'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { isFollowUp } from '../core/enrollment.ts'
import type { Facts } from '../core/facts.ts'
import { inboxReadUntil } from '../core/gates.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { governingZone, isOpen } from '../core/schedule.ts'
import { bodyHash, saltedHash } from '../seal.ts'
import { at, kysely } from './db.ts'
import { type Asking, BREACHES_MAX, type Check, type Found, type Promised } from './verify-promise.ts'

/** Messages are read in pages of this many: some megabytes at a time, whatever the size of the ledger. */
const PAGE = 1_000

interface Row {
  id: Id
  enrollmentId: Id | null
  mailboxId: Id
  purpose: string
  toAddress: string | null
  addressHash: string
  bodyHash: string
  claimedAt: Instant | null
  markedAt: Instant | null
  windowClosesAt: Instant | null
  facts: Facts | null
  /** Null where it was erased, or never written. */
  content: { salt: string; subject: string; html: string; text: string; attachments: MailFile[] } | null
  /** Names of files whose bytes are gone, or are not those of their hash any more. */
  brokenFiles: string[]
  linked: boolean
  erased: boolean
}

async function* messagePages(db: Db, { team }: Asking): AsyncGenerator<Row[]> {
  const kept = await wholeFiles(db, team)
  for (let after = ''; ; ) {
    const { rows } = await sql<Row>`
      select m.id, m.enrollment_id as "enrollmentId", m.mailbox_id as "mailboxId", m.purpose, m.to_address as "toAddress",
        m.address_hash as "addressHash", m.body_hash as "bodyHash", m.claimed_at as "claimedAt", m.marked_at as "markedAt",
        m.window_closes_at as "windowClosesAt", m.facts,
        case when c.salt is null then null
          else jsonb_build_object('salt', c.salt, 'subject', c.subject, 'html', c.html, 'text', c.body,
            'attachments', c.attachments) end as content,
        m.attempt > 0 as linked,
        array(select f ->> 'name' from jsonb_array_elements(c.attachments) as f
          where not (f ->> 'sha256' = any(${kept}))) as "brokenFiles",
        c.salt is null and exists (select from ledger_links k where k.team_id = m.team_id and k.mailbox_id = m.mailbox_id
          and k.message_id = m.id and k.kind = 'erasure') as erased
      from messages m left join message_contents c on c.team_id = m.team_id and c.message_id = m.id
      where m.team_id = ${team} and m.id > ${after} and m.state not in ('drafted', 'queued', 'not_sent')
      order by m.id limit ${PAGE}`.execute(kysely(db))
    yield rows
    if (rows.length < PAGE) return
    after = rows.at(-1)!.id
  }
}

/** The hashes of the files that still have the bytes they are named by. */
async function wholeFiles(db: Db, team: TeamId): Promise<string[]> {
  const { rows } = await sql<{ sha256: string }>`
    select sha256 from attachment_contents where team_id = ${team} and encode(sha256(content), 'hex') = sha256`.execute(
    kysely(db),
  )
  return rows.map((row) => row.sha256)
}

interface Judge extends Promised {
  /** What is wrong with the message, in words; null when nothing is. */
  problem(row: Row): string | null
}

const wordingKept: Judge = {
  name: 'wording_unchanged',
  says: 'The stored wording and address are those that were hashed when they were sent.',
  problem(row) {
    const { content, toAddress } = row
    if (content === null)
      return row.linked && !row.erased ? 'its wording is gone, and no erasure is in the ledger' : null
    if (row.brokenFiles.length > 0)
      return `the file ${row.brokenFiles[0]} that it carried is gone or was changed`
    if (bodyHash(content) !== row.bodyHash) return 'its wording was changed after it was written'
    if (toAddress !== null && saltedHash(content.salt, toAddress) !== row.addressHash)
      return 'its address was changed after it was written'
    return null
  },
}

/** The facts are those of the claim that was marked: a later claim, not marked yet, has facts of its own. */
function decided({
  facts,
  markedAt,
  claimedAt,
  purpose,
}: Row): { facts: Facts; markedAt: Instant; claimedAt: Instant } | null {
  if (
    purpose !== 'sequence' ||
    facts === null ||
    markedAt === null ||
    claimedAt === null ||
    markedAt < claimedAt
  )
    return null
  return { facts, markedAt, claimedAt }
}

const insideWindow: Judge = {
  name: 'inside_window',
  says: 'Nothing automatic leaves outside its window in the zone that governs it.',
  problem(row) {
    const sent = decided(row)
    if (sent === null) return null
    const { schedule, contact, step } = sent.facts
    if (row.windowClosesAt !== null && sent.markedAt >= row.windowClosesAt)
      return `marked at ${at(sent.markedAt)}, its window closed at ${at(row.windowClosesAt)}`
    // A person sends off at any hour.
    if (step.kind === 'manual_email') return null
    if (schedule === null) return 'marked without a schedule'
    const zone = governingZone(schedule, contact.zone)
    return isOpen(schedule, zone, sent.markedAt)
      ? null
      : `marked at ${at(sent.markedAt)}, which is closed in ${zone}`
  },
}

const inboxRead: Judge = {
  name: 'inbox_read',
  says: 'No follow-up leaves while the inbox is unread.',
  problem(row) {
    const sent = decided(row)
    if (sent === null || !isFollowUp(sent.facts.enrollment.rank)) return null
    const { dueAt } = sent.facts.enrollment
    const readUntil = inboxReadUntil(sent.facts.reading, sent.claimedAt)
    if (dueAt === null || (readUntil !== null && dueAt <= readUntil)) return null
    const { readAt } = sent.facts.reading
    return `due at ${at(dueAt)}, its inbox was ${readAt === null ? 'never read' : `read at ${at(readAt)}`}`
  },
}

const JUDGES: readonly Judge[] = [wordingKept, insideWindow, inboxRead]

export const MESSAGES: Check = {
  promises: JUDGES,
  async look(db, asking) {
    const found = new Map<string, Found[]>(JUDGES.map(({ name }) => [name, []]))
    for await (const page of messagePages(db, asking))
      for (const row of page)
        for (const { name, problem } of JUDGES) {
          const sentence = problem(row)
          const all = found.get(name)!
          if (sentence !== null && all.length < BREACHES_MAX)
            all.push({ promise: name, sentence, ...about(row) })
        }
    return [...found.values()].flat()
  },
}

function about({ id, mailboxId, enrollmentId }: Row): Omit<Found, 'promise' | 'sentence'> {
  return { messageId: id, mailboxId, ...(enrollmentId === null ? {} : { enrollmentId }) }
}
