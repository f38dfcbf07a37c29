/** Time as an argument: what an instant is here, and the clock that everyone is given. The only implementation is `src/clock.ts`. */

/** Milliseconds since 1970-01-01T00:00Z, whole. Rows keep it as `timestamptz`. */
export type Instant = number

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
export const WEEK = 7 * DAY

export interface Clock {
  /** The team's now: the database server's clock plus what time travel has added. Every rule is judged by it. */
  now(): Instant
  /** The database server's clock without travel: for leases, the inbox-read limit, and what only operators see. */
  real(): Instant
  /** Resolves after `ms` of real time, or at once (without throwing) when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
