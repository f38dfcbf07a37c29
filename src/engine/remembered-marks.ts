/**
 * What this process marked last, and over which connection: after each reconnect the database is asked whether it still has it, before
 * anything more is marked (ENGINE section 11).
 */
import { type Instant, MINUTE } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { checkMarks, type KnownMark } from '../store/lost-marks.ts'

/** A standby that lags further than both loses the newest of these too: one lost mark is enough to notice. */
const MARKS_MAX = 100
const REMEMBERED_MS = 10 * MINUTE

export class RememberedMarks {
  #marks: (KnownMark & { markedAt: Instant })[] = []
  /** Null: not known, or the connection broke. */
  #connection: number | null = null

  add(marks: readonly KnownMark[], markedAt: Instant): void {
    this.#marks = [...this.#marks, ...marks.map((mark) => ({ ...mark, markedAt }))].slice(-MARKS_MAX)
  }

  /** The next connection may lead to another server, even if it looks the same. */
  connectionBroke(): void {
    this.#connection = null
  }

  /** Throws `MarksLost` when this connection is not the last one, and the database behind it misses one. `now` in real time. */
  async check(tx: Db, { connection, now }: { connection: number; now: Instant }): Promise<void> {
    if (connection === this.#connection) return
    await checkMarks(
      tx,
      this.#marks.filter((mark) => mark.markedAt > now - REMEMBERED_MS),
    )
    this.#connection = connection
  }

  /** The loss is known to people: what they allow afterwards is not held against it again. */
  forget(): void {
    this.#marks = []
  }
}
