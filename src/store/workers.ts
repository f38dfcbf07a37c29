/**
 * Which worker processes live: each holds an advisory lock on its control connection, which the server frees when the session ends, however
 * it ends. Says nothing about whether a worker is well: a frozen one is alive, and may still send.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { at, kysely } from './db.ts'

/** The class of the lock; its second key is the hash of the worker's name. */
const WORKER_LOCKS = 7_317_004

/** Is there a session that holds the lock of the worker whose name this expression gives? */
const isHeld = (worker: RawBuilder<unknown>) => sql`exists (
  select from pg_locks where locktype = 'advisory' and granted and objsubid = 2 and classid = ${WORKER_LOCKS}::int4::oid
    and objid = hashtext(${worker})::oid and database = (select oid from pg_database where datname = current_database()))`

/**
 * Held until a session of `db`, a pool whose connections stay open, ends: call it at start and every few seconds, since a connection that
 * broke took the lock along. Shared, so that two names with one hash do not wait for each other.
 */
export async function holdWorkerLock(db: Db, worker: string): Promise<void> {
  await sql`
    select case when not ${isHeld(sql`${worker}::text`)} then pg_advisory_lock_shared(${WORKER_LOCKS}, hashtext(${worker}::text)) end`.execute(
    kysely(db),
  )
}

/** Read from the list of locks, not tried: a session never waits for its own lock, so a worker could take itself for dead. */
export async function isWorkerAlive(db: Db, worker: string): Promise<boolean> {
  const { rows } = await sql<{ alive: boolean }>`select ${isHeld(sql`${worker}::text`)} as alive`.execute(
    kysely(db),
  )
  return rows[0]!.alive
}

/** A mailbox under a lease whose worker holds no lock, or is the one that asks. */
export interface FoundLease {
  team: TeamId
  mailboxId: Id
  worker: string
  fence: number
}

/** The leases of workers that hold no lock, and those of `worker` itself, which knows which of them it serves. */
export async function leasesInDoubt(
  db: Db,
  { real, worker }: { real: Instant; worker: string },
): Promise<FoundLease[]> {
  const { rows } = await sql<FoundLease>`
    select m.team_id as team, m.id as "mailboxId", m.leased_by as worker, m.fence from mailboxes m
    where m.busy_until > ${at(real)} and m.leased_by is not null
      and (m.leased_by = ${worker} or not ${isHeld(sql`m.leased_by`)})
    order by 1, 2`.execute(kysely(db))
  return rows
}

/**
 * Ends leases before their time, so that the next claim recovers what they left. Even if such a worker lives, nothing leaves twice: its marks
 * fail by the fence, and its late answers are recorded.
 */
export async function endLeases(
  db: Db,
  o: { leases: readonly FoundLease[]; now: Instant; real: Instant },
): Promise<void> {
  if (o.leases.length === 0) return
  await sql`
    with dead as (
      select m.team_id, m.id from mailboxes m
      join unnest(${o.leases.map((one) => one.team)}::int[], ${o.leases.map((one) => one.mailboxId)}::text[],
        ${o.leases.map((one) => one.fence)}::int[]) as d (team_id, id, fence)
        on m.team_id = d.team_id and m.id = d.id and m.fence = d.fence
      where m.busy_until > ${at(o.real)} order by m.team_id, m.id for no key update of m
    )
    update mailboxes m set busy_until = ${at(o.real)}, leased_by = null, wake_at = least(wake_at, ${at(o.now)})
    from dead where m.team_id = dead.team_id and m.id = dead.id`.execute(kysely(db))
}
