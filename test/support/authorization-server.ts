/**
 * A real authorization server on a loopback port that plays Google and Microsoft: codes bound to PKCE, signed identity tokens, access tokens that
 * end, refresh tokens that rotate (Microsoft) or stay (Google), revocation, introspection for Dovecot. It misbehaves on request.
 */
import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Played = 'google' | 'microsoft'

const CLIENT = { id: 'client-of-segue', secret: 'secret of segue' }
export const TENANT = '11111111-2222-3333-4444-555555555555'
const SCOPES: Record<Played, string> = {
  google: 'openid email https://mail.google.com/',
  microsoft: 'https://outlook.office.com/SMTP.Send https://outlook.office.com/IMAP.AccessAsUser.All',
}

interface Code {
  account: string
  challenge: string
  redirectUri: string
  nonce: string
  used: boolean
}

export class AuthorizationServer {
  /** Who signs in, and what they answer. */
  account = 'rae@acme.test'
  denies = false
  /** Of access tokens. */
  expiresInS = 3600
  /** What the account agrees to; null: all that is asked for. */
  scope: string | null = null
  /** Gives no refresh token, as Google does to an account that has agreed before. */
  withoutRefreshToken = false
  /** Answers like a server in trouble. */
  down = false
  /** The client's secret has ended. */
  clientEnded = false
  /** How far the server's clock goes ahead of ours. */
  aheadS = 0
  /** Signs identity tokens with a key that it does not publish. */
  forges = false
  /** Claims that replace the true ones. */
  claims: Record<string, unknown> = {}
  /** Every request for a token: its grant type. */
  readonly asked: string[] = []
  /** Every token that was given away. */
  readonly given: string[] = []
  /** Awaited before a refresh is answered. */
  beforeRefresh: () => Promise<unknown> = () => Promise.resolve()
  readonly #codes = new Map<string, Code>()
  readonly #access = new Map<string, { account: string; endsAt: number }>()
  readonly #refresh = new Map<string, string>()
  readonly #key = generateKeyPairSync('rsa', { modulusLength: 2048 })
  readonly #otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
  readonly #server: Server

