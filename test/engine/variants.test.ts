/** A/B tests: the wordings of a step are dealt evenly per mailbox, under concurrency, crashes and returned claims, and stay with their email. */
import { sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../src/core/clock.ts'
import type { Db } from '../../src/core/db.ts'
import { type Id, newId } from '../../src/core/ids.ts'
import { claim } from '../../src/engine/claim.ts'
import { createLog } from '../../src/log.ts'
import { seededRandom } from '../../src/random.ts'
import { at, kysely } from '../../src/store/db.ts'
import { bumpSequences } from '../../src/store/lanes.ts'
import { lockEnrollments } from '../../src/store/locks.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { endLease } from '../../src/store/recoveries.ts'
import { redraft } from '../../src/store/releases.ts'
import { stopAndSweep } from '../../src/store/stops.ts'
import { verify } from '../../src/store/verify.ts'
import { TestClock } from '../support/clock.ts'
import { freshDatabase } from '../support/database.ts'
import { type Claimed, enrollPeople, markClaimed, settleClaimed } from '../support/enrolled.ts'
import { enrollLive } from '../support/live-engine.ts'
import { enrollOnSteps, giveTasksNow } from '../support/task-steps.ts'
import { createTeam, type TestTeam } from '../support/team.ts'
import { until } from '../support/until.ts'

const { db, url, drop } = await freshDatabase()
const another = await openPostgres({ url, log: createLog('error') })
const random = seededRandom('variants')
/** A Monday. */
const now = Date.parse('2027-03-01T10:00:00Z')
let clock: TestClock
let team: TestTeam

beforeEach(async () => {
  clock = new TestClock(now)
  team = await createTeam(db, { now, random })
})
afterAll(async () => {
  await another.close()
  await drop()
})

const run = (query: ReturnType<typeof sql>) => query.execute(kysely(db))

const claimBy = (using: Db = db, worker = 'one') =>
  claim(team.team, { db: using, clock, random, log: createLog('silent'), publicUrl: null, worker })

/** Claims until nothing more is found: the first claim after a lease only puts right what was left. */
async function claimAll(using: Db = db, worker = 'one'): Promise<void> {
  for (let empty = 0; empty < 2; ) empty = (await claimBy(using, worker)).batches.length === 0 ? empty + 1 : 0
}

/** The first step has a second wording from now on. */
async function testWording(weight = 1, sequenceId: Id | null = null): Promise<{ a: Id; b: Id; stepId: Id }> {
  const b = newId(now, random)
  const templateId = newId(now, random)
  const { rows } = await sql<{ a: Id; stepId: Id }>`
    select v.id as a, v.step_id as "stepId" from variants v join steps s on s.team_id = v.team_id and s.id = v.step_id
    where v.team_id = ${team.team} and s.position = 1
      and s.sequence_id = coalesce(${sequenceId}, s.sequence_id)`.execute(kysely(db))
  const { a, stepId } = rows[0]!
  await run(sql`
    insert into templates (team_id, id, subject, body_html, created_at, updated_at)
    values (${team.team}, ${templateId}, 'Hi', '<p>Hi</p>', ${at(now)}, ${at(now)})`)
  await run(sql`
    insert into variants (team_id, id, step_id, template_id, approved, weight, created_at)
    values (${team.team}, ${b}, ${stepId}, ${templateId}, true, ${weight}, ${at(now)})`)
  return { a, b, stepId }
}

interface Row {
  id: Id
  variantId: Id
  state: string
  mailboxId: Id
  fence: number
  enrollmentId: Id
  subject: string
}

const messages = async () =>
  (
    await sql<Row>`
      select m.id, m.variant_id as "variantId", m.state, m.mailbox_id as "mailboxId", m.fence, m.enrollment_id as "enrollmentId", c.subject
      from messages m join message_contents c on c.team_id = m.team_id and c.message_id = m.id
      where m.team_id = ${team.team} order by m.id`.execute(kysely(db))
  ).rows
const alive = async () => (await messages()).filter((one) => one.state !== 'cancelled')
const countOf = (rows: readonly Row[], variantId: Id, mailboxId = team.mailboxId) =>
  rows.filter((one) => one.variantId === variantId && one.mailboxId === mailboxId).length
const wordings = async () => Object.fromEntries((await messages()).map((one) => [one.id, one.variantId]))
const proven = async () => expect(await verify(db, { now: clock.now(), team: team.team })).toEqual([])

const setWeight = (id: Id, weight: number) =>
  run(sql`update variants set weight = ${weight}, rev = rev + 1 where team_id = ${team.team} and id = ${id}`)

async function leaseOver(fence: number): Promise<void> {
  await endLease(db, {
    ...{ team: team.team, mailboxId: team.mailboxId, fence },
    ...{ now: clock.now(), real: clock.real() },
  })
}

const pause = (enrollmentIds: Id[]) =>
  stopAndSweep(db, {
    ...{ team: team.team, enrollmentIds, actor: 'user:rae', now: clock.now(), random },
    stop: { to: 'paused', reason: 'paused_by_person', until: null },
  })

/** A mailbox of its own for the same sequence. */
async function anotherMailbox(): Promise<TestTeam> {
  const mailboxId = newId(now, random)
  await run(sql`
    insert into mailboxes (team_id, id, kind, user_id, address, daily_limit, hourly_limit, gap_ms, state, created_at, updated_at)
    values (${team.team}, ${mailboxId}, 'sandbox', ${team.userId}, ${`${mailboxId}@acme.test`}, 1000, 1000, 0, 'connected', ${at(now)}, ${at(now)})`)
  return { ...team, mailboxId }
}

async function sequenceNow() {
  const { rows } = await sql<{ sequenceId: Id; stepId: Id }>`
    select sequence_id as "sequenceId", id as "stepId" from steps where team_id = ${team.team} order by position`.execute(
    kysely(db),
  )
  return { sequenceId: rows[0]!.sequenceId, stepIds: rows.map((row) => row.stepId), variantIds: [] }
}

test('two processes that claim at once deal each mailbox its wordings within one of their weighted shares', async () => {
  await enrollLive(db, team, { count: 23, now, random })
  const { a, b } = await testWording(3)
  const other = await anotherMailbox()
  await enrollPeople(db, other, { count: 18, now, random, sequence: await sequenceNow() })
  await Promise.all([claimAll(db, 'one'), claimAll(another.claim, 'two')])
  const rows = await messages()
  expect(rows).toHaveLength(41)
  for (const [mailboxId, count] of [
    [team.mailboxId, 23],
    [other.mailboxId, 18],
  ] as const) {
    expect(countOf(rows, a, mailboxId) + countOf(rows, b, mailboxId)).toBe(count)
    expect(Math.abs(countOf(rows, b, mailboxId) - (count * 3) / 4)).toBeLessThanOrEqual(1)
  }
  await proven()
})

test('a claim that deals to some and not to others never stands in a circle with whoever locks both', async () => {
  const [untested] = await enrollLive(db, team, { count: 1, now: now - HOUR, random })
  const [tested] = await enrollLive(db, team, { count: 1, now, random })
  const sequenceOf = async (id: Id) =>
    (await sql<{ id: Id }>`select sequence_id as id from enrollments where id = ${id}`.execute(kysely(db)))
      .rows[0]!.id
  await testWording(1, await sequenceOf(tested!.enrollmentId))
  const ids = [untested!.enrollmentId, tested!.enrollmentId]
  expect(ids).toEqual(ids.toSorted())
  let claiming: Promise<unknown> | undefined
  await another.api.transaction(async (tx) => {
    await lockEnrollments(tx, team.team, ids.slice(0, 1))
    claiming = claimBy()
    await until(
      async () => (await sql`select from pg_locks where not granted`.execute(kysely(db))).rows.length,
      (waiting) => waiting > 0,
    )
    await sql`set local lock_timeout = '500ms'`.execute(kysely(tx))
    await lockEnrollments(tx, team.team, ids.slice(1))
  })
  await claiming
  expect((await messages()).map((one) => one.state)).toEqual(['claimed', 'claimed'])
})

test('the first email of every mailbox is not the same wording', async () => {
  await enrollLive(db, team, { count: 1, now, random })
  await testWording()
  const sequence = await sequenceNow()
  for (let i = 0; i < 12; i++)
    await enrollPeople(db, await anotherMailbox(), { count: 1, now, random, sequence })
  await claimAll()
  const rows = await messages()
  expect(rows).toHaveLength(13)
  expect(new Set(rows.map((one) => one.variantId)).size).toBe(2)
})

test('an email that a dead process had claimed keeps its wording, and counts once', async () => {
  await enrollLive(db, team, { count: 9, now, random })
  const { a, b } = await testWording()
  await claimBy()
  const before = await wordings()
  clock.advance(HOUR)
  await claimAll()
  expect(await wordings()).toEqual(before)
  expect((await messages()).every((one) => one.state === 'claimed')).toBe(true)
  await enrollPeople(db, team, { count: 8, now, random, sequence: await sequenceNow() })
  clock.advance(HOUR)
  await claimAll()
  const rows = await messages()
  expect(rows).toHaveLength(17)
  expect(Math.abs(countOf(rows, a) - countOf(rows, b))).toBeLessThanOrEqual(1)
  await proven()
})

test('a wording whose email was stopped before it left is dealt again', async () => {
  await enrollLive(db, team, { count: 8, now, random })
  const { a, b } = await testWording()
  const [batch] = (await claimBy()).batches
  const stopped = (await messages()).filter((one) => one.variantId === a).map((one) => one.enrollmentId)
  await pause(stopped)
  await leaseOver(batch!.fence)
  expect([countOf(await alive(), a), countOf(await alive(), b)]).toEqual([0, 4])
  await enrollPeople(db, team, { count: 4, now, random, sequence: await sequenceNow() })
  clock.advance(MINUTE)
  await claimAll()
  expect([countOf(await alive(), a), countOf(await alive(), b)]).toEqual([4, 4])
  await proven()
})

test('a wording that is switched off, deleted or not reviewed is dealt to nobody, not even to who was dealt it and got no email yet', async () => {
  for (const off of ['weight = 0', `deleted_at = '2027-03-01'`, 'approved = false']) {
    team = await createTeam(db, { now, random })
    await enrollLive(db, team, { count: 6, now, random })
    const { a, b } = await testWording()
    const [batch] = (await claimBy()).batches
    expect(countOf(await messages(), b)).toBe(3)
    await leaseOver(batch!.fence)
    await run(
      sql`update variants set ${sql.raw(off)}, rev = rev + 1 where team_id = ${team.team} and id = ${b}`,
    )
    await claimAll()
    const rows = await messages()
    expect([off, countOf(rows, a), countOf(rows, b)]).toEqual([off, 6, 0])
    expect(rows.every((one) => one.state === 'claimed' && one.subject === 'Hello')).toBe(true)
    await proven()
    clock = new TestClock(now)
  }
})

test('an email that is tried again keeps the wording that it was tried with, also one that is switched off meanwhile', async () => {
  await enrollLive(db, team, { count: 4, now, random })
  const { b } = await testWording()
  const [batch] = (await claimBy()).batches
  const claimed: Claimed = { fence: batch!.fence, messageIds: batch!.messages.map((one) => one.id) }
  await markClaimed(db, team, { claimed, now })
  await settleClaimed(db, team, {
    ...{ claimed, now, random, state: 'deferred', follows: { kind: 'retry', at: now + HOUR } },
  })
  await leaseOver(batch!.fence)
  const before = await wordings()
  expect(Object.values(before).filter((id) => id === b)).toHaveLength(2)
  await setWeight(b, 0)
  clock.advance(2 * HOUR)
  await claimAll()
  const rows = await messages()
  expect(rows.every((one) => one.state === 'claimed')).toBe(true)
  expect(rows.every((one) => one.subject === (one.variantId === b ? 'Hi' : 'Hello'))).toBe(true)
  expect(await wordings()).toEqual(before)
  await proven()
})

test('other weights begin a round of their own', async () => {
  await enrollLive(db, team, { count: 6, now, random })
  const { a, b } = await testWording()
  await claimAll()
  const before = await messages()
  await setWeight(b, 9)
  await enrollPeople(db, team, { count: 10, now, random, sequence: await sequenceNow() })
  clock.advance(HOUR)
  await claimAll()
  const fresh = (await messages()).filter((one) => !before.some(({ id }) => id === one.id))
  expect([countOf(before, a), countOf(before, b)]).toEqual([3, 3])
  expect([countOf(fresh, a), countOf(fresh, b)]).toEqual([1, 9])
  await proven()
})

test('the drafts of a manual email are dealt evenly too, and what leaves is the draft that its person has read', async () => {
  const { people, sequence } = await enrollOnSteps(db, team, {
    ...{ kinds: ['manual_email', 'call', 'auto_email'], count: 7, now, random },
  })
  const { a, b } = await testWording()
  await giveTasksNow(db, team, { clock, random })
  const drafts = await messages()
  expect(drafts.map((one) => one.state)).toEqual(people.map(() => 'drafted'))
  expect(Math.abs(countOf(drafts, a) - countOf(drafts, b))).toBe(1)
  await run(
    sql`update tasks set approved_at = ${at(now)}, approved_by = 'user:rae' where team_id = ${team.team}`,
  )
  await run(sql`update messages set state = 'queued' where team_id = ${team.team}`)
  await run(
    sql`update enrollments set hold_reason = null, due_at = ${at(now)}, rank = 0, rev = rev + 1 where team_id = ${team.team}`,
  )
  await setWeight(b, 0)
  await db.transaction((tx) =>
    bumpSequences(tx, { team: team.team, sequenceIds: [sequence.sequenceId], now }),
  )
  clock.advance(MINUTE)
  await run(sql`update mailboxes set read_at = ${at(clock.now())} where team_id = ${team.team}`)
  await claimAll()
  const sent = await messages()
  expect(sent.map((one) => one.state)).toEqual(people.map(() => 'claimed'))
  expect(sent.map((one) => one.variantId)).toEqual(drafts.map((one) => one.variantId))
})

test('a draft that leaves from another mailbox than it was dealt at counts in no round there', async () => {
  const { sequence } = await enrollOnSteps(db, team, {
    ...{ kinds: ['manual_email', 'call', 'auto_email'], count: 4, now, random },
  })
  const { a, b } = await testWording()
  const other = await anotherMailbox()
  await enrollPeople(db, other, { count: 4, now, random, sequence })
  await run(sql`
    update enrollments set rank = (select max(rank) from enrollments where mailbox_id = ${team.mailboxId})
    where mailbox_id = ${other.mailboxId}`)
  await giveTasksNow(db, team, { clock, random })
  expect([countOf(await messages(), a), countOf(await messages(), a, other.mailboxId)]).toEqual([2, 2])
  const moved = (await messages()).find((one) => one.variantId === a && one.mailboxId === team.mailboxId)!
  await setWeight(b, 0)
  await run(sql`update mailboxes set state = 'removed' where id = ${team.mailboxId}`)
  const own = sql`team_id = ${team.team} and enrollment_id = ${moved.enrollmentId}`
  await run(sql`update tasks set approved_at = ${at(now)}, approved_by = 'user:rae' where ${own}`)
  await run(sql`update messages set state = 'queued' where ${own}`)
  await run(sql`
    update enrollments set mailbox_id = ${other.mailboxId}, hold_reason = null, due_at = ${at(now)}, rank = 0, rev = rev + 1
    where team_id = ${team.team} and id = ${moved.enrollmentId}`)
  const sequenceIds = [sequence.sequenceId]
  await db.transaction((tx) => bumpSequences(tx, { team: team.team, sequenceIds, now }))
  clock.advance(MINUTE)
  await run(sql`update mailboxes set read_at = ${at(clock.now())} where team_id = ${team.team}`)
  await claimAll()
  const sent = (await messages()).find((one) => one.id === moved.id)!
  expect(sent).toMatchObject({ state: 'claimed', mailboxId: other.mailboxId, variantId: a })
  const found = await verify(db, { now: clock.now(), team: team.team })
  expect(found.filter((one) => one.promise.startsWith('wordings'))).toEqual([])
})

test('drafts follow when one of their wordings is to be reviewed again, and the round that ends with it is no uneven one', async () => {
  await enrollOnSteps(db, team, { kinds: ['manual_email', 'call', 'auto_email'], count: 8, now, random })
  const { a, b, stepId } = await testWording()
  await giveTasksNow(db, team, { clock, random })
  expect(countOf(await messages(), b)).toBe(4)
  await run(
    sql`update variants set approved = false, rev = rev + 1 where team_id = ${team.team} and id = ${b}`,
  )
  const redrafting = { team: team.team, stepIds: [stepId], actor: 'user:rae', now: clock.now(), random }
  await db.transaction((tx) => redraft(tx, redrafting))
  await giveTasksNow(db, team, { clock, random })
  const drafts = await messages()
  expect([drafts.length, countOf(drafts, a)]).toEqual([8, 8])
  await proven()
  // Approved again with the weight it had, the round goes on; what it lost is dealt to it first.
  await run(
    sql`update variants set approved = true, rev = rev + 1 where team_id = ${team.team} and id = ${b}`,
  )
  await proven()
})

test('verify finds a count of wordings that is not what was dealt, and wordings that were dealt unevenly', async () => {
  await enrollLive(db, team, { count: 6, now, random })
  const { a, b } = await testWording()
  await claimAll()
  await run(
    sql`update variant_deals set dealt = dealt + 1 where team_id = ${team.team} and variant_id = ${a}`,
  )
  const promises = async () =>
    (await verify(db, { now: now + DAY, team: team.team })).map((one) => one.promise)
  expect(await promises()).toContain('wordings_counted')
  await run(sql`update messages set variant_id = ${a} where team_id = ${team.team}`)
  await run(
    sql`update variant_deals set dealt = case when variant_id = ${b} then 0 else 6 end where team_id = ${team.team}`,
  )
  expect(await promises()).toEqual(expect.arrayContaining(['wordings_dealt_evenly']))
  expect(await promises()).not.toContain('wordings_counted')
})
