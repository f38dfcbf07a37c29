/**
 * Signing in at Google and Microsoft so that a mailbox needs no password: the code flow with PKCE, and refreshing (RFC 6749, RFC 7636,
 * OpenID Connect for who it was). The protocol is `oauth4webapi`'s; here stands what its answers mean. Stores nothing.
 */
import * as oauth from 'oauth4webapi'
import type { Config } from '../config.ts'
import { normalizeAddress } from '../core/address.ts'
import { SECOND } from '../core/clock.ts'
import { type OAuthProvider, PROVIDER_NAMES } from '../core/oauth.ts'
import { ANY_TENANT, google, microsoft, onLoopback, type Provider } from './oauth-providers.ts'
import type { OAuthPort, SignedInAccount, SignIn, SignInOutcome, Tokens, TokenTrouble } from './port.ts'

/** A provider answers within a second or two; a login waits for it. */
const ANSWER_WITHIN_MS = 20 * SECOND
/** How far our clock and the provider's may differ. */
const CLOCK_TOLERANCE_S = 300
/** What RFC 6749 section 5.1 leaves open when `expires_in` is missing; both providers give an hour. */
const EXPIRES_IN_S = 3600

type OAuthSettings = Pick<
  Config,
  | 'googleClientId'
  | 'googleClientSecret'
  | 'microsoftTenant'
  | 'microsoftClientId'
  | 'microsoftClientSecret'
  | 'oauthLoopback'
>

interface Client {
  name: OAuthProvider
  provider: Provider
  client: oauth.Client
  auth: oauth.ClientAuth
  options: {
    signal: () => AbortSignal
    /** Only the settings' own loopback speaks without TLS. */
    [oauth.allowInsecureRequests]: boolean
  }
}

export function createOAuth(settings: OAuthSettings): OAuthPort {
  const clients = new Map(clientsOf(settings).map((one) => [one.name, one]))
  const of = (name: OAuthProvider): Client => {
    const client = clients.get(name)
    if (!client) throw new Error(`there is no client for ${PROVIDER_NAMES[name]}`)
    return client
  }
  return {
    providers: [...clients.keys()],
    servers: (name) => of(name).provider.servers,
    authorizationUrl: (signIn, hint) => authorizationUrl(of(signIn.provider), signIn, hint),
    finish: (signIn, answer) => finish(of(signIn.provider), signIn, answer),
    refresh: async (name, refreshToken) => {
      const client = clients.get(name)
      return client ? refresh(client, refreshToken) : noClient(name)
    },
  }
}

const noClient = (name: OAuthProvider): TokenTrouble => ({
  kind: 'unreachable',
  detail: `the settings of Segue no longer hold a client of ${PROVIDER_NAMES[name]}; docs/oauth.md says how to set it`,
})

function clientsOf(settings: OAuthSettings): Client[] {
  const { googleClientId, googleClientSecret } = settings
  const { microsoftTenant, microsoftClientId, microsoftClientSecret } = settings
  const made: Client[] = []
  const add = (name: OAuthProvider, real: Provider, { id, secret }: { id: string; secret: string }) => {
    const at = settings.oauthLoopback
    made.push({
      name,
      provider: at ? onLoopback(real, { name, at }) : real,
      client: { client_id: id, [oauth.clockTolerance]: CLOCK_TOLERANCE_S },
      auth: oauth.ClientSecretPost(secret),
      options: {
        signal: () => AbortSignal.timeout(ANSWER_WITHIN_MS),
        [oauth.allowInsecureRequests]: at !== null,
      },
    })
  }
  if (googleClientId && googleClientSecret)
    add('google', google(), { id: googleClientId, secret: googleClientSecret })
  if (microsoftTenant && microsoftClientId && microsoftClientSecret)
    add('microsoft', microsoft(microsoftTenant), { id: microsoftClientId, secret: microsoftClientSecret })
  return made
}

