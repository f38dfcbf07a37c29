/** The settings, and the only reader of the environment: every key typed, documented and checked before anything starts. */
import { readFileSync } from 'node:fs'
import { LOG_LEVELS, type LogLevel } from './log.ts'

export interface Config {
  dataDir: string
  port: number
  host: string
  databaseUrl: string | null
  /** Without a slash at its end; null when not set. */
  publicUrl: string | null
  secretKey: string | null
  timeTravel: boolean
  logLevel: LogLevel
  privateMailHosts: readonly string[]
  callsPerMinute: number | null
  callsPerHour: number | null
  callsPerDay: number | null
  googleClientId: string | null
  googleClientSecret: string | null
  microsoftTenant: string | null
  microsoftClientId: string | null
  microsoftClientSecret: string | null
  oauthLoopback: LoopbackProvider | null
}

/** A server of this machine in place of Google's and Microsoft's, and the mail servers that take its tokens. */
export interface LoopbackProvider {
  /** Without a slash at its end. */
  url: string
  smtp: { host: string; port: number }
  imap: { host: string; port: number }
}

/** A setting that cannot be used; the message names the key, the value and the way out. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

interface Setting<T> {
  key: string
  says: string
  /** As shown in the documents. */
  default: string
  secret?: true
  read(value: string | undefined): T
}

type Settings = { [K in keyof Config]: Setting<Config[K]> }
type Environment = Readonly<Record<string, string | undefined>>

const refuse = (key: string, value: string, way: string): never => {
  throw new ConfigError(`${key}=${value}: ${way}`)
}

/** Of the API: what programs may call, per team and endpoint. */
function callsPer(span: 'minute' | 'hour' | 'day'): Setting<number | null> {
  const key = `SEGUE_CALLS_PER_${span.toUpperCase()}`
  return {
    key,
    says: `How often programs may call one endpoint in a team, in one ${span}; more are answered with 429. Not set: as often as they like.`,
    default: '',
    read: (value) => {
      if (value === undefined) return null
      const calls = Number(value)
      return Number.isInteger(calls) && calls >= 1 && calls <= CALLS_MAX
        ? calls
        : refuse(key, value, `write a whole number from 1 to ${CALLS_MAX}.`)
    },
  }
}

const CALLS_MAX = 1_000_000_000

