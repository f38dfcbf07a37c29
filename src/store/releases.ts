/** The ways back: a pause that ends, a hold that a person releases, a failure that is tried again. Wakes what has become due. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import type { Reason } from '../core/reason.ts'
import { at, kysely } from './db.ts'
import { bumpLanes } from './lanes.ts'
import { lockEnrollments } from './locks.ts'
import { type Transited, transit } from './transitions.ts'

export interface ReleaseOptions {
  team: TeamId
  enrollmentIds: readonly Id[]
  actor: string
  now: Instant
  random: Random
}

/** Paused ones go on: due at the end of their wait, or now if that has passed. One with a hold comes back held. */
export async function resume(tx: Db, o: ReleaseOptions & { reason?: Reason }): Promise<Transited[]> {
  await lockMailboxesOf(tx, o)
  const changes = o.enrollmentIds.map((enrollmentId) => ({
    enrollmentId,
    transition: 'resume' as const,
    ...(o.reason ? { reason: o.reason } : {}),
  }))
  return wake(tx, o, await transit(tx, { ...o, changes }))
}

/** Whoever was held since somebody else of the company had answered, which does not matter any more: judged again. Nobody has decided anything. */
export async function judgeAgain(tx: Db, o: ReleaseOptions): Promise<Transited[]> {
  await lockMailboxesOf(tx, o)
  const changes = o.enrollmentIds.map((enrollmentId) => ({ enrollmentId, transition: 'release' as const }))
  return wake(tx, o, await transit(tx, { ...o, changes }))
}

/** A hold (but of a doubt or a task, which have ways out of their own), or a failed enrollment, unless its contact was deleted, goes on from the same step: due at the end of its wait, or now. An email that was refused is rendered anew. */
export async function release(tx: Db, o: ReleaseOptions): Promise<Transited[]> {
  await lockMailboxesOf(tx, o)
  const { rows } = await sql<{ id: Id; failed: boolean }>`
    select id, state = 'failed' as failed from enrollments
    where team_id = ${o.team} and id = any(${o.enrollmentIds as Id[]}) and removed_at is null
      and ((state = 'active' and hold_reason is not null and hold_reason not in ('delivery_unknown', 'task_open'))
        or (state = 'failed' and reason <> 'contact_deleted'))`.execute(kysely(tx))
  const changes = rows.map(({ id, failed }) => ({
    enrollmentId: id,
    transition: failed ? ('retry' as const) : ('release' as const),
  }))
  await sql`
    with decided as (
      select id, hold_reason from enrollments where team_id = ${o.team} and id = any(${rows.map((one) => one.id)})
        and hold_reason in ('stale', 'reopened', 'same_account_reply')
      order by id for no key update
    )
    update enrollments e set
      wait_ends_at = case when d.hold_reason in ('stale', 'reopened') then greatest(e.wait_ends_at, ${at(o.now)}) else e.wait_ends_at end,
      company_cleared_at = case when d.hold_reason = 'same_account_reply' then ${at(o.now)} else e.company_cleared_at end
    from decided d where e.team_id = ${o.team} and e.id = d.id`.execute(kysely(tx))
  const released = await transit(tx, { ...o, changes })
  await renderAnew(tx, o, released)
  return wake(tx, o, released)
}

/** An email that was refused, or never left, is made anew when its enrollment goes on. */
export async function renderAnew(
  tx: Db,
  o: { team: TeamId; now: Instant },
  going: readonly { messageId: Id }[],
): Promise<void> {
  await sql`
    update messages set state = 'requeued', not_sent_reason = null, failures = 0, updated_at = ${at(o.now)}
    where team_id = ${o.team} and id = any(${going.map((one) => one.messageId).sort()})
      and state in ('rejected', 'not_sent', 'deferred', 'unreachable', 'unauthenticated')`.execute(kysely(tx))
}

/** Whoever waits with a draft that nobody has edited looks at its step again, whose wording is another now: the draft follows. */
export async function redraft(
  tx: Db,
  { stepIds, ...o }: Omit<ReleaseOptions, 'enrollmentIds'> & { stepIds: readonly Id[] },
): Promise<Transited[]> {
  const waiting = await waitingDrafts(tx, { team: o.team, stepIds })
  if (waiting.length === 0) return []
  await lockMailboxesOf(tx, { ...o, enrollmentIds: waiting })
  await lockEnrollments(tx, o.team, waiting)
  // Whose task a person has ended meanwhile does not look at it again.
  const stillWaiting = new Set(await waitingDrafts(tx, { team: o.team, stepIds }))
  const enrollmentIds = waiting.filter((id) => stillWaiting.has(id))
  const changes = enrollmentIds.map((enrollmentId) => ({
    enrollmentId,
    transition: 'release' as const,
    dueAt: o.now,
  }))
  return wake(tx, { ...o, enrollmentIds }, await transit(tx, { ...o, changes }))
}

async function waitingDrafts(
  tx: Db,
  { team, stepIds }: { team: TeamId; stepIds: readonly Id[] },
): Promise<Id[]> {
  const { rows } = await sql<{ id: Id }>`
    select t.enrollment_id as id from tasks t join enrollments e on e.team_id = t.team_id and e.id = t.enrollment_id
    where t.team_id = ${team} and t.step_id = any(${stepIds as Id[]}) and t.kind = 'manual_email' and t.state = 'open'
      and t.approved_at is null and t.draft_html is null and e.state = 'active' and e.hold_reason = 'task_open'`.execute(
    kysely(tx),
  )
  return rows.map((row) => row.id)
}

/** Pauses whose end has come; at most `limit`. For housekeeping. */
export async function endedPauses(
  db: Db,
  { now, limit }: { now: Instant; limit: number },
): Promise<{ team: TeamId; id: Id }[]> {
  const { rows } = await sql<{ team: TeamId; id: Id }>`
    select e.team_id as team, e.id from teams t join lateral (
      select team_id, id from enrollments where team_id = t.id and auto_unpause_at <= ${at(now)} and state = 'paused'
        and removed_at is null order by auto_unpause_at, id limit ${limit}
    ) as e on true limit ${limit}`.execute(kysely(db))
  return rows
}

/** Mailboxes come before enrollments in the lock order. */
export async function lockMailboxesOf(tx: Db, { team, enrollmentIds }: ReleaseOptions): Promise<void> {
  await sql`
    select from mailboxes where team_id = ${team} and id in (
      select mailbox_id from enrollments where team_id = ${team} and id = any(${enrollmentIds as Id[]}))
    order by id for no key update`.execute(kysely(tx))
}

export async function wake(
  tx: Db,
  { team, now }: ReleaseOptions,
  released: Transited[],
): Promise<Transited[]> {
  const bumps = released.flatMap(({ mailboxId, sequenceId, dueAt }) =>
    dueAt === null ? [] : [{ mailboxId, sequenceId, dueAt }],
  )
  await bumpLanes(tx, { team, bumps, now })
  return released
}
