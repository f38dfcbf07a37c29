/** How many tasks of each step are open, done and skipped: counted from the tasks themselves, by an index that holds nothing else. */
import { sql } from 'kysely'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { kysely } from './db.ts'

export interface TaskCounts {
  open: number
  completed: number
  skipped: number
}

/** Steps without a task are left out. */
export async function countTasks(
  db: Db,
  { team, sequenceId }: { team: TeamId; sequenceId: Id },
): Promise<Map<Id, TaskCounts>> {
  const { rows } = await sql<TaskCounts & { stepId: Id }>`
    select step_id as "stepId", count(*) filter (where state = 'open') as open, count(*) filter (where state = 'completed') as completed,
      count(*) filter (where state = 'skipped') as skipped
    from tasks where team_id = ${team} and sequence_id = ${sequenceId} and step_id is not null group by 1`.execute(
    kysely(db),
  )
  return new Map(rows.map(({ stepId, ...counts }) => [stepId, counts]))
}
