/** Who stands where in a sequence that is about to be edited. Only reads. */
import { sql } from 'kysely'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { kysely } from './db.ts'

/** How many are active or paused on each step. */
export async function peopleOnSteps(
  db: Db,
  { team, sequenceId }: { team: TeamId; sequenceId: Id },
): Promise<Map<Id, number>> {
  const { rows } = await sql<{ id: Id; n: number }>`
    select step_id as id, count(*) as n from enrollments
    where team_id = ${team} and sequence_id = ${sequenceId} and state in ('active', 'paused') and removed_at is null
      and step_id is not null
    group by step_id order by step_id`.execute(kysely(db))
  return new Map(rows.map((row) => [row.id, row.n]))
}

/** Drafts of these steps that wait for their person: with its wording, or with what a person has written. */
export async function openDraftsOn(
  db: Db,
  { team, stepIds }: { team: TeamId; stepIds: readonly Id[] },
): Promise<{ follow: number; keep: number }> {
  const { rows } = await sql<{ follow: number; keep: number }>`
    select count(*) filter (where draft_html is null) as follow, count(*) filter (where draft_html is not null) as keep from tasks
    where team_id = ${team} and step_id = any(${stepIds as Id[]}) and kind = 'manual_email' and state = 'open'
      and approved_at is null`.execute(kysely(db))
  return rows[0]!
}
