/**
 * Deals the wordings of an A/B test by their weights, one email at a time: after any number of emails each wording has been dealt within one
 * of its share. Counts come in; who keeps them is `store/variant-deals.ts`.
 */
import type { Id } from './ids.ts'

/** With the wordings of a step this stays far below 2^53, where whole numbers end. */
export const WEIGHT_MAX = 1_000

export interface Share {
  id: Id
  weight: number
}

/** Switched off is a weight of 0: it keeps its words and its results, and nobody gets it. */
export const isDealt = (variant: { approved: boolean; weight: number }) =>
  variant.approved && variant.weight > 0

/**
 * The wording of the next email. Of those that are behind their share by 1/(2k-2) or more, the one that would first be behind by a whole one
 * (Tijdeman, The chairman assignment problem, Discrete Mathematics 32, 1980: with k wordings nobody is ever further off than 1 - 1/(2k-2);
 * picking whoever is furthest behind can be more than one off). Equal ones in the order given.
 */
export function nextWording(shares: readonly Share[], dealt: ReadonlyMap<Id, number>): Id {
  const [first, ...others] = shares
  if (!first) throw new Error('no wording to deal')
  if (others.length === 0) return first.id
  const of = ({ id }: Share) => dealt.get(id) ?? 0
  const total = shares.reduce((sum, one) => sum + one.weight, 0)
  const n = shares.reduce((sum, one) => sum + of(one), 1)
  const parts = 2 * shares.length - 2
  const behind = shares.filter((one) => (n * one.weight - of(one) * total) * parts >= total)
  const limit = (one: Share) => of(one) * parts + parts - 1
  let next = behind[0]!
  for (const one of behind) if (limit(one) * next.weight < limit(next) * one.weight) next = one
  return next.id
}
