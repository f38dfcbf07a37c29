/**
 * Writes of enrollments that are no transition: new ones, those that stand on a step that was deleted, those whose wait was changed.
 * States change in `transitions.ts` alone.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { EnrollmentState } from '../core/enrollment.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { HoldReason } from '../core/reason.ts'
import { at, isoArray, kysely } from './db.ts'

export interface NewEnrollment {
  id: Id
  contactId: Id
  mailboxId: Id
  messageId: Id
  address: string | null
  stepId: Id
  rank: number
  /** When its wait began. */
  enteredStepAt: Instant
  waitEndsAt: Instant
  /** Of an earlier enrollment, whose thread goes on. */
  parentMessageId: Id | null
}

export interface EnrollingCall {
  team: TeamId
  sequenceId: Id
  fromAddress: string | null
  paused: { until: Instant | null } | null
  addedBy: Id
  requestId: string
  now: Instant
}

/** Inserts those who are not in the sequence yet; returns the contacts it inserted. */
export async function insertEnrollments(
  tx: Db,
  call: EnrollingCall,
  people: readonly NewEnrollment[],
): Promise<Set<Id>> {
  if (people.length === 0) return new Set()
  const sorted = [...people].sort((a, b) => (a.id < b.id ? -1 : 1))
  const now = at(call.now)
  const state: EnrollmentState = call.paused ? 'paused' : 'active'
  const { rows } = await sql<{ contactId: Id }>`
    insert into enrollments (team_id, id, sequence_id, contact_id, mailbox_id, from_address, step_id, state, reason, due_at,
      wait_ends_at, rank, message_id, address, parent_message_id, entered_step_at, paused_at, auto_unpause_at, added_at, added_by, request_id, updated_at)
    select ${call.team}, p.id, ${call.sequenceId}, p.contact_id, p.mailbox_id, ${call.fromAddress}, p.step_id, ${state},
      ${call.paused ? 'paused_by_person' : null}, case when ${call.paused === null} then p.wait_ends_at end, p.wait_ends_at, p.rank,
      p.message_id, p.address, p.parent_id, p.entered_at, case when ${call.paused !== null} then ${now}::timestamptz end,
      ${call.paused?.until ? at(call.paused.until) : null}::timestamptz, ${now}::timestamptz, ${call.addedBy}, ${call.requestId}, ${now}::timestamptz
    from unnest(${sorted.map((one) => one.id)}::text[], ${sorted.map((one) => one.contactId)}::text[],
      ${sorted.map((one) => one.mailboxId)}::text[], ${sorted.map((one) => one.messageId)}::text[],
      ${sorted.map((one) => one.address)}::text[], ${isoArray(sorted.map((one) => one.waitEndsAt))}::timestamptz[],
      ${sorted.map((one) => one.stepId)}::text[], ${sorted.map((one) => one.rank)}::int[],
      ${sorted.map((one) => one.parentMessageId)}::text[], ${isoArray(sorted.map((one) => one.enteredStepAt))}::timestamptz[])
      as p (id, contact_id, mailbox_id, message_id, address, wait_ends_at, step_id, rank, parent_id, entered_at)
    on conflict (team_id, sequence_id, contact_id) where removed_at is null do nothing
    returning contact_id as "contactId"`.execute(kysely(tx))
  return new Set(rows.map((row) => row.contactId))
}

export interface Waiting {
  id: Id
  state: EnrollmentState
  holdReason: HoldReason | null
  /** Of `task_open`: the kind of step that the task is of. */
  holdDetail: string | null
  stepId: Id
  enteredStepAt: Instant
  timeZone: string | null
  rank: number
}

/**
 * Locks the live enrollments on these steps that no claim holds, by id, a chunk after `after`. Lock the sequence and bump its mailboxes
 * first.
 */
export async function lockWaiting(
  tx: Db,
  o: { team: TeamId; sequenceId: Id; stepIds: readonly Id[]; after: Id; limit: number },
): Promise<Waiting[]> {
  const { rows } = await sql<Waiting>`
    select e.id, e.state, e.hold_reason as "holdReason", e.hold_detail as "holdDetail", e.step_id as "stepId", e.entered_step_at as "enteredStepAt",
      (select c.time_zone from contacts c where c.team_id = e.team_id and c.id = e.contact_id) as "timeZone", e.rank
    from enrollments e
    where e.team_id = ${o.team} and e.sequence_id = ${o.sequenceId} and e.state in ('active', 'paused')
      and e.step_id = any(${o.stepIds as Id[]}) and e.removed_at is null and e.lease_until is null and e.id > ${o.after}
    order by e.id limit ${o.limit} for no key update of e`.execute(kysely(tx))
  return rows
}

