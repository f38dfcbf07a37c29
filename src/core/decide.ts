/**
 * What should happen to this enrollment now? Everything the answer depends on is in `facts`; the engine, "why not sent?" and
 * the dry run all ask here.
 */
import type { Instant } from './clock.ts'
import { autoSkipAt, deedOf } from './deed.ts'
import type { Facts } from './facts.ts'
import { type ClosedGate, firstClosed, windowClosesAt } from './gates.ts'
import type { Id } from './ids.ts'
import type { Random } from './random.ts'
import type { HoldReason, Reason, SkipReason } from './reason.ts'

export type Decision =
  /** The mark must commit before `windowClosesAt` (null: the window never closes). */
  | { do: 'send'; variantId: Id; windowClosesAt: Instant | null }
  /** A person does the step: they are given a task, which is skipped by itself at `skipsAt` (null: never). */
  | { do: 'task'; skipsAt: Instant | null }
  /** `until` null: an event wakes it, not time. */
  | { do: 'wait'; until: Instant | null; gate: ClosedGate }
  | { do: 'park'; scope: 'team' | 'lane' | 'mailbox'; until: Instant | null; gate: ClosedGate }
  /** The step is passed over, the next one becomes current; without one it is over. */
  | { do: 'skip'; reason: SkipReason; detail: string }
  | { do: 'hold'; reason: HoldReason; detail: string }
  | { do: 'finish'; reason: Reason; detail: string }
  | { do: 'fail'; reason: Reason; detail: string }

export function decide(facts: Facts, now: Instant, _random: Random): Decision {
  const gate = firstClosed(facts, now)
  if (gate) return consequenceOf(gate)
  if (deedOf(facts) === 'task') return { do: 'task', skipsAt: autoSkipAt(facts.step.autoSkipDays, now) }
  if (facts.step.variant === null) throw new Error(`step ${facts.step.id} passed its gates without a wording`)
  return { do: 'send', variantId: facts.step.variant.id, windowClosesAt: windowClosesAt(facts, now) }
}

function consequenceOf(gate: ClosedGate): Decision {
  const { consequence, until, value } = gate
  switch (consequence.kind) {
    case 'park':
      return { do: 'park', scope: consequence.scope, until, gate }
    case 'wait':
      return { do: 'wait', until, gate }
    case 'skip':
      return { do: 'skip', reason: consequence.reason, detail: value }
    case 'hold':
      return { do: 'hold', reason: consequence.reason, detail: value }
    case 'finish':
      return { do: 'finish', reason: consequence.reason, detail: value }
    case 'fail':
      return { do: 'fail', reason: consequence.reason, detail: value }
  }
}
