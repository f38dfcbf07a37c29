/**
 * What the engine does beside sending: folds statistics, resumes those whose pause has ended, skips tasks whose time is over, stops what
 * comes back too often, and judges silence.
 */
import type { Clock, Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Random } from '../core/random.ts'
import type { Log } from '../log.ts'
import { recoverUnvisited } from '../store/recoveries.ts'
import { endedPauses, resume } from '../store/releases.ts'
import { foldDeltas } from '../store/stats.ts'
import { endTasks, overdueTasks } from '../store/task-ends.ts'
import { isUnavailable } from '../store/unavailable.ts'
import { stopWhatComesBack } from './reputation.ts'
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

export async function keepHouse({ db, clock, random, log, signal, onWork }: HouseOptions): Promise<void> {
  let foldedAt: Instant = clock.real()
  let judgedAt: Instant = Number.NEGATIVE_INFINITY
  while (!signal.aborted) {
    try {
      if ((await endPauses(db, { now: clock.now(), random })) > 0) onWork()
      if ((await skipOverdue(db, { now: clock.now(), random })) > 0) onWork()
      await recoverUnvisited(db, { now: clock.now(), real: clock.real(), random })
      if (clock.real() - foldedAt >= FOLD_EVERY_MS) {
        foldedAt = clock.real()
        await foldDeltas(db)
      }
      if (clock.real() - judgedAt >= JUDGE_EVERY_MS) {
        judgedAt = clock.real()
        await stopWhatComesBack(db, { now: clock.now(), random })
        await judgeUnanswered(db, { now: clock.now(), random })
      }
    } catch (error) {
      if (!isUnavailable(error)) log.error({ bug: 'housekeeping', err: error }, 'housekeeping met a fault')
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
