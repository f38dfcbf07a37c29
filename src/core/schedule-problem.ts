/** What is wrong with a schedule, in words for the person who wrote it. Checked where one enters; the rest trusts it. */
import type { Schedule, Window } from './schedule.ts'
import { localDayOf, zoneProblem } from './zone.ts'

/** More than one window per hour of the week is not a schedule that a person wrote. */
export const WINDOWS_MAX = 168
/** Holidays of twenty years, generously. */
export const HOLIDAYS_MAX = 2_000
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

/** The first thing that keeps this schedule from being used, as a sentence with the thing, the value and the way out. */
export function scheduleProblem(schedule: Schedule): string | undefined {
  const { windows, holidays } = schedule
  if (windows.length === 0)
    return 'The schedule has no window, so it would never open. Add at least one, such as Monday 9:00-17:00.'
  if (windows.length > WINDOWS_MAX)
    return `The schedule has ${windows.length} windows; it can have ${WINDOWS_MAX}. Merge some.`
  if (holidays.length > HOLIDAYS_MAX)
    return `The schedule has ${holidays.length} holidays; it can have ${HOLIDAYS_MAX}. Drop the past ones.`
  return (
    zoneProblem(schedule.zone) ??
    first(windows, windowProblem) ??
    overlapProblem(windows) ??
    first(holidays, holidayProblem)
  )
}

function first<T>(things: readonly T[], problem: (thing: T) => string | undefined): string | undefined {
  for (const thing of things) {
    const found = problem(thing)
    if (found !== undefined) return found
  }
  return undefined
}

function windowProblem(window: Window): string | undefined {
  const { day, opensAtMinute, closesAtMinute } = window
  if (!Number.isInteger(day) || day < 1 || day > 7)
    return `A window has day ${day}. Use 1 (Monday) to 7 (Sunday).`
  for (const minute of [opensAtMinute, closesAtMinute])
    if (!Number.isInteger(minute) || minute < 0 || minute > 1440)
      return `A window on ${DAYS[day - 1]} has minute ${minute}. Use whole minutes from 0 (0:00) to 1440 (24:00).`
  if (opensAtMinute < closesAtMinute) return undefined
  const opens = `The window on ${DAYS[day - 1]} opens at ${timeOf(opensAtMinute)} and closes at ${timeOf(closesAtMinute)}, so it never opens.`
  if (opensAtMinute === closesAtMinute || closesAtMinute === 0 || opensAtMinute === 1440)
    return `${opens} Let it close later than it opens; midnight at the end of the day is 24:00.`
  return `${opens} To go past midnight, split it into ${DAYS[day - 1]} ${timeOf(opensAtMinute)}-24:00 and ${DAYS[day % 7]} 0:00-${timeOf(closesAtMinute)}.`
}

function overlapProblem(windows: readonly Window[]): string | undefined {
  const sorted = [...windows].sort((a, b) => a.day - b.day || a.opensAtMinute - b.opensAtMinute)
  for (const [index, window] of sorted.entries()) {
    const next = sorted[index + 1]
    if (next === undefined || next.day !== window.day || next.opensAtMinute >= window.closesAtMinute) continue
    const closes = Math.max(window.closesAtMinute, next.closesAtMinute)
    return `The windows on ${DAYS[window.day - 1]} ${spanOf(window)} and ${spanOf(next)} overlap. Merge them into ${timeOf(window.opensAtMinute)}-${timeOf(closes)}.`
  }
  return undefined
}

function holidayProblem(holiday: string): string | undefined {
  if (localDayOf(holiday) !== undefined) return undefined
  return `The holiday "${String(holiday).slice(0, 40)}" is not a date. Write it as YYYY-MM-DD, such as 2027-12-25.`
}

function spanOf(window: Window): string {
  return `${timeOf(window.opensAtMinute)}-${timeOf(window.closesAtMinute)}`
}

function timeOf(minute: number): string {
  return `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`
}
