/**
 * Starts and stops the embedded server's process, and says where it listens. It outlives us on purpose: whoever comes next adopts
 * it. Decides nothing about when.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { lstat, mkdir, open, readFile, readlink, rm, stat, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { monotonic, sleep } from '../clock.ts'
import { SECOND } from '../core/clock.ts'
import { type Binaries, serverEnvironment } from './embedded-binaries.ts'
import { giveTo, ownNameOf, SUPERUSER } from './embedded-data.ts'
import { serverUser } from './embedded-user.ts'

const WINDOWS = process.platform === 'win32'
const PORT = 5432
/** The kernel's limit for a socket's path, without its ending zero (macOS: 103). */
const SOCKET_PATH_MAX = process.platform === 'linux' ? 107 : 103
/** The log of the server starts anew when it has grown beyond this. */
const LOG_BYTES_MAX = 10_000_000
const STOP_TIMEOUT_MS = 60 * SECOND

/** What every start passes; a file in the data folder could be edited into something that loses mail. */
const SETTINGS: Record<string, string> = {
  fsync: 'on',
  full_page_writes: 'on',
  max_connections: '60',
  unix_socket_permissions: '0700',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // What is wrong with a statement is told by whoever sent it; here only starts, stops and recoveries, and nobody's data.
  log_min_messages: 'log',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
  io_workers: '1',
  max_logical_replication_workers: '0',
}

export interface ServerOptions {
  /** The data folder, absolute. */
  folder: string
  /** Where the server's own log goes. */
  logFile: string
  findBinaries: () => Promise<Binaries>
  /** Changes to the settings above: for tests. */
  settings: Record<string, string>
}

/** One embedded server, running or not. */
export class EmbeddedServer {
  readonly #options: ServerOptions
  #child: ChildProcess | undefined
  #logStart = 0

  constructor(options: ServerOptions) {
    this.#options = options
  }

  /** Starts the server unless one that we started is still at it. Whether it may run is decided by its own lock on the folder. */
  async start(): Promise<void> {
    if (this.#child && this.#child.exitCode === null && this.#child.signalCode === null) return
    const { folder, logFile, findBinaries, settings } = this.#options
    const user = await serverUser(folder)
    if (user) await giveTo(user, folder)
    const { bin } = await findBinaries()
    const listen = WINDOWS
      ? { listen_addresses: '127.0.0.1', port: String(await freePort()) }
      : // In the data folder by a relative name: no length limit and no closed parent can be in the way.
        { listen_addresses: '', unix_socket_directories: '.', port: String(PORT) }
    const given = Object.entries({ ...SETTINGS, ...settings, ...listen }).flatMap(([key, value]) => [
      '-c',
      `${key}=${value}`,
    ])
    const log = await open(logFile, (await sizeOf(logFile)) > LOG_BYTES_MAX ? 'w' : 'a', 0o600)
    this.#logStart = (await log.stat()).size
    try {
      this.#child = spawn(join(bin, 'postgres'), ['-D', ownNameOf(folder, user), ...given], {
        cwd: folder,
        env: serverEnvironment,
        detached: true,
        windowsHide: true,
        stdio: ['ignore', log.fd, log.fd],
        ...user,
      })
      this.#child.on('error', () => undefined)
      this.#child.unref()
    } finally {
      await log.close()
    }
  }

  /** What the last start said, once it has ended without success; `undefined` while it runs, or when somebody else's server was in the way. */
  async failure(): Promise<string | undefined> {
    const child = this.#child
    if (!child || (child.pid !== undefined && child.exitCode === null && child.signalCode === null))
      return undefined
    this.#child = undefined
    const said = (await readFile(this.#options.logFile, 'utf8')).slice(this.#logStart).trim()
    // Another of us was quicker; or the children of a killed server have not ended yet.
    if (/lock file .* already exists|shared memory block .* still in use/s.test(said)) return undefined
    return said.split('\n').slice(-4).join(' ') || `exit code ${child.exitCode}`
  }

  /** Fast shutdown; resolves when the server has written everything down. Only for whoever holds the exclusive lock. False: it did not stop. */
  async stop(): Promise<boolean> {
    const { folder, findBinaries } = this.#options
    const pidFile = join(folder, 'postmaster.pid')
    const pid = Number((await readFile(pidFile, 'utf8')).split('\n')[0])
    if (WINDOWS) {
      const { bin } = await findBinaries()
      await promisify(execFile)(join(bin, 'pg_ctl'), ['stop', '-m', 'fast', '-D', folder], {
        windowsHide: true,
      })
    } else {
      process.kill(pid, 'SIGINT')
    }
    const deadline = monotonic() + STOP_TIMEOUT_MS
    while (existsSync(pidFile)) {
      if (monotonic() > deadline) return false
      await sleep(10)
    }
    return true
  }

  /** The address of a database on this server. On Windows the port of the server that runs, or ECONNREFUSED's port when none does. */
  async url(database: string, password: string): Promise<string> {
    const { folder } = this.#options
    if (WINDOWS)
      return `postgres://${SUPERUSER}:${password}@127.0.0.1:${await recordedPort(folder)}/${database}`
    return `postgres://${SUPERUSER}:${password}@localhost/${database}?host=${encodeURIComponent(await socketFolder(folder))}`
  }
}

/** A short name for the folder with the socket: itself, or a link to it in a folder of ours that nobody else can enter. */
async function socketFolder(folder: string): Promise<string> {
  if (Buffer.byteLength(`${folder}/.s.PGSQL.${PORT}`) <= SOCKET_PATH_MAX) return folder
  const us = process.getuid?.() ?? 0
  // `tmpdir` may itself be long.
  const parent = Buffer.byteLength(tmpdir()) <= 40 ? tmpdir() : '/tmp'
  const own = join(parent, `segue-${us}`)
  await mkdir(own, { mode: 0o700 }).catch(unlessExists)
  const found = await lstat(own)
  if (!found.isDirectory() || found.uid !== us || (found.mode & 0o077) !== 0) {
    throw new Error(
      `${own} is not a folder of ours alone, and ${folder} is too long a path for a socket. Remove ${own}.`,
    )
  }
  const link = join(own, createHash('sha256').update(folder).digest('hex').slice(0, 16))
  await symlink(folder, link).catch(unlessExists)
  if ((await readlink(link)) !== folder) throw new Error(`${link} does not lead to ${folder}. Remove it.`)
  return link
}

function unlessExists(error: unknown): void {
  if ((error as { code?: unknown }).code !== 'EEXIST') throw error
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return 0
    throw error
  }
}

/** Line 4 of `postmaster.pid`. Port 1 when there is no server: nobody listens there, so that connecting says so. */
async function recordedPort(folder: string): Promise<number> {
  try {
    return Number((await readFile(join(folder, 'postmaster.pid'), 'utf8')).split('\n')[3]) || 1
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return 1
    throw error
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** Removes the link that stands for a long path. */
export async function forgetSocketFolder(folder: string): Promise<void> {
  const short = WINDOWS ? folder : await socketFolder(folder)
  if (short !== folder) await rm(short, { force: true })
}
