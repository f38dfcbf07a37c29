/** What goes wrong with a database server, told apart and put into words. Knows error codes; never opens anything, never shows a password. */

/** The server did not answer, or hung up. Whoever meets it waits and tries again; nothing else is wrong. A commit that ends in it may have happened. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable'
}

/** A condition that a person has to change: wrong password, no such database, server too old. The message is the sentence to show. */
export class DatabaseRefused extends Error {
  override readonly name = 'DatabaseRefused'
}

interface Coded {
  code?: unknown
  message?: unknown
}

function codeOf(error: unknown): string {
  const code = (error as Coded | null)?.code
  return typeof code === 'string' ? code : ''
}

const GONE_CODES = new Set([
  // Sockets.
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'EAGAIN',
  // Server: shutting down, crashed, starting up; too many connections.
  '57P01',
  '57P02',
  '57P03',
  '53300',
])
/** What `pg` says without a code. */
const GONE_WORDS =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying to connect|timeout expired|Connection ended|Postgres connection has been discarded|write after end|This socket has been ended)/

/** Is this a server that is away, and may come back by itself? */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof DatabaseUnavailable) return true
  const code = codeOf(error)
  if (GONE_CODES.has(code) || code.startsWith('08')) return true
  return error instanceof Error && GONE_WORDS.test(error.message)
}

/** PostgreSQL's classes of what is nobody's fault here: connection, read-only, rollback, resources, state, operator, system. */
const PASSING = /^(08|25|40|53|55|57|58)[0-9A-Z]{3}$/

/** Will it pass by itself, or when an operator has made room? Then the same work is tried again, and is not given up. */
export function mayPass(error: unknown): boolean {
  if (isUnavailable(error)) return true
  return PASSING.test(codeOf(error))
}

/** The same error, as `DatabaseUnavailable` when the server is away. */
export function typedError(error: unknown): unknown {
  if (error instanceof DatabaseUnavailable || !isUnavailable(error)) return error
  const words = error instanceof Error ? error.message : String(error)
  return new DatabaseUnavailable(
    `The database does not answer (${words || codeOf(error)}). Trying again by itself.`,
    { cause: error },
  )
}

/** SQLSTATE: five capitals and digits; `EPIPE` and its like have no digit. */
const SQLSTATE = /^(?=.*\d)[0-9A-Z]{5}$/

/**
 * The sentence when the database server itself said that it cannot (full disk, read-only, no memory, away): whoever meets it waits
 * and tries again. `undefined` for a bug, and for sockets and files, which may be anybody's.
 */
export function serverSentence(error: unknown): string | undefined {
  if (error instanceof DatabaseUnavailable) return error.message
  return SQLSTATE.test(codeOf(error)) ? databaseSentence(error) : undefined
}

/** Where a connection goes, in words without the password: `database segue at db.example:5432`. */
export function describeTarget(url: string): string {
  try {
    const parsed = new URL(url)
    const host = parsed.searchParams.get('host') ?? parsed.hostname
    const port = parsed.port ? `:${parsed.port}` : ''
    return `database ${decodeURIComponent(parsed.pathname.slice(1)) || 'of that user'} at ${decodeURIComponent(host) || 'localhost'}${port}`
  } catch (error) {
    if (error instanceof TypeError || error instanceof URIError) return 'the database of SEGUE_DATABASE_URL'
    throw error
  }
}

const SENTENCES: Record<string, (target: string) => string> = {
  '28P01': (target) => `The password for ${target} is wrong. Correct SEGUE_DATABASE_URL.`,
  '28000': (target) =>
    `${target} refuses this user or this way of connecting. Check the user in SEGUE_DATABASE_URL and the server's pg_hba.conf.`,
  '3D000': (target) => `There is no ${target}. Create it (createdb), or correct SEGUE_DATABASE_URL.`,
  '42501': (target) =>
    `The user of SEGUE_DATABASE_URL may not do this in ${target}. Make it the owner of the database.`,
  '53100': () => 'The disk of the database is full. Free some space; Segue goes on by itself.',
  ENOSPC: () => 'The disk of the data directory is full. Free some space and start again.',
  '53200': () => 'The database server is out of memory. Give it more; Segue goes on by itself.',
  '53300': (target) => `${target} has no connection left. Raise max_connections, or stop another program.`,
  '58030': () =>
    'The database server cannot read or write its disk. Look at the disk; Segue goes on by itself.',
  '25006': (target) => `${target} is read-only (a standby?). Point SEGUE_DATABASE_URL at the primary.`,
  '57P03': (target) => `${target} is starting up or shutting down. Trying again by itself.`,
  ENOTFOUND: (target) => `No host has the name of ${target}. Correct SEGUE_DATABASE_URL.`,
  EAI_AGAIN: (target) => `The name of ${target} cannot be looked up now. Check the network and its DNS.`,
  ECONNREFUSED: (target) => `Nobody answers for ${target}. Is the server running, and is the port right?`,
  ENOENT: (target) => `Nobody answers for ${target}: its socket does not exist. Is the server running?`,
  ETIMEDOUT: (target) => `${target} does not answer. Check the network and the firewall.`,
  EHOSTUNREACH: (target) => `${target} cannot be reached. Check the network and the firewall.`,
  DEPTH_ZERO_SELF_SIGNED_CERT: (target) =>
    `${target} has a self-signed certificate. Add sslrootcert=/path/to/its/ca.pem to SEGUE_DATABASE_URL.`,
  SELF_SIGNED_CERT_IN_CHAIN: (target) =>
    `${target} has a certificate of a private authority. Add sslrootcert=/path/to/its/ca.pem to SEGUE_DATABASE_URL.`,
}

/** One sentence for a person, with the way out, when the error is the database server's condition; `undefined` when it is anything else. */
export function databaseSentence(error: unknown, target = 'the database'): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof DatabaseRefused) return cause.message
    const sentence = SENTENCES[codeOf(cause)]
    if (sentence) {
      const words = sentence(target)
      return words.charAt(0).toUpperCase() + words.slice(1)
    }
    // `pg` tries every address of a name and reports them together.
    if (cause instanceof AggregateError) return databaseSentence(cause.errors[0], target)
  }
  return isUnavailable(error) ? `The connection to ${target} was lost. Trying again by itself.` : undefined
}
