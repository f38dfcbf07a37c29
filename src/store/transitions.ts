/**
 * The one way an enrollment changes state: the row, its activity and its numbers, in the caller's transaction. What is not legal from
 * the row's present state is left out of the answer.
 */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import {
  type EnrollmentState,
  LIVE,
  mayTransit,
  stateAfter,
  TRANSITIONS,
  type Transition,
} from '../core/enrollment.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import type { HoldReason, Reason, SkipReason } from '../core/reason.ts'
import { writeActivities } from './activities.ts'
import { at, isoArray, kysely } from './db.ts'
import { addDeltas, type Delta, type PeopleMetric } from './stats.ts'
import { closeTasks, takeBackDrafts } from './step-tasks.ts'

/** Where an enrollment stands after a step was done or skipped. */
export interface NextStep {
  stepId: Id
  /** The id that the next email has from now on. */
  messageId: Id
  rank: number
  waitEndsAt: Instant
}

export interface Change {
  enrollmentId: Id
  transition: Transition
  reason?: Reason | HoldReason | SkipReason | null
  detail?: string
  /** What else the activity says of it. */
  told?: Readonly<Record<string, string>>
  /** A pause: when it ends by itself. */
  until?: Instant | null
  /** Release, resume, retry: when it is due; default: the end of its wait, or now. */
  dueAt?: Instant
  /** Only if the row is still at this revision. */
  rev?: number
  /** The message it is about, for the activity. */
  messageId?: Id | null
  /** Of the ways to the next step. */
  next?: NextStep
  /** `send_off`: that of an email. */
  rank?: number
  /** An accepted email becomes the parent of the next. */
  parentMessageId?: Id
}

export interface Transited {
  enrollmentId: Id
  contactId: Id
  sequenceId: Id
  /** The step it stood on before. */
  stepId: Id | null
  /** The step it stands on now. */
  stepAfter: Id | null
  mailboxId: Id
  /** The id of its next email. */
  messageId: Id
  from: EnrollmentState
  to: EnrollmentState
  heldBefore: HoldReason | null
  /** The words of that hold. */
  holdDetailBefore: string | null
  /** Why, and until when, it was paused. */
  reasonBefore: Reason | null
  untilBefore: Instant | null
  dueAt: Instant | null
}

interface Row {
  id: Id
  contactId: Id
  sequenceId: Id
  stepId: Id | null
  mailboxId: Id
  messageId: Id
  state: EnrollmentState
  reason: string | null
  hold: HoldReason | null
  holdDetail: string | null
  dueAt: Instant | null
  waitEndsAt: Instant
  leaseUntil: Instant | null
  rank: number
  parentMessageId: Id | null
  pausedAt: Instant | null
  unpauseAt: Instant | null
  finishedAt: Instant | null
  removedAt: Instant | null
  enteredStepAt: Instant
  rev: number
}

export interface TransitOptions {
  team: TeamId
  /** Of several of one enrollment the first that is legal counts. */
  changes: readonly Change[]
  actor: string
  now: Instant
  random: Random
}

export async function transit(tx: Db, o: TransitOptions): Promise<Transited[]> {
  const { team, changes, actor, now, random } = o
  if (changes.length === 0) return []
  const rows = await lockRows(
    tx,
    team,
    changes.map((change) => change.enrollmentId),
  )
  const taken = new Set<Id>()
  const moves = changes.flatMap((change) => {
    const row = rows.get(change.enrollmentId)
    if (!row || row.removedAt !== null || !mayTransit(change.transition, row.state)) return []
    if (taken.has(row.id) || (change.rev !== undefined && change.rev !== row.rev)) return []
    taken.add(row.id)
    return [{ change, before: row, after: rowAfter(row, change, now) }]
  })
  if (moves.length === 0) return []
  await updateRows(tx, { team, rows: moves.map((move) => move.after), now })
  await followTasks(tx, { team, moves, now })
  await writeActivities(tx, { team, now, random, activities: moves.map((move) => activityOf(move, actor)) })
  await addDeltas(tx, { team, deltas: moves.flatMap(({ before, after }) => deltasBetween(before, after)) })
  return moves.map(({ before, after }) => ({
    enrollmentId: before.id,
    contactId: before.contactId,
    sequenceId: before.sequenceId,
    stepId: before.stepId,
    stepAfter: after.stepId,
    mailboxId: before.mailboxId,
    messageId: after.messageId,
    from: before.state,
    to: after.state,
    heldBefore: before.hold,
    holdDetailBefore: before.holdDetail,
    reasonBefore: before.reason as Reason | null,
    untilBefore: before.unpauseAt,
    dueAt: after.dueAt,
  }))
}

