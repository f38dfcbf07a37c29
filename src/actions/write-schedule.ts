/** Creates, changes and deletes schedules, and tells the sequences that use one: their people get new moments at once. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { holidayCalendar, partsOf } from '../core/holidays.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { done, notFound, type Result, refused } from '../core/result.ts'
import type { Window } from '../core/schedule.ts'
import { scheduleProblem } from '../core/schedule-problem.ts'
import { canonicalZone, zoneProblem } from '../core/zone.ts'
import { bumpSequences } from '../store/lanes.ts'
import {
  deleteSchedule,
  insertSchedule,
  isAlways,
  makeDefault,
  type NewSchedule,
  saveSchedule,
  scheduleById,
  scheduleOf,
  sequencesOnSchedule,
} from '../store/schedules.ts'
import { lockSequence, lockSequencesOn } from '../store/sequence-writes.ts'
import { stepsOf } from '../store/steps.ts'
import { sweep } from '../store/stops.ts'
import { teamById } from '../store/teams.ts'
import { type Edit, lookAgain, retimePeople } from './retime-people.ts'

export interface ScheduleDraft {
  name?: string
  timeZone?: string
  useContactZone?: boolean
  skipHolidays?: boolean
  /** The code of a country; null or empty: nobody's public holidays. Another country forgets the region. */
  holidayCountry?: string | null
  holidayRegion?: string | null
  extraHolidays?: readonly string[]
  windows?: readonly Window[]
  isDefault?: boolean
}

export interface Scheduling {
  team: TeamId
  actor: string
  now: Instant
  random: Random
}

/** Without windows it is empty: it can be filled later, and not be attached until then. */
export async function createSchedule(
  db: Db,
  { team, now, random }: Scheduling,
  draft: ScheduleDraft,
): Promise<Result<Id>> {
  const zone = draft.timeZone ?? (await teamById(db, team)).timeZone
  const written = withDraft(
    {
      id: newId(now, random),
      name: 'New schedule',
      timeZone: zone,
      useContactZone: false,
      skipHolidays: false,
      holidayRegion: null,
      extraHolidays: [],
      windows: [],
      always: false,
      isDefault: false,
    },
    draft,
  )
  if ('problem' in written) return refused(written.problem)
  const { schedule } = written
  await db.transaction(async (tx) => {
    await insertSchedule(tx, { team, schedule, now })
    if (draft.isDefault) await makeDefault(tx, { team, id: schedule.id, now })
  })
  return done(schedule.id)
}

export async function updateSchedule(
  db: Db,
  scheduling: Scheduling,
  { id, draft }: { id: Id; draft: ScheduleDraft },
): Promise<Result<Id>> {
  const { team, now } = scheduling
  const before = await scheduleById(db, { team, id })
  if (!before) return notFound()
  const written = withDraft(before, draft)
  if ('problem' in written) return refused(written.problem)
  const { schedule } = written
  await db.transaction(async (tx) => {
    const sequenceIds = await lockSequencesOn(tx, { team, scheduleId: id })
    await saveSchedule(tx, { team, schedule, now })
    if (draft.isDefault) await makeDefault(tx, { team, id, now })
    // Here, not with the people's new moments: a process that dies in between must not leave a lane asleep until the old opening.
    await bumpSequences(tx, { team, sequenceIds, now })
  })
  // Also when nothing differs, for those that are on: saving once more repairs what an earlier save did not come to.
  const changed = JSON.stringify(scheduleOf(before, now)) !== JSON.stringify(scheduleOf(schedule, now))
  for (const sequence of await sequencesOnSchedule(db, { team, id }))
    if (changed || sequence.active) await reschedule(db, scheduling, { sequenceId: sequence.id, schedule })
  return done(id)
}