async function authorizationUrl(
  { provider, client }: Client,
  signIn: SignIn,
  hint: string | null,
): Promise<string> {
  const url = new URL(provider.authorizationEndpoint)
  const parameters = {
    client_id: client.client_id,
    redirect_uri: signIn.redirectUri,
    response_type: 'code',
    scope: provider.scopes.join(' '),
    state: signIn.state,
    nonce: signIn.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(signIn.verifier),
    code_challenge_method: 'S256',
    ...provider.parameters,
    ...(hint === null ? {} : { login_hint: hint }),
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}

/** `issuer`: whom an identity token must be from. */
const serverOf = ({ provider }: Client, issuer = provider.issuer): oauth.AuthorizationServer => ({
  issuer,
  authorization_endpoint: provider.authorizationEndpoint,
  token_endpoint: provider.tokenEndpoint,
  jwks_uri: provider.keysEndpoint,
})

async function finish(client: Client, signIn: SignIn, answer: URLSearchParams): Promise<SignInOutcome> {
  try {
    const { tokens, claims } = await exchange(client, signIn, answer)
    return accepted(client, tokens, claims)
  } catch (error) {
    return signInFailure(client, error)
  }
}

async function exchange(client: Client, signIn: SignIn, answer: URLSearchParams) {
  const { client: us, auth, options } = client
  const asked = serverOf(client, issuerOf(client, answer.get('iss')))
  const parameters = oauth.validateAuthResponse(asked, us, answer, signIn.state)
  const { redirectUri, verifier, nonce } = signIn
  const response = await oauth.authorizationCodeGrantRequest(
    asked,
    us,
    auth,
    parameters,
    redirectUri,
    verifier,
    options,
  )
  const server = serverOf(client, await issuerIn(client, response))
  const tokens = await oauth.processAuthorizationCodeResponse(server, us, response, {
    expectedNonce: nonce,
    requireIdToken: true,
  })
  await oauth.validateApplicationLevelSignature(server, response, options)
  return { tokens, claims: oauth.getValidatedIdTokenClaims(tokens)! }
}

const DIRECTORY = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

/** Entra names the directory of the account in its issuer, so it has as many as there are directories; of others there is one. */
function issuerOf({ provider }: Client, said: string | null): string {
  const [before = '', after = ''] = provider.issuer.split(ANY_TENANT)
  if (said === null || !provider.issuer.includes(ANY_TENANT)) return provider.issuer
  const directory = said.slice(before.length, said.length - after.length)
  return said === before + directory + after && DIRECTORY.test(directory) ? said : provider.issuer
}

/** Whom the identity token in an answer must be from: of Entra, the directory that it says the account belongs to. */
async function issuerIn(client: Client, response: Response): Promise<string> {
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null)
  const payload = String((body as { id_token?: unknown } | null)?.id_token ?? '').split('.')[1] ?? ''
  const tenant = /"tid"\s*:\s*"([^"]+)"/.exec(Buffer.from(payload, 'base64url').toString('utf8'))?.[1]
  return issuerOf(client, client.provider.issuer.replace(ANY_TENANT, tenant ?? ''))
}

function accepted(
  { name, provider }: Client,
  given: oauth.TokenEndpointResponse,
  claims: oauth.IDToken,
): SignInOutcome {
  const called = PROVIDER_NAMES[name]
  const refuse = (sentence: string): SignInOutcome => ({ kind: 'refused', sentence })
  const granted = given.scope?.toLowerCase().split(' ')
  const withheld = provider.needs.filter((scope) => granted && !granted.includes(scope.toLowerCase()))
  if (withheld.length > 0)
    return refuse(
      `${called} did not give the permission to send and read mail (${withheld.join(', ')}). Connect again, and tick every box that ${called} shows.`,
    )
  const account = accountOf(claims)
  if (!account)
    return refuse(
      `${called} did not say which address was signed in. Sign in with an account that has a mailbox.`,
    )
  const tokens = tokensOf(given)
  if (tokens.refreshToken === null)
    return refuse(
      `${called} gave a permission that ends within the hour (no refresh token). Remove Segue at ${provider.permissions}, then connect again.`,
    )
  return { kind: 'signed_in', account, tokens: { ...tokens, refreshToken: tokens.refreshToken } }
}

