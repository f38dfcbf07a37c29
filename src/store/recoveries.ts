/**
 * What a lease that ran out has left behind, put right by the next claim of its mailbox: what was only claimed is due again with the same
 * Message-ID; what was on the wire is unknown, and never sent again by itself (ENGINE section 3).
 */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { writeActivities } from './activities.ts'
import { addToCaps, type CapKey, lockCaps } from './caps.ts'
import { at, json, kysely } from './db.ts'
import { appendLinks } from './ledger.ts'
import { lockEnrollments } from './locks.ts'
import { dueAgain } from './stops.ts'
import { transit } from './transitions.ts'

interface Left {
  id: Id
  mailboxId: Id
  enrollmentId: Id | null
  contactId: Id | null
  sequenceId: Id | null
  stepId: Id | null
  state: 'claimed' | 'transmitting'
  attempt: number
  capped: CapKey[]
  addressHash: string
  bodyHash: string
}

interface Recovery {
  team: TeamId
  /** Locked by the caller, their leases over. */
  mailboxIds: readonly Id[]
  now: Instant
  random: Random
}

/** Returns how many messages were put right. */
export async function recoverLeft(tx: Db, o: Recovery): Promise<number> {
  const { rows } = await sql<Left>`
    select id, mailbox_id as "mailboxId", enrollment_id as "enrollmentId", contact_id as "contactId", sequence_id as "sequenceId",
      step_id as "stepId", state, attempt, capped, address_hash as "addressHash", body_hash as "bodyHash"
    from messages where team_id = ${o.team} and mailbox_id = any(${o.mailboxIds as Id[]}) and state in ('claimed', 'transmitting')
    order by id`.execute(kysely(tx))
  if (rows.length === 0) return 0
  await lockCaps(
    tx,
    o.team,
    rows.flatMap((row) => row.capped),
  )
  await lockEnrollments(
    tx,
    o.team,
    rows.flatMap((row) => row.enrollmentId ?? []),
  )
  await takeBack(
    tx,
    o,
    rows.filter((row) => row.state === 'claimed'),
  )
  await doubt(
    tx,
    o,
    rows.filter((row) => row.state === 'transmitting'),
  )
  return rows.length
}

/**
 * As the next claim would, for mailboxes that no claim visits: they were disconnected or suspended, or sending is fenced. What was on the wire must be
 * listed all the same. Returns how many messages were put right.
 */
export async function recoverUnvisited(
  db: Db,
  { now, real, random }: { now: Instant; real: Instant; random: Random },
): Promise<number> {
  const unvisited = sql`busy_until <= ${at(real)} and (state <> 'connected' or wake_at = 'infinity' or exists (select from deployment where fenced_reason is not null))`
  const { rows } = await sql<{ team: TeamId; id: Id }>`
    select b.team_id as team, b.id from mailboxes b where ${unvisited} and exists (
      select from messages m where m.team_id = b.team_id and m.mailbox_id = b.id and m.state in ('claimed', 'transmitting'))
    order by 1, 2`.execute(kysely(db))
  let recovered = 0
  for (const { team, id } of rows)
    recovered += await db.transaction(async (tx) => {
      const locked = await sql`
        select from mailboxes where team_id = ${team} and id = ${id} and ${unvisited} for no key update skip locked`.execute(
        kysely(tx),
      )
      if (locked.rows.length === 0) return 0
      await sql`update mailboxes set fence = fence + 1, leased_by = null where team_id = ${team} and id = ${id}`.execute(
        kysely(tx),
      )
      return recoverLeft(tx, { team, mailboxIds: [id], now, random })
    })
  return recovered
}

/**
 * The lease of one mailbox ends by its own worker: what it did not get to is due again. Only under the worker's own fence; `false` when
 * somebody else holds it by now.
 */
export async function endLease(
  db: Db,
  o: { team: TeamId; mailboxId: Id; fence: number; now: Instant; real: Instant },
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const { rows: mine } = await sql<{ id: Id }>`
      select id from mailboxes where team_id = ${o.team} and id = ${o.mailboxId} and fence = ${o.fence} for no key update`.execute(
      kysely(tx),
    )
    if (mine.length === 0) return false
    const { rows } = await sql<Left>`
      select id, enrollment_id as "enrollmentId", capped from messages
      where team_id = ${o.team} and mailbox_id = ${o.mailboxId} and state = 'claimed' and fence = ${o.fence} order by id`.execute(
      kysely(tx),
    )
    await lockCaps(
      tx,
      o.team,
      rows.flatMap((row) => row.capped),
    )
    await lockEnrollments(
      tx,
      o.team,
      rows.flatMap((row) => row.enrollmentId ?? []),
    )
    await takeBack(tx, o, rows)
    await sql`
      update mailboxes set busy_until = ${at(o.real)}, leased_by = null, wake_at = least(wake_at, ${at(o.now)})
      where team_id = ${o.team} and id = ${o.mailboxId}`.execute(kysely(tx))
    return true
  })
}

async function takeBack(
  tx: Db,
  { team, now }: { team: TeamId; now: Instant },
  claimed: Left[],
): Promise<void> {
  if (claimed.length === 0) return
  const { rows } = await sql<{ id: Id; enrollmentId: Id | null; capped: CapKey[] }>`
    with was as (
      select id, capped from messages where team_id = ${team} and id = any(${claimed.map((one) => one.id)}) and state = 'claimed'
      order by id for no key update
    )
    update messages m set state = case when m.enrollment_id is null then 'queued' else 'requeued' end, counted_at = null, capped = ${json([])}::jsonb, updated_at = ${at(now)}
    from was where m.team_id = ${team} and m.id = was.id
    returning m.id, m.enrollment_id as "enrollmentId", was.capped`.execute(kysely(tx))
  await addToCaps(tx, { team, keys: rows.flatMap((row) => row.capped), by: -1 })
  await dueAgain(tx, { team, enrollmentIds: rows.flatMap((row) => row.enrollmentId ?? []), now })
}

async function doubt(tx: Db, { team, now, random }: Recovery, left: Left[]): Promise<void> {
  if (left.length === 0) return
  const { rows } = await sql<{ id: Id }>`
    update messages set state = 'unknown', failure = 'the process ended while the email was on the wire', settled_at = ${at(now)},
      updated_at = ${at(now)}
    where team_id = ${team} and id = any(${left.map((one) => one.id)}) and state = 'transmitting'
    returning id`.execute(kysely(tx))
  const doubted = left.filter((one) => rows.some((row) => row.id === one.id))
  await appendLinks(tx, {
    team,
    entries: doubted.map(({ id, mailboxId, attempt, addressHash, bodyHash }) => ({
      mailboxId,
      kind: 'settlement',
      messageId: id,
      attempt,
      state: 'unknown',
      at: now,
      addressHash,
      bodyHash,
    })),
  })
  const held = doubted.flatMap(({ id, enrollmentId }) =>
    enrollmentId === null
      ? []
      : [{ enrollmentId, transition: 'hold' as const, reason: 'delivery_unknown' as const, messageId: id }],
  )
  await transit(tx, { team, changes: held, actor: 'engine', now, random })
  await writeActivities(tx, {
    team,
    now,
    random,
    activities: doubted.map(({ id, mailboxId, enrollmentId, contactId, sequenceId, stepId }) => ({
      kind: 'delivery_unknown',
      actor: 'engine',
      messageId: id,
      mailboxId,
      enrollmentId,
      contactId,
      sequenceId,
      stepId,
    })),
  })
}
