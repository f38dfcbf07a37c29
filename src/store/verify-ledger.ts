/** What `verify` proves of the ledger itself: the chain of each mailbox is whole, and every row is what its links say. */
import { sql } from 'kysely'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { GENESIS, type Head, type Link, verifyChain } from '../core/ledger.ts'
import { sha256 } from '../seal.ts'
import { kysely } from './db.ts'
import { alone, type Breach, bySql, type Check } from './verify-promise.ts'

/** Links are read in pages of this many, whatever the size of the ledger. */
const PAGE = 2_000

const chainWhole = alone(
  'chain_whole',
  'The hash chain of every mailbox is whole, to its head.',
  async (db, { team }) => {
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
)

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

export const CHAINS: readonly Check[] = [chainWhole, rowsAgree]
