// The access token of a mailbox: refreshed in time and by one process at a time, kept when it rotates, and what becomes of a mailbox that was shut out.
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { mailboxTokens, sealToken } from '../../src/actions/mailbox-tokens.ts'
import { sleep } from '../../src/clock.ts'
import { readConfig } from '../../src/config.ts'
import type { Clock } from '../../src/core/clock.ts'
import { createOAuth } from '../../src/mail/oauth.ts'
import type { OAuthPort, SignIn, TokenSource } from '../../src/mail/port.ts'
import { createKeys } from '../../src/seal.ts'
import { Database, kysely } from '../../src/store/db.ts'
import { deleteGrant, saveGrant } from '../../src/store/mailbox-grants.ts'
import { type Api, startApi } from '../support/api.ts'
import { type AuthorizationServer, startAuthorizationServer } from '../support/authorization-server.ts'

const RAE = 'rae@acme.test'
const MINUTE = 60_000
/** Providers live in real time; a test moves it on. */
let aheadMs = 0
const clock: Clock = { now: () => Date.now() + aheadMs, real: () => Date.now() + aheadMs, sleep }
let api: Api
let team: number
let mailboxId: string
let server: AuthorizationServer
let oauth: OAuthPort

beforeAll(async () => {
  api = await startApi()
  const servers = { host: '127.0.0.1', port: 2525, tls: 'none', user: RAE, password: 'unused' }
  const { body } = await api.post('/email_accounts', { email: RAE, smtp: servers, imap: servers })
  mailboxId = body.email_account.id
  const { rows } = await sql<{ id: number }>`select id from teams`.execute(kysely(api.db))
  team = rows[0]!.id
})
afterAll(() => api.close())

beforeEach(async () => {
  aheadMs = 0
  server = await startAuthorizationServer()
  oauth = createOAuth(readConfig(server.settings({ smtp: 25, imap: 143 })))
  await sql`update mailboxes set state = 'connected', state_reason = null where id = ${mailboxId}`.execute(
    kysely(api.db),
  )
  await sql`delete from activities`.execute(kysely(api.db))
})
afterEach(() => server.close())

/** The mailbox as a sign-in leaves it. */
async function granted(provider: SignIn['provider']): Promise<string> {
  const signIn = {
    provider,
    redirectUri: 'http://127.0.0.1:4000/oauth/callback',
    state: 'state',
    nonce: 'nonce',
    verifier: 'v'.repeat(43),
  }
  const back = await server.consent(await oauth.authorizationUrl(signIn, null))
  const outcome = await oauth.finish(signIn, back.searchParams)
  if (outcome.kind !== 'signed_in') throw new Error(outcome.sentence)
  const { keys } = api.context
  const { account, tokens } = outcome
  const now = clock.real()
  await saveGrant(api.db, {
    ...{ team, mailboxId, provider, issuer: account.issuer, subject: account.subject, now },
    refreshSecret: sealToken(keys, { mailboxId, use: 'refresh' }, tokens.refreshToken),
    accessSecret: sealToken(keys, { mailboxId, use: 'access' }, tokens.accessToken),
    accessEndsAt: now + tokens.expiresInMs,
  })
  return tokens.accessToken
}

/** What another process has for itself. */
const source = (changes: { keys?: ReturnType<typeof createKeys> } = {}): TokenSource =>
  mailboxTokens({ ...api.context, clock, oauth, ...changes })(team, mailboxId)

async function accessToken(from = source(), refused?: string): Promise<string> {
  const answer = await from(refused)
  if (answer.kind !== 'token') throw new Error(`${answer.kind}: ${answer.detail}`)
  return answer.accessToken
}

async function mailbox() {
  const { rows } = await sql<{ state: string; reason: string | null }>`
    select state, state_reason as reason from mailboxes where id = ${mailboxId}`.execute(kysely(api.db))
  return rows[0]!
}

test('a token that lasts is used as it is, and one that ends within two minutes is refreshed first', async () => {
  const first = await granted('google')
  expect(await accessToken()).toBe(first)
  aheadMs = 57 * MINUTE
  expect(await accessToken()).toBe(first)
  expect(server.refreshes).toBe(0)
  aheadMs = 58 * MINUTE + 1
  const second = await accessToken()
  expect(second).not.toBe(first)
  expect(await accessToken()).toBe(second)
  expect(server.refreshes).toBe(1)
})

test('a refused token is replaced although it had not ended, once for all who were refused with it', async () => {
  const first = await granted('google')
  const second = await accessToken(source(), first)
  expect(second).not.toBe(first)
  expect(await accessToken(source(), first)).toBe(second)
  expect(server.refreshes).toBe(1)
})

