/**
 * Segue's own PostgreSQL in the data directory: started on first need, adopted when it lived on, shared by several processes of
 * ours, stopped by the last one (ENGINE section 10). Nothing above the store knows whether it is this or a server of yours.
 */
import { mkdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type pg from 'pg'
import { monotonic, sleep } from '../clock.ts'
import { SECOND } from '../core/clock.ts'
import type { Log } from '../log.ts'
import { type Binaries, copyFolders, findBinaries } from './embedded-binaries.ts'
import { initialize, isInitialized, readPassword } from './embedded-data.ts'
import { OwnerFile, RENEW_EVERY_MS, thisPlace } from './embedded-owner.ts'
import { EmbeddedServer, forgetSocketFolder } from './embedded-server.ts'
import { serverUser } from './embedded-user.ts'
import { openClient } from './postgres.ts'
import { DatabaseRefused, DatabaseUnavailable, databaseSentence, isUnavailable } from './unavailable.ts'

/** The database of the product; the presence lock lives in the `postgres` database, which every server has. */
const DATABASE = 'segue'
/** Shared by every process that uses the server; exclusive for the one that stops it. An arbitrary number. */
const PRESENCE_LOCK = 5_201_873
const JOIN_TIMEOUT_MS = 60 * SECOND
const TRY_AGAIN_MS = 40
/** How long leaving waits for a server that is being started again. */
const LEAVE_WAIT_MS = 10 * SECOND
/** A start that fails this often for a reason of its own will not succeed by itself. */
const FAILURES_MAX = 3

export interface EmbeddedOptions {
  /** `SEGUE_DATA_DIR`: the database lies in its folder `postgres`. Made when absent. */
  dataDir: string
  log: Log
  /** Settings of the server, for tests (`fsync=off`, more connections). */
  settings?: Record<string, string>
  /** Where this process runs, for tests of two containers on one folder. Default: found out. */
  place?: string
}

export interface Embedded {
  /** Of the product's database, password included; for `openPostgres` and pg-boss. It stays the same through restarts (but for Windows). */
  url: string
  /** Of another database on the same server. */
  urlOf(database: string): Promise<string>
  /**
   * Releases our hold on the server, and stops it when we were the last. Close the pools first. True: it was stopped.
   */
  leave(): Promise<boolean>
}

/**
 * Joins the server of this data directory, making and starting it when need be (first time about 1 s, later 0.2 s). While we hold
 * on to it, a server that is killed is started again by itself; meanwhile queries fail with `DatabaseUnavailable`.
 * Throws `DatabaseRefused` with the sentence to show; `DatabaseUnavailable` after 60 s.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const presence = new Presence(options)
  try {
    await presence.hold()
  } catch (error) {
    throw folderRefusal(error, resolve(options.dataDir))
  }
  return {
    url: await presence.url(DATABASE),
    urlOf: (database) => presence.url(database),
    leave: () => presence.leave(),
  }
}

/** A data directory that cannot be written to, in words; every other error as it was. */
function folderRefusal(error: unknown, dataDir: string): unknown {
  const code = String((error as { code?: unknown }).code ?? '')
  if (code === 'ENOSPC') return new DatabaseRefused(databaseSentence(error)!, { cause: error })
  if (!['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'].includes(code)) return error
  return new DatabaseRefused(
    `The data directory ${dataDir} cannot be written to (${code}). Give it to the user that runs Segue, or choose another with SEGUE_DATA_DIR.`,
    { cause: error },
  )
}

class Presence {
  readonly #folder: string
  readonly #log: Log
  readonly #server: EmbeddedServer
  readonly #owner: OwnerFile
  readonly #leaving = new AbortController()
  readonly #binaries: () => Promise<Binaries>
  #client: pg.Client | undefined
  #holding: Promise<void> = Promise.resolve()

  constructor({ dataDir, log, settings = {}, place = thisPlace() }: EmbeddedOptions) {
    const root = resolve(dataDir)
    this.#folder = join(root, 'postgres')
    this.#log = log
    this.#owner = new OwnerFile(this.#folder, place)
    let found: Promise<Binaries> | undefined
    this.#binaries = () => {
      found ??= serverUser(this.#folder).then((user) =>
        findBinaries({ user, copies: copyFolders(user, join(root, 'programs')) }),
      )
      return found
    }
    const logFile = join(root, 'postgres.log')
    this.#server = new EmbeddedServer({
      folder: this.#folder,
      logFile,
      findBinaries: this.#binaries,
      settings,
    })
  }

  async url(database: string): Promise<string> {
    return this.#server.url(database, await readPassword(this.#folder))
  }

  /** Joins, and goes on holding: renews the owner file, and joins again whenever the connection is lost. */
  async hold(): Promise<void> {
    await mkdir(resolve(this.#folder, '..'), { recursive: true, mode: 0o700 })
    await this.#join()
    void this.#keepRenewing()
  }

  async leave(): Promise<boolean> {
    await this.#settled()
    this.#leaving.abort()
    await this.#holding
    const client = this.#client
    if (!client) return false
    try {
      await client.query('select pg_advisory_unlock_shared($1)', [PRESENCE_LOCK])
      const { rows } = await client.query<{ last: boolean }>('select pg_try_advisory_lock($1) as last', [
        PRESENCE_LOCK,
      ])
      if (!rows[0]!.last) return false
      if (!(await this.#server.stop())) {
        this.#log.error(
          'the embedded database did not stop within a minute; it goes on, and the next start adopts it',
        )
        return false
      }
      await this.#owner.remove()
      await forgetSocketFolder(this.#folder)
      return true
    } catch (error) {
      if (!isUnavailable(error)) throw error
      return false
    } finally {
      await client.end()
    }
  }

  /** A server that is just coming back is waited for: else nobody would be left to stop it. */
  async #settled(): Promise<void> {
    const enough = new AbortController()
    await Promise.race([this.#holding, sleep(LEAVE_WAIT_MS, enough.signal)])
    enough.abort()
  }

  /** ENGINE section 10, 2 and 3: connect, start, lock, until a deadline. */
  async #join(): Promise<void> {
    const deadline = monotonic() + JOIN_TIMEOUT_MS
    let failures = 0
    while (!this.#leaving.signal.aborted) {
      if (!(await isInitialized(this.#folder))) await initialize(this.#folder, await this.#binaries())
      const outcome = await this.#attempt()
      if (outcome === 'joined') return
      const failure = await this.#server.failure()
      if (failure && ++failures >= FAILURES_MAX)
        throw new DatabaseRefused(`The embedded database does not start: ${failure}`)
      if (outcome === 'nobody there' && (await this.#owner.mayStart()) === 'start') {
        await this.#assertVersion()
        await this.#server.start()
      }
      if (monotonic() > deadline)
        throw new DatabaseUnavailable(`The embedded database in ${this.#folder} does not answer.`)
      await sleep(TRY_AGAIN_MS, this.#leaving.signal)
    }
  }

  async #attempt(): Promise<'joined' | 'nobody there' | 'again'> {
    const client = openClient(await this.url('postgres'), 'presence')
    try {
      await client.connect()
      await this.#owner.assertServerIsHere()
      const { rows } = await client.query<{ held: boolean }>(
        'select pg_try_advisory_lock_shared($1) as held',
        [PRESENCE_LOCK],
      )
      if (!rows[0]!.held) {
        // Somebody is stopping the server.
        await client.end()
        return 'again'
      }
      await this.#makeDatabase(client)
      await this.#owner.renew()
    } catch (error) {
      await client.end()
      const code = String((error as { code?: unknown }).code ?? '')
      if (code === '28P01') {
        throw new DatabaseRefused(
          `The password in ${this.#folder}/segue-password is not that of the database beside it. Restore both together.`,
        )
      }
      if (!isUnavailable(error)) throw error
      return code === 'ENOENT' || code === 'ECONNREFUSED' ? 'nobody there' : 'again'
    }
    this.#client = client
    client.once('end', () => this.#rejoin(client))
    return 'joined'
  }

  async #makeDatabase(client: pg.Client): Promise<void> {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE])
    if (rowCount) return
    try {
      await client.query(`create database ${DATABASE}`)
    } catch (error) {
      // Another of us was quicker: duplicate database, or duplicate key in its catalog.
      if (!['42P04', '23505'].includes(String((error as { code?: unknown }).code))) throw error
    }
  }

  /** The server was killed, or stopped by hand: bring it back, for as long as we are here. */
  #rejoin(lost: pg.Client): void {
    if (this.#client !== lost || this.#leaving.signal.aborted) return
    this.#client = undefined
    this.#log.warn('the embedded database went away; starting it again')
    const again = async () => {
      while (!this.#client && !this.#leaving.signal.aborted) {
        try {
          await this.#join()
          if (this.#client) this.#log.info('the embedded database is back')
        } catch (error) {
          this.#log.error({ err: error }, 'the embedded database could not be started; trying again')
          await sleep(RENEW_EVERY_MS, this.#leaving.signal)
        }
      }
    }
    this.#holding = again()
  }

  async #assertVersion(): Promise<void> {
    const major = (await readFile(join(this.#folder, 'PG_VERSION'), 'utf8')).trim()
    const { version } = await this.#binaries()
    if (version.split('.')[0] === major) return
    throw new DatabaseRefused(
      `The database in ${this.#folder} is of PostgreSQL ${major}, and this Segue brings ${version}. Run the Segue that made it, or move the data with pg_dump to a server of yours and set SEGUE_DATABASE_URL.`,
    )
  }

  async #keepRenewing(): Promise<void> {
    const { signal } = this.#leaving
    for (;;) {
      await sleep(RENEW_EVERY_MS, signal)
      if (signal.aborted) return
      try {
        if (this.#client) await this.#owner.renew()
      } catch (error) {
        this.#log.warn({ err: error }, 'the owner file of the embedded database could not be renewed')
      }
    }
  }
}
