// Connecting a mailbox by signing in: who may end a sign-in, once and in time, what is saved, and what is said when it is refused.
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { sleep } from '../../src/clock.ts'
import { readConfig } from '../../src/config.ts'
import type { Clock } from '../../src/core/clock.ts'
import { createOAuth } from '../../src/mail/oauth.ts'
import { createMailPort } from '../../src/mail/post.ts'
import { kysely } from '../../src/store/db.ts'
import { type Api, SETUP, startApi } from '../support/api.ts'
import { type AuthorizationServer, startAuthorizationServer } from '../support/authorization-server.ts'
import { freePort } from '../support/ports.ts'
import { until } from '../support/until.ts'

const RAE = 'rae@acme.test'
/** Mail servers do not follow the tests' standing clock. */
const realClock: Clock = { now: () => Date.now(), real: () => Date.now(), sleep }
let server: AuthorizationServer
let api: Api
let cookie: string

beforeAll(async () => {
  api = await startApi({
    context: ({ random }) => ({ mail: createMailPort({ clock: realClock, random }) }),
  })
})
afterAll(() => api.close())

beforeEach(async () => {
  server = await startAuthorizationServer()
  const nobody = await freePort()
  api.context.oauth = createOAuth(readConfig(server.settings({ smtp: nobody, imap: nobody })))
  cookie = await signedIn(SETUP.email, SETUP.password)
})
afterEach(async () => {
  await until(
    () => sql`select from mailbox_checks where state = 'running'`.execute(kysely(api.db)),
    ({ rows }) => rows.length === 0,
  )
  await sql`delete from mailboxes where kind <> 'sandbox'`.execute(kysely(api.db))
  await sql`delete from mailbox_grants`.execute(kysely(api.db))
  await sql`delete from sign_ins`.execute(kysely(api.db))
  await server.close()
})

async function signedIn(email: string, password: string): Promise<string> {
  const { headers } = await api.call({ path: '/session', body: { email, password }, anonymous: true })
  return headers.get('set-cookie')!.split(';')[0]!
}

/** As the page does: with the session, not with the key. */
const begin = (body: object = { provider: 'google' }) =>
  api.call({ path: '/email_accounts/oauth', body, anonymous: true, headers: { cookie } })

/** The link is followed, and the provider sends the browser back. */
async function consented(body?: object): Promise<URL> {
  const begun = await begin(body)
  expect(begun.status, begun.text).toBe(200)
  return server.consent(begun.body.authorization_url)
}

