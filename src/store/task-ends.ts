/**
 * Ends tasks: done or skipped, by a person or by time. Whoever waits on the step goes on with the next one, whose wait begins now. What
 * leaves a step otherwise closes its task in `step-tasks.ts`.
 */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import type { Reason, SkipReason } from '../core/reason.ts'
import { type NewActivity, writeActivities } from './activities.ts'
import { at, kysely } from './db.ts'
import { bumpLanes } from './lanes.ts'
import { lockEnrollments, lockMailboxes } from './locks.ts'
import { skips, tasksDone } from './next-steps.ts'
import { type Change, transit } from './transitions.ts'

export type TaskEnd =
  /** `finish`: nothing more of the sequence, for `because` (default: a person has said so). */
  | { as: 'completed'; outcome: string | null; finish: boolean; because?: Reason; call?: CallEnd }
  | { as: 'skipped'; reason: SkipReason; outcome: string | null }

/** What a call came to, in the words that the team has for it. */
export interface CallEnd {
  outcomeId: Id
  name: string
}

export interface Ending {
  team: TeamId
  taskIds: readonly Id[]
  end: TaskEnd
  actor: string
  now: Instant
  random: Random
  /** Only those whose time is over. */
  overdue?: boolean
}

interface Ended {
  id: Id
  kind: string
  title: string | null
  contactId: Id | null
  enrollmentId: Id | null
  /** Of a call for openings: whom it is about. */
  openedEnrollmentId: Id | null
  sequenceId: Id | null
  stepId: Id | null
  messageId: Id | null
}

/**
 * For whoever does more in the same transaction: locks the task's mailbox and enrollment with these others, then the task. False: it is not
 * open any more, or its draft was sent off.
 */
export async function lockOpenTask(
  tx: Db,
  o: { team: TeamId; task: { id: Id; contactId: Id | null }; enrollmentIds: readonly Id[] },
): Promise<boolean> {
  const { id, contactId } = o.task
  await lockAround(tx, { team: o.team, taskIds: [id] }, o.enrollmentIds)
  const { rows } = await sql<{ id: Id }>`
    select id from tasks where team_id = ${o.team} and id = ${id} and contact_id is not distinct from ${contactId} and state = 'open' and approved_at is null
    for no key update`.execute(kysely(tx))
  return rows.length > 0
}

/** In a transaction that has locked nothing yet, or all of it (`lockOpenTask`). Returns the ids that were open, their draft not sent off, and are ended now. */
export async function endTasks(tx: Db, o: Ending): Promise<Id[]> {
  await lockAround(tx, o)
  const ended = await endRows(tx, o)
  if (ended.length === 0) return []
  await dropDrafts(tx, o, ended)
  const moved = await transit(tx, { ...o, changes: await changesOf(tx, o, ended) })
  const bumps = moved.flatMap(({ mailboxId, sequenceId, dueAt }) =>
    dueAt === null ? [] : [{ mailboxId, sequenceId, dueAt }],
  )
  await bumpLanes(tx, { team: o.team, bumps, now: o.now })
  // The way to the next step has said so.
  const told = new Set(moved.filter((one) => one.stepAfter !== one.stepId).map((one) => one.enrollmentId))
  await writeActivities(tx, {
    ...o,
    activities: ended.filter((one) => !told.has(one.enrollmentId ?? '')).map((one) => activityOf(one, o)),
  })
  return ended.map((one) => one.id)
}

/** Mailboxes come before enrollments in the lock order, tasks after. */
async function lockAround(
  tx: Db,
  { team, taskIds }: Pick<Ending, 'team' | 'taskIds'>,
  others: readonly Id[] = [],
): Promise<void> {
  const { rows } = await sql<{ id: Id; mailboxId: Id }>`
    select e.id, e.mailbox_id as "mailboxId" from tasks t
    join enrollments e on e.team_id = t.team_id and e.id = coalesce(t.enrollment_id, t.opened_enrollment_id)
    where t.team_id = ${team} and t.id = any(${taskIds as Id[]}) and t.state = 'open'`.execute(kysely(tx))
  await lockMailboxes(tx, team, [...new Set(rows.map((row) => row.mailboxId))])
  await lockEnrollments(tx, team, [...rows.map((row) => row.id), ...others])
}

