/**
 * Was it a person who opened the mail or followed the link, or a program that looks at mail before people do? Machine opens and scanner
 * clicks are recorded apart: they count for nothing, and stop nobody.
 */
import { type Instant, MINUTE, SECOND } from './clock.ts'
import type { Id } from './ids.ts'
import { BROWSER, knownVisitor } from './visitors.ts'

export interface Visit {
  id: Id
  kind: 'open' | 'click'
  /** Which link of the mail; null for an open. */
  link: number | null
  way: 'get' | 'head' | 'prefetch'
  agent: string
  at: Instant
}

export type Visitor = { by: 'person' } | { by: 'machine'; rule: MachineRule; words: string }

/**
 * Gateways and mail servers look at a mail while they take it and just after, before it lies in any inbox. A person who reads mail as it comes
 * needs longer than this to see it arrive, open it, read a line and decide; the few who do not are missed, which is the lesser mistake.
 */
export const TOO_SOON_MS = 10 * SECOND
/** Nobody follows two links of one mail within this; a scanner asks for all of them at once. */
export const BURST_MS = SECOND
/** A visit is judged when those beside it are known. Longer than a burst, shorter than anybody waits for a number. */
export const JUDGED_AFTER_MS = 3 * SECOND

export const MACHINE_RULES = {
  asked_for_headers: 'Asked for the headers alone (HEAD), as no browser does for a person.',
  ahead_of_person: 'Said that it fetches ahead of a person.',
  known_machine: 'Is known to fetch without a person.',
  no_browser: 'Is no browser.',
  too_soon: 'Came before the mail was delivered, or within 10 seconds of it.',
  several_links_at_once: 'Followed several links of the mail within a second.',
} as const
export type MachineRule = keyof typeof MACHINE_RULES

/** RFC 5321 section 4.5.3.2.6: how long a server may think about a whole mail. */
const ANSWERED_WITHIN_MS = 10 * MINUTE

/**
 * When the receiving server took the mail; null: it never left. While no answer is known it may still be thinking, and look into the mail
 * meanwhile; an answer that was written down later than it can have come (its worker stood still) came in time.
 */
export function acceptedAt(mail: { markedAt: Instant | null; settledAt: Instant | null }): Instant | null {
  const { markedAt, settledAt } = mail
  if (markedAt === null) return null
  const latest = markedAt + ANSWERED_WITHIN_MS
  return Math.max(markedAt, Math.min(settledAt ?? latest, latest))
}

/**
 * `acceptedAt`: as above; null: it never left. `beside`: the visits of
 * the same mail around it, itself among them or not.
 */
export function visitorOf(
  visit: Visit,
  { acceptedAt, beside }: { acceptedAt: Instant | null; beside: readonly Visit[] },
): Visitor {
  const { kind, way, agent, at } = visit
  if (way === 'head') return machine('asked_for_headers')
  if (way === 'prefetch') return machine('ahead_of_person')
  const known = knownVisitor(agent, kind)
  if (known) return { by: 'machine', rule: 'known_machine', words: known.name }
  if (kind === 'click' && !BROWSER.test(agent)) return machine('no_browser')
  if (acceptedAt === null || at < acceptedAt + TOO_SOON_MS) return machine('too_soon')
  if (kind === 'click' && beside.some((other) => inBurst(visit, other)))
    return machine('several_links_at_once')
  return { by: 'person' }
}

function inBurst(visit: Visit, other: Visit): boolean {
  return other.kind === 'click' && other.link !== visit.link && Math.abs(other.at - visit.at) <= BURST_MS
}

function machine(rule: MachineRule): Visitor {
  return { by: 'machine', rule, words: MACHINE_RULES[rule] }
}
