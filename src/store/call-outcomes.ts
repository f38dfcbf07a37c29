/** Rows of call outcomes: the team's list of what a call comes to. One that was deleted is chosen no more, and stays with its calls. */
import { sql } from 'kysely'
import { type CallEffect, DEFAULT_CALL_OUTCOMES } from '../core/call-outcome.ts'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { at, kysely } from './db.ts'

export interface CallOutcomeRow {
  id: Id
  name: string
  position: number
  effect: CallEffect
  answered: boolean
  stageId: Id | null
}

const COLUMNS = sql`id, name, position, effect, answered, stage_id as "stageId"`

export async function createDefaultCallOutcomes(
  tx: Db,
  { team, now, random }: { team: TeamId; now: Instant; random: Random },
): Promise<void> {
  await kysely(tx)
    .insertInto('call_outcomes')
    .values(
      DEFAULT_CALL_OUTCOMES.map((outcome, position) => ({
        ...{ team_id: team, id: newId(now, random), position, ...outcome },
        ...{ created_at: at(now), updated_at: at(now) },
      })),
    )
    .execute()
}

/** Those that can be chosen, in the team's order. */
export async function callOutcomesOf(db: Db, team: TeamId): Promise<CallOutcomeRow[]> {
  const { rows } = await sql<CallOutcomeRow>`
    select ${COLUMNS} from call_outcomes where team_id = ${team} and deleted_at is null order by position, id`.execute(
    kysely(db),
  )
  return rows
}

/** `locked`: until the end of the transaction it stays as it is. */
export async function callOutcomeById(
  db: Db,
  { team, id, locked }: { team: TeamId; id: Id; locked?: true },
): Promise<CallOutcomeRow | undefined> {
  const { rows } = await sql<CallOutcomeRow>`
    select ${COLUMNS} from call_outcomes where team_id = ${team} and id = ${id} and deleted_at is null
    ${locked ? sql`for no key update` : sql``}`.execute(kysely(db))
  return rows[0]
}

/** False: another one of the team has the name. */
export async function insertCallOutcome(
  tx: Db,
  o: Omit<CallOutcomeRow, 'position'> & { team: TeamId; now: Instant },
): Promise<boolean> {
  const { rows } = await sql<{ id: Id }>`
    insert into call_outcomes (team_id, id, name, position, effect, answered, stage_id, created_at, updated_at)
    select ${o.team}, ${o.id}, ${o.name}, coalesce(max(position) + 1, 0), ${o.effect}, ${o.answered}, ${o.stageId}, ${at(o.now)}, ${at(o.now)}
    from call_outcomes where team_id = ${o.team}
    on conflict (team_id, lower(name)) where deleted_at is null do nothing returning id`.execute(kysely(tx))
  return rows.length > 0
}

/** False: another one of the team has the name. */
export async function saveCallOutcome(
  tx: Db,
  o: CallOutcomeRow & { team: TeamId; now: Instant },
): Promise<boolean> {
  const { rows } = await sql<{ id: Id }>`
    update call_outcomes set name = ${o.name}, position = ${o.position}, effect = ${o.effect}, answered = ${o.answered},
      stage_id = ${o.stageId}, updated_at = ${at(o.now)}
    where team_id = ${o.team} and id = ${o.id} and not exists (select from call_outcomes x
      where x.team_id = ${o.team} and lower(x.name) = lower(${o.name}) and x.deleted_at is null and x.id <> ${o.id})
    returning id`.execute(kysely(tx))
  return rows.length > 0
}

export async function retireCallOutcome(
  tx: Db,
  { team, id, now }: { team: TeamId; id: Id; now: Instant },
): Promise<boolean> {
  const { rows } = await sql<{ id: Id }>`
    update call_outcomes set deleted_at = ${at(now)}, updated_at = ${at(now)}
    where team_id = ${team} and id = ${id} and deleted_at is null returning id`.execute(kysely(tx))
  return rows.length > 0
}

/** Did saving fail because somebody has given the name to another one since it was looked for? */
export function isOutcomeNameTaken(error: unknown): boolean {
  const { code, constraint } = (error ?? {}) as { code?: unknown; constraint?: unknown }
  return code === '23505' && constraint === 'call_outcomes_named'
}
