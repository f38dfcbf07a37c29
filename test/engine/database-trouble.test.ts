/** The database breaks at a bad moment, and the process lives: leases that nobody serves, a disk that is full when an answer is to be written. */
import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { SECOND } from '../../src/core/clock.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { MailFiles } from '../../src/engine/mail-files.ts'
import type { Sender } from '../../src/mail/port.ts'
import { seededRandom } from '../../src/random.ts'
import { kysely } from '../../src/store/db.ts'
import { DatabaseUnavailable } from '../../src/store/unavailable.ts'
import { TestClock } from '../support/clock.ts'
import { freshDatabase } from '../support/database.ts'
import { enrollLive, startLive } from '../support/live-engine.ts'
import { createTeam, type TestTeam } from '../support/team.ts'

const { db, pools, drop } = await freshDatabase()
const random = seededRandom('database trouble')
const now = Date.parse('2027-03-01T10:00:00Z')
let clock: TestClock
let team: TestTeam
let engine: Engine
let sent: string[]

beforeEach(async () => {
  clock = new TestClock(now)
  sent = []
  team = await createTeam(db, { now, random })
  await enrollLive(db, team, { count: 2, now, random })
})
afterEach(async () => {
  await engine.stop()
  vi.restoreAllMocks()
})
afterAll(() => drop())

const LOST = new DatabaseUnavailable('The connection was lost.')

interface Breaking {
  pool: 'claim' | 'mark'
  /** Before the work of a transaction is done, or right after it was committed. */
  when: 'before' | 'after'
  error: Error
  times?: number
}

/** Breaks once, or so many times, when `isMet` answers true. */
function breakWhen({ pool, when, error, times = 1 }: Breaking, isMet: () => Promise<boolean>): void {
  const transaction = pools[pool].transaction.bind(pools[pool])
  let broke = 0
  const breaks = async () => {
    if (broke === times || !(await isMet())) return
    broke++
    throw error
  }
  vi.spyOn(pools[pool], 'transaction').mockImplementation(async (work) => {
    if (when === 'before') await breaks()
    const done = await transaction(work)
    if (when === 'after') await breaks()
    return done
  })
}

function start(files = new MailFiles(pools.claim)): void {
  const send: Sender['send'] = async (mail, mark) => {
    const mayGo = await mark().catch(() => false)
    if (!mayGo) return { kind: 'refused_mark' }
    sent.push(mail.to[0]!.address)
    return { kind: 'accepted', reply: '250 Ok', refusedCopies: [] }
  }
  engine = startLive(send, { pools, clock, random, worker: `living ${team.team}` }, { files })
}

async function countOf(state: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from messages where team_id = ${team.team} and state = ${state}`.execute(
    kysely(db),
  )
  return rows[0]!.n
}

/** Long before the lease would run out. */
async function passes(seconds: number, isOver: () => Promise<boolean>): Promise<void> {
  for (let second = 0; second < seconds && !(await isOver()); second++) {
    clock.advance(SECOND)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function isLeased(): Promise<boolean> {
  const { rows } = await sql<{ leased: boolean }>`
    select leased_by is not null as leased from mailboxes where team_id = ${team.team} and id = ${team.mailboxId}`.execute(
    kysely(db),
  )
  return rows[0]!.leased
}

test('a claim whose commit was not answered is taken back within seconds, and its emails leave once', async () => {
  breakWhen({ pool: 'claim', when: 'after', error: LOST }, async () => (await countOf('claimed')) === 2)
  start()
  await passes(60, async () => (await countOf('accepted')) === 2)
  expect(new Set(sent).size).toBe(2)
  expect(sent).toHaveLength(2)
})

test('a lease whose end could not be written does not keep its mailbox asleep', async () => {
  breakWhen({ pool: 'claim', when: 'before', error: LOST }, async () => (await countOf('accepted')) === 2)
  start()
  await passes(60, async () => (await countOf('accepted')) === 2 && !(await isLeased()))
  expect(sent).toHaveLength(2)
  expect(await isLeased()).toBe(false)
})

test('an answer that met a full disk is written when there is room again: nothing is in doubt', async () => {
  const error = Object.assign(new Error('could not extend file: No space left on device'), { code: '53100' })
  breakWhen(
    { pool: 'mark', when: 'before', error, times: 5 },
    async () => (await countOf('transmitting')) > 0,
  )
  start()
  await passes(60, async () => (await countOf('accepted')) === 2)
  expect(await countOf('accepted')).toBe(2)
  expect(await countOf('unknown')).toBe(0)
})

test('a database that is away when the files of an email are read costs a moment: all leave once, nobody is held', async () => {
  const files = new MailFiles(pools.claim)
  const reading = vi.spyOn(files, 'with').mockRejectedValueOnce(LOST)
  start(files)
  await passes(60, async () => (await countOf('accepted')) === 2)
  expect(reading).toHaveBeenCalledTimes(3)
  expect(new Set(sent).size).toBe(2)
  expect(sent).toHaveLength(2)
  const { rows } = await sql`
    select state, hold_reason as hold from enrollments where team_id = ${team.team} and (state <> 'active' or hold_reason is not null)
      and (reason is distinct from 'completed')`.execute(kysely(db))
  expect(rows).toEqual([])
})

test('what is on the wire when the database goes away is settled before its lease ends: nothing is in doubt', async () => {
  const files = new MailFiles(pools.claim)
  const onTheWire = Promise.withResolvers<void>()
  const mayAnswer = Promise.withResolvers<void>()
  vi.spyOn(files, 'with').mockImplementationOnce(async () => {
    await onTheWire.promise
    throw LOST
  })
  const send: Sender['send'] = async (mail, mark) => {
    if (!(await mark())) return { kind: 'refused_mark' }
    sent.push(mail.to[0]!.address)
    onTheWire.resolve()
    await mayAnswer.promise
    return { kind: 'accepted', reply: '250 Ok', refusedCopies: [] }
  }
  engine = startLive(send, { pools, clock, random, worker: `wire ${team.team}` }, { files })
  await passes(10, async () => sent.length === 1)
  await passes(5, async () => !(await isLeased()))
  expect(await isLeased()).toBe(true)
  mayAnswer.resolve()
  await passes(60, async () => (await countOf('accepted')) === 2)
  expect([await countOf('accepted'), await countOf('unknown'), sent.length]).toEqual([2, 0, 2])
})
