/** Writes what a claim has decided, in sets: leases and messages for what is sent; waits, holds and ends for the rest. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import type { Log } from '../log.ts'
import { addToCaps } from '../store/caps.ts'
import { insertClaimed, type NewMessage } from '../store/claimed-messages.ts'
import { leaseEnrollments, moveDue } from '../store/claims.ts'
import { lockEnrollments } from '../store/locks.ts'
import { type Skipped, skips } from '../store/next-steps.ts'
import { type Change, transit } from '../store/transitions.ts'
import type { Decided, DecidedAll } from './decided.ts'

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
  await transit(tx, {
    team,
    changes: [
      ...decided.other.flatMap((one) => changeOf(one)),
      ...(await skips(tx, { team, skipped, now, random })),
    ],
    actor: 'engine',
    now,
    random,
  })
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
    case 'send':
    case 'skip':
    case 'wait':
    case 'park':
      return []
  }
}

/** A ledger row that forbids another attempt although its enrollment was due: a fault of ours. Held, never tried again by itself. */
async function holdForbidden(
  tx: Db,
  { team, now, random, log }: Writing,
  forbidden: readonly NewMessage[],
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
