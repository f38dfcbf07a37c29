/** The ways back into the queue, at the same moment as something else. */
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { seededRandom } from '../../src/random.ts'
import { kysely } from '../../src/store/db.ts'
import { redraft } from '../../src/store/releases.ts'
import { endTasks } from '../../src/store/task-ends.ts'
import { TestClock } from '../support/clock.ts'
import { freshDatabase } from '../support/database.ts'
import { enrollmentRow } from '../support/looking.ts'
import { enrollOnSteps, giveTasksNow, taskRows } from '../support/task-steps.ts'
import { createTeam } from '../support/team.ts'
import { until } from '../support/until.ts'

const { db, pools, drop } = await freshDatabase()
const random = seededRandom('releases')
const now = Date.parse('2027-03-01T10:00:00Z')
afterAll(() => drop())

const somebodyWaits = async () => {
  const { rows } = await sql<{
    n: number
  }>`select count(*)::int as n from pg_locks where not granted`.execute(kysely(pools.control))
  return rows[0]!.n > 0
}

test('a wording that is saved while a task is completed makes nobody due at once on the next step', async () => {
  const team = await createTeam(db, { now, random })
  const kinds = ['manual_email', 'auto_email', 'auto_email'] as const
  const { sequence, people } = await enrollOnSteps(db, team, { kinds, count: 1, now, random })
  await giveTasksNow(db, team, { clock: new TestClock(now), random })
  const [task] = await taskRows(db, team)
  const about = { team: team.team, actor: 'user:rae', now, random }
  let saving: Promise<unknown> | undefined
  await db.transaction(async (tx) => {
    await endTasks(tx, {
      ...{ ...about, taskIds: [task!.id] },
      end: { as: 'completed', outcome: null, finish: false },
    })
    saving = db.transaction((other) => redraft(other, { ...about, stepIds: [sequence.stepIds[0]!] }))
    await until(somebodyWaits, Boolean)
  })
  expect(await saving).toEqual([])
  const row = await enrollmentRow(db, team.team, people[0]!.enrollmentId)
  expect(row.step).toBe(sequence.stepIds[1])
  expect(row.due).toBeGreaterThan(now)
})
