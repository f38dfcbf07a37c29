/** The settings: what each may be, what is said of one that may not, and that the document of all settings is theirs. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ConfigError, configurationMarkdown, readConfig } from '../src/config.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'segue-config-'))
})
afterAll(() => rm(dir, { recursive: true }))

/** The sentence that a person reads. */
function refusal(env: Record<string, string>): string {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return 'not refused'
}

test('nothing set: the defaults', () => {
  expect(readConfig({})).toEqual({
    dataDir: './data',
    port: 4000,
    host: '127.0.0.1',
    databaseUrl: null,
    publicUrl: null,
    secretKey: null,
    timeTravel: false,
    logLevel: 'info',
    privateMailHosts: ['localhost', '127.0.0.0/8', '::1'],
    callsPerMinute: null,
    callsPerHour: null,
    callsPerDay: null,
    googleClientId: null,
    googleClientSecret: null,
    microsoftTenant: null,
    microsoftClientId: null,
    microsoftClientSecret: null,
    oauthLoopback: null,
  })
})

test('every setting is read', () => {
  const secretKey = 'k'.repeat(32)
  expect(
    readConfig({
      SEGUE_DATA_DIR: '/srv/segue',
      SEGUE_PORT: '8080',
      SEGUE_HOST: '0.0.0.0',
      SEGUE_DATABASE_URL: 'postgres://segue:pw@db:5432/segue',
      SEGUE_PUBLIC_URL: 'https://segue.acme.com/',
      SEGUE_SECRET_KEY: secretKey,
      SEGUE_TIME_TRAVEL: '1',
      SEGUE_LOG_LEVEL: 'warn',
      SEGUE_PRIVATE_MAIL_HOSTS: 'mail.lan, 10.0.0.0/8 ,',
      SEGUE_CALLS_PER_MINUTE: '200',
      SEGUE_CALLS_PER_HOUR: '400',
      SEGUE_CALLS_PER_DAY: '2000',
      SEGUE_GOOGLE_CLIENT_ID: 'google id',
      SEGUE_GOOGLE_CLIENT_SECRET: 'google secret',
      SEGUE_MICROSOFT_TENANT: 'acme.com',
      SEGUE_MICROSOFT_CLIENT_ID: 'microsoft id',
      SEGUE_MICROSOFT_CLIENT_SECRET: 'microsoft secret',
    }),
  ).toEqual({
    dataDir: '/srv/segue',
    port: 8080,
    host: '0.0.0.0',
    databaseUrl: 'postgres://segue:pw@db:5432/segue',
    publicUrl: 'https://segue.acme.com',
    secretKey,
    timeTravel: true,
    logLevel: 'warn',
    privateMailHosts: ['mail.lan', '10.0.0.0/8'],
    callsPerMinute: 200,
    callsPerHour: 400,
    callsPerDay: 2000,
    googleClientId: 'google id',
    googleClientSecret: 'google secret',
    microsoftTenant: 'acme.com',
    microsoftClientId: 'microsoft id',
    microsoftClientSecret: 'microsoft secret',
    oauthLoopback: null,
  })
})

test('an empty value is the same as none', () => {
  expect(readConfig({ SEGUE_PORT: '', SEGUE_DATABASE_URL: '', SEGUE_TIME_TRAVEL: '' })).toEqual(
    readConfig({}),
  )
})

for (const [key, value, says] of [
  ['SEGUE_PORT', 'http', 'SEGUE_PORT=http: a port is a whole number from 0 to 65535.'],
  ['SEGUE_PORT', '65536', 'SEGUE_PORT=65536: a port is a whole number from 0 to 65535.'],
  ['SEGUE_PORT', '80.5', 'SEGUE_PORT=80.5: a port is a whole number from 0 to 65535.'],
  [
    'SEGUE_PUBLIC_URL',
    'segue.acme.com',
    'SEGUE_PUBLIC_URL=segue.acme.com: write a whole address, such as https://segue.acme.com.',
  ],
  [
    'SEGUE_PUBLIC_URL',
    'ftp://acme.com',
    'SEGUE_PUBLIC_URL=ftp://acme.com: write a whole address, such as https://segue.acme.com.',
  ],
  ['SEGUE_TIME_TRAVEL', 'yes', 'SEGUE_TIME_TRAVEL=yes: write 1 or 0.'],
  ['SEGUE_CALLS_PER_HOUR', '0', 'SEGUE_CALLS_PER_HOUR=0: write a whole number from 1 to 1000000000.'],
] as const)
  test(`${key}=${value} is refused with the way out`, () => {
    expect(refusal({ [key]: value })).toBe(says)
  })

