/**
 * When sending is allowed: windows of the local week in the governing zone, without the holidays. Answers "is it open" and "when does
 * it open next" from intervals compiled once per week and zone; never decides whether a message goes.
 */
import { BoundedCache } from './bounded-cache.ts'
import { type Hours, type Interval, intervalsOf, join } from './calendar.ts'
import { DAY, type Instant, WEEK } from './clock.ts'
import { isZone, type LocalDay, localDay, localDayOf, weekdayOf } from './zone.ts'

/** One window of the week, in minutes of the local wall clock. Open from `opensAtMinute` to just before `closesAtMinute`. */
export interface Window {
  /** ISO: 1 is Monday, 7 is Sunday. */
  readonly day: number
  readonly opensAtMinute: number
  /** At most 1440, which is midnight at the end of the day. */
  readonly closesAtMinute: number
}

/** Never changed in place: a change is a new object, since what is compiled from one is remembered. */
export interface Schedule {
  readonly zone: string
  readonly useContactZone: boolean
  readonly windows: readonly Window[]
  /** Local dates, YYYY-MM-DD, already resolved for the country and region and with the team's own. */
  readonly holidays: readonly string[]
}

const everyDay = [1, 2, 3, 4, 5, 6, 7]
export const ALWAYS: readonly Window[] = everyDay.map((day) => ({
  day,
  opensAtMinute: 0,
  closesAtMinute: 1440,
}))
/** What the waits of a sequence without a schedule are counted by; the window gate holds its emails whatever it says. */
export const UNSCHEDULED: Schedule = { zone: 'UTC', useContactZone: true, windows: ALWAYS, holidays: [] }
export const WEEKDAYS_9_TO_5: readonly Window[] = everyDay
  .slice(0, 5)
  .map((day) => ({ day, opensAtMinute: 540, closesAtMinute: 1020 }))

/** How far ahead an opening is looked for: longer than a year, so that a year full of holidays is still passed. */
export const HORIZON_DAYS = 400
const HORIZON = HORIZON_DAYS * DAY
/** The widest range asked of `openIntervals`: a forecast looks ahead two years at most. */
const RANGE_MAX = 800 * DAY

/** The zone whose wall clock rules: the contact's if the schedule says so and it is known, else the schedule's. */
export function governingZone(schedule: Schedule, contactZone: string | null | undefined): string {
  if (!schedule.useContactZone || contactZone === null || contactZone === undefined) return schedule.zone
  return isZone(contactZone) ? contactZone : schedule.zone
}

export function isOpen(schedule: Schedule, zone: string, now: Instant): boolean {
  return intervalAt(weeksOf(schedule, zone), now) !== undefined
}

/** The first instant from `now` on at which it is open: `now` itself if it is; null if never within 400 days. */
export function nextOpening(schedule: Schedule, zone: string, now: Instant): Instant | null {
  const weeks = weeksOf(schedule, zone)
  const last = now + HORIZON
  for (let week = Math.floor(now / WEEK); week * WEEK <= last; week++)
    for (const interval of weeks.of(week))
      if (interval.closesAt > now) {
        const opening = Math.max(now, interval.opensAt)
        return opening <= last ? opening : null
      }
  return null
}

/** When the window that is open at `now` closes, at most 400 days ahead (what is always open never does); null if it is closed. */
export function closesAt(schedule: Schedule, zone: string, now: Instant): Instant | null {
  const weeks = weeksOf(schedule, zone)
  let interval = intervalAt(weeks, now)
  if (interval === undefined) return null
  // Intervals are cut at the ends of the weeks they are kept by.
  while (interval.closesAt % WEEK === 0 && interval.closesAt < now + HORIZON) {
    const next: Interval | undefined = intervalAt(weeks, interval.closesAt)
    if (next === undefined) break
    interval = next
  }
  return Math.min(interval.closesAt, now + HORIZON)
}

/** Everything open in [from, to), sorted, touching intervals joined. Throws a RangeError for more than 800 days. */
export function openIntervals(
  schedule: Schedule,
  zone: string,
  { from, to }: { from: Instant; to: Instant },
): Interval[] {
  if (to - from > RANGE_MAX)
    throw new RangeError(`open intervals over ${(to - from) / DAY} days; ask for 800 at most`)
  const weeks = weeksOf(schedule, zone)
  const intervals: Interval[] = []
  for (let week = Math.floor(from / WEEK); week * WEEK < to; week++)
    for (const interval of weeks.of(week)) {
      const clipped = {
        opensAt: Math.max(from, interval.opensAt),
        closesAt: Math.min(to, interval.closesAt),
      }
      if (clipped.opensAt < clipped.closesAt) join(intervals, clipped)
    }
  return intervals
}

/** Which rule keeps it closed at `now`: the holiday on that local date, else the windows; null if it is open. */
export function closedBy(schedule: Schedule, zone: string, now: Instant): 'window' | 'holiday' | null {
  const weeks = weeksOf(schedule, zone)
  if (intervalAt(weeks, now) !== undefined) return null
  return weeks.isHoliday(localDay(zone, now)) ? 'holiday' : 'window'
}

function intervalAt(weeks: Weeks, now: Instant): Interval | undefined {
  for (const interval of weeks.of(Math.floor(now / WEEK)))
    if (now < interval.closesAt) return interval.opensAt <= now ? interval : undefined
  return undefined
}

/** The intervals of one schedule in one zone, a week of UTC at a time (weeks counted from the epoch). */
interface Weeks {
  of(week: number): readonly Interval[]
  isHoliday(day: LocalDay): boolean
}

// Rows make a new object at every reading, hence two steps: by identity at once, by content once per object.
// The bounds keep the worst case near 20 MB: 1,000 pairs of rules and zone, each 128 weeks of a handful of intervals.
const byIdentity = new WeakMap<Schedule, { rules: string; byZone: Map<string, Weeks> }>()
const byContent = new BoundedCache<string, Weeks>(1_000)
const WEEKS_KEPT = 128

function weeksOf(schedule: Schedule, zone: string): Weeks {
  let kept = byIdentity.get(schedule)
  if (kept === undefined) {
    kept = { rules: rulesOf(schedule), byZone: new Map() }
    byIdentity.set(schedule, kept)
  }
  let weeks = kept.byZone.get(zone)
  if (weeks === undefined) {
    weeks = byContent.take(`${zone}|${kept.rules}`, () => compile(schedule, zone))
    kept.byZone.set(zone, weeks)
  }
  return weeks
}

function rulesOf({ windows, holidays }: Schedule): string {
  const hours = windows.map((window) => `${window.day}:${window.opensAtMinute}-${window.closesAtMinute}`)
  return `${hours.join()}|${holidays.join()}`
}

function compile(schedule: Schedule, zone: string): Weeks {
  const week: Hours[][] = everyDay.map(() => [])
  const windows = [...schedule.windows].sort((a, b) => a.opensAtMinute - b.opensAtMinute)
  for (const window of windows) week[window.day - 1]?.push(window)
  const holidays = new Set(schedule.holidays.map(localDayOf))
  const hoursOf = (day: LocalDay) => (holidays.has(day) ? [] : week[weekdayOf(day) - 1]!)
  const kept = new BoundedCache<number, Interval[]>(WEEKS_KEPT)
  return {
    of: (index) =>
      kept.take(index, () => intervalsOf(zone, { from: index * WEEK, to: (index + 1) * WEEK }, hoursOf)),
    isHoliday: (day) => holidays.has(day),
  }
}
