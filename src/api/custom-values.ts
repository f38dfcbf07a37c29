/** Values of custom fields as they come over the wire, for contacts and accounts alike. */
import { Type } from 'typebox'
import { type CustomFieldRow, customFieldsOf, type FieldModality } from '../store/custom-fields.ts'
import { refuse, refuseId } from './errors.ts'
import type { Call } from './route.ts'

export type CustomValue = string | number | boolean | null

/** Characters of one value. */
const CUSTOM_VALUE_MAX = 10_000

export const customParameter = Type.Optional(
  Type.Record(Type.String(), Type.Unknown(), {
    description: 'Values by the id of the custom field, or by its key. Null and "" clear.',
  }),
)

interface Customized {
  typed_custom_fields?: Record<string, unknown> | undefined
}

/** The fields that these values may be of: asked once for all of them, and not at all when none was sent. */
export async function fieldsFor(
  inputs: readonly Customized[],
  modality: FieldModality,
  { db, caller }: Call,
): Promise<CustomFieldRow[]> {
  const areGiven = inputs.some((one) => Object.keys(one.typed_custom_fields ?? {}).length > 0)
  return areGiven ? customFieldsOf(db, { team: caller.teamId, modality }) : []
}

/** By the key of the field; undefined when none was sent. Throws the recorded 422 for a field that is none. */
export function customValuesFrom(
  { typed_custom_fields: given = {} }: Customized,
  fields: readonly CustomFieldRow[],
): Record<string, CustomValue> | undefined {
  const names = Object.keys(given)
  if (names.length === 0) return undefined
  return Object.fromEntries(
    names.map((name) => {
      const field = fields.find(({ id, key, modality }) => [id, key, `${modality}.${id}`].includes(name))
      if (!field) refuseId(name)
      return [field.key, fitting(field, given[name], `typed_custom_fields[${name}]`)]
    }),
  )
}

function fitting({ name, maxLength }: CustomFieldRow, value: unknown, parameter: string): CustomValue {
  if (value === null || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
    return value
  if (typeof value === 'string' && maxLength !== null && value.length > maxLength)
    return refuse(422, `"${name}" has at most ${maxLength} characters; there are ${value.length}.`, {
      parameter,
    })
  if (typeof value === 'string' && value.length <= CUSTOM_VALUE_MAX && !value.includes('\u0000')) return value
  return refuse(422, `The parameter "${parameter}" is not a text, number or boolean that fits.`, {
    parameter,
  })
}
