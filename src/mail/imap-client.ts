/** One IMAP connection: opened, logged in, its folders known, its failures typed. What is read over it is `imap.ts`'s affair. */
import { rootCertificates } from 'node:tls'
import { ImapFlow, type ImapFlowError } from 'imapflow'
import type { Endpoint, FolderRole, MailTimeouts, NetworkCause, ReadFailure } from './port.ts'
import { networkCause } from './smtp-outcome.ts'
import { NoToken, withToken } from './token-login.ts'

/** RFC 2177 asks to renew IDLE within 29 minutes; Gmail ends it after about 10, home routers forget a silent connection sooner. */
const IDLE_RENEW_MS = 240_000
/** A person's folder list has tens of entries; a shared server may show thousands. */
const FOLDERS_MAX = 20

export interface Folder {
  path: string
  role: FolderRole
}

const ROLES: Readonly<Record<string, FolderRole>> = {
  '\\Inbox': 'inbox',
  '\\Junk': 'junk',
  '\\Sent': 'sent',
  '\\All': 'all',
}
/** INBOX first: the gate of follow-ups waits for it. All Mail last: what is in it was mostly seen before. */
const READING_ORDER: readonly FolderRole[] = ['inbox', 'junk', 'picked', 'sent', 'all']

/** Connects and logs in; with a token that is refused, once more with another. Rejects with what `failureOf` understands. */
export async function connectImap(endpoint: Endpoint, timeouts: MailTimeouts): Promise<ImapFlow> {
  const { oauth } = endpoint
  if (!oauth) return connect(endpoint, { timeouts, auth: { pass: endpoint.password ?? '' } })
  const opened = await withToken(
    oauth,
    (accessToken) =>
      connect(endpoint, { timeouts, auth: { accessToken } }).catch((error: unknown) => {
        if (failureOf(error, endpoint).kind !== 'unauthenticated') throw error
        return error as Error
      }),
    (answer) => answer instanceof Error,
  )
  if (opened instanceof Error) throw opened
  return opened
}

async function connect(
  endpoint: Endpoint,
  { timeouts, auth }: { timeouts: MailTimeouts; auth: { pass: string } | { accessToken: string } },
): Promise<ImapFlow> {
  const client = new ImapFlow({
    host: endpoint.host,
    port: endpoint.port,
    secure: endpoint.tls === 'tls',
    ...(endpoint.tls === 'tls' ? {} : { doSTARTTLS: endpoint.tls === 'starttls' }),
    auth: { user: endpoint.user ?? '', ...auth },
    tls: endpoint.ca === undefined ? {} : { ca: [...rootCertificates, endpoint.ca] },
    connectionTimeout: timeouts.connectMs,
    greetingTimeout: timeouts.greetingMs,
    socketTimeout: timeouts.commandMs,
    // Shorter than the silence after which the connection counts as dead.
    maxIdleTime: Math.min(IDLE_RENEW_MS, Math.floor(timeouts.commandMs * 0.8)),
    disableAutoIdle: true,
    clientInfo: { name: 'Segue' },
    logger: false,
  })
  // A connection that breaks while nobody waits for it; the next command finds it closed.
  client.on('error', () => client.close())
  try {
    await client.connect()
    return client
  } catch (error) {
    client.close()
    throw error
  }
}

/** INBOX, Junk, Sent and All Mail where present (RFC 6154, else by their usual names), and the folders a person picked, in reading order. */
export async function foldersOf(client: ImapFlow, picked: readonly string[]): Promise<Folder[]> {
  const found = new Map<string, Folder>()
  for (const one of await client.list()) {
    if (one.flags.has('\\Noselect') || one.flags.has('\\NonExistent')) continue
    const role = ROLES[one.specialUse ?? ''] ?? (picked.includes(one.path) ? 'picked' : undefined)
    const taken = role !== 'picked' && [...found.values()].some((folder) => folder.role === role)
    if (role && !taken) found.set(one.path, { path: one.path, role })
  }
  return [...found.values()]
    .sort((a, b) => READING_ORDER.indexOf(a.role) - READING_ORDER.indexOf(b.role))
    .slice(0, FOLDERS_MAX)
}

/** The server cannot check passwords, or allows no more sessions, for now (RFC 5530): the password may be right. */
const LATER = /^(?:UNAVAILABLE|LIMIT|INUSE|SERVERBUG|CONTACTADMIN)$/i
const CLOSED = /^(?:NoConnection|EConnectionClosed|StateLogout|ClosedAfterConnect|PollFailed)/
const TIMED_OUT = /TIMEOUT|^ETIMEDOUT$|LockTimeout/

export function failureOf(error: unknown, endpoint: Endpoint): ReadFailure {
  const failure = error as ImapFlowError
  const { oauth } = endpoint
  const provider = (revoked: boolean) => (oauth ? { oauth: { provider: oauth.provider, revoked } } : {})
  const where = `${endpoint.host}:${endpoint.port}`
  const words = failure.responseText ?? failure.message
  const unreachable = (cause: NetworkCause): ReadFailure => ({
    kind: 'unreachable',
    cause,
    detail: `${where}: ${words}`,
  })
  if (error instanceof NoToken) {
    if (error.trouble.kind === 'unreachable') return unreachable('login_later')
    return { kind: 'unauthenticated', detail: words, ...provider(true) }
  }
  if (failure.authenticationFailed) {
    if (LATER.test(failure.serverResponseCode ?? '')) return unreachable('login_later')
    return { kind: 'unauthenticated', detail: words, ...provider(false) }
  }
  const code = failure.code ?? ''
  if (failure.tlsFailed || /^ClosedAfterConnectTLS|STARTTLS/.test(code)) return unreachable('tls')
  if (TIMED_OUT.test(code)) return unreachable('timeout')
  if (CLOSED.test(code)) return unreachable('closed')
  if (failure.responseStatus !== undefined)
    return { kind: 'protocol', detail: `${where}: ${failure.responseStatus} ${words}` }
  const cause = networkCause({ name: failure.name, message: failure.message, code })
  if (cause !== 'network') return unreachable(cause)
  return code === '' || /Parser|Response|Tag|TooLarge|TooMany/.test(code)
    ? { kind: 'protocol', detail: `${where}: ${words}` }
    : unreachable('network')
}
