/** What `verify` proves of the ledger itself: the chain of each mailbox is whole, and every message is what its links and its wording say. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { isFollowUp } from '../core/enrollment.ts'
import type { Facts } from '../core/facts.ts'
import { inboxReadUntil } from '../core/gates.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { GENESIS, type Head, type Link, verifyChain } from '../core/ledger.ts'
import { governingZone, isOpen } from '../core/schedule.ts'
import { saltedHash, sha256 } from '../seal.ts'
import { at, kysely } from './db.ts'
import { type Asking, BREACHES_MAX, type Breach, bySql, type Promised } from './verify-promise.ts'

/** Links and messages are read in pages of this many: some megabytes at a time, whatever the size of the ledger. */
const PAGE = 2_000

const chainWhole: Promised = {
  name: 'chain_whole',
  says: 'The hash chain of every mailbox is whole, to its head.',
  async breaches(db, { team }) {
    const { rows } = await sql<{ id: Id; seq: number; hash: string }>`
      select id, chain_seq as seq, chain_hash as hash from mailboxes where team_id = ${team} order by id`.execute(
      kysely(db),
    )
    const breaches: Breach[] = []
    for (const { id, ...head } of rows) {
      const sentence = await chainProblem(db, { team, mailboxId: id, head: head.seq === 0 ? GENESIS : head })
      if (sentence !== null) breaches.push({ mailboxId: id, sentence })
    }
    return breaches
  },
}

async function chainProblem(db: Db, o: { team: TeamId; mailboxId: Id; head: Head }): Promise<string | null> {
  let reached = GENESIS
  for (;;) {
    const { rows } = await sql<Link>`
      select seq, kind, message_id as "messageId", attempt, state, at, address_hash as "addressHash", body_hash as "bodyHash", link as hash
      from ledger_links where team_id = ${o.team} and mailbox_id = ${o.mailboxId} and seq > ${reached.seq} order by seq limit ${PAGE}`.execute(
      kysely(db),
    )
    const verdict = verifyChain(rows, sha256, reached)
    if (!verdict.ok) return verdict.reason
    reached = verdict.head
    if (rows.length < PAGE) break
  }
  if (reached.seq === o.head.seq && reached.hash === o.head.hash) return null
  return `the chain ends at link ${reached.seq}, the mailbox says ${o.head.seq}${reached.seq === o.head.seq ? ' with another hash' : ''}`
}

/** While a link is the last word, the row says the same; a row that was opened again says what is to come. */
const rowsAgree = bySql(
  'rows_agree_with_chain',
  'A message is what the last link about it says.',
  ({ team }) => sql<Breach>`
    with last as (
      select distinct on (message_id) message_id, state, address_hash, body_hash from ledger_links
      where team_id = ${team} order by message_id, attempt desc, seq desc
    ), marked as (
      select message_id, max(at) as at from ledger_links where team_id = ${team} and kind = 'mark' group by 1
    )
    select m.id as "messageId", m.enrollment_id as "enrollmentId", m.mailbox_id as "mailboxId",
      format('the row says %s, marked at %s; its last link says %s, marked at %s%s', m.state, m.marked_at, coalesce(l.state, 'nothing'), k.at,
        case when m.address_hash <> l.address_hash or m.body_hash <> l.body_hash then ', with another address or wording' else '' end) as sentence
    from messages m left join last l on l.message_id = m.id left join marked k on k.message_id = m.id
    where m.team_id = ${team} and (
      m.marked_at is distinct from k.at
      or (m.state in ('transmitting', 'accepted', 'rejected', 'deferred', 'unreachable', 'unauthenticated', 'unknown')
        and (l.state is distinct from m.state or m.address_hash <> l.address_hash or m.body_hash <> l.body_hash))
      or (l.state in ('transmitting', 'accepted', 'unknown') and m.state <> l.state))`,
)

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
  content: { salt: string; subject: string; html: string; text: string } | null
  linked: boolean
  erased: boolean
}

async function* messagePages(db: Db, { team }: Asking): AsyncGenerator<Row[]> {
  for (let after = ''; ; ) {
    const { rows } = await sql<Row>`
      select m.id, m.enrollment_id as "enrollmentId", m.mailbox_id as "mailboxId", m.purpose, m.to_address as "toAddress",
        m.address_hash as "addressHash", m.body_hash as "bodyHash", m.claimed_at as "claimedAt", m.marked_at as "markedAt",
        m.window_closes_at as "windowClosesAt", m.facts,
        case when c.salt is null then null
          else jsonb_build_object('salt', c.salt, 'subject', c.subject, 'html', c.html, 'text', c.body) end as content,
        m.attempt > 0 as linked,
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

function byMessage(name: string, says: string, problem: (row: Row) => string | null): Promised {
  return {
    name,
    says,
    async breaches(db, asking) {
      const breaches: Breach[] = []
      for await (const page of messagePages(db, asking)) {
        for (const row of page) {
          const sentence = problem(row)
          if (sentence === null) continue
          const { id: messageId, mailboxId, enrollmentId } = row
          breaches.push({
            sentence,
            messageId,
            mailboxId,
            ...(enrollmentId === null ? {} : { enrollmentId }),
          })
        }
        if (breaches.length >= BREACHES_MAX) return breaches.slice(0, BREACHES_MAX)
      }
      return breaches
    },
  }
}

const wordingKept = byMessage(
  'wording_unchanged',
  'The stored wording and address are those that were hashed when they were sent.',
  (row) => {
    const { content, toAddress } = row
    if (content === null)
      return row.linked && !row.erased ? 'its wording is gone, and no erasure is in the ledger' : null
    const { salt, subject, html, text } = content
    if (saltedHash(salt, JSON.stringify([subject, html, text])) !== row.bodyHash)
      return 'its wording was changed after it was written'
    if (toAddress !== null && saltedHash(salt, toAddress) !== row.addressHash)
      return 'its address was changed after it was written'
    return null
  },
)

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

const insideWindow = byMessage(
  'inside_window',
  'Nothing automatic leaves outside its window in the zone that governs it.',
  (row) => {
    const sent = decided(row)
    if (sent === null) return null
    const { schedule, contact } = sent.facts
    if (row.windowClosesAt !== null && sent.markedAt >= row.windowClosesAt)
      return `marked at ${at(sent.markedAt)}, its window closed at ${at(row.windowClosesAt)}`
    if (schedule === null) return 'marked without a schedule'
    const zone = governingZone(schedule, contact.zone)
    return isOpen(schedule, zone, sent.markedAt)
      ? null
      : `marked at ${at(sent.markedAt)}, which is closed in ${zone}`
  },
)

const inboxRead = byMessage('inbox_read', 'No follow-up leaves while the inbox is unread.', (row) => {
  const sent = decided(row)
  if (sent === null || !isFollowUp(sent.facts.enrollment.rank)) return null
  const { dueAt } = sent.facts.enrollment
  const readUntil = inboxReadUntil(sent.facts.reading, sent.claimedAt)
  if (dueAt === null || (readUntil !== null && dueAt <= readUntil)) return null
  const { readAt } = sent.facts.reading
  return `due at ${at(dueAt)}, its inbox was ${readAt === null ? 'never read' : `read at ${at(readAt)}`}`
})

export const LEDGER: readonly Promised[] = [chainWhole, rowsAgree, wordingKept, insideWindow, inboxRead]
