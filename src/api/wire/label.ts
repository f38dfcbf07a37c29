/** A list on the wire ("label"), in its two recorded shapes: whole in the index, short beside a contact. */
import { Type } from 'typebox'
import type { ListRow, Modality } from '../../store/lists.ts'
import { iso, isoWithOffset, WireInstant } from './instant.ts'

/** The wire's word for each modality. */
export const MODALITIES = {
  contacts: 'contacts',
  accounts: 'accounts',
  sequences: 'emailer_campaigns',
} as const

export const WireLabel = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    modality: Type.String(),
    cached_count: Type.Integer({ description: 'Exact.' }),
    created_at: WireInstant,
    updated_at: WireInstant,
    user_id: Type.Union([Type.String(), Type.Null()]),
  },
  { title: 'Label', additionalProperties: true },
)

export function modalityOf(word: string): Modality | undefined {
  return (Object.keys(MODALITIES) as Modality[]).find((modality) => MODALITIES[modality] === word)
}

export function wireLabel(list: ListRow) {
  return {
    id: list.id,
    modality: MODALITIES[list.modality],
    cached_count: list.members,
    name: list.name,
    created_at: iso(list.createdAt),
    updated_at: iso(list.updatedAt),
    user_id: list.createdBy,
  }
}

export function wireLabelInIndex(list: ListRow, teamPublicId: string) {
  return {
    ...wireLabel(list),
    _id: list.id,
    key: list.id,
    concurrency_locks: {},
    need_cached_count_update: false,
    needs_count_update_at: isoWithOffset(list.updatedAt),
    rule_config_template_id: null,
    team_id: teamPublicId,
  }
}
