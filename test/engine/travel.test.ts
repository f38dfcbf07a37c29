/** Time travel over the rows: the clock goes from one due thing to the next, waits for what is not done, and arrives. */
import { sql } from 'kysely'
import { afterAll, afterEach, expect, test } from 'vitest'
import { ServerClock } from '../../src/clock.ts'
import { DAY, HOUR, type Instant } from '../../src/core/clock.ts'
import { startTravel, stepClock } from '../../src/engine/travel.ts'
import { createLog } from '../../src/log.ts'
import { seededRandom } from '../../src/random.ts'
import { closeMailboxes } from '../../src/store/claims.ts'
import { at, kysely } from '../../src/store/db.ts'
import { askServerClock } from '../../src/store/postgres.ts'
import { saveAnswer } from '../../src/store/sandbox-box.ts'
import { readTravel, requestTravel, travelArrived } from '../../src/store/travel.ts'
import { freshDatabase } from '../support/database.ts'
import { createTeam } from '../support/team.ts'

const { db, pools, drop } = await freshDatabase()
const random = seededRandom('travel')
const log = createLog('silent')
const clocks: ServerClock[] = []
const travels: { stop(): Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(travels.splice(0).map((one) => one.stop()))
  for (const clock of clocks.splice(0)) clock.close()
  const tables = sql`teams, users, mailboxes, folders, stages, sandbox_mails, messages, enrollments, sequences, contacts`
  await sql`truncate ${tables} cascade`.execute(kysely(db))
  await sql`update deployment set travel_offset_ms = 0, travel_target = null, travelled = false`.execute(
    kysely(db),
  )
})
afterAll(() => drop())

async function openClock(): Promise<ServerClock> {
  const clock = await ServerClock.open({ ask: () => askServerClock(pools.control) })
  clocks.push(clock)
  return clock
}

function travel(clock: ServerClock, more: { stuckAfterMs?: number; onMove?: () => void } = {}): void {
  travels.push(startTravel({ db: pools.control, clock, log, ...more }))
}

const step = (clock: ServerClock) => db.transaction((tx) => stepClock(tx, clock))

async function wakeMailbox(id: string, instant: Instant | null): Promise<void> {
  const value = instant === null ? sql`'infinity'::timestamptz` : sql`${at(instant)}::timestamptz`
  await sql`update mailboxes set wake_at = ${value} where id = ${id}`.execute(kysely(db))
}

/** Plays the engine: whenever the mailbox is awake, notes when, and puts it to sleep until the next of `wakes`. */
async function serve(clock: ServerClock, mailboxId: string, wakes: Instant[]): Promise<Instant[]> {
  const served: Instant[] = []
  while (wakes.length > 0) {
    const { rows } = await sql<{
      id: string
    }>`select id from mailboxes where wake_at <= ${at(clock.now())}`.execute(kysely(db))
    if (rows.length > 0) {
      served.push(clock.now())
      wakes.shift()
      await wakeMailbox(mailboxId, wakes[0] ?? null)
    }
    await clock.sleep(2)
  }
  return served
}

async function arrival(clock: ServerClock, until: Instant) {
  for (;;) {
    const travelled = await travelArrived(db, { until, real: clock.real() })
    if (travelled.kind !== 'travelling') return travelled
    await clock.sleep(5)
  }
}

test('the clock stops at everything that falls due before it arrives', async () => {
  const clock = await openClock()
  const start = clock.now()
  const { mailboxId } = await createTeam(db, { now: start, random })
  const wakes = [start + HOUR, start + DAY, start + 3 * DAY]
  await wakeMailbox(mailboxId, wakes[0]!)
  travel(clock)
  const requested = await requestTravel(db, { until: start + 2 * DAY, now: start })
  expect(requested).toEqual({ kind: 'requested', until: start + 2 * DAY })
  const serving = serve(clock, mailboxId, wakes.slice(0, 2))
  const [served, travelled] = await Promise.all([serving, arrival(clock, start + 2 * DAY)])
  expect(travelled.kind).toBe('arrived')
  expect(served).toHaveLength(2)
  for (const [index, instant] of served.entries()) {
    expect(instant).toBeGreaterThanOrEqual(wakes[index]!)
    expect(instant - wakes[index]!).toBeLessThan(10_000)
  }
  expect(clock.real() + travelled.offsetMs - (start + 2 * DAY)).toBeLessThan(10_000)
})

test('the clock waits for an answer in the sandbox that was not read', async () => {
  const clock = await openClock()
  const now = clock.now()
  const { team, mailboxId } = await createTeam(db, { now, random })
  const letter = {
    rfcId: '<a@b>',
    from: 'ann@acme.test',
    to: 'sandbox@segue.test',
    subject: 'Re: Hi',
    raw: Buffer.from('x'),
  }
  const { uid } = await saveAnswer(db, { team, mailboxId, ...letter, now, random })
  await sql`update mailboxes set read_wanted_at = null`.execute(kysely(db))
  await requestTravel(db, { until: now + DAY, now })
  expect(await step(clock)).toMatchObject({ kind: 'waiting', left: { unread: 1, wanted: 0, awake: 0 } })
  await sql`update folders set last_uid = ${uid} where mailbox_id = ${mailboxId}`.execute(kysely(db))
  expect(await step(clock)).toEqual({ kind: 'moved', to: now + DAY })
})

