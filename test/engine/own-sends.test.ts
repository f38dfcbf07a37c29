/** Drafts that a person has sent off, beside emails of the same sequence and mailbox that wait for their window. */
import { sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { sendDraft } from '../../src/actions/write-draft.ts'
import { HOUR, MINUTE } from '../../src/core/clock.ts'
import { claim } from '../../src/engine/claim.ts'
import { createLog } from '../../src/log.ts'
import { seededRandom } from '../../src/random.ts'
import { at, kysely } from '../../src/store/db.ts'
import { verify } from '../../src/store/verify.ts'
import { TestClock } from '../support/clock.ts'
import { freshDatabase } from '../support/database.ts'
import { enrollPeople, openSequence } from '../support/enrolled.ts'
import { enrollOnSteps, giveTasksNow, type TaskTeam, taskRows } from '../support/task-steps.ts'
import { createTeam, type TestTeam } from '../support/team.ts'

const { db, drop } = await freshDatabase()
const random = seededRandom('own sends')
// A Monday; the windows of the test are on Tuesdays.
const now = Date.parse('2027-03-01T10:00:00Z')
const TUESDAYS = '[{"day": 2, "opensAtMinute": 540, "closesAtMinute": 1020}]'
/** More than a claim looks at. */
const WAITING = 30
let clock: TestClock
let team: TestTeam
let people: TaskTeam['people']

beforeEach(async () => {
  await sql`truncate teams, users, mailboxes cascade`.execute(kysely(db))
  clock = new TestClock(now)
  team = await createTeam(db, { now, random })
  const kinds = ['manual_email', 'auto_email', 'auto_email'] as const
  ;({ people } = await enrollOnSteps(db, team, { kinds, count: WAITING + 1, now, random }))
})
afterAll(() => drop())

const claimNow = async () => {
  const tools = { db, clock, random, log: createLog('silent'), publicUrl: null, worker: 'one' }
  const { batches, wantsRead } = await claim(team.team, tools)
  const left = batches.flatMap(({ messages }) => messages.map(({ enrollmentId }) => enrollmentId))
  return { left, wantsRead }
}

/** The first of the people has a draft; the others wait for an automatic email that was due an hour ago. */
async function waitForTuesday(first: 'first step' | 'follow-up') {
  const rank = first === 'first step' ? 7 : 6
  const [one, ...others] = people.map((person) => person.enrollmentId)
  await sql`
    update enrollments e set rank = case when id = ${one} then ${rank}::int else 1 end,
      step_id = case when id = ${one} then step_id else (
        select s.id from steps s where s.team_id = e.team_id and s.sequence_id = e.sequence_id and s.position = 2) end,
      due_at = case when id = ${one} then due_at else ${at(now - HOUR)} end
    where id = any(${[one, ...others]})`.execute(kysely(db))
  await readInbox()
  await giveTasksNow(db, team, { clock, random })
  await sql`update schedules set windows = ${TUESDAYS}::jsonb, always = false`.execute(kysely(db))
  return one!
}

const readInbox = () =>
  sql`update mailboxes set read_at = ${at(clock.now())}, wake_at = ${at(clock.now())}`.execute(kysely(db))

async function sendOff() {
  const [task] = await taskRows(db, team)
  const sent = await sendDraft(db, {
    team: team.team,
    taskId: task!.id,
    actor: `user:${team.userId}`,
    publicUrl: null,
    now: clock.now(),
    random,
  })
  expect(sent.ok).toBe(true)
}

const forgotten = async () =>
  (await verify(db, { now: clock.now() })).filter(({ promise }) => promise === 'nobody_forgotten')

test('what a person sends off leaves at once, however many emails of the sequence wait for their window', async () => {
  const one = await waitForTuesday('first step')
  expect((await claimNow()).left).toEqual([])
  await sendOff()
  expect((await claimNow()).left).toEqual([one])
})

test('a follow-up that a person sends off leaves when the inbox was read, though its lane sleeps until the window', async () => {
  const one = await waitForTuesday('follow-up')
  expect((await claimNow()).left).toEqual([])
  clock.advance(5 * MINUTE)
  await sendOff()
  expect(await claimNow()).toEqual({ left: [], wantsRead: true })
  expect(await forgotten()).toEqual([])
  await readInbox()
  expect((await claimNow()).left).toEqual([one])
})

test('a lane that is awake for what a person sent off, while its emails wait for their window, hides no other lane', async () => {
  await waitForTuesday('follow-up')
  expect((await claimNow()).left).toEqual([])
  clock.advance(5 * MINUTE)
  const sequence = await openSequence(db, team, { now: clock.now(), random })
  const [other] = await enrollPeople(db, team, { sequence, count: 1, now: clock.now(), random })
  await sql`update enrollments set rank = 5 where id = ${other!.enrollmentId}`.execute(kysely(db))
  // With a gap it may send one at a time, and looks at few.
  await sql`update mailboxes set gap_ms = 60000`.execute(kysely(db))
  // The inbox is not read meanwhile: what was sent off waits for that, and keeps its lane awake.
  await sendOff()
  expect((await claimNow()).left).toEqual([other!.enrollmentId])
})
