/**
 * Random schedules in random zones at random instants from 2000 to 2050, half of them near a change of the clock, against an oracle that
 * goes minute by minute.
 */
import { DAY, type Instant, MINUTE } from '../../src/core/clock.ts'
import { dueAfter, type Wait, type WaitUnit } from '../../src/core/due.ts'
import type { Random } from '../../src/core/random.ts'
import { closesAt, isOpen, nextOpening, openIntervals, type Schedule } from '../../src/core/schedule.ts'
import { seededRandom } from '../../src/random.ts'
import { type Compared, clocks } from './clock-changes.ts'
import { dayOf, FROM, type MinuteClock, openMinutes, UNTIL } from './minute-clock.ts'

const whole = (random: Random, from: number, to: number) => from + Math.floor(random.next() * (to - from + 1))

/** Up to three blocks a day at any minutes, and up to four holidays in the days around. */
function randomSchedule(random: Random, near: Instant): Schedule {
  const windows = [1, 2, 3, 4, 5, 6, 7].flatMap((day) => {
    const edges = new Set(Array.from({ length: 2 * whole(random, 0, 3) }, () => whole(random, 0, 1440)))
    const sorted = [...edges].sort((a, b) => a - b)
    const blocks = sorted.slice(0, sorted.length - (sorted.length % 2))
    return blocks.flatMap((opensAtMinute, index) =>
      index % 2 === 0 ? [{ day, opensAtMinute, closesAtMinute: blocks[index + 1]! }] : [],
    )
  })
  if (windows.length === 0) return randomSchedule(random, near)
  const holidays = Array.from({ length: whole(random, 0, 4) }, () =>
    new Date(near + whole(random, -2, 12) * DAY).toISOString().slice(0, 10),
  )
  return { zone: 'UTC', useContactZone: true, windows, holidays }
}

function randomInstant(random: Random, { changes }: MinuteClock): Instant {
  if (changes.length > 0 && random.next() < 0.5) {
    const change = changes[whole(random, 0, changes.length - 1)]!
    return Math.floor(change / MINUTE) * MINUTE + whole(random, -1500, 300) * MINUTE
  }
  return Math.floor((FROM + random.next() * (UNTIL - 90 * DAY - FROM)) / MINUTE) * MINUTE
}

/** All that is decided from, and the minutes in which it is open. */
interface World {
  clock: MinuteClock
  schedule: Schedule
  from: Instant
  openAt: (instant: Instant) => boolean
  dateAt: (instant: Instant) => number
}

function randomWorld(random: Random): World {
  const clock = clocks[whole(random, 0, clocks.length - 1)]!
  const from = randomInstant(random, clock)
  const schedule = randomSchedule(random, from)
  const minutes = openMinutes(schedule)
  return {
    clock,
    schedule,
    from,
    openAt: (instant) => minutes.isOpen(clock.wallMinute(instant)),
    dateAt: (instant) => dayOf(clock.wallMinute(instant)),
  }
}

/** The first minute from `from` on that is what is looked for. */
function firstMinute(from: Instant, is: (instant: Instant) => boolean): Instant {
  for (let now = from; now < from + 90 * DAY; now += MINUTE) if (is(now)) return now
  throw new Error('the oracle looked 90 days ahead')
}

const show = ({ clock, schedule, from }: World) =>
  `${clock.zone} at ${new Date(from).toISOString()} with ${JSON.stringify(schedule)}`

const UNITS: Record<WaitUnit, number> = { second: 1 / 60, minute: 1, hour: 60, day: 1440, week: 10_080 }

/** Of any unit, from a minute to ten days; of business days, too. Whole minutes, as the oracle counts. */
function randomWait(random: Random): Wait {
  const unit = (['second', 'minute', 'hour', 'day', 'week'] as const)[whole(random, 0, 4)]!
  if (unit === 'day') return { unit, amount: whole(random, 1, 10), businessDays: random.next() < 0.5 }
  if (unit === 'week') return { unit, amount: whole(random, 1, 3) }
  const minutes = random.next() < 0.8 ? whole(random, 1, 1439) : whole(random, 1440, 5000)
  if (unit === 'hour') return { unit, amount: Math.ceil(minutes / 60) }
  return { unit, amount: unit === 'minute' ? minutes : minutes * 60 }
}

