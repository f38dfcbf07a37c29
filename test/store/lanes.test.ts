/** Waking: a bump only ever brings a look forward, makes the lanes that are missing, and is never lost beside a claim. */
import { sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { DAY, HOUR, type Instant } from '../../src/core/clock.ts'
import { type Id, newId } from '../../src/core/ids.ts'
import { seededRandom } from '../../src/random.ts'
import { closeMailboxes, lockAwake } from '../../src/store/claims.ts'
import { at, kysely } from '../../src/store/db.ts'
import {
  bumpContacts,
  bumpLanes,
  bumpMailboxes,
  bumpSequences,
  wakeAfterRead,
} from '../../src/store/lanes.ts'
import { resume } from '../../src/store/releases.ts'
import { stopAndSweep } from '../../src/store/stops.ts'
import { freshDatabase } from '../support/database.ts'
import { enrollPeople, openSequence } from '../support/enrolled.ts'
import type { SentSequence } from '../support/sent.ts'
import { createTeam, type TestTeam } from '../support/team.ts'

const { db, pools, drop } = await freshDatabase()
const random = seededRandom('lanes')
const now = Date.parse('2027-03-01T10:00:00Z')
let team: TestTeam
let sequence: SentSequence

beforeEach(async () => {
  team = await createTeam(db, { now, random })
  sequence = await openSequence(db, team, { now, random })
  await setWake('infinity')
})
afterAll(() => drop())

async function setWake(wake: Instant | 'infinity', mailboxId = team.mailboxId): Promise<void> {
  const value = wake === 'infinity' ? wake : at(wake)
  await sql`update mailboxes set wake_at = ${value} where team_id = ${team.team} and id = ${mailboxId}`.execute(
    kysely(db),
  )
  await sql`update lanes set wake_at = ${value} where team_id = ${team.team} and mailbox_id = ${mailboxId}`.execute(
    kysely(db),
  )
}

async function wakes(mailboxId = team.mailboxId): Promise<{ mailbox: Instant; lane: Instant | null }> {
  const { rows } = await sql<{ mailbox: Instant; lane: Instant | null }>`
    select m.wake_at as mailbox, l.wake_at as lane from mailboxes m
    left join lanes l on l.team_id = m.team_id and l.mailbox_id = m.id and l.sequence_id = ${sequence.sequenceId}
    where m.team_id = ${team.team} and m.id = ${mailboxId}`.execute(kysely(db))
  return rows[0]!
}

const bump = (dueAt: Instant, sequenceId: Id = sequence.sequenceId) =>
  db.transaction((tx) =>
    bumpLanes(tx, { team: team.team, bumps: [{ mailboxId: team.mailboxId, sequenceId, dueAt }], now }),
  )

/** A second mailbox of the team. */
async function anotherMailbox(readsVia: Id | null = null): Promise<Id> {
  const id = newId(now, random)
  await sql`
    insert into mailboxes (team_id, id, kind, user_id, address, state, reads_via, created_at, updated_at)
    values (${team.team}, ${id}, 'smtp', ${team.userId}, ${`${id}@acme.test`}, 'connected', ${readsVia}, ${at(now)}, ${at(now)})`.execute(
    kysely(db),
  )
  return id
}

test('a bump makes the lane that is missing and wakes its mailbox', async () => {
  expect((await wakes()).lane).toBeNull()
  await bump(now + HOUR)
  expect(await wakes()).toEqual({ mailbox: now + HOUR, lane: now + HOUR })
})

test('an earlier bump brings the look forward, a later one never puts it off', async () => {
  await bump(now + HOUR)
  await bump(now + DAY)
  expect(await wakes()).toEqual({ mailbox: now + HOUR, lane: now + HOUR })
  await bump(now)
  expect(await wakes()).toEqual({ mailbox: now, lane: now })
})

test('many bumps in one call wake each lane and each mailbox at its earliest', async () => {
  const second = await anotherMailbox()
  const other = await openSequence(db, team, { now, random })
  const bumps = [
    { mailboxId: second, sequenceId: sequence.sequenceId, dueAt: now + 3 * HOUR },
    { mailboxId: team.mailboxId, sequenceId: other.sequenceId, dueAt: now + HOUR },
    { mailboxId: team.mailboxId, sequenceId: sequence.sequenceId, dueAt: now + 2 * HOUR },
    { mailboxId: team.mailboxId, sequenceId: sequence.sequenceId, dueAt: now + 5 * HOUR },
  ]
  await db.transaction((tx) => bumpLanes(tx, { team: team.team, bumps, now }))
  expect(await wakes()).toEqual({ mailbox: now + HOUR, lane: now + 2 * HOUR })
  expect(await wakes(second)).toEqual({ mailbox: now + 3 * HOUR, lane: now + 3 * HOUR })
})

test('an edited sequence wakes all its lanes, and no lane of another', async () => {
  await bump(now + DAY)
  const other = await openSequence(db, team, { now, random })
  await bump(now + DAY, other.sequenceId)
  await db.transaction((tx) => bumpSequences(tx, { team: team.team, sequenceIds: [other.sequenceId], now }))
  expect(await wakes()).toEqual({ mailbox: now, lane: now + DAY })
})

test('an edited contact wakes the lanes of its active enrollments', async () => {
  const [ann, bob] = await enrollPeople(db, team, { sequence, count: 2, now, random })
  await setWake(now + DAY)
  const stop = { to: 'finished', reason: 'stopped' } as const
  await stopAndSweep(db, {
    team: team.team,
    enrollmentIds: [bob!.enrollmentId],
    stop,
    actor: 'engine',
    now,
    random,
  })
  const edit = (contactId: Id) =>
    db.transaction((tx) => bumpContacts(tx, { team: team.team, contactIds: [contactId], now }))
  await edit(bob!.contactId)
  expect(await wakes()).toEqual({ mailbox: now + DAY, lane: now + DAY })
  await edit(ann!.contactId)
  expect(await wakes()).toEqual({ mailbox: now, lane: now })
})

test('a changed limit wakes the mailbox alone', async () => {
  await bump(now + DAY)
  await db.transaction((tx) =>
    bumpMailboxes(tx, { team: team.team, mailboxIds: [team.mailboxId, team.mailboxId], at: now + HOUR }),
  )
  expect(await wakes()).toEqual({ mailbox: now + HOUR, lane: now + DAY })
})

test('a finished read wakes the mailbox and every relay whose answers it reads', async () => {
  const relay = await anotherMailbox(team.mailboxId)
  const stranger = await anotherMailbox()
  await db.transaction((tx) => wakeAfterRead(tx, { team: team.team, mailboxId: team.mailboxId, now }))
  expect((await wakes()).mailbox).toBe(now)
  expect((await wakes(relay)).mailbox).toBe(now)
  expect((await wakes(stranger)).mailbox).toBe(Number.POSITIVE_INFINITY)
})

test('resuming wakes the lane when its people are due', async () => {
  const [ann] = await enrollPeople(db, team, { sequence, count: 1, now, random })
  const enrollmentIds = [ann!.enrollmentId]
  const stop = { to: 'paused', reason: 'paused_by_person', until: null } as const
  await stopAndSweep(db, { team: team.team, enrollmentIds, stop, actor: 'user:rae', now, random })
  await setWake('infinity')
  await db.transaction((tx) =>
    resume(tx, { team: team.team, enrollmentIds, actor: 'user:rae', now: now + HOUR, random }),
  )
  expect(await wakes()).toEqual({ mailbox: now + HOUR, lane: now + HOUR })
})

test('a bump while a claim is open waits for it, and is not lost when the claim puts the mailbox to sleep', async () => {
  await bump(now)
  let claimed: () => void = () => undefined
  let bumped: () => void = () => undefined
  const claimOpen = new Promise<void>((resolve) => {
    claimed = resolve
  })
  const bumpSent = new Promise<void>((resolve) => {
    bumped = resolve
  })
  const claim = pools.claim.transaction(async (tx) => {
    await lockAwake(tx, { team: team.team, mailboxIds: [team.mailboxId], now, real: now })
    claimed()
    await bumpSent
    // The claim has seen nothing due: it sleeps for a day.
    const asleep = { id: team.mailboxId, wakeAt: now + DAY, busyUntil: null, wantsRead: false }
    await closeMailboxes(tx, { team: team.team, now, real: now, worker: 'claimer', mailboxes: [asleep] })
  })
  await claimOpen
  const waking = bump(now + HOUR)
  await waitsForLock()
  bumped()
  await Promise.all([claim, waking])
  expect(await wakes()).toMatchObject({ mailbox: now + HOUR })
})

async function waitsForLock(): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ n: number }>`
      select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
      kysely(pools.control),
    )
    if (rows[0]!.n > 0) return
  }
}

test('two calls that bump the same mailboxes in opposite order do not wait in a circle', async () => {
  const mailboxIds = [
    team.mailboxId,
    ...(await Promise.all([anotherMailbox(), anotherMailbox(), anotherMailbox()])),
  ]
  const rounds = Array.from({ length: 30 }, (_, i) => {
    const some = i % 2 === 0 ? mailboxIds : mailboxIds.toReversed()
    const bumps = some.map((mailboxId) => ({ mailboxId, sequenceId: sequence.sequenceId, dueAt: now + i }))
    return db.transaction((tx) => bumpLanes(tx, { team: team.team, bumps, now }))
  })
  await Promise.all(rounds)
  expect(db.deadlocks).toBe(0)
  expect(await wakes()).toEqual({ mailbox: now, lane: now })
})

test('a claim finds a mailbox while a transaction that enrolls into it is open', async () => {
  let open: () => void = () => undefined
  let close: () => void = () => undefined
  const enrolling = new Promise<void>((resolve) => {
    open = resolve
  })
  const claimedNow = new Promise<void>((resolve) => {
    close = resolve
  })
  await bump(now)
  const enroll = db.transaction(async (tx) => {
    // What the foreign keys of an insert take on the rows they name.
    await sql`select from mailboxes where team_id = ${team.team} for key share`.execute(kysely(tx))
    open()
    await claimedNow
  })
  await enrolling
  const found = await pools.claim.transaction((tx) =>
    lockAwake(tx, { team: team.team, mailboxIds: [team.mailboxId], now, real: now }),
  )
  close()
  await enroll
  expect(found).toHaveLength(1)
})
