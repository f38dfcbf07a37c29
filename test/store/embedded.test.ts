/** The embedded server as ENGINE section 10 tells it, on real PostgreSQL, with processes that race, die and come back. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, cp, mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { sql } from 'kysely'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { createLog } from '../../src/log.ts'
import { kysely } from '../../src/store/db.ts'
import { type Embedded, type EmbeddedOptions, openEmbedded } from '../../src/store/embedded.ts'
import { openClient, openPostgres } from '../../src/store/postgres.ts'
import { DatabaseRefused, isUnavailable } from '../../src/store/unavailable.ts'
import { freshFolder } from '../support/folders.ts'

const log = createLog('silent')
const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function dataFolder(): Promise<string> {
  const folder = await freshFolder('embedded')
  cleanups.push(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function open(options: Omit<EmbeddedOptions, 'log'>): Promise<Embedded> {
  const server = await openEmbedded({ ...options, log })
  cleanups.push(() => server.leave())
  return server
}

async function ask<Row extends object>(url: string, statement: string): Promise<Row> {
  const client = openClient(url, 'test')
  await client.connect()
  try {
    return (await client.query<Row>(statement)).rows[0]!
  } finally {
    await client.end()
  }
}

let prepared: Promise<string> | undefined

/** A data folder whose server was stopped cleanly; quicker than making one each time. As root its files belong to root, as after a restore. */
async function stoppedFolder(): Promise<string> {
  prepared ??= (async () => {
    const folder = await freshFolder('embedded')
    await (await openEmbedded({ dataDir: folder, log })).leave()
    return folder
  })()
  const folder = await dataFolder()
  await cp(await prepared, folder, { recursive: true })
  return folder
}

afterAll(async () => {
  if (prepared) await rm(await prepared, { recursive: true, force: true })
})

interface Joined {
  database: string
  started: string
}

class Process {
  readonly child: ChildProcess
  readonly #lines: AsyncIterator<string>

