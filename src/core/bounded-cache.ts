/**
 * A small cache for what is compiled once and used often (calendars, templates). It forgets everything when full: simple, bounded,
 * and never wrong, since whatever is forgotten is made again from its key.
 */
export class BoundedCache<Key, Value> {
  readonly #limit: number
  readonly #weigh: (key: Key) => number
  readonly #entries = new Map<Key, Value>()
  #weight = 0

  /** `limit` bounds the sum of what `weigh` says of the keys (1 each unless told otherwise). */
  constructor(limit: number, weigh: (key: Key) => number = () => 1) {
    this.#limit = limit
    this.#weigh = weigh
  }

  /** What is kept under `key`, or what `make` makes of it now. */
  take(key: Key, make: (key: Key) => Value): Value {
    const kept = this.#entries.get(key)
    if (kept !== undefined) return kept
    const made = make(key)
    const weight = this.#weigh(key)
    if (this.#weight + weight > this.#limit) {
      this.#entries.clear()
      this.#weight = 0
    }
    this.#entries.set(key, made)
    this.#weight += weight
    return made
  }
}
