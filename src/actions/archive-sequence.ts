/** Archives a sequence: it stops, and everybody in it is finished. Nothing is deleted. */
import type { Db } from '../core/db.ts'
import { done, notFound, type Result } from '../core/result.ts'
import { writeActivities } from '../store/activities.ts'
import { lockSequence, setArchived } from '../store/sequence-writes.ts'
import { type InFlight, liveEnrollments, stopAndSweep } from '../store/stops.ts'
import type { Switching } from './activate-sequence.ts'

/** Archiving twice is harmless, and finishes whoever was added in between. Names what is transmitting. */
export async function archiveSequence(db: Db, switching: Switching): Promise<Result<InFlight[]>> {
  const { team, sequenceId, actor, now, random } = switching
  const archived = await db.transaction(async (tx): Promise<Result<null>> => {
    const locked = await lockSequence(tx, { team, id: sequenceId })
    if (!locked) return notFound()
    await setArchived(tx, { team, id: sequenceId, archived: true, now })
    if (locked.archivedAt === null)
      await writeActivities(tx, {
        team,
        activities: [{ kind: 'sequence_archived', actor, sequenceId }],
        now,
        random,
      })
    return done(null)
  })
  if (!archived.ok) return archived
  const enrollmentIds = await liveEnrollments(db, { team, of: { sequenceIds: [sequenceId] } })
  const { transmitting } = await stopAndSweep(db, {
    team,
    enrollmentIds,
    stop: { to: 'finished', reason: 'archived' },
    actor,
    now,
    random,
  })
  return done(transmitting)
}
