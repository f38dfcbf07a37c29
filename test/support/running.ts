/** The whole program, running in this process on a fresh database, with a client of its HTTP API. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type House, openHouse, type StartOptions, startSegue } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import type { Answered as ApiAnswered } from './api.ts'
import { freshDatabase } from './database.ts'

export type Answered = Pick<ApiAnswered, 'status' | 'body'>

export interface RunningSegue {
  url: string
  key: string
  house: House
  /** With the key of the team that was set up, unless another is given. */
  call(method: string, path: string, body?: unknown, key?: string): Promise<Answered>
  post(path: string, body?: unknown): Promise<Answered>
  get(path: string): Promise<Answered>
  /** Calls act with a session from now on, for a team that was set up in the page. */
  signIn(email: string, password: string): Promise<void>
  stop(): Promise<void>
}

const TEAM = {
  team_name: 'Acme',
  time_zone: 'Europe/Berlin',
  name: 'Rae Seller',
  email: 'rae@acme.test',
  password: 'correct horse battery',
}

export interface RunningOptions extends StartOptions {
  /** False: the team is set up in the page. */
  setUp?: boolean
  /** How the database is reached, when not directly. */
  reach?: (url: string) => string
}

export async function startRunning(
  env: Record<string, string> = {},
  { setUp = true, reach = (url) => url, ...options }: RunningOptions = {},
): Promise<RunningSegue> {
  const database = await freshDatabase()
  await database.pools.close()
  const dataDir = await mkdtemp(join(tmpdir(), 'segue-running-'))
  const house = await openHouse(
    readConfig({
      SEGUE_DATABASE_URL: reach(database.url),
      SEGUE_DATA_DIR: dataDir,
      SEGUE_PORT: '0',
      SEGUE_LOG_LEVEL: 'error',
      ...env,
    }),
  )
  const running = await startSegue(house, options)
  let cookie = ''
  const ask = async (method: string, path: string, { body, key }: { body?: unknown; key?: string }) => {
    const response = await fetch(`${running.url}/api/v1${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(key ? { 'x-api-key': key } : { origin: running.url, cookie }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const answered = { status: response.status, body: /^[{[]/.test(text) ? JSON.parse(text) : text }
    return { ...answered, setCookie: response.headers.get('set-cookie') }
  }
  const key: string = setUp ? (await ask('POST', '/setup', { body: TEAM })).body.api_key : ''
  return {
    url: running.url,
    key,
    house,
    call: (method, path, body, as = key) => ask(method, path, { body, key: as }),
    post: (path, body = {}) => ask('POST', path, { body, key }),
    get: (path) => ask('GET', path, { key }),
    async signIn(email, password) {
      const { setCookie } = await ask('POST', '/session', { body: { email, password } })
      cookie = setCookie?.split(';')[0] ?? ''
    },
    async stop() {
      await running.stop()
      await house.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
