/** A migrated database for one test file: a clone of the run's template, real PostgreSQL, dropped afterwards. */
import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { createLog, type Log } from '../../src/log.ts'
import { openClient, openPostgres, type Pools } from '../../src/store/postgres.ts'

export interface TestDatabase {
  /** The pools of one process. Further processes: `openPostgres({ url, log })`. */
  pools: Pools
  /** Shorthand for `pools.api`. */
  db: Pools['api']
  url: string
  /** Closes the pools and drops the database: `afterAll(() => database.drop())`. */
  drop(): Promise<void>
}

export interface FreshOptions {
  /** Without the migrations: an empty database. */
  empty?: boolean
  /** Where the pools write; by default errors go to the output of the run. */
  log?: Log
}

export async function freshDatabase({
  empty = false,
  log = createLog('error'),
}: FreshOptions = {}): Promise<TestDatabase> {
  if (!empty && inject('templateBroken')) throw new Error(`migrations/: ${inject('templateBroken')}`)
  const name = `test_${randomBytes(8).toString('hex')}`
  await onServer(`create database ${name} template ${empty ? 'template1' : inject('template')}`)
  const url = urlOf(name)
  const pools = await openPostgres({ url, log })
  return {
    pools,
    db: pools.api,
    url,
    async drop() {
      await pools.close()
      await onServer(`drop database ${name} with (force)`)
    },
  }
}

/** One statement on the run's server, outside the test's own database. */
export async function onServer(statement: string): Promise<void> {
  const client = openClient(inject('serverUrl'), 'test')
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

function urlOf(name: string): string {
  const url = new URL(inject('serverUrl'))
  url.pathname = `/${name}`
  return url.toString()
}
