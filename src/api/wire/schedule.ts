/** Schedules as the wire says them: hours by the name of the day, and beside them our windows in minutes. */
import { Type } from 'typebox'
import { DAY, type Instant } from '../../core/clock.ts'
import { comingHolidays, partsOf } from '../../core/holidays.ts'
import type { Window } from '../../core/schedule.ts'
import type { ScheduleRow } from '../../store/schedules.ts'
import { iso } from './instant.ts'

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const

export const WindowOnWire = Type.Object({
  day: Type.Integer({ description: '1 is Monday, 7 is Sunday.' }),
  opens_at_minute: Type.Integer(),
  closes_at_minute: Type.Integer({ description: 'At most 1440, midnight at the end of the day.' }),
})

export const Holiday = Type.Object({
  date: Type.String({ description: 'YYYY-MM-DD, in the zone that governs.' }),
  name: Type.String(),
})

export const EmailerSchedule = Type.Object({
  id: Type.String(),
  name: Type.String(),
  default: Type.Boolean(),
  time_zone: Type.String(),
  schedule_hash: Type.Record(Type.String(), Type.Array(Type.Array(Type.Number()))),
  created_at: Type.String(),
  use_contacts_time_zone: Type.Boolean(),
  skip_holidays: Type.Boolean(),
  windows: Type.Array(WindowOnWire),
  always: Type.Boolean(),
  extra_holidays: Type.Array(Type.String()),
  holiday_country: Type.Union([Type.String(), Type.Null()]),
  holiday_region: Type.Union([Type.String(), Type.Null()]),
  upcoming_holidays: Type.Array(Holiday, {
    description: 'What skip_holidays skips in the 365 days from today; empty while it is off.',
  }),
})

export function wireSchedule(row: ScheduleRow, now: Instant) {
  const holidays = row.holidayRegion === null ? null : partsOf(row.holidayRegion)
  return {
    id: row.id,
    name: row.name,
    default: row.isDefault,
    time_zone: row.timeZone,
    schedule_hash: hashOf(row.windows),
    created_at: iso(row.createdAt),
    use_contacts_time_zone: row.useContactZone,
    skip_holidays: row.skipHolidays,
    windows: row.windows.map((window) => ({
      day: window.day,
      opens_at_minute: window.opensAtMinute,
      closes_at_minute: window.closesAtMinute,
    })),
    always: row.always,
    extra_holidays: row.extraHolidays,
    holiday_country: holidays?.country ?? null,
    holiday_region: holidays?.region ?? null,
    upcoming_holidays: row.skipHolidays ? upcoming(row, now) : [],
  }
}

/** The team's own among the public ones, in order of date. */
function upcoming({ holidayRegion, extraHolidays }: ScheduleRow, now: Instant) {
  const own = extraHolidays.map((date) => ({ date, name: 'Own day off' }))
  const from = new Date(now).toISOString().slice(0, 10)
  const to = new Date(now + 365 * DAY).toISOString().slice(0, 10)
  return [...(holidayRegion === null ? [] : comingHolidays(holidayRegion, now)), ...own]
    .filter(({ date }) => date >= from && date < to)
    .sort((a, b) => (a.date < b.date ? -1 : 1))
    .filter(({ date }, index, all) => all[index - 1]?.date !== date)
}

function hashOf(windows: readonly Window[]): Record<string, number[][]> {
  const hash: Record<string, number[][]> = {}
  const sorted = [...windows].sort((a, b) => a.day - b.day || a.opensAtMinute - b.opensAtMinute)
  for (const { day, opensAtMinute, closesAtMinute } of sorted) {
    const name = DAYS[day - 1]!
    hash[name] ??= []
    hash[name].push([opensAtMinute / 60, closesAtMinute / 60])
  }
  return hash
}

/** Windows of a schedule_hash, or the sentence that says what is wrong with it. Half hours are fractions: 9.5 is 9:30. */
export function windowsOf(hash: Record<string, unknown>): { windows: Window[] } | { problem: string } {
  const windows: Window[] = []
  for (const [name, pairs] of Object.entries(hash)) {
    const day = DAYS.indexOf(name.toLowerCase() as (typeof DAYS)[number]) + 1
    if (day === 0)
      return { problem: `The schedule_hash has the day "${name.slice(0, 40)}". Use monday to sunday.` }
    if (!Array.isArray(pairs))
      return { problem: `The hours of ${name} are not a list of pairs such as [[9, 17]].` }
    for (const pair of pairs as unknown[]) {
      const hours = Array.isArray(pair) ? pair.map(Number) : []
      if (hours.length !== 2 || hours.some((hour) => !Number.isFinite(hour)))
        return {
          problem: `The hours of ${name} have ${JSON.stringify(pair)}; a pair such as [9, 17] was expected.`,
        }
      windows.push({
        day,
        opensAtMinute: Math.round(hours[0]! * 60),
        closesAtMinute: Math.round(hours[1]! * 60),
      })
    }
  }
  return { windows }
}
