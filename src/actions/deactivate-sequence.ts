/** Turns a sequence off. Rewrites nobody: "sequence active" is a gate. What was claimed is taken back, what is transmitting is named. */
import type { Db } from '../core/db.ts'
import { done, notFound, type Result, refused } from '../core/result.ts'
import { writeActivities } from '../store/activities.ts'
import { lockSequence, setActive } from '../store/sequence-writes.ts'
import { type InFlight, sweep } from '../store/stops.ts'
import type { Switching } from './activate-sequence.ts'

/** When it has returned, nothing of the sequence leaves but the emails it names. */
export async function deactivateSequence(db: Db, switching: Switching): Promise<Result<InFlight[]>> {
  const { team, sequenceId, actor, now, random } = switching
  const off = await db.transaction(async (tx): Promise<Result<null>> => {
    const locked = await lockSequence(tx, { team, id: sequenceId })
    if (!locked) return notFound()
    if (!locked.active) return refused('The sequence is already inactive.')
    await setActive(tx, { team, id: sequenceId, active: false, now })
    await writeActivities(tx, {
      team,
      activities: [{ kind: 'sequence_deactivated', actor, sequenceId }],
      now,
      random,
    })
    return done(null)
  })
  if (!off.ok) return off
  const swept = await sweep(db, { team, of: { sequenceIds: [sequenceId] }, now, random })
  return done(swept.transmitting)
}
