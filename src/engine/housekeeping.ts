/**
 * What the engine does beside sending: folds statistics, judges who opened and clicked, resumes those whose pause has ended, skips tasks whose time is over, stops what
 * comes back too often, holds who would be written to from a removed mailbox, judges silence, and infers zones of people who were there before.
 */
import type { Clock, Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Random } from '../core/random.ts'
import type { Log } from '../log.ts'
import { endReadings, holdAtRemoved } from '../store/mailbox-removal.ts'
import { recoverUnvisited } from '../store/recoveries.ts'
import { endedPauses, resume } from '../store/releases.ts'
import { foldDeltas } from '../store/stats.ts'
import { endTasks, overdueTasks } from '../store/task-ends.ts'
import { isUnavailable } from '../store/unavailable.ts'
import { judgeVisits } from './judge-visits.ts'
import { stopWhatComesBack } from './reputation.ts'
import { askZones } from './unasked-zones.ts'
import { judgeUnanswered } from './unresponsive.ts'

/** Pauses and tasks end with the precision of this. */
const EVERY_MS = 1_000
/** Folding is for the speed of reading: numbers are exact without it. */
const FOLD_EVERY_MS = 10_000
/** What comes back too often is stopped, and who stays silent is judged, within this: days do not change faster, and counting costs. */
const JUDGE_EVERY_MS = 60_000
const PAUSES_PER_ROUND = 1_000
const TASKS_PER_ROUND = 1_000

export interface HouseOptions {
  db: Db
  clock: Clock
  random: Random
  log: Log
  signal: AbortSignal
  /** Somebody became due. */
  onWork: () => void
}

interface Duty {
  name: string
  /** Real time between two rounds. */
  everyMs: number
  /** True: somebody became due. */
  round: (now: { now: Instant; random: Random }) => Promise<boolean>
}

/** Each by itself: a fault in one keeps none of the others from being done. */
function dutiesOf({ db, clock, random }: HouseOptions): Duty[] {
  const quietly = (work: Promise<unknown>) => work.then(() => false)
  return [
    { name: 'pauses', everyMs: 0, round: async (at) => (await endPauses(db, at)) > 0 },
    { name: 'tasks', everyMs: 0, round: async (at) => (await skipOverdue(db, at)) > 0 },
    {
      name: 'recovery',
      everyMs: 0,
      round: ({ now }) => quietly(recoverUnvisited(db, { now, real: clock.real(), random })),
    },
    { name: 'removed mailboxes', everyMs: 0, round: (at) => quietly(holdAtRemoved(db, at)) },
    { name: 'last answers', everyMs: JUDGE_EVERY_MS, round: (at) => quietly(endReadings(db, at)) },
    { name: 'visits', everyMs: 0, round: (at) => quietly(judgeVisits(db, at)) },
    { name: 'numbers', everyMs: FOLD_EVERY_MS, round: () => quietly(foldDeltas(db)) },
    { name: 'reputation', everyMs: JUDGE_EVERY_MS, round: (at) => quietly(stopWhatComesBack(db, at)) },
    { name: 'zones', everyMs: 0, round: async (at) => (await askZones(db, at)) > 0 },
    { name: 'silence', everyMs: JUDGE_EVERY_MS, round: (at) => quietly(judgeUnanswered(db, at)) },
  ]
}

export async function keepHouse(options: HouseOptions): Promise<void> {
  const { clock, random, log, signal, onWork } = options
  const duties = dutiesOf(options)
  const doneAt = new Map<Duty, Instant>()
  while (!signal.aborted) {
    for (const duty of duties) {
      const real = clock.real()
      if (real - (doneAt.get(duty) ?? Number.NEGATIVE_INFINITY) < duty.everyMs) continue
      doneAt.set(duty, real)
      try {
        if (await duty.round({ now: clock.now(), random })) onWork()
      } catch (error) {
        if (!isUnavailable(error))
          log.error({ bug: 'housekeeping', duty: duty.name, err: error }, 'housekeeping met a fault')
      }
    }
    await clock.sleep(EVERY_MS, signal)
  }
}

/** Returns how many went on. */
export async function endPauses(db: Db, { now, random }: { now: Instant; random: Random }): Promise<number> {
  const ended = await endedPauses(db, { now, limit: PAUSES_PER_ROUND })
  const teams = Map.groupBy(ended, (one) => one.team)
  for (const [team, people] of teams) {
    const enrollmentIds = people.map((one) => one.id)
    await db.transaction((tx) => resume(tx, { team, enrollmentIds, actor: 'engine', now, random }))
  }
  return ended.length
}

/** Tasks that nobody has ended in their time: their people go on. Returns how many. */
export async function skipOverdue(
  db: Db,
  { now, random }: { now: Instant; random: Random },
): Promise<number> {
  const overdue = await overdueTasks(db, { now, limit: TASKS_PER_ROUND })
  const teams = Map.groupBy(overdue, (one) => one.team)
  let skipped = 0
  for (const [team, tasks] of teams) {
    const taskIds = tasks.map((one) => one.id)
    const end = { as: 'skipped', reason: 'auto_skipped', outcome: null } as const
    const ended = await db.transaction((tx) =>
      endTasks(tx, { team, taskIds, end, actor: 'engine', now, random, overdue: true }),
    )
    skipped += ended.length
  }
  return skipped
}
