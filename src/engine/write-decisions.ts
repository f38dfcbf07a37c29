/** Writes what a claim has decided, in sets: leases and messages for what is sent, tasks for people; waits, holds and ends for the rest. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { isEmail } from '../core/sequence.ts'
import type { Log } from '../log.ts'
import { addToCaps } from '../store/caps.ts'
import { insertClaimed, insertDrafts, type NewMessage } from '../store/claimed-messages.ts'
import { leaseEnrollments, moveDue } from '../store/claims.ts'
import { bumpLanes } from '../store/lanes.ts'
import { lockEnrollments } from '../store/locks.ts'
import { type Skipped, skips } from '../store/next-steps.ts'
import { giveTasks } from '../store/step-tasks.ts'
import { type Change, transit } from '../store/transitions.ts'
import type { Decided, DecidedAll } from './decided.ts'
import { draftOf } from './wording.ts'

interface Writing {
  team: TeamId
  decided: DecidedAll
  messages: readonly NewMessage[]
  /** The end of the lease, real time. */
  until: Instant
  now: Instant
  random: Random
  log: Log
}

export interface Written {
  messageIds: Id[]
  mailboxIds: Id[]
}

export async function writeDecisions(tx: Db, o: Writing): Promise<Written> {
  const { team, decided, now, random } = o
  await lockEnrollments(
    tx,
    team,
    [...decided.send, ...decided.other].map(({ due }) => due.facts.enrollment.id),
  )
  const skipped = decided.other.flatMap((one) => skippedOf(one))
  await moveDue(tx, { team, now, moves: decided.other.flatMap((one) => moveOf(one)) })
  const changed = await transit(tx, {
    team,
    changes: [
      ...decided.other.flatMap((one) => changeOf(one)),
      ...(await skips(tx, { team, skipped, now, random })),
    ],
    actor: 'engine',
    now,
    random,
  })
  await writeTasks(tx, o, new Set(changed.map((one) => one.enrollmentId)))
  // A skip may lead from an email to a call or back: who serves those looks at the lane by itself.
  const bumps = changed.flatMap(({ mailboxId, sequenceId, dueAt }) =>
    dueAt === null ? [] : [{ mailboxId, sequenceId, dueAt }],
  )
  await bumpLanes(tx, { team, bumps, now })
  const leases = decided.send.map(({ due }) => ({ id: due.facts.enrollment.id, rev: due.rev }))
  const leased = await leaseEnrollments(tx, { team, leases, until: o.until, now })
  const messages = o.messages.filter((message) => leased.has(message.enrollmentId))
  const inserted = await insertClaimed(tx, { team, messages, now })
  const claimed = messages.filter((message) => inserted.has(message.id))
  await addToCaps(tx, { team, keys: claimed.flatMap((message) => message.capped), by: 1 })
  for (const message of messages) if (!inserted.has(message.id)) decided.unfinished.add(message.mailboxId)
  await holdForbidden(
    tx,
    o,
    messages.filter((message) => !inserted.has(message.id)),
  )
  // Somebody changed it in between: the mailbox looks again at once.
  for (const { due } of decided.send)
    if (!leased.has(due.facts.enrollment.id)) decided.unfinished.add(due.mailboxId)
  return { messageIds: claimed.map((one) => one.id), mailboxIds: claimed.map((one) => one.mailboxId) }
}

function moveOf({ due, decision }: Decided) {
  if (decision.do !== 'wait' || decision.until === null) return []
  return [{ id: due.facts.enrollment.id, rev: due.rev, dueAt: decision.until }]
}

function skippedOf({ due, decision }: Decided): Skipped[] {
  if (decision.do !== 'skip') return []
  const { id, messageId } = due.facts.enrollment
  const { reason, detail } = decision
  return [{ enrollmentId: id, stepId: due.stepId, messageId, rev: due.rev, reason, detail }]
}

function changeOf({ due, decision }: Decided): Change[] {
  const about = {
    enrollmentId: due.facts.enrollment.id,
    rev: due.rev,
    messageId: due.facts.enrollment.messageId,
  }
  switch (decision.do) {
    case 'hold':
    case 'finish':
    case 'fail':
      return [{ ...about, transition: decision.do, reason: decision.reason, detail: decision.detail }]
    case 'task':
      return [{ ...about, transition: 'task', detail: due.facts.step.kind }]
    case 'send':
    case 'skip':
    case 'wait':
    case 'park':
      return []
  }
}

/** For those whose enrollment took the decision: the draft, where the step is an email, and the task. */
async function writeTasks(tx: Db, o: Writing, changed: ReadonlySet<Id>): Promise<void> {
  const { team, now, random } = o
  const given = o.decided.other.flatMap(({ due, facts, decision, prepared }) =>
    decision.do === 'task' && changed.has(facts.enrollment.id) ? [{ due, facts, decision, prepared }] : [],
  )
  const drafts = given.flatMap(({ due, prepared }) =>
    isEmail(due.facts.step.kind) && prepared !== null ? [draftOf(due, { prepared, random })] : [],
  )
  const drafted = await insertDrafts(tx, { team, messages: drafts, now })
  const withTask = await giveTasks(tx, {
    team,
    now,
    random,
    tasks: given.map(({ due, facts, decision }) => ({
      enrollmentId: facts.enrollment.id,
      stepId: due.stepId,
      messageId: isEmail(facts.step.kind) ? facts.enrollment.messageId : null,
      dueAt: facts.enrollment.dueAt ?? now,
      skipsAt: decision.skipsAt,
    })),
  })
  const undone = given.filter(
    ({ facts: { enrollment, step } }) =>
      !withTask.has(enrollment.id) || (isEmail(step.kind) && !drafted.has(enrollment.messageId)),
  )
  await holdForbidden(
    tx,
    o,
    undone.map(({ facts }) => ({ id: facts.enrollment.messageId, enrollmentId: facts.enrollment.id })),
  )
}

/** A ledger row that forbids another attempt although its enrollment was due: a fault of ours. Held, never tried again by itself. */
async function holdForbidden(
  tx: Db,
  { team, now, random, log }: Writing,
  forbidden: readonly { id: Id; enrollmentId: Id }[],
): Promise<void> {
  for (const { id, enrollmentId } of forbidden)
    log.error(
      { bug: 'forbidden attempt', messageId: id, enrollmentId },
      'the ledger forbids another attempt of this message',
    )
  const changes = forbidden.map(({ id, enrollmentId }) => ({
    enrollmentId,
    transition: 'hold' as const,
    reason: 'internal_error' as const,
    detail: `message ${id}`,
    messageId: id,
  }))
  await transit(tx, { team, changes, actor: 'engine', now, random })
}
