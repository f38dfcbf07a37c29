/**
 * Virtual time and whose turn it is. Every await of a process (a statement, a sleep, a step of a mail dialogue) is a turn; the seed
 * chooses which one is next, and at a chosen turn the process is dead. Knows nothing of mail or of tables.
 */
import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import type { Clock, Instant } from '../../src/core/clock.ts'
import type { Random } from '../../src/core/random.ts'

/** A process, or a person's request. Once dead, nothing it awaits ever comes back. */
export class Actor {
  readonly name: string
  dead = false
  /** Turns taken so far. */
  awaits = 0
  /** Dies at this turn: before it is done, or when it is done and the answer is lost. */
  diesAt: { turn: number; before: boolean } | null = null
  frozenUntil: Instant = Number.NEGATIVE_INFINITY
  readonly #end = Promise.withResolvers<void>()

  constructor(name: string) {
    this.name = name
  }

  /** Resolves when it dies. */
  get end(): Promise<void> {
    return this.#end.promise
  }

  die(): void {
    this.dead = true
    this.#end.resolve()
  }
}

interface Turn {
  actor: Actor
  what: string
  arrival: number
  work: () => Promise<unknown>
  /** Does the work wait for a lock that somebody else holds? If so, it stands still until this is asked again. */
  waits?: () => Promise<boolean>
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
  settled?: { value: unknown } | { error: unknown }
  done?: Promise<void>
}

interface Timer {
  actor: Actor | null
  at: Instant
  arrival: number
  /** The world does it at that very moment; a worker's sleep may last longer, as on a busy machine. */
  exact: boolean
  wake: () => void | Promise<void>
}

export interface SchedulerOptions {
  start: Instant
  random: Random
  /** The earliest moment at which a row asks for something; it may be past. */
  nextDue: (now: Instant) => Promise<Instant>
  /** Undoes what a dead process left open. */
  bury: (actor: Actor) => Promise<void>
  onDeath: (actor: Actor, what: string, before: boolean) => void
}

/** A run that needs more turns than this goes in circles. */
const TURNS_MAX = 600_000
/** A statement that takes longer is asked whether it waits for a lock. */
const LOOK_AFTER_MS = 4
const PATIENCE_FIRST_MS = 1_000
/** Of the sleepers whose time has come, one in so many wakes at once; the others as if their machine were slow. */
const WAKES_ONE_IN = 3
/** One in so many jumps goes only as far as the first sleeper asked. */
const HASTY_ONE_IN = 20
const PATIENCE_MAX_MS = 300_000

/** Everybody waits for a lock that somebody else holds. */
export class Deadlock extends Error {
  override readonly name = 'Deadlock'

  constructor(turns: readonly Turn[]) {
    super(turns.map(({ actor, what }) => `${actor.name} waits: ${what}`).join('; '))
  }
}

export class Runaway extends Error {
  override readonly name = 'Runaway'
}

export class Scheduler {
  readonly #options: SchedulerOptions
  #now: Instant
  #arrivals = 0
  #pending: Turn[] = []
  #waiting: Turn[] = []
  readonly #timers = new Set<Timer>()
  readonly #looks = new Set<Promise<unknown>>()
  #patienceMs = 0
  /** Null when rows have changed since it was asked. */
  #due: Instant | null = null
  #askedInVain: Instant | null = null
  turns = 0
  /** Moments at which everybody slept. */
  jumps = 0

  constructor(options: SchedulerOptions) {
    this.#options = options
    this.#now = options.start
  }

  get now(): Instant {
    return this.#now
  }

  /** Rows have changed: ask them anew. */
  stir(): void {
    this.#due = null
  }

  /** Does `work` when it is the actor's turn. Never resolves for the dead. */
  call<T>(actor: Actor, what: string, work: () => Promise<T>, waits?: () => Promise<boolean>): Promise<T> {
    if (actor.dead) return new Promise<T>(() => undefined)
    return new Promise<T>((resolve, reject) => {
      const turn: Turn = {
        actor,
        what,
        work,
        arrival: ++this.#arrivals,
        resolve: resolve as Turn['resolve'],
        reject,
      }
      this.#pending.push(waits ? { ...turn, waits } : turn)
    })
  }

