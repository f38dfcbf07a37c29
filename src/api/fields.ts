/** Custom fields: what the team keeps of contacts and companies beyond the usual, for templates, imports and searches. */
import { Type } from 'typebox'
import { createField, updateFields } from '../actions/write-field.ts'
import { type CustomFieldRow, customFieldsOf, FIELD_TYPES } from '../store/custom-fields.ts'
import { refuse } from './errors.ts'
import { oneOf } from './params.ts'
import { allowed } from './refusing.ts'
import { type Route, route } from './route.ts'
import { WireCustomField, WireField, wireCustomField, wireField } from './wire/custom-field.ts'

const LABEL_MAX = 255
const FIELDS_MAX = 100

const maxLength = Type.Optional(
  Type.Union([Type.Integer({ minimum: 1, maximum: 10_000 }), Type.Null()], {
    description: 'Characters of a text; null: no limit of its own.',
  }),
)
const Both = Type.Object({
  fields: Type.Array(WireField),
  typed_custom_fields: Type.Array(WireCustomField),
})

const both = (fields: readonly CustomFieldRow[]) => ({
  fields: fields.map(wireField),
  typed_custom_fields: fields.map(wireCustomField),
})

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/fields',
    name: 'fields/index',
    summary: 'The custom fields of contacts and accounts',
    description:
      'Without `source`, or with "custom": the team\'s own. "system" and "crm_synced" are empty: what every contact and account has stands in its schema.',
    input: Type.Object({ source: Type.Optional(oneOf(['system', 'custom', 'crm_synced'] as const)) }),
    output: Type.Object({ fields: Type.Array(WireField) }),
    async run({ source = 'custom' }, { db, caller }) {
      const fields = source === 'custom' ? await customFieldsOf(db, { team: caller.teamId }) : []
      return { fields: fields.map(wireField) }
    },
  }),
  route({
    method: 'GET',
    path: '/typed_custom_fields',
    name: 'typed_custom_fields/index',
    summary: 'The custom fields, in their older form',
    input: Type.Object({}),
    output: Type.Object({ typed_custom_fields: Type.Array(WireCustomField) }),
    async run(_input, { db, caller }) {
      const fields = await customFieldsOf(db, { team: caller.teamId })
      return { typed_custom_fields: fields.map(wireCustomField) }
    },
  }),
  route({
    method: 'POST',
    path: '/fields',
    name: 'fields/create',
    summary: 'Create a custom field',
    input: Type.Object({
      label: Type.String({ minLength: 1, maxLength: LABEL_MAX }),
      modality: Type.Optional(
        oneOf(['contact', 'account', 'opportunity'] as const, {
          description: 'contact without it. There are no opportunities here.',
        }),
      ),
      type: Type.Optional(oneOf(FIELD_TYPES, { description: 'string without it.' })),
      meta: Type.Optional(Type.Object({ max_length: maxLength })),
    }),
    output: Both,
    async run(input, { db, caller, now, random }) {
      const { modality = 'contact', type = 'string' } = input
      if (modality === 'opportunity')
        refuse(422, 'There are no opportunities here. Make the field for contacts or accounts.', {
          parameter: 'modality',
        })
      const made = allowed(
        await createField(db, {
          team: caller.teamId,
          modality,
          name: input.label,
          type,
          maxLength: input.meta?.max_length ?? null,
          now,
          random,
        }),
      )
      return both([made])
    },
  }),
  route({
    method: ['PATCH', 'PUT'],
    path: '/fields',
    name: 'fields/update',
    summary: 'Rename custom fields, or set their longest length',
    description: 'All of them or none. What templates call a field stays when it is renamed.',
    input: Type.Object({
      fields: Type.Array(
        Type.Object({
          id: Type.String({ maxLength: 100, description: 'With or without "contact." or "account.".' }),
          label: Type.Optional(Type.String({ minLength: 1, maxLength: LABEL_MAX })),
          type: Type.Optional(Type.String({ maxLength: 50, description: 'Cannot be changed.' })),
          meta: Type.Optional(Type.Object({ max_length: maxLength })),
        }),
        { maxItems: FIELDS_MAX },
      ),
    }),
    output: Both,
    async run({ fields }, { db, caller }) {
      const changes = fields.map(({ id, label, type, meta }) => ({
        id: id.replace(/^(contact|account)\./, ''),
        name: label,
        type,
        maxLength: meta?.max_length,
      }))
      return both(allowed(await updateFields(db, caller.teamId, changes)))
    },
  }),
]
