/** Rows of schedules: when sending is allowed. What the windows mean is `core/schedule.ts`; nothing here judges whether they make sense. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { holidaysAround } from '../core/holidays.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { ALWAYS, type Schedule, WEEKDAYS_9_TO_5, type Window } from '../core/schedule.ts'
import { at, kysely } from './db.ts'

export interface ScheduleRow {
  id: Id
  name: string
  timeZone: string
  useContactZone: boolean
  skipHolidays: boolean
  /** Whose public holidays, such as DE or DE-BY; null: nobody's. */
  holidayRegion: string | null
  extraHolidays: string[]
  windows: Window[]
  /** Open at every minute of the week. */
  always: boolean
  /** What new sequences get. */
  isDefault: boolean
  createdAt: Instant
  updatedAt: Instant
}

export type NewSchedule = Omit<ScheduleRow, 'createdAt' | 'updatedAt'>

const COLUMNS = sql`id, name, time_zone as "timeZone", use_contact_zone as "useContactZone", skip_holidays as "skipHolidays",
  holiday_region as "holidayRegion", extra_holidays as "extraHolidays", windows, always, is_default as "isDefault",
  created_at as "createdAt", updated_at as "updatedAt"`

/** In order of birth: "Always" and "Mon-Fri 9-17" come first. */
export async function schedulesOf(db: Db, team: TeamId): Promise<ScheduleRow[]> {
  const { rows } = await sql<ScheduleRow>`
    select ${COLUMNS} from schedules where team_id = ${team} order by created_at, id`.execute(kysely(db))
  return rows
}

export async function scheduleById(
  db: Db,
  { team, id }: { team: TeamId; id: Id },
): Promise<ScheduleRow | undefined> {
  const { rows } = await sql<ScheduleRow>`
    select ${COLUMNS} from schedules where team_id = ${team} and id = ${id}`.execute(kysely(db))
  return rows[0]
}

export async function defaultSchedule(db: Db, team: TeamId): Promise<ScheduleRow | undefined> {
  const { rows } = await sql<ScheduleRow>`
    select ${COLUMNS} from schedules where team_id = ${team} order by is_default desc, created_at, id limit 1`.execute(
    kysely(db),
  )
  return rows[0]
}

/** The row as the core judges by it around `now`: the public holidays are those of the years that can matter then. */
export function scheduleOf(
  row: Pick<
    ScheduleRow,
    'timeZone' | 'useContactZone' | 'windows' | 'extraHolidays' | 'skipHolidays' | 'holidayRegion'
  >,
  now: Instant,
): Schedule {
  return {
    zone: row.timeZone,
    useContactZone: row.useContactZone,
    windows: row.windows,
    holidays: row.skipHolidays ? holidaysOf(row, now) : [],
  }
}

function holidaysOf({ holidayRegion, extraHolidays }: Holidays, now: Instant): readonly string[] {
  if (holidayRegion === null) return extraHolidays
  const dates = holidaysAround(holidayRegion, now)
  return extraHolidays.length === 0 ? dates : [...dates, ...extraHolidays]
}

type Holidays = Pick<ScheduleRow, 'extraHolidays' | 'holidayRegion'>

/** Is every minute of the week inside a window? */
export function isAlways(windows: readonly Window[]): boolean {
  let open = 0
  for (const window of windows) open += window.closesAtMinute - window.opensAtMinute
  return open === 7 * 1440
}

export async function insertSchedule(
  tx: Db,
  { team, schedule, now }: { team: TeamId; schedule: NewSchedule; now: Instant },
): Promise<void> {
  await sql`
    insert into schedules (team_id, id, name, time_zone, use_contact_zone, skip_holidays, holiday_region, extra_holidays,
      windows, always, is_default, created_at, updated_at)
    values (${team}, ${schedule.id}, ${schedule.name}, ${schedule.timeZone}, ${schedule.useContactZone},
      ${schedule.skipHolidays}, ${schedule.holidayRegion}, ${JSON.stringify(schedule.extraHolidays)}::jsonb,
      ${JSON.stringify(schedule.windows)}::jsonb, ${schedule.always}, ${schedule.isDefault}, ${at(now)}, ${at(now)})`.execute(
    kysely(tx),
  )
}

export async function saveSchedule(
  tx: Db,
  { team, schedule, now }: { team: TeamId; schedule: NewSchedule; now: Instant },
): Promise<void> {
  await sql`
    update schedules set name = ${schedule.name}, time_zone = ${schedule.timeZone},
      use_contact_zone = ${schedule.useContactZone}, skip_holidays = ${schedule.skipHolidays},
      holiday_region = ${schedule.holidayRegion}, extra_holidays = ${JSON.stringify(schedule.extraHolidays)}::jsonb,
      windows = ${JSON.stringify(schedule.windows)}::jsonb, always = ${schedule.always}, updated_at = ${at(now)}
    where team_id = ${team} and id = ${schedule.id}`.execute(kysely(tx))
}

/** Exactly one schedule of a team is the default. */
export async function makeDefault(
  tx: Db,
  { team, id, now }: { team: TeamId; id: Id; now: Instant },
): Promise<void> {
  await sql`
    update schedules set is_default = (id = ${id}), updated_at = ${at(now)}
    where team_id = ${team} and is_default <> (id = ${id})`.execute(kysely(tx))
}

export async function deleteSchedule(tx: Db, { team, id }: { team: TeamId; id: Id }): Promise<void> {
  await sql`delete from schedules where team_id = ${team} and id = ${id}`.execute(kysely(tx))
}

/** Sequences that are not archived and use the schedule. */
export async function sequencesOnSchedule(
  db: Db,
  { team, id }: { team: TeamId; id: Id },
): Promise<{ id: Id; name: string | null; active: boolean }[]> {
  const { rows } = await sql<{ id: Id; name: string | null; active: boolean }>`
    select id, name, active from sequences
    where team_id = ${team} and schedule_id = ${id} and archived_at is null order by created_at, id`.execute(
    kysely(db),
  )
  return rows
}

/** A new team's two schedules. "Always" is the default until the first real mailbox is connected. */
export async function createDefaultSchedules(
  tx: Db,
  o: { team: TeamId; zone: string; now: Instant; random: Random },
): Promise<{ alwaysId: Id; weekdaysId: Id }> {
  const base = {
    timeZone: o.zone,
    useContactZone: false,
    skipHolidays: false,
    holidayRegion: null,
    extraHolidays: [],
  }
  const alwaysId = newId(o.now, o.random)
  const weekdaysId = newId(o.now, o.random)
  const always = {
    ...base,
    id: alwaysId,
    name: 'Always',
    windows: [...ALWAYS],
    always: true,
    isDefault: true,
  }
  const weekdays = {
    ...base,
    id: weekdaysId,
    name: 'Mon-Fri 9-17',
    windows: [...WEEKDAYS_9_TO_5],
    always: false,
    isDefault: false,
  }
  await insertSchedule(tx, { team: o.team, schedule: always, now: o.now })
  // A millisecond later, so that the order of birth is the order in which they are listed.
  await insertSchedule(tx, { team: o.team, schedule: weekdays, now: o.now + 1 })
  return { alwaysId, weekdaysId }
}
