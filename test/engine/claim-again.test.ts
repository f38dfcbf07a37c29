/** What a claim leaves behind is found again: taken back by a lease that ended or a stop, by a fence that was lifted; a fault holds one person. */
import { sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../src/core/clock.ts'
import { type Claim, claim } from '../../src/engine/claim.ts'
import { createLog } from '../../src/log.ts'
import { seededRandom } from '../../src/random.ts'
import { awakeTeams, nextWake } from '../../src/store/claims.ts'
import { kysely } from '../../src/store/db.ts'
import { endLease } from '../../src/store/recoveries.ts'
import { stopAndSweep, sweep } from '../../src/store/stops.ts'
import { TestClock } from '../support/clock.ts'
import { freshDatabase } from '../support/database.ts'
import type { Person } from '../support/enrolled.ts'
import { enrollLive } from '../support/live-engine.ts'
import { enrollmentRow } from '../support/looking.ts'
import { createTeam, type TestTeam } from '../support/team.ts'

const { db, drop } = await freshDatabase()
const random = seededRandom('claim again')
const now = Date.parse('2027-03-01T10:00:00Z')
let clock: TestClock
let team: TestTeam
let people: Person[]

beforeEach(async () => {
  clock = new TestClock(now)
  team = await createTeam(db, { now, random })
  people = await enrollLive(db, team, { count: 2, now, random })
})
afterAll(() => drop())

const claimNow = () =>
  claim(team.team, { db, clock, random, log: createLog('silent'), publicUrl: null, worker: 'one' })
const claimedIn = ({ batches }: Claim) =>
  batches.flatMap(({ messages }) => messages.map(({ id }) => id)).sort()
const all = () => people.map((one) => one.messageId).sort()
/** What the next two claims find: the first may only put right what was left. */
async function nextClaims(): Promise<string[]> {
  const first = claimedIn(await claimNow())
  return first.length > 0 ? first : claimedIn(await claimNow())
}

test('what a process that died had claimed is claimed again when its lease is over', async () => {
  expect(claimedIn(await claimNow())).toEqual(all())
  clock.advance(HOUR)
  expect(await nextClaims()).toEqual(all())
})

test('what a batch did not get to is claimed again', async () => {
  const [batch] = (await claimNow()).batches
  const lease = { team: team.team, mailboxId: team.mailboxId, fence: batch!.fence }
  expect(await endLease(db, { ...lease, now: clock.now(), real: clock.real() })).toBe(true)
  expect(await nextClaims()).toEqual(all())
})

test('what a sweep took back is claimed again when the lease has ended', async () => {
  const [batch] = (await claimNow()).batches
  const enrollmentIds = people.map((one) => one.enrollmentId)
  await sweep(db, { team: team.team, of: { enrollmentIds }, now, random })
  clock.advance(MINUTE)
  const lease = { team: team.team, mailboxId: team.mailboxId, fence: batch!.fence }
  await endLease(db, { ...lease, now: clock.now(), real: clock.real() })
  expect(await nextClaims()).toEqual(all())
})

test('a fenced database wakes nobody, and asks for no other look', async () => {
  await sql`update deployment set fenced_reason = 'restored'`.execute(kysely(db))
  try {
    expect(await awakeTeams(db, { now, real: now })).toEqual([])
    expect(await nextWake(db, { real: now })).toBe(null)
    expect((await claimNow()).looked).toBe(0)
  } finally {
    await sql`update deployment set fenced_reason = null`.execute(kysely(db))
  }
  expect(await nextClaims()).toEqual(all())
})

test('a wording that cannot be rendered holds its people, and the mailbox sleeps', async () => {
  await sql`update templates set body_html = '{% for %}{{' where team_id = ${team.team}`.execute(kysely(db))
  await claimNow()
  for (const one of people)
    expect(await enrollmentRow(db, team.team, one.enrollmentId)).toMatchObject({
      hold: 'internal_error',
    })
  expect(await awakeTeams(db, { now, real: now })).not.toContain(team.team)
})

test('a place under a daily cap that is given back goes to somebody else the same day', async () => {
  await sql`update sequences set daily_cap = 1 where team_id = ${team.team}`.execute(kysely(db))
  const [batch] = (await claimNow()).batches
  const [first] = batch!.messages
  const enrollmentIds = people.filter((one) => one.messageId === first!.id).map((one) => one.enrollmentId)
  const stop = { to: 'paused', reason: 'paused_by_person', until: null } as const
  await stopAndSweep(db, { team: team.team, enrollmentIds, stop, actor: 'user:rae', now, random })
  const lease = { team: team.team, mailboxId: team.mailboxId, fence: batch!.fence }
  await endLease(db, { ...lease, now: clock.now(), real: clock.real() })
  clock.advance(3 * MINUTE)
  const [other] = people.filter((one) => one.messageId !== first!.id)
  expect(await nextClaims()).toEqual([other!.messageId])
})