/** The rules of waiting, read aloud: every minute is asked whether it is open and which date it belongs to. */
function dueByMinutes({ unit, amount, businessDays }: Wait, world: World): Instant {
  const { from, openAt, dateAt } = world
  const minutes = amount * UNITS[unit]
  const today = dateAt(from)
  if (unit === 'day' && businessDays) {
    let opening = from
    for (let counted = 0, date = today; counted < amount; counted++) {
      const last = date
      opening = firstMinute(opening, (now) => dateAt(now) > last && openAt(now))
      date = dateAt(opening)
    }
    return opening
  }
  if (unit === 'day' || unit === 'week')
    return firstMinute(from, (now) => dateAt(now) >= today + minutes / 1440 && openAt(now))
  if (minutes >= 1440) return from + minutes * MINUTE
  const cap = sameTimeOn(dateAt(firstMinute(from, (now) => dateAt(now) > today && openAt(now))), world)
  let left = minutes
  for (let now = from; now < cap; now += MINUTE) {
    if (left === 0) return now
    if (openAt(now)) left--
  }
  return cap
}

/** The first minute at which the clock shows the time of `from` on that date; as much later as a gap is wide that swallowed it. */
function sameTimeOn(date: number, { from, clock }: World): Instant {
  const wanted = date * 1440 + (clock.wallMinute(from) - dayOf(clock.wallMinute(from)) * 1440)
  const found = firstMinute(from, (now) => {
    const [before, here] = [clock.wallMinute(now - MINUTE), clock.wallMinute(now)]
    return here === wanted || (before < wanted && wanted < here)
  })
  return clock.wallMinute(found) === wanted
    ? found
    : found + (wanted - clock.wallMinute(found - MINUTE) - 1) * MINUTE
}

/** Each run is one random world; `isRight` says whether Segue and the oracle agree about it. */
function compareWorlds(
  runs: number,
  seed: string,
  isRight: (world: World, random: Random) => boolean,
): Compared {
  const random = seededRandom(seed)
  const all: Compared = { looked: runs, wrong: 0, first: null }
  for (let run = 0; run < runs; run++) {
    const world = randomWorld(random)
    if (isRight(world, random)) continue
    all.wrong++
    all.first ??= show(world)
  }
  return all
}

/** Whether it is open, in each minute of three days. */
export function openMinutesOfRandomSchedules(runs: number): Compared {
  return compareWorlds(runs, 'open minutes', ({ from, schedule, clock, openAt }) => {
    const intervals = openIntervals(schedule, clock.zone, { from, to: from + 3 * DAY })
    let index = 0
    for (let now = from; now < from + 3 * DAY; now += MINUTE) {
      while (index < intervals.length && intervals[index]!.closesAt <= now) index++
      if ((index < intervals.length && intervals[index]!.opensAt <= now) !== openAt(now)) return false
    }
    return isOpen(schedule, clock.zone, from) === openAt(from)
  })
}

/** When it opens next, and when it closes then. */
export function openingsOfRandomSchedules(runs: number): Compared {
  return compareWorlds(runs, 'next opening', ({ from, schedule, clock, openAt }) => {
    const opening = firstMinute(from, openAt)
    return (
      nextOpening(schedule, clock.zone, from) === opening &&
      closesAt(schedule, clock.zone, opening) === firstMinute(opening, (now) => !openAt(now))
    )
  })
}

/** When waits of all units end; `met`: the units. */
export function waitsInRandomSchedules(runs: number): Compared & { met: ReadonlySet<string> } {
  const met = new Set<string>()
  const all = compareWorlds(runs, 'waits', (world, random) => {
    const wait = randomWait(random)
    met.add(wait.businessDays ? 'business day' : wait.unit)
    return (
      dueAfter(wait, world.from, { schedule: world.schedule, zone: world.clock.zone }) ===
      dueByMinutes(wait, world)
    )
  })
  return { ...all, met }
}
