/**
 * Who calls: an API key in any of the five documented places, or the session of a browser. Decides nothing about what they may see
 * beyond the scope of a key; every query below is led by the caller's team.
 */
import { findApiKey } from '../store/api-keys.ts'
import { findSession } from '../store/sessions.ts'
import { ApiRefusal, refuse, refuseKey } from './errors.ts'
import type { ApiContext, Caller, Route } from './route.ts'

export const SESSION_COOKIE = 'segue_session'

export interface Credentials {
  /** Lower-case names. */
  headers: Readonly<Record<string, string | undefined>>
  query: Readonly<Record<string, unknown>>
  body: Readonly<Record<string, unknown>>
  method: string
  /** What the browser's address bar shows: host and port. */
  host: string
}

/** The caller, or the recorded 401 as text/plain. Throws 403 for a cookie that another site's page made the browser send. */
export async function authenticate(given: Credentials, context: ApiContext): Promise<Caller> {
  const key = keyIn(given)
  if (key !== undefined) return (await callerOfKey(key, context)) ?? refuseKey()
  const token = cookieIn(given.headers['cookie'])
  if (token === undefined) refuseKey()
  refuseForeignWrite(given, context)
  const session = await findSession(context.db, { token, now: context.clock.real() })
  if (!session) refuseKey()
  return { ...session, via: 'session', keyId: null, master: true, scopes: [] }
}

/** What a key is limited to: `api/v1/contacts/search`. */
export const scopeOf = ({ name }: Pick<Route, 'name'>) => `api/v1/${name}`

/** The recorded 403 for a key whose scope does not name this route. */
export function refuseOutsideScope(caller: Caller, route: Pick<Route, 'name' | 'masterOnly'>): void {
  const asked = scopeOf(route)
  if (caller.master || (!route.masterOnly && caller.scopes.includes(asked))) return
  throw new ApiRefusal(403, {
    error: `This API key is not authorized to access ${asked}. Request an API key from your administrator that includes this endpoint in its configured scope.`,
    error_code: 'API_INACCESSIBLE',
  })
}

async function callerOfKey(key: string, { db }: ApiContext): Promise<Caller | undefined> {
  const found = await findApiKey(db, key)
  return found && { ...found, via: 'key' }
}

function keyIn({ headers, query, body }: Credentials): string | undefined {
  const bearer = /^Bearer\s+(\S+)$/i.exec(headers['authorization'] ?? '')?.[1]
  for (const each of [headers['x-api-key'], query['api_key'], body['api_key'], bearer])
    if (typeof each === 'string' && each !== '') return each.trim()
  return undefined
}

export function cookieIn(header: string | undefined): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const [name, value] = pair.trim().split('=')
    if (name === SESSION_COOKIE && value) return value
  }
  return undefined
}

/**
 * SameSite=Lax already keeps the cookie out of other sites' POSTs; this also stops a page of a sibling subdomain. A client
 * that sends neither header is no browser, and nobody can be tricked into running it.
 */
export function refuseForeignWrite(
  { headers, method, host }: Pick<Credentials, 'headers' | 'method' | 'host'>,
  { settings }: Pick<ApiContext, 'settings'>,
): void {
  if (method === 'GET' || method === 'HEAD') return
  const { origin, 'sec-fetch-site': site } = headers
  if (site === 'same-origin' || site === 'none') return
  if (site === undefined && origin === undefined) return
  if (origin !== undefined && origin !== 'null') {
    const allowed = [`http://${host}`, `https://${host}`]
    if (settings.publicUrl) allowed.push(new URL(settings.publicUrl).origin)
    if (allowed.includes(origin)) return
  }
  refuse(403, `This call came from a page of ${origin ?? 'another site'}, which may not act for you here.`)
}
