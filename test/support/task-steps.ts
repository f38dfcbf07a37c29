/** People on a sequence whose steps a person does: a call, a manual email, an automatic one; and the looks that the engine takes at them. */
import { sql } from 'kysely'
import type { Instant } from '../../src/core/clock.ts'
import type { Db } from '../../src/core/db.ts'
import { rankOf } from '../../src/core/enrollment.ts'
import type { Id } from '../../src/core/ids.ts'
import type { Random } from '../../src/core/random.ts'
import type { StepKind } from '../../src/core/sequence.ts'
import { claimTasks } from '../../src/engine/claim-tasks.ts'
import { createLog } from '../../src/log.ts'
import { kysely } from '../../src/store/db.ts'
import type { TestClock } from './clock.ts'
import { enrollPeople, openSequence, type Person } from './enrolled.ts'
import type { SentSequence } from './sent.ts'
import type { TestTeam } from './team.ts'

export interface TaskTeam {
  sequence: SentSequence
  people: Person[]
}

/** Active, approved, and due now on its first step. */
export async function enrollOnSteps(
  db: Db,
  team: TestTeam,
  o: {
    kinds: readonly [StepKind, StepKind, StepKind]
    count: number
    now: Instant
    random: Random
    autoSkipDays?: number
  },
): Promise<TaskTeam> {
  const sequence = await openSequence(db, team, o)
  await sql`
    update steps s set kind = k.kind, auto_skip_days = ${o.autoSkipDays ?? null}, note = 'Ask about the trial', priority = 'high'
    from unnest(${sequence.stepIds}::text[], ${[...o.kinds]}::text[]) as k (id, kind) where s.team_id = ${team.team} and s.id = k.id`.execute(
    kysely(db),
  )
  await sql`update variants set thread = 'new_thread' where team_id = ${team.team}`.execute(kysely(db))
  const people = await enrollPeople(db, team, { ...o, sequence })
  const rank = rankOf({ first: true, priority: null, by: o.kinds[0] === 'auto_email' ? 'itself' : 'person' })
  await sql`update enrollments set rank = ${rank} where team_id = ${team.team}`.execute(kysely(db))
  return { sequence, people }
}

export function giveTasksNow(
  db: Db,
  team: TestTeam,
  { clock, random }: { clock: TestClock; random: Random },
): Promise<number> {
  const tools = { db, clock, random, log: createLog('silent'), publicUrl: null, worker: 'one' }
  return claimTasks(team.team, tools)
}

export interface TaskRow {
  id: Id
  kind: string
  state: string
  priority: string
  note: string | null
  enrollmentId: Id
  stepId: Id
  messageId: Id | null
  userId: Id
  dueAt: Instant
  skipsAt: Instant | null
  approved: boolean
  outcome: string | null
}

/** In the order in which they were made. */
export async function taskRows(db: Db, { team }: TestTeam): Promise<TaskRow[]> {
  const { rows } = await sql<TaskRow>`
    select id, kind, state, priority, note, enrollment_id as "enrollmentId", step_id as "stepId", message_id as "messageId",
      user_id as "userId", due_at as "dueAt", skips_at as "skipsAt", approved_at is not null as approved, outcome
    from tasks where team_id = ${team} order by created_at, id`.execute(kysely(db))
  return rows
}
