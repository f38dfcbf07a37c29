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
  stop(): Promise<void>
}

export async function startRunning(
  env: Record<string, string> = {},
  options: StartOptions = {},
): Promise<RunningSegue> {
  const database = await freshDatabase()
  await database.pools.close()
  const dataDir = await mkdtemp(join(tmpdir(), 'segue-running-'))
  const house = await openHouse(
    readConfig({
      SEGUE_DATABASE_URL: database.url,
      SEGUE_DATA_DIR: dataDir,
      SEGUE_PORT: '0',
      SEGUE_LOG_LEVEL: 'error',
      ...env,
    }),
  )
  const running = await startSegue(house, options)
  const call = async (method: string, path: string, body?: unknown, key?: string): Promise<Answered> => {
    const response = await fetch(`${running.url}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(key ? { 'x-api-key': key } : {}) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text,
    }
  }
  const setUp = await call('POST', '/setup', {
    team_name: 'Acme',
    time_zone: 'Europe/Berlin',
    name: 'Rae Seller',
    email: 'rae@acme.test',
    password: 'correct horse battery',
  })
  const key: string = setUp.body.api_key
  return {
    url: running.url,
    key,
    house,
    call: (method, path, body, as = key) => call(method, path, body, as),
    post: (path, body = {}) => call('POST', path, body, key),
    get: (path) => call('GET', path, undefined, key),
    async stop() {
      await running.stop()
      await house.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