  constructor() {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        response.writeHead(500).end(String(error))
      })
    })
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** The settings of a Segue whose providers and mail servers are these. */
  settings(mail: { smtp: number; imap: number }): Record<string, string> {
    return {
      SEGUE_GOOGLE_CLIENT_ID: CLIENT.id,
      SEGUE_GOOGLE_CLIENT_SECRET: CLIENT.secret,
      SEGUE_MICROSOFT_TENANT: TENANT,
      SEGUE_MICROSOFT_CLIENT_ID: CLIENT.id,
      SEGUE_MICROSOFT_CLIENT_SECRET: CLIENT.secret,
      SEGUE_OAUTH_LOOPBACK: `${this.url}?smtp=127.0.0.1:${mail.smtp}&imap=127.0.0.1:${mail.imap}`,
    }
  }

  listen(): Promise<this> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', () => resolve(this)))
  }

  close(): Promise<void> {
    this.#server.closeAllConnections()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  /** Follows the link as a browser would, and returns where the server sends the person back to. */
  async consent(url: string): Promise<URL> {
    const response = await fetch(url, { redirect: 'manual' })
    const back = response.headers.get('location')
    if (back === null)
      throw new Error(`the authorization server answered ${response.status}: ${await response.text()}`)
    return new URL(back)
  }

  /** Does a mail server take this token? */
  takes(user: string, accessToken: string): boolean {
    const token = this.#access.get(accessToken)
    return token?.account === user && token.endsAt > Date.now()
  }

  get refreshes(): number {
    return this.asked.filter((grant) => grant === 'refresh_token').length
  }

  /** The access tokens given so far are good no longer, whatever was said of them. */
  endAccessTokens(): void {
    this.#access.clear()
  }

  /** The person, or an administrator, has taken the permission back. */
  revoke(account: string): void {
    for (const tokens of [this.#access, this.#refresh] as Map<string, string | { account: string }>[])
      for (const [token, of] of tokens)
        if ((typeof of === 'string' ? of : of.account) === account) tokens.delete(token)
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, this.url)
    const [, first, second] = url.pathname.split('/')
    if (first === 'introspect') return this.#introspect(url, response)
    const played = first as Played
    if (second === 'authorize') return this.#authorize(url.searchParams, response)
    if (second === 'keys') return json(response, 200, { keys: [this.#publicKey()] })
    if (second === 'token') return this.#token(played, await formOf(request), response)
    response.writeHead(404).end()
  }

  #authorize(asked: URLSearchParams, response: ServerResponse): void {
    const missing = ['client_id', 'redirect_uri', 'state', 'nonce', 'scope', 'code_challenge'].filter(
      (name) => !asked.get(name),
    )
    if (
      missing.length > 0 ||
      asked.get('code_challenge_method') !== 'S256' ||
      asked.get('client_id') !== CLIENT.id
    ) {
      response.writeHead(400).end(`missing ${missing.join(', ')}`)
      return
    }
    const back = new URL(asked.get('redirect_uri')!)
    back.searchParams.set('state', asked.get('state')!)
    if (this.denies) back.searchParams.set('error', 'access_denied')
    else {
      const code = randomBytes(16).toString('hex')
      this.#codes.set(code, {
        account: this.account,
        challenge: asked.get('code_challenge')!,
        redirectUri: asked.get('redirect_uri')!,
        nonce: asked.get('nonce')!,
        used: false,
      })
      back.searchParams.set('code', code)
    }
    response.writeHead(302, { location: back.href }).end()
  }

  async #token(played: Played, form: URLSearchParams, response: ServerResponse): Promise<void> {
    const grant = form.get('grant_type') ?? ''
    this.asked.push(grant)
    if (this.down) return void response.writeHead(503).end('back soon')
    if (
      this.clientEnded ||
      form.get('client_id') !== CLIENT.id ||
      form.get('client_secret') !== CLIENT.secret
    )
      return json(response, 401, {
        error: 'invalid_client',
        error_description: 'The client secret has expired.',
      })
    if (grant === 'authorization_code') return this.#exchange(played, form, response)
    await this.beforeRefresh()
    const token = form.get('refresh_token') ?? ''
    const account = this.#refresh.get(token)
    if (account === undefined)
      return json(response, 400, {
        error: 'invalid_grant',
        error_description: 'Token has been expired or revoked.',
      })
    if (played === 'microsoft') this.#refresh.delete(token)
    json(response, 200, this.#tokens(account, { played, rotate: played === 'microsoft' }))
  }

  #exchange(played: Played, form: URLSearchParams, response: ServerResponse) {
    const code = this.#codes.get(form.get('code') ?? '')
    const proof = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    if (!code || code.used || code.challenge !== proof || code.redirectUri !== form.get('redirect_uri'))
      return json(response, 400, { error: 'invalid_grant', error_description: 'Malformed auth code.' })
    code.used = true
    json(response, 200, {
      ...this.#tokens(code.account, { played, rotate: !this.withoutRefreshToken }),
      id_token: this.#identity(played, code),
    })
  }

  #tokens(account: string, { played, rotate }: { played: Played; rotate: boolean }) {
    const accessToken = randomBytes(12).toString('hex')
    this.#access.set(accessToken, { account, endsAt: Date.now() + this.expiresInS * 1000 })
    const refreshToken = randomBytes(12).toString('hex')
    if (rotate) this.#refresh.set(refreshToken, account)
    this.given.push(accessToken, refreshToken)
    return {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: this.expiresInS,
      scope: this.scope ?? SCOPES[played],
      ...(rotate ? { refresh_token: refreshToken } : {}),
    }
  }

  #identity(played: Played, { account, nonce }: Code): string {
    const now = Math.floor(Date.now() / 1000) + this.aheadS
    const issuer = played === 'google' ? `${this.url}/google` : `${this.url}/microsoft/${TENANT}/v2.0`
    const claims = {
      iss: issuer,
      aud: CLIENT.id,
      sub: `subject of ${account}`,
      iat: now,
      nbf: now,
      exp: now + 3600,
      nonce,
      ...(played === 'google'
        ? { email: account, email_verified: true }
        : { preferred_username: account, tid: TENANT }),
      ...this.claims,
    }
    return signed(claims, (this.forges ? this.#otherKey : this.#key).privateKey)
  }

  #publicKey() {
    return { ...this.#key.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }
  }

  /** Dovecot asks by GET with the token at the end. */
  #introspect(url: URL, response: ServerResponse) {
    const token = this.#access.get(url.searchParams.get('token') ?? '')
    if (!token || token.endsAt <= Date.now()) return json(response, 200, { active: false })
    json(response, 200, { active: true, email: token.account })
  }
}

function signed(claims: object, key: KeyObject): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'RS256', kid: 'one', typ: 'JWT' })}.${part(claims)}`
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

export function startAuthorizationServer(): Promise<AuthorizationServer> {
  return new AuthorizationServer().listen()
}
