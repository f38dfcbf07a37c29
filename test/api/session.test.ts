/** Setting up a team, signing in and out, and what other sites cannot do with somebody's cookie. */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, MINUTE } from '../../src/core/clock.ts'
import { kysely } from '../../src/store/db.ts'
import { type Answered, type Api, SETUP, startApi } from '../support/api.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.close())

const cookieOf = (answered: Answered) => answered.headers.get('set-cookie')!.split(';')[0]!
const signIn = (more: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  api.call({
    path: '/session',
    body: { email: SETUP.email, password: SETUP.password, ...more },
    anonymous: true,
    headers,
  })

test('a new Segue needs to be set up, once', async () => {
  const fresh = await startApi({ empty: true })
  expect((await fresh.call({ path: '/setup', anonymous: true })).body).toEqual({ needed: true })
  const made = await fresh.call({ path: '/setup', body: SETUP, anonymous: true })
  expect(made.body).toEqual({
    team_id: expect.stringMatching(/^[0-9a-f]{24}$/),
    user_id: expect.stringMatching(/^[0-9a-f]{24}$/),
    api_key: expect.stringMatching(/^sg_/),
  })
  expect((await fresh.call({ path: '/setup', anonymous: true })).body).toEqual({ needed: false })
  expect((await fresh.call({ path: '/setup', body: SETUP, anonymous: true })).status).toBe(409)
  // The browser that set up is signed in.
  const session = await fresh.call({ path: '/session', anonymous: true, headers: { cookie: cookieOf(made) } })
  expect(session.body).toMatchObject({
    user: { name: 'Maria Ortiz', email: 'maria@acme.test' },
    team: { name: 'Acme', time_zone: 'America/New_York' },
    clock: { now: '2027-01-14T14:00:00.000Z', travelled: false, offset_ms: 0 },
    has_real_mailbox: false,
    fenced_reason: null,
    warnings: [],
  })
  await fresh.close()
})

test('of eight browsers that set up at once one wins, and nothing is half-done', async () => {
  const fresh = await startApi({ empty: true })
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, i) =>
      fresh.call({ path: '/setup', body: { ...SETUP, email: `p${i}@acme.test` }, anonymous: true }),
    ),
  )
  expect(answers.map((each) => each.status).sort()).toEqual([200, 409, 409, 409, 409, 409, 409, 409])
  const { rows } = await sql<Record<string, number>>`
    select (select count(*) from teams) as teams, (select count(*) from users) as users,
      (select count(*) from credentials) as credentials, (select count(*) from api_keys) as keys,
      (select count(*) from stages) as stages, (select count(*) from mailboxes) as mailboxes,
      (select count(*) from sessions) as sessions`.execute(kysely(fresh.db))
  expect(rows[0]).toEqual({
    ...{ teams: 1, users: 1, credentials: 1, keys: 1, stages: 14, mailboxes: 1, sessions: 1 },
  })
  await fresh.close()
})

test('a page of another site cannot set up a Segue that is still empty', async () => {
  const fresh = await startApi({ empty: true })
  const foreign = await fresh.call({
    path: '/setup',
    body: SETUP,
    anonymous: true,
    headers: { 'sec-fetch-site': 'cross-site' },
  })
  const needed = (await fresh.call({ path: '/setup', anonymous: true })).body
  await fresh.close()
  expect([foreign.status, needed]).toEqual([403, { needed: true }])
})

test.each([
  [{ time_zone: 'America/New_Yrok' }, 'time_zone', 'America/New_York'],
  [{ email: 'a@b@c' }, 'email', 'a@b@c'],
  [{ password: 'short' }, 'password', '5 characters'],
  [{ team_name: '  ' }, 'team_name', 'name'],
])('set-up with %j is refused by name', async (wrong, parameter, words) => {
  const fresh = await startApi({ empty: true })
  const { status, body } = await fresh.call({ path: '/setup', body: { ...SETUP, ...wrong }, anonymous: true })
  await fresh.close()
  expect([status, body.parameter]).toEqual([422, parameter])
  expect(body.error).toContain(words)
})

test('the cookie of a session is HttpOnly, same-site, and its token is not in the database', async () => {
  const answered = await signIn()
  const header = answered.headers.get('set-cookie')!
  expect(header).toMatch(/^segue_session=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=2592000$/)
  const token = cookieOf(answered).split('=')[1]!
  const { rows } = await sql`select from sessions where token = ${token}`.execute(kysely(api.db))
  expect(rows).toEqual([])
  const overTls = await signIn({}, { 'x-forwarded-proto': 'https' })
  expect(overTls.headers.get('set-cookie')).toMatch(/; Secure$/)
})

test('signing out ends the session', async () => {
  const cookie = cookieOf(await signIn())
  const call = (method: string) =>
    api.call({ method, path: '/session', anonymous: true, headers: { cookie } })
  expect((await call('GET')).status).toBe(200)
  expect((await call('DELETE')).headers.get('set-cookie')).toContain('Max-Age=0')
  expect((await call('GET')).status).toBe(401)
})

