/** The calendar of one seed: when people act, when servers fail, when workers stand still; all before the last days, in which everything heals. */
import { DAY, HOUR, MINUTE, SECOND } from '../../src/core/clock.ts'
import { ACTS } from './acts.ts'
import { deleteFirstStep } from './edits.ts'
import { type Act, enrollMany, enrollNewcomers } from './people.ts'
import { stranger } from './raw-mails.ts'
import { between, pick } from './team.ts'
import { deleteColleague, removeOneMailbox } from './team-changes.ts'
import type { World } from './world.ts'

/** Weeks of faults, then as long as it takes for the rest. */
export interface Length {
  troubledDays: number
  /** What is sent under faults is what a seed is for: the calm end has few left to write to. */
  newcomersOnDays: readonly number[]
}

const SHORT: Length = { troubledDays: 33, newcomersOnDays: [5, 9, 14, 20] }
/** With its calm end more than ninety days. */
const LONG: Length = { troubledDays: 86, newcomersOnDays: [6, 16, 31, 48, 66] }
const LONG_NAME = /^long-/

export const lengthOf = (seed: string): Length => (LONG_NAME.test(seed) ? LONG : SHORT)

/** Acts and faults come as often in a long seed as in a short one. */
const ACTS_PER_DAY = 110 / SHORT.troubledDays
/** One in so many seeds: it costs many emails. */
const FIRST_STEP_GOES_IN = 6
/** Of so many seeds one loses somebody of the team, and one a mailbox. */
const SEEDS_PER_ROUND = 4
const TEAM_CHANGES: Readonly<Record<number, readonly [string, Act]>> = {
  1: ['delete a colleague', deleteColleague],
  2: ['remove a mailbox', removeOneMailbox],
}
/** While a mailbox sends it cannot be removed: people ask again. */
const ASKED_AFTER_MS = [0, 2 * HOUR, 5 * HOUR, 9 * HOUR]
/** The tables have grown much since they were last counted; plans for empty ones would go through them whole, again and again. */
const PLANNED_ANEW_MS = [2 * HOUR, 4 * DAY, 15 * DAY]

export function writeScript(world: World): void {
  const { scheduler, start, troubledMs } = world
  const at = (ms: number, act: () => void | Promise<void>) => scheduler.at(start + Math.floor(ms), act)
  writeActs(world, at)
  writeTeamChanges(world, at)
  writeMailFaults(world, at)
  writeOtherFaults(world, at)
  for (let day = 3; day < troubledMs / DAY; day += 5) at(day * DAY + 12 * HOUR, () => world.lookAtRows())
  for (const ms of PLANNED_ANEW_MS) at(ms, () => world.planAnew())
  at(troubledMs, () => world.calmDown())
}

type At = (ms: number, act: () => void | Promise<void>) => void

function writeActs({ processes, random, length, troubledMs, number }: World, at: At): void {
  at(HOUR, () => processes.ask('people', 'enroll', enrollMany))
  if (number % FIRST_STEP_GOES_IN === 2)
    at(9 * DAY - HOUR, () => processes.ask('people', 'delete the first step', deleteFirstStep))
  for (const day of length.newcomersOnDays)
    at(day * DAY, () => processes.ask('people', 'enroll newcomers', enrollNewcomers))
  at(20 * HOUR, () => processes.ask('people', 'activate', ACTS.find(([name]) => name === 'activate')![2]))
  const total = ACTS.reduce((sum, [, weight]) => sum + weight, 0)
  for (let i = 0; i < ACTS_PER_DAY * length.troubledDays; i++) {
    const lot = random.next() * total
    let passed = 0
    const [name, , act] = ACTS.find(([, weight]) => {
      passed += weight
      return lot < passed
    })!
    const desk = random.next() < 0.7 ? 'people' : 'clerk'
    at(random.next() * troubledMs, () => processes.ask(desk, name, act))
  }
}

function writeTeamChanges({ processes, random, number }: World, at: At): void {
  const day = between(6, 24, random)
  const [name, act] = TEAM_CHANGES[number % SEEDS_PER_ROUND] ?? []
  if (!name || !act) return
  for (const ms of ASKED_AFTER_MS) at(day * DAY + 8 * HOUR + ms, () => processes.ask('people', name, act))
}

function writeMailFaults(world: World, at: At): void {
  const { scheduler, random, tally, mail, length, troubledMs } = world
  const lasts = (from: number, to: number) => scheduler.now + between(from, to, random)
  const anyServer = () => pick([...mail.servers.values()], random)
  const times = (n: number, act: () => void) => {
    const often = n * (length.troubledDays / SHORT.troubledDays)
    for (let i = 0; i < often; i++) at(random.next() * troubledMs, act)
  }
  times(6, () => {
    anyServer().smtpAwayUntil = lasts(10 * MINUTE, 8 * HOUR)
  })
  times(2, () => {
    anyServer().smtpRefusesLoginUntil = lasts(HOUR, 20 * HOUR)
  })
  times(5, () => anyServer().inbox.goAway(lasts(5 * MINUTE, 30 * HOUR)))
  times(3, () => anyServer().inbox.refuseLogin(lasts(5 * MINUTE, 30 * HOUR)))
  times(1, () => {
    tally.count('IMAP: folders renumbered')
    anyServer().inbox.renumber()
  })
  times(4, () => {
    const { traits, inbox } = mail.servers.get(world.house.mailboxes[0]!.mailboxId)!
    inbox.put('INBOX', stranger({ id: random.hex(6), to: traits.address, at: scheduler.now }), scheduler.now)
  })
}

function writeOtherFaults(world: World, at: At): void {
  const { scheduler, random, processes, tally, server, workers, length, troubledMs } = world
  const sometime = () => random.next() * troubledMs
  for (let i = 0; i < length.troubledDays / 11; i++) {
    at(sometime(), () => {
      tally.count('database away')
      return server.goAway(scheduler.now + between(3 * SECOND, 90 * SECOND, random))
    })
    at(sometime(), () => processes.freeze(between(1, workers, random)))
  }
  at(sometime(), () =>
    world.suspend(pick(world.house.mailboxes, random).mailboxId, between(8, 40, random) * HOUR),
  )
  if (random.next() < 0.35) at(sometime() / 2, () => processes.pause(between(8, 10, random) * DAY))
  if (random.next() < 0.5) at(sometime(), () => world.fence(between(20, 300, random) * MINUTE))
}
