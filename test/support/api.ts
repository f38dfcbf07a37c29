/** The real server on a fresh database and a free port, with a team set up, and calls to it. */
import type { AddressInfo } from 'node:net'
import { jobHandlers } from '../../src/actions/job-handlers.ts'
import { mailboxTokens } from '../../src/actions/mailbox-tokens.ts'
import type { ApiContext } from '../../src/api/route.ts'
import { createServer } from '../../src/api/server.ts'
import { readConfig } from '../../src/config.ts'
import { applyAgain } from '../../src/engine/apply-again.ts'
import { startJobs } from '../../src/engine/jobs.ts'
import { createLog } from '../../src/log.ts'
import { createOAuth } from '../../src/mail/oauth.ts'
import { createMailPort } from '../../src/mail/post.ts'
import { seededRandom } from '../../src/random.ts'
import { createKeys } from '../../src/seal.ts'
import type { Database } from '../../src/store/db.ts'
import { TestClock } from './clock.ts'
import { freshDatabase, type TestDatabase } from './database.ts'

/** A Thursday, 9:00 in New York: inside the windows of the default schedule. */
export const START = Date.parse('2027-01-14T14:00:00Z')

export interface Answered {
  status: number
  headers: Headers
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of any shape
  body: any
}

export interface Asked {
  method?: string
  /** With `/api/v1` in front unless it begins with `/v1` or `/u/`; `raw: true` takes it as it is. */
  path: string
  /** An object is sent as JSON, anything else as it is. */
  body?: unknown
  headers?: Record<string, string>
  /** Without a key. */
  anonymous?: boolean
}

export interface Api {
  url: string
  db: Database
  database: TestDatabase
  clock: TestClock
  context: ApiContext
  key: string
  /** The public id. */
  teamId: string
  userId: string
  /** What `jobs.start` was asked for, unless the options gave another `jobs`. */
  started: { name: string; data: Record<string, unknown> }[]
  call(asked: Asked): Promise<Answered>
  get(path: string): Promise<Answered>
  post(path: string, body?: unknown): Promise<Answered>
  put(path: string, body?: unknown): Promise<Answered>
  delete(path: string): Promise<Answered>
  close(): Promise<void>
}

export interface ApiOptions {
  /** Replaces parts of what `app.ts` would hand in. */
  context?: Partial<ApiContext> | ((made: ApiContext, database: TestDatabase) => Partial<ApiContext>)
  /** Without a team. */
  empty?: boolean
  webRoot?: string | null
  /** With the real queue of side jobs; without, `started` says what was asked for. */
  jobs?: boolean
}

export const SETUP = {
  team_name: 'Acme',
  time_zone: 'America/New_York',
  name: 'Maria Ortiz',
  email: 'maria@acme.test',
  password: 'correct horse battery',
}

export async function startApi(options: ApiOptions = {}): Promise<Api> {
  const database = await freshDatabase()
  const clock = new TestClock(START)
  const random = seededRandom('api')
  const started: Api['started'] = []
  const keys = createKeys('test key of the api tests, long enough')
  const log = createLog('error')
  const oauth = createOAuth(readConfig({}))
  const made: ApiContext = {
    db: database.db,
    clock,
    random,
    keys,
    mail: createMailPort({ clock, random }),
    oauth,
    tokens: mailboxTokens({ db: database.db, keys, clock, random, log, oauth }),
    applyMail: applyAgain,
    log,
    jobs: {
      start: async (name, data) => {
        started.push({ name, data })
      },
    },
    sandbox: {} as ApiContext['sandbox'],
    settings: {
      publicUrl: null,
      timeTravel: false,
      privateMailHosts: ['127.0.0.1'],
      callLimits: { minute: null, hour: null, day: null },
    },
  }
  const replaced = typeof options.context === 'function' ? options.context(made, database) : options.context
  const context = { ...made, ...replaced }
  const jobs = options.jobs
    ? await startJobs({ connection: database.pools.jobs, log: context.log, handlers: jobHandlers(context) })
    : null
  if (jobs) context.jobs = jobs
  const server = createServer(context, { webRoot: options.webRoot ?? null })
  await server.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`
  const api: Api = {
    ...{ url, db: database.db, database, clock, context, started, key: '', teamId: '', userId: '' },
    call: (asked) => send(api, asked),
    get: (path) => send(api, { path }),
    post: (path, body = {}) => send(api, { method: 'POST', path, body }),
    put: (path, body = {}) => send(api, { method: 'PUT', path, body }),
    delete: (path) => send(api, { method: 'DELETE', path }),
    async close() {
      await server.close()
      await jobs?.stop()
      await database.drop()
    },
  }
  if (!options.empty) await setUp(api)
  return api
}

async function setUp(api: Api): Promise<void> {
  const { status, body, text } = await api.call({
    method: 'POST',
    path: '/setup',
    body: SETUP,
    anonymous: true,
  })
  if (status !== 200) throw new Error(`set-up answered ${status}: ${text}`)
  api.key = body.api_key
  api.teamId = body.team_id
  api.userId = body.user_id
}

async function send(api: Api, asked: Asked): Promise<Answered> {
  const path = /^\/(v1|u|api)\//.test(asked.path) ? asked.path : `/api/v1${asked.path}`
  const isJson =
    asked.body !== undefined && typeof asked.body !== 'string' && !(asked.body instanceof Uint8Array)
  const response = await fetch(api.url + path, {
    method: asked.method ?? (asked.body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(isJson && { 'content-type': 'application/json' }),
      ...(!asked.anonymous && api.key && { 'x-api-key': api.key }),
      ...asked.headers,
    },
    ...(asked.body !== undefined && {
      body: isJson ? JSON.stringify(asked.body) : (asked.body as string | Uint8Array<ArrayBuffer>),
    }),
  })
  const text = await response.text()
  const json = response.headers.get('content-type')?.includes('json')
  return { status: response.status, headers: response.headers, text, body: json ? JSON.parse(text) : text }
}
