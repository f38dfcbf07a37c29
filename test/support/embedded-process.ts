/** A process of ours on an embedded server, for tests that race and kill: says what it joined, leaves when its input ends. */
import { createLog } from '../../src/log.ts'
import { openEmbedded } from '../../src/store/embedded.ts'
import { openClient } from '../../src/store/postgres.ts'

const [dataDir] = process.argv.slice(2)
const server = await openEmbedded({ dataDir: dataDir!, log: createLog('silent') })
const client = openClient(server.url, 'test process')
await client.connect()
const { rows } = await client.query(
  'select system_identifier::text as database, pg_postmaster_start_time()::text as started from pg_control_system()',
)
await client.end()
console.log(JSON.stringify(rows[0]))
for await (const _ of process.stdin);
const stopped = await server.leave()
console.log(JSON.stringify({ stopped }))
