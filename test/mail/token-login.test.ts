// Logging in with a token: XOAUTH2 over SMTP and at a real Dovecot, and what happens when a token is refused, or there is none.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { ImapReader } from '../../src/mail/imap.ts'
import { createOAuth } from '../../src/mail/oauth.ts'
import type { OAuthLogin, TokenSource } from '../../src/mail/port.ts'
import { type AuthorizationServer, startAuthorizationServer } from '../support/authorization-server.ts'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.ts'
import { outgoing } from '../support/outgoing.ts'
import { only, senderTo, sinkWith, yes } from '../support/sending.ts'

const SALES = 'sales@acme.test'

/** Gives the tokens one after another; the last one for ever. What was refused is written down. */
function tokens(...given: Awaited<ReturnType<TokenSource>>[]): OAuthLogin & { refused: string[] } {
  const refused: string[] = []
  return {
    provider: 'google',
    refused,
    token: async (not) => {
      if (not !== undefined) refused.push(not)
      return given[Math.min(refused.length, given.length - 1)]!
    },
  }
}
const good = (accessToken: string) => ({ kind: 'token' as const, accessToken })

const taking = (...accessTokens: string[]) => ({
  takesToken: (user: string, token: string) => user === SALES && accessTokens.includes(token),
})

test('an access token logs in with XOAUTH2', async () => {
  const sink = await sinkWith(taking('one'))
  const sender = senderTo(sink, { oauth: tokens(good('one')) })
  expect((await sender.send(outgoing(), yes)).kind).toBe('accepted')
  expect(sink.commands).toContain('AUTH XOAUTH2')
})

test('a refused token is replaced once, and the mail leaves', async () => {
  const sink = await sinkWith(taking('two'))
  const oauth = tokens(good('one'), good('two'))
  expect((await senderTo(sink, { oauth }).send(outgoing(), yes)).kind).toBe('accepted')
  expect(oauth.refused).toEqual(['one'])
})

test('refused with a new token too, the login is refused for good, and says with whose token it was tried', async () => {
  const sink = await sinkWith(taking())
  const oauth = tokens(good('one'), good('two'))
  expect(await senderTo(sink, { oauth }).send(outgoing(), yes)).toEqual({
    kind: 'unauthenticated',
    reply: '535 5.7.8 Error: authentication failed',
    oauth: { provider: 'google', revoked: false },
  })
  expect(oauth.refused).toEqual(['one'])
  expect(sink.commands.filter((line) => line === 'AUTH XOAUTH2')).toHaveLength(2)
})

test('a permission that was taken back is unauthenticated without asking the mail server to take anything', async () => {
  const sink = await sinkWith(taking('one'))
  const oauth = tokens({ kind: 'revoked', detail: 'invalid_grant: Token has been expired or revoked.' })
  expect(await senderTo(sink, { oauth }).send(outgoing(), yes)).toMatchObject({
    kind: 'unauthenticated',
    oauth: { provider: 'google', revoked: true },
  })
  expect(sink.sessions).toBe(0)
})

test('a provider that gives no token just now is unreachable, not a refused login', async () => {
  const sink = await sinkWith(taking('one'))
  const oauth = tokens({ kind: 'unreachable', detail: 'Google gives no token just now' })
  expect(await senderTo(sink, { oauth }).send(outgoing(), yes)).toMatchObject({
    kind: 'unreachable',
    stage: 'login',
    cause: 'login_later',
  })
})

test('a session whose token ended between two mails is left for a new one, and the second mail leaves once', async () => {
  // Exchange Online: the login is forgotten in the middle of a session.
  const sink = await sinkWith({
    ...taking('one'),
    behave: ({ stage, session, mail }) =>
      stage === 'mail' && session === 1 && mail === 2
        ? { reply: '530 5.7.57 Client not authenticated to send mail.' }
        : 'go',
  })
  const sender = senderTo(sink, { oauth: tokens(good('one')) })
  expect((await sender.send(outgoing(), yes)).kind).toBe('accepted')
  expect((await sender.send(outgoing({ messageId: '<m2@acme.test>' }), yes)).kind).toBe('accepted')
  expect(sink.mails.map((mail) => mail.messageId)).toEqual(['<m1@acme.test>', '<m2@acme.test>'])
  expect(sink.sessions).toBe(2)
})

test('SMTP AUTH that is off for the mailbox is a refused login with the words of Microsoft', async () => {
  const reply =
    '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled'
  const sink = await sinkWith({ ...taking('one'), behave: only('auth', { reply }) })
  expect(await senderTo(sink, { oauth: tokens(good('one')) }).send(outgoing(), yes)).toMatchObject({
    kind: 'unauthenticated',
    reply,
  })
})

let server: AuthorizationServer
let dovecot: Dovecot

beforeAll(async () => {
  if (!hasDovecot) return
  server = await startAuthorizationServer()
  dovecot = await startDovecot({ users: [SALES], introspection: `${server.url}/introspect?token=` })
})

afterAll(async () => {
  await dovecot?.stop()
  await server?.close()
})

/** An access token that the server gave to this account. */
async function accessTokenOf(account: string): Promise<string> {
  const oauth = createOAuth(readConfig(server.settings({ smtp: 25, imap: 143 })))
  const signIn = {
    provider: 'google' as const,
    redirectUri: 'http://127.0.0.1:4000/oauth/callback',
    state: 'state',
    nonce: 'nonce',
    verifier: 'v'.repeat(43),
  }
  server.account = account
  const back = await server.consent(await oauth.authorizationUrl(signIn, null))
  const outcome = await oauth.finish(signIn, back.searchParams)
  if (outcome.kind !== 'signed_in') throw new Error(outcome.sentence)
  return outcome.tokens.accessToken
}

const readerWith = (oauth: OAuthLogin) => new ImapReader({ ...dovecot.imap(SALES), oauth })
const nobody = async () => undefined

test.runIf(hasDovecot)(
  'Dovecot lets a reader in with a token of the account, and with no other',
  async () => {
    const oauth = tokens(good(await accessTokenOf(SALES)))
    const reader = readerWith(oauth)
    expect((await reader.readAll([], Date.now(), nobody)).kind).toBe('read')
    await reader.close()
    const strangers = readerWith(tokens(good(await accessTokenOf('eve@other.test'))))
    expect(await strangers.readAll([], Date.now(), nobody)).toMatchObject({
      kind: 'unauthenticated',
      oauth: { provider: 'google', revoked: false },
    })
    await strangers.close()
  },
)

test.runIf(hasDovecot)('a reader whose token has ended is let in with the next one', async () => {
  const old = await accessTokenOf(SALES)
  server.endAccessTokens()
  const oauth = tokens(good(old), good(await accessTokenOf(SALES)))
  const reader = readerWith(oauth)
  expect((await reader.readAll([], Date.now(), nobody)).kind).toBe('read')
  expect(oauth.refused).toEqual([old])
  await reader.close()
})

test.runIf(hasDovecot)(
  'a reader without a token says whether it was taken back or is only out of reach',
  async () => {
    const revoked = readerWith(tokens({ kind: 'revoked', detail: 'invalid_grant' }))
    expect(await revoked.readAll([], Date.now(), nobody)).toMatchObject({
      kind: 'unauthenticated',
      oauth: { provider: 'google', revoked: true },
    })
    const away = readerWith(tokens({ kind: 'unreachable', detail: 'Google gives no token just now' }))
    expect(await away.readAll([], Date.now(), nobody)).toMatchObject({
      kind: 'unreachable',
      cause: 'login_later',
    })
  },
)
