/** What a team may send to one company, set over HTTP while mails go out. */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY } from '../../src/core/clock.ts'
import { localDay, plainDate, weekdayOf } from '../../src/core/zone.ts'
import { seededRandom } from '../../src/random.ts'
import { kysely, at as stamp } from '../../src/store/db.ts'
import { verify } from '../../src/store/verify.ts'
import { SETUP, startApi } from '../support/api.ts'
import { createSequence, type SentSequence, sendFirst } from '../support/sent.ts'
import { testTeamOf } from '../support/sent-team.ts'
import type { TestTeam } from '../support/team.ts'

const at = await startApi()
afterAll(() => at.close())

const random = seededRandom('company caps')
const now = at.clock.now()
const today = localDay(SETUP.time_zone, now)
const date = plainDate(today).toString()
const monday = plainDate(today - weekdayOf(today) + 1).toString()
let team: TestTeam
let sequence: SentSequence

beforeAll(async () => {
  team = await testTeamOf(at)
  sequence = await createSequence(at.db, team, { now: now - 8 * DAY, random })
  const send = (address: string, sentAt: number) =>
    sendFirst(at.db, team, { sequence, address, now: sentAt, random })
  await send('last.week@north.test', now - 8 * DAY)
  for (const address of ['ann@north.test', 'bob@mail.north.test', 'cleo@south.test', 'dora@gmail.com'])
    await send(address, now)
})

async function counters() {
  const { rows } = await sql<{ kind: string; key: string; day: string; used: number }>`
    select kind, key, day::text, used from cap_counters where used > 0 order by 1, 2`.execute(kysely(at.db))
  return rows.map((row) => [row.kind, row.key, row.day, row.used])
}

const brokenCaps = async () =>
  (await verify(at.db, { now })).filter((one) => ['caps_counted', 'shared_cap'].includes(one.promise))

test('a team begins without caps on companies', async () => {
  const { body } = await at.get('/session')
  expect(body.team).toMatchObject({
    max_emails_per_domain_per_day: null,
    max_emails_per_free_mail_domain_per_day: null,
    max_emails_per_account_per_week: null,
  })
})

test('a cap set in the middle of a day counts what was sent to each domain that day, by company', async () => {
  const { body } = await at.put('/team', { max_emails_per_domain_per_day: 5 })
  expect(body.team.max_emails_per_domain_per_day).toBe(5)
  expect(await counters()).toEqual([
    ['domain', 'north.test', date, 2],
    ['domain', 'south.test', date, 1],
  ])
  await at.put('/team', { max_emails_per_free_mail_domain_per_day: 50 })
  expect(await counters()).toContainEqual(['domain', 'gmail.com', date, 1])
})

test('a weekly cap of accounts counts what was sent since Monday, and nobody of a free-mail domain', async () => {
  await at.put('/team', { max_emails_per_account_per_week: 9 })
  const accounts = (await counters()).filter(([kind]) => kind === 'account')
  expect(accounts).toEqual([
    ['account', 'north.test', monday, 2],
    ['account', 'south.test', monday, 1],
  ])
  expect(await brokenCaps()).toEqual([])
})

test('a cap that was taken away and set again counts everything once', async () => {
  await at.put('/team', { max_emails_per_account_per_week: null })
  await sendFirst(at.db, team, { sequence, address: 'eve@south.test', now, random })
  await at.put('/team', { max_emails_per_account_per_week: 1 })
  expect((await counters()).filter(([kind]) => kind === 'account')).toEqual([
    ['account', 'north.test', monday, 2],
    ['account', 'south.test', monday, 2],
  ])
  expect(await brokenCaps()).toEqual([])
})

test('a cap that was raised lets those look again who were put off by it, and nobody before their wait is over', async () => {
  const put = (due: number, waitEnds: number) =>
    sql`update enrollments set due_at = ${stamp(due)}, wait_ends_at = ${stamp(waitEnds)}, hold_reason = null, lease_until = null
      where team_id = ${team.team} and state = 'active' and removed_at is null`.execute(kysely(at.db))
  const due = async () =>
    (
      await sql<{ due: number }>`
        select distinct due_at as due from enrollments where team_id = ${team.team} and state = 'active'`.execute(
        kysely(at.db),
      )
    ).rows.map((row) => row.due)
  await put(now + 5 * DAY, now - DAY)
  await at.put('/team', { max_emails_per_account_per_week: 1 })
  expect(await due()).toEqual([now + 5 * DAY])
  await at.put('/team', { max_emails_per_account_per_week: 2 })
  expect(await due()).toEqual([now])
  await put(now + 5 * DAY, now + DAY)
  await at.put('/team', { max_emails_per_account_per_week: null })
  expect(await due()).toEqual([now + DAY])
})

test('a cap of nothing, or of too much, is refused with the value and the way out', async () => {
  for (const [cap, parameter] of [
    [0, 'max_emails_per_domain_per_day'],
    [-3, 'max_emails_per_account_per_week'],
    [100_001, 'max_emails_per_free_mail_domain_per_day'],
  ] as const) {
    const { status, body } = await at.put('/team', { [parameter]: cap })
    expect(status).toBe(422)
    expect(body.error).toContain(
      `is ${cap}; expected 1 to 100000, or null for none. To send nothing to a domain, put it on the do-not-contact list.`,
    )
    expect(body.parameter).toBe(parameter)
  }
})
