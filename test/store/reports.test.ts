/** Numbers of emails by day in the zone of the team, by mailbox and by domain of the recipient, whatever is folded. */
import { sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { DAY, HOUR } from '../../src/core/clock.ts'
import { type Id, newId } from '../../src/core/ids.ts'
import { seededRandom } from '../../src/random.ts'
import { at, kysely } from '../../src/store/db.ts'
import { type ReportGroup, readReport } from '../../src/store/reports.ts'
import { addDeltas, foldDeltas } from '../../src/store/stats.ts'
import { countTasks } from '../../src/store/task-counts.ts'
import { endTasks } from '../../src/store/task-ends.ts'
import { verify } from '../../src/store/verify.ts'
import { TestClock } from '../support/clock.ts'
import { freshDatabase } from '../support/database.ts'
import {
  claimPeople,
  endBatch,
  enrollPeople,
  markClaimed,
  openSequence,
  type Person,
  settleClaimed,
} from '../support/enrolled.ts'
import type { SentSequence } from '../support/sent.ts'
import { enrollOnSteps, giveTasksNow, taskRows } from '../support/task-steps.ts'
import { createTeam, type TestTeam } from '../support/team.ts'

const { db, drop } = await freshDatabase()
const random = seededRandom('reports')
/** 22:00 on Monday 1 March in New York, where the team is; in UTC it is Tuesday. */
const now = Date.parse('2027-03-02T03:00:00Z')
let team: TestTeam
let sequence: SentSequence

beforeEach(async () => {
  team = await createTeam(db, { now, random, zone: 'America/New_York' })
  sequence = await openSequence(db, team, { now, random })
})
afterAll(() => drop())

const run = (query: ReturnType<typeof sql>) => query.execute(kysely(db))

async function anotherMailbox(): Promise<TestTeam> {
  const mailboxId = newId(now, random)
  await run(sql`
    insert into mailboxes (team_id, id, kind, user_id, address, daily_limit, hourly_limit, gap_ms, state, created_at, updated_at)
    values (${team.team}, ${mailboxId}, 'sandbox', ${team.userId}, ${`${mailboxId}@acme.test`}, 1000, 1000, 0, 'connected', ${at(now)}, ${at(now)})`)
  return { ...team, mailboxId }
}

/** So many people at that domain receive the first email from that mailbox at that moment. */
async function send(o: {
  from?: TestTeam
  count: number
  domain?: string
  when?: number
}): Promise<Person[]> {
  const { from = team, count, domain = 'company.test', when = now } = o
  const people = await enrollPeople(db, from, { count, now: when, random, sequence })
  await run(sql`
    update contacts set address = id || '@' || ${domain}::text where id = any(${people.map((one) => one.contactId)})`)
  const claimed = await claimPeople(db, from, {
    ...{ now: when, random, enrollmentIds: people.map((one) => one.enrollmentId) },
  })
  await markClaimed(db, from, { claimed, now: when })
  await settleClaimed(db, from, { claimed, now: when, random })
  await endBatch(db, from, when)
  return people
}

const event = (person: Person, metric: 'replied' | 'bounced', n = 1) =>
  addDeltas(db, {
    team: team.team,
    deltas: [
      {
        ...{
          sequenceId: sequence.sequenceId,
          stepId: sequence.stepIds[0]!,
          variantId: sequence.variantIds[0]!,
        },
        ...{ messageId: person.messageId, metric, n },
      },
    ],
  })

async function report(
  by: ReportGroup,
  more: { from?: string; to?: string; domain?: string; mailboxId?: Id } = {},
) {
  const whole = await readReport(db, {
    ...{ team: team.team, by, from: '2027-01-01', to: '2027-12-31', limit: 25, offset: 0 },
    ...more,
  })
  return { ...whole, rows: Object.fromEntries(whole.rows.map(({ key, counts }) => [key, counts])) }
}
const proven = async () => expect(await verify(db, { now: now + 9 * DAY, team: team.team })).toEqual([])
async function foldAll(): Promise<void> {
  while ((await foldDeltas(db)) > 0);
}

test('the day of an email is that of the team, and what comes of it later counts on the same day', async () => {
  const [answers] = await send({ count: 3 })
  await send({ count: 1, when: now + 3 * HOUR })
  await foldAll()
  await event(answers!, 'replied')
  expect(await report('day')).toMatchObject({
    totals: { delivered: 4, replied: 1 },
    groups: 2,
    rows: { '2027-03-01': { delivered: 3, replied: 1 }, '2027-03-02': { delivered: 1 } },
  })
  expect((await report('day', { from: '2027-03-02' })).totals).toEqual({ delivered: 1 })
  await foldAll()
  expect((await report('day')).rows).toEqual({
    '2027-03-01': { delivered: 3, replied: 1 },
    '2027-03-02': { delivered: 1 },
  })
})

test('by mailbox and by domain of the recipient, each with its own filter', async () => {
  const other = await anotherMailbox()
  await send({ count: 2, domain: 'north.test' })
  const [bounces] = await send({ from: other, count: 3, domain: 'south.test' })
  await event(bounces!, 'bounced')
  expect((await report('mailbox')).rows).toEqual({
    [team.mailboxId]: { delivered: 2 },
    [other.mailboxId]: { delivered: 3, bounced: 1 },
  })
  expect((await report('domain')).rows).toEqual({
    'north.test': { delivered: 2 },
    'south.test': { delivered: 3, bounced: 1 },
  })
  expect((await report('mailbox', { domain: 'south.test' })).rows).toEqual({
    [other.mailboxId]: { delivered: 3, bounced: 1 },
  })
  expect((await report('domain', { mailboxId: team.mailboxId })).rows).toEqual({
    'north.test': { delivered: 2 },
  })
  await event(bounces!, 'bounced', -1)
  await proven()
})

test('by sequence, step and wording, with names for people', async () => {
  await send({ count: 2 })
  for (const [by, key, name] of [
    ['sequence', sequence.sequenceId, 'Spring'],
    ['step', sequence.stepIds[0]!, 'Spring, step 1'],
    ['variant', sequence.variantIds[0]!, 'Spring, step 1: Hello'],
  ] as const) {
    const asked = { team: team.team, by, from: '2027-03-01', to: '2027-03-01', limit: 25, offset: 0 }
    expect((await readReport(db, asked)).rows).toEqual([{ key, name, counts: { delivered: 2 } }])
  }
})

test('nobody reads the numbers of another team', async () => {
  await send({ count: 2 })
  const own = team
  team = await createTeam(db, { now, random })
  expect(await report('domain', { mailboxId: own.mailboxId })).toEqual({ totals: {}, groups: 0, rows: {} })
})

test('verify finds a day that lost an email', async () => {
  await send({ count: 2 })
  await foldAll()
  await proven()
  await run(sql`update stat_days set n = 1 where team_id = ${team.team} and metric = 'delivered'`)
  const found = await verify(db, { now, team: team.team })
  expect(found.map((one) => one.promise)).toEqual(['days_add_up', 'days_and_mailboxes_counted'])
})

test('open, done and skipped tasks of a step are counted from the tasks', async () => {
  const clock = new TestClock(now)
  const { sequence: calls } = await enrollOnSteps(db, team, {
    ...{ kinds: ['call', 'call', 'call'], count: 6, now, random },
  })
  await giveTasksNow(db, team, { clock, random })
  const [one, two, three] = await taskRows(db, team)
  const ending = { team: team.team, actor: 'user:rae', now, random }
  await db.transaction((tx) =>
    endTasks(tx, { ...ending, taskIds: [one!.id], end: { as: 'completed', outcome: null, finish: true } }),
  )
  await db.transaction((tx) =>
    endTasks(tx, {
      ...{ ...ending, taskIds: [two!.id, three!.id] },
      end: { as: 'skipped', reason: 'skipped_by_person', outcome: null },
    }),
  )
  const counts = await countTasks(db, { team: team.team, sequenceId: calls.sequenceId })
  expect(counts.get(calls.stepIds[0]!)).toEqual({ open: 3, completed: 1, skipped: 2, outcomes: [] })
})
