/** Appends to the hash chain of a mailbox, whose head stands on its row. The caller holds those rows locked. */
import { sql } from 'kysely'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { type Entry, GENESIS, type Link, nextLink } from '../core/ledger.ts'
import { sha256 } from '../seal.ts'
import { isoArray, kysely } from './db.ts'

export type NewLink = Entry & { mailboxId: Id }

/** In the order given, per mailbox. */
export async function appendLinks(
  tx: Db,
  { team, entries }: { team: TeamId; entries: readonly NewLink[] },
): Promise<void> {
  if (entries.length === 0) return
  const mailboxIds = [...new Set(entries.map((entry) => entry.mailboxId))].sort()
  const { rows } = await sql<{ id: Id; seq: number; hash: string }>`
    select id, chain_seq as seq, chain_hash as hash from mailboxes
    where team_id = ${team} and id = any(${mailboxIds})`.execute(kysely(tx))
  const heads = new Map(rows.map(({ id, seq, hash }) => [id, seq === 0 ? GENESIS : { seq, hash }]))
  const links: (Link & { mailboxId: Id })[] = []
  for (const { mailboxId, ...entry } of entries) {
    const link = nextLink(heads.get(mailboxId)!, entry, sha256)
    heads.set(mailboxId, { seq: link.seq, hash: link.hash })
    links.push({ ...link, mailboxId })
  }
  await insertLinks(tx, team, links)
  const ends = mailboxIds.map((id) => ({ id, ...heads.get(id)! }))
  await sql`
    update mailboxes m set chain_seq = h.seq, chain_hash = h.hash
    from unnest(${mailboxIds}::text[], ${ends.map((end) => end.seq)}::bigint[], ${ends.map((end) => end.hash)}::text[]) as h (id, seq, hash)
    where m.team_id = ${team} and m.id = h.id`.execute(kysely(tx))
}

async function insertLinks(
  tx: Db,
  team: TeamId,
  links: readonly (Link & { mailboxId: Id })[],
): Promise<void> {
  const text = (of: (link: Link & { mailboxId: Id }) => string | null) => links.map(of)
  await sql`
    insert into ledger_links (team_id, mailbox_id, seq, kind, message_id, attempt, state, at, address_hash, body_hash, link)
    select ${team}, l.* from unnest(${text((l) => l.mailboxId)}::text[], ${links.map((l) => l.seq)}::bigint[],
      ${text((l) => l.kind)}::text[], ${text((l) => l.messageId)}::text[], ${links.map((l) => l.attempt)}::int[],
      ${text((l) => l.state)}::text[], ${isoArray(links.map((l) => l.at))}::timestamptz[], ${text((l) => l.addressHash)}::text[],
      ${text((l) => l.bodyHash)}::text[], ${text((l) => l.hash)}::text[]) as l`.execute(kysely(tx))
}
