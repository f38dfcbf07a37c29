/** A clock that stands still until a test moves it. `sleep` ends when the clock gets there, or on abort. */
import type { Clock, Instant } from '../../src/core/clock.ts'

export class TestClock implements Clock {
  #now: Instant
  readonly #sleepers = new Set<{ until: Instant; wake: () => void }>()

  constructor(now: Instant) {
    this.#now = now
  }

  now(): Instant {
    return this.#now
  }

  real(): Instant {
    return this.#now
  }

  advance(ms: number): void {
    this.#now += ms
    for (const sleeper of this.#sleepers) if (sleeper.until <= this.#now) sleeper.wake()
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted || ms <= 0) return Promise.resolve()
    return new Promise((resolve) => {
      const sleeper = {
        until: this.#now + ms,
        wake: () => {
          this.#sleepers.delete(sleeper)
          resolve()
        },
      }
      this.#sleepers.add(sleeper)
      signal?.addEventListener('abort', sleeper.wake, { once: true })
    })
  }
}
