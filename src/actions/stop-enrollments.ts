/** Ends enrollments because a person says so, in one of three ways. When it has returned, nothing leaves but the emails it names. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Stop } from '../core/enrollment.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { enrollmentIdsIn } from '../store/enrollment-reads.ts'
import { type InFlight, stopAndSweep } from '../store/stops.ts'

export const STOP_MODES = ['mark_as_finished', 'remove', 'stop'] as const
export type StopMode = (typeof STOP_MODES)[number]

const STOPS: Record<StopMode, Stop> = {
  mark_as_finished: { to: 'finished', reason: 'marked_finished' },
  stop: { to: 'finished', reason: 'stopped' },
  remove: { to: 'removed' },
}

export interface Stopping {
  team: TeamId
  actor: string
  now: Instant
  random: Random
}

/** Of these contacts, in these sequences. Whoever is finished already stays as they are, but for `remove`. */
export async function stopEnrollments(
  db: Db,
  { team, actor, now, random }: Stopping,
  of: { sequenceIds: readonly Id[]; contactIds: readonly Id[]; mode: StopMode; why?: string },
): Promise<{ transmitting: InFlight[] }> {
  const enrollments = await enrollmentIdsIn(db, {
    team,
    sequenceIds: of.sequenceIds,
    contactIds: [...new Set(of.contactIds)],
  })
  return stopAndSweep(db, {
    team,
    enrollmentIds: enrollments.map((one) => one.id),
    stop: STOPS[of.mode],
    actor,
    now,
    random,
    ...(of.why === undefined ? {} : { detail: of.why }),
  })
}
