/**
 * Every IANA zone and every change of its clock from 2000 to 2050, against a clock that is read minute by minute: when a schedule is open, and
 * when somebody gets an email a day.
 */
import { DAY, HOUR, type Instant, MINUTE } from '../../src/core/clock.ts'
import { dueAfter, type Wait } from '../../src/core/due.ts'
import { nextOpening, openIntervals, type Schedule, type Window } from '../../src/core/schedule.ts'
import { dayOf, type MinuteClock, minuteClock, type OpenMinutes, openMinutes } from './minute-clock.ts'

/** What was compared with the oracle, and where they differ; the first of those in words. */
export interface Compared {
  looked: number
  wrong: number
  first: string | null
}

export interface Around {
  schedules: readonly Schedule[]
  /** How far around a change every minute is looked at. */
  aroundMs: number
}

export const clocks = Intl.supportedValuesOf('timeZone').map(minuteClock)

const everyDay = (blocks: readonly (readonly [number, number])[]): Window[] =>
  [1, 2, 3, 4, 5, 6, 7].flatMap((day) =>
    blocks.map(([opensAtMinute, closesAtMinute]) => ({ day, opensAtMinute, closesAtMinute })),
  )
const scheduleWith = (windows: Window[], holidays: string[] = []): Schedule => ({
  zone: 'UTC',
  useContactZone: true,
  windows,
  holidays,
})

/** Blocks on both sides of midnight, inside and across every hour that a clock is put on or back in. */
const NIGHT = scheduleWith(
  everyDay([
    [0, 25],
    [70, 130],
    [145, 195],
    [200, 241],
    [540, 1020],
    [1370, 1440],
  ]),
)
export const SHORT: Around = { schedules: [NIGHT], aroundMs: 26 * HOUR }
export const LONG: Around = {
  schedules: [
    NIGHT,
    scheduleWith(everyDay([[0, 1440]])),
    scheduleWith(
      everyDay([
        [540, 720],
        [780, 1020],
      ]),
    ),
    scheduleWith(everyDay([[1380, 1440]])),
    scheduleWith(everyDay([[120, 180]])),
    scheduleWith(everyDay([[0, 1]])),
  ],
  aroundMs: 3 * DAY,
}

/** In which minutes it is open. */
export function minutesAroundChanges({ schedules, aroundMs }: Around): Compared {
  return compare(schedules, (one) => compareMinutes(one, aroundMs))
}

/** Emails of one a day: inside their window, once a date, and on every open date. */
export function dailyEmailsThroughChanges({ schedules }: Pick<Around, 'schedules'>): Compared {
  return compare(schedules, followDaily)
}

interface Change {
  schedule: Schedule
  oracle: OpenMinutes
  clock: MinuteClock
  change: Instant
}

interface Found {
  looked: number
  wrong: string[]
}

function compare(schedules: readonly Schedule[], look: (change: Change) => Found): Compared {
  const all: Compared = { looked: 0, wrong: 0, first: null }
  for (const schedule of schedules) {
    const oracle = openMinutes(schedule)
    for (const clock of clocks)
      for (const change of clock.changes) {
        const { looked, wrong } = look({ schedule, oracle, clock, change })
        all.looked += looked
        all.wrong += wrong.length
        all.first ??= wrong[0] ?? null
      }
  }
  return all
}

function compareMinutes({ schedule, oracle, clock, change }: Change, aroundMs: number): Found {
  const from = Math.floor(change / MINUTE) * MINUTE - aroundMs
  const to = from + 2 * aroundMs
  const intervals = openIntervals(schedule, clock.zone, { from, to })
  const wrong: string[] = []
  let index = 0
  for (let now = from; now < to; now += MINUTE) {
    while (index < intervals.length && intervals[index]!.closesAt <= now) index++
    const open = index < intervals.length && intervals[index]!.opensAt <= now
    if (open !== oracle.isOpen(clock.wallMinute(now)))
      wrong.push(`${clock.zone} at ${new Date(now).toISOString()}: ${open ? 'open' : 'closed'}`)
  }
  return { looked: (to - from) / MINUTE, wrong }
}

/** One email a day for somebody whose clock changes in the middle of it. */
const DAILY: Wait = { amount: 1, unit: 'day' }

function followDaily({ schedule, oracle, clock, change }: Change): Found {
  const from = Math.floor(change / MINUTE) * MINUTE - 2 * DAY - 7 * HOUR
  const until = change + 2 * DAY
  const where = (instant: Instant) =>
    `${clock.zone}, change ${new Date(change).toISOString()}, at ${new Date(instant).toISOString()}`
  const wrong: string[] = []
  let sentAt = nextOpening(schedule, clock.zone, from)!
  let looked = 1
  while (sentAt < until) {
    const due = dueAfter(DAILY, sentAt, { schedule, zone: clock.zone })
    const next = nextOpening(schedule, clock.zone, due)!
    const [before, after] = [dayOf(clock.wallMinute(sentAt)), dayOf(clock.wallMinute(next))]
    // Whatever opens between the end of the date before and this email would have been its moment.
    const isMoment = (now: Instant) => {
      const minute = clock.wallMinute(now)
      return dayOf(minute) > before && oracle.isOpen(minute)
    }
    if (!oracle.isOpen(clock.wallMinute(next))) wrong.push(`outside its window: ${where(next)}`)
    else if (after <= before) wrong.push(`twice on one date: ${where(next)}`)
    else if (minutesBetween(sentAt, next).some(isMoment)) wrong.push(`skipped a date before ${where(next)}`)
    sentAt = next
    looked++
  }
  return { looked, wrong }
}

const minutesBetween = (from: Instant, to: Instant): Instant[] =>
  Array.from({ length: Math.ceil((to - from) / MINUTE) }, (_, minute) => from + minute * MINUTE)
