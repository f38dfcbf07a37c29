/** Starts the one embedded PostgreSQL of a test run before the first test, with a migrated template database, and stops it after the last. */
import { readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { createLog, type Log } from '../../src/log.ts'
import { openEmbedded } from '../../src/store/embedded.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openClient, openPostgres } from '../../src/store/postgres.ts'
import { freshFolder } from './folders.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the `postgres` database of the run's server. */
    serverUrl: string
    template: string
    /** Why the template could not be migrated; empty when it could. */
    templateBroken: string
  }
}

const TEMPLATE = 'segue_template'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const log = createLog('error')
  await stopAbandoned(log)
  const dataDir = await freshFolder('run')
  // Durability is not what these tests look at (but test/store/embedded.test.ts, with servers of its own).
  const settings = {
    fsync: 'off',
    full_page_writes: 'off',
    synchronous_commit: 'off',
    max_connections: '300',
  }
  const server = await openEmbedded({ dataDir, log, settings })
  const serverUrl = await server.urlOf('postgres')
  const admin = openClient(serverUrl, 'test setup')
  await admin.connect()
  await admin.query(`create database ${TEMPLATE}`)
  const pools = await openPostgres({ url: await server.urlOf(TEMPLATE), log })
  // A broken migration is told by the tests that need it, and leaves the others alone.
  const broken = await migrate(pools.control, {
    dir: 'migrations',
    now: Date.UTC(2027, 0, 1),
    version: 'test',
  }).then(
    () => '',
    (error: unknown) => String(error),
  )
  await pools.close()
  // Statistics and hint bits are written now, so that no clone has to.
  await admin.query('checkpoint')
  await admin.end()
  project.provide('serverUrl', serverUrl)
  project.provide('template', TEMPLATE)
  project.provide('templateBroken', broken)
  return async () => {
    await server.leave()
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** A run that was killed leaves its server behind: nobody renewed its sign of life for a minute. */
async function stopAbandoned(log: Log): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith('segue-run-')) continue
    const dataDir = join(tmpdir(), name)
    const renewedAt = await stat(join(dataDir, 'postgres', 'segue-owner.json')).then(
      ({ mtimeMs }) => mtimeMs,
      () => Date.now(),
    )
    if (Date.now() - renewedAt < 60_000) continue
    // One that was killed while it was made holds no database; another run may be putting the same one away.
    await openEmbedded({ dataDir, log }).then(
      (server) => server.leave(),
      () => undefined,
    )
    await rm(dataDir, { recursive: true, force: true })
  }
}
