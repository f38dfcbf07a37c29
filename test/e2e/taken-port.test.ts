/** A start that cannot have its port, as a process of its own: it ends with the sentence, and nothing of it goes on behind the person's back. */
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { systemRandom } from '../../src/random.ts'
import { kysely } from '../../src/store/db.ts'
import { freshDatabase } from '../support/database.ts'
import { enrollPeople, openSequence } from '../support/enrolled.ts'
import { freshFolder } from '../support/folders.ts'
import { segueCommand } from '../support/serving.ts'
import { createTeam } from '../support/team.ts'

/** A start takes some 3 s, and machines of CI are shared. What went on used to keep the process for more than 40 s. */
const ENDS_WITHIN_MS = 15_000

const { db, url, drop } = await freshDatabase()
const folder = await freshFolder('taken-port')
const other = createServer().listen(0, '127.0.0.1')
await once(other, 'listening')

afterAll(async () => {
  other.close()
  await rm(folder, { recursive: true, force: true })
  await drop()
})

test('a start whose port is taken says so, ends with 1 within seconds, and has claimed nothing', async () => {
  const { rows } = await sql<{ now: number }>`
    select floor(extract(epoch from now()) * 1000)::float8 as now`.execute(kysely(db))
  const now = rows[0]!.now - 60_000
  const random = systemRandom()
  const team = await createTeam(db, { now, random })
  const sequence = await openSequence(db, team, { now, random })
  await sql`update sequences set active = true, activated_at = now() - interval '1 day' where team_id = ${team.team}`.execute(
    kysely(db),
  )
  await sql`update variants set approved = true where team_id = ${team.team}`.execute(kysely(db))
  await enrollPeople(db, team, { sequence, count: 2, now, random })

  const { port } = other.address() as AddressInfo
  const begun = performance.now()
  const ended = await segueCommand(['serve'], {
    SEGUE_DATABASE_URL: url,
    SEGUE_DATA_DIR: folder,
    SEGUE_PORT: String(port),
    SEGUE_LOG_LEVEL: 'error',
  })
  expect(performance.now() - begun).toBeLessThan(ENDS_WITHIN_MS)
  expect(ended).toEqual({
    code: 1,
    out: '',
    err: `listen EADDRINUSE: address already in use 127.0.0.1:${port}. Another program uses this port: stop it, or choose another with SEGUE_PORT.\n`,
  })
  const { rows: mailboxes } = await sql`
    select fence, (select count(*)::int from messages m where m.team_id = b.team_id) as messages
    from mailboxes b where team_id = ${team.team} and id = ${team.mailboxId}`.execute(kysely(db))
  expect(mailboxes).toEqual([{ fence: 0, messages: 0 }])
}, 60_000)
