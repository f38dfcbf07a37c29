/** Rows of stages: where a contact stands with the team. A few have a role, which the engine moves people to by itself. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { kysely } from './db.ts'

export interface StageRow {
  id: Id
  name: string
  position: number
  category: 'in_progress' | 'succeeded' | 'failed' | null
  /** What moves people here by itself; null for a stage that only people choose. */
  role: StageRole | null
}

/** `new`: created without a stage. `replied`, `do_not_contact` (opt-outs), `bad_data` (hard bounces): set by the engine. */
export type StageRole =
  | 'new'
  | 'approaching'
  | 'replied'
  | 'interested'
  | 'not_interested'
  | 'unresponsive'
  | 'do_not_contact'
  | 'bad_data'
  | 'changed_job'

/** The recorded default stages, in their recorded order and categories. */
const DEFAULTS: readonly [string, StageRow['category'], StageRole][] = [
  ['New', 'in_progress', 'new'],
  ['Approaching', 'in_progress', 'approaching'],
  ['Replied', 'in_progress', 'replied'],
  ['Interested', 'succeeded', 'interested'],
  ['Not Interested', 'failed', 'not_interested'],
  ['Unresponsive', 'failed', 'unresponsive'],
  ['Do Not Contact', 'failed', 'do_not_contact'],
  ['Bad Data', null, 'bad_data'],
  ['Changed Job', null, 'changed_job'],
]

/** As recorded, but for the word of the last one. */
const ACCOUNT_DEFAULTS: readonly [string, StageRow['category']][] = [
  ['Review', null],
  ['Current Client', 'succeeded'],
  ['Active Opportunity', 'succeeded'],
  ['Dead Opportunity', 'failed'],
  ['Do Not Contact', 'failed'],
]

export async function createDefaultStages(
  tx: Db,
  { team, now, random }: { team: TeamId; now: Instant; random: Random },
): Promise<void> {
  await kysely(tx)
    .insertInto('stages')
    .values(
      DEFAULTS.map(([name, category, role], position) => ({
        team_id: team,
        id: newId(now, random),
        kind: 'contact' as const,
        name,
        position,
        category,
        role,
      })),
    )
    .execute()
  await kysely(tx)
    .insertInto('stages')
    .values(
      ACCOUNT_DEFAULTS.map(([name, category], position) => ({
        team_id: team,
        id: newId(now, random),
        kind: 'account' as const,
        name,
        position,
        category,
      })),
    )
    .execute()
}

/** In the order in which people pass through them. */
export const contactStagesOf = (db: Db, team: TeamId) => stagesOf(db, team, 'contact')

/** The same of companies; none of these has a role. */
export const accountStagesOf = (db: Db, team: TeamId) => stagesOf(db, team, 'account')

async function stagesOf(db: Db, team: TeamId, kind: 'contact' | 'account'): Promise<StageRow[]> {
  const { rows } = await sql<StageRow>`
    select id, name, position, category, role from stages
    where team_id = ${team} and kind = ${kind} order by position, id`.execute(kysely(db))
  return rows
}
