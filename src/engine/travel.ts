/**
 * Time travel: moves the clock of all processes from one thing that falls due to the next, never past one that is not done, until
 * it stands where a person asked for. Every process follows the row; whichever holds the clock's lock moves it.
 */
import { type Clock, type Instant, MINUTE } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Log } from '../log.ts'
import {
  endTravel,
  moveClock,
  nextDue,
  readTravel,
  type Unfinished,
  unfinished,
  withClockLock,
} from '../store/travel.ts'

/** How soon a process follows a clock that another one moved. */
const FOLLOW_EVERY_MS = 100
/** How often the one that moves looks whether all is done. */
const STEP_EVERY_MS = 25
/**
 * When what is due has not changed for this long (real time), it cannot be done: the travel ends there and says so. Longer than
 * any lease, so that what a killed process had in hand is recovered first.
 */
const STUCK_AFTER_MS = 5 * MINUTE
/** After a database error. */
const TRY_AGAIN_MS = 1_000

export interface TravelOptions {
  /** The control pool. */
  db: Db
  clock: Clock & { setTravelOffset(ms: number): void }
  log: Log
  /** Called when this process's clock may have been moved: engine and reader look at once. */
  onMove?: () => void
  stuckAfterMs?: number
}

export type Step =
  | { kind: 'home' }
  | { kind: 'arrived' }
  | { kind: 'moved'; to: Instant }
  | { kind: 'waiting'; left: Unfinished }

/** Follows the clock until stopped. Start it before the engine, in every process, where time travel is enabled. */
export function startTravel(options: TravelOptions): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const running = follow(options, stopping.signal)
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}

async function follow(options: TravelOptions, signal: AbortSignal): Promise<void> {
  const { db, clock, log } = options
  const patience = new Patience(options)
  let followed: number | null = null
  while (!signal.aborted) {
    let pauseMs = FOLLOW_EVERY_MS
    try {
      const travelling = (await readTravel(db)).target !== null
      if (travelling) {
        pauseMs = STEP_EVERY_MS
        const step = await withClockLock(db, (tx) => stepClock(tx, clock))
        if (step) await patience.judge(step)
      }
      const { offsetMs } = await readTravel(db)
      clock.setTravelOffset(offsetMs)
      // The first time too: the clock may have moved since this process read where it stands.
      if (followed !== offsetMs) options.onMove?.()
      followed = offsetMs
    } catch (error) {
      log.warn({ err: error }, 'the clock cannot be followed for now; trying again')
      pauseMs = TRY_AGAIN_MS
    }
    await clock.sleep(pauseMs, signal)
  }
}

/**
 * One step, with the clock's lock held: stays while anything due is undone or in hand, ends at the target, else goes on to the next
 * instant at which something falls due.
 */
export async function stepClock(tx: Db, clock: Clock): Promise<Step> {
  const { offsetMs, target } = await readTravel(tx)
  if (target === null) return { kind: 'home' }
  // Read after the row, so that the clock can only be moved forward by what follows.
  const real = clock.real()
  const now = real + offsetMs
  const left = await unfinished(tx, now)
  if (Object.values(left).some((count) => count > 0)) return { kind: 'waiting', left }
  if (now >= target) {
    await endTravel(tx)
    return { kind: 'arrived' }
  }
  const to = Math.min((await nextDue(tx, now)) ?? target, target)
  await moveClock(tx, to - real)
  return { kind: 'moved', to }
}

/** Notices that nothing gets done any more, and ends the travel where it stands. */
class Patience {
  readonly #options: TravelOptions
  #left = ''
  #since: Instant = 0

  constructor(options: TravelOptions) {
    this.#options = options
  }

  async judge(step: Step): Promise<void> {
    const { clock, db, log, stuckAfterMs = STUCK_AFTER_MS } = this.#options
    const left = step.kind === 'waiting' ? JSON.stringify(step.left) : ''
    if (left !== this.#left || left === '') {
      this.#left = left
      this.#since = clock.real()
      return
    }
    if (clock.real() - this.#since < stuckAfterMs) return
    log.error({ left: JSON.parse(left) }, 'time travel ends early: what is due does not get done')
    await withClockLock(db, endTravel)
    this.#left = ''
  }
}
