/**
 * The only door to time. The database server's clock is authoritative: its offset is measured, then counted on monotonically,
 * so that a wall clock set back or forward on this machine changes nothing (ENGINE section 8).
 */
import { setTimeout as wait } from 'node:timers/promises'
import { type Clock, type Instant, SECOND } from './core/clock.ts'

/** The one statement that may ask the server for its time; milliseconds since 1970, as a float8 so that pg returns a number. */
export const SERVER_CLOCK_SQL =
  'select floor(extract(epoch from clock_timestamp()) * 1000)::float8 as instant'

/** How often the offset is measured again. ENGINE section 8. */
const MEASURE_EVERY_MS = 30 * SECOND
/** A step of the server's clock larger than this is an event that people hear of, not drift. ENGINE section 8. */
export const JUMP_MS = 2 * SECOND
/** The first measurement takes the quickest of this many answers: half of its round trip is the error. */
const FIRST_SAMPLES = 3
/** A slower answer says too little: it may be wrong by half of its round trip, which would look like a jump. */
const ROUND_TRIP_MAX_MS = SECOND
/** So often a slow answer is asked again before the clock counts on without one until the next measurement. */
const SAMPLES_MAX = 3
/** After a jump, until a measurement agrees: long enough that a clock which is still being set shows it. */
const MEASURE_AGAIN_MS = 5 * SECOND

/** Milliseconds that only ever grow, from an arbitrary start: for durations and deadlines, never for instants. */
export function monotonic(): number {
  return performance.now()
}

/** Resolves after `ms` of real time, or at once (without throwing) when `signal` aborts. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return
  try {
    await wait(Math.max(0, ms), undefined, signal ? { signal } : undefined)
  } catch (error) {
    if (!signal?.aborted) throw error
  }
}

export interface ServerClockOptions {
  /** Asks the database server for its instant (`SERVER_CLOCK_SQL`). */
  ask: () => Promise<Instant>
  /** Called with how far the server's clock stepped (ms, signed) when it is more than `JUMP_MS`: people are told. */
  onJump?: (jumpMs: number) => void
  /** Called when a measurement agrees with the one before it for the first time since a jump. */
  onSteady?: () => void
  /** Called when a measurement fails or is too slow; the clock counts on from the last one. */
  onFailure?: (error: unknown) => void
  /** Replaceable in tests; milliseconds, monotonic. */
  monotonic?: () => number
}

export class ServerClock implements Clock {
  readonly #options: ServerClockOptions
  readonly #monotonic: () => number
  readonly #closing = new AbortController()
  #offsetMs = 0
  #travelMs = 0
  #latest: Instant = 0
  #steady = true

  private constructor(options: ServerClockOptions) {
    this.#options = options
    this.#monotonic = options.monotonic ?? monotonic
  }

  /** Measures the server's clock, and again every 30 s until `close`. Rejects when the first measurement fails. */
  static async open(options: ServerClockOptions): Promise<ServerClock> {
    const clock = new ServerClock(options)
    const samples = []
    for (let i = 0; i < FIRST_SAMPLES; i++) samples.push(await clock.#sample())
    clock.#offsetMs = samples.reduce((best, sample) =>
      sample.roundTripMs < best.roundTripMs ? sample : best,
    ).offsetMs
    void clock.#keepMeasuring()
    return clock
  }

  now(): Instant {
    return this.real() + this.#travelMs
  }

  real(): Instant {
    // Never backwards: a small correction downwards waits until time has caught up. A jump is reported and taken as it is.
    this.#latest = Math.max(this.#latest, Math.floor(this.#monotonic() + this.#offsetMs))
    return this.#latest
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleep(ms, signal)
  }

  /** What time travel has added so far, in milliseconds; the stored offset, read by whoever polls it. */
  setTravelOffset(ms: number): void {
    this.#travelMs = ms
  }

  travelOffset(): number {
    return this.#travelMs
  }

  /** False from a jump of the server's clock until two measurements agree: nothing new is claimed by such a clock. */
  isSteady(): boolean {
    return this.#steady
  }

  /** Asks the server now. Called by itself every 30 s, sooner after a jump. Rejects when it does not answer, or only slowly. */
  async measure(): Promise<void> {
    const offsetMs = await this.#quickOffset()
    const jumpMs = Math.round(offsetMs - this.#offsetMs)
    this.#offsetMs = offsetMs
    if (Math.abs(jumpMs) > JUMP_MS) {
      this.#latest = Math.floor(this.#monotonic() + offsetMs)
      this.#steady = false
      this.#options.onJump?.(jumpMs)
    } else if (!this.#steady) {
      this.#steady = true
      this.#options.onSteady?.()
    }
  }

  close(): void {
    this.#closing.abort()
  }

  async #quickOffset(): Promise<number> {
    for (let tries = 0; tries < SAMPLES_MAX; tries++) {
      const { offsetMs, roundTripMs } = await this.#sample()
      if (roundTripMs <= ROUND_TRIP_MAX_MS) return offsetMs
    }
    throw new Error(`the database server took more than ${ROUND_TRIP_MAX_MS} ms to tell its time`)
  }

  async #sample(): Promise<{ offsetMs: number; roundTripMs: number }> {
    const asked = this.#monotonic()
    const instant = await this.#options.ask()
    const answered = this.#monotonic()
    return { offsetMs: instant - (asked + answered) / 2, roundTripMs: answered - asked }
  }

  async #keepMeasuring(): Promise<void> {
    const { signal } = this.#closing
    for (;;) {
      await sleep(this.#steady ? MEASURE_EVERY_MS : MEASURE_AGAIN_MS, signal)
      if (signal.aborted) return
      try {
        await this.measure()
      } catch (error) {
        this.#options.onFailure?.(error)
      }
    }
  }
}
