/**
 * The task of an enrollment's step: given when the step is due, and gone when the enrollment leaves the step. Whoever writes one holds its
 * enrollment's row, so that a task and the draft behind it need no place of their own in the order of locks.
 */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { FOLLOW_UP_RANKS, TASK_RANKS } from '../core/enrollment.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { at, isoArray, kysely } from './db.ts'

export interface GivenTask {
  enrollmentId: Id
  stepId: Id
  /** Of the draft; null: the step is no email. */
  messageId: Id | null
  dueAt: Instant
  skipsAt: Instant | null
}

/**
 * One task per enrollment and step, for whoever writes to the contact. One that is open stays as it is, one that was cancelled is open
 * again. Returns the enrollments that have theirs; one whose task was ended before is left out: that is a bug of who asked.
 */
export async function giveTasks(
  tx: Db,
  o: { team: TeamId; tasks: readonly GivenTask[]; now: Instant; random: Random },
): Promise<Set<Id>> {
  if (o.tasks.length === 0) return new Set()
  const sorted = [...o.tasks].sort((a, b) => (a.enrollmentId < b.enrollmentId ? -1 : 1))
  const now = at(o.now)
  const { rows } = await sql<{ enrollmentId: Id }>`
    insert into tasks as t (team_id, id, kind, priority, note, contact_id, user_id, enrollment_id, sequence_id, step_id, message_id,
      due_at, skips_at, created_at, updated_at)
    select e.team_id, n.id, s.kind, coalesce(s.priority, 'medium'), s.note, e.contact_id, m.user_id, e.id, e.sequence_id, s.id,
      n.message_id, n.due_at, n.skips_at, ${now}::timestamptz, ${now}::timestamptz
    from unnest(${sorted.map(() => newId(o.now, o.random))}::text[], ${sorted.map((one) => one.enrollmentId)}::text[],
      ${sorted.map((one) => one.stepId)}::text[], ${sorted.map((one) => one.messageId)}::text[],
      ${isoArray(sorted.map((one) => one.dueAt))}::timestamptz[], ${isoArray(sorted.map((one) => one.skipsAt))}::timestamptz[])
      as n (id, enrollment_id, step_id, message_id, due_at, skips_at)
    join enrollments e on e.team_id = ${o.team} and e.id = n.enrollment_id
    join steps s on s.team_id = e.team_id and s.id = n.step_id
    join mailboxes m on m.team_id = e.team_id and m.id = e.mailbox_id
    on conflict (team_id, enrollment_id, step_id) do update set state = 'open', kind = excluded.kind, message_id = excluded.message_id,
      priority = case when t.state = 'open' then t.priority else excluded.priority end,
      note = case when t.state = 'open' then t.note else excluded.note end,
      due_at = case when t.state = 'open' then t.due_at else excluded.due_at end,
      skips_at = case when t.state = 'open' then t.skips_at else excluded.skips_at end, approved_at = null, approved_by = null,
      outcome = null, ended_at = null, ended_by = null, updated_at = excluded.updated_at, rev = t.rev + 1
    where t.state in ('open', 'cancelled')
    returning t.enrollment_id as "enrollmentId"`.execute(kysely(tx))
  return new Set(rows.map((row) => row.enrollmentId))
}

/** The two of tasks in place of those of emails. */
const TASK_RANK = sql`case when rank = any(${FOLLOW_UP_RANKS}) then ${sql.lit(TASK_RANKS[0])} else ${sql.lit(TASK_RANKS[1])} end`

/** These steps are over for these enrollments: the task of an email that was accepted is done, any other goes, and its draft with it. */
export async function closeTasks(
  tx: Db,
  o: { team: TeamId; left: readonly { enrollmentId: Id; stepId: Id | null }[]; now: Instant },
): Promise<void> {
  const left = o.left.filter((one) => one.stepId !== null)
  if (left.length === 0) return
  const { rows } = await sql<{ enrollmentId: Id; stepId: Id; messageId: Id | null; state: string }>`
    update tasks t set updated_at = ${at(o.now)}, ended_at = ${at(o.now)}, ended_by = coalesce(t.approved_by, 'engine'), rev = t.rev + 1,
      state = case when exists (select from messages m where m.team_id = t.team_id and m.id = t.message_id and m.state = 'accepted')
        then 'completed' else 'cancelled' end
    from unnest(${left.map((one) => one.enrollmentId)}::text[], ${left.map((one) => one.stepId)}::text[]) as l (enrollment_id, step_id)
    where t.team_id = ${o.team} and t.enrollment_id = l.enrollment_id and t.step_id = l.step_id and t.state = 'open'
    returning t.enrollment_id as "enrollmentId", t.step_id as "stepId", t.message_id as "messageId", t.state`.execute(
    kysely(tx),
  )
  const cancelled = rows.filter((row) => row.state === 'cancelled')
  await setDrafts(tx, { ...o, ids: cancelled.flatMap((row) => row.messageId ?? []), state: 'cancelled' })
  await rankAsTasks(tx, { ...o, steps: cancelled })
}

/** Paused before what they sent off has left: it is a draft again, and waits for its person when they go on. */
export async function takeBackDrafts(
  tx: Db,
  o: { team: TeamId; enrollmentIds: readonly Id[]; now: Instant },
): Promise<void> {
  if (o.enrollmentIds.length === 0) return
  const { rows } = await sql<{ enrollmentId: Id; stepId: Id; messageId: Id }>`
    update tasks set approved_at = null, approved_by = null, updated_at = ${at(o.now)}, rev = rev + 1
    where team_id = ${o.team} and enrollment_id = any(${o.enrollmentIds as Id[]}) and state = 'open' and approved_at is not null
    returning enrollment_id as "enrollmentId", step_id as "stepId", message_id as "messageId"`.execute(
    kysely(tx),
  )
  if (rows.length === 0) return
  await setDrafts(tx, { ...o, ids: rows.map((row) => row.messageId), state: 'drafted' })
  await rankAsTasks(tx, { ...o, steps: rows })
  await sql`
    update enrollments set hold_reason = 'task_open' where team_id = ${o.team} and id = any(${rows.map((row) => row.enrollmentId)})
      and state = 'paused' and hold_reason is null`.execute(kysely(tx))
}

/** Of drafts that nobody has claimed: those are given back by the sweep. */
async function setDrafts(
  tx: Db,
  o: { team: TeamId; ids: readonly Id[]; state: 'drafted' | 'cancelled'; now: Instant },
): Promise<void> {
  if (o.ids.length === 0) return
  await sql`
    with drafts as (
      select id from messages where team_id = ${o.team} and id = any(${o.ids as Id[]}) and state in ('drafted', 'queued')
      order by id for no key update
    )
    update messages m set state = ${o.state}, updated_at = ${at(o.now)} from drafts where m.team_id = ${o.team} and m.id = drafts.id`.execute(
    kysely(tx),
  )
}

async function rankAsTasks(
  tx: Db,
  { team, steps }: { team: TeamId; steps: readonly { enrollmentId: Id; stepId: Id }[] },
): Promise<void> {
  if (steps.length === 0) return
  await sql`
    update enrollments e set rank = ${TASK_RANK}
    from unnest(${steps.map((one) => one.enrollmentId)}::text[], ${steps.map((one) => one.stepId)}::text[]) as l (id, step_id)
    where e.team_id = ${team} and e.id = l.id and e.step_id = l.step_id`.execute(kysely(tx))
}
