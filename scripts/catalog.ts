/** For the generators: what a freshly migrated database's catalog says. Starts a server of its own in a temporary folder. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog } from '../src/log.ts'
import { openEmbedded } from '../src/store/embedded.ts'
import { migrate } from '../src/store/migrate.ts'
import { openClient, openPostgres } from '../src/store/postgres.ts'

export type Ask = <Row extends object>(statement: string) => Promise<Row[]>

/** Runs `read` on a database that has just been migrated from `migrations/`. */
export async function withMigratedCatalog<T>(read: (ask: Ask) => Promise<T>): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'segue-catalog-'))
  const log = createLog('error')
  const server = await openEmbedded({ dataDir, log, settings: { fsync: 'off' } })
  try {
    const pools = await openPostgres({ url: server.url, log })
    try {
      await migrate(pools.control, { dir: 'migrations', now: Date.UTC(2027, 0, 1), version: 'generate' })
    } finally {
      await pools.close()
    }
    const client = openClient(server.url, 'catalog')
    await client.connect()
    try {
      return await read(
        async <Row extends object>(statement: string) => (await client.query<Row>(statement)).rows,
      )
    } finally {
      await client.end()
    }
  } finally {
    await server.leave()
    await rm(dataDir, { recursive: true, force: true })
  }
}