test('of eight processes one refreshes, and all get what it brought', async () => {
  await granted('microsoft')
  aheadMs = 2 * 60 * MINUTE
  const got = await Promise.all(Array.from({ length: 8 }, () => accessToken()))
  expect(new Set(got).size).toBe(1)
  expect(server.refreshes).toBe(1)
})

test('a refresh waits outside of any transaction: claims may lock the mailbox meanwhile', async () => {
  await granted('google')
  aheadMs = 2 * 60 * MINUTE
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>()
  const { promise: go, resolve: answer } = Promise.withResolvers<void>()
  server.beforeRefresh = () => {
    arrive()
    return go
  }
  const getting = accessToken()
  await arrived
  await api.db.transaction(async (tx) => {
    await sql`select from mailboxes where id = ${mailboxId} for update nowait`.execute(kysely(tx))
    await sql`select from mailbox_grants where mailbox_id = ${mailboxId} for update nowait`.execute(
      kysely(tx),
    )
  })
  answer()
  await getting
})

test('refresh tokens that rotate are kept: the third refresh works as the first', async () => {
  await granted('microsoft')
  for (const hours of [2, 4, 6]) {
    aheadMs = hours * 60 * MINUTE
    await accessToken()
  }
  expect(server.refreshes).toBe(3)
  expect((await mailbox()).state).toBe('connected')
})

test('a process that died while it refreshed holds nobody up for longer than its lease', async () => {
  await granted('google')
  aheadMs = 2 * 60 * MINUTE
  await sql`update mailbox_grants set busy_until = ${new Date(clock.real() + 45_000).toISOString()}`.execute(
    kysely(api.db),
  )
  const getting = accessToken()
  expect(server.refreshes).toBe(0)
  aheadMs += 45_001
  await getting
  expect(server.refreshes).toBe(1)
})

test('a permission that was taken back disconnects the mailbox, says the way out, and the provider is not asked again', async () => {
  await granted('google')
  server.revoke(RAE)
  aheadMs = 2 * 60 * MINUTE
  const shutOut = 'invalid_grant: Token has been expired or revoked.'
  expect(await source()()).toEqual({ kind: 'revoked', detail: shutOut })
  expect(await mailbox()).toEqual({
    state: 'disconnected',
    reason: `Google no longer lets Segue into ${RAE} (${shutOut}). Reconnect it with Google.`,
  })
  expect(await source()()).toEqual({ kind: 'revoked', detail: shutOut })
  expect(server.refreshes).toBe(1)
  const { rows } = await sql<{ kind: string }>`select kind from activities`.execute(kysely(api.db))
  expect(rows).toEqual([{ kind: 'mailbox_disconnected' }])
})

test('a provider in trouble disconnects nobody, and the next attempt works', async () => {
  await granted('google')
  aheadMs = 2 * 60 * MINUTE
  server.down = true
  expect(await source()()).toMatchObject({ kind: 'unreachable', detail: expect.stringContaining('Google') })
  expect((await mailbox()).state).toBe('connected')
  server.down = false
  await accessToken()
})

test("an ended client secret is the operator's to mend: the mailbox stays connected and goes on by itself", async () => {
  await granted('microsoft')
  aheadMs = 2 * 60 * MINUTE
  server.clientEnded = true
  expect(await source()()).toMatchObject({
    kind: 'unreachable',
    detail: expect.stringContaining('SEGUE_MICROSOFT_CLIENT_SECRET'),
  })
  expect((await mailbox()).state).toBe('connected')
  server.clientEnded = false
  await accessToken()
})

test('connected anew while an old token is being refused: the new permission stands', async () => {
  await granted('google')
  aheadMs = 2 * 60 * MINUTE
  server.revoke(RAE)
  let reconnected = ''
  server.beforeRefresh = async () => {
    server.beforeRefresh = () => Promise.resolve()
    reconnected = await granted('google')
  }
  const got = await accessToken()
  expect(got).toBe(reconnected)
  expect((await mailbox()).state).toBe('connected')
})

test('a changed secret key, a mailbox that nobody connected and a database that is away are troubles, never faults', async () => {
  await granted('google')
  const strangers = createKeys('another key of the api tests, long enough')
  expect(await source({ keys: strangers })()).toMatchObject({
    kind: 'revoked',
    detail: expect.stringContaining('secret key'),
  })
  const away = await startApi({ empty: true })
  await away.close()
  expect(away.db).toBeInstanceOf(Database)
  const lost = mailboxTokens({ ...api.context, db: away.db, clock, oauth })(team, mailboxId)
  expect(await lost()).toMatchObject({ kind: 'unreachable' })
  await deleteGrant(api.db, { team, mailboxId })
  expect(await source()()).toMatchObject({ kind: 'revoked' })
})
