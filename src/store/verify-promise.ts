/** What the files of `verify` share: the shape of a promise, of what breaks it, and how one that is a single statement is asked. */
import { type RawBuilder, sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { kysely } from './db.ts'

export interface Finding {
  /** The name of the promise that is broken. */
  promise: string
  /** What breaks it, with the ids and instants to look at. */
  sentence: string
  teamId: TeamId
  messageId?: Id
  enrollmentId?: Id
  mailboxId?: Id
}

/** Without its team. */
export type Found = Omit<Finding, 'teamId'>
export type Breach = Omit<Found, 'promise'>

export interface Asking {
  team: TeamId
  now: Instant
}

export interface Promised {
  name: string
  /** What is promised, for people. */
  says: string
}

/** One look at the rows, which may prove several promises at once. */
export interface Check {
  promises: readonly Promised[]
  look(db: Db, asking: Asking): Promise<Found[]>
}

/** Per promise and team: whoever has this many has one cause to look for, not a list to read. */
export const BREACHES_MAX = 1_000

/**
 * A stop carries the instant at which it began, and binds from its commit on: this is how long the commit may take. Marks inside are judged by
 * the sweep of the stop, which names them.
 */
export const COMMIT_WITHIN_MS = 10_000
export const grace = sql`(${COMMIT_WITHIN_MS} * interval '1 millisecond')`

/** One row per breach, with the columns of `Breach`; nulls are left out. */
export function bySql(name: string, says: string, rows: (asking: Asking) => RawBuilder<Breach>): Check {
  return alone(name, says, async (db, asking) => {
    const found = await sql<Breach>`select * from (${rows(asking)}) as broken limit ${BREACHES_MAX}`.execute(
      kysely(db),
    )
    return found.rows.map(
      (row) =>
        Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as unknown as Breach,
    )
  })
}

/** A check of one promise. */
export function alone(
  name: string,
  says: string,
  breaches: (db: Db, asking: Asking) => Promise<Breach[]>,
): Check {
  return {
    promises: [{ name, says }],
    look: async (db, asking) => (await breaches(db, asking)).map((breach) => ({ promise: name, ...breach })),
  }
}
