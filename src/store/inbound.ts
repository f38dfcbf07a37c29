/**
 * Mails that were read, each once per team, and the messages of ours that they are matched with. Keeps only mails that concern
 * somebody the team writes to: what else is in a person's inbox leaves no trace here.
 */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Evidence, InboundKind } from '../core/inbound.ts'
import type { ReplyClass } from '../core/reply-class.ts'
import { at, json, kysely } from './db.ts'

export interface NewInbound {
  id: Id
  /** The Message-ID; for a mail without one, a hash of its content in the same form. */
  rfcId: string
  mailboxId: Id
  folder: string
  uid: number
  kind: InboundKind
  /** Of a bounce: hard, soft, blocked. */
  class: string | null
  reason: string | null
  fromAddress: string | null
  fromName: string | null
  subject: string
  text: string
  html: string
  /** `2027-03-12`; of an absence. */
  returnsOn: string | null
  messageId: Id | null
  enrollmentId: Id | null
  contactId: Id | null
  /** Of an answer: the domain of the company that was written to; null at providers of free mailboxes. */
  companyDomain: string | null
  /** By what it was matched, and what it was taken for; of a mail that we failed to judge, the fault. */
  evidence: Evidence[]
  /** 0 to 100: how sure the match is. */
  confidence: number
  /** By fixed phrases; null where people must decide. */
  replyClass: ReplyClass | null
  receivedAt: Instant
  readAt: Instant
}

