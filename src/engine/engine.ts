/**
 * The engine that sends and gives tasks: wakes, claims, hands each mailbox's batch to its sender, and goes round. It never dies: a database that is away is
 * waited for, a fault about one enrollment holds that enrollment.
 */
import type { Clock } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import type { Log } from '../log.ts'
import type { MailboxAccess, MailPort } from '../mail/port.ts'
import { awakeTeams, nextWake } from '../store/claims.ts'
import { endLease } from '../store/recoveries.ts'
import { nextTaskWake, teamsWithTasks } from '../store/task-claims.ts'
import { databaseSentence, isUnavailable, mayPass } from '../store/unavailable.ts'
import { type Claim, claim } from './claim.ts'
import { claimTasks } from './claim-tasks.ts'
import { WorkerWatch } from './dead-workers.ts'
import { keepHouse } from './housekeeping.ts'
import { createLedgerWriter, type LedgerWriter } from './ledger-writer.ts'
import type { MailFiles } from './mail-files.ts'
import { type Batch, sendBatch } from './send-step.ts'

/** How long an enrollment that another process made due can go unnoticed; the look is one index scan. */
const LOOK_EVERY_MS = 1_000
/** After an error of the database, or of our own. */
const TRY_AGAIN_MS = 1_000
/** Mailboxes that one process serves at once: each has two connections open. */
const BATCHES_AT_ONCE = 64
/** How often `idle` looks. */
const IDLE_LOOK_MS = 5

export interface EngineOptions {
  db: { claim: Db; mark: Db }
  mail: Pick<MailPort, 'openSender'>
  access: (team: TeamId, mailboxId: Id) => Promise<MailboxAccess>
  clock: Clock
  random: Random
  log: Log
  /** Where recipients opt out; null offers opting out by mail only. */
  publicUrl: string | null
  /** Where this process serves its pages by itself: good enough for the sandbox to be tracked. */
  ownUrl?: string | undefined
  files: MailFiles
  /** Names this process in leases and attempts. */
  worker: string
  /** False after a jump of the database server's clock: nothing new is claimed by it. A clock that is not watched counts as steady. */
  isClockSteady?: () => boolean
  /** A follow-up waits for an inbox to be read. */
  pokeReader?: () => void
}

export interface Engine {
  /** Claims nothing more, and resolves when what is on the wire has been settled. */
  stop(): Promise<void>
  /** Resolves when nothing is due now and nothing is on the wire. */
  idle(): Promise<void>
  /** Look now: something became due, or the clock has moved. */
  poke(): void
}

export function startEngine(options: EngineOptions): Engine {
  const loop = new Loop(options)
  const beside = {
    ...options,
    db: options.db.claim,
    signal: loop.signal,
    onWork: () => loop.poke(),
    serves: loop.serves,
  }
  const watch = new WorkerWatch(beside)
  const running = Promise.all([
    watch.begin().then(() => Promise.all([loop.run(), watch.run()])),
    keepHouse(beside),
  ])
  return {
    async stop() {
      loop.stop()
      await running
      await loop.settled()
    },
    idle: () => loop.idle(),
    poke: () => loop.poke(),
  }
}

class Loop {
  readonly #options: EngineOptions
  readonly #writer: LedgerWriter
  readonly #stopping = new AbortController()
  #nap = new AbortController()
  /** Something happened since the last round began. */
  #poked = false
  #resting = false
  /** Under way, by mailbox and fence. */
  readonly #batches = new Map<string, Promise<void>>()

  constructor(options: EngineOptions) {
    this.#options = options
    this.#writer = createLedgerWriter({ ...options, db: options.db.mark })
  }

  get signal(): AbortSignal {
    return this.#stopping.signal
  }

  readonly serves = (lease: { mailboxId: Id; fence: number }): boolean => this.#batches.has(leaseName(lease))

  stop(): void {
    this.#stopping.abort()
    this.poke()
  }

  poke(): void {
    this.#poked = true
    this.#nap.abort()
  }

  async settled(): Promise<void> {
    while (this.#batches.size > 0) await Promise.all(this.#batches.values())
  }

  async idle(): Promise<void> {
    this.poke()
    while (!this.#resting || this.#poked || this.#batches.size > 0) {
      if (this.signal.aborted) return
      await this.#options.clock.sleep(IDLE_LOOK_MS)
    }
  }

  async run(): Promise<void> {
    while (!this.signal.aborted) {
      this.#poked = false
      const worked = await this.#round()
      if (!worked && !this.#poked) await this.#rest()
    }
  }

  async #rest(): Promise<void> {
    this.#nap = new AbortController()
    this.#resting = true
    await this.#options.clock.sleep(await this.#restMs(), this.#nap.signal)
    this.#resting = false
  }

  /** The end of a batch pokes; looking before would find the same mailboxes awake, again and again. */
  #mustWait(): boolean {
    const { isClockSteady = () => true } = this.#options
    return this.#writer.isStuck() || this.#batches.size >= BATCHES_AT_ONCE || !isClockSteady()
  }

