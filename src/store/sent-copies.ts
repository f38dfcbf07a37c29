/**
 * The copies that accepted emails owe to the Sent folder of their mailbox, where the server files none by itself (its check has learned
 * that). Taking one moves it into the future, which is both the lease and the next try; nothing else remembers it.
 */
import { sql } from 'kysely'
import { DAY, type Instant, MINUTE } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { at, kysely } from './db.ts'

/** After this a copy is no longer tried: the mailbox has been out of reach for so long that people were alerted. */
const TRIED_FOR_MS = DAY
/** A copy that was taken and not filed is due again after this. */
const TRY_AGAIN_MS = 10 * MINUTE

/** Of a message `m`: its mailbox has a Sent folder within reach that stays empty by itself. What was sent for a look is not kept. */
export const OWES_SENT_COPY = sql`(m.purpose <> 'test' and exists (
  select from mailboxes b where b.team_id = m.team_id and b.id = m.mailbox_id and b.imap_host is not null and not b.files_sent_copy))`

export interface SentCopy {
  team: TeamId
  mailboxId: Id
  messageId: Id
  /** The date that the copy shows. */
  markedAt: Instant
  /** The Message-ID that recipients see, when the server replaced ours. */
  seenRfcId: string | null
}

/** What is due at up to `mailboxes` others than those in `but`, at most `limit` copies. Two processes never take the same one. */
export async function takeSentCopies(
  db: Db,
  { now, limit, mailboxes, but }: { now: Instant; limit: number; mailboxes: number; but: readonly Id[] },
): Promise<SentCopy[]> {
  await sql`
    update messages set sent_copy_due = null
    where sent_copy_due <= ${at(now)} and marked_at <= ${at(now - TRIED_FOR_MS)}`.execute(kysely(db))
  const { rows } = await sql<SentCopy>`
    update messages m set sent_copy_due = ${at(now + TRY_AGAIN_MS)}
    from (
      select team_id, id from messages
      where sent_copy_due <= ${at(now)} and (team_id, mailbox_id) in (
        select team_id, mailbox_id from messages
        where sent_copy_due <= ${at(now)} and not (mailbox_id = any(${but as Id[]}))
        group by team_id, mailbox_id order by min(sent_copy_due), team_id, mailbox_id limit ${mailboxes})
      order by sent_copy_due, id limit ${limit} for no key update skip locked) d
    where m.team_id = d.team_id and m.id = d.id
    returning m.team_id as team, m.mailbox_id as "mailboxId", m.id as "messageId", m.marked_at as "markedAt",
      m.seen_rfc_id as "seenRfcId"`.execute(kysely(db))
  return rows
}

/** Filed, or never to be filed. */
export async function clearSentCopies(
  db: Db,
  { team, messageIds }: { team: TeamId; messageIds: readonly Id[] },
): Promise<void> {
  await sql`
    update messages set sent_copy_due = null where team_id = ${team} and id = any(${messageIds as Id[]})`.execute(
    kysely(db),
  )
}
