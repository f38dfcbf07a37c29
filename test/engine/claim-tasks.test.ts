/** Steps for a person: when they are due, whoever writes to the contact has one task of each, whatever the mailbox can do. */
import { sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { DAY, MINUTE } from '../../src/core/clock.ts'
import { claim } from '../../src/engine/claim.ts'
import { skipOverdue } from '../../src/engine/housekeeping.ts'
import { createLog } from '../../src/log.ts'
import { seededRandom } from '../../src/random.ts'
import { kysely } from '../../src/store/db.ts'
import { bumpSequences } from '../../src/store/lanes.ts'
import { nextTaskWake, teamsWithTasks } from '../../src/store/task-claims.ts'
import { endTasks } from '../../src/store/task-ends.ts'
import { nextDue, unfinished } from '../../src/store/travel.ts'
import { verify } from '../../src/store/verify.ts'
import { TestClock } from '../support/clock.ts'
import { freshDatabase } from '../support/database.ts'
import { activitiesOf, enrollmentRow, messageRow, numbersFromRows, numbersOf } from '../support/looking.ts'
import { enrollOnSteps, giveTasksNow, type TaskTeam, taskRows } from '../support/task-steps.ts'
import { createTeam, type TestTeam } from '../support/team.ts'

const { db, drop } = await freshDatabase()
const random = seededRandom('claim tasks')
/** A Monday. */
const now = Date.parse('2027-03-01T10:00:00Z')
let clock: TestClock
let team: TestTeam

beforeEach(async () => {
  clock = new TestClock(now)
  team = await createTeam(db, { now, random })
})
afterAll(() => drop())

const give = () => giveTasksNow(db, team, { clock, random })
const row = (id: string) => enrollmentRow(db, team.team, id)
const calls = (count = 1, autoSkipDays?: number): Promise<TaskTeam> =>
  enrollOnSteps(db, team, {
    ...{ kinds: ['call', 'manual_email', 'auto_email'], count, now, random },
    ...(autoSkipDays === undefined ? {} : { autoSkipDays }),
  })
const end = (taskId: string, as: 'completed' | 'skipped', finish = false) =>
  db.transaction((tx) =>
    endTasks(tx, {
      ...{ team: team.team, taskIds: [taskId], actor: 'user:rae', now: clock.now(), random },
      end:
        as === 'completed'
          ? { as, outcome: 'no answer', finish }
          : { as, reason: 'skipped_by_person', outcome: null },
    }),
  )
const proven = () => verify(db, { now: clock.now(), team: team.team })

test('a call is given when it is due, with the note and priority of its step, to whoever owns the mailbox', async () => {
  const { people, sequence } = await calls(1, 3)
  await give()
  expect(await taskRows(db, team)).toMatchObject([
    {
      kind: 'call',
      state: 'open',
      priority: 'high',
      note: 'Ask about the trial',
      userId: team.userId,
      enrollmentId: people[0]!.enrollmentId,
      stepId: sequence.stepIds[0],
      messageId: null,
      dueAt: now,
      skipsAt: now + 3 * DAY,
    },
  ])
  expect(await row(people[0]!.enrollmentId)).toMatchObject({
    state: 'active',
    hold: 'task_open',
    detail: 'call',
    due: null,
  })
  expect((await activitiesOf(db, team.team, people[0]!.enrollmentId)).map((one) => one.kind)).toEqual([
    'enrolled',
    'task_created',
  ])
  expect(await numbersOf(db, team.team, sequence.sequenceId)).toEqual(
    await numbersFromRows(db, team.team, sequence.sequenceId),
  )
  expect(await proven()).toEqual([])
})

test('neither a full nor a disconnected mailbox keeps a call waiting', async () => {
  await calls()
  await sql`
    update mailboxes set state = 'disconnected', daily_limit = 0, wake_at = 'infinity', read_problem = 'login refused'
    where team_id = ${team.team}`.execute(kysely(db))
  await give()
  expect(await taskRows(db, team)).toHaveLength(1)
})

test('a step for a person does not stand in the way of emails, and is not looked at by their claim', async () => {
  await calls(30)
  const tools = { db, clock, random, log: createLog('silent'), publicUrl: null, worker: 'one' }
  await claim(team.team, tools)
  expect(await taskRows(db, team)).toEqual([])
  await give()
  expect(await taskRows(db, team)).toHaveLength(30)
})

test('while the sequence is off nobody is given a task, and its lane sleeps until it is on', async () => {
  const { sequence } = await calls()
  await sql`update sequences set active = false where team_id = ${team.team}`.execute(kysely(db))
  await give()
  expect(await taskRows(db, team)).toEqual([])
  expect(await teamsWithTasks(db, { now })).not.toContain(team.team)
  await sql`update sequences set active = true where team_id = ${team.team}`.execute(kysely(db))
  await db.transaction((tx) =>
    bumpSequences(tx, { team: team.team, sequenceIds: [sequence.sequenceId], now }),
  )
  await give()
  expect(await taskRows(db, team)).toHaveLength(1)
})

test('whoever is on the do-not-contact list is given no call', async () => {
  const { people } = await calls()
  await sql`
    insert into suppressions (team_id, kind, value, reason, source, created_at)
    values (${team.team}, 'address', ${people[0]!.address}, 'opt_out', 'test', ${new Date(now).toISOString()})`.execute(
    kysely(db),
  )
  await give()
  expect(await taskRows(db, team)).toEqual([])
  expect(await row(people[0]!.enrollmentId)).toMatchObject({ state: 'finished', reason: 'opted_out' })
})

test('two workers that look at once give one task each', async () => {
  await calls(60)
  await Promise.all([give(), give(), give(), give()])
  const tasks = await taskRows(db, team)
  expect(tasks).toHaveLength(60)
  expect(new Set(tasks.map((one) => one.enrollmentId)).size).toBe(60)
  expect(await proven()).toEqual([])
})

test('a worker that dies before its claim commits leaves the step due', async () => {
  const { people } = await calls()
  await expect(
    db.transaction(async (tx) => {
      await giveTasksNow(tx, team, { clock, random })
      throw new Error('killed')
    }),
  ).rejects.toThrow('killed')
  expect(await taskRows(db, team)).toEqual([])
  expect(await row(people[0]!.enrollmentId)).toMatchObject({ due: now, hold: null })
  await give()
  expect(await taskRows(db, team)).toHaveLength(1)
})

test('a manual email is given as a task with a draft, before any socket', async () => {
  const { people } = await enrollOnSteps(db, team, {
    ...{ kinds: ['manual_email', 'call', 'auto_email'], count: 1, now, random },
  })
  await give()
  const [task] = await taskRows(db, team)
  expect(task).toMatchObject({ kind: 'manual_email', state: 'open', messageId: people[0]!.messageId })
  expect(await messageRow(db, team.team, people[0]!.messageId)).toMatchObject({
    state: 'drafted',
    attempt: 0,
    counted: null,
  })
  expect(await proven()).toEqual([])
})

test('a call that was done moves to the next step, whose wait begins at that moment', async () => {
  const { people, sequence } = await calls()
  await give()
  clock.advance(5 * DAY)
  const [task] = await taskRows(db, team)
  expect(await end(task!.id, 'completed')).toEqual([task!.id])
  const [person] = people
  expect(await row(person!.enrollmentId)).toMatchObject({
    state: 'active',
    hold: null,
    step: sequence.stepIds[1],
    due: Date.parse('2027-03-08T00:00:00Z'),
  })
  expect((await activitiesOf(db, team.team, person!.enrollmentId)).at(-1)).toMatchObject({
    kind: 'task_completed',
    actor: 'user:rae',
  })
  expect(await taskRows(db, team)).toMatchObject([{ state: 'completed', outcome: 'no answer' }])
  expect(await numbersOf(db, team.team, sequence.sequenceId)).toEqual(
    await numbersFromRows(db, team.team, sequence.sequenceId),
  )
  expect(await end(task!.id, 'skipped')).toEqual([])
  expect(await proven()).toEqual([])
})

test('a skipped call moves on too, and says who skipped it', async () => {
  const { people, sequence } = await calls()
  await give()
  const [task] = await taskRows(db, team)
  await end(task!.id, 'skipped')
  expect(await row(people[0]!.enrollmentId)).toMatchObject({ hold: null, step: sequence.stepIds[1] })
  expect((await activitiesOf(db, team.team, people[0]!.enrollmentId)).at(-1)).toEqual({
    kind: 'skipped',
    reason: 'skipped_by_person',
    actor: 'user:rae',
  })
})

test('an outcome that ends it finishes the enrollment instead', async () => {
  const { people } = await calls()
  await give()
  const [task] = await taskRows(db, team)
  await end(task!.id, 'completed', true)
  expect(await row(people[0]!.enrollmentId)).toMatchObject({ state: 'finished', reason: 'marked_finished' })
  expect(await taskRows(db, team)).toMatchObject([{ state: 'completed' }])
})

test('a task that nobody ends is skipped after its days, under our clock', async () => {
  const { people, sequence } = await calls(2, 3)
  await give()
  expect(await nextDue(db, now)).toBeLessThanOrEqual(now + 3 * DAY)
  clock.advance(3 * DAY - 1)
  expect(await skipOverdue(db, { now: clock.now(), random })).toBe(0)
  clock.advance(1)
  expect((await unfinished(db, clock.now())).tasks).toBeGreaterThanOrEqual(2)
  await Promise.all([
    skipOverdue(db, { now: clock.now(), random }),
    skipOverdue(db, { now: clock.now(), random }),
  ])
  for (const { enrollmentId } of people) {
    expect(await row(enrollmentId)).toMatchObject({ step: sequence.stepIds[1], hold: null })
    expect((await activitiesOf(db, team.team, enrollmentId)).slice(-1)).toEqual([
      { kind: 'skipped', reason: 'auto_skipped', actor: 'engine' },
    ])
  }
  expect((await taskRows(db, team)).map((one) => one.state)).toEqual(['skipped', 'skipped'])
  expect(await proven()).toEqual([])
})

test('the next lane with a task wakes the engine in time', async () => {
  await calls()
  clock.advance(MINUTE)
  expect(await teamsWithTasks(db, { now: clock.now() })).toContain(team.team)
  expect(await nextTaskWake(db)).toBeLessThanOrEqual(clock.now())
  await give()
  expect(await teamsWithTasks(db, { now: clock.now() })).not.toContain(team.team)
})
