/** The simulator: the engine on the real store, weeks of faults in seconds, every invariant of the design checked. See README beside it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLog } from '../../src/log.ts'
import { openClient } from '../../src/store/postgres.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { Connections } from './database.ts'
import { EXPECTED_FAULTS } from './expected-faults.ts'
import { report, summary } from './report.ts'
import { planOf, SEEDS_BY_DEFAULT } from './seeds.ts'
import { countGates, EXPECTED_GATES, Tally } from './tally.ts'
import { type Outcome, World } from './world.ts'

let database: TestDatabase
let connections: Connections
const plan = planOf(process.env)
const tally = new Tally()
let stopCounting: () => void

beforeAll(async () => {
  database = await freshDatabase()
  connections = new Connections({ url: database.url, log: createLog('error') })
  await connections.open()
  stopCounting = countGates((what) => tally.count(what))
})

afterAll(async () => {
  stopCounting()
  await connections.close()
  await database.drop()
})

async function runSeed(seed: string): Promise<Outcome> {
  await connections.empty()
  return new World(seed, connections).run()
}

const RUN_TIMEOUT_MS = 24 * 3_600_000

test('every seed holds every invariant, and every fault and gate occurs', {
  timeout: RUN_TIMEOUT_MS,
}, async () => {
  const began = performance.now()
  const seconds = () => (performance.now() - began) / 1_000
  const outcomes: Outcome[] = []
  const failed: string[] = []
  for (const seed of plan.seeds) {
    const isLate = plan.budgetMs !== null && seconds() * 1_000 > plan.budgetMs
    if (isLate && outcomes.length >= SEEDS_BY_DEFAULT) break
    const outcome = await runSeed(seed)
    outcomes.push(outcome)
    tally.add(outcome.counts)
    if (outcome.violations.length > 0) failed.push(seed)
    if (plan.tellsEach)
      console.log(
        `seed ${seed}: ${outcome.accepted} emails, ${outcome.turns} turns, ${seconds().toFixed(0)} s so far`,
      )
    if (outcome.violations.length > 0 && plan.goesOn) console.log(report(outcome))
    else if (outcome.violations.length > 0) expect.fail(report(outcome))
    else expect(outcome.accepted, `seed ${seed}`).toBeGreaterThanOrEqual(300)
  }
  console.log(`${summary(outcomes, seconds())}\n${tally}`)
  expect(failed).toEqual([])
  if (plan.expectsAll) expect(tally.missing([...EXPECTED_GATES, ...EXPECTED_FAULTS])).toEqual([])
})

test('the same seed sends the same emails at the same instants, wherever its rows lie on the disk', {
  timeout: RUN_TIMEOUT_MS,
}, async () => {
  const seed = plan.seeds[0]!
  const first = await runSeed(seed)
  const letGo = await holdOldVersions()
  const second = await runSeed(seed).finally(letGo)
  expect(second.emails).toEqual(first.emails)
  expect(second.turns).toBe(first.turns)
})

/** As a transaction elsewhere on the server does that lasts long: no place of an old version is used again. */
async function holdOldVersions(): Promise<() => Promise<void>> {
  const client = openClient(database.url, 'test')
  await client.connect()
  await client.query('begin')
  await client.query('select pg_current_xact_id()')
  return () => client.end()
}
