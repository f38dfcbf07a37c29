/** The mark is the moment of sending: what changed between claim and mark keeps the email back, unsent, with its counters. */
import { type RawBuilder, sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { MINUTE } from '../../src/core/clock.ts'
import { verifyChain } from '../../src/core/ledger.ts'
import { seededRandom } from '../../src/random.ts'
import { sha256 } from '../../src/seal.ts'
import type { CapKey } from '../../src/store/caps.ts'
import { at, kysely } from '../../src/store/db.ts'
import { suppressionHash } from '../../src/store/suppressions.ts'
import { writeLedger } from '../../src/store/writer.ts'
import { TestClock } from '../support/clock.ts'
import { freshDatabase } from '../support/database.ts'
import {
  type Claimed,
  claimPeople,
  enrollPeople,
  markClaimed,
  openSequence,
  type Person,
  settleClaimed,
  WORKER,
} from '../support/enrolled.ts'
import { capUsed, enrollmentRow, linksOf, messageRow } from '../support/looking.ts'
import type { SentSequence } from '../support/sent.ts'
import { createTeam, type TestTeam } from '../support/team.ts'
import { until } from '../support/until.ts'

const { db, pools, drop } = await freshDatabase()
const random = seededRandom('marks')
const now = Date.parse('2027-03-01T10:00:00Z')
const soon = now + MINUTE
const windowClosesAt = now + 5 * MINUTE
let team: TestTeam
let sequence: SentSequence
let ann: Person
let bob: Person
let claimed: Claimed
const cap = (): CapKey => ({ kind: 'sequence', key: sequence.sequenceId, day: '2027-03-01' })

beforeEach(async () => {
  team = await createTeam(db, { now, random })
  sequence = await openSequence(db, team, { now, random })
  const people = await enrollPeople(db, team, { sequence, count: 2, now, random })
  ann = people[0]!
  bob = people[1]!
  const enrollmentIds = people.map((one) => one.enrollmentId)
  claimed = await claimPeople(db, team, { enrollmentIds, now, random, capped: [cap()], windowClosesAt })
})
afterAll(() => drop())

const run = (statement: RawBuilder<unknown>) => statement.execute(kysely(db))
const mark = (when = soon) => markClaimed(db, team, { claimed, now: when })
const both = () => new Set([ann.messageId, bob.messageId])

test('nothing has changed: both may leave, each with its attempt, its instant and its link', async () => {
  expect(await mark()).toEqual(both())
  expect(await messageRow(db, team.team, ann.messageId)).toMatchObject({
    state: 'transmitting',
    attempt: 1,
    marked: soon,
    counted: soon,
  })
  const { rows } = await sql`
    select attempt, worker, marked_at as marked, outcome from attempts where team_id = ${team.team} and message_id = ${ann.messageId}`.execute(
    kysely(db),
  )
  expect(rows).toEqual([{ attempt: 1, worker: WORKER, marked: soon, outcome: null }])
  const links = await linksOf(db, team.team, team.mailboxId)
  expect(links.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
    'mark transmitting',
    'mark transmitting',
  ])
  expect(verifyChain(links, sha256)).toMatchObject({ ok: true, head: { seq: 2 } })
})

test('a mark is given once', async () => {
  await mark()
  expect(await mark()).toEqual(new Set())
})

/** What happens to Ann, or to everybody, between claim and mark. */
const CHANGES: { what: string; change: () => Promise<unknown>; whom: 'ann' | 'both' }[] = [
  {
    what: 'the address was suppressed',
    change: () => suppressed('address', ann.address),
    whom: 'ann',
  },
  {
    what: 'the hash of the address was suppressed',
    change: () => suppressed('hash', suppressionHash(ann.address)),
    whom: 'ann',
  },
  {
    what: 'the domain was suppressed',
    change: () => suppressed('domain', 'company.test'),
    whom: 'both',
  },
  {
    what: 'the address was corrected',
    change: () =>
      sql`update contacts set address = 'new@company.test' where id = ${ann.contactId}`.execute(kysely(db)),
    whom: 'ann',
  },
  {
    what: 'the person was paused',
    change: () => setAnn(sql`state = 'paused', reason = 'paused_by_person', lease_until = null`),
    whom: 'ann',
  },
  {
    what: 'the person was finished',
    change: () => setAnn(sql`state = 'finished', reason = 'replied', lease_until = null`),
    whom: 'ann',
  },
  {
    what: 'the person was held',
    change: () => setAnn(sql`hold_reason = 'human_outbound', lease_until = null`),
    whom: 'ann',
  },
  {
    what: 'the person was removed',
    change: () =>
      setAnn(sql`state = 'finished', reason = 'removed', lease_until = null, removed_at = ${at(now)}`),
    whom: 'ann',
  },
  {
    what: 'the person stands on another step',
    change: () => setAnn(sql`step_id = ${sequence.stepIds[1]}`),
    whom: 'ann',
  },
  {
    what: 'the sequence was switched off',
    change: () => run(sql`update sequences set active = false where team_id = ${team.team}`),
    whom: 'both',
  },
  {
    what: 'the sequence was archived',
    change: () => run(sql`update sequences set archived_at = ${at(now)} where team_id = ${team.team}`),
    whom: 'both',
  },
  {
    what: 'the mailbox was disconnected',
    change: () => run(sql`update mailboxes set state = 'disconnected' where team_id = ${team.team}`),
    whom: 'both',
  },
  {
    what: 'the lease is over',
    change: () => run(sql`update mailboxes set busy_until = ${at(soon)} where team_id = ${team.team}`),
    whom: 'both',
  },
  {
    what: 'the database was fenced',
    change: () => run(sql`update deployment set fenced_reason = 'restored'`),
    whom: 'both',
  },
]

