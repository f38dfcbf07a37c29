/** Gives everybody who is held since their mailbox was removed to other mailboxes, dealt by what each of those may send today. */
import type { Db } from '../core/db.ts'
import type { Id } from '../core/ids.ts'
import { done, notFound, type Result, refused } from '../core/result.ts'
import { type Stranded, strandedAt } from '../store/removed-mailboxes.ts'
import { type MovingPeople, movePeople, targetsOf } from './move-people.ts'

export interface Giving {
  mailboxId: Id
  moveTo: readonly Id[]
  /** Nobody reads what still arrives there, and they are moved all the same: whoever has answered is written to again. */
  acceptUnread: boolean
}

/** Their next email leaves from there, in a new thread. Returns how many moved. */
export async function giveStranded(
  db: Db,
  moving: MovingPeople,
  { mailboxId, moveTo, acceptUnread }: Giving,
): Promise<Result<number>> {
  const { team } = moving
  const stranded = await strandedAt(db, { team, mailboxId })
  if (!stranded) return notFound()
  const to = await targetsOf(db, { team, from: mailboxId, ids: moveTo })
  if (!to.ok) return to
  if (!stranded.read && stranded.inThread > 0 && !acceptUnread) return unread(stranded)
  const enrollmentIds = stranded.ids
  return done((await movePeople(db, moving, { from: mailboxId, to: to.value, enrollmentIds })).length)
}

function unread({ address, inThread }: Stranded) {
  const people = inThread === 1 ? '1 person has' : `${inThread} people have`
  return refused(
    `${people} got emails from ${address}, and nobody reads it any more: whoever has answered since would be written to again. Finish them, or move them all the same (unread_answers=accept).`,
    { code: 'answers_unread', parameter: 'unread_answers' },
  )
}
