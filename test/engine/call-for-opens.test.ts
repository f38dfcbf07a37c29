/** `create_task_if_email_open`: whoever opens an email of the sequence so often becomes a call, once, whichever process judges. */
import { sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { endTask } from '../../src/actions/write-task.ts'
import { type Instant, MINUTE, SECOND } from '../../src/core/clock.ts'
import type { Db } from '../../src/core/db.ts'
import { JUDGED_AFTER_MS } from '../../src/core/visit.ts'
import { judgeVisits } from '../../src/engine/judge-visits.ts'
import { createLog } from '../../src/log.ts'
import { seededRandom } from '../../src/random.ts'
import { kysely } from '../../src/store/db.ts'
import { lockEnrollments } from '../../src/store/locks.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { stop } from '../../src/store/stops.ts'
import { verify } from '../../src/store/verify.ts'
import { recordVisit } from '../../src/store/visits.ts'
import { freshDatabase } from '../support/database.ts'
import { createSequence, type SentPerson, type SentSequence, sendFirst } from '../support/sent.ts'
import { createTeam, type TestTeam } from '../support/team.ts'
import { until } from '../support/until.ts'

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'
const APPLE_MAIL = 'Mozilla/5.0'
const START = Date.parse('2027-03-01T10:00:00Z')
const random = seededRandom('calls for openings')

const { db, url, drop } = await freshDatabase()
const another = await openPostgres({ url, log: createLog('error') })
afterAll(async () => {
  await another.close()
  await drop()
})

let team: TestTeam
let sequence: SentSequence
let now: Instant
beforeEach(async () => {
  now = START
  team = await createTeam(db, { now, random })
  sequence = await createSequence(db, team, { now, random })
})

const ask = (threshold: number | null) =>
  sql`update sequences set task_on_opens = true, task_open_threshold = ${threshold} where id = ${sequence.sequenceId}`.execute(
    kysely(db),
  )

/** Ann, who received the first email an hour ago. */
async function reader(name = 'ann'): Promise<SentPerson> {
  const address = `${name}@client.test`
  const person = await sendFirst(db, team, { now: START, random, sequence, address })
  now = Math.max(now, START + 60 * MINUTE)
  return person
}

async function opens(person: SentPerson, agent = FIREFOX): Promise<void> {
  now += 20 * SECOND
  const about = { team: team.team, messageId: person.messageId, link: null, target: null }
  await recordVisit(db, {
    ...about,
    ...{ kind: 'open', way: 'get', agent, now, random },
  })
}

const judge = (by: Db = db, at: Instant = now + JUDGED_AFTER_MS) => judgeVisits(by, { now: at, random })

interface Call {
  kind: string
  state: string
  title: string
  note: string
  contactId: string
  userId: string
  openedEnrollmentId: string
}
async function calls(): Promise<Call[]> {
  const { rows } = await sql<Call>`
    select kind, state, title, note, contact_id as "contactId", user_id as "userId", opened_enrollment_id as "openedEnrollmentId"
    from tasks where team_id = ${team.team} order by title`.execute(kysely(db))
  return rows
}
const enrollmentOf = async ({ enrollmentId }: SentPerson) =>
  (
    await sql<{ state: string; reason: string | null; stepId: string; due: boolean }>`
      select state, reason, step_id as "stepId", due_at is not null as due from enrollments where id = ${enrollmentId}`.execute(
      kysely(db),
    )
  ).rows[0]!
/** Of the people here only what is looked at stands in the rows. */
const ABOUT = ['visits_counted', 'calls_for_opens_earned', 'call_outcomes_counted', 'task_has_step']
const proved = async () =>
  expect((await verify(db, { now })).filter((one) => ABOUT.includes(one.promise))).toEqual([])

test('the third opening by a person gives the owner a call that says why, and moves nobody in the sequence', async () => {
  await ask(null)
  const person = await reader()
  const before = await enrollmentOf(person)
  for (const _opening of [1, 2]) await opens(person)
  await judge()
  expect(await calls()).toEqual([])
  await opens(person)
  await judge()
  const [call] = await calls()
  expect(call).toMatchObject({
    ...{ kind: 'call', state: 'open', title: 'Call Ann: opened your email 3 times' },
    ...{ contactId: person.contactId, userId: team.userId, openedEnrollmentId: person.enrollmentId },
  })
  expect(call!.note).toContain('step 1 of Spring, was opened 3 times')
  expect(await enrollmentOf(person)).toEqual(before)
  const { rows } = await sql`
    select kind from activities where team_id = ${team.team} and kind = 'call_for_opens' and enrollment_id = ${person.enrollmentId}`.execute(
    kysely(db),
  )
  expect(rows).toHaveLength(1)
  await proved()
})

test('openings by machines count for nothing, and those of two people are not put together', async () => {
  await ask(2)
  const [ann, ben] = [await reader('ann'), await reader('ben')]
  for (const _fetch of [1, 2, 3]) await opens(ann, APPLE_MAIL)
  await opens(ann)
  await opens(ben)
  await judge()
  expect(await calls()).toEqual([])
})

test('one call in an enrollment: not for the next opening, nor once it was made', async () => {
  await ask(1)
  const person = await reader()
  for (const _opening of [1, 2, 3]) {
    await opens(person)
    await judge()
  }
  expect(await calls()).toHaveLength(1)
  const { rows } = await sql<{ id: string }>`select id from tasks where team_id = ${team.team}`.execute(
    kysely(db),
  )
  const end = { as: 'completed', outcome: 'Talked', finish: false } as const
  await endTask(db, { team: team.team, actor: 'user:rae', now, random }, { id: rows[0]!.id, end })
  await opens(person)
  await judge()
  expect((await calls()).map((one) => one.state)).toEqual(['completed'])
  expect(await enrollmentOf(person)).toMatchObject({ state: 'active' })
  await proved()
})

test('a call for openings that is completed and finishes ends the sequence of that person', async () => {
  await ask(1)
  const person = await reader()
  await opens(person)
  await judge()
  const { rows } = await sql<{ id: string }>`select id from tasks where team_id = ${team.team}`.execute(
    kysely(db),
  )
  const end = { as: 'completed', outcome: 'Buys', finish: true } as const
  await endTask(db, { team: team.team, actor: 'user:rae', now, random }, { id: rows[0]!.id, end })
  expect(await enrollmentOf(person)).toMatchObject({ state: 'finished', reason: 'marked_finished' })
  await proved()
})

test.each([
  ['replied', false],
  ['opted_out', false],
  ['meeting', false],
  ['completed', true],
] as const)('whoever is over as %s: a call is %s', async (reason, called) => {
  await ask(1)
  const person = await reader()
  await db.transaction((tx) =>
    stop(tx, {
      ...{ team: team.team, enrollmentIds: [person.enrollmentId], actor: 'engine', now, random },
      stop: { to: 'finished', reason },
    }),
  )
  await opens(person)
  await judge()
  expect(await calls()).toHaveLength(called ? 1 : 0)
})

test('verify finds a call for openings where no person has opened anything', async () => {
  await ask(1)
  const person = await reader()
  await opens(person)
  await judge()
  await proved()
  await sql`update messages set opened_at = null where id = ${person.messageId}`.execute(kysely(db))
  expect((await verify(db, { now })).map((one) => one.promise)).toContain('calls_for_opens_earned')
  await sql`update messages set opened_at = updated_at where id = ${person.messageId}`.execute(kysely(db))
})

test('a sequence that asks for no call gives none', async () => {
  const person = await reader()
  for (const _opening of [1, 2, 3]) await opens(person)
  await judge()
  expect(await calls()).toEqual([])
})

const waitingForLocks = async () =>
  (
    await sql<{ n: number }>`
      select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
      kysely(db),
    )
  ).rows[0]!.n

test('two processes that judge an opening each at the same time count both: the call is given, once', async () => {
  await ask(2)
  const person = await reader()
  await opens(person)
  const first = now + JUDGED_AFTER_MS
  await opens(person)
  let judging: Promise<unknown>[] = []
  await db.transaction(async (tx) => {
    await lockEnrollments(tx, team.team, [person.enrollmentId])
    judging = [judge(db, first)]
    await until(waitingForLocks, (n) => n === 1)
    // The first has the first opening in its hands; the second finds the other one.
    judging.push(judge(another.api))
    await until(waitingForLocks, (n) => n === 2)
  })
  await Promise.all(judging)
  expect(await calls()).toHaveLength(1)
  await proved()
})

test('two processes that judge the openings of many people give each one call', async () => {
  await ask(2)
  const people = []
  for (let n = 0; n < 30; n++) people.push(await reader(`reader${n}`))
  for (const _round of [1, 2, 3]) for (const person of people) await opens(person)
  const rounds = [db, another.api].map(async (by) => {
    for (const _round of [1, 2, 3]) await judge(by)
  })
  await Promise.all(rounds)
  const given = await calls()
  expect(given).toHaveLength(30)
  expect(new Set(given.map((one) => one.openedEnrollmentId)).size).toBe(30)
  await proved()
})
