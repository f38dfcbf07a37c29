/**
 * The end of a doubt: what became of an email whose server never confirmed it, said by evidence or chosen by a person. Never decides by
 * itself, and never lets an email be sent again while the process that may still be sending it lives.
 */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { writeActivities } from './activities.ts'
import { at, kysely } from './db.ts'
import { bumpLanes, bumpMailboxes } from './lanes.ts'
import { appendLinks } from './ledger.ts'
import { advances, sendsAgain } from './next-steps.ts'
import { addDeltas, deliveredDeltas } from './stats.ts'
import { type Change, transit } from './transitions.ts'
import { isWorkerAlive } from './workers.ts'

export interface Resolving {
  team: TeamId
  messageId: Id
  as: 'sent' | 'send_again'
  actor: string
  now: Instant
  random: Random
  /** Why it is known, or who chose, in words; kept with the activity. */
  evidence: string
}

/** `worker_alive`: the process that had it on the wire still runs and has not said how it ended; only for `send_again`. */
export type Resolved = 'resolved' | 'not_unknown' | 'worker_alive'

interface Doubted {
  enrollmentId: Id | null
  sequenceId: Id | null
  stepId: Id | null
  variantId: Id | null
  contactId: Id | null
  mailboxId: Id
  attempt: number
  addressHash: string
  bodyHash: string
  /** Of an attempt that nobody has settled: its worker may still be at it. */
  worker: string | null
  opensTracked: boolean
  clicksTracked: boolean
}

/**
 * In a transaction that has locked neither enrollments nor messages: mailboxes come first. A paused or ended enrollment stays so; paused,
 * it moves on to its next step all the same.
 */
export async function resolveUnknown(tx: Db, o: Resolving): Promise<Resolved> {
  const message = await lockDoubted(tx, o)
  if (message === null) return 'not_unknown'
  if (o.as === 'send_again' && message.worker !== null && (await isWorkerAlive(tx, message.worker)))
    return 'worker_alive'
  const state = await writeState(tx, o, message)
  const { mailboxId, attempt, addressHash, bodyHash } = message
  const link = {
    kind: 'resolution',
    messageId: o.messageId,
    attempt,
    state,
    at: o.now,
    addressHash,
    bodyHash,
  } as const
  await appendLinks(tx, { team: o.team, entries: [{ mailboxId, ...link }] })
  await noteResolved(tx, o, message)
  const moved = await transit(tx, { ...o, changes: await changesOf(tx, o, message) })
  const bumps = moved.flatMap(({ mailboxId: at, sequenceId, dueAt }) =>
    dueAt === null ? [] : [{ mailboxId: at, sequenceId, dueAt }],
  )
  await bumpLanes(tx, { team: o.team, bumps, now: o.now })
  if (state === 'queued') await bumpMailboxes(tx, { team: o.team, mailboxIds: [mailboxId], at: o.now })
  return 'resolved'
}

async function lockDoubted(tx: Db, { team, messageId }: Resolving): Promise<Doubted | null> {
  await sql`
    select from mailboxes where team_id = ${team} and id in (
      select unnest(array[m.mailbox_id, e.mailbox_id]) from messages m
      left join enrollments e on e.team_id = m.team_id and e.id = m.enrollment_id
      where m.team_id = ${team} and m.id = ${messageId} and m.state = 'unknown')
    order by id for no key update`.execute(kysely(tx))
  await sql`
    select from enrollments where team_id = ${team} and id = (
      select enrollment_id from messages where team_id = ${team} and id = ${messageId} and state = 'unknown')
    for no key update`.execute(kysely(tx))
  const { rows } = await sql<Doubted>`
    select m.enrollment_id as "enrollmentId", m.sequence_id as "sequenceId", m.step_id as "stepId", m.variant_id as "variantId",
      m.contact_id as "contactId", m.mailbox_id as "mailboxId", m.attempt, m.address_hash as "addressHash", m.body_hash as "bodyHash",
      m.opens_tracked as "opensTracked", m.clicks_tracked as "clicksTracked",
      (select t.worker from attempts t where t.team_id = m.team_id and t.message_id = m.id and t.attempt = m.attempt
        and t.outcome is null) as worker
    from messages m where m.team_id = ${team} and m.id = ${messageId} and m.state = 'unknown' for no key update of m`.execute(
    kysely(tx),
  )
  return rows[0] ?? null
}

/** It keeps the moment of its mark and its place in the limits: the server may have had it. */
async function writeState(
  tx: Db,
  o: Resolving,
  { enrollmentId }: Doubted,
): Promise<'accepted' | 'requeued' | 'queued'> {
  const state = o.as === 'sent' ? 'accepted' : enrollmentId === null ? 'queued' : 'requeued'
  await sql`
    update messages m set state = ${state}, failure = case when ${state} = 'accepted' then null else failure end,
      sent_on = case when ${state} = 'accepted' then coalesce(m.sent_on, (m.marked_at at time zone t.time_zone)::date) else m.sent_on end,
      due_at = case when ${state} = 'queued' then ${at(o.now)}::timestamptz else due_at end, updated_at = ${at(o.now)}
    from teams t where m.team_id = ${o.team} and m.id = ${o.messageId} and t.id = m.team_id`.execute(
    kysely(tx),
  )
  return state
}

async function noteResolved(tx: Db, o: Resolving, message: Doubted): Promise<void> {
  const { enrollmentId, sequenceId, stepId, variantId, contactId, mailboxId } = message
  if (o.as === 'sent' && sequenceId !== null) {
    const deltas = deliveredDeltas({ sequenceId, stepId, variantId, messageId: o.messageId }, message)
    await addDeltas(tx, { team: o.team, deltas })
  }
  const about = { messageId: o.messageId, enrollmentId, sequenceId, stepId, contactId, mailboxId }
  const detail = { words: o.evidence }
  await writeActivities(tx, {
    ...o,
    activities: [{ kind: 'delivery_resolved', actor: o.actor, reason: o.as, ...about, detail }],
  })
}

async function changesOf(tx: Db, o: Resolving, { enrollmentId, stepId }: Doubted): Promise<Change[]> {
  const { team, messageId, now, random } = o
  if (enrollmentId === null || stepId === null) return []
  const one = { enrollmentId, stepId, messageId }
  return o.as === 'sent'
    ? advances(tx, { team, done: [one], now, random })
    : sendsAgain(tx, { team, one, dueAt: now })
}
