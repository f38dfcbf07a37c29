/** When the engine goes on and when it does not: told to stop with a batch half sent, or not trusting its clock. */
import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import type { Engine, EngineOptions } from '../../src/engine/engine.ts'
import type { Sender } from '../../src/mail/port.ts'
import { seededRandom } from '../../src/random.ts'
import { kysely } from '../../src/store/db.ts'
import { TestClock } from '../support/clock.ts'
import { freshDatabase } from '../support/database.ts'
import { enrollLive, startLive } from '../support/live-engine.ts'
import { createTeam, type TestTeam } from '../support/team.ts'
import { until } from '../support/until.ts'

const PEOPLE = 20
/** The connections of a mailbox: so many mails are on the wire at once. */
const ON_THE_WIRE = 2

const { db, pools, drop } = await freshDatabase()
const random = seededRandom('loop')
const now = Date.parse('2027-03-01T10:00:00Z')
let clock: TestClock
let team: TestTeam
let engine: Engine
let onTheWire: (() => void)[]

beforeEach(async () => {
  clock = new TestClock(now)
  onTheWire = []
  team = await createTeam(db, { now, random })
  await enrollLive(db, team, { count: PEOPLE, now, random })
})
afterEach(async () => {
  for (const arrive of onTheWire.splice(0)) arrive()
  await engine.stop()
})
afterAll(() => drop())

/** Mails stay on the wire until the test lets them arrive. */
function start(options: Partial<EngineOptions> = {}): void {
  const send: Sender['send'] = async (_mail, mark) => {
    if (!(await mark())) return { kind: 'refused_mark' }
    await new Promise<void>((resolve) => onTheWire.push(resolve))
    return { kind: 'accepted', reply: '250 Ok', refusedCopies: [] }
  }
  engine = startLive(send, { pools, clock, random, worker: `living ${team.team}` }, options)
}

async function messagesByState(): Promise<Record<string, number>> {
  const { rows } = await sql<{ state: string; n: number }>`
    select state, count(*)::int as n from messages where team_id = ${team.team} group by state`.execute(
    kysely(db),
  )
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]))
}

async function dueNow(): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from enrollments
    where team_id = ${team.team} and lease_until is null and due_at = ${new Date(now)}`.execute(kysely(db))
  return rows[0]!.n
}

test('told to stop, it lets arrive what is on the wire, and the rest of the batch is due again', async () => {
  start()
  await until(
    async () => onTheWire.length,
    (n) => n === ON_THE_WIRE,
  )
  expect(await messagesByState()).toEqual({ transmitting: ON_THE_WIRE, claimed: PEOPLE - ON_THE_WIRE })
  let isOver = false
  let arrived = 0
  void engine.stop().then(() => {
    isOver = true
  })
  await until(
    async () => {
      for (const arrive of onTheWire.splice(0)) {
        arrive()
        arrived++
      }
      return isOver
    },
    (over) => over,
  )
  expect(arrived).toBe(ON_THE_WIRE)
  expect(await messagesByState()).toEqual({ accepted: ON_THE_WIRE, requeued: PEOPLE - ON_THE_WIRE })
  expect(await dueNow()).toBe(PEOPLE - ON_THE_WIRE)
})

test('by a clock that jumped it claims nothing until that is steady', async () => {
  let steady = false
  let looks = 0
  start({
    isClockSteady: () => {
      looks++
      return steady
    },
  })
  await until(
    async () => {
      engine.poke()
      return looks
    },
    (n) => n > 5,
  )
  expect(await messagesByState()).toEqual({})
  steady = true
  engine.poke()
  await until(messagesByState, ({ transmitting }) => transmitting === ON_THE_WIRE)
})
