/** Rows of custom fields. Contacts and accounts keep their values under the field's `key`, the name that templates use. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { snakeName } from '../core/template-values.ts'
import { at, kysely } from './db.ts'

export type FieldModality = 'contact' | 'account'

/** What a field made by hand may hold; one made by an import is a `string`. */
export const FIELD_TYPES = ['string', 'textarea', 'number', 'date', 'datetime', 'boolean'] as const
export type FieldType = (typeof FIELD_TYPES)[number] | 'picklist'

export interface CustomFieldRow {
  id: Id
  modality: FieldModality
  name: string
  /** `renewal_date`: how templates and the `custom` of a row call it; stays when the field is renamed. */
  key: string
  type: FieldType
  /** Characters of a text; null: as many as a value may have. */
  maxLength: number | null
  createdAt: Instant
}

const COLUMNS = sql`id, modality, name, key, type, max_length as "maxLength", created_at as "createdAt"`

/** Of both kinds without `modality`, those of contacts first; by name. */
export async function customFieldsOf(
  db: Db,
  { team, modality }: { team: TeamId; modality?: FieldModality },
): Promise<CustomFieldRow[]> {
  const { rows } = await sql<CustomFieldRow>`
    select ${COLUMNS} from custom_fields where team_id = ${team} and (${modality ?? null}::text is null or modality = ${modality ?? null})
    order by modality desc, lower(name), id`.execute(kysely(db))
  return rows
}

/** All of a team, locked by id until the transaction ends. */
export async function lockFields(tx: Db, team: TeamId): Promise<CustomFieldRow[]> {
  const { rows } = await sql<CustomFieldRow>`
    select ${COLUMNS} from custom_fields where team_id = ${team} order by id for no key update`.execute(
    kysely(tx),
  )
  return rows
}

/** A new field; undefined when the team has one whose name makes the same key. */
export async function insertField(
  db: Db,
  { team, ...field }: Omit<CustomFieldRow, 'createdAt'> & { team: TeamId; now: Instant },
): Promise<CustomFieldRow | undefined> {
  const { rows } = await sql<CustomFieldRow>`
    insert into custom_fields (team_id, id, modality, name, key, type, max_length, created_at)
    values (${team}, ${field.id}, ${field.modality}, ${field.name}, ${field.key}, ${field.type}, ${field.maxLength}, ${at(field.now)})
    on conflict (team_id, modality, key) do nothing returning ${COLUMNS}`.execute(kysely(db))
  return rows[0]
}

export async function saveField(
  db: Db,
  { team, id, name, maxLength }: { team: TeamId; id: Id; name: string; maxLength: number | null },
): Promise<void> {
  await sql`update custom_fields set name = ${name}, max_length = ${maxLength} where team_id = ${team} and id = ${id}`.execute(
    kysely(db),
  )
}

/** The fields of these names, made as texts where there is none. Names that make the same key are one field. */
export async function contactFieldsNamed(
  tx: Db,
  asked: { team: TeamId; names: readonly string[]; now: Instant; random: Random },
): Promise<CustomFieldRow[]> {
  const { team, now, random } = asked
  const byKey = new Map(asked.names.map((name) => [snakeName(name), name.trim()]))
  byKey.delete('')
  if (byKey.size === 0) return []
  const keys = [...byKey.keys()].sort()
  await kysely(tx)
    .insertInto('custom_fields')
    .values(
      keys.map((key) => ({
        team_id: team,
        id: newId(now, random),
        modality: 'contact' as const,
        name: byKey.get(key)!,
        key,
        type: 'string' as const,
        created_at: at(now),
      })),
    )
    .onConflict((conflict) => conflict.columns(['team_id', 'modality', 'key']).doNothing())
    .execute()
  const { rows } = await sql<CustomFieldRow>`
    select ${COLUMNS} from custom_fields
    where team_id = ${team} and modality = 'contact' and key = any(${keys})`.execute(kysely(tx))
  return rows
}
