/** Dates as numbers (`LocalDay`) without a zone: what a written date, a weekday or the number of a week means. */
import { DAY } from './clock.ts'
import { type LocalDay, weekdayOf } from './zone.ts'

/** Undefined when there is no such day. */
export function dayOf(year: number, month: number, day: number): LocalDay | undefined {
  const date = new Date(Date.UTC(year, month - 1, day))
  const exists = month >= 1 && month <= 12 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return exists ? date.getTime() / DAY : undefined
}

/** `2027-03-12`. */
export function isoDate(day: LocalDay): string {
  return new Date(day * DAY).toISOString().slice(0, 10)
}

export function partsOf(day: LocalDay): { year: number; month: number; day: number } {
  const date = new Date(day * DAY)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

/** The next such date, `from` included: four years on for a 29 February. */
export function nextDate(month: number, day: number, from: LocalDay): LocalDay | undefined {
  const { year } = partsOf(from)
  for (let later = 0; later <= 8; later++) {
    const date = dayOf(year + later, month, day)
    if (date !== undefined && date >= from) return date
  }
  return undefined
}

/** The next such day of a month, `from` included. */
export function nextDayOfMonth(day: number, from: LocalDay): LocalDay | undefined {
  const { year, month } = partsOf(from)
  for (let later = 0; later <= 2; later++) {
    const date = dayOf(year + Math.floor((month - 1 + later) / 12), ((month - 1 + later) % 12) + 1, day)
    if (date !== undefined && date >= from) return date
  }
  return undefined
}

export function lastOfMonth(year: number, month: number): LocalDay {
  return Date.UTC(year, month, 0) / DAY
}

/** The next such weekday after `from`; 1 is Monday. */
export function nextWeekday(weekday: number, from: LocalDay): LocalDay {
  return from + ((weekday - weekdayOf(from) + 6) % 7) + 1
}

export function mondayOf(day: LocalDay): LocalDay {
  return day - weekdayOf(day) + 1
}

/** The Monday of an ISO week that is not over on `from`. */
export function mondayOfWeek(week: number, from: LocalDay): LocalDay | undefined {
  if (week < 1 || week > 53) return undefined
  for (const year of [partsOf(from).year - 1, partsOf(from).year, partsOf(from).year + 1]) {
    // 4 January is always in week 1 (ISO 8601).
    const monday = mondayOf(Date.UTC(year, 0, 4) / DAY) + (week - 1) * 7
    if (monday + 6 >= from) return monday
  }
  return undefined
}
