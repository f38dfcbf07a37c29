/**
 * Owns pg-boss: work whose moment no rule depends on (imports, later exports), tried again after a crash. Knows handlers only by name;
 * `app.ts` registers them. Its time is the server's own: nothing that time travel must reach belongs here.
 */
import { CompiledQuery } from 'kysely'
import { PgBoss } from 'pg-boss'
import type { Db } from '../core/db.ts'
import type { Log } from '../log.ts'
import { kysely } from '../store/db.ts'

/** A schema of its own, so that the product's tables and their dump stay ours. */
const SCHEMA = 'segue_jobs'
/** How soon a job is noticed. */
const POLL_SECONDS = 0.5
/** A worker that was not heard of for this long is dead, and its job is begun again. */
const HEARTBEAT_SECONDS = 15
/** How often dead workers are looked for. */
const SUPERVISE_SECONDS = 15
/** With doubling delays from 2 s: about a day for a database that comes and goes. */
const RETRIES_MAX = 30
const RETRY_DELAY_SECONDS = 2
const RETRY_DELAY_MAX_SECONDS = 3600
/** The longest import of 200 MB is minutes; a job that takes this long is stuck. */
const EXPIRE_SECONDS = 6 * 3600
/** How long a stop waits for handlers, which end at their next batch. */
const STOP_TIMEOUT_MS = 10_000

export interface JobsOptions {
  connection: { connectionString: string; max: number; application_name: string }
  handlers: Readonly<
    Record<string, { run(data: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<void> }>
  >
  log: Log
}

export interface Jobs {
  /** Asks for work; with `within`, only if that transaction commits. Throws for a name that nobody registered. */
  start(name: string, data: Record<string, unknown>, options?: { within?: Db }): Promise<void>
  /** Lets handlers end at their next safe point, then closes the connections. What did not end is begun again elsewhere. */
  stop(): Promise<void>
}

export async function startJobs({ connection, handlers, log }: JobsOptions): Promise<Jobs> {
  const stopping = new AbortController()
  const boss = new PgBoss({
    ...connection,
    schema: SCHEMA,
    superviseIntervalSeconds: SUPERVISE_SECONDS,
    monitorIntervalSeconds: SUPERVISE_SECONDS,
    // No cron: what falls due at a moment is a row under our own clock.
    schedule: false,
  })
  boss.on('error', (error) => log.warn({ err: error }, 'the queue of side jobs met an error'))
  await boss.start()
  for (const [name, handler] of Object.entries(handlers)) {
    const queue = {
      heartbeatSeconds: HEARTBEAT_SECONDS,
      expireInSeconds: EXPIRE_SECONDS,
      retryLimit: RETRIES_MAX,
      retryDelay: RETRY_DELAY_SECONDS,
      retryBackoff: true,
      retryDelayMax: RETRY_DELAY_MAX_SECONDS,
    }
    await boss.createQueue(name, queue)
    await boss.updateQueue(name, queue)
    await boss.work<Record<string, unknown>>(name, { pollingIntervalSeconds: POLL_SECONDS }, async (jobs) => {
      for (const job of jobs) await handler.run(job.data, AbortSignal.any([job.signal, stopping.signal]))
    })
  }
  return {
    async start(name, data, { within } = {}) {
      if (!Object.hasOwn(handlers, name)) throw new TypeError(`nobody works on jobs named ${name}`)
      await boss.send(name, data, within ? { db: joined(within) } : {})
    },
    async stop() {
      stopping.abort()
      await boss.stop({ graceful: true, close: true, timeout: STOP_TIMEOUT_MS })
    },
  }
}

/** pg-boss's statements inside a transaction of ours. */
function joined(tx: Db) {
  return {
    async executeSql(text: string, values: unknown[] = []) {
      const { rows } = await kysely(tx).executeQuery(CompiledQuery.raw(text, values))
      return { rows: rows as unknown[] }
    },
  }
}
