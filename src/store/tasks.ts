/** Rows of tasks: those of steps and those that somebody noted. Reads and writes; what ends one is `task-ends.ts`. */
import { type RawBuilder, sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Priority } from '../core/sequence.ts'
import type { TaskKind } from '../core/task.ts'
import { at, kysely, likeAll } from './db.ts'

export const TASK_STATES = ['open', 'completed', 'skipped', 'cancelled'] as const
export type TaskState = (typeof TASK_STATES)[number]

export interface TaskRow {
  id: Id
  kind: TaskKind
  state: TaskState
  statusGiven: boolean
  priority: Priority
  title: string | null
  note: string | null
  contactId: Id | null
  accountId: Id | null
  userId: Id
  creatorId: Id | null
  createdFrom: string | null
  enrollmentId: Id | null
  /** Of a call that openings asked for: the one whose email was opened. It moves with no task. */
  openedEnrollmentId: Id | null
  sequenceId: Id | null
  sequenceName: string | null
  stepId: Id | null
  stepPosition: number | null
  messageId: Id | null
  dueAt: Instant
  skipsAt: Instant | null
  draftSubject: string | null
  draftHtml: string | null
  approvedAt: Instant | null
  outcome: string | null
  callOutcomeId: Id | null
  callOutcome: string | null
  callAnswered: boolean | null
  /** The number that was called, where somebody said so. */
  calledNumber: string | null
  endedAt: Instant | null
  endedBy: string | null
  createdAt: Instant
}

const COLUMNS = sql`t.id, t.kind, t.state, t.status_given as "statusGiven", t.priority, t.title, t.note, t.contact_id as "contactId",
  c.account_id as "accountId", t.user_id as "userId", t.creator_id as "creatorId", t.created_from as "createdFrom",
  t.enrollment_id as "enrollmentId", t.opened_enrollment_id as "openedEnrollmentId", t.sequence_id as "sequenceId", q.name as "sequenceName", t.step_id as "stepId",
  s.position as "stepPosition", t.message_id as "messageId", t.due_at as "dueAt", t.skips_at as "skipsAt",
  t.draft_subject as "draftSubject", t.draft_html as "draftHtml", t.approved_at as "approvedAt", t.outcome,
  t.call_outcome_id as "callOutcomeId", o.name as "callOutcome", o.answered as "callAnswered", p.to_number as "calledNumber",
  t.ended_at as "endedAt", t.ended_by as "endedBy", t.created_at as "createdAt"`
const JOINS = sql`left join contacts c on c.team_id = t.team_id and c.id = t.contact_id
  left join sequences q on q.team_id = t.team_id and q.id = t.sequence_id
  left join steps s on s.team_id = t.team_id and s.id = t.step_id
  left join call_outcomes o on o.team_id = t.team_id and o.id = t.call_outcome_id
  left join phone_calls p on p.team_id = t.team_id and p.id = t.id`

export async function tasksByIds(
  db: Db,
  { team, ids }: { team: TeamId; ids: readonly Id[] },
): Promise<TaskRow[]> {
  const { rows } = await sql<TaskRow>`
    select ${COLUMNS} from tasks t ${JOINS} where t.team_id = ${team} and t.id = any(${ids as Id[]}) order by t.id`.execute(
    kysely(db),
  )
  return rows
}

export async function taskById(db: Db, { team, id }: { team: TeamId; id: Id }): Promise<TaskRow | undefined> {
  return (await tasksByIds(db, { team, ids: [id] }))[0]
}

/** When it is due, as seen at `now`: before this day's end in the team's zone, the caller's matter. */
export interface TaskSearch {
  team: TeamId
  states: readonly TaskState[]
  kinds: readonly TaskKind[] | null
  userIds: readonly Id[] | null
  contactIds: readonly Id[] | null
  sequenceIds: readonly Id[] | null
  priorities: readonly Priority[] | null
  /** Letters that occur in title, note, or the name, address or company of the contact. */
  words: readonly string[]
  dueFrom: Instant | null
  dueBefore: Instant | null
  order: 'due' | 'priority' | 'ended'
  ascending: boolean
  offset: number
  limit: number
}

/** A page of tasks, and how many of each kind match the rest of the search. */
export async function searchTasks(
  db: Db,
  search: TaskSearch,
): Promise<{ tasks: TaskRow[]; kinds: { kind: TaskKind; n: number }[]; total: number }> {
  const [page, kinds] = await Promise.all([
    sql<TaskRow>`
      select ${COLUMNS} from tasks t ${JOINS} where ${conditions(search)} and ${ofKinds(search.kinds)}
      order by ${ordering(search)} limit ${search.limit} offset ${search.offset}`.execute(kysely(db)),
    sql<{ kind: TaskKind; n: number }>`
      select t.kind, count(*) as n from tasks t ${JOINS} where ${conditions(search)} group by 1 order by 1`.execute(
      kysely(db),
    ),
  ])
  const { kinds: asked } = search
  const total = kinds.rows.reduce(
    (sum, { kind, n }) => sum + (asked === null || asked.includes(kind) ? n : 0),
    0,
  )
  return { tasks: page.rows, kinds: kinds.rows, total }
}

