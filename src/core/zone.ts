/**
 * Time zones: which names exist, and what the wall clock of a zone shows at an instant. The one file of core that asks Temporal about
 * offsets; it never reads the clock.
 */
import { BoundedCache } from './bounded-cache.ts'
import { DAY, type Instant } from './clock.ts'

/** Days since 1970-01-01 on somebody's calendar: a local date as a number, so that a week later is `+ 7`. */
export type LocalDay = number

/** A stretch of time in which a zone keeps one offset from UTC: `from` included, `to` not. Either end may be infinite. */
export interface Stretch {
  readonly from: Instant
  readonly to: Instant
  readonly offsetMs: number
}

// There are about 600 IANA names with their links; the rest is room for misspelled ones.
const names = new BoundedCache<string, { canonical: string | undefined }>(2_000)
const timelines = new BoundedCache<string, Stretch[]>(1_000)
const NAME = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/
const NAME_MAX = 64
const TIMELINE_MAX = 64

/** Is this the name of an IANA zone, in any case? Bare offsets ("+02:00") are refused: they know no summer time. */
export function isZone(text: string): boolean {
  return canonicalZone(text) !== undefined
}

/** The name as the zone database writes it ("europe/berlin" is "Europe/Berlin"), or undefined if there is no such zone. */
export function canonicalZone(text: string): string | undefined {
  if (text.length > NAME_MAX || !NAME.test(text)) return undefined
  return names.take(text, (name) => ({ canonical: lookUp(name) })).canonical
}

function lookUp(name: string): string | undefined {
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId
  } catch {
    return undefined
  }
}

/** What is wrong with the name, in a sentence that names the nearest zone; undefined if nothing is. */
export function zoneProblem(text: string): string | undefined {
  if (isZone(text)) return undefined
  const near = nearestZone(text)
  const hint = near === undefined ? 'Use an IANA name such as "America/New_York".' : `Did you mean "${near}"?`
  return `There is no time zone "${text.slice(0, NAME_MAX)}". ${hint}`
}

function nearestZone(text: string): string | undefined {
  const wanted = text.trim().toLowerCase().replaceAll(' ', '_')
  if (wanted.length < 3 || wanted.length > NAME_MAX) return undefined
  let best: { name: string; distance: number } | undefined
  for (const name of Intl.supportedValuesOf('timeZone')) {
    const whole = name.toLowerCase()
    const city = whole.slice(whole.lastIndexOf('/') + 1)
    const given = wanted.includes('/') ? whole : city
    const distance = editDistance(wanted, given)
    if (best === undefined || distance < best.distance) best = { name, distance }
  }
  return best !== undefined && best.distance <= wanted.length / 3 ? best.name : undefined
}

/** Levenshtein's distance: how many letters to add, drop or change. Both texts are short (NAME_MAX). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]!
}

/** The stretch around `at`. Throws a RangeError for a zone that does not exist: names are checked where they enter. */
export function stretchAt(zone: string, at: Instant): Stretch {
  const timeline = timelines.take(zone, () => [])
  for (const stretch of timeline) if (stretch.from <= at && at < stretch.to) return stretch
  // "previous" is strictly before, so one millisecond later finds a change that happens at `at` itself.
  const before = Temporal.Instant.fromEpochMilliseconds(at + 1).toZonedDateTimeISO(zone)
  const here = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
  const made = {
    from: before.getTimeZoneTransition('previous')?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
    to: here.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    offsetMs: here.offsetNanoseconds / 1e6,
  }
  if (timeline.length >= TIMELINE_MAX) timeline.length = 0
  timeline.push(made)
  return made
}

/** The local date at `at`. */
export function localDay(zone: string, at: Instant): LocalDay {
  return Math.floor((at + stretchAt(zone, at).offsetMs) / DAY)
}

/** What the wall clock shows at `at`: milliseconds since its 0:00. */
export function clockTime(zone: string, at: Instant): number {
  return at + stretchAt(zone, at).offsetMs - localDay(zone, at) * DAY
}

/** The first instant of a local date; of the next one that exists, where a zone skipped the date (Apia, 2011-12-30). */
export function startOfDay(zone: string, day: LocalDay): Instant {
  return plainDate(day).toZonedDateTime(zone).epochMilliseconds
}

/** The last instant at which a local date begins: later than the first where a clock goes back over midnight (St. John's until 2011). */
export function lastStartOfDay(zone: string, day: LocalDay): Instant {
  return plainDate(day).toPlainDateTime().toZonedDateTime(zone, { disambiguation: 'later' }).epochMilliseconds
}

/**
 * The instant at which the wall clock shows `clock` (milliseconds since 0:00) on that date: the earlier one if it shows it twice,
 * and as much later as the gap is wide if it never does.
 */
export function atClockTime(zone: string, day: LocalDay, clock: number): Instant {
  const time = Temporal.PlainTime.from('00:00').add({ milliseconds: clock })
  return plainDate(day).toPlainDateTime(time).toZonedDateTime(zone).epochMilliseconds
}

export function plainDate(day: LocalDay): Temporal.PlainDate {
  return new Temporal.PlainDate(1970, 1, 1).add({ days: day })
}

/** A date written YYYY-MM-DD, or undefined if there is no such day. */
export function localDayOf(text: string): LocalDay | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).since('1970-01-01').days
  } catch {
    return undefined
  }
}

/** ISO weekday of a local date: 1 is Monday, 7 is Sunday. Day 0, 1970-01-01, was a Thursday. */
export function weekdayOf(day: LocalDay): number {
  return ((((day + 3) % 7) + 7) % 7) + 1
}
