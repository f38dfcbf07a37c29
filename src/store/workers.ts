/**
 * Which worker processes live: each holds an advisory lock on its control connection, which the server frees when the session ends, however
 * it ends. Says nothing about whether a worker is well: a frozen one is alive, and may still send.
 */
import { sql } from 'kysely'
import type { Db } from '../core/db.ts'
import { kysely } from './db.ts'

/** The class of the lock; its second key is the hash of the worker's name. */
const WORKER_LOCKS = 7_317_002

/**
 * Held until the session of `db` ends: call it on the control pool, at start and again after each reconnect. Shared, so that two names with
 * one hash do not wait for each other.
 */
export async function holdWorkerLock(db: Db, worker: string): Promise<void> {
  await sql`select pg_advisory_lock_shared(${WORKER_LOCKS}, hashtext(${worker}))`.execute(kysely(db))
}

/** Read from the list of locks, not tried: a session never waits for its own lock, so a worker could take itself for dead. */
export async function isWorkerAlive(db: Db, worker: string): Promise<boolean> {
  const { rows } = await sql<{ alive: boolean }>`
    select exists (select from pg_locks where locktype = 'advisory' and granted and objsubid = 2 and classid = ${WORKER_LOCKS}::int4::oid
      and objid = hashtext(${worker})::oid
      and database = (select oid from pg_database where datname = current_database())) as alive`.execute(
    kysely(db),
  )
  return rows[0]!.alive
}