const SETTINGS: Settings = {
  dataDir: {
    key: 'SEGUE_DATA_DIR',
    says: "The folder for everything that must survive: Segue's own database and its key.",
    default: './data',
    read: (value) => value ?? './data',
  },
  port: {
    key: 'SEGUE_PORT',
    says: 'The port of the page and the API.',
    default: '4000',
    read: (value) => {
      if (value === undefined || value.startsWith('tcp://')) return 4000
      const port = Number(value)
      return Number.isInteger(port) && port >= 0 && port <= 65535
        ? port
        : refuse('SEGUE_PORT', value, 'a port is a whole number from 0 to 65535.')
    },
  },
  host: {
    key: 'SEGUE_HOST',
    says: 'The address to listen on. `0.0.0.0` listens on every interface: put a proxy with https in front.',
    default: '127.0.0.1',
    read: (value) => value ?? '127.0.0.1',
  },
  databaseUrl: {
    key: 'SEGUE_DATABASE_URL',
    says: 'Your own PostgreSQL (15 or newer), as `postgres://user:password@host:5432/database`. Without it Segue runs its own.',
    default: '',
    secret: true,
    read: (value) => {
      if (value !== undefined && !/^postgres(ql)?:\/\//.test(value))
        throw new ConfigError(
          'SEGUE_DATABASE_URL does not begin with postgres://. Write it as postgres://user:password@host:5432/database.',
        )
      return value ?? null
    },
  },
  publicUrl: {
    key: 'SEGUE_PUBLIC_URL',
    says: 'Where recipients reach this server, with https. Without it real mailboxes offer opting out by mail only, and track nothing.',
    default: '',
    read: (value) => {
      if (value === undefined) return null
      if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol))
        return refuse('SEGUE_PUBLIC_URL', value, 'write a whole address, such as https://segue.acme.com.')
      return value.replace(/\/+$/, '')
    },
  },
  secretKey: {
    key: 'SEGUE_SECRET_KEY',
    says: 'Encrypts the mailbox passwords; at least 32 characters. Without it a key is made in the data directory.',
    default: '',
    secret: true,
    read: (value) => {
      if (value !== undefined && value.length < 32)
        throw new ConfigError(
          `SEGUE_SECRET_KEY has ${value.length} characters; it needs at least 32. Make one with: openssl rand -base64 32`,
        )
      return value ?? null
    },
  },
  timeTravel: {
    key: 'SEGUE_TIME_TRAVEL',
    says: 'With `1` the clock can be moved forward, to see weeks in seconds. A database that has travelled never takes real mailboxes.',
    default: '0',
    read: (value) => {
      if (value === undefined || value === '0' || value === 'false') return false
      return value === '1' || value === 'true' ? true : refuse('SEGUE_TIME_TRAVEL', value, 'write 1 or 0.')
    },
  },
  logLevel: {
    key: 'SEGUE_LOG_LEVEL',
    says: `How much is logged: ${LOG_LEVELS.map((level) => `\`${level}\``).join(', ')}.`,
    default: 'info',
    read: (value) =>
      LOG_LEVELS.find((level) => level === (value ?? 'info')) ??
      refuse('SEGUE_LOG_LEVEL', value!, `one of ${LOG_LEVELS.join(', ')}.`),
  },
  privateMailHosts: {
    key: 'SEGUE_PRIVATE_MAIL_HOSTS',
    says: 'Private hosts and networks that a mailbox may point at, separated by commas: names, addresses, or networks such as `10.0.0.0/8`.',
    default: 'localhost,127.0.0.0/8,::1',
    read: (value) =>
      (value ?? 'localhost,127.0.0.0/8,::1')
        .split(',')
        .map((host) => host.trim())
        .filter((host) => host !== ''),
  },
  callsPerMinute: callsPer('minute'),
  callsPerHour: callsPer('hour'),
  callsPerDay: callsPer('day'),
  googleClientId: {
    key: 'SEGUE_GOOGLE_CLIENT_ID',
    says: 'The client that Google has given you: mailboxes are connected with "Connect with Google". [How to get one](oauth.md).',
    default: '',
    read: (value) => value ?? null,
  },
  googleClientSecret: {
    key: 'SEGUE_GOOGLE_CLIENT_SECRET',
    says: 'The secret of that client.',
    default: '',
    secret: true,
    read: (value) => value ?? null,
  },
  microsoftTenant: {
    key: 'SEGUE_MICROSOFT_TENANT',
    says: 'The directory (tenant) id of your app in Entra, or one of its domains.',
    default: '',
    read: (value) =>
      value === undefined || /^[\w.-]{1,253}$/.test(value)
        ? (value ?? null)
        : refuse('SEGUE_MICROSOFT_TENANT', value, 'write the directory id, or a domain such as acme.com.'),
  },
  microsoftClientId: {
    key: 'SEGUE_MICROSOFT_CLIENT_ID',
    says: 'The application (client) id of that app: mailboxes are connected with "Connect with Microsoft". [How to get one](oauth.md).',
    default: '',
    read: (value) => value ?? null,
  },
  microsoftClientSecret: {
    key: 'SEGUE_MICROSOFT_CLIENT_SECRET',
    says: 'The value of a client secret of that app. It ends after two years at most: put a new one here before.',
    default: '',
    secret: true,
    read: (value) => value ?? null,
  },
  oauthLoopback: {
    key: 'SEGUE_OAUTH_LOOPBACK',
    says: 'For tests: a server of this machine that plays Google and Microsoft, and its mail servers, as `http://127.0.0.1:5000?smtp=127.0.0.1:2525&imap=127.0.0.1:1143`.',
    default: '',
    read: (value) => (value === undefined ? null : loopbackProvider(value)),
  },
}

/** Settings that are worth nothing without each other. */
const TOGETHER: readonly (keyof Config)[][] = [
  ['googleClientId', 'googleClientSecret'],
  ['microsoftTenant', 'microsoftClientId', 'microsoftClientSecret'],
]

