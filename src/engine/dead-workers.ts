/**
 * Shows that this process lives, by a lock that the database frees when it dies, and gives back the mailboxes of processes that died: a
 * restart goes on at once instead of waiting for leases that nobody holds. Decides nothing about messages: the next claim recovers them.
 */
import type { Clock } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Log } from '../log.ts'
import { isUnavailable } from '../store/unavailable.ts'
import { type DeadLease, deadLeases, endDeadLeases, holdWorkerLock } from '../store/workers.ts'

/** A lost connection takes the lock along; it is back after this at most. */
const LOOK_EVERY_MS = 5_000
/** A worker is dead when it was without its lock at this many looks in a row: a database that restarted takes all locks away at once. */
const LOOKS_UNTIL_DEAD = 3

export interface WatchOptions {
  /** The claim pool: its connections stay open. */
  db: Db
  clock: Clock
  log: Log
  worker: string
  signal: AbortSignal
  /** Mailboxes were given back. */
  onWork: () => void
}

export class WorkerWatch {
  readonly #options: WatchOptions
  /** How often in a row each lease was found without its worker. */
  #suspects = new Map<string, number>()
  #looks = 0

  constructor(options: WatchOptions) {
    this.#options = options
  }

  /** Before the first claim. Leases found dead now are those of whoever ran here before. */
  async begin(): Promise<void> {
    await this.#look()
  }

  async run(): Promise<void> {
    const { clock, signal } = this.#options
    while (!signal.aborted) {
      await clock.sleep(LOOK_EVERY_MS, signal)
      if (!signal.aborted) await this.#look()
    }
  }

  async #look(): Promise<void> {
    const { db, clock, worker, log, onWork } = this.#options
    try {
      await holdWorkerLock(db, worker)
      const moments = { now: clock.now(), real: clock.real() }
      const found = await deadLeases(db, moments)
      const leases = found.filter((lease) => this.#isDead(lease))
      this.#suspects = new Map(
        found.map((lease) => [nameOf(lease), (this.#suspects.get(nameOf(lease)) ?? 0) + 1]),
      )
      this.#looks++
      if (leases.length === 0) return
      await endDeadLeases(db, { leases, ...moments })
      log.info(
        { mailboxes: leases.map((one) => one.mailboxId) },
        'mailboxes of a process that died are served again',
      )
      onWork()
    } catch (error) {
      if (!isUnavailable(error))
        log.error({ bug: 'workers', err: error }, 'dead workers could not be looked for')
    }
  }

  #isDead(lease: DeadLease): boolean {
    return this.#looks === 0 || (this.#suspects.get(nameOf(lease)) ?? 0) + 1 >= LOOKS_UNTIL_DEAD
  }
}

const nameOf = ({ team, mailboxId, fence }: DeadLease) => `${team} ${mailboxId} ${fence}`
