/** Is a schedule open at an instant? Worked out from the calendar of Intl alone, apart from the code under test. */
import type { Instant } from '../../src/core/clock.ts'

export interface ScheduleRow {
  time_zone: string
  use_contact_zone: boolean
  skip_holidays: boolean
  extra_holidays: string[]
  windows: { day: number; opensAtMinute: number; closesAtMinute: number }[]
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  formats.set(zone, made)
  return made
}

export interface LocalTime {
  /** 1 is Monday. */
  day: number
  date: string
  minute: number
}

export function localTime(zone: string, at: Instant): LocalTime {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  )
  return {
    day: DAYS.indexOf(parts['weekday']!) + 1,
    date: `${parts['year']}-${parts['month']}-${parts['day']}`,
    minute: Number(parts['hour']) * 60 + Number(parts['minute']),
  }
}

export function isOpenAt(schedule: ScheduleRow, contactZone: string | null, at: Instant): boolean {
  const zone = schedule.use_contact_zone && contactZone ? contactZone : schedule.time_zone
  const { day, date, minute } = localTime(zone, at)
  if (schedule.skip_holidays && schedule.extra_holidays.includes(date)) return false
  return schedule.windows.some(
    (window) => window.day === day && minute >= window.opensAtMinute && minute < window.closesAtMinute,
  )
}