test('an unknown log level is refused with the known ones', () => {
  expect(refusal({ SEGUE_LOG_LEVEL: 'loud' })).toMatch(/^SEGUE_LOG_LEVEL=loud: one of .*info.*\.$/)
})

test('a secret is never repeated in its refusal', () => {
  expect(refusal({ SEGUE_SECRET_KEY: 'tooshort' })).not.toContain('tooshort')
  expect(refusal({ SEGUE_SECRET_KEY: 'tooshort' })).toContain('8 characters')
  expect(refusal({ SEGUE_DATABASE_URL: 'mysql://root:hunter2@db/segue' })).not.toContain('hunter2')
})

test('an unknown key names the nearest known one', () => {
  expect(refusal({ SEGUE_DATABSE_URL: 'postgres://db/segue' })).toBe(
    'There is no setting SEGUE_DATABSE_URL. Did you mean SEGUE_DATABASE_URL? All are in docs/configuration.md.',
  )
  expect(refusal({ SEGUE_SECRETKEY: 'x' })).toContain('Did you mean SEGUE_SECRET_KEY?')
})

test('keys of other programs, of the tests and of Kubernetes beside a service named segue are let be', () => {
  const env = {
    PATH: '/usr/bin',
    SEGUE_CONTRACT_DIR: '/contract',
    SEGUE_CORPUS_DIR: '/corpus',
    SEGUE_PORT: 'tcp://10.0.0.1:4000',
    SEGUE_PORT_4000_TCP: 'tcp://10.0.0.1:4000',
    SEGUE_SERVICE_HOST: '10.0.0.1',
    SEGUE_SERVICE_PORT_HTTP: '4000',
  }
  expect(readConfig(env)).toEqual(readConfig({}))
})

test('a secret may stand in a file, and its line break is no part of it', async () => {
  const path = join(dir, 'key')
  await writeFile(path, `${'k'.repeat(40)}\n`)
  expect(readConfig({ SEGUE_SECRET_KEY_FILE: path }).secretKey).toBe('k'.repeat(40))
})

test('a secret that is set twice is refused, and a file that cannot be read is named', async () => {
  const both = { SEGUE_SECRET_KEY: 'k'.repeat(40), SEGUE_SECRET_KEY_FILE: join(dir, 'key') }
  expect(refusal(both)).toBe('SEGUE_SECRET_KEY and SEGUE_SECRET_KEY_FILE are both set. Keep one of them.')
  const missing = join(dir, 'missing')
  expect(refusal({ SEGUE_DATABASE_URL_FILE: missing })).toContain(
    `SEGUE_DATABASE_URL_FILE=${missing}: the file cannot be read`,
  )
})

test('only secrets may stand in files', () => {
  expect(refusal({ SEGUE_PORT_FILE: '/x' })).toBe('not refused')
  expect(refusal({ SEGUE_HOST_FILE: '/x' })).toContain('There is no setting SEGUE_HOST_FILE.')
})

test('docs/configuration.md is what the settings say', async () => {
  expect(await readFile('docs/configuration.md', 'utf8')).toBe(configurationMarkdown())
})

test('half of a client is refused with what is missing', () => {
  expect(() => readConfig({ SEGUE_GOOGLE_CLIENT_ID: 'id' })).toThrow(
    'SEGUE_GOOGLE_CLIENT_ID is set, but SEGUE_GOOGLE_CLIENT_SECRET is not.',
  )
  expect(() =>
    readConfig({ SEGUE_MICROSOFT_CLIENT_ID: 'id', SEGUE_MICROSOFT_CLIENT_SECRET: 'secret' }),
  ).toThrow('are set, but SEGUE_MICROSOFT_TENANT is not')
})

test('a provider for tests is only ever on this machine', () => {
  const at = (value: string) => readConfig({ SEGUE_OAUTH_LOOPBACK: value }).oauthLoopback
  expect(at('http://127.0.0.1:5000?smtp=127.0.0.1:2525&imap=localhost:1143')).toEqual({
    url: 'http://127.0.0.1:5000',
    smtp: { host: '127.0.0.1', port: 2525 },
    imap: { host: 'localhost', port: 1143 },
  })
  for (const value of [
    'http://10.0.0.1:5000?smtp=127.0.0.1:2525&imap=127.0.0.1:1143',
    'http://127.0.0.1:5000?smtp=mail.evil.test:25&imap=127.0.0.1:1143',
    'http://127.0.0.1.evil.test:5000?smtp=127.0.0.1:2525&imap=127.0.0.1:1143',
    'https://127.0.0.1:5000?smtp=127.0.0.1:2525&imap=127.0.0.1:1143',
    'http://127.0.0.1:5000?smtp=127.0.0.1:2525',
    'nonsense',
  ])
    expect(() => at(value), value).toThrow('SEGUE_OAUTH_LOOPBACK')
})
