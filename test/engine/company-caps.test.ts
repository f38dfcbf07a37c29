/** Caps on what one company gets, across mailboxes, sequences and processes, on real PostgreSQL. */
import { sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { MINUTE } from '../../src/core/clock.ts'
import type { Db } from '../../src/core/db.ts'
import { type Id, newId } from '../../src/core/ids.ts'
import { claim } from '../../src/engine/claim.ts'
import { createLog } from '../../src/log.ts'
import { seededRandom } from '../../src/random.ts'
import { at, type Database, kysely } from '../../src/store/db.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { endLease } from '../../src/store/recoveries.ts'
import { stopAndSweep } from '../../src/store/stops.ts'
import { verify } from '../../src/store/verify.ts'
import { TestClock } from '../support/clock.ts'
import { freshDatabase } from '../support/database.ts'
import type { Person } from '../support/enrolled.ts'
import { enrollLive } from '../support/live-engine.ts'
import { capUsed, enrollmentRow } from '../support/looking.ts'
import { createTeam, type TestTeam } from '../support/team.ts'
import { until } from '../support/until.ts'

const { db, url, drop } = await freshDatabase()
const another = await openPostgres({ url, log: createLog('error') })
const random = seededRandom('company caps')
/** A Wednesday. */
const now = Date.parse('2027-03-03T10:00:00Z')
const NEXT_MONDAY = Date.parse('2027-03-08T00:00:00Z')
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

async function setCaps(caps: { domain?: number; account?: number; freeMail?: number }): Promise<void> {
  await run(sql`
    update teams set domain_daily_cap = ${caps.domain ?? null}, account_weekly_cap = ${caps.account ?? null},
      free_mail_daily_cap = ${caps.freeMail ?? null} where id = ${team.team}`)
}

/** A mailbox of its own, and so many people who are due there in a sequence of their own. */
async function peopleElsewhere(count: number): Promise<{ mailboxId: Id; people: Person[] }> {
  const mailboxId = newId(now, random)
  await run(sql`
    insert into mailboxes (team_id, id, kind, user_id, address, daily_limit, hourly_limit, gap_ms, state, created_at, updated_at)
    values (${team.team}, ${mailboxId}, 'sandbox', ${team.userId}, ${`${mailboxId}@acme.test`}, 1000, 1000, 0, 'connected', ${at(now)}, ${at(now)})`)
  return { mailboxId, people: await enrollLive(db, { ...team, mailboxId }, { count, now, random }) }
}

const claimBy = (worker: string, using: Db = db) =>
  claim(team.team, { db: using, clock, random, log: createLog('silent'), publicUrl: null, worker })
const claimedBy = async (worker: string, using?: Db) =>
  (await claimBy(worker, using)).batches.flatMap(({ messages }) => messages.map(({ id }) => id))

/** The database of another process, whose next transaction does all it does and then does not commit until it is told to. */
function slowToCommit(pool: Database): { db: Database; done: Promise<void>; commit: () => void } {
  const began = Promise.withResolvers<void>()
  const told = Promise.withResolvers<void>()
  const original = pool.transaction.bind(pool)
  pool.transaction = (work) => {
    pool.transaction = original
    return original(async (tx) => {
      const answer = await work(tx)
      began.resolve()
      await told.promise
      return answer
    })
  }
  return { db: pool, done: began.promise, commit: told.resolve }
}

const wake = (mailboxId: Id, wakeAt: number | 'infinity') =>
  run(
    sql`update mailboxes set wake_at = ${wakeAt === 'infinity' ? 'infinity' : at(wakeAt)} where id = ${mailboxId}`,
  )

const link = (people: readonly Person[], accountId: Id | null) =>
  run(
    sql`update contacts set account_id = ${accountId} where team_id = ${team.team} and id = any(${people.map((one) => one.contactId)})`,
  )

async function account(domain: string | null = null): Promise<Id> {
  const id = newId(now, random)
  await run(sql`
    insert into accounts (team_id, id, name, domain, created_at, updated_at)
    values (${team.team}, ${id}, 'North', ${domain}, ${at(now)}, ${at(now)})`)
  return id
}

const rehome = (people: readonly Person[], domain: string) =>
  run(sql`
    update contacts set address = id || '@' || ${domain}::text where team_id = ${team.team}
      and id = any(${people.map((one) => one.contactId)})`)

const waitsForLock = () =>
  until(
    async () =>
      (
        await sql<{ n: number }>`
          select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
          kysely(db),
        )
      ).rows[0]!.n,
    (n) => n > 0,
  )

/** What two processes claim that are under way at the same time, the first at the team's mailbox, the second at `other`. */
async function claimedAtOnce(other: Id): Promise<[number, number]> {
  await wake(other, 'infinity')
  const first = slowToCommit(another.claim)
  const one = claimedBy('one', first.db)
  await first.done
  await wake(other, now)
  const two = claimedBy('two')
  await waitsForLock()
  first.commit()
  return [(await one).length, (await two).length]
}

test('two processes never pass the cap per recipient domain together: the second waits for the first', async () => {
  await setCaps({ domain: 3 })
  await enrollLive(db, team, { count: 2, now, random })
  const { mailboxId } = await peopleElsewhere(10)
  expect(await claimedAtOnce(mailboxId)).toEqual([2, 1])
  expect(await capUsed(db, team.team, { kind: 'domain', key: 'company.test', day: '2027-03-03' })).toBe(3)
})

test('two processes never pass the cap of touches per account per week together, across sequences', async () => {
  await setCaps({ account: 3 })
  const north = await account()
  await link(await enrollLive(db, team, { count: 2, now, random }), north)
  const { mailboxId, people } = await peopleElsewhere(10)
  await link(people, north)
  // A row that is there already: nobody waits for its insertion, only for its lock.
  await run(sql`
    insert into cap_counters (team_id, kind, key, day) values (${team.team}, 'account', ${north}, '2027-03-01')`)
  expect(await claimedAtOnce(mailboxId)).toEqual([2, 1])
  // The Monday of the week.
  expect(await capUsed(db, team.team, { kind: 'account', key: north, day: '2027-03-01' })).toBe(3)
  const waiting = await Promise.all(people.map((one) => enrollmentRow(db, team.team, one.enrollmentId)))
  expect(waiting.filter((one) => one.lease === null).map((one) => one.due)).toEqual(
    // Until the lease of what is claimed is over it may be given back.
    Array.from({ length: 9 }, () => now + 2 * MINUTE),
  )
})

test('what waits for the next week goes then, up to the cap', async () => {
  await setCaps({ account: 3 })
  await link(await enrollLive(db, team, { count: 7, now, random }), await account())
  expect(await claimedBy('one')).toHaveLength(3)
  await run(sql`
    update messages set state = 'accepted', marked_at = ${at(now)}, settled_at = ${at(now)} where team_id = ${team.team}`)
  await run(sql`update mailboxes set busy_until = '-infinity' where team_id = ${team.team}`)
  clock.advance(3 * MINUTE)
  expect(await claimedBy('one')).toEqual([])
  const { rows } = await sql<{ wakeAt: number }>`
    select wake_at as "wakeAt" from mailboxes where id = ${team.mailboxId}`.execute(kysely(db))
  expect(rows[0]!.wakeAt).toBe(NEXT_MONDAY)
  clock.advance(NEXT_MONDAY - now)
  expect(await claimedBy('one')).toHaveLength(3)
})

test('a colleague without an account counts to the account that has their domain, a free-mail address to none', async () => {
  await setCaps({ account: 2 })
  const north = await account('north.test')
  const [linked, atDomain, atGmail] = await enrollLive(db, team, { count: 3, now, random })
  await link([linked!], north)
  await rehome([atDomain!], 'mail.north.test')
  await rehome([atGmail!], 'gmail.com')
  expect(await claimedBy('one')).toHaveLength(3)
  expect(await capUsed(db, team.team, { kind: 'account', key: north, day: '2027-03-01' })).toBe(2)
})

test('a provider of free mailboxes is not capped as a company is', async () => {
  await setCaps({ domain: 1, freeMail: 2 })
  await rehome(await enrollLive(db, team, { count: 5, now, random }), 'gmail.com')
  expect(await claimedBy('one')).toHaveLength(2)
  await setCaps({ domain: 1 })
  const { people } = await peopleElsewhere(4)
  await rehome(people, 'gmail.com')
  expect(await claimedBy('two')).toHaveLength(4)
})

test('a place at a company that a stop gave back goes to a colleague the same day', async () => {
  await setCaps({ domain: 1, account: 1 })
  const people = await enrollLive(db, team, { count: 2, now, random })
  const [batch] = (await claimBy('one')).batches
  const [first] = batch!.messages
  const stopped = people.filter((one) => one.messageId === first!.id)
  const stop = { to: 'paused', reason: 'paused_by_person', until: null } as const
  const enrollmentIds = stopped.map((one) => one.enrollmentId)
  await stopAndSweep(db, { team: team.team, enrollmentIds, stop, actor: 'user:rae', now, random })
  expect(await capUsed(db, team.team, { kind: 'account', key: 'company.test', day: '2027-03-01' })).toBe(0)
  const lease = { team: team.team, mailboxId: team.mailboxId, fence: batch!.fence }
  await endLease(db, { ...lease, now, real: now })
  clock.advance(3 * MINUTE)
  const [other] = people.filter((one) => !stopped.includes(one))
  expect(await claimedBy('one')).toEqual([other!.messageId])
})

test('a death gives back what was claimed and not sent: the cap is used again, not lost', async () => {
  await setCaps({ domain: 2 })
  await enrollLive(db, team, { count: 5, now, random })
  expect(await claimedBy('dies')).toHaveLength(2)
  clock.advance(60 * MINUTE)
  const again = [...(await claimedBy('next')), ...(await claimedBy('next'))]
  expect(again).toHaveLength(2)
  expect(await capUsed(db, team.team, { kind: 'domain', key: 'company.test', day: '2027-03-03' })).toBe(2)
  const broken = (await verify(db, { now: clock.now() })).filter((one) =>
    ['caps_counted', 'shared_cap'].includes(one.promise),
  )
  expect(broken).toEqual([])
})

test('many claims over the same companies never wait for each other in a circle', async () => {
  await setCaps({ domain: 40, account: 60 })
  const homes = [
    { mailboxId: team.mailboxId, people: await enrollLive(db, team, { count: 12, now, random }) },
  ]
  for (let i = 0; i < 3; i++) homes.push(await peopleElsewhere(12))
  // Their orders of due time differ, so that an unsorted lock would meet another in the middle.
  for (const { people } of homes)
    for (const [i, person] of people.entries())
      await rehome([person], `c${random.next() < 0.5 ? i % 7 : (11 - i) % 7}.test`)
  await Promise.all(
    ['one', 'two', 'three', 'four'].map(async (worker, i) => {
      const pool = i % 2 === 0 ? db : another.claim
      for (let round = 0; round < 4; round++)
        for (const { mailboxId, fence } of (await claimBy(worker, pool)).batches)
          await endLease(pool, { team: team.team, mailboxId, fence, now, real: now })
    }),
  )
  expect([db.deadlocks, another.claim.deadlocks]).toEqual([0, 0])
  const { rows } = await sql<{ used: number }>`
    select coalesce(sum(used), 0)::int as used from cap_counters where team_id = ${team.team}`.execute(
    kysely(db),
  )
  expect(rows[0]!.used).toBe(0)
})