const ofKinds = (kinds: readonly TaskKind[] | null) =>
  kinds === null ? sql`true` : sql`t.kind = any(${kinds as TaskKind[]})`

function ordering({ order, ascending }: TaskSearch): RawBuilder<unknown> {
  const way = sql.raw(ascending ? 'asc' : 'desc')
  if (order === 'ended') return sql`t.ended_at ${way} nulls last, t.id ${way}`
  if (order === 'due') return sql`t.due_at ${way}, t.id ${way}`
  return sql`case t.priority when 'high' then 0 when 'medium' then 1 else 2 end ${way}, t.due_at, t.id`
}

function conditions(search: TaskSearch): RawBuilder<unknown> {
  const all = [sql`t.team_id = ${search.team}`, sql`t.state = any(${search.states as TaskState[]})`]
  const among = (column: string, values: readonly string[] | null) => {
    if (values !== null) all.push(sql`${sql.ref(column)} = any(${values as string[]})`)
  }
  among('t.user_id', search.userIds)
  among('t.contact_id', search.contactIds)
  among('t.sequence_id', search.sequenceIds)
  among('t.priority', search.priorities)
  if (search.dueFrom !== null) all.push(sql`t.due_at >= ${at(search.dueFrom)}`)
  if (search.dueBefore !== null) all.push(sql`t.due_at < ${at(search.dueBefore)}`)
  for (const word of search.words) {
    const like = likeAll(word)
    all.push(
      sql`lower(concat_ws(' ', t.title, t.note, c.first_name, c.last_name, c.email, c.organization_name, q.name)) like ${like}`,
    )
  }
  return sql.join(all, sql` and `)
}

/** What a person sets on a task. */
export interface TaskFields {
  kind: TaskKind
  statusGiven: boolean
  state: 'open' | 'completed' | 'skipped'
  priority: Priority
  title: string | null
  note: string | null
  contactId: Id | null
  userId: Id
  creatorId: Id | null
  dueAt: Instant
}

export async function insertTasks(
  tx: Db,
  o: { team: TeamId; tasks: readonly (TaskFields & { id: Id })[]; actor: string; from: string; now: Instant },
): Promise<void> {
  const text = (of: (task: TaskFields & { id: Id }) => string | null) => o.tasks.map(of)
  const now = at(o.now)
  await sql`
    insert into tasks (team_id, id, kind, state, status_given, priority, title, note, contact_id, user_id, creator_id, created_from, due_at,
      ended_at, ended_by, created_at, updated_at)
    select ${o.team}, n.id, n.kind, n.state, n.given, n.priority, n.title, n.note, n.contact_id, n.user_id, n.creator_id, ${o.from}, n.due_at,
      case when n.state <> 'open' then ${now}::timestamptz end, case when n.state <> 'open' then ${o.actor} end, ${now}::timestamptz, ${now}::timestamptz
    from unnest(${text((one) => one.id)}::text[], ${text((one) => one.kind)}::text[], ${text((one) => one.state)}::text[],
      ${o.tasks.map((one) => one.statusGiven)}::boolean[], ${text((one) => one.priority)}::text[], ${text((one) => one.title)}::text[],
      ${text((one) => one.note)}::text[], ${text((one) => one.contactId)}::text[], ${text((one) => one.userId)}::text[],
      ${text((one) => one.creatorId)}::text[], ${text((one) => at(one.dueAt))}::timestamptz[])
      as n (id, kind, state, given, priority, title, note, contact_id, user_id, creator_id, due_at)`.execute(
    kysely(tx),
  )
}

/** All that a person may change of an open or ended one; what it belongs to stays. */
export async function saveTask(
  tx: Db,
  { team, id, now }: { team: TeamId; id: Id; now: Instant },
  fields: Omit<TaskFields, 'state'>,
): Promise<void> {
  const { kind, statusGiven, priority, title, note, contactId, userId, creatorId, dueAt } = fields
  await sql`
    update tasks set kind = ${kind}, status_given = ${statusGiven}, priority = ${priority}, title = ${title}, note = ${note},
      contact_id = ${contactId}, user_id = ${userId}, creator_id = ${creatorId}, due_at = ${at(dueAt)}, updated_at = ${at(now)}, rev = rev + 1
    where team_id = ${team} and id = ${id}`.execute(kysely(tx))
}

/** What is still open about somebody who was deleted, besides steps of sequences: those end with their enrollments. */
export async function cancelTasksOf(
  tx: Db,
  o: { team: TeamId; contactId: Id; actor: string; now: Instant },
): Promise<void> {
  await sql`
    update tasks set state = 'cancelled', ended_at = ${at(o.now)}, ended_by = ${o.actor}, updated_at = ${at(o.now)}, rev = rev + 1
    where team_id = ${o.team} and contact_id = ${o.contactId} and state = 'open' and enrollment_id is null`.execute(
    kysely(tx),
  )
}
