/** Which mailbox a follow-up leaves from, and in which order a mailbox serves people. */
import { sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../src/core/clock.ts'
import { type Id, newId } from '../../src/core/ids.ts'
import { claim } from '../../src/engine/claim.ts'
import { createLog } from '../../src/log.ts'
import { seededRandom } from '../../src/random.ts'
import { at, kysely } from '../../src/store/db.ts'
import { TestClock } from '../support/clock.ts'
import { freshDatabase } from '../support/database.ts'
import { enrollPeople, openSequence } from '../support/enrolled.ts'
import { type SentSequence, sendFirst } from '../support/sent.ts'
import { createTeam, type TestTeam } from '../support/team.ts'

const { db, drop } = await freshDatabase()
afterAll(() => drop())

const random = seededRandom('sticky')
const now = Date.parse('2027-03-01T10:00:00Z')
const LATER = now + 2 * DAY + HOUR
let clock: TestClock
let team: TestTeam
let sequence: SentSequence
let other: Id

beforeEach(async () => {
  clock = new TestClock(now)
  team = await createTeam(db, { now, random })
  sequence = await openSequence(db, team, { now, random })
  await run(
    sql`update sequences set active = true, activated_at = ${at(now - DAY)} where team_id = ${team.team}`,
  )
  await run(sql`update variants set approved = true where team_id = ${team.team}`)
  other = newId(now, random)
  await run(sql`
    insert into mailboxes (team_id, id, kind, user_id, address, daily_limit, hourly_limit, gap_ms, state, created_at, updated_at)
    values (${team.team}, ${other}, 'sandbox', ${team.userId}, 'other@acme.test', 1000, 1000, 0, 'connected', ${at(now)}, ${at(now)})`)
})

const run = (query: ReturnType<typeof sql>) => query.execute(kysely(db))

/** When the follow-ups of `now` are due, with every inbox read. */
async function claimLater() {
  clock.advance(LATER - now)
  await run(
    sql`update mailboxes set read_at = ${at(LATER)}, wake_at = ${at(LATER)} where team_id = ${team.team}`,
  )
  const tools = { db, clock, random, log: createLog('silent'), publicUrl: null, worker: 'one' }
  return (await claim(team.team, tools)).batches.flatMap(({ messages }) => messages)
}

test('a follow-up leaves from the mailbox that began its thread, whatever else is free', async () => {
  const send = (mailboxId: Id, address: string) =>
    sendFirst(db, { ...team, mailboxId }, { sequence, address, now, random })
  const ann = await send(team.mailboxId, 'ann@client.test')
  const ben = await send(other, 'ben@client.test')
  const sent = await claimLater()
  const of = (address: string) => sent.find((one) => one.to === address)
  expect(of('ann@client.test')).toMatchObject({ mailboxId: team.mailboxId, inReplyTo: ann.rfcId })
  expect(of('ben@client.test')).toMatchObject({ mailboxId: other, inReplyTo: ben.rfcId })
})

test('follow-ups go before first steps, even those that have waited for longer', async () => {
  await run(sql`update mailboxes set gap_ms = ${10 * MINUTE} where team_id = ${team.team}`)
  await enrollPeople(db, team, { sequence, count: 3, now, random })
  await sendFirst(db, team, { sequence, address: 'ann@client.test', now, random })
  const sent = await claimLater()
  expect(sent.map((one) => one.to)).toEqual(['ann@client.test'])
})