  /** A pause of a mail dialogue: ends at that very moment, unless the actor is frozen. */
  pause(actor: Actor, ms: number): Promise<void> {
    if (actor.dead) return new Promise(() => undefined)
    return new Promise((resolve) =>
      this.#addTimer({ actor, at: this.#now + Math.round(ms), exact: true, wake: resolve }),
    )
  }

  /** Something that the world does at an instant, whoever lives. */
  at(instant: Instant, act: () => void | Promise<void>): void {
    this.#addTimer({ actor: null, at: instant, exact: true, wake: act })
  }

  /** A look at the rows, between two turns: nobody has one before it is over. */
  async look<T>(work: () => Promise<T>): Promise<T> {
    const look = work()
    const settled = look.then(
      () => undefined,
      () => undefined,
    )
    this.#looks.add(settled)
    try {
      return await look
    } finally {
      this.#looks.delete(settled)
    }
  }

  clockOf(actor: Actor): Clock {
    return {
      now: () => this.#now,
      real: () => this.#now,
      sleep: (ms, signal) => this.#sleep(actor, ms, signal),
    }
  }

  #sleep(actor: Actor, ms: number, signal?: AbortSignal): Promise<void> {
    if (actor.dead) return new Promise(() => undefined)
    if (signal?.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = this.#addTimer({
        actor,
        at: this.#now + Math.max(0, Math.round(ms)),
        exact: false,
        wake: () => {
          signal?.removeEventListener('abort', abort)
          resolve()
        },
      })
      const abort = () => {
        this.#timers.delete(timer)
        if (!actor.dead) resolve()
      }
      signal?.addEventListener('abort', abort, { once: true })
    })
  }

  #addTimer(timer: Omit<Timer, 'arrival'>): Timer {
    const added = { ...timer, arrival: ++this.#arrivals }
    this.#timers.add(added)
    return added
  }

  /** Goes on until `isOver` says so when everybody sleeps, or until nobody will ever wake. */
  async run(isOver: () => boolean | Promise<boolean>): Promise<void> {
    for (;;) {
      await settle()
      while (this.#looks.size > 0) {
        await Promise.all(this.#looks)
        await settle()
      }
      if (this.#waiting.length > 0) await this.#reviewWaiting()
      const turn = this.#choose()
      if (turn) await this.#take(turn)
      else if (this.#waiting.length > 0) throw new Deadlock(this.#waiting)
      else {
        if (await isOver()) return
        if (!(await this.#advance())) return
      }
    }
  }

  /** Kills at once: what it had open is undone, what it awaits never comes. */
  async kill(actor: Actor): Promise<void> {
    if (actor.dead) return
    actor.die()
    this.#pending = this.#pending.filter((turn) => turn.actor !== actor)
    for (const timer of this.#timers) if (timer.actor === actor) this.#timers.delete(timer)
    await this.#options.bury(actor)
    this.#waiting = this.#waiting.filter((turn) => turn.actor !== actor)
    this.stir()
  }

  #isFrozen(actor: Actor | null): boolean {
    return actor !== null && actor.frozenUntil > this.#now
  }

  #choose(): Turn | undefined {
    const ready = this.#pending.filter((turn) => !this.#isFrozen(turn.actor))
    if (ready.length === 0) return undefined
    ready.sort((a, b) =>
      a.actor.name < b.actor.name ? -1 : a.actor.name > b.actor.name ? 1 : a.arrival - b.arrival,
    )
    const chosen = ready[ready.length === 1 ? 0 : Math.floor(this.#options.random.next() * ready.length)]!
    this.#pending = this.#pending.filter((turn) => turn !== chosen)
    return chosen
  }

  async #take(turn: Turn): Promise<void> {
    if (++this.turns > TURNS_MAX) throw new Runaway(`more than ${TURNS_MAX} turns; at last: ${turn.what}`)
    if (await this.#diesNow(turn.actor, turn.what)) return
    turn.done = turn.work().then(
      (value) => {
        turn.settled = { value }
      },
      (error: unknown) => {
        turn.settled = { error }
      },
    )
    if (await this.#comesBack(turn)) await this.#deliver(turn)
    else this.#waiting.push(turn)
  }

  /** Waits for the work; false when it stands in line for a lock. */
  async #comesBack(turn: Turn): Promise<boolean> {
    if (!turn.waits) {
      await turn.done
      return true
    }
    while (!turn.settled) {
      await atMost(turn.done!, LOOK_AFTER_MS)
      if (!turn.settled && (await turn.waits())) return false
    }
    return true
  }

  async #reviewWaiting(): Promise<void> {
    for (const turn of [...this.#waiting].sort((a, b) => a.arrival - b.arrival)) {
      if (!this.#waiting.includes(turn)) continue
      if (!turn.settled && turn.waits && (await turn.waits())) continue
      if (!(await this.#comesBack(turn))) continue
      this.#waiting = this.#waiting.filter((one) => one !== turn)
      await this.#deliver(turn)
    }
  }

  async #diesNow(actor: Actor, what: string): Promise<boolean> {
    actor.awaits++
    if (!actor.diesAt?.before || actor.awaits < actor.diesAt.turn) return false
    this.#options.onDeath(actor, what, true)
    await this.kill(actor)
    return true
  }

  async #deliver(turn: Turn): Promise<void> {
    const { actor, settled, resolve, reject, what } = turn
    if (actor.dead || !settled) return
    if (actor.diesAt && actor.awaits >= actor.diesAt.turn) {
      this.#options.onDeath(actor, what, false)
      await this.kill(actor)
    } else if ('error' in settled) reject(settled.error)
    else resolve(settled.value)
  }

  /** Everybody sleeps: on to the next moment at which somebody has something to do. False when there is none. */
  async #advance(): Promise<boolean> {
    this.jumps++
    const timers = [...this.#timers]
    if (timers.length === 0) return false
    const wakesAt = ({ actor, at }: Timer) => Math.max(at, actor?.frozenUntil ?? at, this.#now)
    const sleepers = timers.filter((timer) => !timer.exact)
    const exactAt = Math.min(...timers.filter((timer) => timer.exact).map(wakesAt))
    const firstSleeper = Math.min(...sleepers.map(wakesAt))
    const sleepersAt = this.#oneIn(HASTY_ONE_IN)
      ? firstSleeper
      : Math.max(firstSleeper, await this.#horizon())
    this.#now = Math.min(exactAt, sleepersAt)
    const awake = timers
      .filter(
        (timer) =>
          wakesAt(timer) <= this.#now &&
          (timer.exact || (sleepersAt <= this.#now && this.#oneIn(WAKES_ONE_IN))),
      )
      .sort((a, b) => a.at - b.at || a.arrival - b.arrival)
    for (const timer of awake) await this.#wake(timer)
    return true
  }

  async #wake(timer: Timer): Promise<void> {
    if (!this.#timers.delete(timer)) return
    if (timer.actor && (await this.#diesNow(timer.actor, timer.exact ? 'mail' : 'sleep'))) return
    if (timer.exact) {
      this.stir()
      this.#askedInVain = null
    }
    await timer.wake()
  }

  #oneIn(n: number): boolean {
    return this.#options.random.next() * n < 1
  }

  /** The next moment at which a row asks for something: now, or after a growing pause while the same one asks in vain. */
  async #horizon(): Promise<Instant> {
    this.#due ??= await this.#options.nextDue(this.#now)
    if (this.#due > this.#now) return this.#due
    const isSame = this.#due === this.#askedInVain
    this.#askedInVain = this.#due
    this.#patienceMs = isSame
      ? Math.min(Math.max(this.#patienceMs * 2, PATIENCE_FIRST_MS), PATIENCE_MAX_MS)
      : 0
    return this.#now + this.#patienceMs
  }
}

/** Resolves with the work, or when it takes longer. */
function atMost(work: Promise<void>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    void work.then(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}

/** Lets everything run that needs no turn, parsing included. */
async function settle(): Promise<void> {
  await turnOfTheLoop()
  await turnOfTheLoop()
}
