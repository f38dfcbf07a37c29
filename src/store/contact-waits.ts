/** The waits of contacts whose time zone has changed: what is needed to work out anew when they end. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { dueOn, type StepTime } from '../core/due.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Schedule, Window } from '../core/schedule.ts'
import { kysely } from './db.ts'
import { lookNow, retime } from './enrollments.ts'
import { scheduleOf } from './schedules.ts'

export interface ContactWait extends StepTime {
  id: Id
  rank: number
  enteredStepAt: Instant
  /** As it is now. */
  zone: string | null
  schedule: Schedule | null
}

type Row = Omit<ContactWait, 'schedule'> & {
  timeZone: string | null
  useContactZone: boolean
  skipHolidays: boolean
  holidayRegion: string | null
  extraHolidays: string[]
  windows: Window[] | null
}

/** Locks all that are live, by id, whosever zone governs; not what a claim holds. The caller has bumped the lanes, which come before in the lock order. */
export async function lockContactWaits(
  tx: Db,
  { team, contactIds, now }: { team: TeamId; contactIds: readonly Id[]; now: Instant },
): Promise<ContactWait[]> {
  if (contactIds.length === 0) return []
  const { rows } = await sql<Row>`
    select e.id, e.rank, e.entered_step_at as "enteredStepAt", c.time_zone as zone, st.wait_amount as "waitAmount",
      st.wait_unit as "waitUnit", st.business_days as "businessDays", st.exact_at as "exactAt", sc.time_zone as "timeZone",
      coalesce(sc.use_contact_zone, true) as "useContactZone", coalesce(sc.skip_holidays, false) as "skipHolidays",
      sc.holiday_region as "holidayRegion", coalesce(sc.extra_holidays, '[]') as "extraHolidays", sc.windows
    from enrollments e
    join contacts c on c.team_id = e.team_id and c.id = e.contact_id
    join sequences s on s.team_id = e.team_id and s.id = e.sequence_id
    join steps st on st.team_id = e.team_id and st.id = e.step_id
    left join schedules sc on sc.team_id = s.team_id and sc.id = s.schedule_id
    where e.team_id = ${team} and e.contact_id = any(${contactIds as Id[]}) and e.state in ('active', 'paused')
      and e.removed_at is null and e.lease_until is null
    order by e.id for no key update of e`.execute(kysely(tx))
  return rows.map(({ timeZone, windows, ...row }) => ({
    ...row,
    schedule: timeZone === null || windows === null ? null : scheduleOf({ ...row, timeZone, windows }, now),
  }))
}

/** Whose zone has changed: a wait of days ends when their date begins now, and what the zone of before put off is looked at. The caller has bumped their lanes. */
export async function followZones(
  tx: Db,
  o: { team: TeamId; contactIds: readonly Id[]; now: Instant },
): Promise<void> {
  const waits = await lockContactWaits(tx, o)
  await lookNow(tx, o)
  const governed = waits.filter(({ schedule }) => schedule === null || schedule.useContactZone)
  const people = governed.map((wait) => ({
    id: wait.id,
    stepId: null,
    messageId: null,
    rank: wait.rank,
    waitEndsAt: dueOn(wait, wait.enteredStepAt, wait),
    clearHold: false,
  }))
  await retime(tx, { team: o.team, people, now: o.now })
}