  async #restMs(): Promise<number> {
    const { db, clock } = this.#options
    if (this.#mustWait()) return LOOK_EVERY_MS
    try {
      const wakes = [await nextWake(db.claim, { real: clock.real() }), await nextTaskWake(db.claim)]
      const restMs = wakes.map((wakeAt) => (wakeAt === null ? LOOK_EVERY_MS : wakeAt - clock.now()))
      return Math.max(0, Math.min(LOOK_EVERY_MS, ...restMs))
    } catch (error) {
      this.#report(error)
      return TRY_AGAIN_MS
    }
  }

  /** True when there was something to do. */
  async #round(): Promise<boolean> {
    if (this.#mustWait()) return false
    const db = this.#options.db.claim
    try {
      const tasks = await this.#each(await teamsWithTasks(db, this.#moments()), (team) =>
        this.#giveTasks(team),
      )
      const mails = await this.#each(await awakeTeams(db, this.#moments()), (team) => this.#serve(team))
      if (tasks.failed || mails.failed) await this.#options.clock.sleep(TRY_AGAIN_MS, this.signal)
      return tasks.worked || mails.worked
    } catch (error) {
      this.#report(error)
      await this.#options.clock.sleep(TRY_AGAIN_MS, this.signal)
      return false
    }
  }

  /** One team's fault must not keep the teams after it from being served. */
  async #each(
    teams: readonly TeamId[],
    serve: (team: TeamId) => Promise<boolean>,
  ): Promise<{ worked: boolean; failed: boolean }> {
    const done = { worked: false, failed: false }
    for (const team of teams) {
      if (this.signal.aborted) break
      try {
        done.worked = (await serve(team)) || done.worked
      } catch (error) {
        if (isUnavailable(error)) throw error
        done.failed = true
        this.#report(error)
      }
    }
    return done
  }

  async #giveTasks(team: TeamId): Promise<boolean> {
    return (await claimTasks(team, { ...this.#options, db: this.#options.db.claim })) > 0
  }

  /** True when there was something to do. */
  async #serve(team: TeamId): Promise<boolean> {
    const taken = await claim(team, { ...this.#options, db: this.#options.db.claim })
    this.#begin(taken)
    if (taken.wantsRead) this.#options.pokeReader?.()
    return taken.looked > 0
  }

  #moments() {
    const { clock } = this.#options
    return { now: clock.now(), real: clock.real() }
  }

  #begin({ team, batches }: Claim): void {
    for (const batch of batches) {
      const name = leaseName(batch)
      const sending = this.#send({ team, ...batch }).finally(() => {
        this.#batches.delete(name)
        this.poke()
      })
      this.#batches.set(name, sending)
    }
  }

  async #send(batch: Batch): Promise<void> {
    const { mailboxId, team, fence } = batch
    const tools = { ...this.#options, writer: this.#writer, signal: this.signal }
    try {
      if (batch.messages.length > 0) await sendBatch(batch, tools)
    } catch (error) {
      if (mayPass(error)) await this.#waitAfter(error)
      else this.#options.log.error({ bug: 'batch', mailboxId, err: error }, 'a batch ended with a fault')
    }
    try {
      await endLease(this.#options.db.claim, { team, mailboxId, fence, ...this.#moments() })
    } catch (error) {
      // The watch finds a lease that nobody serves, and the next claim puts everything right.
      this.#report(error)
    }
  }

  /** The lease is kept for a moment: given back at once, it would be claimed at once, and meet the same trouble. */
  async #waitAfter(error: unknown): Promise<void> {
    this.#report(error)
    await this.#options.clock.sleep(TRY_AGAIN_MS, this.signal)
  }

  #report(error: unknown): void {
    const { log } = this.#options
    if (isUnavailable(error))
      log.warn(databaseSentence(error) ?? 'the database does not answer; trying again by itself')
    else
      log.error(
        { bug: 'engine', err: error },
        databaseSentence(error) ?? 'a round of the engine ended with a fault',
      )
  }
}

const leaseName = ({ mailboxId, fence }: { mailboxId: Id; fence: number }) => `${mailboxId} ${fence}`
