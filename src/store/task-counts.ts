/** How many tasks of each step are open, done and skipped: counted from the tasks themselves, by an index that holds nothing else. */
import { sql } from 'kysely'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { kysely } from './db.ts'

export interface TaskCounts {
  open: number
  completed: number
  skipped: number
  /** What the calls came to, in the team's order; outcomes that none came to are left out. */
  outcomes: CallOutcomeCount[]
}

export interface CallOutcomeCount {
  id: Id
  name: string
  answered: boolean
  n: number
}

/** Steps without a task are left out. */
export async function countTasks(
  db: Db,
  { team, sequenceId }: { team: TeamId; sequenceId: Id },
): Promise<Map<Id, TaskCounts>> {
  const [tasks, calls] = await Promise.all([
    sql<Omit<TaskCounts, 'outcomes'> & { stepId: Id }>`
      select step_id as "stepId", count(*) filter (where state = 'open') as open, count(*) filter (where state = 'completed') as completed,
        count(*) filter (where state = 'skipped') as skipped
      from tasks where team_id = ${team} and sequence_id = ${sequenceId} and step_id is not null group by 1`.execute(
      kysely(db),
    ),
    sql<CallOutcomeCount & { stepId: Id }>`
      select t.step_id as "stepId", o.id, o.name, o.answered, count(*) as n
      from tasks t join call_outcomes o on o.team_id = t.team_id and o.id = t.call_outcome_id
      where t.team_id = ${team} and t.sequence_id = ${sequenceId} and t.step_id is not null and t.state = 'completed'
      group by 1, 2, 3, 4, o.position order by o.position, o.id`.execute(kysely(db)),
  ])
  const outcomes = Map.groupBy(calls.rows, (row) => row.stepId)
  return new Map(
    tasks.rows.map(({ stepId, ...counts }) => [
      stepId,
      { ...counts, outcomes: (outcomes.get(stepId) ?? []).map(({ stepId: _, ...count }) => count) },
    ]),
  )
}
