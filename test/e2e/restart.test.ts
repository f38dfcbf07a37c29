// The program as its users run it: npm, a process, its own database; killed and started again.

import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshFolder } from '../support/folders.ts'
import { databasePid, type Ended, type Serving, segueCommand, serve } from '../support/serving.ts'
import { until } from '../support/until.ts'

/** The goals of the project; machines of CI are shared, so the times get twice of it. */
const FIRST_START_MS = 2 * 8_000
const LATER_START_MS = 2 * 3_000
const REST_MB = 250
/** How long the embedded database may be away after its server was killed. */
const BACK_WITHIN_S = 10

let folder: string
let set: Ended
let running: Serving | undefined
let key: string
let contactId: string

const init = (team: string) =>
  segueCommand(
    ['init', '--team', team, '--email', 'rae@acme.test', '--password', 'correct horse battery', '--json'],
    { SEGUE_DATA_DIR: folder, SEGUE_LOG_LEVEL: 'error' },
  )

beforeAll(async () => {
  folder = await freshFolder('restart')
  const first = await serve(folder)
  console.log(`first start: ${Math.round(first.readyMs)} ms`)
  expect(first.readyMs).toBeLessThan(FIRST_START_MS)
  await first.end('SIGTERM')
  set = await init('Acme')
  key = JSON.parse(set.out).api_key
}, 60_000)

afterAll(async () => {
  if (running?.lives()) await running.end('SIGTERM')
  await rm(folder, { recursive: true, force: true })
}, 30_000)

async function call(path: string, body?: unknown): Promise<{ status: number; text: string }> {
  const response = await fetch(`${running!.url}/api/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, text: await response.text() }
}

test('init through npm prints one JSON object with the three keys, and nothing else', () => {
  expect(set.err).toBe('')
  expect(set.code).toBe(0)
  expect(Object.keys(JSON.parse(set.out))).toEqual(['team_id', 'user_id', 'api_key'])
})

test('a server started on it takes the key, within the time and memory that were promised', async () => {
  running = await serve(folder)
  console.log(`later start: ${Math.round(running.readyMs)} ms`)
  expect(running.readyMs).toBeLessThan(LATER_START_MS)
  expect(await call('/auth/health')).toEqual({ status: 200, text: '{"is_logged_in":true}' })
  const made = await call('/contacts', { first_name: 'Ann', email: 'ann@one.test' })
  contactId = JSON.parse(made.text).contact.id
  const restsMb = await running.rssMb()
  console.log(`resident memory: ${Math.round(restsMb)} MB`)
  expect(restsMb).toBeLessThan(REST_MB)
}, 30_000)

test('a second init says that there is a team already, while the server runs', async () => {
  const again = await init('Other')
  expect(again.code).toBe(1)
  expect(again.err.trim()).toBe(
    'This database has a team already. Sign in, or point SEGUE_DATA_DIR at a new folder.',
  )
  expect(again.out).toBe('')
  expect((await call('/auth/health')).status).toBe(200)
}, 30_000)

test('after kill -9 the next start adopts the database that lived on, and nothing is lost', async () => {
  const database = await databasePid(folder)
  await running!.end('SIGKILL')
  running = await serve(folder)
  console.log(`start after kill -9: ${Math.round(running.readyMs)} ms`)
  expect(running.readyMs).toBeLessThan(LATER_START_MS)
  expect(await databasePid(folder)).toBe(database)
  const found = await call(`/contacts/${contactId}`)
  expect(JSON.parse(found.text).contact).toMatchObject({ id: contactId, email: 'ann@one.test' })
}, 30_000)

test('its database killed with -9 is a 503 in words until it is back by itself, and no crash', async () => {
  const before = await databasePid(folder)
  process.kill(before, 'SIGKILL')
  const answers: { status: number; text: string }[] = []
  await until(
    async () => {
      answers.push(await call(`/contacts/${contactId}`))
      return answers.at(-1)!
    },
    (seen) => seen.status === 200 && answers.length > 1,
    { seconds: BACK_WITHIN_S },
  )
  for (const { status, text } of answers.filter((one) => one.status !== 200)) {
    expect(status).toBe(503)
    expect(JSON.parse(text).error).toMatch(/database/)
  }
  await until(
    () => databasePid(folder).catch(() => before),
    (pid) => pid !== before,
  )
  expect(running!.lives()).toBe(true)
  expect((await call('/contacts', { first_name: 'Bob', email: 'bob@two.test' })).status).toBe(200)
}, 30_000)

test('a setting that does not exist ends the start with 1 and names the nearest', async () => {
  const refused = await segueCommand(['serve'], { SEGUE_DATA_DIR: folder, SEGUE_PROT: '4000' })
  expect(refused.code).toBe(1)
  expect(refused.err.trim()).toBe(
    'There is no setting SEGUE_PROT. Did you mean SEGUE_PORT? All are in docs/configuration.md.',
  )
  expect(refused.out).toBe('')
}, 15_000)
