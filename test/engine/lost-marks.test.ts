/** After each reconnect the last marks are looked for: a failover that lost them fences the database before anything more leaves. */
import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { MINUTE } from '../../src/core/clock.ts'
import { createLedgerWriter, type LedgerWriter } from '../../src/engine/ledger-writer.ts'
import { createLog } from '../../src/log.ts'
import { seededRandom } from '../../src/random.ts'
import { kysely } from '../../src/store/db.ts'
import { fencedReason } from '../../src/store/deployment.ts'
import { DatabaseUnavailable } from '../../src/store/unavailable.ts'
import { TestClock } from '../support/clock.ts'
import { freshDatabase } from '../support/database.ts'
import { claimPeople, enrollPeople, openSequence, WORKER } from '../support/enrolled.ts'
import { messageRow } from '../support/looking.ts'
import { createTeam, type TestTeam } from '../support/team.ts'
import { until } from '../support/until.ts'

const { db, pools, drop } = await freshDatabase({ log: createLog('silent') })
const random = seededRandom('lost marks')
const now = Date.parse('2027-03-01T10:00:00Z')
let clock: TestClock
let team: TestTeam
let writer: LedgerWriter
let first: string
let second: string
let mark: (messageId: string) => Promise<boolean>

beforeEach(async () => {
  clock = new TestClock(now)
  team = await createTeam(db, { now, random })
  const sequence = await openSequence(db, team, { now, random })
  const people = await enrollPeople(db, team, { sequence, count: 2, now, random })
  const enrollmentIds = people.map((one) => one.enrollmentId)
  const { fence, messageIds } = await claimPeople(db, team, { enrollmentIds, now, random })
  first = messageIds[0]!
  second = messageIds[1]!
  writer = createLedgerWriter({ db: pools.mark, clock, random, log: createLog('silent'), worker: WORKER })
  mark = (messageId) => writer.mark(team.team, { messageId, mailboxId: team.mailboxId, fence })
})
afterEach(async () => {
  vi.restoreAllMocks()
  await sql`update deployment set fenced_at = null, fenced_reason = null`.execute(kysely(db))
})
afterAll(() => drop())

async function loseMarks(): Promise<void> {
  await sql`delete from attempts where team_id = ${team.team}`.execute(kysely(db))
}

async function breakOneWrite(): Promise<void> {
  vi.spyOn(pools.mark, 'transaction').mockRejectedValueOnce(
    new DatabaseUnavailable('The connection was lost.'),
  )
  await expect(mark(second)).rejects.toThrow('The connection was lost.')
}

/** While nobody writes: the pool opens another, and no write ever fails. */
async function closeIdleConnection(): Promise<void> {
  const close = () =>
    sql<{ closed: boolean }>`
      select pg_terminate_backend(pid) as closed from pg_stat_activity
      where datname = current_database() and application_name = 'segue mark'`.execute(kysely(db))
  await until(close, ({ rows }) => rows.length === 0)
}

test('marks that are gone after a broken connection fence the database, and nothing more is marked', async () => {
  expect(await mark(first)).toBe(true)
  await loseMarks()
  await breakOneWrite()
  expect(await mark(second)).toBe(false)
  expect(await fencedReason(db)).toBe(
    `The database does not know any more that message ${first} went out: a failover or restore lost what was written last.`,
  )
  expect((await messageRow(db, team.team, second)).state).toBe('cancelled')
})

test('a connection that was replaced while nothing was written is noticed too', async () => {
  expect(await mark(first)).toBe(true)
  await loseMarks()
  await closeIdleConnection()
  expect(await mark(second)).toBe(false)
  expect(await fencedReason(db)).toMatch(/lost what was written last/)
})

test('a database that still has them goes on', async () => {
  expect(await mark(first)).toBe(true)
  await breakOneWrite()
  expect(await mark(second)).toBe(true)
  expect(await fencedReason(db)).toBeNull()
})

test('what was marked more than ten minutes ago is no longer looked for', async () => {
  expect(await mark(first)).toBe(true)
  await loseMarks()
  clock.advance(10 * MINUTE)
  await breakOneWrite()
  await mark(second)
  expect(await fencedReason(db)).toBeNull()
})
