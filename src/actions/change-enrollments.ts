/** Pauses, resumes or finishes people of one sequence, as a person says. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id } from '../core/ids.ts'
import { enrollmentIdsIn } from '../store/enrollment-reads.ts'
import { release, resume } from '../store/releases.ts'
import { type InFlight, stopAndSweep } from '../store/stops.ts'
import type { Stopping } from './stop-enrollments.ts'

export const WANTED_STATES = ['paused', 'active', 'finished'] as const
export type WantedState = (typeof WANTED_STATES)[number]

const CHUNK = 5_000

/** `until`: when a pause ends by itself; null: a person resumes. Resuming also releases who is held. */
export async function changeEnrollments(
  db: Db,
  stopping: Stopping,
  of: { sequenceId: Id; contactIds: readonly Id[]; to: WantedState; until: Instant | null },
): Promise<{ transmitting: InFlight[] }> {
  const { team, actor, now, random } = stopping
  const found = await enrollmentIdsIn(db, {
    team,
    sequenceIds: [of.sequenceId],
    contactIds: [...new Set(of.contactIds)],
  })
  const enrollmentIds = found.map((one) => one.id)
  if (of.to === 'finished')
    return stopAndSweep(db, {
      ...stopping,
      enrollmentIds,
      stop: { to: 'finished', reason: 'marked_finished' },
    })
  if (of.to === 'paused')
    return stopAndSweep(db, {
      ...stopping,
      enrollmentIds,
      stop: { to: 'paused', reason: 'paused_by_person', until: of.until },
    })
  for (let i = 0; i < enrollmentIds.length; i += CHUNK) {
    const chunk = enrollmentIds.slice(i, i + CHUNK)
    await db.transaction(async (tx) => {
      await resume(tx, { team, enrollmentIds: chunk, actor, now, random })
    })
    await db.transaction(async (tx) => {
      await release(tx, { team, enrollmentIds: chunk, actor, now, random })
    })
  }
  return { transmitting: [] }
}
