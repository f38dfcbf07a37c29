// Signing in at a provider, against a real authorization server: what is asked for, who it was, what is refused, and refreshing.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { createOAuth } from '../../src/mail/oauth.ts'
import type { OAuthPort, SignIn, SignInOutcome } from '../../src/mail/port.ts'
import {
  type AuthorizationServer,
  startAuthorizationServer,
  TENANT,
} from '../support/authorization-server.ts'

const RAE = 'rae@acme.test'
let server: AuthorizationServer
let oauth: OAuthPort

beforeEach(async () => {
  server = await startAuthorizationServer()
  oauth = createOAuth(readConfig(server.settings({ smtp: 25, imap: 143 })))
})
afterEach(() => server.close())

const signIn = (provider: SignIn['provider'] = 'google'): SignIn => ({
  provider,
  redirectUri: 'https://segue.acme.test/oauth/callback',
  state: 'the state',
  nonce: 'the nonce',
  verifier: 'a verifier that nobody else knows, 43 characters',
})

async function finished(from = signIn(), answer?: (back: URL) => void): Promise<SignInOutcome> {
  const back = await server.consent(await oauth.authorizationUrl(from, null))
  answer?.(back)
  return oauth.finish(from, back.searchParams)
}

async function sentence(from = signIn(), answer?: (back: URL) => void): Promise<string> {
  const outcome = await finished(from, answer)
  if (outcome.kind === 'signed_in') throw new Error(`${outcome.account.address} was signed in`)
  return `${outcome.kind}: ${outcome.sentence}`
}

test('Google is asked for mail that lasts, with PKCE, and for the expected account', async () => {
  const real = createOAuth(readConfig({ SEGUE_GOOGLE_CLIENT_ID: 'id', SEGUE_GOOGLE_CLIENT_SECRET: 'secret' }))
  const url = new URL(await real.authorizationUrl(signIn(), RAE))
  expect(url.origin + url.pathname).toBe('https://accounts.google.com/o/oauth2/v2/auth')
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    scope: 'openid email https://mail.google.com/',
    access_type: 'offline',
    code_challenge_method: 'S256',
    state: 'the state',
    login_hint: RAE,
    redirect_uri: 'https://segue.acme.test/oauth/callback',
  })
  expect(url.href).not.toContain('verifier')
  expect(real.servers('google').smtp).toEqual({ host: 'smtp.gmail.com', port: 465, tls: 'tls' })
  expect(real.providers).toEqual(['google'])
})

test('Microsoft is asked in the own directory, for sending, reading, and access that lasts', async () => {
  const real = createOAuth(
    readConfig({
      SEGUE_MICROSOFT_TENANT: 'acme.com',
      SEGUE_MICROSOFT_CLIENT_ID: 'id',
      SEGUE_MICROSOFT_CLIENT_SECRET: 'secret',
    }),
  )
  const url = new URL(await real.authorizationUrl(signIn('microsoft'), null))
  expect(url.origin + url.pathname).toBe('https://login.microsoftonline.com/acme.com/oauth2/v2.0/authorize')
  const scopes = url.searchParams.get('scope')!.split(' ')
  expect(scopes).toEqual(
    expect.arrayContaining([
      'offline_access',
      'https://outlook.office.com/SMTP.Send',
      'https://outlook.office.com/IMAP.AccessAsUser.All',
    ]),
  )
  expect(real.servers('microsoft').smtp).toEqual({ host: 'smtp.office365.com', port: 587, tls: 'starttls' })
})

test.each(['google', 'microsoft'] as const)(
  'an account of %s is signed in, named for good, with tokens',
  async (provider) => {
    server.account = 'Rae@Acme.test'
    const outcome = await finished(signIn(provider))
    const path = provider === 'google' ? 'google' : `microsoft/${TENANT}/v2.0`
    expect(outcome).toMatchObject({
      kind: 'signed_in',
      account: {
        address: RAE,
        login: 'Rae@Acme.test',
        issuer: `${server.url}/${path}`,
        subject: 'subject of Rae@Acme.test',
      },
      tokens: { expiresInMs: 3_600_000 },
    })
  },
)

test('a person who does not allow it is told so', async () => {
  server.denies = true
  expect(await sentence()).toMatch(/^refused: You did not allow it at Google \(access_denied\)/)
})

