/**
 * The one writer of marks and settlements in a process: what gathers while a commit runs goes into the next one, so that few rows are ever
 * in doubt and commits are few. A settlement that cannot be committed is tried again for as long as the process lives.
 */
import type { Clock } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import type { Log } from '../log.ts'
import { fence } from '../store/deployment.ts'
import { MarksLost } from '../store/lost-marks.ts'
import type { MarkAsk } from '../store/marks.ts'
import type { Settlement } from '../store/settlements.ts'
import { isUnavailable, mayPass } from '../store/unavailable.ts'
import { writeLedger } from '../store/writer.ts'
import { RememberedMarks } from './remembered-marks.ts'

/** One commit takes at most this many of each: some 50 ms of locks. */
const BATCH_MAX = 200
/** Between two tries while the database is away. */
const TRY_AGAIN_MS = 500

export interface LedgerWriter {
  /** True when the mark has committed: the body may leave. False: it must not. Throws when the database is away: it must not either. */
  mark(team: TeamId, ask: MarkAsk): Promise<boolean>
  /** Resolves when it has committed, or was given up as a fault of ours (then the message becomes unknown when its lease ends). */
  settle(team: TeamId, settlement: Settlement): Promise<void>
  /** A settlement waits for a database that is away: claim nothing new. */
  isStuck(): boolean
}

interface WriterOptions {
  db: Db
  clock: Clock
  random: Random
  log: Log
  worker: string
}

type Item =
  | {
      kind: 'mark'
      team: TeamId
      ask: MarkAsk
      resolve(allowed: boolean): void
      reject(error: unknown): void
    }
  | { kind: 'settle'; team: TeamId; settlement: Settlement; resolve(): void }

export function createLedgerWriter(options: WriterOptions): LedgerWriter {
  return new CoalescingWriter(options)
}

class CoalescingWriter implements LedgerWriter {
  readonly #options: WriterOptions
  #waiting: Item[] = []
  #running = false
  #stuck = false
  readonly #remembered = new RememberedMarks()

  constructor(options: WriterOptions) {
    this.#options = options
  }

  mark(team: TeamId, ask: MarkAsk): Promise<boolean> {
    return new Promise((resolve, reject) => this.#add({ kind: 'mark', team, ask, resolve, reject }))
  }

  settle(team: TeamId, settlement: Settlement): Promise<void> {
    return new Promise((resolve) => this.#add({ kind: 'settle', team, settlement, resolve }))
  }

  isStuck(): boolean {
    return this.#stuck
  }

  #add(item: Item): void {
    this.#waiting.push(item)
    if (!this.#running) void this.#run()
  }

  async #run(): Promise<void> {
    this.#running = true
    while (this.#waiting.length > 0) {
      const team = this.#waiting[0]!.team
      const batch = this.#waiting.filter((item) => item.team === team).slice(0, BATCH_MAX)
      this.#waiting = this.#waiting.filter((item) => !batch.includes(item))
      await this.#write(team, batch)
    }
    this.#running = false
  }

  async #write(team: TeamId, batch: Item[]): Promise<void> {
    try {
      await this.#commit(team, batch)
      this.#stuck = false
    } catch (error) {
      if (isUnavailable(error)) this.#remembered.connectionBroke()
      if (error instanceof MarksLost) await this.#fence(team, batch, error.message)
      else if (mayPass(error)) await this.#waitFor(batch, error)
      else if (batch.length === 1) this.#giveUp(batch[0]!, error)
      else for (const item of batch) await this.#write(team, [item])
    }
  }

  async #commit(team: TeamId, batch: Item[]): Promise<void> {
    const { db, clock, random, worker } = this.#options
    const asks = batch.flatMap((item) => (item.kind === 'mark' ? [item.ask] : []))
    const settlements = batch.flatMap((item) => (item.kind === 'settle' ? [item.settlement] : []))
    const remembered = this.#remembered
    const allowed = await writeLedger(db, {
      ...{ team, settlements, asks, worker, clock, random },
      look: (tx, connection) => remembered.check(tx, { connection, now: clock.real() }),
    })
    remembered.add(
      [...allowed].map(([messageId, attempt]) => ({ team, messageId, attempt })),
      clock.real(),
    )
    for (const item of batch) {
      if (item.kind === 'mark') item.resolve(allowed.has(item.ask.messageId))
      else item.resolve()
    }
  }

  /** Mails may have left that this database does not know. Settlements are still written; under the fence nothing is marked. */
  async #fence(team: TeamId, batch: Item[], reason: string): Promise<void> {
    const { db, clock, log } = this.#options
    try {
      await fence(db, reason, clock.real())
    } catch (error) {
      return this.#waitFor(batch, error)
    }
    this.#remembered.forget()
    log.error({ reason }, 'sending is fenced: the database lost what was written to it')
    await this.#write(team, batch)
  }

  /** The database is away, or has no room. Marks are refused (nothing leaves on a guess); settlements are the only memory of what left, and wait. */
  async #waitFor(batch: Item[], error: unknown): Promise<void> {
    for (const item of batch) if (item.kind === 'mark') item.reject(error)
    const settlements = batch.filter((item) => item.kind === 'settle')
    if (settlements.length === 0) return
    this.#stuck = true
    this.#waiting = [...settlements, ...this.#waiting]
    await this.#options.clock.sleep(TRY_AGAIN_MS)
  }

  #giveUp(item: Item, error: unknown): void {
    this.#options.log.error(
      { bug: 'ledger writer', kind: item.kind, err: error },
      'the ledger could not be written',
    )
    if (item.kind === 'mark') item.resolve(false)
    else item.resolve()
  }
}
