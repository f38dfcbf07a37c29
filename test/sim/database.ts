/**
 * Real PostgreSQL connections whose every statement is a turn of the scheduler. A process that dies, a connection that breaks and a
 * server that goes away end in a rollback and an answer that never comes, or in an error; a commit may have happened all the same.
 */
import pg from 'pg'
import type { Instant } from '../../src/core/clock.ts'
import type { Random } from '../../src/core/random.ts'
import type { Log } from '../../src/log.ts'
import { Database } from '../../src/store/db.ts'
import { typeParsers } from '../../src/store/pg-types.ts'
import { openPool } from '../../src/store/postgres.ts'
import type { Actor, Scheduler } from './scheduler.ts'

export interface SimDatabaseOptions {
  url: string
  log: Log
}

const CONNECTIONS = 40
/** One in so many statements loses its connection, half of them after the server has done it. */
const LOST_ONE_IN = 2_500

/** A deadlock is seen by the scheduler, not by a clock of the server. */
const SESSION_SQL = `set datestyle to 'ISO'; set timezone to 'UTC'; set plan_cache_mode to 'force_generic_plan'; set jit to off;
  set deadlock_timeout to '1h'; set allow_system_table_mods to on`

/** The server's connections, lent to processes; kept over many seeds, since opening them costs more than a seed's statements. */
export class Connections {
  readonly #pool: pg.Pool
  readonly #free: pg.PoolClient[] = []
  /** For checks and for what the world does: no turns. */
  readonly control: Database

  constructor({ url, log }: SimDatabaseOptions) {
    this.#pool = new pg.Pool({ connectionString: url, max: CONNECTIONS, types: typeParsers, pipeline: true })
    this.control = Database.over({
      pool: openPool({ url, name: 'sim control', max: 2, log }),
      name: 'control',
      log,
    })
  }

  /** All of them before anybody asks: two that are opened at once would come in the order of the network. */
  async open(): Promise<void> {
    for (let i = 0; i < CONNECTIONS; i++) {
      const made = await this.#pool.connect()
      await made.query(SESSION_SQL)
      this.#free.push(made)
    }
  }

  take(): pg.PoolClient {
    const free = this.#free.pop()
    if (!free) throw new Error(`all ${CONNECTIONS} connections of the simulator are taken`)
    return free
  }

  /** Whatever was open is rolled back, as the server does when a connection ends. */
  async giveBack(client: pg.PoolClient): Promise<void> {
    await Promise.all([client.query('rollback'), client.query('select pg_advisory_unlock_all()')])
    this.#free.push(client)
  }

  async query<T extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<T[]> {
    const client = this.take()
    try {
      return (await client.query<T>({ name: nameOf(text), text, values })).rows
    } finally {
      this.#free.push(client)
    }
  }

  /** As a new installation: every table is empty, every counter at its start. */
  async empty(): Promise<void> {
    const tables = await this.query<{ name: string }>(
      "select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and relname not in ('migrations', 'schema_migrations')",
    )
    // Plans change when the seed says so, not when a daemon finds the time.
    for (const { name } of tables) await this.query(`alter table ${name} set (autovacuum_enabled = false)`)
    await this.query(`truncate ${tables.map((one) => one.name).join(', ')} restart identity cascade`)
    // What was learned of the seed before would choose the plans of this one.
    await this.query('delete from pg_statistic')
    await this.query('insert into deployment default values')
  }

  async close(): Promise<void> {
    for (const client of this.#free) client.release()
    await this.#pool.end()
    await this.control.close()
  }
}

export interface ServerOptions {
  connections: Connections
  scheduler: Scheduler
  random: Random
  log: Log
  count: (fault: string) => void
}

/** The database server as the processes of one run see it. */
export class SimServer {
  readonly options: ServerOptions
  readonly #pools = new Set<ActorPool>()
  awayUntil: Instant = Number.NEGATIVE_INFINITY
  /** No faults while the run is brought to its end. */
  calm = false

  constructor(options: ServerOptions) {
    this.options = options
  }

  get isAway(): boolean {
    return this.awayUntil > this.options.scheduler.now
  }

