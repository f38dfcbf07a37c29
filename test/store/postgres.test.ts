/** What a person reads when the server of SEGUE_DATABASE_URL is not as it should be. */
import { expect, inject, test, vi } from 'vitest'
import { createLog } from '../../src/log.ts'
import { askServerClock, openPostgres, versionSentence } from '../../src/store/postgres.ts'
import {
  DatabaseRefused,
  DatabaseUnavailable,
  databaseSentence,
  typedError,
} from '../../src/store/unavailable.ts'
import { Forwarder } from '../support/forwarder.ts'

const log = createLog('silent')

function changed(change: (url: URL) => void): string {
  const url = new URL(inject('serverUrl'))
  change(url)
  return url.toString()
}

const sentenceOf = (url: string) =>
  openPostgres({ url, log, waitMs: 0 }).then(
    () => 'it opened',
    (error: unknown) => `${(error as Error).name}: ${(error as Error).message}`,
  )

test('a wrong password is named, without showing it', async () => {
  const said = await sentenceOf(
    changed((url) => {
      url.password = 'hunter2'
    }),
  )
  expect(said).toMatch(/^DatabaseRefused: The password for database postgres at .* is wrong/)
  expect(said).not.toContain('hunter2')
})

test('a missing database is named with the way out', async () => {
  const said = await sentenceOf(
    changed((url) => {
      url.pathname = '/nowhere'
    }),
  )
  expect(said).toMatch(/^DatabaseRefused: There is no database nowhere at .*Create it/)
})

test('a host that does not exist is named', async () => {
  expect(await sentenceOf('postgres://u:hunter2@no-such-host.invalid:5432/segue')).toMatch(
    /database segue at no-such-host\.invalid:5432/,
  )
})

test('a port where nobody listens is an unavailable database', async () => {
  expect(await sentenceOf('postgres://u:hunter2@127.0.0.1:1/segue')).toBe(
    'DatabaseUnavailable: Nobody answers for database segue at 127.0.0.1:1. Is the server running, and is the port right?',
  )
})

test('a server that is away at the start is told once, awaited, and used when it comes', async () => {
  const server = new Forwarder(inject('serverUrl'))
  await server.up()
  await server.down()
  const told: string[] = []
  const opening = openPostgres({
    url: server.through(inject('serverUrl')),
    log: createLog('warn', { write: (line) => told.push(JSON.parse(line).msg) }),
  })
  await vi.waitFor(() =>
    expect(told).toEqual([expect.stringMatching(/^Nobody answers for database postgres/)]),
  )
  await server.up()
  await (await opening).close()
  expect(told.length).toBe(1)
  await server.down()
})

test('who waits without end says again and again who does not answer, and goes on when it does', async () => {
  const server = new Forwarder(inject('serverUrl'))
  await server.up()
  await server.down()
  const told: string[] = []
  const opening = openPostgres({
    url: server.through(inject('serverUrl')),
    log: createLog('warn', { write: (line) => told.push(JSON.parse(line).msg) }),
    waitMs: Number.POSITIVE_INFINITY,
    tellEveryMs: 300,
  })
  await vi.waitFor(() => expect(told.length).toBeGreaterThanOrEqual(3), { timeout: 10_000 })
  expect(new Set(told)).toEqual(
    new Set([
      `Nobody answers for database postgres at 127.0.0.1:${server.port}. Is the server running, and is the port right?`,
    ]),
  )
  await server.up()
  await (await opening).close()
  await server.down()
})

test('a server that goes away and comes back: queries say so meanwhile, and the pools recover by themselves', async () => {
  const server = new Forwarder(inject('serverUrl'))
  await server.up()
  const pools = await openPostgres({ url: server.through(inject('serverUrl')), log })
  const askAll = () =>
    Promise.allSettled([pools.control, pools.mark, pools.claim, pools.api].map((db) => askServerClock(db)))
  expect((await askAll()).map(({ status }) => status)).toEqual(Array(4).fill('fulfilled'))
  await server.down()
  for (const answer of await askAll())
    expect((answer as PromiseRejectedResult).reason).toBeInstanceOf(DatabaseUnavailable)
  await server.up()
  expect((await askAll()).map(({ status }) => status)).toEqual(Array(4).fill('fulfilled'))
  await pools.close()
  await server.down()
})

test('a URL that cannot be read is refused without repeating it', async () => {
  const said = await sentenceOf('postgres://u:hun%ter2@host:notaport/segue')
  expect(said).toMatch(/^DatabaseRefused: /)
  expect(said).not.toContain('ter2')
})

test('a server older than 15 is refused with its version', () => {
  const target = 'database segue at db.example'
  expect(versionSentence({ number: 140_012, words: '14.12', target })).toMatch(
    /is PostgreSQL 14\.12; Segue needs 15 or newer/,
  )
  expect(versionSentence({ number: 150_000, words: '15.0', target })).toBeUndefined()
})

test('a full disk is a sentence, and not an unavailable database', () => {
  const error = Object.assign(new Error('could not extend file'), { code: '53100' })
  expect(databaseSentence(error)).toMatch(/^The disk of the database is full/)
  expect(typedError(error)).toBe(error)
  expect(databaseSentence(new Error('a bug'))).toBeUndefined()
  expect(databaseSentence(new DatabaseRefused('as it is'))).toBe('as it is')
})
