/**
 * When the next step of an enrollment is due, from the moment the previous one was done. Only waits: what windows, limits and holds do
 * to a step that is due is the gates' matter.
 */
import { DAY, HOUR, type Instant, MINUTE, SECOND, WEEK } from './clock.ts'
import { governingZone, nextOpening, openIntervals, type Schedule, UNSCHEDULED } from './schedule.ts'
import { atClockTime, clockTime, type LocalDay, lastStartOfDay, localDay, startOfDay } from './zone.ts'

export type WaitUnit = 'second' | 'minute' | 'hour' | 'day' | 'week'

export interface Wait {
  /** Whole and not negative. 0 is due at once. */
  readonly amount: number
  readonly unit: WaitUnit
  /** Of days only: counts the dates on which the schedule opens, and no others. */
  readonly businessDays?: boolean
}

const unitMs: Record<WaitUnit, number> = { second: SECOND, minute: MINUTE, hour: HOUR, day: DAY, week: WEEK }

export const WAIT_UNITS = Object.keys(unitMs) as readonly WaitUnit[]
/** Ten years: past that a number is a mistake, and dates stay far inside what Temporal and PostgreSQL can hold. */
export const WAIT_MAX_DAYS = 3650

/** What is wrong with a wait, as a sentence; undefined if nothing is. */
export function waitProblem({ amount, unit, businessDays = false }: Wait): string | undefined {
  if (!Object.hasOwn(unitMs, unit))
    return `The wait has the unit "${unit}". Use ${WAIT_UNITS.slice(0, -1).join(', ')} or week.`
  if (!Number.isInteger(amount) || amount < 0)
    return `The wait is ${amount} ${unit}s. Use a whole number, 0 or more.`
  if (amount * unitMs[unit] > WAIT_MAX_DAYS * DAY)
    return `The wait is ${amount} ${unit}s, longer than ${WAIT_MAX_DAYS} days. Choose a shorter one.`
  if (businessDays && unit !== 'day')
    return `The wait is ${amount} business ${unit}s. Only days can be business days: 2 weeks are 10 of them.`
  return undefined
}

/** When a step says that it is due: at its date, or else after its wait. */
export interface StepTime {
  readonly waitAmount: number
  readonly waitUnit: WaitUnit
  readonly businessDays: boolean
  /** Of a sequence by exact time; it may have passed. */
  readonly exactAt: Instant | null
}

/** When somebody who enters `step` at `from` is due there. `zone`: the contact's own; without a schedule its clock rules. */
export function dueOn(
  step: StepTime,
  from: Instant,
  o: { schedule: Schedule | null; zone: string | null },
): Instant {
  if (step.exactAt !== null) return step.exactAt
  const schedule = o.schedule ?? UNSCHEDULED
  const wait = { amount: step.waitAmount, unit: step.waitUnit, businessDays: step.businessDays }
  return dueAfter(wait, from, { schedule, zone: governingZone(schedule, o.zone) })
}

/**
 * When a step is due whose wait begins at `from`, in the governing zone.
 *
 * Under 24 hours the wait elapses in open window time (16:57 + 5 minutes in a 9-17 window is 9:02 on the next open day), but never
 * later than the same clock time on the next open day. Of 24 hours or more, days and weeks are due at the opening of their local
 * date (of the next open one, if that is closed), business days at the opening of the last of so many open dates; seconds, minutes and hours are exact elapsed time, which may lie outside a window:
 * the window gate then says when it opens.
 */
export function dueAfter(
  wait: Wait,
  from: Instant,
  { schedule, zone }: { schedule: Schedule; zone: string },
): Instant {
  const length = wait.amount * unitMs[wait.unit]
  if (length === 0) return from
  if (length < DAY) return afterOpenTime(length, from, { schedule, zone })
  if (wait.unit !== 'day' && wait.unit !== 'week') return from + length
  const today = localDay(zone, from)
  if (wait.businessDays) return afterOpenDays(wait.amount, today, { schedule, zone })
  const date = today + length / DAY
  return openingFrom(date, schedule, zone) ?? startOfDay(zone, date)
}

/** The first opening on a local date or a later one; null if there is none. */
function openingFrom(day: LocalDay, schedule: Schedule, zone: string): Instant | null {
  const opening = nextOpening(schedule, zone, startOfDay(zone, day))
  if (opening === null || localDay(zone, opening) >= day) return opening
  // Where a clock goes back over midnight, the last hour of the date before comes again after this one began.
  return nextOpening(schedule, zone, lastStartOfDay(zone, day))
}

/** The opening of the `count`-th date after `today` on which it opens at all. */
function afterOpenDays(
  count: number,
  today: LocalDay,
  { schedule, zone }: { schedule: Schedule; zone: string },
): Instant {
  let day = today
  let opening: Instant | null = null
  for (let counted = 0; counted < count; counted++) {
    opening = openingFrom(day + 1, schedule, zone)
    // It opens never again within the horizon: the window gate says so to a person.
    if (opening === null) return startOfDay(zone, day + 1)
    day = localDay(zone, opening)
  }
  return opening ?? startOfDay(zone, today)
}

/** The earliest instant before which `length` of open time has passed since `from`, but not after the cap. */
function afterOpenTime(
  length: number,
  from: Instant,
  { schedule, zone }: { schedule: Schedule; zone: string },
): Instant {
  const latest = sameTimeNextOpenDay(from, schedule, zone)
  if (latest === null) return from + length
  let left = length
  for (const interval of openIntervals(schedule, zone, { from, to: latest })) {
    const open = interval.closesAt - interval.opensAt
    if (left <= open) return interval.opensAt + left
    left -= open
  }
  return latest
}

/** Null if the schedule never opens again. */
function sameTimeNextOpenDay(from: Instant, schedule: Schedule, zone: string): Instant | null {
  const tomorrow = localDay(zone, from) + 1
  const opening = openingFrom(tomorrow, schedule, zone)
  return opening === null ? null : atClockTime(zone, localDay(zone, opening), clockTime(zone, from))
}