  /** A pool of one process, with the limits that the program gives it. */
  open(actor: Actor, name: string, max: number): Database {
    const pool = new ActorPool(this, actor, max)
    this.#pools.add(pool)
    return Database.over({
      pool: pool as unknown as pg.Pool,
      name: `${actor.name} ${name}`,
      log: this.options.log,
    })
  }

  /** Everybody's connections end now, and nobody gets a new one until then. */
  async goAway(until: Instant): Promise<void> {
    this.awayUntil = until
    for (const pool of this.#pools) await pool.breakAll()
  }

  async bury(actor: Actor): Promise<void> {
    for (const pool of this.#pools)
      if (pool.actor === actor) {
        await pool.breakAll()
        this.#pools.delete(pool)
      }
  }

  /** Gives all connections back. */
  async end(): Promise<void> {
    for (const pool of this.#pools) await pool.breakAll()
  }

  /** Rows that nobody ordered come as they lie on the disk, which no seed knows: they come as the seed says. */
  disorder(rows: unknown[]): void {
    if (rows.length < 2) return
    const canonical = rows.map((row) => ({ row, text: JSON.stringify(row) }))
    canonical.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    for (let i = rows.length; i > 0; i--)
      rows[i - 1] = canonical.splice(Math.floor(this.options.random.next() * i), 1)[0]!.row
  }

  hasOpenTransaction(actor: Actor): boolean {
    return [...this.#pools].some((pool) => pool.actor === actor && pool.hasOpenTransaction)
  }

  /** Does this statement lose its connection, and when? */
  lot(): 'fine' | 'lost before' | 'lost after' {
    const { random } = this.options
    if (this.calm || random.next() * LOST_ONE_IN >= 1) return 'fine'
    return random.next() < 0.5 ? 'lost before' : 'lost after'
  }
}

/** Does the statement itself order its rows, not only a part of it? */
function isOrdered(text: string): boolean {
  const at = text.lastIndexOf('order by')
  if (at < 0) return false
  let depth = 0
  for (const sign of text.slice(at)) {
    if (sign === '(') depth++
    else if (sign === ')' && --depth < 0) return false
  }
  return true
}

const BEGINS = /^(start transaction|begin|set local)/
const names = new Map<string, string>()

/** The name under which a connection keeps a statement; those that are no queries have none. */
function nameOf(text: string): string {
  const known = names.get(text)
  if (known !== undefined) return known
  const name = `s${names.size}`
  names.set(text, name)
  return name
}

type Listener = (client: SimClient) => void

/** What `Database` needs of `pg.Pool`. */
class ActorPool {
  readonly options = {}
  readonly actor: Actor
  readonly server: SimServer
  readonly #max: number
  readonly #listeners: Listener[] = []
  readonly #clients = new Set<SimClient>()
  readonly #idle: SimClient[] = []
  readonly #queue: { resolve: (client: SimClient) => void; reject: (error: Error) => void }[] = []

  constructor(server: SimServer, actor: Actor, max: number) {
    this.server = server
    this.actor = actor
    this.#max = max
  }

  get hasOpenTransaction(): boolean {
    return [...this.#clients].some((client) => client.inTransaction)
  }

  on(event: string, listener: Listener): void {
    if (event === 'connect') this.#listeners.push(listener)
  }

  connect(): Promise<SimClient> {
    if (this.actor.dead) return new Promise(() => undefined)
    const idle = this.#idle.pop()
    if (idle) return Promise.resolve(idle)
    if (this.#clients.size >= this.#max)
      return new Promise((resolve, reject) => this.#queue.push({ resolve, reject }))
    return this.#make()
  }

  async #make(): Promise<SimClient> {
    if (this.server.isAway) throw coded('connect ECONNREFUSED', 'ECONNREFUSED')
    const client = new SimClient(this)
    this.#clients.add(client)
    for (const listener of this.#listeners) listener(client)
    return client
  }

  back(client: SimClient): void {
    if (client.broken) this.#clients.delete(client)
    const next = this.#queue.shift()
    if (!next) {
      if (!client.broken) this.#idle.push(client)
    } else if (client.broken) this.#make().then(next.resolve, next.reject)
    else next.resolve(client)
  }

  async breakAll(): Promise<void> {
    for (const client of this.#clients) await client.break()
    for (const client of this.#idle.splice(0)) this.#clients.delete(client)
  }

  async end(): Promise<void> {
    await this.breakAll()
  }
}

function coded(message: string, code: string): Error {
  return Object.assign(new Error(message), { code })
}

/** What Kysely needs of `pg.PoolClient`. */
class SimClient {
  readonly #pool: ActorPool
  #real: pg.PoolClient | null
  #running: Promise<unknown> | null = null
  #standsStill = false
  broken = false
  inTransaction = false

  constructor(pool: ActorPool) {
    this.#pool = pool
    this.#real = pool.server.options.connections.take()
  }

  get processID(): number {
    return (this.#real as unknown as { processID: number }).processID
  }

  on(): void {
    // Losses are told by the statement under way.
  }

  query(text: string, values: unknown[] = []): Promise<pg.QueryResult> {
    const { actor, server } = this.#pool
    const what = text.trimStart().slice(0, 60).replace(/\s+/g, ' ')
    return server.options.scheduler.call(
      actor,
      what,
      () => this.#ask(text, values),
      () => this.#waits(),
    )
  }

  async #ask(text: string, values: unknown[]): Promise<pg.QueryResult> {
    const { server } = this.#pool
    const real = this.#real
    if (this.broken || !real) throw coded('Connection terminated unexpectedly', 'ECONNRESET')
    const lot = server.lot()
    if (lot === 'lost before') return this.#lose(lot)
    this.#running = this.#send(real, text, values)
    try {
      const result = (await this.#running) as pg.QueryResult
      this.#note(text, result)
      if (!isOrdered(text)) server.disorder(result.rows)
      if (lot === 'lost after') return await this.#lose(text === 'commit' ? 'lost after the commit' : lot)
      return result
    } finally {
      this.#running = null
    }
  }

  /** Prepared once per connection: planning costs more than running, with so few rows. What only begins travels with what comes next. */
  #send(real: pg.PoolClient, text: string, values: unknown[]): Promise<pg.QueryResult> {
    if (!BEGINS.test(text)) return real.query({ name: nameOf(text), text, values })
    real.query(text).catch(() => undefined)
    return Promise.resolve({ command: 'START', rowCount: null, rows: [], oid: 0, fields: [] })
  }

  #note(text: string, { command, rowCount }: pg.QueryResult): void {
    if (command === 'START') this.inTransaction = true
    if (text === 'commit' || text === 'rollback') this.inTransaction = false
    if (['INSERT', 'UPDATE', 'DELETE'].includes(command) && rowCount)
      this.#pool.server.options.scheduler.stir()
  }

  async #lose(lot: string): Promise<never> {
    this.#pool.server.options.count(`database connection ${lot}`)
    this.#running = null
    await this.break()
    throw coded('read ECONNRESET', 'ECONNRESET')
  }

  /** Whoever stands in line for a lock is stopped until asked again: a commit may free several at once, and they would race. */
  async #waits(): Promise<boolean> {
    const { connections } = this.#pool.server.options
    if (!this.#real) return false
    const [row] = await connections.query<{ waits: boolean }>(
      'select cardinality(pg_blocking_pids($1)) > 0 as waits',
      [this.processID],
    )
    this.#standStill(row!.waits)
    return row!.waits
  }

  #standStill(still: boolean): void {
    if (still === this.#standsStill) return
    process.kill(this.processID, still ? 'SIGSTOP' : 'SIGCONT')
    this.#standsStill = still
  }

  /** The connection ends: a statement that waits for a lock is given up, the transaction is rolled back. */
  async break(): Promise<void> {
    if (this.broken) return
    this.broken = true
    this.inTransaction = false
    const { connections } = this.#pool.server.options
    const real = this.#real
    if (!real) return
    const running = this.#running
    if (running) {
      await connections.query('select pg_cancel_backend($1)', [this.processID])
      this.#standStill(false)
      // It may have ended by itself meanwhile.
      await running.then(
        () => undefined,
        () => undefined,
      )
    }
    this.#real = null
    await connections.giveBack(real)
  }

  release(): void {
    this.#pool.back(this)
  }
}
