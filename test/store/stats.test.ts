/** Numbers that are exact at any moment: deltas appended by everybody, folded by several at once, read without a gap (ENGINE section 5). */
import { sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { type Id, newId } from '../../src/core/ids.ts'
import { createLog } from '../../src/log.ts'
import { seededRandom } from '../../src/random.ts'
import { kysely } from '../../src/store/db.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { addDeltas, foldDeltas, readTotals, totalOf } from '../../src/store/stats.ts'
import { freshDatabase } from '../support/database.ts'

const { db, url, drop } = await freshDatabase()
const random = seededRandom('stats')
const now = Date.parse('2027-03-01T10:00:00Z')
const team = 1
let sequenceId: Id

beforeEach(() => {
  sequenceId = newId(now, random)
})
afterAll(() => drop())

const read = async () => (await readTotals(db, { team, sequenceIds: [sequenceId] })).get(sequenceId)!

async function unfolded(): Promise<number> {
  const { rows } = await sql<{
    n: number
  }>`select count(*) as n from stat_deltas where sequence_id = ${sequenceId}`.execute(kysely(db))
  return rows[0]!.n
}

async function foldAll(): Promise<void> {
  while ((await foldDeltas(db)) > 0);
}

test('totals say the same before, between and after folding', async () => {
  const stepId = newId(now, random)
  await addDeltas(db, { team, deltas: [{ sequenceId, stepId, metric: 'active', n: 7 }] })
  expect(totalOf(await read(), 'active')).toBe(7)
  await foldAll()
  expect(await unfolded()).toBe(0)
  await addDeltas(db, { team, deltas: [{ sequenceId, stepId, metric: 'active', n: -2 }] })
  expect(totalOf(await read(), 'active')).toBe(5)
  await foldAll()
  expect(totalOf(await read(), 'active')).toBe(5)
})

test('deltas of one call with the same key become one row, and what cancels out none', async () => {
  const key = { sequenceId, metric: 'delivered' as const, messageId: 'none' }
  await addDeltas(db, {
    team,
    deltas: [
      { ...key, n: 1 },
      { ...key, n: 1 },
      { ...key, n: 3 },
    ],
  })
  expect(await unfolded()).toBe(1)
  await addDeltas(db, {
    team,
    deltas: [
      { sequenceId, metric: 'replied', messageId: 'none', n: 1 },
      { sequenceId, metric: 'replied', messageId: 'none', n: -1 },
    ],
  })
  expect(await unfolded()).toBe(1)
})

test('totals are told apart by step and by variant, and add up over both', async () => {
  const [one, two, variantId] = [newId(now, random), newId(now, random), newId(now, random)]
  await addDeltas(db, {
    team,
    deltas: [
      { sequenceId, stepId: one, variantId, metric: 'delivered', messageId: 'none', n: 4 },
      { sequenceId, stepId: one, metric: 'delivered', messageId: 'none', n: 1 },
      { sequenceId, stepId: two, metric: 'delivered', messageId: 'none', n: 2 },
    ],
  })
  const totals = await read()
  expect(totalOf(totals, 'delivered')).toBe(7)
  expect(totalOf(totals, 'delivered', { stepId: one })).toBe(5)
  expect(totalOf(totals, 'delivered', { stepId: one, variantId })).toBe(4)
})

test('a metric that came back to nothing is not listed', async () => {
  await addDeltas(db, { team, deltas: [{ sequenceId, metric: 'active', n: 1 }] })
  await foldAll()
  await addDeltas(db, { team, deltas: [{ sequenceId, metric: 'active', n: -1 }] })
  expect(await read()).toEqual([])
})

test('a sequence of another team has no numbers here', async () => {
  await addDeltas(db, { team: 2, deltas: [{ sequenceId, metric: 'active', n: 9 }] })
  expect(await read()).toEqual([])
})

test('a sequence that nobody was in yet has an empty list', async () => {
  const other = newId(now, random)
  const totals = await readTotals(db, { team, sequenceIds: [sequenceId, other] })
  expect([...totals]).toEqual([
    [sequenceId, []],
    [other, []],
  ])
})

test('what rolls back is never counted', async () => {
  const failing = db.transaction(async (tx) => {
    await addDeltas(tx, { team, deltas: [{ sequenceId, metric: 'active', n: 5 }] })
    throw new Error('rolled back')
  })
  await expect(failing).rejects.toThrow('rolled back')
  await foldAll()
  expect(await read()).toEqual([])
})

test('four folders and six writers at once lose nothing, double nothing, and every reading is one that was true', async () => {
  await foldAll()
  const others = await openPostgres({ url, log: createLog('error'), connections: { api: 10 } })
  const process = others.api
  const writersLeft = { n: 6 }
  const steps = Array.from({ length: 5 }, () => newId(now, random))
  // Every transaction moves one person from a step to the next: the sum over steps is 0 at every commit.
  const write = async () => {
    for (let i = 0; i < 150; i++) {
      const [from, to] = [steps[i % 5]!, steps[(i + 1) % 5]!]
      await process.transaction(async (tx) => {
        await addDeltas(tx, { team, deltas: [{ sequenceId, stepId: from, metric: 'active', n: -1 }] })
        await addDeltas(tx, { team, deltas: [{ sequenceId, stepId: to, metric: 'active', n: 1 }] })
        await addDeltas(tx, {
          team,
          deltas: [{ sequenceId, stepId: to, metric: 'delivered', messageId: 'none', n: 1 }],
        })
      })
    }
    writersLeft.n--
  }
  let folded = 0
  const fold = async () => {
    while (writersLeft.n > 0) {
      const some = await foldDeltas(process)
      folded += some
    }
  }
  const readings: { active: number; delivered: number }[] = []
  const look = async () => {
    while (writersLeft.n > 0) {
      const totals = await read()
      readings.push({ active: totalOf(totals, 'active'), delivered: totalOf(totals, 'delivered') })
    }
  }
  await Promise.all([...Array.from({ length: 6 }, write), ...Array.from({ length: 4 }, fold), look()])
  for (let more = -1; more !== 0; folded += more) more = await foldDeltas(process)
  expect(folded).toBe(6 * 150 * 3)
  const totals = await read()
  expect(totalOf(totals, 'delivered')).toBe(900)
  expect(totalOf(totals, 'active')).toBe(0)
  expect(readings.length).toBeGreaterThan(10)
  expect(readings.filter(({ active }) => active !== 0)).toEqual([])
  expect(readings.every(({ delivered }, i) => i === 0 || delivered >= readings[i - 1]!.delivered)).toBe(true)
  expect(process.deadlocks).toBe(0)
  await others.close()
})
