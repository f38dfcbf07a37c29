/** What a call for openings is decided by, and its task. Whoever calls holds the enrollments: of two that judge at once, the second sees the first. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { OpenCall, Opened } from '../core/open-call.ts'
import type { Random } from '../core/random.ts'
import { at, kysely } from './db.ts'

export interface OpenedMail extends Opened {
  messageId: Id
  enrollmentId: Id
  contactId: Id
  sequenceId: Id
  /** Whose mailbox it came from. */
  userId: Id
}

/** Of these emails those whose enrollment has no such call yet. The subject is empty where the email was erased. */
export async function openedMails(
  tx: Db,
  { team, messageIds }: { team: TeamId; messageIds: readonly Id[] },
): Promise<OpenedMail[]> {
  const { rows } = await sql<OpenedMail>`
    select m.id as "messageId", e.id as "enrollmentId", e.contact_id as "contactId", e.sequence_id as "sequenceId", b.user_id as "userId",
      (select count(*) from visits v where v.team_id = m.team_id and v.message_id = m.id and v.kind = 'open' and v.visitor = 'person') as openings,
      q.task_open_threshold as threshold, e.state, e.reason, e.removed_at is not null as removed,
      coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.address, 'the contact') as who,
      coalesce(t.subject, '') as subject, s.position as "stepPosition", q.name as "sequenceName"
    from messages m
      join enrollments e on e.team_id = m.team_id and e.id = m.enrollment_id
      join sequences q on q.team_id = e.team_id and q.id = e.sequence_id and q.task_on_opens
      join contacts c on c.team_id = e.team_id and c.id = e.contact_id and c.deleted_at is null
      join mailboxes b on b.team_id = m.team_id and b.id = m.mailbox_id
      left join steps s on s.team_id = m.team_id and s.id = m.step_id
      left join message_contents t on t.team_id = m.team_id and t.message_id = m.id
    where m.team_id = ${team} and m.id = any(${messageIds as Id[]})
      and not exists (select from tasks k where k.team_id = e.team_id and k.opened_enrollment_id = e.id)
    order by m.id`.execute(kysely(tx))
  return rows
}

/** One of an enrollment, whatever else asks for one. Returns those that were given now. */
export async function insertOpenCalls(
  tx: Db,
  o: { team: TeamId; calls: readonly (OpenedMail & OpenCall)[]; now: Instant; random: Random },
): Promise<{ id: Id; enrollmentId: Id }[]> {
  const { team, calls, now, random } = o
  if (calls.length === 0) return []
  const text = (of: (call: OpenedMail & OpenCall) => string) => calls.map(of)
  const { rows } = await sql<{ id: Id; enrollmentId: Id }>`
    insert into tasks (team_id, id, kind, title, note, contact_id, user_id, created_from, sequence_id, opened_enrollment_id, due_at, created_at,
      updated_at)
    select ${team}, n.id, 'call', n.title, n.note, n.contact_id, n.user_id, 'engine', n.sequence_id, n.enrollment_id, ${at(now)}, ${at(now)},
      ${at(now)}
    from unnest(${calls.map(() => newId(now, random))}::text[], ${text((one) => one.title)}::text[], ${text((one) => one.note)}::text[],
      ${text((one) => one.contactId)}::text[], ${text((one) => one.userId)}::text[], ${text((one) => one.sequenceId)}::text[],
      ${text((one) => one.enrollmentId)}::text[]) as n (id, title, note, contact_id, user_id, sequence_id, enrollment_id)
    on conflict (team_id, opened_enrollment_id) where opened_enrollment_id is not null do nothing
    returning id, opened_enrollment_id as "enrollmentId"`.execute(kysely(tx))
  return rows
}