interface Move {
  change: Change
  before: Row
  after: Row
}

/** An open task stands as long as its enrollment lives on its step; a pause takes back what was sent off and has not left. */
async function followTasks(
  tx: Db,
  { team, moves, now }: { team: TeamId; moves: readonly Move[]; now: Instant },
): Promise<void> {
  const left = moves.filter(
    ({ before, after }) =>
      !LIVE.includes(after.state) || after.removedAt !== null || after.stepId !== before.stepId,
  )
  await closeTasks(tx, {
    team,
    left: left.map(({ before }) => ({ enrollmentId: before.id, stepId: before.stepId })),
    now,
  })
  const paused = moves.filter(({ change }) => change.transition === 'pause').map(({ before }) => before.id)
  await takeBackDrafts(tx, { team, enrollmentIds: paused, now })
}

function rowAfter(row: Row, change: Change, now: Instant): Row {
  const state = stateAfter(change.transition, row.state)
  const still = { ...row, state, dueAt: null, leaseUntil: null }
  const over = {
    ...still,
    hold: null,
    holdDetail: null,
    pausedAt: null,
    unpauseAt: null,
    finishedAt: row.finishedAt ?? now,
  }
  const going = {
    ...still,
    reason: null,
    hold: null,
    holdDetail: null,
    pausedAt: null,
    unpauseAt: null,
    finishedAt: null,
  }
  switch (change.transition) {
    case 'advance':
    case 'do_task':
    case 'skip':
      return advanced(row, change, now)
    case 'complete':
      return { ...over, reason: 'completed', parentMessageId: change.parentMessageId ?? row.parentMessageId }
    case 'finish':
    case 'fail':
      return { ...over, reason: change.reason ?? null }
    case 'remove':
      return { ...over, reason: state === row.state ? row.reason : 'removed', removedAt: now }
    case 'pause':
      return { ...still, reason: change.reason ?? null, pausedAt: now, unpauseAt: change.until ?? null }
    case 'task':
      return { ...still, hold: 'task_open', holdDetail: change.detail ?? null }
    case 'send_off':
      return { ...going, dueAt: now, rank: change.rank ?? row.rank }
    case 'hold':
      return { ...still, hold: change.reason as HoldReason, holdDetail: change.detail ?? null }
    case 'resume':
      return row.hold === null
        ? { ...going, dueAt: change.dueAt ?? Math.max(row.waitEndsAt, now) }
        : { ...going, hold: row.hold, holdDetail: row.holdDetail }
    case 'release': {
      const parentMessageId = change.parentMessageId ?? row.parentMessageId
      if (state === 'paused') return { ...row, hold: null, holdDetail: null, parentMessageId }
      return { ...going, dueAt: change.dueAt ?? Math.max(row.waitEndsAt, now), parentMessageId }
    }
    case 'retry':
      return { ...going, dueAt: change.dueAt ?? Math.max(row.waitEndsAt, now) }
    case 'reopen':
      return reopened(row, change, now)
    case 'enroll':
    case 'enroll_paused':
      throw new Error(`${change.transition} makes a row; it never changes one`)
  }
}

/** With a hold it waits for a person; with a next step the email of the one it stood on had left. */
function reopened(row: Row, change: Change, now: Instant): Row {
  const { next, reason, detail } = change
  const going = { ...row, state: 'active' as const, reason: null, finishedAt: null, leaseUntil: null }
  const moved = next
    ? {
        ...going,
        ...next,
        enteredStepAt: now,
        parentMessageId: change.parentMessageId ?? row.parentMessageId,
      }
    : going
  if (reason) return { ...moved, hold: reason as HoldReason, holdDetail: detail ?? null, dueAt: null }
  return { ...moved, hold: null, holdDetail: null, dueAt: Math.max(moved.waitEndsAt, now) }
}

/** Holds that came while an email was leaving, or that are not about one step: they are about what comes next, and a person ends them. */
const OUTLIVES_ITS_STEP: readonly (HoldReason | null)[] = [
  'human_outbound',
  'reopened',
  'away_without_date',
  'away_too_long',
  'soft_bounces',
  'blocked',
  'internal_error',
  'no_active_email_account',
]

/** A paused enrollment moves on too, and stays paused; a hold about the step ends with it. */
function advanced(row: Row, change: Change, now: Instant): Row {
  const { next } = change
  if (!next) throw new Error(`${change.transition} of enrollment ${row.id} without a next step`)
  const stays = OUTLIVES_ITS_STEP.includes(row.hold)
  return {
    ...row,
    ...next,
    hold: stays ? row.hold : null,
    holdDetail: stays ? row.holdDetail : null,
    dueAt: row.state === 'active' && !stays ? next.waitEndsAt : null,
    leaseUntil: null,
    enteredStepAt: now,
    parentMessageId: change.parentMessageId ?? row.parentMessageId,
  }
}

