/** What an attempt leaves behind at its message and its mailbox, and what is put right where no claim comes by. */
import { type RawBuilder, sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { DAY, HOUR, type Instant, MINUTE } from '../../src/core/clock.ts'
import { seededRandom } from '../../src/random.ts'
import { at, kysely } from '../../src/store/db.ts'
import { retime } from '../../src/store/enrollments.ts'
import { recoverUnvisited } from '../../src/store/recoveries.ts'
import { release } from '../../src/store/releases.ts'
import type { Settlement } from '../../src/store/settlements.ts'
import { verify } from '../../src/store/verify.ts'
import { freshDatabase } from '../support/database.ts'
import {
  type Claimed,
  claimPeople,
  endBatch,
  enrollPeople,
  markClaimed,
  openSequence,
  type Person,
  settleClaimed,
} from '../support/enrolled.ts'
import { enrollmentRow, messageRow, type Numbers, numbersOf } from '../support/looking.ts'
import type { SentSequence } from '../support/sent.ts'
import { createTeam, type TestTeam } from '../support/team.ts'

const { db, drop } = await freshDatabase()
const random = seededRandom('settlements')
const now = Date.parse('2027-03-01T10:00:00Z')
const retry = { kind: 'retry', at: now + MINUTE } as const
const pause = { kind: 'pause', waitsMs: [MINUTE], problem: 'the server does not answer' } as const
let team: TestTeam
let people: Person[]
let sequence: SentSequence
let claimed: Claimed

beforeEach(async () => {
  team = await createTeam(db, { now, random })
  sequence = await openSequence(db, team, { now, random })
  people = await enrollPeople(db, team, { sequence, count: 2, now, random })
  const enrollmentIds = people.map((one) => one.enrollmentId)
  claimed = await claimPeople(db, team, { enrollmentIds, now, random })
})
afterAll(() => drop())

const run = async <Row>(statement: RawBuilder<Row>) => (await statement.execute(kysely(db))).rows
async function mailbox() {
  const [row] = await run(
    sql<{ failures: number; state: string; fence: number }>`
      select send_failures as failures, state, fence from mailboxes where team_id = ${team.team} and id = ${team.mailboxId}`,
  )
  return row!
}
const failures = async (id: string) =>
  (
    await run(
      sql<{ n: number }>`select failures as n from messages where team_id = ${team.team} and id = ${id}`,
    )
  )[0]!.n

test('what the server says of its sender is no failure of the mail; what it says of the mail is', async () => {
  const [ann, bob] = people.map((one) => one.messageId)
  const deferred = { claimed, now, random, state: 'deferred', follows: retry } as const
  await settleClaimed(db, team, { ...deferred, messageIds: [ann!], mailbox: pause })
  await settleClaimed(db, team, { ...deferred, messageIds: [bob!] })
  expect([await failures(ann!), await failures(bob!)]).toEqual([0, 1])
})

/** The same team, as it writes from a second mailbox. */
async function withAnotherMailbox(): Promise<TestTeam> {
  const mailboxId = random.hex(12)
  await run(sql`
    insert into mailboxes (team_id, id, kind, user_id, address, state, wake_at, created_at, updated_at)
    values (${team.team}, ${mailboxId}, 'sandbox', ${team.userId}, ${`${mailboxId}@segue.test`}, 'connected', ${at(now)}, ${at(now)}, ${at(now)})`)
  return { ...team, mailboxId }
}

/** Of all numbers, by day and mailbox too. */
const wrongNumbers = async (when: Instant) =>
  (await verify(db, { now: when })).filter(({ promise }) => promise.includes('counted'))

test('an email refused for its content twice counts once, on the day of the last try, and not at all when a try from another mailbox is accepted', async () => {
  const { enrollmentId, messageId } = people[0]!
  const blocked = { kind: 'hold', reason: 'blocked', detail: '550 5.7.1 looks like spam' } as const
  const tries: [Settlement['state'], Settlement['follows'], Numbers][] = [
    ['rejected', blocked, { spam_blocked: 1 }],
    ['rejected', blocked, { spam_blocked: 1 }],
    ['accepted', { kind: 'next' }, { delivered: 1 }],
  ]
  const elsewhere = await withAnotherMailbox()
  for (const [i, [state, follows, numbers]] of tries.entries()) {
    const when = now + i * DAY
    const enrollmentIds = [enrollmentId]
    const from = i === tries.length - 1 ? elsewhere : team
    const again = i === 0 ? claimed : await claimPeople(db, from, { enrollmentIds, now: when, random })
    await markClaimed(db, from, { claimed: again, now: when, messageIds: [messageId] })
    await settleClaimed(db, from, {
      ...{ claimed: again, now: when, random, messageIds: [messageId] },
      ...{ state, follows },
    })
    const { delivered, spam_blocked } = await numbersOf(db, team.team, sequence.sequenceId)
    expect({ delivered, spam_blocked }, `try ${i + 1}`).toEqual(numbers)
    expect(await wrongNumbers(when), `try ${i + 1}`).toEqual([])
    await endBatch(db, from, when)
    await db.transaction((tx) =>
      release(tx, { team: team.team, enrollmentIds, actor: 'user:rae', now: when, random }),
    )
  }
})

test('an edit of the schedule does not cut short the wait that a mail server asked for', async () => {
  const [ann, bob] = people
  const later = { kind: 'retry', at: now + HOUR } as const
  await settleClaimed(db, team, { claimed, now, random, state: 'deferred', follows: later })
  await run(
    sql`update messages set state = 'requeued' where team_id = ${team.team} and id = ${bob!.messageId}`,
  )
  const kept = { stepId: null, messageId: null, waitEndsAt: now, rank: 4, clearHold: false }
  const edited = people.map((one) => ({ ...kept, id: one.enrollmentId }))
  await db.transaction((tx) => retime(tx, { team: team.team, people: edited, now: now + MINUTE }))
  expect(await enrollmentRow(db, team.team, ann!.enrollmentId)).toMatchObject({ due: now + HOUR })
  expect(await enrollmentRow(db, team.team, bob!.enrollmentId)).toMatchObject({ due: now + MINUTE })
})

test('a worker that lost its lease says nothing about the mailbox any more', async () => {
  const before = await mailbox()
  const stale = { ...claimed, fence: claimed.fence - 1 }
  await settleClaimed(db, team, {
    claimed: stale,
    now,
    random,
    state: 'unreachable',
    follows: retry,
    mailbox: pause,
  })
  expect(await mailbox()).toEqual(before)
})

test('a mail outside of a sequence that met a server out of reach waits in its mailbox', async () => {
  const id = people[0]!.messageId
  await run(
    sql`update messages set enrollment_id = null, step_id = null, purpose = 'test' where team_id = ${team.team} and id = ${id}`,
  )
  await settleClaimed(db, team, {
    claimed,
    now,
    random,
    state: 'unreachable',
    follows: retry,
    messageIds: [id],
  })
  expect(
    await run(
      sql`select state, due_at = ${at(retry.at)}::timestamptz as due from messages where team_id = ${team.team} and id = ${id}`,
    ),
  ).toEqual([{ state: 'queued', due: true }])
})

test.each([
  ['was disconnected', () => sql`update mailboxes set state = 'disconnected' where team_id = ${team.team}`],
  ['is fenced', () => sql`update deployment set fenced_reason = 'restored'`],
  ['never wakes', () => sql`update mailboxes set wake_at = 'infinity' where team_id = ${team.team}`],
])('what a dead worker left at a mailbox that %s is put right all the same', async (_name, close) => {
  const [ann, bob] = people.map((one) => one.messageId)
  await markClaimed(db, team, { claimed, now, messageIds: [ann!] })
  await run(close())
  try {
    await recoverUnvisited(db, { now, real: now, random })
    expect(await messageRow(db, team.team, ann!)).toMatchObject({ state: 'transmitting' })
    await recoverUnvisited(db, { now: now + HOUR, real: now + HOUR, random })
  } finally {
    await run(sql`update deployment set fenced_reason = null`)
  }
  expect(await messageRow(db, team.team, ann!)).toMatchObject({ state: 'unknown' })
  expect(await messageRow(db, team.team, bob!)).toMatchObject({ state: 'requeued' })
  expect(await enrollmentRow(db, team.team, people[0]!.enrollmentId)).toMatchObject({
    hold: 'delivery_unknown',
  })
  expect(await enrollmentRow(db, team.team, people[1]!.enrollmentId)).toMatchObject({
    lease: null,
    due: now + HOUR,
  })
  expect((await mailbox()).fence).toBe(claimed.fence + 1)
})

test('a server that refuses an address which its contact has left meanwhile fails the person all the same', async () => {
  const { enrollmentId, messageId } = people[0]!
  await markClaimed(db, team, { claimed, now, messageIds: [messageId] })
  await run(
    sql`update contacts set address = 'new@client.test' where id = (select contact_id from enrollments where id = ${enrollmentId})`,
  )
  await settleClaimed(db, team, {
    ...{ claimed, now, random, messageIds: [messageId] },
    ...{ state: 'rejected', follows: { kind: 'hard_bounce', detail: '550 5.1.1 no such user' } },
  })
  const [row] = await run(
    sql<
      Record<string, unknown>
    >`select state, reason, lease_until as lease from enrollments where id = ${enrollmentId}`,
  )
  expect(row).toEqual({ state: 'failed', reason: 'hard_bounced', lease: null })
})
