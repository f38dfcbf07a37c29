/** The fence: a database that was restored or copied sends nothing until an operator says so; one that is ours goes on. */
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RawBuilder, sql } from 'kysely'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../src/core/clock.ts'
import { firstClosed } from '../../src/core/gates.ts'
import { createLog } from '../../src/log.ts'
import { seededRandom } from '../../src/random.ts'
import { kysely } from '../../src/store/db.ts'
import { fencedReason, liftFence, type Remembering, watchDeployment } from '../../src/store/deployment.ts'
import { readFacts } from '../../src/store/due-enrollments.ts'
import { TestClock } from '../support/clock.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { claimPeople, enrollPeople, markClaimed, openSequence } from '../support/enrolled.ts'
import { createTeam } from '../support/team.ts'

const log = createLog('silent')
const now = Date.parse('2027-03-01T10:00:00Z')
const random = seededRandom('deployment')
const base = await mkdtemp(join(tmpdir(), 'segue-deployment-'))
let database: TestDatabase
let dataDir: string
let ownServer = true
let clock: TestClock
const watching: Remembering[] = []
let folders = 0

beforeEach(async () => {
  database = await freshDatabase()
  dataDir = join(base, String(folders++))
  await mkdir(dataDir)
  ownServer = true
  clock = new TestClock(now)
})
afterEach(async () => {
  for (const one of watching.splice(0)) await one.stop()
  await database.drop()
})
afterAll(() => rm(base, { recursive: true }))

const run = (statement: RawBuilder<unknown>) => statement.execute(kysely(database.db))
const reason = () => fencedReason(database.db)

async function start(): Promise<void> {
  watching.push(await watchDeployment(database.db, { dataDir, ownServer, clock, log }))
}

async function restart(): Promise<void> {
  for (const one of watching.splice(0)) await one.stop()
  await start()
}

async function counter(): Promise<number> {
  const { rows } = await sql<{ n: number }>`select write_counter as n from deployment`.execute(
    kysely(database.db),
  )
  return rows[0]!.n
}

const memory = async () =>
  JSON.parse(await readFile(join(dataDir, 'deployment.json'), 'utf8')) as Record<string, unknown>
const setMemory = async (change: Record<string, unknown>) =>
  writeFile(join(dataDir, 'deployment.json'), JSON.stringify({ ...(await memory()), ...change }))

/** One email is claimed: the ledger is not empty. */
async function someoneClaimed() {
  const team = await createTeam(database.db, { now, random })
  const sequence = await openSequence(database.db, team, { now, random })
  const people = await enrollPeople(database.db, team, { sequence, count: 2, now, random })
  const claimed = await claimPeople(database.db, team, {
    enrollmentIds: [people[0]!.enrollmentId],
    now,
    random,
  })
  return { team, people, claimed }
}

test('the first start of an empty database is a beginning: nothing is fenced, and it is remembered', async () => {
  await start()
  expect(await reason()).toBeNull()
  expect(await memory()).toMatchObject({
    counter: 1,
    timeline: 1,
    systemIdentifier: expect.stringMatching(/^\d+$/),
  })
})

test('the same database after a restart is ours', async () => {
  await start()
  await someoneClaimed()
  await restart()
  expect(await reason()).toBeNull()
  expect(await counter()).toBe(2)
})

test('what was written is remembered every minute, database first', async () => {
  await start()
  for (const expected of [2, 3]) {
    while ((await counter()) < expected) clock.advance(MINUTE)
    while ((await memory())['counter'] !== (await counter()));
    expect(await counter()).toBeGreaterThanOrEqual(expected)
  }
  for (const one of watching.splice(0)) await one.stop()
  expect(await readdir(dataDir)).toEqual(['deployment.json'])
})

test('a database that is restored while the process lives is noticed within a minute', async () => {
  await start()
  await restart()
  await run(sql`update deployment set write_counter = 0`)
  while ((await reason()) === null) clock.advance(MINUTE)
  expect(await reason()).toContain('restored from a backup')
  expect(await memory()).toMatchObject({ counter: 2 })
})

test('processes that share the folder never take each other for a restore', async () => {
  for (let i = 0; i < 4; i++) await start()
  for (let i = 0; i < 30; i++) {
    clock.advance(MINUTE)
    await counter()
  }
  for (const one of watching.splice(0)) await one.stop()
  expect(await reason()).toBeNull()
  await start()
  expect(await reason()).toBeNull()
})

test('a database that is behind the memory was restored from a backup', async () => {
  await start()
  await restart()
  await run(sql`update deployment set write_counter = 1`)
  await restart()
  expect(await reason()).toContain('restored from a backup')
})

