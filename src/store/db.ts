/**
 * The handle on the database that everyone carries (`Db`), and the way back to Kysely for store functions.
 * Decides isolation, retries deadlocks, and never lets an unfinished transaction look committed.
 */
import { Kysely, PostgresDialect, type PostgresPool, type RawBuilder, sql, type Transaction } from 'kysely'
import type pg from 'pg'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Log } from '../log.ts'
import type { Tables } from './rows.generated.ts'
import { typedError } from './unavailable.ts'

const DEADLOCK = '40P01'
/** A deadlock means that somebody breaks the lock order (ENGINE section 2): retried this often, and counted as a bug. */
const DEADLOCK_RETRIES_MAX = 3

export interface DatabaseOptions {
  pool: pg.Pool
  /** Which of the process's pools this is, for the log: control, mark, claim, api, jobs. */
  name: string
  log: Log
}

type Scope =
  | { kind: 'pool'; kysely: Kysely<Tables>; name: string; log: Log }
  | { kind: 'transaction'; kysely: Transaction<Tables> }

/** The only `Db` there is: a pool, or one open transaction on it. */
export class Database implements Db {
  readonly #scope: Scope
  /** How many deadlocks were met; each is a bug in somebody's lock order. */
  deadlocks = 0

  private constructor(scope: Scope) {
    this.#scope = scope
  }

  static over({ pool, name, log }: DatabaseOptions): Database {
    const dialect = new PostgresDialect({ pool: typedPool(pool) })
    return new Database({ kind: 'pool', kysely: new Kysely<Tables>({ dialect }), name, log })
  }

  static kyselyOf(db: Database): Kysely<Tables> {
    return db.#scope.kysely
  }

  /**
   * Runs `work` in one transaction at READ COMMITTED and returns what it returns. `work` must be repeatable: it runs again, from
   * the start, after a deadlock. On a handle that is a transaction already, `work` simply joins it.
   * Throws what `work` threw; `DatabaseUnavailable` when the server is gone (during the commit: it may have committed).
   */
  async transaction<T>(work: (tx: Db) => Promise<T>): Promise<T> {
    const scope = this.#scope
    if (scope.kind === 'transaction') return work(this)
    for (let attempt = 0; ; attempt++) {
      try {
        return await once(scope.kysely, work)
      } catch (error) {
        if ((error as { code?: unknown }).code !== DEADLOCK) throw error
        this.deadlocks++
        scope.log.error(
          { bug: 'deadlock', pool: scope.name, attempt, err: error },
          'deadlock: a transaction breaks the lock order',
        )
        if (attempt >= DEADLOCK_RETRIES_MAX) throw error
      }
    }
  }

  /** Closes every connection of the pool, after the queries under way. Only the process that opened it does so. */
  async close(): Promise<void> {
    if (this.#scope.kind === 'pool') await this.#scope.kysely.destroy()
  }

  static joined(transaction: Transaction<Tables>): Database {
    return new Database({ kind: 'transaction', kysely: transaction })
  }
}

/** The same pool, whose connections take any text, and say `DatabaseUnavailable` when the server is away. */
function typedPool(pool: pg.Pool): PostgresPool {
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...asked: unknown[]) => Promise<unknown>
    const typed = async (text: unknown, values?: unknown, ...more: unknown[]) => {
      try {
        return await query(text, storable(values), ...more)
      } catch (error) {
        throw typedError(error)
      }
    }
    client.query = typed as typeof client.query
  })
  return {
    async connect() {
      try {
        return await pool.connect()
      } catch (error) {
        throw typedError(error)
      }
    },
    end: () => pool.end(),
    options: pool.options,
  }
}

async function once<T>(root: Kysely<Tables>, work: (tx: Db) => Promise<T>): Promise<T> {
  let first: { error: unknown } | undefined
  try {
    // Kysely checks the tag of the commit: a commit after an error "succeeds" with ROLLBACK, and then throws here.
    return await root
      .transaction()
      .setIsolationLevel('read committed')
      .execute(async (transaction) => {
        try {
          return await work(Database.joined(transaction))
        } catch (error) {
          first = { error }
          throw error
        }
      })
  } catch (error) {
    // A rollback that fails because the connection is gone must not hide what `work` threw.
    throw typedError(first ? first.error : error)
  }
}

/** The Kysely behind a handle, for functions of `store/` only. Throws on a `Db` that this module did not make. */
export function kysely(db: Db): Kysely<Tables> {
  if (!(db instanceof Database)) throw new TypeError('This Db was not opened by src/store/db.ts')
  return Database.kyselyOf(db)
}

/** An instant as a parameter of raw SQL, and as a value of insert and update. */
export function at(instant: Instant): string {
  return new Date(instant).toISOString()
}

/** `at`, or null for null and undefined. */
export function atOrNull(instant: Instant | null | undefined): string | null {
  return instant === null || instant === undefined ? null : at(instant)
}

/** An instant for the builder's comparisons: `.where('due_at', '<=', stamp(now))`. A bare number compiles there and fails in PostgreSQL. */
export function stamp(instant: Instant): RawBuilder<Instant> {
  return sql<Instant>`${at(instant)}::timestamptz`
}

/** Instants as one parameter: `unnest(${isoArray(dueAts)}::timestamptz[])`. */
export function isoArray(instants: readonly (Instant | null)[]): (string | null)[] {
  return instants.map((instant) => (instant === null ? null : at(instant)))
}

/** A value for a json or jsonb column. `pg` itself would write an array as a PostgreSQL array. */
export function json(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => storable(part))
}

/**
 * Text as PostgreSQL takes it: no NUL, no half of a surrogate pair. Mail servers and mails say such things, and what they mean must not be
 * lost for it.
 */
function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\u0000', '').toWellFormed()
  return Array.isArray(value) ? value.map(storable) : value
}

/** A pattern for `like` that finds the text anywhere in a lower-case one, its own signs escaped. */
export function likeAll(text: string): string {
  return `%${text.toLowerCase().replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`
}