/** How many a claim holds on these steps right now. */
export async function leasedOn(
  db: Db,
  o: { team: TeamId; sequenceId: Id; stepIds: readonly Id[] },
): Promise<Id[]> {
  const { rows } = await sql<{ id: Id }>`
    select id from enrollments
    where team_id = ${o.team} and sequence_id = ${o.sequenceId} and state = 'active' and step_id = any(${o.stepIds as Id[]})
      and lease_until is not null order by id`.execute(kysely(db))
  return rows.map((row) => row.id)
}

export interface Retimed {
  id: Id
  /** Null keeps it. */
  stepId: Id | null
  messageId: Id | null
  waitEndsAt: Instant
  rank: number
  /** The hold was about the step that is gone. */
  clearHold: boolean
}

/** The email waits for a mail server that asked for later, or did not answer: whatever else changes, not before that. */
const WAITS_FOR_SERVER = sql`exists (select from messages m where m.team_id = e.team_id and m.id = e.message_id
  and m.state in ('deferred', 'unreachable', 'unauthenticated'))`

/** Gives waiting enrollments another step, another moment, or both. What is overdue by it is due now, not stale. */
export async function retime(
  tx: Db,
  { team, people, now }: { team: TeamId; people: readonly Retimed[]; now: Instant },
): Promise<void> {
  if (people.length === 0) return
  await sql`
    update enrollments e set step_id = coalesce(p.step_id, e.step_id), message_id = coalesce(p.message_id, e.message_id),
      wait_ends_at = p.wait_ends_at, rank = p.rank, hold_reason = case when p.clear_hold then null else e.hold_reason end,
      hold_detail = case when p.clear_hold then null else e.hold_detail end,
      due_at = case when e.state = 'active' and (e.hold_reason is null or p.clear_hold)
        then greatest(p.wait_ends_at, ${at(now)}::timestamptz, case when p.step_id is null and ${WAITS_FOR_SERVER} then e.due_at end) end,
      updated_at = ${at(now)}, rev = e.rev + 1
    from unnest(${people.map((one) => one.id)}::text[], ${people.map((one) => one.stepId)}::text[],
      ${people.map((one) => one.messageId)}::text[], ${isoArray(people.map((one) => one.waitEndsAt))}::timestamptz[],
      ${people.map((one) => one.rank)}::int[], ${people.map((one) => one.clearHold)}::boolean[])
      as p (id, step_id, message_id, wait_ends_at, rank, clear_hold)
    where e.team_id = ${team} and e.id = p.id and e.lease_until is null`.execute(kysely(tx))
}

/**
 * Contacts whose time zone was corrected: what a gate of the old zone put off is looked at now, or when its wait ends. Not what a claim
 * holds, nor what waits for a mail server that asked for later. The caller has bumped the lanes, which come before in the lock order.
 */
export async function lookNow(
  tx: Db,
  { team, contactIds, now }: { team: TeamId; contactIds: readonly Id[]; now: Instant },
): Promise<void> {
  if (contactIds.length === 0) return
  await lookAt(tx, { team, now, among: sql`e.contact_id = any(${contactIds as Id[]})` })
}

/** The same of a sequence whose rule about answers of others is another. */
export async function lookAtSequence(
  tx: Db,
  { team, sequenceId, now }: { team: TeamId; sequenceId: Id; now: Instant },
): Promise<void> {
  await lookAt(tx, { team, now, among: sql`e.sequence_id = ${sequenceId} and e.due_at is not null` })
}

/** The same of everybody: a cap of the whole team was raised. */
export async function lookAtAll(tx: Db, { team, now }: { team: TeamId; now: Instant }): Promise<void> {
  await lookAt(tx, { team, now, among: sql`e.due_at is not null` })
}

