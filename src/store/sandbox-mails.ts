/** Reads the sandbox's mails for the page: what was received there and what was written as an answer. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { kysely, likeAll } from './db.ts'

export interface SandboxMailRow {
  id: Id
  mailboxId: Id
  direction: 'received' | 'answer'
  rfcId: string | null
  from: string
  to: string
  subject: string
  receivedAt: Instant
  /** The ledger's message, when it is one of ours. */
  messageId: Id | null
  contactId: Id | null
  /** Somebody wrote an answer to it, or to a later mail of its thread, from the same address. */
  answered: boolean
}

// An answer's own headers are in its raw text; the address and the moment are enough to tell that a person was answered for.
const COLUMNS = sql`s.id, s.mailbox_id as "mailboxId", s.direction, s.rfc_id as "rfcId", s.from_address as "from", s.to_address as "to",
  s.subject, s.received_at as "receivedAt", m.id as "messageId", coalesce(m.contact_id, c.id) as "contactId",
  (s.direction = 'received' and exists (
    select from sandbox_mails a where a.team_id = s.team_id and a.mailbox_id = s.mailbox_id and a.direction = 'answer'
      and position(s.rfc_id::bytea in a.raw) > 0)) as answered`
const JOINS = sql`
  left join lateral (select m.id, m.contact_id from messages m where m.team_id = s.team_id and m.rfc_id = s.rfc_id limit 1) m on true
  left join lateral (select c.id from contacts c where c.team_id = s.team_id and c.deleted_at is null
    and c.address = lower(case s.direction when 'received' then s.to_address else s.from_address end)
    order by c.created_at, c.id limit 1) c on true`

/** The latest first. `words` occur in an address or the subject. */
export async function searchSandboxMails(
  db: Db,
  o: { team: TeamId; words: readonly string[]; offset: number; limit: number },
): Promise<{ mails: SandboxMailRow[]; total: number }> {
  const like = o.words.map(
    (word) => sql`and lower(s.from_address || ' ' || s.to_address || ' ' || s.subject) like ${likeAll(word)}`,
  )
  const where = sql`s.team_id = ${o.team} ${like.length > 0 ? sql.join(like, sql` `) : sql``}`
  const [page, total] = await Promise.all([
    sql<SandboxMailRow>`
      select ${COLUMNS} from (
        select * from sandbox_mails s where ${where} order by s.received_at desc, s.id desc limit ${o.limit} offset ${o.offset}) s
      ${JOINS} order by s.received_at desc, s.id desc`.execute(kysely(db)),
    sql<{ n: number }>`select count(*) as n from sandbox_mails s where ${where}`.execute(kysely(db)),
  ])
  return { mails: page.rows, total: total.rows[0]!.n }
}

export async function sandboxMailById(
  db: Db,
  { team, id }: { team: TeamId; id: Id },
): Promise<(SandboxMailRow & { raw: Uint8Array }) | undefined> {
  const { rows } = await sql<SandboxMailRow & { raw: Uint8Array }>`
    select ${COLUMNS}, s.raw from sandbox_mails s ${JOINS}
    where s.team_id = ${team} and s.id = ${id}`.execute(kysely(db))
  return rows[0]
}

/** Everything between the two addresses of a mail, the oldest first: what the recipient sees as one conversation. */
export async function sandboxThread(
  db: Db,
  { team, mail, limit }: { team: TeamId; mail: SandboxMailRow; limit: number },
): Promise<Pick<SandboxMailRow, 'id' | 'direction' | 'from' | 'subject' | 'receivedAt'>[]> {
  const contact = mail.direction === 'received' ? mail.to : mail.from
  const { rows } = await sql<Pick<SandboxMailRow, 'id' | 'direction' | 'from' | 'subject' | 'receivedAt'>>`
    select s.id, s.direction, s.from_address as "from", s.subject, s.received_at as "receivedAt" from sandbox_mails s
    where s.team_id = ${team} and s.mailbox_id = ${mail.mailboxId}
      and ((s.direction = 'received' and s.to_address = ${contact}) or (s.direction = 'answer' and (s.from_address = ${contact}
        or exists (select from sandbox_mails o where o.team_id = s.team_id and o.mailbox_id = s.mailbox_id and o.direction = 'received'
          and o.to_address = ${contact} and o.rfc_id is not null and position(o.rfc_id::bytea in s.raw) > 0))))
    order by s.received_at, s.id limit ${limit}`.execute(kysely(db))
  return rows
}