/** One sequence a transaction: the people of many sequences must not all be locked at once. */
async function reschedule(
  db: Db,
  { team, actor, now, random }: Scheduling,
  { sequenceId, schedule }: { sequenceId: Id; schedule: NewSchedule },
): Promise<void> {
  const edit = await db.transaction(async (tx): Promise<Edit> => {
    await lockSequence(tx, { team, id: sequenceId })
    const steps = await stepsOf(tx, { team, sequenceIds: [sequenceId] })
    const made = { team, sequenceId, steps, schedule: scheduleOf(schedule, now), actor, now, random }
    await bumpSequences(tx, { team, sequenceIds: [sequenceId], now })
    await retimePeople(
      tx,
      made,
      steps.map((step) => step.id),
    )
    return made
  })
  // What was claimed was judged by the windows of before.
  await sweep(db, { team, of: { sequenceIds: [sequenceId] }, now, random })
  await lookAgain(db, edit, { stepIds: [], schedule: true })
}

export async function removeSchedule(db: Db, { team }: Scheduling, id: Id): Promise<Result<null>> {
  return db.transaction(async (tx): Promise<Result<null>> => {
    const schedule = await scheduleById(tx, { team, id })
    if (!schedule) return notFound()
    const users = await sequencesOnSchedule(tx, { team, id })
    if (users.length > 0)
      return refused(
        `The schedule "${schedule.name}" is used by ${users.length} ${users.length === 1 ? 'sequence' : 'sequences'}, such as "${users[0]!.name ?? users[0]!.id}". Give them another schedule first.`,
      )
    if (schedule.isDefault)
      return refused(
        `The schedule "${schedule.name}" is the default of new sequences. Make another one the default first.`,
      )
    await deleteSchedule(tx, { team, id })
    return done(null)
  })
}

/** The schedule as it would be, or the sentence that says why it cannot be. */
function withDraft(
  before: NewSchedule,
  draft: ScheduleDraft,
): { schedule: NewSchedule } | { problem: string } {
  const holidays = calendarOf(before.holidayRegion, draft)
  if ('problem' in holidays) return holidays
  const schedule = { ...merged(before, draft), holidayRegion: holidays.calendar }
  const problem = problemOf(schedule, draft)
  return problem === undefined ? { schedule } : { problem }
}

function calendarOf(
  before: string | null,
  { holidayCountry, holidayRegion }: ScheduleDraft,
): { calendar: string | null } | { problem: string } {
  if (holidayCountry === undefined && holidayRegion === undefined) return { calendar: before }
  const kept = before === null ? null : partsOf(before)
  const country = holidayCountry === undefined ? (kept?.country ?? null) : holidayCountry || null
  const same = country?.toLowerCase() === kept?.country.toLowerCase()
  const region = holidayRegion === undefined ? (same ? (kept?.region ?? null) : null) : holidayRegion || null
  if (country !== null) return holidayCalendar(country, region)
  return region === null
    ? { calendar: null }
    : { problem: `holiday_region is "${region}" and no country is named. Add holiday_country, such as DE.` }
}

function merged(before: NewSchedule, draft: ScheduleDraft): NewSchedule {
  const windows = draft.windows ? [...draft.windows] : before.windows
  return {
    ...before,
    name: draft.name?.trim() || before.name,
    timeZone: draft.timeZone ? (canonicalZone(draft.timeZone) ?? draft.timeZone) : before.timeZone,
    useContactZone: draft.useContactZone ?? before.useContactZone,
    skipHolidays: draft.skipHolidays ?? before.skipHolidays,
    extraHolidays: draft.extraHolidays ? [...draft.extraHolidays] : before.extraHolidays,
    windows,
    always: isAlways(windows),
  }
}

function problemOf(schedule: NewSchedule, draft: ScheduleDraft): string | undefined {
  const zone = zoneProblem(schedule.timeZone)
  if (zone !== undefined) return zone
  if (draft.windows === undefined && schedule.windows.length === 0) return undefined
  // Its own dates are judged, skipped or not; those of a country need no judging.
  const { timeZone, useContactZone, windows, extraHolidays } = schedule
  return scheduleProblem({ zone: timeZone, useContactZone, windows, holidays: extraHolidays })
}
