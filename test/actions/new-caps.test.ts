/** Daily caps that are set while mails go out. */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type SequenceDraft, updateSequence } from '../../src/actions/write-sequence.ts'
import { DAY } from '../../src/core/clock.ts'
import { seededRandom } from '../../src/random.ts'
import { kysely } from '../../src/store/db.ts'
import { verify } from '../../src/store/verify.ts'
import { startApi } from '../support/api.ts'
import { createSequence, type SentSequence, sendFirst } from '../support/sent.ts'
import { testTeamOf } from '../support/sent-team.ts'
import type { TestTeam } from '../support/team.ts'

const api = await startApi()
afterAll(() => api.close())

const random = seededRandom('caps')
const now = api.clock.now()
let team: TestTeam
let sequence: SentSequence

beforeAll(async () => {
  team = await testTeamOf(api)
  sequence = await createSequence(api.db, team, { now: now - DAY, random })
  await sendFirst(api.db, team, { sequence, address: 'yesterday@client.test', now: now - DAY, random })
  for (const name of ['ann', 'bob', 'cleo'])
    await sendFirst(api.db, team, { sequence, address: `${name}@client.test`, now, random })
})

async function edit(draft: SequenceDraft): Promise<void> {
  const writing = { team: team.team, userId: team.userId, actor: 'user:test', now, random }
  const saved = await updateSequence(api.db, writing, { id: sequence.sequenceId, draft })
  expect(saved.ok).toBe(true)
}

async function counters(): Promise<Record<string, number>> {
  const { rows } = await sql<{ kind: string; used: number }>`select kind, used from cap_counters`.execute(
    kysely(api.db),
  )
  return Object.fromEntries(rows.map((row) => [row.kind, row.used]))
}

const steps = (dailyCap: number | null) =>
  sequence.stepIds.map((id, i) => (i === 0 ? { id, dailyCap } : { id }))

test('a daily cap set in the middle of a day counts what was sent that day, and nothing of the day before', async () => {
  await edit({ dailyCap: 5, steps: steps(4) })
  expect(await counters()).toEqual({ sequence: 3, step: 3 })
})

test('a cap that was taken away and set again counts everything once', async () => {
  await edit({ dailyCap: null, steps: steps(null) })
  await sendFirst(api.db, team, { sequence, address: 'dora@client.test', now, random })
  await edit({ dailyCap: 9, steps: steps(9) })
  expect(await counters()).toEqual({ sequence: 4, step: 4 })
  const found = await verify(api.db, { now })
  expect(found.filter((one) => one.promise === 'caps_counted')).toEqual([])
})