const setAnn = (columns: RawBuilder<unknown>) =>
  run(sql`update enrollments set ${columns} where team_id = ${team.team} and id = ${ann.enrollmentId}`)
const suppressed = (kind: string, value: string) =>
  run(sql`
    insert into suppressions (team_id, kind, value, reason, source, created_at)
    values (${team.team}, ${kind}, ${value}, 'manual', 'test', ${at(now)})`)

for (const { what, change, whom } of CHANGES)
  test(`${what}: the email stays, and gives back what it had used`, async () => {
    await change()
    const leaves = await mark()
    await run(sql`update deployment set fenced_reason = null`)
    expect(leaves).toEqual(whom === 'ann' ? new Set([bob.messageId]) : new Set())
    expect(await messageRow(db, team.team, ann.messageId)).toMatchObject({
      state: 'cancelled',
      counted: null,
      capped: [],
    })
    expect(await capUsed(db, team.team, cap())).toBe(whom === 'ann' ? 1 : 0)
    expect((await enrollmentRow(db, team.team, ann.enrollmentId)).lease).toBeNull()
  })

test('the window closes at its very instant', async () => {
  expect(await mark(windowClosesAt - 1)).toEqual(both())
})

test('... and then nothing leaves, and who waits is due again', async () => {
  expect(await mark(windowClosesAt)).toEqual(new Set())
  expect(await enrollmentRow(db, team.team, ann.enrollmentId)).toMatchObject({
    state: 'active',
    due: windowClosesAt,
    lease: null,
  })
})

test('a mark that waited for its locks until the window had closed is refused', async () => {
  const clock = new TestClock(windowClosesAt - 1)
  const asks = claimed.messageIds.map((messageId) => ({
    messageId,
    mailboxId: team.mailboxId,
    fence: claimed.fence,
  }))
  const marking = await pools.claim.transaction(async (holder) => {
    await sql`select from mailboxes where team_id = ${team.team} for no key update`.execute(kysely(holder))
    const written = writeLedger(pools.mark, {
      ...{ team: team.team, settlements: [], asks },
      ...{ worker: WORKER, clock, random },
    })
    await until(marksThatWait, (waiting) => waiting === 1)
    clock.advance(1)
    return { written }
  })
  expect(await marking.written).toEqual(new Map())
  expect((await messageRow(db, team.team, ann.messageId)).state).toBe('cancelled')
})

/** Transactions of the mark connection that stand at a lock. */
async function marksThatWait(): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from pg_stat_activity
    where datname = current_database() and application_name = 'segue mark' and wait_event_type = 'Lock'`.execute(
    kysely(db),
  )
  return rows[0]!.n
}

test('a worker whose mailbox was claimed by another since marks nothing, and takes nothing back', async () => {
  await run(sql`update mailboxes set fence = fence + 1 where team_id = ${team.team}`)
  await run(sql`update messages set fence = fence + 1 where team_id = ${team.team}`)
  expect(await mark()).toEqual(new Set())
  expect(await messageRow(db, team.team, ann.messageId)).toMatchObject({ state: 'claimed', counted: now })
  expect(await capUsed(db, team.team, cap())).toBe(2)
})

test('a suppression that was lifted keeps nothing back', async () => {
  await suppressed('address', ann.address)
  await run(sql`update suppressions set lifted_at = ${at(now)} where team_id = ${team.team}`)
  expect(await mark()).toEqual(both())
})

test.each(['cc', 'bcc'])(
  'who opted out since the claim gets no copy by %s: the email waits to be written without it',
  async (kind) => {
    await run(sql`update messages set ${sql.ref(kind)} = '{gone@client.test}' where id = ${ann.messageId}`)
    await run(sql`
    insert into suppressions (team_id, kind, value, reason, source, created_at)
    values (${team.team}, 'address', 'gone@client.test', 'opt_out', 'test', ${at(soon)})`)
    expect(await mark()).toEqual(new Set([bob.messageId]))
    expect(await messageRow(db, team.team, ann.messageId)).toMatchObject({ state: 'cancelled', attempt: 0 })
    expect(await enrollmentRow(db, team.team, ann.enrollmentId)).toMatchObject({ state: 'active', due: soon })
  },
)

test('settling twice counts once', async () => {
  await mark()
  await settleClaimed(db, team, { claimed, now: soon, random })
  const links = await linksOf(db, team.team, team.mailboxId)
  await settleClaimed(db, team, { claimed, now: soon, random })
  expect(await linksOf(db, team.team, team.mailboxId)).toEqual(links)
  expect(await enrollmentRow(db, team.team, ann.enrollmentId)).toMatchObject({ step: sequence.stepIds[1] })
})

test('what broke before the mark counts nowhere, and is due again when the table of retries says', async () => {
  const follows = { kind: 'retry', at: soon + MINUTE } as const
  await settleClaimed(db, team, { claimed, now: soon, random, state: 'unreachable', follows })
  expect(await messageRow(db, team.team, ann.messageId)).toMatchObject({
    state: 'unreachable',
    attempt: 1,
    counted: null,
    marked: null,
  })
  expect(await enrollmentRow(db, team.team, ann.enrollmentId)).toMatchObject({
    due: soon + MINUTE,
    lease: null,
  })
  expect(await capUsed(db, team.team, cap())).toBe(0)
})
