/** Where something that emails share is used, as the wire says it. */
import { Type } from 'typebox'
import type { Use } from '../../core/use.ts'

export const UsedIn = Type.Array(
  Type.Object({
    emailer_campaign_id: Type.String(),
    emailer_campaign_name: Type.Union([Type.String(), Type.Null()]),
    emailer_step_id: Type.String(),
    position: Type.Integer(),
  }),
  { description: 'Steps whose emails use it; archived sequences aside.' },
)

export const usedInOnWire = (uses: readonly Use[]) =>
  uses.map((use) => ({
    emailer_campaign_id: use.sequenceId,
    emailer_campaign_name: use.sequenceName,
    emailer_step_id: use.stepId,
    position: use.position,
  }))
