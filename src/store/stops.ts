/**
 * A stop, by a person or by a mail: the enrollments end (or halt) and that commits; then what was claimed is taken back and what is
 * on the wire is named. When the sweep has returned, nothing leaves but the messages it named (ENGINE section 3).
 */
import { type RawBuilder, sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { type Stop, transitionOf } from '../core/enrollment.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { writeActivities } from './activities.ts'
import { addToCaps, type CapKey, lockCaps } from './caps.ts'
import { at, json, kysely } from './db.ts'
import { bumpLanes } from './lanes.ts'
import { lockEnrollments, lockMailboxes } from './locks.ts'
import { type CauseMail, noteEffects, type StopEffect, standApart } from './mail-effects.ts'
import { suppressionHash } from './suppressions.ts'
import { type Change, type Transited, transit } from './transitions.ts'

/** One transaction stops at most this many: larger ones would hold their locks for seconds. */
const STOPS_PER_TRANSACTION = 5_000

export interface StopOptions {
  team: TeamId
  enrollmentIds: readonly Id[]
  stop: Stop
  actor: string
  now: Instant
  random: Random
  detail?: string
  /** The email that caused it. */
  messageId?: Id
  /** The mail that came in and caused it: it can be undone. */
  inboundId?: CauseMail
}

/** In the caller's transaction. What is no longer live is left out of the answer. Sweep after the commit. */
export async function stop(tx: Db, o: StopOptions): Promise<Transited[]> {
  const { team, enrollmentIds, actor, now, random } = o
  const changes = [...new Set(enrollmentIds)].map((enrollmentId) => changeOf(enrollmentId, o))
  const stopped = await transit(tx, { team, changes, actor, now, random })
  await noteEffects(tx, {
    team,
    inboundId: o.inboundId,
    effects: stopped.flatMap((one) => effectOf(one, o.stop)),
  })
  return stopped
}

function effectOf(one: Transited, { to, ...more }: Stop): StopEffect[] {
  if (to === 'removed' || !('reason' in more)) return []
  const before = {
    state: one.from,
    hold: one.heldBefore,
    holdDetail: one.holdDetailBefore,
    reason: one.reasonBefore,
    until: one.untilBefore,
  }
  return [{ kind: 'stop', subject: one.enrollmentId, detail: { to, reason: more.reason, before } }]
}

function changeOf(enrollmentId: Id, { stop: to, detail, messageId }: StopOptions): Change {
  return {
    enrollmentId,
    transition: transitionOf(to),
    reason: 'reason' in to ? to.reason : null,
    ...('until' in to ? { until: to.until } : {}),
    ...(to.to === 'held' ? { detail: to.detail } : detail === undefined ? {} : { detail }),
    ...(messageId === undefined ? {} : { messageId }),
  }
}

export type StopScope =
  | { enrollmentIds: readonly Id[] }
  | { sequenceIds: readonly Id[] }
  | { contactIds: readonly Id[] }
  | { addresses: readonly string[] }
  | { domains: readonly string[] }
  | { mailboxIds: readonly Id[] }

/** A message whose mark had committed before the stop. */
export interface InFlight {
  messageId: Id
  enrollmentId: Id | null
  contactId: Id | null
  sequenceId: Id | null
  toAddress: string | null
}

export interface Swept {
  /** Messages taken back. */
  cancelled: Id[]
  transmitting: InFlight[]
}

function messagesIn(scope: StopScope): RawBuilder<unknown> {
  if ('enrollmentIds' in scope) return sql`m.enrollment_id = any(${scope.enrollmentIds as Id[]})`
  if ('sequenceIds' in scope) return sql`m.sequence_id = any(${scope.sequenceIds as Id[]})`
  if ('contactIds' in scope) return sql`m.contact_id = any(${scope.contactIds as Id[]})`
  if ('addresses' in scope) return sql`m.to_address = any(${scope.addresses as string[]})`
  // What a person sends by themselves goes on.
  if ('mailboxIds' in scope)
    return sql`m.mailbox_id = any(${scope.mailboxIds as Id[]}) and m.enrollment_id is not null`
  return sql`exists (select from unnest(${scope.domains as string[]}::text[]) as d (domain)
    where m.to_address like '%@' || d.domain or m.to_address like '%.' || d.domain)`
}

/** Takes back what is claimed and names what is transmitting. On a pool, after the stop has committed. */
export async function sweep(
  db: Db,
  o: { team: TeamId; of: StopScope; now: Instant; random: Random },
): Promise<Swept> {
  return db.transaction(async (tx) => {
    const cancelled = await cancelClaimed(tx, o)
    const { rows } = await sql<InFlight>`
      select m.id as "messageId", m.enrollment_id as "enrollmentId", m.contact_id as "contactId", m.sequence_id as "sequenceId",
        m.to_address as "toAddress"
      from messages m where m.team_id = ${o.team} and m.state = 'transmitting' and ${messagesIn(o.of)}
      order by m.id`.execute(kysely(tx))
    await writeActivities(tx, {
      ...o,
      activities: rows.map((row) => ({ kind: 'in_flight', actor: 'engine', ...row })),
    })
    return { cancelled, transmitting: rows }
  })
}

interface Claimed {
  id: Id
  mailboxId: Id
  enrollmentId: Id | null
  capped: CapKey[]
}

async function cancelClaimed(
  tx: Db,
  { team, of, now }: { team: TeamId; of: StopScope; now: Instant },
): Promise<Id[]> {
  const { rows: found } = await sql<Claimed>`
    select m.id, m.mailbox_id as "mailboxId", m.enrollment_id as "enrollmentId", m.capped from messages m
    where m.team_id = ${team} and m.state = 'claimed' and ${messagesIn(of)} order by m.id`.execute(kysely(tx))
  if (found.length === 0) return []
  // They are woken below, and mailboxes come first.
  const mailboxIds = [...new Set(found.map((one) => one.mailboxId))]
  await lockMailboxes(tx, team, mailboxIds)
  const enrollmentIds = found.flatMap((one) => one.enrollmentId ?? []).sort()
  // Counters come before enrollments in the lock order, so they are locked before it is known which are given back.
  await lockCaps(
    tx,
    team,
    found.flatMap((one) => one.capped),
  )
  await lockEnrollments(tx, team, enrollmentIds)
  const { rows } = await sql<Omit<Claimed, 'mailboxId'>>`
    with locked as (
      select id, capped as was from messages where team_id = ${team} and id = any(${found.map((one) => one.id)})
        and state = 'claimed' order by id for no key update
    )
    update messages m set state = 'cancelled', counted_at = null, capped = ${json([])}::jsonb, updated_at = ${at(now)}
    from locked where m.team_id = ${team} and m.id = locked.id
    returning m.id, m.enrollment_id as "enrollmentId", locked.was as capped`.execute(kysely(tx))
  await addToCaps(tx, { team, keys: rows.flatMap((row) => row.capped), by: -1 })
  await dueAgain(tx, { team, enrollmentIds: rows.flatMap((row) => row.enrollmentId ?? []), now })
  return rows.map((row) => row.id)
}

/**
 * What was claimed and is still active is due again (its sequence was switched off, it was released at once, its mailbox failed). The claim
 * may have put its lane to sleep for ever, so it is woken. The caller has locked the mailboxes.
 */
export async function dueAgain(
  tx: Db,
  { team, enrollmentIds, now }: { team: TeamId; enrollmentIds: readonly Id[]; now: Instant },
): Promise<void> {
  const { rows } = await sql<{ mailboxId: Id; sequenceId: Id }>`
    update enrollments set lease_until = null, due_at = ${at(now)}, updated_at = ${at(now)}, rev = rev + 1
    where team_id = ${team} and id = any(${enrollmentIds as Id[]}) and state = 'active' and lease_until is not null
    returning mailbox_id as "mailboxId", sequence_id as "sequenceId"`.execute(kysely(tx))
  await bumpLanes(tx, { team, bumps: rows.map((row) => ({ ...row, dueAt: now })), now })
}

/** Stops and sweeps, in chunks; on a pool. */
export async function stopAndSweep(
  db: Db,
  o: StopOptions,
): Promise<{ stopped: Transited[]; transmitting: InFlight[] }> {
  const ids = [...new Set(o.enrollmentIds)].sort()
  const stopped: Transited[] = []
  const transmitting: InFlight[] = []
  for (let from = 0; from < ids.length; from += STOPS_PER_TRANSACTION) {
    const enrollmentIds = ids.slice(from, from + STOPS_PER_TRANSACTION)
    stopped.push(...(await db.transaction((tx) => stop(tx, { ...o, enrollmentIds }))))
    transmitting.push(...(await sweep(db, { ...o, of: { enrollmentIds } })).transmitting)
  }
  return { stopped, transmitting }
}

export type LiveScope =
  | { sequenceIds: readonly Id[] }
  | { contactIds: readonly Id[]; sequenceIds?: readonly Id[] }
  /** `mergedToo`: also of whom the contact that had it was merged into. It is the same person, though at another address. */
  | { addresses: readonly string[]; mergedToo: boolean }
  | { domains: readonly string[] }
  | { mailboxIds: readonly Id[] }

function enrollmentsIn(scope: LiveScope): RawBuilder<unknown> {
  if ('contactIds' in scope) {
    const within = scope.sequenceIds ? sql` and e.sequence_id = any(${scope.sequenceIds as Id[]})` : sql``
    return sql`e.contact_id = any(${scope.contactIds as Id[]})${within}`
  }
  if ('sequenceIds' in scope) return sql`e.sequence_id = any(${scope.sequenceIds as Id[]})`
  if ('mailboxIds' in scope) return sql`e.mailbox_id = any(${scope.mailboxIds as Id[]})`
  if ('addresses' in scope && scope.mergedToo)
    return sql`e.contact_id in (select coalesce(c.merged_into, c.id) from contacts c
      where c.team_id = e.team_id and c.address = any(${scope.addresses as string[]}))`
  const ofContacts =
    'addresses' in scope
      ? sql`c.address = any(${scope.addresses as string[]})`
      : sql`exists (select from unnest(${scope.domains as string[]}::text[]) as d (domain)
        where c.address like '%@' || d.domain or c.address like '%.' || d.domain)`
  return sql`e.contact_id in (select c.id from contacts c where c.team_id = e.team_id and ${ofContacts})`
}

/** Active or paused, not removed; sorted by id. */
export async function liveEnrollments(db: Db, { team, of }: { team: TeamId; of: LiveScope }): Promise<Id[]> {
  const { rows } = await sql<{ id: Id }>`
    select e.id from enrollments e
    where e.team_id = ${team} and e.state in ('active', 'paused') and e.removed_at is null and ${enrollmentsIn(of)}
    order by e.id`.execute(kysely(db))
  return rows.map((row) => row.id)
}

export interface SuppressOptions {
  team: TeamId
  /** Addresses normalized, domains in lower case. */
  entries: readonly { kind: 'address' | 'domain' | 'hash'; value: string }[]
  reason: 'opt_out' | 'hard_bounce' | 'complaint' | 'imported' | 'manual'
  source: string
  by: Id | null
  actor: string
  now: Instant
  random: Random
  stop?: Stop
  /** The mail that came in and caused it: it can be undone. */
  inboundId?: CauseMail
}

/**
 * Suppresses, and ends every live enrollment of them, in the caller's transaction; sweep `{ addresses }` and `{ domains }` after the
 * commit. One that was lifted stands again. `already` were suppressed before: nothing of theirs changed.
 */
export async function suppress(
  tx: Db,
  o: SuppressOptions,
): Promise<{ added: string[]; already: string[]; stopped: Transited[] }> {
  const entries = [...new Map(o.entries.map((one) => [`${one.kind} ${one.value}`, one])).values()].sort(
    (a, b) => (a.value < b.value ? -1 : 1),
  )
  const { rows } = await sql<{ value: string }>`
    insert into suppressions as s (team_id, kind, value, reason, source, created_at, created_by)
    select ${o.team}, n.kind, n.value, ${o.reason}, ${o.source}, ${at(o.now)}, ${o.by}
    from unnest(${entries.map((one) => one.kind)}::text[], ${entries.map((one) => one.value)}::text[]) as n (kind, value)
    on conflict (team_id, kind, value) do update set reason = excluded.reason, source = excluded.source,
      created_at = excluded.created_at, created_by = excluded.created_by, lifted_at = null, lifted_by = null, lift_reason = null
      where s.lifted_at is not null
    returning value`.execute(kysely(tx))
  const added = rows.map((row) => row.value)
  const already = entries.map((one) => one.value).filter((value) => !added.includes(value))
  const effects = added.map((subject) => ({
    kind: 'suppression' as const,
    subject,
    detail: { reason: o.reason },
  }))
  // Wanted for a second reason, or set again after it was lifted: it outlives the first.
  await standApart(tx, { team: o.team, addresses: entries.map((one) => one.value), but: o.inboundId })
  await noteEffects(tx, { ...o, inboundId: o.inboundId, effects })
  const live = await liveOf(tx, o)
  const end = o.stop ?? { to: 'finished', reason: 'suppressed' }
  const stopped = await stop(tx, { ...o, enrollmentIds: live, stop: end })
  return { added, already, stopped }
}

/** Wishes of a person, wherever they are written to since; what is about an address ends nobody at another one. */
const WISHES: readonly SuppressOptions['reason'][] = ['opt_out', 'complaint']

async function liveOf(tx: Db, { team, entries, reason }: SuppressOptions): Promise<Id[]> {
  const of = (kind: string) => entries.filter((one) => one.kind === kind).map((one) => one.value)
  const addresses = of('address')
  const domains = of('domain')
  const found = [
    ...(addresses.length > 0
      ? await liveEnrollments(tx, { team, of: { addresses, mergedToo: WISHES.includes(reason) } })
      : []),
    ...(domains.length > 0 ? await liveEnrollments(tx, { team, of: { domains } }) : []),
    ...(await liveOfHashes(tx, team, of('hash'))),
  ]
  return [...new Set(found)].sort()
}

/** A hash says nothing about whom it is: the addresses of live people are hashed and compared. */
async function liveOfHashes(tx: Db, team: TeamId, hashes: readonly string[]): Promise<Id[]> {
  if (hashes.length === 0) return []
  const { rows } = await sql<{ id: Id; address: string }>`
    select e.id, c.address from enrollments e join contacts c on c.team_id = e.team_id and c.id = e.contact_id
    where e.team_id = ${team} and e.state in ('active', 'paused') and c.address is not null`.execute(
    kysely(tx),
  )
  return rows.filter((row) => hashes.includes(suppressionHash(row.address))).map((row) => row.id)
}