test('a crash between database and memory is no difference', async () => {
  await start()
  await run(sql`update deployment set write_counter = write_counter + 1`)
  await restart()
  expect(await reason()).toBeNull()
})

/** As whatever copies a folder does: each file is a new one. */
async function copyDataDir(): Promise<void> {
  for (const one of watching.splice(0)) await one.stop()
  const backup = `${dataDir}-backup`
  await cp(dataDir, backup, { recursive: true, preserveTimestamps: true })
  await rm(dataDir, { recursive: true })
  await cp(backup, dataDir, { recursive: true, preserveTimestamps: true })
}

test('a data directory that was copied or put back sends nothing, though database and memory agree', async () => {
  await start()
  await someoneClaimed()
  await copyDataDir()
  await start()
  expect(await reason()).toContain('copied, or put back')
})

test('a data directory that was moved or renamed is ours', async () => {
  await start()
  await someoneClaimed()
  for (const one of watching.splice(0)) await one.stop()
  await rename(dataDir, `${dataDir}-moved`)
  dataDir = `${dataDir}-moved`
  await start()
  expect(await reason()).toBeNull()
})

test('processes with their own folders on one database elsewhere are given copies of the memory', async () => {
  ownServer = false
  await start()
  await someoneClaimed()
  await copyDataDir()
  await start()
  expect(await reason()).toBeNull()
})

test('a database of another server was restored or copied', async () => {
  await start()
  await setMemory({ systemIdentifier: '1' })
  await restart()
  expect(await reason()).toContain('another server')
})

test('a database on an older line of its history has lost something', async () => {
  await start()
  await setMemory({ timeline: 9 })
  await restart()
  expect(await reason()).toContain('older line')
})

test('a missing memory is a beginning beside an empty ledger, and a fence beside any other', async () => {
  await start()
  await rm(join(dataDir, 'deployment.json'))
  await restart()
  expect(await reason()).toBeNull()
  await someoneClaimed()
  await rm(join(dataDir, 'deployment.json'))
  await restart()
  expect(await reason()).toContain('restored or copied')
})

test('a memory that cannot be read is as good as none', async () => {
  await start()
  await someoneClaimed()
  await writeFile(join(dataDir, 'deployment.json'), '{"systemIdent')
  await restart()
  expect(await reason()).toContain('restored or copied')
})

test('a fenced database says so at every start, and forgets nothing by being started', async () => {
  await start()
  await someoneClaimed()
  await setMemory({ counter: 1000 })
  await restart()
  const first = await reason()
  const remembered = await memory()
  await restart()
  expect(await reason()).toBe(first)
  expect(await memory()).toEqual(remembered)
})

test('while it is fenced no mark is given and the gate is closed for everybody', async () => {
  await start()
  const { team, people, claimed } = await someoneClaimed()
  await setMemory({ counter: 1000 })
  await restart()
  expect(await markClaimed(database.db, team, { claimed, now })).toEqual(new Set())
  const facts = await readFacts(database.db, {
    team: team.team,
    enrollmentIds: [people[1]!.enrollmentId],
    now,
  })
  expect(firstClosed(facts.get(people[1]!.enrollmentId)!, now)).toMatchObject({
    name: 'team_fenced',
    value: await reason(),
  })
})

test('lifting the fence wakes every mailbox, begins a new epoch, and makes the database ours', async () => {
  await start()
  const { team, claimed } = await someoneClaimed()
  await setMemory({ counter: 1000 })
  await restart()
  await run(sql`update mailboxes set wake_at = 'infinity'`)
  await liftFence(database.db, { dataDir, now: now + HOUR })
  expect(await reason()).toBeNull()
  const { rows } = await sql`
    select d.epoch, m.wake_at as wake from deployment d, mailboxes m where m.team_id = ${team.team}`.execute(
    kysely(database.db),
  )
  expect(rows).toEqual([{ epoch: 2, wake: now + HOUR }])
  await restart()
  expect(await reason()).toBeNull()
  expect(await markClaimed(database.db, team, { claimed, now })).toEqual(new Set(claimed.messageIds))
})

test('a process that was started while fenced remembers what is written once the fence is lifted elsewhere', async () => {
  await start()
  await someoneClaimed()
  await setMemory({ counter: 1000 })
  await restart()
  await liftFence(database.db, { dataDir, now })
  const lifted = await counter()
  while ((await counter()) === lifted) clock.advance(MINUTE)
  while ((await memory())['counter'] !== (await counter()));
  await restart()
  expect(await reason()).toBeNull()
})
