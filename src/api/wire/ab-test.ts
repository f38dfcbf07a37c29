/** What an A/B test shows, on the wire: extension keys of steps and touches. */
import { Type } from 'typebox'
import { compare, type Estimate, estimate } from '../../core/ab-test.ts'
import type { Id } from '../../core/ids.ts'
import type { Total } from '../../store/stats.ts'
import type { VariantRow } from '../../store/variants.ts'
import { emailCounters } from './numbers.ts'

const WireEstimate = Type.Object({
  n: Type.Integer(),
  of: Type.Integer({ description: 'The denominator; 0: nothing to divide by yet.' }),
  rate: Type.Union([Type.Number(), Type.Null()]),
  low: Type.Number({ description: 'With high: the Wilson score interval of 95 %, as fractions.' }),
  high: Type.Number(),
})

/** `opened` and `clicked` are of those that were tracked, the others of those delivered. */
export const Results = Type.Object(
  { replied: WireEstimate, bounced: WireEstimate, opened: WireEstimate, clicked: WireEstimate },
  { description: 'Extension. Rates with their 95 % intervals.' },
)

export const AbTest = Type.Union(
  [
    Type.Object({
      state: Type.String({ description: 'too_few, no_difference or difference.' }),
      sentence: Type.String(),
      leader: Type.Union([Type.String(), Type.Null()], {
        description: 'The id of the touch that is answered more often, once that is shown.',
      }),
    }),
    Type.Null(),
  ],
  {
    description: 'Extension. What the touches of the step show against each other; null: there is one only.',
  },
)

export function resultsOf(
  variantId: Id,
  totals: readonly Total[],
): Record<'replied' | 'bounced' | 'opened' | 'clicked', Estimate> {
  const counters = emailCounters(totals, { variantId })
  const delivered = counters.unique_delivered
  // A server that refuses an address delivers nothing, and what came back was sent all the same.
  const of = (n: number, all = delivered) => estimate(n, Math.max(n, all))
  return {
    replied: of(counters.unique_replied),
    bounced: of(counters.unique_bounced),
    opened: of(counters.unique_opened, counters.unique_delivered_open_tracked),
    clicked: of(counters.unique_clicked, counters.unique_delivered_click_tracked),
  }
}

/** The wordings of one step in the order in which the page names them A, B, C; those that are switched off are not compared. */
export function abTestOf(variants: readonly VariantRow[], totals: readonly Total[]) {
  const arms = variants
    .map((variant, i) => ({ variant, name: String.fromCharCode(65 + i) }))
    .filter(({ variant }) => variant.weight > 0)
    .map(({ variant, name }) => ({ id: variant.id, name, replied: resultsOf(variant.id, totals).replied }))
  if (arms.length < 2) return null
  const verdict = compare(arms)
  const leader = verdict.state === 'difference' ? arms.find((one) => one.name === verdict.leader)!.id : null
  return { state: verdict.state, sentence: verdict.sentence, leader }
}