async function back(to: URL, as = cookie) {
  const response = await fetch(to, { redirect: 'manual', headers: as === '' ? {} : { cookie: as } })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

const mailboxes = async () =>
  (await api.get('/email_accounts')).body.email_accounts.filter(
    (one: { is_sandbox: boolean }) => !one.is_sandbox,
  )

test('a person signs in at Google, and the mailbox is there with its servers and without a password', async () => {
  const to = await consented()
  expect(to.href.startsWith(`${api.url}/oauth/callback?`)).toBe(true)
  expect(to.searchParams.get('state')!.startsWith(`${api.teamId}.`)).toBe(true)
  const { status, headers } = await back(to)
  const [mailbox] = await mailboxes()
  expect(status).toBe(303)
  expect(headers.get('location')).toBe(`/mailboxes?mailbox=${mailbox.id}&check=1`)
  expect(mailbox).toMatchObject({
    email: RAE,
    kind: 'google',
    type: 'gmail',
    state: 'unchecked',
    active: false,
    from_name: SETUP.name,
    smtp: { host: '127.0.0.1', user: RAE, has_password: false },
    email_daily_threshold: 50,
  })
})

test('no token is stored in the clear, and none is ever returned', async () => {
  await back(await consented())
  const { rows } = await sql<Record<string, string>>`select * from mailbox_grants`.execute(kysely(api.db))
  expect(rows[0]!['refresh_secret']).toMatch(/^v1\./)
  expect(rows[0]!['access_secret']).toMatch(/^v1\./)
  const { rows: begun } = await sql<Record<string, string>>`select * from sign_ins`.execute(kysely(api.db))
  expect(begun[0]!['verifier_secret']).toMatch(/^v1\./)
  const stored = JSON.stringify([...rows, ...begun, await mailboxes()])
  expect(server.given.length).toBeGreaterThan(0)
  for (const token of server.given) expect(stored).not.toContain(token)
})

test('of a provider without a client nothing is begun, and the sentence says what an operator does', async () => {
  api.context.oauth = createOAuth(readConfig({}))
  const { status, body } = await begin({ provider: 'microsoft' })
  expect(status).toBe(422)
  expect(body).toMatchObject({
    code: 'no_client',
    error: expect.stringContaining('SEGUE_MICROSOFT_CLIENT_ID'),
  })
})

test('the session says which providers there are', async () => {
  const { body } = await api.call({ path: '/session', anonymous: true, headers: { cookie } })
  expect(body.oauth_providers).toEqual(['google', 'microsoft'])
})

test('a sign-in ends once: the second use of the same link is told so', async () => {
  const to = await consented()
  expect((await back(to)).status).toBe(303)
  const again = await back(to)
  expect(again.status).toBe(422)
  expect(again.text).toContain('was used already')
  expect(await mailboxes()).toHaveLength(1)
})

test('of two uses at the same moment one connects', async () => {
  const to = await consented()
  const statuses = (await Promise.all([back(to), back(to)])).map((one) => one.status)
  expect(statuses.toSorted()).toEqual([303, 422])
})

test('a forged state, one of another team and one whose secret was changed are not known', async () => {
  const to = await consented()
  const [team, id, secret] = to.searchParams.get('state')!.split('.') as [string, string, string]
  for (const state of [
    '',
    'forged',
    `${team}.${id}`,
    `${team}.${id}.${secret.replace(/./, (first) => (first === 'a' ? 'b' : 'a'))}`,
    `${'0'.repeat(24)}.${id}.${secret}`,
    `${team}.${'0'.repeat(24)}.${secret}`,
  ]) {
    const forged = new URL(to)
    forged.searchParams.set('state', state)
    const { status, text } = await back(forged)
    expect(status, state).toBe(422)
    expect(text).toContain('This sign-in is not known here.')
  }
  // None of these has used it up.
  expect((await back(to)).status).toBe(303)
})

test('a sign-in of 16 minutes ago is over', async () => {
  const to = await consented()
  api.clock.advance(16 * 60_000)
  expect((await back(to)).text).toContain('waited longer than 15 minutes')
  expect(await mailboxes()).toEqual([])
})

test('somebody else of the team cannot end it, nor can somebody who is not signed in', async () => {
  const to = await consented()
  const stranger = await back(to, '')
  expect(stranger.status).toBe(401)
  expect(stranger.text).toContain('You are not signed in here')
  await sql`insert into users (id, team_id, name, email, role, created_at, updated_at)
    select ${'f'.repeat(24)}, team_id, 'Ben', 'ben@acme.test', role, created_at, updated_at from users limit 1`.execute(
    kysely(api.db),
  )
  await sql`update sessions set user_id = ${'f'.repeat(24)}`.execute(kysely(api.db))
  const colleague = await back(to)
  expect(colleague.status).toBe(422)
  expect(colleague.text).toContain('Somebody else began this sign-in.')
})

test('a person who does not allow it is told so, and can begin again', async () => {
  server.denies = true
  const { status, text } = await back(await consented())
  expect(status).toBe(422)
  expect(text).toContain('You did not allow it at Google')
  expect(text).toContain('href="/mailboxes"')
  server.denies = false
  expect((await back(await consented())).status).toBe(303)
})

test('a permission without a refresh token connects nothing', async () => {
  server.withoutRefreshToken = true
  expect((await back(await consented())).text).toContain('no refresh token')
  expect(await mailboxes()).toEqual([])
})

test('another account does not take the place of the one that is reconnected', async () => {
  await back(await consented())
  const [mailbox] = await mailboxes()
  server.account = 'eve@acme.test'
  const { status, text } = await back(await consented({ provider: 'google', id: mailbox.id }))
  expect(status).toBe(422)
  expect(text).toContain(`You signed in as eve@acme.test, but this mailbox is ${RAE}.`)
  expect((await mailboxes()).map((one: { email: string }) => one.email)).toEqual([RAE])
})

test('the account is known again when its provider has renamed it', async () => {
  await back(await consented())
  const [mailbox] = await mailboxes()
  server.claims = { email: 'rae.seller@acme.test', sub: `subject of ${RAE}` }
  const { status } = await back(await consented({ provider: 'google', id: mailbox.id }))
  expect(status).toBe(303)
  const [renamed] = await mailboxes()
  expect(renamed).toMatchObject({ id: mailbox.id, email: RAE, smtp: { user: 'rae.seller@acme.test' } })
})

test('a mailbox with a password is let in with Microsoft instead, keeps its limits, and can go back to passwords', async () => {
  const servers = { host: '127.0.0.1', port: 2525, tls: 'none', user: RAE, password: 'an app password' }
  const made = await api.post('/email_accounts', {
    email: RAE,
    smtp: servers,
    imap: servers,
    email_daily_threshold: 33,
  })
  const { id } = made.body.email_account
  expect((await back(await consented({ provider: 'microsoft', id }))).status).toBe(303)
  const [mailbox] = await mailboxes()
  expect(mailbox).toMatchObject({
    id,
    kind: 'microsoft',
    email_daily_threshold: 33,
    smtp: { has_password: false },
  })
  const named = await api.put(`/email_accounts/${id}`, { from_name: 'Rae' })
  expect(named.body.email_account).toMatchObject({ kind: 'microsoft', from_name: 'Rae' })
  const half = await api.put(`/email_accounts/${id}`, { smtp: servers })
  expect(half.status).toBe(422)
  expect(half.body.error).toContain(`${RAE} is connected with Microsoft`)
  const whole = await api.put(`/email_accounts/${id}`, { smtp: servers, imap: servers })
  expect(whole.body.email_account).toMatchObject({
    kind: 'smtp',
    state: 'unchecked',
    smtp: { has_password: true },
  })
  const { rows } = await sql`select from mailbox_grants`.execute(kysely(api.db))
  expect(rows).toHaveLength(0)
})

test('removing the mailbox forgets its tokens', async () => {
  await back(await consented())
  const [mailbox] = await mailboxes()
  expect((await api.delete(`/email_accounts/${mailbox.id}`)).status).toBe(200)
  const { rows } = await sql`select from mailbox_grants`.execute(kysely(api.db))
  expect(rows).toHaveLength(0)
})

test('the sandbox, an unknown mailbox and an unknown provider are refused', async () => {
  const { body } = await api.get('/email_accounts')
  expect((await begin({ provider: 'google', id: body.email_accounts[0].id })).status).toBe(422)
  expect((await begin({ provider: 'google', id: '0'.repeat(24) })).status).toBe(404)
  expect((await begin({ provider: 'yahoo' })).status).toBe(422)
})

test('an address without https is refused before anybody is sent away', async () => {
  const { settings } = api.context
  api.context.settings = { ...settings, publicUrl: 'http://segue.acme.test' }
  const { status, body } = await begin()
  api.context.settings = settings
  expect(status).toBe(422)
  expect(body).toMatchObject({ code: 'no_https', error: expect.stringContaining('SEGUE_PUBLIC_URL') })
})

test('with time travel on, nobody is sent to a provider', async () => {
  const { settings } = api.context
  api.context.settings = { ...settings, timeTravel: true }
  const { status, body } = await begin()
  api.context.settings = settings
  expect(status).toBe(422)
  expect(body.code).toBe('time_travel')
})
