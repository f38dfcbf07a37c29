/** Counts attempts to sign in, in fixed windows, in memory. What keys may call is in call-limits.ts. */
import { type Instant, MINUTE } from '../core/clock.ts'

/** One window for both counts below. */
export const SIGN_IN_WINDOW_MS = 15 * MINUTE
/** Enough for a person who tries their three passwords twice; 960 a day for a machine. */
export const SIGN_IN_ATTEMPTS_PER_EMAIL = 10
/** An office behind one address. */
export const SIGN_IN_ATTEMPTS_PER_ADDRESS = 50
/** When this many different keys were seen, the counts start anew rather than grow. */
const KEYS_MAX = 50_000

export interface Limit {
  most: number
  windowMs: number
}

export class Attempts {
  readonly #windows = new Map<string, { endsAt: Instant; used: number }>()

  /** Counts one attempt. Null when it may go on; else how long to wait, in ms. */
  refusedFor(key: string, { most, windowMs }: Limit, now: Instant): number | null {
    const open = this.#windows.get(key)
    if (open && open.endsAt > now) {
      open.used++
      return open.used > most ? open.endsAt - now : null
    }
    if (this.#windows.size >= KEYS_MAX) this.#windows.clear()
    this.#windows.set(key, { endsAt: now + windowMs, used: 1 })
    return null
  }

  /** A success takes its key's failures back. */
  forget(key: string): void {
    this.#windows.delete(key)
  }
}

const kept = new WeakMap<object, Attempts>()

/** The counts that belong to one server (its database handle stands for it): a restart or a second process only loosens them. */
export function attemptsOf(server: object): Attempts {
  const there = kept.get(server)
  if (there) return there
  const made = new Attempts()
  kept.set(server, made)
  return made
}
