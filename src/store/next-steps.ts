/** What comes after a step was done: the next one by position, with its wait counted from now in the governing zone; or the end. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { dueAfter, type WaitUnit } from '../core/due.ts'
import { rankOf } from '../core/enrollment.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { ALWAYS, governingZone, type Schedule, type Window } from '../core/schedule.ts'
import { kysely } from './db.ts'
import { scheduleOf } from './schedules.ts'
import type { Change } from './transitions.ts'

export interface Done {
  enrollmentId: Id
  stepId: Id
  /** The email that was accepted. */
  messageId: Id
}

interface Row {
  enrollmentId: Id
  zone: string | null
  timeZone: string | null
  useContactZone: boolean
  skipHolidays: boolean
  extraHolidays: string[]
  windows: Window[] | null
  nextStepId: Id | null
  waitAmount: number | null
  waitUnit: WaitUnit | null
  priority: 'high' | 'medium' | 'low' | null
}

/** The change of each enrollment that still stands on the step that was done; those that were moved meanwhile are left out. */
export async function advances(
  tx: Db,
  o: { team: TeamId; done: readonly Done[]; now: Instant; random: Random },
): Promise<Change[]> {
  if (o.done.length === 0) return []
  const rows = await readNext(tx, o)
  return o.done.flatMap((done) => {
    const row = rows.get(done.enrollmentId)
    return row ? [changeOf(row, done, o)] : []
  })
}

function changeOf(
  row: Row,
  { enrollmentId, messageId }: Done,
  { now, random }: { now: Instant; random: Random },
): Change {
  const { nextStepId, waitAmount, waitUnit, priority } = row
  const about = { enrollmentId, messageId, parentMessageId: messageId }
  if (nextStepId === null || waitAmount === null || waitUnit === null)
    return { ...about, transition: 'complete', reason: 'completed' }
  const schedule = scheduleIn(row)
  const zone = governingZone(schedule, row.zone)
  return {
    ...about,
    transition: 'advance',
    next: {
      stepId: nextStepId,
      messageId: newId(now, random),
      rank: rankOf({ first: false, priority }),
      waitEndsAt: dueAfter({ amount: waitAmount, unit: waitUnit }, now, { schedule, zone }),
    },
  }
}

function scheduleIn(row: Row): Schedule {
  if (row.windows === null || row.timeZone === null)
    return { zone: 'UTC', useContactZone: false, windows: ALWAYS, holidays: [] }
  return scheduleOf({ ...row, timeZone: row.timeZone, windows: row.windows })
}

async function readNext(
  tx: Db,
  { team, done }: { team: TeamId; done: readonly Done[] },
): Promise<Map<Id, Row>> {
  const { rows } = await sql<Row>`
    select e.id as "enrollmentId", c.time_zone as zone, sc.time_zone as "timeZone", coalesce(sc.use_contact_zone, false) as "useContactZone",
      coalesce(sc.skip_holidays, false) as "skipHolidays", coalesce(sc.extra_holidays, '[]') as "extraHolidays", sc.windows,
      n.id as "nextStepId", n.wait_amount as "waitAmount", n.wait_unit as "waitUnit", n.priority
    from unnest(${done.map((one) => one.enrollmentId)}::text[], ${done.map((one) => one.stepId)}::text[]) as d (enrollment_id, step_id)
    join enrollments e on e.team_id = ${team} and e.id = d.enrollment_id and e.step_id = d.step_id
    join contacts c on c.team_id = e.team_id and c.id = e.contact_id
    join sequences s on s.team_id = e.team_id and s.id = e.sequence_id
    left join schedules sc on sc.team_id = s.team_id and sc.id = s.schedule_id
    join steps st on st.team_id = e.team_id and st.id = e.step_id
    left join lateral (
      select id, wait_amount, wait_unit, priority from steps x
      where x.team_id = e.team_id and x.sequence_id = e.sequence_id and x.position > st.position and x.deleted_at is null
      order by x.position, x.id limit 1
    ) as n on true`.execute(kysely(tx))
  return new Map(rows.map((row) => [row.enrollmentId, row]))
}
