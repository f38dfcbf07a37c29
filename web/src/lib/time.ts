/** How instants and durations read: "Tue 9:02 (in 14 h)". Pure; the caller says what time it is and in which zone. */

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const browserZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone

const formats = new Map<string, Intl.DateTimeFormat>()

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options)
  const made = formats.get(key) ?? new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone })
  formats.set(key, made)
  return made
}

export const weekday = (at: number, zone: string) => format(zone, { weekday: 'short' }).format(at)
export const clockTime = (at: number, zone: string) =>
  format(zone, { hour: 'numeric', minute: '2-digit', hourCycle: 'h23' })
    .format(at)
    .replace(/^0(?=\d)/, '')
export const dayAndMonth = (at: number, zone: string) =>
  format(zone, { day: 'numeric', month: 'short' }).format(at)
const year = (at: number, zone: string) => format(zone, { year: 'numeric' }).format(at)
const dayKey = (at: number, zone: string) =>
  format(zone, { year: 'numeric', month: '2-digit', day: '2-digit' }).format(at)

/** "2027-01-14": the date of a moment in a zone, as the API writes dates. */
export const isoDate = (at: number, zone: string) =>
  Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(at)

/** "Thu 27 May 2027" of a date written 2027-05-27. */
export const dateInWords = (date: string) => {
  const at = Date.parse(`${date}T12:00:00Z`)
  return `${weekday(at, 'UTC')} ${dayAndMonth(at, 'UTC')} ${year(at, 'UTC')}`
}

/** A sentence of the API, its dates as people write them. */
export const withDates = (sentence: string) =>
  sentence.replaceAll(/\b\d{4}-\d\d-\d\d\b/g, (date) => dateInWords(date))

/** "today 9:02", "Tue 9:02" within six days, "14 Jan 9:02" within the year, "14 Jan 2027 9:02" else. */
export function wallTime(at: number, now: number, zone: string): string {
  const time = clockTime(at, zone)
  if (dayKey(at, zone) === dayKey(now, zone)) return `today ${time}`
  if (Math.abs(at - now) < 6 * DAY) return `${weekday(at, zone)} ${time}`
  const date = dayAndMonth(at, zone)
  return year(at, zone) === year(now, zone) ? `${date} ${time}` : `${date} ${year(at, zone)} ${time}`
}

/** "Thu 14 Jan 2027, 9:00" */
export const fullTime = (at: number, zone: string) =>
  `${weekday(at, zone)} ${dayAndMonth(at, zone)} ${year(at, zone)}, ${clockTime(at, zone)}`

/** "14 h", "3 days", "5 min": the largest unit that says enough. */
export function span(ms: number): string {
  const size = Math.abs(ms)
  if (size < MINUTE) return 'under 1 min'
  if (size < HOUR) return `${Math.round(size / MINUTE)} min`
  if (size < 36 * HOUR) return `${Math.round(size / HOUR)} h`
  if (size < 60 * DAY) return `${Math.round(size / DAY)} days`
  return `${Math.round(size / (30.44 * DAY))} months`
}

export function fromNow(at: number, now: number): string {
  if (Math.abs(at - now) < MINUTE) return 'now'
  return at > now ? `in ${span(at - now)}` : `${span(now - at)} ago`
}

/** Minutes of a day as a clock reads them: 540 is "9:00", 1440 is "24:00". */
export const minuteOfDay = (minute: number) =>
  `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`

const UNITS: Record<string, string> = {
  second: 'second',
  minute: 'minute',
  hour: 'hour',
  day: 'day',
  week: 'week',
}

/** "2 days", "1 hour", "at once". */
export function waitInWords(amount: number, unit: string, businessDays = false): string {
  if (amount === 0) return 'at once'
  return `${amount} ${businessDays ? 'business ' : ''}${UNITS[unit] ?? unit}${amount === 1 ? '' : 's'}`
}

const UNIT_MS: Record<string, number> = { second: 1000, minute: MINUTE, hour: HOUR, day: DAY, week: 7 * DAY }
export const waitMs = (amount: number, unit: string) => amount * (UNIT_MS[unit] ?? DAY)

/** "America/New_York" as people write it. */
export const zoneName = (zone: string) => zone.replaceAll('_', ' ')
