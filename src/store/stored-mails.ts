/** Mails that were read, one at a time, and whose they are: read for a person who says that it is somebody else's, and written when they have. */

import { type RawBuilder, sql } from 'kysely'
import { isAnswer } from '../core/answer.ts'
import type { Instant } from '../core/clock.ts'
import { companyDomainOf } from '../core/company.ts'
import type { Db } from '../core/db.ts'
import type { Evidence } from '../core/evidence.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { ReplyClass } from '../core/reply-class.ts'
import { concernedBy } from './company-replies.ts'
import { json, kysely } from './db.ts'
import { lockEnrollments, lockTeamMailboxes } from './locks.ts'
import type { KeptMail } from './mail-effects.ts'

export interface StoredMail extends KeptMail {
  mailboxId: Id
  class: string | null
  reason: string | null
  fromAddress: string | null
  fromName: string | null
  subject: string
  text: string
  /** `2027-03-12`; of an absence. */
  returnsOn: string | null
  evidence: Evidence[]
  replyClass: ReplyClass | null
  /** Who said what it means: `inbound` for fixed phrases, or a person. */
  replyClassBy: string | null
  receivedAt: Instant
}

export function mailOf(db: Db, o: { team: TeamId; id: Id }): Promise<StoredMail | undefined> {
  return select(db, o, sql``)
}

/** Locked until the transaction ends: two people at once move it one after the other. After the contacts, mailboxes and enrollments. */
export function lockMail(tx: Db, o: { team: TeamId; id: Id }): Promise<StoredMail | undefined> {
  return select(tx, o, sql`for no key update`)
}

async function select(
  db: Db,
  { team, id }: { team: TeamId; id: Id },
  lock: RawBuilder<unknown>,
): Promise<StoredMail | undefined> {
  const { rows } = await sql<StoredMail>`
    select id, mailbox_id as "mailboxId", kind, class, reason, from_address as "fromAddress", from_name as "fromName", subject, body as text,
      returns_on::text as "returnsOn", matched_message_id as "messageId", enrollment_id as "enrollmentId", contact_id as "contactId",
      evidence, reply_class as "replyClass", reply_class_by as "replyClassBy", received_at as "receivedAt"
    from inbound where team_id = ${team} and id = ${id} ${lock}`.execute(kysely(db))
  return rows[0]
}

export interface Whose {
  messageId: Id
  enrollmentId: Id | null
  contactId: Id
  toAddress: string | null
}

/** The email that a mail may belong to: itself, or the latest that left in an enrollment or to a contact. Undefined when none has left. */
export async function emailOf(
  db: Db,
  { team, of }: { team: TeamId; of: { messageId: Id } | { enrollmentId: Id } | { contactId: Id } },
): Promise<Whose | undefined> {
  const which =
    'messageId' in of
      ? sql`m.id = ${of.messageId}`
      : 'enrollmentId' in of
        ? sql`m.enrollment_id = ${of.enrollmentId}`
        : sql`m.contact_id = ${of.contactId}`
  const { rows } = await sql<Whose>`
    select m.id as "messageId", m.enrollment_id as "enrollmentId", m.contact_id as "contactId", m.to_address as "toAddress" from messages m
    where m.team_id = ${team} and ${which} and m.contact_id is not null and m.purpose <> 'test' and m.marked_at is not null
      and m.state in ('transmitting', 'accepted', 'unknown') order by m.marked_at desc, m.id desc limit 1`.execute(
    kysely(db),
  )
  return rows[0]
}

/** `to` null: it is nobody's. `evidence` is what was known of it, with what a person said now. */
export async function moveMail(
  tx: Db,
  o: { team: TeamId; id: Id; kind: string; to: Whose | null; evidence: readonly Evidence[] },
): Promise<void> {
  const { to } = o
  const domain =
    isAnswer(o.kind) && to !== null && to.toAddress !== null ? companyDomainOf(to.toAddress) : null
  await sql`
    update inbound set matched_message_id = ${to?.messageId ?? null}, enrollment_id = ${to?.enrollmentId ?? null},
      contact_id = ${to?.contactId ?? null}, company_domain = ${domain}, evidence = ${json(o.evidence)}::jsonb, confidence = ${to === null ? 0 : 100}
    where team_id = ${o.team} and id = ${o.id}`.execute(kysely(tx))
}

/**
 * All that moving it may touch, in the order of everybody: the contacts of both addresses, of whoever wrote it and of whom it had moved, what it
 * had suppressed, mailboxes, and the enrollments of all of them, of their colleagues and of whom it had ended. Then the mail.
 */
export async function lockBoth(
  tx: Db,
  { team, mail, to }: { team: TeamId; mail: StoredMail; to: Whose | null },
): Promise<void> {
  const messageIds = [mail.messageId, to?.messageId ?? null].filter((id) => id !== null)
  const contactIds = [mail.contactId, to?.contactId ?? null].filter((id) => id !== null)
  const { rows } = await sql<{ id: Id }>`
    select c.id from contacts c where c.team_id = ${team} and c.id in (
      select unnest(${contactIds}::text[])
      union select id from contacts where team_id = ${team} and address in (
        select to_address from messages where team_id = ${team} and id = any(${messageIds}) union select ${mail.fromAddress}::text)
      union select subject from mail_effects where team_id = ${team} and inbound_id = ${mail.id} and kind = 'stage')
    order by c.id for no key update of c`.execute(kysely(tx))
  await sql`
    select from suppressions where team_id = ${team} and kind = 'address' and value in (
      select subject from mail_effects where team_id = ${team} and inbound_id = ${mail.id} and kind = 'suppression')
    order by value for update`.execute(kysely(tx))
  await lockTeamMailboxes(tx, team)
  const people = rows.map((row) => row.id)
  for (const contactId of contactIds)
    people.push(...(await concernedBy(tx, { team, contactId })).map((one) => one.contactId))
  const { rows: enrollments } = await sql<{ id: Id }>`
    select id from enrollments where team_id = ${team} and contact_id = any(${people})
    union select subject from mail_effects where team_id = ${team} and inbound_id = ${mail.id} and kind = 'stop'`.execute(
    kysely(tx),
  )
  const ids = enrollments.map((row) => row.id).sort()
  await lockEnrollments(tx, team, ids)
}