/** Whoever sets it gets the tokens, so it can only be this machine. */
function loopbackProvider(value: string): LoopbackProvider {
  const at = (text: string | null) => {
    const url = URL.parse(`http://${text ?? ''}`)
    return url && isLoopback(url.hostname) && url.port !== ''
      ? { host: url.hostname, port: Number(url.port) }
      : refuse('SEGUE_OAUTH_LOOPBACK', value, 'every host in it is 127.0.0.1, ::1 or localhost, with a port.')
  }
  const url = URL.parse(value)
  const { host, port } = at(url?.protocol === 'http:' ? url.host : null)
  return {
    url: `http://${host}:${port}`,
    smtp: at(url!.searchParams.get('smtp')),
    imap: at(url!.searchParams.get('imap')),
  }
}

const isLoopback = (host: string) =>
  host === 'localhost' || host === '[::1]' || /^127(?:\.\d+){3}$/.test(host)

/** Ours, but not the program's: for the tests, and what Kubernetes puts into every container beside a service named segue. */
const IGNORED = /^SEGUE_(CONTRACT_DIR|CORPUS_DIR|CI|SERVICE_.*|PORT_.*)$/

/** Throws `ConfigError` for a value that cannot be used and for a `SEGUE_` key that does not exist. */
export function readConfig(env: Environment): Config {
  refuseUnknownKeys(env)
  const entries = Object.entries(SETTINGS).map(([name, setting]) => [
    name,
    setting.read(settingIn(setting, env)),
  ])
  const config = Object.fromEntries(entries) as Config
  TOGETHER.forEach((names) => {
    refuseHalves(config, names)
  })
  return config
}

function refuseHalves(config: Config, names: readonly (keyof Config)[]): void {
  const missing = names.filter((name) => config[name] === null).map((name) => SETTINGS[name].key)
  if (missing.length === 0 || missing.length === names.length) return
  const set = names.filter((name) => config[name] !== null).map((name) => SETTINGS[name].key)
  throw new ConfigError(
    `${set.join(' and ')} ${set.length === 1 ? 'is' : 'are'} set, but ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not. They belong together; docs/oauth.md says where each comes from.`,
  )
}

function settingIn({ key, secret }: Setting<unknown>, env: Environment): string | undefined {
  const value = env[key] === '' ? undefined : env[key]
  const path = secret ? env[`${key}_FILE`] : undefined
  if (!path) return value
  if (value !== undefined) throw new ConfigError(`${key} and ${key}_FILE are both set. Keep one of them.`)
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new ConfigError(`${key}_FILE=${path}: the file cannot be read (${(error as Error).message}).`, {
      cause: error,
    })
  }
}

function knownKeys(): string[] {
  return Object.values(SETTINGS).flatMap(({ key, secret }) => (secret ? [key, `${key}_FILE`] : [key]))
}

function refuseUnknownKeys(env: Environment): void {
  const known = knownKeys()
  for (const key of Object.keys(env)) {
    if (!key.startsWith('SEGUE_') || known.includes(key) || IGNORED.test(key)) continue
    const nearest = known.toSorted((a, b) => editDistance(key, a) - editDistance(key, b))[0]
    throw new ConfigError(
      `There is no setting ${key}. Did you mean ${nearest}? All are in docs/configuration.md.`,
    )
  }
}

/** Levenshtein's distance: how many letters to change, add or leave out. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]!
}

/** docs/configuration.md. */
export function configurationMarkdown(): string {
  const rows = Object.values(SETTINGS).map(({ key, says, default: value, secret }) => {
    const file = secret ? ` Or \`${key}_FILE\`: a file that holds it.` : ''
    return `| \`${key}\` | ${value === '' ? 'not set' : `\`${value}\``} | ${says}${file} |`
  })
  return `# Settings

Written from \`src/config.ts\` by \`npm run generate\`. All settings come from the environment; a \`SEGUE_\` key that is not in this table is an error,
but for those that are not the program's: \`SEGUE_SERVICE_*\` and \`SEGUE_PORT_*\` (Kubernetes sets them beside a service named segue; for the same reason a
\`SEGUE_PORT\` that begins with \`tcp://\` counts as not set), and \`SEGUE_CONTRACT_DIR\`, \`SEGUE_CORPUS_DIR\` and \`SEGUE_CI\` (the tests).

| key | default | what it does |
| --- | --- | --- |
${rows.join('\n')}
`
}
