/**
 * Waking: every change that may open a gate earlier bumps the lane and its mailbox in its own transaction, with an unconditional `least`
 * (a bump that asks whether it is needed does not wait for the claim's lock, and is lost: ENGINE section 2).
 */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { at, isoArray, kysely } from './db.ts'
import { lockMailboxes } from './locks.ts'

export interface Bump {
  mailboxId: Id
  sequenceId: Id
  dueAt: Instant
}

/** Wakes lanes (made where missing), for emails and for tasks, and their mailboxes at the earliest `dueAt` of each. */
export async function bumpLanes(
  tx: Db,
  { team, bumps, now }: { team: TeamId; bumps: readonly Bump[]; now: Instant },
): Promise<void> {
  if (bumps.length === 0) return
  const lanes = new Map<string, Bump>()
  const mailboxes = new Map<Id, Instant>()
  for (const bump of bumps) {
    const key = `${bump.mailboxId} ${bump.sequenceId}`
    const lane = lanes.get(key)
    lanes.set(key, { ...bump, dueAt: Math.min(bump.dueAt, lane?.dueAt ?? bump.dueAt) })
    mailboxes.set(bump.mailboxId, Math.min(bump.dueAt, mailboxes.get(bump.mailboxId) ?? bump.dueAt))
  }
  await wakeMailboxes(
    tx,
    team,
    [...mailboxes].map(([id, wakeAt]) => ({ id, wakeAt })),
  )
  const sorted = [...lanes.keys()].sort().map((key) => lanes.get(key)!)
  await sql`
    insert into lanes (team_id, mailbox_id, sequence_id, wake_at, task_wake_at, served_at)
    select ${team}, l.mailbox_id, l.sequence_id, l.wake_at, l.wake_at, ${at(now)}
    from unnest(${sorted.map((one) => one.mailboxId)}::text[], ${sorted.map((one) => one.sequenceId)}::text[],
      ${isoArray(sorted.map((one) => one.dueAt))}::timestamptz[]) as l (mailbox_id, sequence_id, wake_at)
    order by 2, 3
    on conflict (team_id, mailbox_id, sequence_id) do update set wake_at = least(lanes.wake_at, excluded.wake_at),
      task_wake_at = least(lanes.task_wake_at, excluded.task_wake_at)`.execute(kysely(tx))
}

export async function bumpMailboxes(
  tx: Db,
  { team, mailboxIds, at: wakeAt }: { team: TeamId; mailboxIds: readonly Id[]; at: Instant },
): Promise<void> {
  await wakeMailboxes(
    tx,
    team,
    [...new Set(mailboxIds)].map((id) => ({ id, wakeAt })),
  )
}

/** Every lane of these sequences looks now: activated, schedule, step, wording or cap edited. The caller holds the sequence rows. */
export async function bumpSequences(
  tx: Db,
  { team, sequenceIds, now }: { team: TeamId; sequenceIds: readonly Id[]; now: Instant },
): Promise<void> {
  if (sequenceIds.length === 0) return
  const { rows } = await sql<{ mailboxId: Id; sequenceId: Id }>`
    select mailbox_id as "mailboxId", sequence_id as "sequenceId" from lanes
    where team_id = ${team} and sequence_id = any(${sequenceIds as Id[]})`.execute(kysely(tx))
  await bumpLanes(tx, { team, bumps: rows.map((row) => ({ ...row, dueAt: now })), now })
}

/** Every lane of the team looks now: what it may send to a company was raised. */
export async function bumpTeam(tx: Db, { team, now }: { team: TeamId; now: Instant }): Promise<void> {
  const { rows } = await sql<{ mailboxId: Id; sequenceId: Id }>`
    select mailbox_id as "mailboxId", sequence_id as "sequenceId" from lanes where team_id = ${team}`.execute(
    kysely(tx),
  )
  await bumpLanes(tx, { team, bumps: rows.map((row) => ({ ...row, dueAt: now })), now })
}

/** A stage, zone or address was edited: the lanes of these contacts look now. */
export async function bumpContacts(
  tx: Db,
  { team, contactIds, now }: { team: TeamId; contactIds: readonly Id[]; now: Instant },
): Promise<void> {
  if (contactIds.length === 0) return
  const { rows } = await sql<{ mailboxId: Id; sequenceId: Id }>`
    select distinct mailbox_id as "mailboxId", sequence_id as "sequenceId" from enrollments
    where team_id = ${team} and contact_id = any(${contactIds as Id[]}) and state = 'active' and removed_at is null`.execute(
    kysely(tx),
  )
  await bumpLanes(tx, { team, bumps: rows.map((row) => ({ ...row, dueAt: now })), now })
}

/** A read came to its end: the mailbox looks, and every relay whose replies it reads. */
export async function wakeAfterRead(
  tx: Db,
  { team, mailboxId, now }: { team: TeamId; mailboxId: Id; now: Instant },
): Promise<void> {
  const { rows } = await sql<{ id: Id }>`
    select id from mailboxes where team_id = ${team} and (id = ${mailboxId} or reads_via = ${mailboxId}) and state <> 'removed'`.execute(
    kysely(tx),
  )
  await wakeMailboxes(
    tx,
    team,
    rows.map(({ id }) => ({ id, wakeAt: now })),
  )
}

async function wakeMailboxes(
  tx: Db,
  team: TeamId,
  wakes: readonly { id: Id; wakeAt: Instant }[],
): Promise<void> {
  if (wakes.length === 0) return
  const sorted = [...wakes].sort((a, b) => (a.id < b.id ? -1 : 1))
  const ids = sorted.map((one) => one.id)
  await lockMailboxes(tx, team, ids)
  await sql`
    update mailboxes m set wake_at = least(m.wake_at, w.wake_at)
    from unnest(${ids}::text[], ${isoArray(sorted.map((one) => one.wakeAt))}::timestamptz[]) as w (id, wake_at)
    where m.team_id = ${team} and m.id = w.id`.execute(kysely(tx))
}
