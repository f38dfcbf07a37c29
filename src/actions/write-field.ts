/** Custom fields of contacts and accounts: made, renamed, and their longest length set. What a field is called in templates stays. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { done, type Result, refused } from '../core/result.ts'
import { snakeName, UNFILLED, VARIABLES } from '../core/template-values.ts'
import {
  type CustomFieldRow,
  type FieldModality,
  type FieldType,
  insertField,
  lockFields,
  saveField,
} from '../store/custom-fields.ts'

export interface NewField {
  team: TeamId
  modality: FieldModality
  name: string
  type: FieldType
  maxLength: number | null
  now: Instant
  random: Random
}

export async function createField(db: Db, { random, ...field }: NewField): Promise<Result<CustomFieldRow>> {
  const name = field.name.trim()
  const key = snakeName(name)
  const about = { parameter: 'label' }
  if (key === '')
    return refused(
      `"${name}" has no letter or digit, so templates could not name the field. Give another name.`,
      about,
    )
  // What nobody fills by itself may be filled by a field of that name.
  if (VARIABLES.includes(key) && !UNFILLED.includes(key))
    return refused(
      `Templates know {{${key}}} already, by what every contact has. Give the field another name.`,
      about,
    )
  const made = await insertField(db, { ...field, id: newId(field.now, random), name, key })
  return made
    ? done(made)
    : refused(
        `There is a field of ${field.modality}s that templates call {{${key}}}. Use that one, or give another name.`,
        about,
      )
}

export interface FieldChange {
  id: Id
  name?: string | undefined
  type?: string | undefined
  maxLength?: number | null | undefined
}

/** All of them or none. */
export async function updateFields(
  db: Db,
  team: TeamId,
  changes: readonly FieldChange[],
): Promise<Result<CustomFieldRow[]>> {
  return db.transaction(async (tx): Promise<Result<CustomFieldRow[]>> => {
    const fields = new Map((await lockFields(tx, team)).map((one) => [one.id, one]))
    const changed = new Map<Id, CustomFieldRow>()
    for (const { id, name, type, maxLength } of changes) {
      const field = fields.get(id)
      if (!field) return refused('Some fields could not be found', { parameter: 'fields' })
      if (type !== undefined && type !== field.type)
        return refused('Cannot change field type after creation', { parameter: 'fields' })
      const next = {
        ...field,
        name: name?.trim() || field.name,
        maxLength: maxLength === undefined ? field.maxLength : maxLength,
      }
      fields.set(id, next)
      changed.set(id, next)
    }
    for (const field of changed.values()) await saveField(tx, { team, ...field })
    return done([...changed.values()])
  })
}
