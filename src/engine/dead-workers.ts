/**
 * Shows that this process lives, by a lock that the database frees when it dies, and gives back mailboxes that nobody serves: those of
 * processes that died, and its own whose claim or end was lost with the connection. Waiting for such leases to run out could take an hour.
 * Decides nothing about messages: the next claim recovers them.
 */
import type { Clock } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id } from '../core/ids.ts'
import type { Log } from '../log.ts'
import { isUnavailable } from '../store/unavailable.ts'
import { endLeases, type FoundLease, holdWorkerLock, leasesInDoubt } from '../store/workers.ts'

/** A lost connection takes the lock along; it is back after this at most. */
const LOOK_EVERY_MS = 5_000
/** Nobody serves a lease that was found so at this many looks in a row: a database that restarted takes all locks away at once. */
const LOOKS_UNTIL_ENDED = 3

export interface WatchOptions {
  /** The claim pool: its connections stay open. */
  db: Db
  clock: Clock
  log: Log
  worker: string
  signal: AbortSignal
  /** Is this lease of ours that of a batch under way? */
  serves: (lease: { mailboxId: Id; fence: number }) => boolean
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
    const { db, clock, worker, log, serves, onWork } = this.#options
    try {
      await holdWorkerLock(db, worker)
      const moments = { now: clock.now(), real: clock.real() }
      const inDoubt = await leasesInDoubt(db, { worker, real: moments.real })
      const found = inDoubt.filter((lease) => lease.worker !== worker || !serves(lease))
      const leases = found.filter((lease) => this.#isUnserved(lease))
      this.#suspects = new Map(
        found.map((lease) => [nameOf(lease), (this.#suspects.get(nameOf(lease)) ?? 0) + 1]),
      )
      this.#looks++
      if (leases.length === 0) return
      await endLeases(db, { leases, ...moments })
      log.info(
        { mailboxes: leases.map((one) => one.mailboxId) },
        'mailboxes that nobody served are served again',
      )
      onWork()
    } catch (error) {
      if (!isUnavailable(error))
        log.error({ bug: 'workers', err: error }, 'leases that nobody serves could not be looked for')
    }
  }

  #isUnserved(lease: FoundLease): boolean {
    return this.#looks === 0 || (this.#suspects.get(nameOf(lease)) ?? 0) + 1 >= LOOKS_UNTIL_ENDED
  }
}

const nameOf = ({ team, mailboxId, fence }: FoundLease) => `${team} ${mailboxId} ${fence}`
