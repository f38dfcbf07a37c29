/** Gives everybody who is held since their mailbox was removed to other mailboxes, dealt by what each of those may send today. */
import type { Db } from '../core/db.ts'
import type { Id } from '../core/ids.ts'
import { done, notFound, type Result } from '../core/result.ts'
import { strandedAt } from '../store/removed-mailboxes.ts'
import { type MovingPeople, movePeople, targetsOf } from './move-people.ts'

/** Their next email leaves from there, in a new thread. Returns how many moved. */
export async function giveStranded(
  db: Db,
  moving: MovingPeople,
  { mailboxId, moveTo }: { mailboxId: Id; moveTo: readonly Id[] },
): Promise<Result<number>> {
  const { team } = moving
  const enrollmentIds = await strandedAt(db, { team, mailboxId })
  if (!enrollmentIds) return notFound()
  const to = await targetsOf(db, { team, from: mailboxId, ids: moveTo })
  if (!to.ok) return to
  return done((await movePeople(db, moving, { from: mailboxId, to: to.value, enrollmentIds })).length)
}
