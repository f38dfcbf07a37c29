/**
 * The statements of a claim of tasks (ENGINE section 1): apart from that of emails, since neither the limits of a mailbox nor its connection
 * keep a call waiting. Decides nothing; `engine/claim-tasks.ts` puts them in order.
 */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { TASK_RANKS } from '../core/enrollment.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { type LaneEnd, NOT_FENCED } from './claims.ts'
import { at, isoArray, kysely } from './db.ts'

/** Teams with a lane on which a step for a person is due. A fenced database gives no tasks. */
export async function teamsWithTasks(db: Db, { now }: { now: Instant }): Promise<TeamId[]> {
  const { rows } = await sql<{ team: TeamId }>`
    select t.id as team from teams t where ${NOT_FENCED} and exists (
      select from lanes l where l.team_id = t.id and l.task_wake_at <= ${at(now)}) order by 1`.execute(
    kysely(db),
  )
  return rows.map((row) => row.team)
}

/** When the next lane wakes for a task; null when none will by itself. */
export async function nextTaskWake(db: Db): Promise<Instant | null> {
  const { rows } = await sql<{ wakeAt: Instant | null }>`
    select min(l.at) as "wakeAt" from teams t cross join lateral (
      select task_wake_at as at from lanes where team_id = t.id order by task_wake_at limit 1
    ) as l where l.at < 'infinity' and ${NOT_FENCED}`.execute(kysely(db))
  return rows[0]?.wakeAt ?? null
}

/** Without a lock: the mailboxes of the lanes that are awake, the longest awake first. */
export async function peekTaskMailboxes(
  db: Db,
  o: { team: TeamId; now: Instant; limit: number },
): Promise<Id[]> {
  const { rows } = await sql<{ id: Id }>`
    select mailbox_id as id from lanes where team_id = ${o.team} and task_wake_at <= ${at(o.now)} and ${NOT_FENCED}
    group by 1 order by min(task_wake_at), 1 limit ${o.limit}`.execute(kysely(db))
  return rows.map((row) => row.id)
}

/** What is due on the lanes that are awake, at most `limit` per lane. The locks come before, in a statement of their own. */
export async function dueForTasks(
  db: Db,
  o: { team: TeamId; now: Instant; mailboxIds: readonly Id[]; limit: number },
): Promise<Id[]> {
  const { rows } = await sql<{ id: Id }>`
    select x.id from lanes l
    cross join lateral (
      select e.id, e.due_at from unnest(${[...TASK_RANKS]}::int[]) as r (rank) cross join lateral (
        select d.id, d.due_at from enrollments d
        where d.team_id = l.team_id and d.mailbox_id = l.mailbox_id and d.sequence_id = l.sequence_id and d.rank = r.rank
          and d.due_at is not null and d.due_at <= ${at(o.now)}
        order by d.due_at, d.id limit ${o.limit}) as e
      order by e.due_at, e.id limit ${o.limit}
    ) as x
    where l.team_id = ${o.team} and l.mailbox_id = any(${o.mailboxIds as Id[]}) and l.task_wake_at <= ${at(o.now)}
    order by x.due_at, x.id`.execute(kysely(db))
  return rows.map((row) => row.id)
}

/** Of the lanes that are awake: when the earliest step for a person falls due. */
export async function taskOutlooks(
  tx: Db,
  o: { team: TeamId; now: Instant; mailboxIds: readonly Id[] },
): Promise<Omit<LaneEnd, 'served'>[]> {
  const { rows } = await sql<Omit<LaneEnd, 'served'>>`
    select l.mailbox_id as "mailboxId", l.sequence_id as "sequenceId", (
      select min(x.due_at) from unnest(${[...TASK_RANKS]}::int[]) as r (rank) cross join lateral (
        select e.due_at from enrollments e
        where e.team_id = l.team_id and e.mailbox_id = l.mailbox_id and e.sequence_id = l.sequence_id and e.rank = r.rank
          and e.due_at is not null
        order by e.due_at limit 1) as x) as "wakeAt"
    from lanes l
    where l.team_id = ${o.team} and l.mailbox_id = any(${o.mailboxIds as Id[]}) and l.task_wake_at <= ${at(o.now)}`.execute(
    kysely(tx),
  )
  return rows
}

/** `wakeAt` null: only a bump wakes the lane. */
export async function closeTaskLanes(
  tx: Db,
  { team, lanes }: { team: TeamId; lanes: readonly Omit<LaneEnd, 'served'>[] },
): Promise<void> {
  if (lanes.length === 0) return
  await sql`
    update lanes l set task_wake_at = coalesce(n.wake_at, 'infinity')
    from unnest(${lanes.map((one) => one.mailboxId)}::text[], ${lanes.map((one) => one.sequenceId)}::text[],
      ${isoArray(lanes.map((one) => one.wakeAt))}::timestamptz[]) as n (mailbox_id, sequence_id, wake_at)
    where l.team_id = ${team} and l.mailbox_id = n.mailbox_id and l.sequence_id = n.sequence_id`.execute(
    kysely(tx),
  )
}

/** An automatic email among the tasks: its step was another kind before. From now on the claim of its mailbox finds it. */
export async function leaveToMailbox(
  tx: Db,
  { team, people }: { team: TeamId; people: readonly { id: Id; rank: number }[] },
): Promise<void> {
  if (people.length === 0) return
  await sql`
    update enrollments e set rank = n.rank
    from unnest(${people.map((one) => one.id)}::text[], ${people.map((one) => one.rank)}::int[]) as n (id, rank)
    where e.team_id = ${team} and e.id = n.id`.execute(kysely(tx))
}
