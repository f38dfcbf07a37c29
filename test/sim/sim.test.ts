/** The simulator: the engine on the real store, weeks of faults in seconds, every invariant of the design checked. See README beside it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLog } from '../../src/log.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { Connections, TIMES } from './database.ts'
import { EXPECTED_FAULTS } from './expected-faults.ts'
import { report } from './report.ts'
import { planOf } from './seeds.ts'
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

test('every seed holds every invariant, and every fault and gate occurs', { timeout: RUN_TIMEOUT_MS }, async () => {
  const began = performance.now()
  const outcomes: Outcome[] = []
  for (const seed of plan.seeds) {
    if (plan.budgetMs !== null && performance.now() - began > plan.budgetMs) break
    const cpu = process.cpuUsage()
    const outcome = await runSeed(seed)
    if (process.env['PROF']) console.log(seed, outcome.turns, 'turns', process.cpuUsage(cpu), [...TIMES].reduce((a, [, [, t]]) => a + t, 0).toFixed(0), JSON.stringify([...TIMES].sort((a, b) => b[1][1] - a[1][1]).slice(0, 12)))
    outcomes.push(outcome)
    tally.add(outcome.counts)
    if (outcome.violations.length > 0 && process.env['GO_ON']) console.log(report(outcome))
    else if (outcome.violations.length > 0) expect.fail(report(outcome))
    expect(outcome.accepted, `seed ${seed}`).toBeGreaterThanOrEqual(300)
  }
  const seconds = (performance.now() - began) / 1_000
  const sum = (of: (outcome: Outcome) => number) => outcomes.reduce((all, one) => all + of(one), 0)
  console.log(
    `${outcomes.length} seeds in ${seconds.toFixed(0)} s: ${sum((one) => one.accepted)} emails, ${sum((one) => one.turns)} turns, ` +
      `${sum((one) => one.simulatedDays)} simulated days\n${tally}`,
  )
  if (plan.expectsAll) expect(tally.missing([...EXPECTED_GATES, ...EXPECTED_FAULTS])).toEqual([])
})

test('the same seed sends the same emails at the same instants', { timeout: RUN_TIMEOUT_MS }, async () => {
  const seed = plan.seeds[0]!
  const [first, second] = [await runSeed(seed), await runSeed(seed)]
  expect(second.emails).toEqual(first.emails)
})
