/** Custom fields on the wire: their two recorded shapes, and the values of a row by the id of their field. */
import { Type } from 'typebox'
import type { CustomFieldRow } from '../../store/custom-fields.ts'
import { iso } from './instant.ts'

export function customById(
  custom: Readonly<Record<string, unknown>>,
  fields: readonly Pick<CustomFieldRow, 'id' | 'key'>[],
): Record<string, unknown> {
  return Object.fromEntries(
    fields.flatMap(({ id, key }) => (Object.hasOwn(custom, key) ? [[id, custom[key]]] : [])),
  )
}

export const WireCustomField = Type.Object(
  {
    id: Type.String(),
    modality: Type.String(),
    name: Type.String(),
    key: Type.String({ description: 'What templates call it: {{key}}. Ours.' }),
    type: Type.String(),
    text_field_max_length: Type.Union([Type.Integer(), Type.Null()]),
  },
  { title: 'CustomField', additionalProperties: true },
)

export function wireCustomField(field: CustomFieldRow) {
  return {
    id: field.id,
    modality: field.modality,
    name: field.name,
    key: field.key,
    type: field.type,
    picklist_options: [],
    mapped_crm_field: null,
    additional_mapped_crm_field: null,
    is_readonly_mapped_crm_field: null,
    picklist_options_last_synced_at: null,
    picklist_value_set_id: null,
    mirrored: false,
    system_name: null,
    text_field_max_length: field.maxLength,
    finder_view_ids: [],
    is_local: false,
  }
}

export const WireField = Type.Object(
  {
    id: Type.String({ description: '"contact." or "account." and the id of the custom field.' }),
    label: Type.String(),
    modality: Type.String(),
    source: Type.String(),
    type: Type.String(),
  },
  { title: 'Field', additionalProperties: true },
)

const CATEGORIES = { contact: 'person', account: 'company' } as const

export function wireField(field: CustomFieldRow) {
  return {
    id: `${field.modality}.${field.id}`,
    category: CATEGORIES[field.modality],
    context: ['csv_export', 'finder', 'snippets'],
    description: null,
    editable: true,
    example: null,
    field_name: field.name,
    group: null,
    icon_class: null,
    label: field.name,
    modality: field.modality,
    parent: null,
    source: 'custom',
    type: field.type,
    finder_view_ids: [],
    project_workspace_id: null,
    context_card_ids: [],
    product_profile_ids: [],
    is_system_field: false,
    finder_views: [],
    is_local: false,
    created_at: iso(field.createdAt),
    meta: { max_length: field.maxLength, computed_type: 'manual', visibility_status: 'active' },
  }
}