/** Entra's `email` is missing for many accounts; the user principal name is what its servers log in by. */
function accountOf(claims: oauth.IDToken): SignedInAccount | undefined {
  const { email, email_verified: verified, preferred_username: principal, iss, sub } = claims
  const login = typeof principal === 'string' ? principal : email
  const address = verified === false ? undefined : (email ?? principal)
  if (typeof address !== 'string' || typeof login !== 'string') return undefined
  const normal = normalizeAddress(address)
  return normal.ok ? { address: normal.address, login, issuer: iss, subject: sub } : undefined
}

function tokensOf(given: oauth.TokenEndpointResponse): Tokens {
  const { access_token: accessToken, expires_in: seconds = EXPIRES_IN_S } = given
  return { accessToken, expiresInMs: seconds * SECOND, refreshToken: given.refresh_token ?? null }
}

async function refresh(
  client: Client,
  refreshToken: string,
): Promise<({ kind: 'fresh' } & Tokens) | TokenTrouble> {
  const { name, client: us, auth, options } = client
  const server = serverOf(client)
  try {
    const response = await oauth.refreshTokenGrantRequest(
      server,
      us,
      auth,
      ...([refreshToken, options] as const),
    )
    const anyIssuer = serverOf(client, await issuerIn(client, response))
    return { kind: 'fresh', ...tokensOf(await oauth.processRefreshTokenResponse(anyIssuer, us, response)) }
  } catch (error) {
    const said = wordsOf(error)
    if (error instanceof oauth.ResponseBodyError && error.error === 'invalid_grant')
      return { kind: 'revoked', detail: said }
    return { kind: 'unreachable', detail: `${PROVIDER_NAMES[name]} ${givesNoToken(name, error)} (${said})` }
  }
}

/** The client itself was refused: its secret has ended, or it was deleted. */
function isClientRefused(error: unknown): boolean {
  if (error instanceof oauth.WWWAuthenticateChallengeError) return error.status === 401
  return error instanceof oauth.ResponseBodyError && /^(?:invalid|unauthorized)_client$/.test(error.error)
}

function givesNoToken(name: OAuthProvider, error: unknown): string {
  return isClientRefused(error)
    ? `does not take Segue's client: an operator puts a valid SEGUE_${name.toUpperCase()}_CLIENT_SECRET into the settings and starts again`
    : 'gives no token just now'
}

/** What the provider said, or why it could not be heard: one line, no secrets. */
function wordsOf(error: unknown): string {
  if (error instanceof oauth.ResponseBodyError || error instanceof oauth.AuthorizationResponseError) {
    const more = error.error_description?.replace(/\s+/g, ' ').trim().slice(0, 300)
    return more ? `${error.error}: ${more}` : error.error
  }
  const { message, cause } = error as Error
  if (cause instanceof Response) return `it answered ${cause.status}`
  const { code } = (cause ?? {}) as { code?: unknown }
  return typeof code === 'string' ? `${message}, ${code}` : message
}

/** An error page of whatever stands in front of the provider. */
const NOT_AN_ANSWER = new Set<string>([oauth.RESPONSE_IS_NOT_CONFORM, oauth.RESPONSE_IS_NOT_JSON])

function signInFailure({ name, client }: Client, error: unknown): SignInOutcome {
  const called = PROVIDER_NAMES[name]
  const said = wordsOf(error)
  const refuse = (sentence: string): SignInOutcome => ({ kind: 'refused', sentence })
  if (error instanceof oauth.AuthorizationResponseError)
    return error.error === 'access_denied'
      ? refuse(
          `You did not allow it at ${called} (${said}). Connect again and allow it, or ask an administrator of ${called} to.`,
        )
      : refuse(`${called} refused (${said}). An operator compares the settings with docs/oauth.md.`)
  if (isClientRefused(error))
    return refuse(
      `${called} does not take Segue's client ${client.client_id} (${said}). An operator checks its id and secret; docs/oauth.md says where they are.`,
    )
  if (error instanceof oauth.ResponseBodyError)
    return refuse(
      `${called} did not take the sign-in (${said}). It may have been used already, or waited too long. Connect again.`,
    )
  if (error instanceof oauth.OperationProcessingError && !NOT_AN_ANSWER.has(error.code ?? ''))
    return refuse(
      `What ${called} answered cannot be trusted (${said}). Compare the clock of this machine, then connect again.`,
    )
  return { kind: 'unreachable', sentence: `${called} could not be asked (${said}). Try again in a minute.` }
}
