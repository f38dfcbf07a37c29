/**
 * Gives people of a mailbox that goes away to another one. Where their thread began stays written with each email; the next one opens a
 * new thread by that, and is made anew for the new sender. Decides nobody's mailbox by itself.
 */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { EnrollmentState } from '../core/enrollment.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { writeActivities } from './activities.ts'
import { at, kysely } from './db.ts'
import { bumpLanes } from './lanes.ts'
import { lockEnrollments, lockMailboxes } from './locks.ts'
import { NO_MAILBOX } from './mailbox-waits.ts'
import { release, renderAnew } from './releases.ts'
import { transit } from './transitions.ts'

/** Whoever may go on from it: live ones, and failed ones, which can be tried again. Sorted by id. */
export async function movableAt(
  db: Db,
  { team, mailboxId }: { team: TeamId; mailboxId: Id },
): Promise<{ id: Id; live: boolean; held: boolean }[]> {
  const { rows } = await sql<{ id: Id; live: boolean; held: boolean }>`
    select id, state <> 'failed' as live, hold_reason is not null as held from enrollments
    where team_id = ${team} and mailbox_id = ${mailboxId} and state in ('active', 'paused', 'failed') and removed_at is null
    order by id`.execute(kysely(db))
  return rows
}

export interface Moving {
  team: TeamId
  /** The mailbox that they leave. */
  from: Id
  moves: readonly { enrollmentId: Id; to: Id }[]
  actor: string
  now: Instant
  random: Random
}

interface Row {
  id: Id
  contactId: Id
  sequenceId: Id
  stepId: Id | null
  messageId: Id
  mailboxId: Id
  address: string
  dueAt: Instant | null
  state: EnrollmentState
  /** It waits with a draft that its person has not sent off. */
  drafted: boolean
  /** It had no mailbox, and has one now. */
  stranded: boolean
}

/**
 * In the caller's transaction. Returns who moved: whoever has left the mailbox meanwhile, or has an email in the engine's hand, is left out.
 * A draft that waits is made again for its new sender; what a person wrote into it stays. Whoever was held since their mailbox was removed goes on.
 */
export async function moveEnrollments(tx: Db, o: Moving): Promise<Id[]> {
  const { team, from, now } = o
  const sorted = [...o.moves].sort((a, b) => (a.enrollmentId < b.enrollmentId ? -1 : 1))
  const targets = [...new Set(sorted.map((one) => one.to))]
  await lockMailboxes(tx, team, [from, ...targets])
  await lockEnrollments(
    tx,
    team,
    sorted.map((one) => one.enrollmentId),
  )
  const rows = await giveTo(tx, { team, from, moves: sorted, now })
  await requeue(tx, { ...o, messageIds: rows.map((row) => row.messageId) })
  await writeActivities(tx, {
    ...o,
    activities: rows.map((row) => ({
      kind: 'moved',
      actor: o.actor,
      contactId: row.contactId,
      sequenceId: row.sequenceId,
      enrollmentId: row.id,
      stepId: row.stepId,
      mailboxId: row.mailboxId,
      detail: { from, detail: row.address },
    })),
  })
  const drafts = rows.filter((row) => row.drafted)
  const changes = drafts.map(({ id }) => ({
    enrollmentId: id,
    transition: 'release' as const,
    dueAt: now,
  }))
  await transit(tx, { ...o, changes })
  const bumps = rows.flatMap(({ mailboxId, sequenceId, dueAt, drafted }) =>
    drafted
      ? [{ mailboxId, sequenceId, dueAt: now }]
      : dueAt === null
        ? []
        : [{ mailboxId, sequenceId, dueAt }],
  )
  await bumpLanes(tx, { team, bumps, now })
  const stranded = rows.filter((row) => row.stranded)
  await release(tx, {
    ...o,
    enrollmentIds: stranded.filter(({ state }) => state === 'active').map(({ id }) => id),
  })
  await renderAnew(
    tx,
    o,
    stranded.filter(({ state }) => state === 'paused'),
  )
  return rows.map((row) => row.id)
}

/** Only those who are still at the mailbox and in nobody's hand; of whom it strands, a paused one has no hold any more. */
async function giveTo(
  tx: Db,
  { team, from, moves, now }: Pick<Moving, 'team' | 'from' | 'moves' | 'now'>,
): Promise<Row[]> {
  const ids = moves.map((one) => one.enrollmentId)
  const { rows } = await sql<Row>`
    update enrollments e set mailbox_id = n.mailbox_id, from_address = null, updated_at = ${at(now)}, rev = e.rev + 1,
      hold_reason = case when w.stranded and e.state = 'paused' then null else e.hold_reason end,
      hold_detail = case when w.stranded and e.state = 'paused' then null else e.hold_detail end
    from unnest(${ids}::text[], ${moves.map((one) => one.to)}::text[]) as n (id, mailbox_id)
    join mailboxes b on b.team_id = ${team} and b.id = n.mailbox_id
    join (select id, coalesce(hold_reason = ${NO_MAILBOX}, false) as stranded from enrollments where team_id = ${team}
      and id = any(${ids})) as w on w.id = n.id
    where e.team_id = ${team} and e.id = n.id and e.mailbox_id = ${from} and e.state in ('active', 'paused', 'failed')
      and e.removed_at is null and e.lease_until is null
    returning e.id, e.contact_id as "contactId", e.sequence_id as "sequenceId", e.step_id as "stepId", e.message_id as "messageId",
      e.mailbox_id as "mailboxId", b.address, e.due_at as "dueAt", e.state, w.stranded, e.state = 'active' and e.hold_reason = 'task_open' and exists (
        select from tasks t where t.team_id = e.team_id and t.enrollment_id = e.id and t.step_id = e.step_id and t.state = 'open'
          and t.kind = 'manual_email' and t.approved_at is null) as drafted`.execute(kysely(tx))
  return rows
}

/** What was tried and did not arrive is made anew: signature and sender are others. */
async function requeue(
  tx: Db,
  { team, messageIds, now }: { team: TeamId; messageIds: readonly Id[]; now: Instant },
): Promise<void> {
  await sql`
    with mine as (
      select id from messages where team_id = ${team} and id = any(${messageIds as Id[]})
        and state in ('deferred', 'unreachable', 'unauthenticated') order by id for no key update
    )
    update messages m set state = 'requeued', failures = 0, updated_at = ${at(now)} from mine
    where m.team_id = ${team} and m.id = mine.id`.execute(kysely(tx))
}