/** False when this Message-ID has had its effect already, in this mailbox or in another one of the team. */
export async function insertInbound(tx: Db, team: TeamId, row: NewInbound): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await kysely(tx)
    .insertInto('inbound')
    .values({
      team_id: team,
      id: row.id,
      rfc_id: row.rfcId,
      mailbox_id: row.mailboxId,
      folder: row.folder,
      uid: row.uid,
      kind: row.kind,
      class: row.class,
      reason: row.reason,
      from_address: row.fromAddress,
      from_name: row.fromName,
      subject: row.subject,
      body: row.text,
      html: row.html,
      returns_on: row.returnsOn,
      matched_message_id: row.messageId,
      enrollment_id: row.enrollmentId,
      contact_id: row.contactId,
      company_domain: row.companyDomain,
      evidence: json(row.evidence),
      confidence: row.confidence,
      reply_class: row.replyClass,
      reply_class_by: row.replyClass === null ? null : 'inbound',
      received_at: at(row.receivedAt),
      read_at: at(row.readAt),
    })
    .onConflict((conflict) => conflict.columns(['team_id', 'rfc_id']).doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

/** A message of ours, with what its effects depend on. */
export interface Matched {
  id: Id
  purpose: 'sequence' | 'one_off' | 'answer' | 'test'
  state: string
  enrollmentId: Id | null
  sequenceId: Id | null
  stepId: Id | null
  variantId: Id | null
  contactId: Id | null
  mailboxId: Id
  toAddress: string | null
  /** Who else got it: cc and bcc. */
  copies: string[]
  rfcId: string
  seenRfcId: string | null
  subject: string
  finishOnReply: boolean
  /** Its enrollment is active or paused. */
  live: boolean
}

const MATCHED = sql`m.id, m.purpose, m.state, m.enrollment_id as "enrollmentId", m.sequence_id as "sequenceId", m.step_id as "stepId",
  m.variant_id as "variantId", m.contact_id as "contactId", m.mailbox_id as "mailboxId", m.to_address as "toAddress", m.cc || m.bcc as copies,
  m.rfc_id as "rfcId", m.seen_rfc_id as "seenRfcId", coalesce(c.subject, '') as subject,
  coalesce(q.finish_on_reply, true) as "finishOnReply",
  coalesce(e.state in ('active', 'paused') and e.removed_at is null, false) as live`
const JOINS = sql`left join message_contents c on c.team_id = m.team_id and c.message_id = m.id
  left join sequences q on q.team_id = m.team_id and q.id = m.sequence_id
  left join enrollments e on e.team_id = m.team_id and e.id = m.enrollment_id`
/** No more than a thread has: a mail that quotes thousands of ids is not an answer to one. */
const IDS_MAX = 200

/** The messages of the team that carry one of these Message-IDs, ours or the one that the server put in its place. */
export async function messagesByRfcIds(
  db: Db,
  { team, ids }: { team: TeamId; ids: readonly string[] },
): Promise<Matched[]> {
  if (ids.length === 0) return []
  const wanted = ids.slice(0, IDS_MAX)
  const { rows } = await sql<Matched>`
    select ${MATCHED} from (
      select * from messages where team_id = ${team} and rfc_id = any(${wanted}::text[])
      union select * from messages where team_id = ${team} and seen_rfc_id = any(${wanted}::text[])
    ) m ${JOINS}`.execute(kysely(db))
  return rows
}

export async function messageById(db: Db, { team, id }: { team: TeamId; id: Id }): Promise<Matched | null> {
  const { rows } = await sql<Matched>`
    select ${MATCHED} from messages m ${JOINS} where m.team_id = ${team} and m.id = ${id}`.execute(kysely(db))
  return rows[0] ?? null
}

/** The newest emails that left to this address, or to contacts that have it by now, until `before`: what a mail without thread headers may answer. */
export async function messagesToAddress(
  db: Db,
  { team, address, before }: { team: TeamId; address: string; before: Instant },
): Promise<Matched[]> {
  const { rows } = await sql<Matched>`
    select ${MATCHED} from (
      select m.* from contacts p join messages m on m.team_id = p.team_id and m.contact_id = coalesce(p.merged_into, p.id)
        where p.team_id = ${team} and p.address = ${address}
      union select * from messages where team_id = ${team} and to_address = ${address}
    ) m ${JOINS}
    where m.marked_at <= ${at(before)}
      and m.state in ('transmitting', 'accepted', 'unknown') and m.purpose <> 'test'
    order by m.marked_at desc limit 50`.execute(kysely(db))
  return rows
}

/** Is this the address or alias of a mailbox of the team? Then its mail is ours, never an answer. */
export async function isOurAddress(
  db: Db,
  { team, address }: { team: TeamId; address: string },
): Promise<boolean> {
  const { rows } = await sql<{ ours: boolean }>`
    select exists (select from mailboxes where team_id = ${team} and (state <> 'removed' or reads_until is not null)
      and (address = ${address} or ${address} = any(select lower(a) from unnest(aliases) a))) as ours`.execute(
    kysely(db),
  )
  return rows[0]!.ours
}

/**
 * An email that this mailbox sent to one of these addresses at about that time, with that subject: our own, although its Message-ID is
 * not. Asked only of mailboxes whose server puts an id of its own in place of ours.
 */
export async function ownSendUnderOtherId(
  db: Db,
  o: { team: TeamId; mailboxId: Id; to: readonly string[]; subject: string; from: Instant; until: Instant },
): Promise<Id | null> {
  const { rows } = await sql<{ id: Id }>`
    select m.id from messages m join message_contents c on c.team_id = m.team_id and c.message_id = m.id
    where m.team_id = ${o.team} and m.mailbox_id = ${o.mailboxId} and m.to_address = any(${o.to as string[]}::text[])
      and m.counted_at between ${at(o.from)} and ${at(o.until)} and c.subject = ${o.subject} and m.seen_rfc_id is null
    order by m.counted_at desc limit 1`.execute(kysely(db))
  return rows[0]?.id ?? null
}

/** Remembers the id that recipients see, so that their answers are recognized. */
export async function rememberSeenId(
  tx: Db,
  o: { team: TeamId; messageId: Id; seenRfcId: string; now: Instant },
): Promise<void> {
  await sql`
    update messages set seen_rfc_id = ${o.seenRfcId}, updated_at = ${at(o.now)}
    where team_id = ${o.team} and id = ${o.messageId} and seen_rfc_id is null`.execute(kysely(tx))
}

/** Is anybody with this address among the team's contacts, or was, until they were merged with another of theirs? */
export async function isContact(
  db: Db,
  { team, address }: { team: TeamId; address: string },
): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select exists (select from contacts where team_id = ${team} and address = ${address}
      and (deleted_at is null or merged_into is not null)) as found`.execute(kysely(db))
  return rows[0]!.found
}
