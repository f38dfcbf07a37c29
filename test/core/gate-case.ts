/** How the laws of the gates are written down in tests: the facts, and what the closed gate says of them. */
import type { Facts } from '../../src/core/facts.ts'
import type { ClosedGate, GateName } from '../../src/core/gates.ts'
import type { HoldReason, Reason, SkipReason } from '../../src/core/reason.ts'

export type Says = Pick<ClosedGate, 'consequence' | 'until' | 'value'>
type Scope = 'team' | 'lane' | 'mailbox'
export const park = (scope: Scope, until: number | null, value: string): Says => ({
  consequence: { kind: 'park', scope },
  until,
  value,
})
export const wait = (until: number | null, value: string): Says => ({
  consequence: { kind: 'wait' },
  until,
  value,
})
export const hold = (reason: HoldReason, value: string): Says => ({
  consequence: { kind: 'hold', reason },
  until: null,
  value,
})
export const skip = (reason: SkipReason, value: string): Says => ({
  consequence: { kind: 'skip', reason },
  until: null,
  value,
})
export const end = (kind: 'finish' | 'fail', reason: Reason, value: string): Says => ({
  consequence: kind === 'finish' ? { kind, reason } : { kind, reason },
  until: null,
  value,
})

export interface Case {
  gate: GateName
  when: string
  facts: Facts
  says: Says
  now?: number
}