function activityOf({ change, before }: Move, actor: string) {
  return {
    kind: TRANSITIONS[change.transition].activity,
    actor,
    reason: change.reason ?? null,
    contactId: before.contactId,
    sequenceId: before.sequenceId,
    enrollmentId: before.id,
    stepId: before.stepId,
    messageId: change.messageId ?? null,
    mailboxId: before.mailboxId,
    detail: {
      ...change.told,
      ...(change.detail === undefined ? {} : { detail: change.detail }),
      ...(change.until ? { until: new Date(change.until).toISOString() } : {}),
    },
  }
}

function metricsOf(row: Row): PeopleMetric[] {
  if (row.removedAt !== null) return []
  const metrics: PeopleMetric[] = [row.state]
  // A paused one with a hold counts as paused alone: everybody is in one place.
  if (row.hold !== null && row.state === 'active') metrics.push(`hold:${row.hold}`)
  if (row.reason !== null && (row.state === 'finished' || row.state === 'failed'))
    metrics.push(`${row.state}:${row.reason as Reason}`)
  return metrics
}

function deltasBetween(before: Row, after: Row): Delta[] {
  const of = (row: Row, n: number) =>
    metricsOf(row).map((metric) => ({ sequenceId: row.sequenceId, stepId: row.stepId, metric, n }))
  return [...of(before, -1), ...of(after, 1)]
}

async function lockRows(tx: Db, team: TeamId, ids: readonly Id[]): Promise<Map<Id, Row>> {
  const { rows } = await sql<Row>`
    select id, contact_id as "contactId", sequence_id as "sequenceId", step_id as "stepId", mailbox_id as "mailboxId",
      message_id as "messageId", state, reason, hold_reason as hold, hold_detail as "holdDetail", due_at as "dueAt",
      wait_ends_at as "waitEndsAt", lease_until as "leaseUntil", rank, parent_message_id as "parentMessageId", paused_at as "pausedAt",
      auto_unpause_at as "unpauseAt", finished_at as "finishedAt", removed_at as "removedAt", entered_step_at as "enteredStepAt", rev
    from enrollments where team_id = ${team} and id = any(${[...new Set(ids)].sort()})
    order by id for no key update`.execute(kysely(tx))
  return new Map(rows.map((row) => [row.id, row]))
}

async function updateRows(
  tx: Db,
  { team, rows, now }: { team: TeamId; rows: readonly Row[]; now: Instant },
): Promise<void> {
  const text = (of: (row: Row) => string | null) => rows.map(of)
  const instants = (of: (row: Row) => Instant | null) => isoArray(rows.map(of))
  await sql`
    update enrollments e set state = n.state, reason = n.reason, hold_reason = n.hold, hold_detail = n.hold_detail, due_at = n.due_at,
      lease_until = n.lease_until, wait_ends_at = n.wait_ends_at, step_id = n.step_id, message_id = n.message_id, rank = n.rank,
      parent_message_id = n.parent, paused_at = n.paused_at, auto_unpause_at = n.unpause_at, finished_at = n.finished_at,
      removed_at = n.removed_at, entered_step_at = n.entered_at, updated_at = ${at(now)}, rev = e.rev + 1
    from unnest(${text((r) => r.id)}::text[], ${text((r) => r.state)}::text[], ${text((r) => r.reason)}::text[],
      ${text((r) => r.hold)}::text[], ${text((r) => r.holdDetail)}::text[], ${instants((r) => r.dueAt)}::timestamptz[],
      ${instants((r) => r.leaseUntil)}::timestamptz[], ${instants((r) => r.waitEndsAt)}::timestamptz[],
      ${text((r) => r.stepId)}::text[], ${text((r) => r.messageId)}::text[], ${rows.map((r) => r.rank)}::int[],
      ${text((r) => r.parentMessageId)}::text[], ${instants((r) => r.pausedAt)}::timestamptz[],
      ${instants((r) => r.unpauseAt)}::timestamptz[], ${instants((r) => r.finishedAt)}::timestamptz[],
      ${instants((r) => r.removedAt)}::timestamptz[], ${instants((r) => r.enteredStepAt)}::timestamptz[])
      as n (id, state, reason, hold, hold_detail, due_at, lease_until, wait_ends_at, step_id, message_id, rank, parent, paused_at,
        unpause_at, finished_at, removed_at, entered_at)
    where e.team_id = ${team} and e.id = n.id`.execute(kysely(tx))
}
