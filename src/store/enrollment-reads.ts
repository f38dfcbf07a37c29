/** Reads enrollments with all that the wire and the page say of them: state, reason, step, mailbox, next moment. */
import { type RawBuilder, sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { EnrollmentState } from '../core/enrollment.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { kysely, likeAll } from './db.ts'
import { HOLD_DETAIL_SHOWN, HOLD_SHOWN, WAITS_FOR_MAILBOX } from './mailbox-waits.ts'

export interface EnrollmentRow {
  id: Id
  contactId: Id
  sequenceId: Id
  sequenceName: string | null
  /** Active and not archived. */
  sequenceActive: boolean
  state: EnrollmentState
  reason: string | null
  holdReason: string | null
  holdDetail: string | null
  stepId: Id | null
  stepPosition: number | null
  numSteps: number
  dueAt: Instant | null
  /** Of the open task that it waits for. */
  taskDueAt: Instant | null
  leased: boolean
  mailboxId: Id
  mailboxAddress: string
  mailboxUserId: Id
  mailboxState: 'unchecked' | 'connected' | 'disconnected' | 'removed'
  /** Why it is not connected, in words. */
  mailboxReason: string | null
  fromAddress: string | null
  messageId: Id
  replyingMessageId: Id | null
  repliedAt: Instant | null
  pausedAt: Instant | null
  autoUnpauseAt: Instant | null
  finishedAt: Instant | null
  addedAt: Instant
  addedBy: Id | null
  updatedAt: Instant
}

const COLUMNS = sql`e.id, e.contact_id as "contactId", e.sequence_id as "sequenceId", q.name as "sequenceName",
  (q.active and q.archived_at is null) as "sequenceActive", e.state, e.reason, ${HOLD_SHOWN} as "holdReason",
  ${HOLD_DETAIL_SHOWN} as "holdDetail", e.step_id as "stepId", s.position as "stepPosition",
  (select count(*)::int from steps n where n.team_id = e.team_id and n.sequence_id = e.sequence_id and n.deleted_at is null) as "numSteps",
  e.due_at as "dueAt", (select t.due_at from tasks t where t.team_id = e.team_id and t.enrollment_id = e.id and t.step_id = e.step_id
    and t.state = 'open') as "taskDueAt", (e.lease_until is not null) as leased, e.mailbox_id as "mailboxId", m.address as "mailboxAddress",
  m.user_id as "mailboxUserId", m.state as "mailboxState", m.state_reason as "mailboxReason", e.from_address as "fromAddress", e.message_id as "messageId",
  e.replying_message_id as "replyingMessageId", e.replied_at as "repliedAt", e.paused_at as "pausedAt",
  e.auto_unpause_at as "autoUnpauseAt", e.finished_at as "finishedAt", e.added_at as "addedAt", e.added_by as "addedBy",
  e.updated_at as "updatedAt"`
const JOINS = sql`join sequences q on q.team_id = e.team_id and q.id = e.sequence_id
  join mailboxes m on m.team_id = e.team_id and m.id = e.mailbox_id
  left join steps s on s.team_id = e.team_id and s.id = e.step_id`

/** All that are not removed, of these contacts, by contact and time of adding. */
export async function enrollmentsOfContacts(
  db: Db,
  { team, contactIds }: { team: TeamId; contactIds: readonly Id[] },
): Promise<EnrollmentRow[]> {
  const { rows } = await sql<EnrollmentRow>`
    select ${COLUMNS} from enrollments e ${JOINS}
    where e.team_id = ${team} and e.contact_id = any(${contactIds as Id[]}) and e.removed_at is null
    order by e.contact_id, e.added_at, e.id`.execute(kysely(db))
  return rows
}

export async function enrollmentById(
  db: Db,
  { team, id }: { team: TeamId; id: Id },
): Promise<EnrollmentRow | undefined> {
  const { rows } = await sql<EnrollmentRow>`
    select ${COLUMNS} from enrollments e ${JOINS}
    where e.team_id = ${team} and e.id = ${id} and e.removed_at is null`.execute(kysely(db))
  return rows[0]
}

/** Which enrollments, not removed, these contacts have in these sequences. */
export async function enrollmentIdsIn(
  db: Db,
  { team, sequenceIds, contactIds }: { team: TeamId; sequenceIds: readonly Id[]; contactIds: readonly Id[] },
): Promise<{ id: Id; sequenceId: Id; contactId: Id; state: EnrollmentState }[]> {
  const { rows } = await sql<{ id: Id; sequenceId: Id; contactId: Id; state: EnrollmentState }>`
    select e.id, e.sequence_id as "sequenceId", e.contact_id as "contactId", e.state
    from unnest(${contactIds as Id[]}::text[]) as asked (id)
    join enrollments e on e.team_id = ${team} and e.contact_id = asked.id
    where e.sequence_id = any(${sequenceIds as Id[]}) and e.removed_at is null order by e.id`.execute(
    kysely(db),
  )
  return rows
}

/** What the page's chips filter by. A person is in exactly one. */
export const SHOWN_STATES = ['active', 'paused', 'finished', 'failed', 'replied', 'bounced', 'held'] as const
export type ShownState = (typeof SHOWN_STATES)[number]

/** One name per person, most telling first: who answered has answered, whatever else is true. */
const SHOWN = sql`case
  when e.state = 'active' and (e.hold_reason <> 'task_open' or ${WAITS_FOR_MAILBOX}) then 'held'
  when e.state = 'finished' and e.reason = 'replied' then 'replied'
  when e.state = 'failed' and e.reason = 'hard_bounced' then 'bounced'
  else e.state end`

export interface PersonRow extends EnrollmentRow {
  shown: ShownState
  contact: {
    id: Id
    firstName: string | null
    lastName: string | null
    email: string | null
    company: string | null
    timeZone: string | null
  }
}

export interface PeopleSearch {
  team: TeamId
  sequenceId: Id
  state: ShownState | null
  stepId: Id | null
  /** Letters that occur in the contact's name, address or company. */
  words: readonly string[]
  offset: number
  limit: number
}

/** The people of a sequence, the latest added first, with how many there are. */
export async function searchPeople(
  db: Db,
  search: PeopleSearch,
): Promise<{ people: PersonRow[]; total: number }> {
  const where = conditions(search)
  const from = sql`from enrollments e join contacts c on c.team_id = e.team_id and c.id = e.contact_id`
  // Which of them their mailbox holds.
  const counted = sql`${from} join mailboxes m on m.team_id = e.team_id and m.id = e.mailbox_id`
  const [page, total] = await Promise.all([
    sql<PersonRow>`
      select ${COLUMNS}, ${SHOWN} as shown, jsonb_build_object('id', c.id, 'firstName', c.first_name, 'lastName', c.last_name,
        'email', c.email, 'company', c.organization_name, 'timeZone', c.time_zone) as contact
      ${from} ${JOINS} where ${where} order by e.added_at desc, e.id desc limit ${search.limit} offset ${search.offset}`.execute(
      kysely(db),
    ),
    sql<{ n: number }>`select count(*) as n ${counted} where ${where}`.execute(kysely(db)),
  ])
  return { people: page.rows, total: total.rows[0]!.n }
}

function conditions({ team, sequenceId, state, stepId, words }: PeopleSearch): RawBuilder<unknown> {
  const all = [sql`e.team_id = ${team}`, sql`e.sequence_id = ${sequenceId}`, sql`e.removed_at is null`]
  if (state !== null) all.push(sql`${SHOWN} = ${state}`)
  if (stepId !== null) all.push(sql`e.step_id = ${stepId}`)
  for (const word of words) {
    const like = likeAll(word)
    all.push(sql`lower(concat_ws(' ', c.first_name, c.last_name, c.email, c.organization_name)) like ${like}`)
  }
  return sql.join(all, sql` and `)
}
