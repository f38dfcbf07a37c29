/**
 * The two ends of a sandbox mailbox that its mail server is handed: what it received is saved, what was written as an answer
 * is read in uid order. Never decides what a mail means.
 */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { at, kysely } from './db.ts'

/** First half of the advisory lock under which a mailbox gives out uids. */
const UID_LOCK = 7_317_002

export interface SandboxMail {
  team: TeamId
  mailboxId: Id
  /** With angle brackets; null when the mail has none. */
  rfcId: string | null
  from: string
  to: string
  subject: string
  raw: Uint8Array
  now: Instant
  random: Random
}

/** Saves what the sandbox's SMTP server took. Returns when it is on disk, so that the server may answer 250. */
export async function saveReceived(db: Db, mail: SandboxMail): Promise<{ id: Id; uid: number }> {
  return db.transaction((tx) => save(tx, 'received', mail))
}

/** Saves an answer that a person wrote as the contact, and asks for the mailbox to be read: a wish that no other one resembles, so that a read under way does not take it for its own. */
export async function saveAnswer(db: Db, mail: SandboxMail): Promise<{ id: Id; uid: number }> {
  return db.transaction(async (tx) => {
    const saved = await save(tx, 'answer', mail)
    await sql`
      update mailboxes set read_wanted_at = greatest(${at(mail.now)}, read_wanted_at + interval '1 millisecond')
      where team_id = ${mail.team} and id = ${mail.mailboxId}`.execute(kysely(tx))
    return saved
  })
}

async function save(
  tx: Db,
  direction: 'received' | 'answer',
  mail: SandboxMail,
): Promise<{ id: Id; uid: number }> {
  // Uids become visible in their order: a reader that saw 7 must never meet a 6 afterwards.
  await sql`select pg_advisory_xact_lock(${UID_LOCK}, hashtext(${mail.mailboxId}))`.execute(kysely(tx))
  const id = newId(mail.now, mail.random)
  const { rows } = await sql<{ uid: number }>`
    insert into sandbox_mails (team_id, id, mailbox_id, direction, uid, rfc_id, from_address, to_address, subject, raw, received_at)
    select ${mail.team}, ${id}, ${mail.mailboxId}, ${direction}, coalesce(max(uid), 0) + 1,
      ${mail.rfcId}, ${mail.from}, ${mail.to}, ${mail.subject}, ${Buffer.from(mail.raw)}, ${at(mail.now)}
    from sandbox_mails where team_id = ${mail.team} and mailbox_id = ${mail.mailboxId} and direction = ${direction}
    returning uid`.execute(kysely(tx))
  return { id, uid: rows[0]!.uid }
}

export interface SandboxAnswer {
  uid: number
  raw: Uint8Array
  receivedAt: Instant
}

/** Answers with a uid above `uid`, in order, at most `limit`. */
export async function answersAfter(
  db: Db,
  { team, mailboxId, uid, limit }: { team: TeamId; mailboxId: Id; uid: number; limit: number },
): Promise<SandboxAnswer[]> {
  const { rows } = await sql<SandboxAnswer>`
    select uid, raw, received_at as "receivedAt" from sandbox_mails
    where team_id = ${team} and mailbox_id = ${mailboxId} and direction = 'answer' and uid > ${uid}
    order by uid limit ${limit}`.execute(kysely(db))
  return rows
}

/** The team of a sandbox mailbox; mail carries only the mailbox's id. Throws for one that does not exist. */
export async function teamOfSandbox(db: Db, mailboxId: Id): Promise<TeamId> {
  const { rows } = await sql<{ team: TeamId }>`
    select team_id as team from mailboxes where id = ${mailboxId} and kind = 'sandbox'`.execute(kysely(db))
  if (!rows[0]) throw new Error(`${mailboxId} is no sandbox mailbox`)
  return rows[0].team
}

/** Was a mail with this Message-ID received? The evidence that settles an unknown send to the sandbox. */
export async function wasReceived(
  db: Db,
  { team, mailboxId, rfcId }: { team: TeamId; mailboxId: Id; rfcId: string },
): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select exists (select from sandbox_mails where team_id = ${team} and mailbox_id = ${mailboxId}
      and direction = 'received' and rfc_id = ${rfcId}) as found`.execute(kysely(db))
  return rows[0]!.found
}
