/** Rows of custom fields. A contact keeps its values under the field's `key`, the name that templates use. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { snakeName } from '../core/template-values.ts'
import { at, kysely } from './db.ts'

export interface CustomFieldRow {
  id: Id
  name: string
  /** `renewal_date`: how templates and the contact's `custom` call it. */
  key: string
  type: string
}

export async function contactFieldsOf(db: Db, team: TeamId): Promise<CustomFieldRow[]> {
  const { rows } = await sql<CustomFieldRow>`
    select id, name, key, type from custom_fields
    where team_id = ${team} and modality = 'contact' order by lower(name), id`.execute(kysely(db))
  return rows
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
    select id, name, key, type from custom_fields
    where team_id = ${team} and modality = 'contact' and key = any(${keys})`.execute(kysely(tx))
  return rows
}