test('the clock waits while a follow-up waits for its inbox to be read', async () => {
  const clock = await openClock()
  const now = clock.now()
  const { mailboxId } = await createTeam(db, { now, random })
  await sql`update mailboxes set read_wanted_at = ${at(now)}`.execute(kysely(db))
  await requestTravel(db, { until: now + DAY, now })
  expect(await step(clock)).toMatchObject({ kind: 'waiting', left: { wanted: 1 } })
  await sql`update mailboxes set read_wanted_at = null where id = ${mailboxId}`.execute(kysely(db))
  expect(await step(clock)).toEqual({ kind: 'moved', to: now + DAY })
})

test('a claim that finds the inbox unread never leaves its mailbox asleep without the wish to read it', async () => {
  const clock = await openClock()
  const now = clock.now()
  const { team, mailboxId } = await createTeam(db, { now, random })
  await requestTravel(db, { until: now + DAY, now })
  const end = { id: mailboxId, wakeAt: null, busyUntil: null, wantsRead: true }
  await db.transaction((tx) => closeMailboxes(tx, { team, worker: 'w', now, real: now, mailboxes: [end] }))
  expect(await step(clock)).toMatchObject({ kind: 'waiting', left: { wanted: 1 } })
})

test('every process follows the clock that one of them moves', async () => {
  const [mover, follower] = [await openClock(), await openClock()]
  const now = mover.now()
  await createTeam(db, { now, random })
  travel(mover)
  travel(follower)
  await requestTravel(db, { until: now + DAY, now })
  expect((await arrival(mover, now + DAY)).kind).toBe('arrived')
  while (follower.now() < now + DAY) await follower.sleep(5)
  // Each knows the server's clock to half of a round trip, which takes a second at most.
  expect(Math.abs(follower.now() - mover.now())).toBeLessThan(1_000)
})

test('a travel whose next thing cannot be done ends there and says so', async () => {
  const clock = await openClock()
  const now = clock.now()
  const { mailboxId } = await createTeam(db, { now, random })
  await wakeMailbox(mailboxId, now + HOUR)
  travel(clock, { stuckAfterMs: 200 })
  await requestTravel(db, { until: now + DAY, now })
  const travelled = await arrival(clock, now + DAY)
  expect(travelled.kind).toBe('stopped_short')
  expect(travelled.offsetMs).toBeGreaterThanOrEqual(HOUR - 10_000)
  expect(travelled.offsetMs).toBeLessThan(2 * HOUR)
})

test('next goes to the next thing that falls due, and is refused when nothing will', async () => {
  const clock = await openClock()
  const now = clock.now()
  const { mailboxId } = await createTeam(db, { now, random })
  expect(await requestTravel(db, { until: 'next', now })).toMatchObject({ kind: 'refused' })
  expect((await readTravel(db)).travelled).toBe(false)
  await wakeMailbox(mailboxId, now + 5 * HOUR)
  expect(await requestTravel(db, { until: 'next', now })).toEqual({
    kind: 'requested',
    until: now + 5 * HOUR,
  })
})

test('a real mailbox forbids time travel, a removed one does not', async () => {
  const clock = await openClock()
  const now = clock.now()
  const { team, userId } = await createTeam(db, { now, random })
  await sql`
    insert into mailboxes (team_id, id, kind, user_id, address, state, created_at, updated_at)
    values (${team}, 'aaaaaaaaaaaaaaaaaaaaaaaa', 'smtp', ${userId}, 'sales@acme.test', 'unchecked', ${at(now)}, ${at(now)})`.execute(
    kysely(db),
  )
  const refused = await requestTravel(db, { until: now + DAY, now })
  expect(refused).toMatchObject({ kind: 'refused', sentence: expect.stringContaining('sales@acme.test') })
  expect(await readTravel(db)).toEqual({ offsetMs: 0, target: null, travelled: false })
  await sql`update mailboxes set state = 'removed' where kind = 'smtp'`.execute(kysely(db))
  expect(await requestTravel(db, { until: now + DAY, now })).toMatchObject({ kind: 'requested' })
  expect((await readTravel(db)).travelled).toBe(true)
})

test('a second request while one is under way never moves the target back', async () => {
  const clock = await openClock()
  const now = clock.now()
  await createTeam(db, { now, random })
  await requestTravel(db, { until: now + 2 * DAY, now })
  await requestTravel(db, { until: now + DAY, now })
  expect((await readTravel(db)).target).toBe(now + 2 * DAY)
})

test('a jump of more than 400 days is refused', async () => {
  const clock = await openClock()
  await createTeam(db, { now: clock.now(), random })
  const refused = await requestTravel(db, { until: clock.now() + 500 * DAY, now: clock.now() })
  expect(refused).toMatchObject({ kind: 'refused', sentence: expect.stringContaining('400 days') })
})
