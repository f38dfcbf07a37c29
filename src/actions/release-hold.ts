/** Lets one person go on from the step they stand on: a hold that was mended, or a failure to be tried again. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { done, notFound, type Result, refused } from '../core/result.ts'
import { enrollmentById } from '../store/enrollment-reads.ts'
import { release, resume } from '../store/releases.ts'

export async function releaseHold(
  db: Db,
  o: { team: TeamId; enrollmentId: Id; actor: string; now: Instant; random: Random },
): Promise<Result<null>> {
  const { team, enrollmentId, actor, now, random } = o
  const row = await enrollmentById(db, { team, id: enrollmentId })
  if (!row) return notFound()
  if (row.holdReason === 'delivery_unknown')
    return refused(
      'Nobody knows whether the last email arrived. Look into the Sent folder, then say so: sent, or send again.',
      { code: 'delivery_unknown' },
    )
  if (row.state === 'active' && row.holdReason === 'task_open')
    return refused('A task of this step waits for a person. Complete or skip it under Tasks.', {
      code: 'task_open',
    })
  const enrollmentIds = [enrollmentId]
  const changed = await db.transaction((tx) =>
    row.state === 'paused'
      ? resume(tx, { team, enrollmentIds, actor, now, random })
      : release(tx, { team, enrollmentIds, actor, now, random }),
  )
  return changed.length > 0
    ? done(null)
    : refused('There is nothing to release: the person is neither held nor paused nor failed.', {
        code: 'nothing_to_release',
      })
}