  constructor(folder: string) {
    this.child = spawn(process.execPath, ['test/support/embedded-process.ts', folder], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#lines = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]()
    cleanups.push(async () => this.child.kill('SIGKILL'))
  }

  async #line<T>(): Promise<T> {
    return JSON.parse((await this.#lines.next()).value ?? 'null') as T
  }

  joined = () => this.#line<Joined>()

  async leave(): Promise<boolean> {
    this.child.stdin!.end()
    const { stopped } = await this.#line<{ stopped: boolean }>()
    return stopped
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await once(this.child, 'exit')
  }
}

const serverPid = (folder: string) =>
  Number(readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('of three processes that race on the first start, one makes the database, and the last to leave stops it', async () => {
  const folder = await dataFolder()
  const processes = [new Process(folder), new Process(folder), new Process(folder)]
  const joined = await Promise.all(processes.map((one) => one.joined()))
  expect(new Set(joined.map(({ database }) => database)).size).toBe(1)
  expect(new Set(joined.map(({ started }) => started)).size).toBe(1)
  expect((await readdir(folder)).sort()).toEqual(['postgres', 'postgres.log'])
  const pid = serverPid(folder)
  expect(await processes[0]!.leave()).toBe(false)
  expect(await processes[1]!.leave()).toBe(false)
  expect(isAlive(pid)).toBe(true)
  expect(await processes[2]!.leave()).toBe(true)
  expect(existsSync(join(folder, 'postgres', 'postmaster.pid'))).toBe(false)
})

test('a server whose processes were all killed lives on and is adopted', async () => {
  const folder = await stoppedFolder()
  const killed = new Process(folder)
  const before = await killed.joined()
  await killed.kill()
  const next = new Process(folder)
  expect(await next.joined()).toEqual(before)
  expect(await next.leave()).toBe(true)
})

test('a killed server is started again by itself with everything acknowledged, while queries say that it is away', async () => {
  const folder = await stoppedFolder()
  const server = await open({ dataDir: folder })
  const pools = await openPostgres({ url: server.url, log })
  cleanups.push(() => pools.close())
  await pools.api.transaction(async (tx) => {
    await sql.raw('create table kept as select generate_series(1, 1000) as n').execute(kysely(tx))
  })
  const pid = serverPid(folder)
  process.kill(pid, 'SIGKILL')
  const errors: unknown[] = []
  // The killed server's backends answer until they notice; the next server starts only when they are gone.
  await vi.waitFor(
    async () => {
      try {
        await pools.api.transaction(async () => undefined)
      } catch (error) {
        errors.push(error)
        throw error
      }
      expect(serverPid(folder)).not.toBe(pid)
    },
    { timeout: 15_000, interval: 20 },
  )
  expect(errors.filter((error) => !isUnavailable(error))).toEqual([])
  expect(errors.length).toBeGreaterThan(0)
  expect(await ask(server.url, 'select count(*) as n from kept')).toEqual({ n: 1000 })
})

test('a server that another process stopped by hand comes back for those who still need it', async () => {
  const folder = await stoppedFolder()
  const server = await open({ dataDir: folder })
  const pid = serverPid(folder)
  process.kill(pid, 'SIGINT')
  await vi.waitFor(() => expect(serverPid(folder)).not.toBe(pid), { timeout: 15_000, interval: 20 })
  await vi.waitFor(async () => expect(await ask(server.url, 'select 1 as n')).toEqual({ n: 1 }), {
    timeout: 15_000,
    interval: 20,
  })
})

test('who leaves while the server is being started again still stops it', async () => {
  const folder = await stoppedFolder()
  const server = await open({ dataDir: folder })
  const pid = serverPid(folder)
  process.kill(pid, 'SIGKILL')
  await vi.waitFor(() => expect(serverPid(folder)).not.toBe(pid), { timeout: 15_000, interval: 2 })
  expect(await server.leave()).toBe(true)
  expect(existsSync(join(folder, 'postgres', 'postmaster.pid'))).toBe(false)
})

test('it works below a folder closed to all others, at a path too long for a socket', async () => {
  const closed = join(await dataFolder(), 'closed')
  const deep = join(closed, 'x'.repeat(60), 'y'.repeat(60), 'data')
  await mkdir(deep, { recursive: true })
  await chmod(closed, 0o700)
  const server = await open({ dataDir: deep })
  expect(await ask(server.url, 'select 1 as n')).toEqual({ n: 1 })
  expect(await server.leave()).toBe(true)
})

test('it is durable, without TCP, without trust, folds the case of every script, and indexes letters beyond ASCII', async () => {
  const folder = await stoppedFolder()
  const { url } = await open({ dataDir: folder })
  const settings = await ask(
    url,
    `select current_setting('fsync') as fsync, current_setting('full_page_writes') as pages, current_setting('listen_addresses') as tcp,
            current_setting('max_connections') as connections, lower('ÄÉŁ') as lower`,
  )
  expect(settings).toEqual({ fsync: 'on', pages: 'on', tcp: '', connections: '60', lower: 'äéł' })
  await ask(url, 'create extension pg_trgm')
  expect(await ask(url, "select array_length(show_trgm('Łódź'), 1) as n")).toEqual({ n: 5 })
  const guessed = new URL(url)
  guessed.password = 'guessed'
  await expect(ask(guessed.toString(), 'select 1')).rejects.toMatchObject({ code: '28P01' })
})

test.runIf(process.platform === 'linux')(
  'our environment, where secrets may stand, is not handed to the server',
  async () => {
    const folder = await stoppedFolder()
    await open({ dataDir: folder })
    expect(readFileSync(`/proc/${serverPid(folder)}/environ`, 'utf8')).not.toMatch(/PATH=|HOME=|SEGUE/)
  },
)

test('a container that finds the server of another one answering is refused by name', async () => {
  const folder = await stoppedFolder()
  await open({ dataDir: folder, place: 'container one' })
  await expect(open({ dataDir: folder, place: 'container two' })).rejects.toThrow(
    /in use by another machine or container/,
  )
})

test('a container is refused while another one that it cannot reach renews its sign of life, and takes over when it is silent', async () => {
  const folder = await stoppedFolder()
  const file = join(folder, 'postgres', 'segue-owner.json')
  const sign = (beat: number) =>
    writeFile(file, JSON.stringify({ place: 'container one', host: 'one', beat: String(beat) }))
  await sign(0)
  const second = open({ dataDir: folder, place: 'container two' })
  const refused = expect(second).rejects.toThrow(DatabaseRefused)
  await vi.waitFor(
    async () => expect((await readdir(join(folder, 'postgres'))).join()).toMatch(/segue-clock/),
    { interval: 5 },
  )
  await sign(1)
  await refused
  const longAgo = new Date(Date.UTC(2020, 0, 1))
  await utimes(file, longAgo, longAgo)
  // What a killed container leaves: a process id that means somebody else here.
  await writeFile(join(folder, 'postgres', 'postmaster.pid'), `${process.pid}\n`)
  const third = await open({ dataDir: folder, place: 'container two' })
  expect(await ask(third.url, 'select 1 as n')).toEqual({ n: 1 })
})

test('a folder with something else in it is left alone', async () => {
  const folder = await dataFolder()
  await mkdir(join(folder, 'postgres'))
  await writeFile(join(folder, 'postgres', 'holiday.jpg'), 'sea')
  await expect(open({ dataDir: folder })).rejects.toThrow(/not empty and holds no PostgreSQL database/)
  expect(await readdir(join(folder, 'postgres'))).toEqual(['holiday.jpg'])
})

test('a database of another PostgreSQL version is refused with both versions', async () => {
  const folder = await stoppedFolder()
  await writeFile(join(folder, 'postgres', 'PG_VERSION'), '17\n')
  await expect(open({ dataDir: folder })).rejects.toThrow(/is of PostgreSQL 17, and this Segue brings 18/)
})

test('a server that cannot start is reported with what it said', async () => {
  const folder = await stoppedFolder()
  await expect(open({ dataDir: folder, settings: { shared_buffers: 'plenty' } })).rejects.toThrow(
    /does not start: .*shared_buffers/,
  )
})

test('a data directory that is a file is refused with the way out', async () => {
  const file = join(await dataFolder(), 'data')
  await writeFile(file, '')
  await expect(open({ dataDir: file })).rejects.toThrow(
    /The data directory .* cannot be written to .*SEGUE_DATA_DIR/,
  )
})

test.runIf(process.getuid?.() === 0)(
  'files that root restored from a backup are given back to the server',
  async () => {
    const restored = await stoppedFolder()
    expect((await stat(join(restored, 'postgres', 'base'))).uid).toBe(0)
    const { url } = await open({ dataDir: restored })
    expect(await ask(url, 'select 1 as n')).toEqual({ n: 1 })
    expect((await stat(join(restored, 'postgres', 'base'))).uid).not.toBe(0)
  },
)
