/** The processes of a run: workers that send and read, killed and frozen at chosen turns and started again; and people's requests. */
import type { Instant } from '../../src/core/clock.ts'
import { MINUTE, SECOND } from '../../src/core/clock.ts'
import type { Random } from '../../src/core/random.ts'
import { startEngine } from '../../src/engine/engine.ts'
import { MailFiles } from '../../src/engine/mail-files.ts'
import { startReading } from '../../src/engine/read-inbox.ts'
import type { Log } from '../../src/log.ts'
import type { MailboxAccess } from '../../src/mail/port.ts'
import { seededRandom } from '../../src/random.ts'
import { isUnavailable } from '../../src/store/unavailable.ts'
import type { SimServer } from './database.ts'
import type { MailServers } from './mail-servers.ts'
import type { Request } from './people.ts'
import { Actor, type Scheduler } from './scheduler.ts'
import { between } from './team.ts'

export interface ProcessesOptions {
  seed: string
  scheduler: Scheduler
  server: SimServer
  mail: MailServers
  log: Log
  random: Random
  count: (fault: string) => void
  onFault: (error: unknown, what: string) => void
  /** What requests are handed beside their own connection. */
  request: () => Omit<Request, 'db' | 'random' | 'now'>
}

/** A worker lives for so many turns on average. */
const LIFE_TURNS = 2_200
/** Longer than any lease, so that somebody else has gone on meanwhile. */
const FREEZE_MS: readonly [Instant, Instant] = [16 * MINUTE, 90 * MINUTE]
/** One in so many requests dies before it has answered. */
const REQUEST_DIES_ONE_IN = 16

export class Processes {
  readonly #options: ProcessesOptions
  readonly #workers = new Map<number, Actor>()
  readonly #desks = new Map<string, Promise<void>>()
  #births = 0
  #requests = 0
  #open = 0
  calm = false

  constructor(options: ProcessesOptions) {
    this.#options = options
  }

  start(place: number): void {
    const { seed, scheduler, server, mail, log, random } = this.#options
    const name = `worker ${place}.${++this.#births}`
    const actor = new Actor(name)
    if (!this.calm)
      actor.diesAt = {
        turn: 1 + Math.floor(-Math.log(1 - random.next()) * LIFE_TURNS),
        before: random.next() < 0.5,
      }
    const clock = scheduler.clockOf(actor)
    const own = {
      mail: mail.portOf(actor),
      access,
      clock,
      random: seededRandom(`${seed} ${name}`),
      log,
      worker: name,
    }
    const claim = server.open(actor, 'claim', 2)
    const reading = startReading({ db: claim, ...own })
    startEngine({
      db: { claim, mark: server.open(actor, 'mark', 1) },
      ...own,
      publicUrl: 'https://segue.acme.test',
      files: new MailFiles(claim),
      pokeReader: reading.poke,
    })
    this.#workers.set(place, actor)
  }

  /** Called by the scheduler: a worker comes back after a while. */
  died(actor: Actor, what: string, before: boolean): void {
    const { count, scheduler, random } = this.#options
    const kind = /^(commit|mail|sleep|start transaction)/.exec(what)?.[1] ?? 'statement'
    const who = actor.name.startsWith('worker') ? 'worker' : 'request'
    count(`${who} killed ${before ? 'before' : 'after'} a ${kind}`)
    if (who === 'request') return
    const place = this.#placeOf(actor)
    scheduler.at(scheduler.now + between(5 * SECOND, 10 * MINUTE, random), () => this.start(place))
  }

  #placeOf(actor: Actor): number {
    return Number(/^worker (\d+)/.exec(actor.name)![1])
  }

  /** Stops a worker for longer than its leases, as a laptop that sleeps; only where it holds no lock. */
  freeze(place: number): void {
    const { scheduler, server, random, count } = this.#options
    const actor = this.#workers.get(place)!
    if (actor.dead) return
    if (server.hasOpenTransaction(actor)) {
      scheduler.at(scheduler.now + 20, () => this.freeze(place))
      return
    }
    actor.frozenUntil = scheduler.now + between(...FREEZE_MS, random)
    count('worker frozen past its lease')
  }

  /** All workers are gone for days: what was due is overdue when they come back. */
  async pause(ms: number): Promise<void> {
    const { scheduler, count } = this.#options
    count('all workers away')
    for (const [place, actor] of this.#workers) {
      if (actor.dead) continue
      await scheduler.kill(actor)
      scheduler.at(scheduler.now + ms, () => this.start(place))
    }
  }

  /** The run is over: nobody does anything any more. */
  async end(): Promise<void> {
    for (const actor of this.#workers.values()) await this.#options.scheduler.kill(actor)
  }

  /** From now on nobody dies or stands still. */
  calmDown(): void {
    this.calm = true
    for (const actor of this.#workers.values()) {
      actor.diesAt = null
      actor.frozenUntil = Number.NEGATIVE_INFINITY
    }
  }

  /** A request is under way, or waits for one. */
  get isAsked(): boolean {
    return this.#open > 0
  }

  /** One request at a time per desk; each is a process of its own, which may die in it. */
  ask(desk: string, name: string, act: (request: Request) => Promise<void>): void {
    const before = this.#desks.get(desk) ?? Promise.resolve()
    this.#open++
    const done = before.then(() => this.#one(name, act)).finally(() => this.#open--)
    this.#desks.set(desk, done)
  }

  async #one(name: string, act: (request: Request) => Promise<void>): Promise<void> {
    const { seed, scheduler, server, count, onFault, random } = this.#options
    const actor = new Actor(`request ${++this.#requests}: ${name}`)
    if (!this.calm && random.next() * REQUEST_DIES_ONE_IN < 1)
      actor.diesAt = { turn: between(1, 14, random), before: random.next() < 0.5 }
    const own = {
      db: server.open(actor, 'api', 4),
      random: seededRandom(`${seed} ${actor.name}`),
      now: scheduler.now,
    }
    count(`person: ${name}`)
    const done = act({ ...this.#options.request(), ...own }).catch((error: unknown) => {
      if (isUnavailable(error)) count('request failed: the database was away')
      else onFault(error, actor.name)
    })
    await Promise.race([done, actor.end])
    // Its connections go back to the server.
    if (!actor.dead) await scheduler.look(() => server.bury(actor))
  }
}

/** The host is the id of the mailbox: the scripted servers are found by it. */
async function access(_team: number, mailboxId: string): Promise<MailboxAccess> {
  const endpoint = { host: mailboxId, port: 1, tls: 'none' as const }
  return { kind: 'server', smtp: endpoint, imap: endpoint }
}
