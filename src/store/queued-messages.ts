/** Mails that a person sends outside of a sequence, waiting in their mailbox: claimed with it, before its enrollments. */
import { sql } from 'kysely'
import type { MailFile } from '../core/attachment.ts'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { keepContents } from './attachments.ts'
import type { LockedMailbox } from './claims.ts'
import { at, json, kysely } from './db.ts'
import { bumpMailboxes } from './lanes.ts'

/** Per claim: a person waits for these, and few of them exist at once. */
const QUEUED_MAX = 20

/** A test counts against no limit; the others do from now on. */
export async function claimQueued(
  tx: Db,
  { team, mailboxes, now }: { team: TeamId; mailboxes: readonly LockedMailbox[]; now: Instant },
): Promise<{ id: Id; mailboxId: Id }[]> {
  const { rows } = await sql<{ id: Id; mailboxId: Id }>`
    with due as (
      select m.id, b.fence from messages m
      join unnest(${mailboxes.map((one) => one.id)}::text[], ${mailboxes.map((one) => one.fence + 1)}::int[]) as b (id, fence)
        on m.mailbox_id = b.id
      where m.team_id = ${team} and m.state = 'queued' and m.enrollment_id is null and coalesce(m.due_at, '-infinity') <= ${at(now)}
      order by m.id limit ${QUEUED_MAX} for no key update of m
    )
    update messages m set state = 'claimed', fence = due.fence, claimed_at = ${at(now)}, updated_at = ${at(now)},
      counted_at = case when m.purpose = 'test' then null else ${at(now)}::timestamptz end
    from due where m.team_id = ${team} and m.id = due.id
    returning m.id, m.mailbox_id as "mailboxId"`.execute(kysely(tx))
  return rows
}

/** When the next queued mail of each mailbox is due. */
export async function nextQueued(
  tx: Db,
  { team, mailboxIds }: { team: TeamId; mailboxIds: readonly Id[] },
): Promise<Map<Id, Instant>> {
  const { rows } = await sql<{ id: Id; dueAt: Instant }>`
    select mailbox_id as id, min(coalesce(due_at, created_at)) as "dueAt" from messages
    where team_id = ${team} and mailbox_id = any(${mailboxIds as Id[]}) and state = 'queued' and enrollment_id is null group by 1`.execute(
    kysely(tx),
  )
  return new Map(rows.map((row) => [row.id, row.dueAt]))
}

export interface QueuedMessage {
  id: Id
  purpose: 'one_off' | 'answer' | 'test'
  contactId: Id | null
  mailboxId: Id
  userId: Id
  rfcId: string
  from: { address: string; name: string | null }
  replyTo: string | null
  to: { address: string; name: string | null }
  addressHash: string
  bodyHash: string
  content: {
    salt: string
    subject: string
    html: string
    text: string
    attachments: readonly MailFile[]
  }
}

/** Waits in its mailbox from now on; the mailbox is woken. */
export async function queueMessage(
  tx: Db,
  { team, message, now }: { team: TeamId; message: QueuedMessage; now: Instant },
): Promise<void> {
  const {
    id,
    purpose,
    contactId,
    mailboxId,
    userId,
    rfcId,
    from,
    replyTo,
    to,
    addressHash,
    bodyHash,
    content,
  } = message
  await bumpMailboxes(tx, { team, mailboxIds: [mailboxId], at: now })
  await sql`
    insert into messages (team_id, id, purpose, contact_id, mailbox_id, user_id, state, rfc_id, from_address, from_name, reply_to,
      to_address, to_name, address_hash, body_hash, due_at, created_at, updated_at)
    values (${team}, ${id}, ${purpose}, ${contactId}, ${mailboxId}, ${userId}, 'queued', ${rfcId}, ${from.address}, ${from.name},
      ${replyTo}, ${to.address}, ${to.name}, ${addressHash}, ${bodyHash}, ${at(now)}, ${at(now)}, ${at(now)})`.execute(
    kysely(tx),
  )
  await sql`
    insert into message_contents (team_id, message_id, salt, subject, html, body, attachments)
    values (${team}, ${id}, ${content.salt}, ${content.subject}, ${content.html}, ${content.text}, ${json(content.attachments)}::jsonb)`.execute(
    kysely(tx),
  )
  await keepContents(tx, { team, files: content.attachments })
}
