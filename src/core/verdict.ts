/** What a closed gate says: what it does to the enrollment, until when, and the value it was judged by. */
import type { Instant } from './clock.ts'
import type { HoldReason, Reason, SkipReason } from './reason.ts'

/** What a closed gate does to the enrollment. `park` leaves the row as it is: the lane, the mailbox or the team waits. */
export type Consequence =
  | { kind: 'park'; scope: 'team' | 'lane' | 'mailbox' }
  | { kind: 'wait' }
  | { kind: 'skip'; reason: SkipReason }
  | { kind: 'hold'; reason: HoldReason }
  | { kind: 'finish'; reason: Reason }
  | { kind: 'fail'; reason: Reason }

/** `until` is the earliest moment at which the gate opens by itself; without one only a person or an event opens it. */
export interface Verdict {
  consequence: Consequence
  until?: Instant | null
  value: string
}

export const hold = (reason: HoldReason, value: string): Verdict => ({
  consequence: { kind: 'hold', reason },
  value,
})
export const skip = (reason: SkipReason, value: string): Verdict => ({
  consequence: { kind: 'skip', reason },
  value,
})
export const wait = (until: Instant | null, value: string): Verdict => ({
  consequence: { kind: 'wait' },
  until,
  value,
})
export const park = (
  scope: 'team' | 'lane' | 'mailbox',
  value: string,
  until: Instant | null = null,
): Verdict => ({
  consequence: { kind: 'park', scope },
  until,
  value,
})