async function lookAt(
  tx: Db,
  { team, now, among }: { team: TeamId; now: Instant; among: RawBuilder<unknown> },
): Promise<void> {
  await sql`
    with put_off as (
      select e.id from enrollments e
      where e.team_id = ${team} and ${among} and e.state = 'active' and e.removed_at is null
        and e.lease_until is null and e.due_at > greatest(e.wait_ends_at, ${at(now)}::timestamptz)
        and not ${WAITS_FOR_SERVER}
      order by e.id for no key update of e)
    update enrollments e set due_at = greatest(e.wait_ends_at, ${at(now)}::timestamptz), updated_at = ${at(now)}, rev = e.rev + 1
    from put_off p where e.team_id = ${team} and e.id = p.id`.execute(kysely(tx))
}

/** Live enrollments of a sequence under one of these holds, on one of these steps (null: on any). */
export async function heldFor(
  db: Db,
  o: { team: TeamId; sequenceId: Id; stepIds: readonly Id[] | null; holds: readonly HoldReason[] },
): Promise<Id[]> {
  const { rows } = await sql<{ id: Id }>`
    select id from enrollments
    where team_id = ${o.team} and sequence_id = ${o.sequenceId} and state = 'active' and removed_at is null
      and hold_reason = any(${o.holds as HoldReason[]})
      and (${o.stepIds === null} or step_id = any(${(o.stepIds ?? []) as Id[]}))
    order by id`.execute(kysely(db))
  return rows.map((row) => row.id)
}

/** Those held because a value or a snippet of their email was missing, with its names. */
export async function heldForValues(
  db: Db,
  { team, contactIds }: { team: TeamId; contactIds: readonly Id[] },
): Promise<{ id: Id; contactId: Id; detail: string | null }[]> {
  if (contactIds.length === 0) return []
  const { rows } = await sql<{ id: Id; contactId: Id; detail: string | null }>`
    select id, contact_id as "contactId", hold_detail as detail from enrollments
    where team_id = ${team} and contact_id = any(${contactIds as Id[]}) and state = 'active' and removed_at is null
      and hold_reason = 'snippets_missing'
    order by id`.execute(kysely(db))
  return rows
}

/** The same of those who are written to by this person, from whichever of their mailboxes. */
export async function heldForSender(
  db: Db,
  { team, userId }: { team: TeamId; userId: Id },
): Promise<{ id: Id; contactId: Id; detail: string | null }[]> {
  const { rows } = await sql<{ id: Id; contactId: Id; detail: string | null }>`
    select e.id, e.contact_id as "contactId", e.hold_detail as detail
    from mailboxes m join enrollments e on e.team_id = m.team_id and e.mailbox_id = m.id
    where m.team_id = ${team} and m.user_id = ${userId} and e.state = 'active' and e.removed_at is null
      and e.hold_reason = 'snippets_missing'
    order by e.id`.execute(kysely(db))
  return rows
}

/** How many live enrollments wait at each mailbox: what new people are dealt by. */
export async function waitingAt(
  db: Db,
  { team, mailboxIds }: { team: TeamId; mailboxIds: readonly Id[] },
): Promise<Map<Id, number>> {
  const { rows } = await sql<{ id: Id; n: number }>`
    select mailbox_id as id, count(*) as n from enrollments
    where team_id = ${team} and mailbox_id = any(${mailboxIds as Id[]}) and due_at is not null
    group by mailbox_id`.execute(kysely(db))
  return new Map(rows.map((row) => [row.id, row.n]))
}

/** After a bulk load the planner must know of it: a claim went from 4,000 to 24,000 rows/s (ENGINE section 4). Not inside a transaction. */
export async function analyzeEnrollments(db: Db): Promise<void> {
  await sql`analyze enrollments`.execute(kysely(db))
}

/** Live enrollments of these contacts in sequences that end when somebody is interested; sorted by id. */
export async function liveWhereInterestEnds(
  tx: Db,
  { team, contactIds }: { team: TeamId; contactIds: readonly Id[] },
): Promise<Id[]> {
  const { rows } = await sql<{ id: Id }>`
    select e.id from enrollments e join sequences q on q.team_id = e.team_id and q.id = e.sequence_id
    where e.team_id = ${team} and e.contact_id = any(${contactIds as Id[]}) and e.state in ('active', 'paused')
      and e.removed_at is null and q.finish_on_interested
    order by e.id`.execute(kysely(tx))
  return rows.map((row) => row.id)
}