async function endRows(tx: Db, { team, taskIds, end, actor, now, overdue }: Ending): Promise<Ended[]> {
  const call = callOf(end)
  const stillDue = overdue ? sql`and skips_at <= ${at(now)}` : sql``
  const { rows } = await sql<Ended>`
    with open as (
      select id from tasks where team_id = ${team} and id = any(${taskIds as Id[]}) and state = 'open'
        and approved_at is null ${stillDue}
      order by id for no key update
    )
    update tasks t set state = ${end.as}, outcome = coalesce(${end.outcome}, t.outcome),
      call_outcome_id = ${call?.outcomeId ?? null}, ended_at = ${at(now)}, ended_by = ${actor},
      updated_at = ${at(now)}, rev = t.rev + 1
    from open where t.team_id = ${team} and t.id = open.id
    returning t.id, t.kind, t.title, t.contact_id as "contactId", t.enrollment_id as "enrollmentId",
      t.opened_enrollment_id as "openedEnrollmentId", t.sequence_id as "sequenceId", t.step_id as "stepId", t.message_id as "messageId"`.execute(
    kysely(tx),
  )
  return rows
}

/** Done elsewhere, or not at all: the draft is not sent. */
async function dropDrafts(tx: Db, { team, now }: Ending, ended: readonly Ended[]): Promise<void> {
  const ids = ended.flatMap((one) => one.messageId ?? [])
  if (ids.length === 0) return
  await sql`
    update messages set state = 'cancelled', updated_at = ${at(now)}
    where team_id = ${team} and id = any(${ids}) and state in ('drafted', 'queued')`.execute(kysely(tx))
}

async function changesOf(tx: Db, o: Ending, ended: readonly Ended[]): Promise<Change[]> {
  const { team, end, now, random } = o
  const done = ended.flatMap(({ enrollmentId, stepId, messageId }) =>
    enrollmentId === null || stepId === null ? [] : [{ enrollmentId, stepId, messageId }],
  )
  const detail = end.outcome ?? undefined
  const told = toldOf(end)
  if (end.as === 'skipped')
    return skips(tx, {
      ...{ team, now, random },
      skipped: done.map((one) => ({ ...one, reason: end.reason, detail: detail ?? '' })),
    })
  if (!end.finish)
    return tasksDone(tx, {
      ...{ team, now, random },
      done,
      told,
      ...(detail === undefined ? {} : { detail }),
    })
  const finished = ended.flatMap((one) => one.enrollmentId ?? one.openedEnrollmentId ?? [])
  return finished.map((enrollmentId) => ({
    enrollmentId,
    transition: 'finish',
    reason: end.because ?? 'marked_finished',
    told,
    ...(detail === undefined ? {} : { detail }),
  }))
}

const callOf = (end: TaskEnd): CallEnd | undefined => (end.as === 'completed' ? end.call : undefined)

function toldOf(end: TaskEnd): Record<string, string> {
  const call = callOf(end)
  return call ? { callOutcomeId: call.outcomeId, callOutcome: call.name } : {}
}

function activityOf(ended: Ended, { end, actor }: Ending): NewActivity {
  const { id: taskId, kind, title, openedEnrollmentId, ...about } = ended
  return {
    kind: end.as === 'completed' ? 'task_completed' : 'skipped',
    actor,
    reason: end.as === 'skipped' ? end.reason : null,
    ...about,
    enrollmentId: about.enrollmentId ?? openedEnrollmentId,
    detail: {
      taskId,
      kind,
      ...(title === null ? {} : { title }),
      ...toldOf(end),
      ...(end.outcome === null ? {} : { detail: end.outcome }),
    },
  }
}

/** Open tasks whose time is over; at most `limit`. For housekeeping. */
export async function overdueTasks(
  db: Db,
  { now, limit }: { now: Instant; limit: number },
): Promise<{ team: TeamId; id: Id }[]> {
  const { rows } = await sql<{ team: TeamId; id: Id }>`
    select o.team_id as team, o.id from teams t join lateral (
      select team_id, id from tasks where team_id = t.id and skips_at <= ${at(now)} and state = 'open' and approved_at is null
        and skips_at is not null
      order by skips_at, id limit ${limit}
    ) as o on true limit ${limit}`.execute(kysely(db))
  return rows
}