test('a session lasts thirty days after the last visit', async () => {
  const cookie = cookieOf(await signIn())
  const visit = async () =>
    (await api.call({ path: '/session', anonymous: true, headers: { cookie } })).status
  api.clock.advance(29 * DAY)
  expect(await visit()).toBe(200)
  api.clock.advance(29 * DAY)
  expect(await visit()).toBe(200)
  api.clock.advance(30 * DAY + 1)
  expect(await visit()).toBe(401)
})

test('a page of another site cannot write with the cookie, a page of ours can', async () => {
  const cookie = cookieOf(await signIn())
  const host = new URL(api.url).host
  const write = async (headers: Record<string, string>) =>
    (
      await api.call({
        method: 'PATCH',
        path: '/team',
        body: { name: 'Acme' },
        anonymous: true,
        headers: { cookie, ...headers },
      })
    ).status
  expect(await write({ origin: 'https://evil.test' })).toBe(403)
  expect(await write({ origin: 'null' })).toBe(403)
  expect(await write({ 'sec-fetch-site': 'cross-site' })).toBe(403)
  expect(await write({ 'sec-fetch-site': 'same-site', origin: `https://other.${host}` })).toBe(403)
  expect(await write({ origin: `http://${host}` })).toBe(200)
  expect(await write({ 'sec-fetch-site': 'same-origin' })).toBe(200)
})

test('a key needs no origin', async () => {
  const { status } = await api.call({
    method: 'PATCH',
    path: '/team',
    body: { name: 'Acme' },
    headers: { origin: 'https://tool.test' },
  })
  expect(status).toBe(200)
})

test('a wrong password and an unknown address get the same answer', async () => {
  const wrong = await signIn({ password: 'not this one' })
  const unknown = await signIn({ email: 'nobody@acme.test' })
  expect([wrong.status, unknown.status]).toEqual([401, 401])
  expect(wrong.body).toEqual(unknown.body)
})

test('the eleventh attempt on one address within a quarter of an hour has to wait', async () => {
  for (let i = 0; i < 10; i++)
    expect((await signIn({ email: 'guess@acme.test', password: `guess ${i}` })).status).toBe(401)
  const { status, headers, body } = await signIn({ email: 'Guess@acme.test' })
  expect(status).toBe(429)
  expect(body.error).toBe('Too many attempts to sign in. Try again in 15 minutes.')
  expect(headers.get('retry-after')).toBe('900')
  expect((await signIn()).status).toBe(200)
  api.clock.advance(16 * MINUTE)
  expect((await signIn({ email: 'guess@acme.test' })).status).toBe(401)
})

test('the team changes its names and zone, and refuses a zone that does not exist', async () => {
  const { body } = await api.call({
    method: 'PATCH',
    path: '/team',
    body: { legal_name: 'Acme Inc.', postal_address: '1 Road', time_zone: 'europe/berlin' },
  })
  expect(body.team).toMatchObject({ legal_name: 'Acme Inc.', time_zone: 'Europe/Berlin' })
  const wrong = await api.call({ method: 'PATCH', path: '/team', body: { time_zone: 'Mars/Olympus' } })
  expect(wrong.status).toBe(422)
  expect(wrong.body.error).toContain('Mars/Olympus')
})

test('the team says how long to leave alone whoever is back, and a margin of six days is refused by name', async () => {
  const change = (body: object) => api.call({ method: 'PATCH', path: '/team', body })
  const { body } = await change({ away_margin_days: 2, away_resume_days: 14 })
  expect(body.team).toMatchObject({ away_margin_days: 2, away_resume_days: 14 })
  const wrong = await change({ away_margin_days: 6 })
  expect([wrong.status, wrong.body.parameter]).toEqual([422, 'away_margin_days'])
  expect((await change({ away_resume_days: null })).body.team).toMatchObject({
    away_margin_days: 2,
    away_resume_days: null,
  })
})

test('the team says after how long what is overdue asks a person, and what an answer does to others of its company', async () => {
  const change = (body: object) => api.call({ method: 'PATCH', path: '/team', body })
  const usual = (await change({})).body.team
  expect(usual).toMatchObject({
    stale_after_hours: 168,
    same_account_reply_policy: 'ignore',
    same_account_reply_delay_days: 30,
  })
  const { body } = await change({ stale_after_hours: 24, same_account_reply_policy: 'delay' })
  expect(body.team).toMatchObject({ stale_after_hours: 24, same_account_reply_policy: 'delay' })
  for (const [parameter, value] of [
    ['stale_after_hours', 0],
    ['stale_after_hours', 8_761],
    ['same_account_reply_policy', 'forget'],
    ['same_account_reply_delay_days', 1_001],
  ] as const) {
    const wrong = await change({ [parameter]: value })
    expect([wrong.status, wrong.body.parameter]).toEqual([422, parameter])
  }
})

test('an opt-out line without a link is refused', async () => {
  const { status, body } = await api.call({
    method: 'PATCH',
    path: '/team',
    body: { opt_out_html: 'Write to us.' },
  })
  expect([status, body.parameter]).toEqual([422, 'opt_out_html'])
})

test("a cookie that nobody was given is nobody's", async () => {
  const { status } = await api.call({
    path: '/session',
    anonymous: true,
    headers: { cookie: `segue_session=${'a'.repeat(64)}` },
  })
  expect(status).toBe(401)
})
