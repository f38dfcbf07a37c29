/**
 * Opens the process's connections to a PostgreSQL server, whoever runs it: the pools that ENGINE section 9 names, and no others.
 * Holds no SQL of the product.
 */
import { sql } from 'kysely'
import pg from 'pg'
import { monotonic, SERVER_CLOCK_SQL, sleep } from '../clock.ts'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Log } from '../log.ts'
import { Database, kysely } from './db.ts'
import { typeParsers } from './pg-types.ts'
import {
  DatabaseRefused,
  DatabaseUnavailable,
  databaseSentence,
  describeTarget,
  isUnavailable,
} from './unavailable.ts'

/** Ten connections per process, by purpose. ENGINE section 9. */
export const CONNECTIONS = { control: 1, mark: 1, claim: 2, api: 4, jobs: 2 } as const
const OLDEST_MAJOR = 15
/** How long a query waits for a free connection, or a connection for its server. */
const CONNECT_TIMEOUT_MS = 15_000
/** The connections of the API are given back to the server when nobody asks; the others hold session locks or must be at hand. */
const API_IDLE_MS = 60_000
const TRY_AGAIN_MS = 250
/** How often a person hears who is waited for: soon enough for somebody who watches, too seldom to fill a log. */
const TELL_EVERY_MS = 10_000

export interface Pools {
  /** One connection that stays open: session advisory locks live as long as it does. */
  control: Database
  /** Marks and settlements, by the one coalescing writer. */
  mark: Database
  /** Claims; inbound, recovery, folding and the stream poller share them. */
  claim: Database
  api: Database
  /** What pg-boss is handed to open its own small pool. */
  jobs: { connectionString: string; max: number; application_name: string }
  /** Closes all pools, after the queries under way. */
  close(): Promise<void>
}

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`; for a socket, `?host=/folder`. */
  url: string
  log: Log
  /** How long to wait for a server that is away, in ms. Default 30 s; infinite for who has nothing better to do. */
  waitMs?: number
  /** How often a wait is told in the log, in ms. Default 10 s. */
  tellEveryMs?: number
  /** Fewer connections for tests and commands. */
  connections?: Partial<Record<Exclude<keyof typeof CONNECTIONS, 'jobs'>, number>>
}

/**
 * Opens the pools and looks at the server. Throws `DatabaseRefused` with the sentence to show (wrong password, no such host or
 * database, too old a server), or `DatabaseUnavailable` when nobody answered for `waitMs`.
 */
export async function openPostgres(options: PostgresOptions): Promise<Pools> {
  const { url, log } = options
  const size = { ...CONNECTIONS, ...options.connections }
  await waitForServer(options)
  const pool = (name: 'control' | 'mark' | 'claim' | 'api') =>
    Database.over({ pool: openPool({ url, name, max: size[name], log }), name, log })
  const databases = { control: pool('control'), mark: pool('mark'), claim: pool('claim'), api: pool('api') }
  return {
    ...databases,
    jobs: { connectionString: url, max: size.jobs, application_name: 'segue jobs' },
    async close() {
      await Promise.all(Object.values(databases).map((database) => database.close()))
    },
  }
}

/** One pool whose errors never end the process: a broken connection is dropped, and the next query opens another. */
export function openPool(options: { url: string; name: string; max: number; log: Log }): pg.Pool {
  const { url, name, max, log } = options
  const pool = new pg.Pool({
    connectionString: url,
    application_name: `segue ${name}`,
    max,
    types: typeParsers,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: name === 'api' ? API_IDLE_MS : 0,
    keepAlive: true,
    // The server's own defaults may be another style, another zone.
    onConnect: async (client) => {
      await client.query("set datestyle to 'ISO'; set timezone to 'UTC'")
    },
  })
  pool.on('error', (error) => {
    log.warn(
      { pool: name, code: (error as { code?: unknown }).code },
      `a database connection was lost: ${error.message}`,
    )
  })
  // While a client is checked out, the pool does not listen; the query under way reports the loss.
  pool.on('connect', (client) => {
    client.on('error', (error) =>
      log.debug({ pool: name }, `a database connection in use was lost: ${error.message}`),
    )
  })
  return pool
}

/** The database server's instant: what `ServerClock` asks. */
export async function askServerClock(db: Db): Promise<Instant> {
  const { rows } = await sql.raw<{ instant: number }>(SERVER_CLOCK_SQL).execute(kysely(db))
  return rows[0]!.instant
}

async function waitForServer(options: PostgresOptions): Promise<void> {
  const { url, log, waitMs = 30_000, tellEveryMs = TELL_EVERY_MS } = options
  const target = describeTarget(url)
  const deadline = monotonic() + waitMs
  let tellAt = 0
  for (;;) {
    try {
      return await lookAtServer(url, target)
    } catch (error) {
      const sentence = databaseSentence(error, target)
      if (!isUnavailable(error)) throw sentence ? new DatabaseRefused(sentence, { cause: error }) : error
      if (monotonic() >= deadline)
        throw new DatabaseUnavailable(sentence ?? `${target} does not answer.`, { cause: error })
      if (monotonic() >= tellAt) {
        log.warn(sentence ?? `${target} does not answer. Trying again by itself.`)
        tellAt = monotonic() + tellEveryMs
      }
      await sleep(TRY_AGAIN_MS)
    }
  }
}

async function lookAtServer(url: string, target: string): Promise<void> {
  const client = openClient(url, 'look')
  try {
    await client.connect()
    const { rows } = await client.query<{ number: number; words: string }>(
      "select current_setting('server_version_num')::int as number, current_setting('server_version') as words",
    )
    const sentence = versionSentence({ ...rows[0]!, target })
    if (sentence) throw new DatabaseRefused(sentence)
  } finally {
    await client.end()
  }
}

/** Why this server is too old, or nothing. `number` as in `server_version_num`: 150004 is 15.4. */
export function versionSentence(server: {
  number: number
  words: string
  target: string
}): string | undefined {
  if (server.number >= OLDEST_MAJOR * 10_000) return undefined
  return `The server of ${server.target} is PostgreSQL ${server.words}; Segue needs ${OLDEST_MAJOR} or newer. Upgrade it, or leave SEGUE_DATABASE_URL out to use Segue's own.`
}

/** One connection outside the pools, for a lock or a look; its loss is told to whoever listens to `end`. The caller connects and ends it. */
export function openClient(url: string, name: string): pg.Client {
  let client: pg.Client
  try {
    client = new pg.Client({
      connectionString: url,
      application_name: `segue ${name}`,
      types: typeParsers,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
    })
  } catch (error) {
    // The URL parser's own message would repeat the password.
    throw new DatabaseRefused(
      'SEGUE_DATABASE_URL cannot be read. Write it as postgres://user:password@host:5432/database, special characters percent-encoded.',
      { cause: (error as { code?: unknown }).code },
    )
  }
  // Without a listener a lost connection would end the process; what it means is learned from the query or from `end`.
  client.on('error', () => undefined)
  return client
}