test('another state, another verifier and a code that was used are refused', async () => {
  expect(await sentence(signIn(), (back) => back.searchParams.set('state', 'forged'))).toMatch(/^refused: /)
  const from = signIn()
  const back = await server.consent(await oauth.authorizationUrl(from, null))
  const stolen = { ...from, verifier: 'the verifier of somebody who stole the code' }
  expect((await oauth.finish(stolen, back.searchParams)).kind).toBe('refused')
  expect((await oauth.finish(from, back.searchParams)).kind).toBe('signed_in')
  const again = await oauth.finish(from, back.searchParams)
  expect(again).toMatchObject({ kind: 'refused', sentence: expect.stringContaining('used already') })
})

test('an identity that is forged, for another client, from another server or another sign-in is refused', async () => {
  for (const claims of [
    { aud: 'another client' },
    { iss: 'https://accounts.evil.test' },
    { nonce: 'of another sign-in' },
  ]) {
    server.claims = claims
    expect(await sentence()).toMatch(/^refused: What Google answered cannot be trusted/)
  }
  server.claims = {}
  server.forges = true
  expect(await sentence()).toMatch(/^refused: What Google answered cannot be trusted/)
})

test('an identity of Entra is from the directory that it names', async () => {
  server.claims = { tid: '99999999-2222-3333-4444-555555555555' }
  expect(await sentence(signIn('microsoft'))).toMatch(/^refused: What Microsoft answered cannot be trusted/)
})

test('an address that Google has not verified is not believed', async () => {
  server.claims = { email_verified: false }
  expect(await sentence()).toMatch(/^refused: Google did not say which address was signed in/)
})

test('clocks may differ by four minutes, and not by an hour and ten', async () => {
  for (const aheadS of [240, -240]) {
    server.aheadS = aheadS
    expect((await finished()).kind).toBe('signed_in')
  }
  server.aheadS = 4200
  expect(await sentence()).toContain('Compare the clock of this machine')
})

test('a permission without mail, or without a refresh token, is refused with the way out', async () => {
  server.scope = 'openid email'
  expect(await sentence()).toMatch(/did not give the permission to send and read mail.*tick every box/)
  server.scope = null
  server.withoutRefreshToken = true
  expect(await sentence()).toMatch(/no refresh token.*myaccount\.google\.com\/permissions/)
})

test('a client that the provider does not know is for the operator to mend', async () => {
  server.clientEnded = true
  expect(await sentence()).toMatch(/^refused: Google does not take Segue's client client-of-segue .*operator/)
})

test('a provider in trouble is out of reach, and nothing is lost', async () => {
  server.down = true
  expect(await sentence()).toMatch(/^unreachable: Google could not be asked \(it answered 503\)\. Try again/)
})

async function refreshTokenOf(provider: SignIn['provider']): Promise<string> {
  const outcome = await finished(signIn(provider))
  if (outcome.kind !== 'signed_in') throw new Error(outcome.sentence)
  return outcome.tokens.refreshToken
}

test('Google keeps its refresh token, Microsoft gives the next one', async () => {
  const kept = await oauth.refresh('google', await refreshTokenOf('google'))
  expect(kept).toMatchObject({ kind: 'fresh', refreshToken: null, accessToken: expect.any(String) })
  const first = await refreshTokenOf('microsoft')
  const rotated = await oauth.refresh('microsoft', first)
  expect(rotated).toMatchObject({ kind: 'fresh', refreshToken: expect.any(String) })
  expect((await oauth.refresh('microsoft', first)).kind).toBe('revoked')
})

test('taken back is revoked; a provider in trouble, an ended client secret or a removed setting is not', async () => {
  const token = await refreshTokenOf('google')
  server.down = true
  expect(await oauth.refresh('google', token)).toEqual({
    kind: 'unreachable',
    detail: 'Google gives no token just now (it answered 503)',
  })
  server.down = false
  server.clientEnded = true
  expect(await oauth.refresh('google', token)).toMatchObject({
    kind: 'unreachable',
    detail: expect.stringContaining('SEGUE_GOOGLE_CLIENT_SECRET'),
  })
  server.clientEnded = false
  expect(await createOAuth(readConfig({})).refresh('google', token)).toMatchObject({ kind: 'unreachable' })
  server.revoke(RAE)
  expect(await oauth.refresh('google', token)).toEqual({
    kind: 'revoked',
    detail: 'invalid_grant: Token has been expired or revoked.',
  })
})
