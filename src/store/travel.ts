/**
 * The row that moves the team's clock: an offset that every process adds, and the instant a person asked for. Decides nothing
 * about when to move; `engine/travel.ts` does. Only a deployment without a real mailbox travels.
 */
import { sql } from 'kysely'
import { DAY, type Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { at, kysely } from './db.ts'
import { READABLE } from './reading.ts'

/** One call moves the clock at most this far: further than the longest schedule looks for its next window. */
export const TRAVEL_MAX_MS = 400 * DAY
/** Serializes the steps of the clock among all processes; any number that no other advisory lock uses. */
const CLOCK_LOCK = 7_317_001

export interface Travel {
  /** What is added to the server's clock, in ms. */
  offsetMs: number
  /** The instant that a person asked for; null when nobody waits. */
  target: Instant | null
  /** Once true, this database refuses real mailboxes for ever. */
  travelled: boolean
}

export async function readTravel(db: Db): Promise<Travel> {
  const { rows } = await sql<Travel>`
    select travel_offset_ms as "offsetMs", travel_target as target, travelled from deployment`.execute(
    kysely(db),
  )
  return rows[0]!
}

export type TravelRequest = { kind: 'requested'; until: Instant } | { kind: 'refused'; sentence: string }

/**
 * Asks for the clock to be moved to `until` (team time), or to the next instant at which something falls due. A second call
 * while one is under way only ever moves the target further. Poll `travelArrived` afterwards.
 */
export async function requestTravel(
  db: Db,
  { until, now }: { until: Instant | 'next'; now: Instant },
): Promise<TravelRequest> {
  return db.transaction(async (tx) => {
    const refused = await whyNot(tx)
    if (refused !== null) return { kind: 'refused', sentence: refused }
    const target = until === 'next' ? await nextDue(tx, now) : until
    if (target === null)
      return {
        kind: 'refused',
        sentence: 'Nothing is going to fall due. Advance by a length of time, like 2d.',
      }
    if (target > now + TRAVEL_MAX_MS)
      return {
        kind: 'refused',
        sentence: 'One call moves the clock by at most 400 days. Advance in smaller steps.',
      }
    await sql`
      update deployment set travelled = true,
        travel_target = greatest(travel_target, ${at(target)}::timestamptz)`.execute(kysely(tx))
    return { kind: 'requested', until: target }
  })
}

/**
 * The deployment row is locked so that a mailbox saved at the same moment sees `travelled`, or is seen here: by a second statement, since
 * the first one's snapshot is older than its wait for the lock.
 */
async function whyNot(tx: Db): Promise<string | null> {
  await sql`select from deployment for no key update`.execute(kysely(tx))
  const { rows } = await sql<{ fenced: string | null; real: string | null }>`
    select fenced_reason as fenced,
      (select address from mailboxes where kind <> 'sandbox' and state <> 'removed' limit 1) as real
    from deployment`.execute(kysely(tx))
  const { fenced, real } = rows[0]!
  if (real !== null)
    return `The clock cannot be moved while ${real} is connected: mail would leave at the wrong time. Try it in a deployment with the sandbox alone.`
  return fenced === null ? null : `The clock stands still while the engine is fenced: ${fenced}`
}

/** How a travel stands. `stopped_short`: something that was due could not be done, and the clock stays where it is. */
export async function travelArrived(
  db: Db,
  { until, real }: { until: Instant; real: Instant },
): Promise<{ kind: 'arrived' | 'travelling' | 'stopped_short'; offsetMs: number }> {
  const { offsetMs, target } = await readTravel(db)
  if (target !== null) return { kind: 'travelling', offsetMs }
  return { kind: real + offsetMs >= until ? 'arrived' : 'stopped_short', offsetMs }
}

export interface Unfinished {
  /** Claimed or transmitting: in somebody's hands. */
  inHand: number
  /** Mailboxes whose time to look has come. */
  awake: number
  /** Reads that a follow-up waits for. */
  wanted: number
  /** Answers in the sandbox that were not read yet. */
  unread: number
  /** People whose pause is over. */
  unpausing: number
  /** Lanes with a step for a person that is due, and tasks whose time is over. */
  tasks: number
  /** Openings and clicks that are to be judged. */
  visits: number
}

/** The earliest later instant at which a mailbox wakes, a step for a person is due, its task is skipped or a pause ends; null when nothing will ever fall due by itself. */
export async function nextDue(db: Db, now: Instant): Promise<Instant | null> {
  const { rows } = await sql<{ next: Instant | null }>`
    select least(
      (select min(wake_at) from mailboxes where wake_at > ${at(now)} and wake_at < 'infinity' and state <> 'removed'),
      (select min(auto_unpause_at) from enrollments where auto_unpause_at > ${at(now)} and state = 'paused' and removed_at is null),
      (select min(task_wake_at) from lanes where task_wake_at > ${at(now)} and task_wake_at < 'infinity'),
      (select min(skips_at) from tasks where skips_at > ${at(now)} and state = 'open' and approved_at is null),
      (select min(judge_at) from visits where judge_at > ${at(now)})
    ) as next`.execute(kysely(db))
  return rows[0]!.next
}

/** What is due at `now`, or already in hand. The clock steps on only when all of it is nothing. */
export async function unfinished(db: Db, now: Instant): Promise<Unfinished> {
  const { rows } = await sql<Unfinished>`
    select
      (select count(*) from messages where state in ('claimed', 'transmitting')) as "inHand",
      (select count(*) from mailboxes where wake_at <= ${at(now)} and state <> 'removed') as awake,
      (select count(*) from mailboxes where read_wanted_at is not null and read_problem is null and ${READABLE}) as wanted,
      (select count(*) from mailboxes m cross join lateral (
         select 1 from sandbox_mails s where s.team_id = m.team_id and s.mailbox_id = m.id and s.direction = 'answer'
           and s.uid > coalesce((select max(f.last_uid) from folders f where f.team_id = m.team_id and f.mailbox_id = m.id), 0)
         limit 1) a where m.kind = 'sandbox' and m.state = 'connected') as unread,
      (select count(*) from enrollments where state = 'paused' and auto_unpause_at <= ${at(now)} and removed_at is null) as unpausing,
      (select count(*) from lanes where task_wake_at <= ${at(now)})
        + (select count(*) from tasks where state = 'open' and approved_at is null and skips_at <= ${at(now)}) as tasks,
      (select count(*) from visits where judge_at <= ${at(now)}) as visits`.execute(kysely(db))
  return rows[0]!
}

/**
 * Runs `step` with the clock's lock in one transaction, or returns null when another process holds it. `step` reads the row, looks
 * around, and moves the clock with `moveClock` or ends the travel with `endTravel`.
 */
export async function withClockLock<T>(db: Db, step: (tx: Db) => Promise<T>): Promise<T | null> {
  return db.transaction(async (tx) => {
    const { rows } = await sql<{
      held: boolean
    }>`select pg_try_advisory_xact_lock(${CLOCK_LOCK}) as held`.execute(kysely(tx))
    return rows[0]!.held ? step(tx) : null
  })
}

/** Sets the offset; it only ever grows, since time that went by for the rows cannot be taken back. */
export async function moveClock(tx: Db, offsetMs: number): Promise<void> {
  await sql`update deployment set travel_offset_ms = greatest(travel_offset_ms, ${offsetMs})`.execute(
    kysely(tx),
  )
}

export async function endTravel(tx: Db): Promise<void> {
  await sql`update deployment set travel_target = null`.execute(kysely(tx))
}
