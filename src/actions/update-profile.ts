/** A person's own names, which their emails are signed with. Whoever was held for lack of one goes on. */
import type { Db } from '../core/db.ts'
import type { Id } from '../core/ids.ts'
import { done, notFound, type Result, refused } from '../core/result.ts'
import { type ProfileChange, saveProfile, touchMailboxesOf, type UserRow, userById } from '../store/users.ts'
import { type Filling, releaseForSender } from './release-filled.ts'

/** Of oneself; of somebody else by an admin alone. */
export async function updateProfile(
  db: Db,
  o: Filling & { byUserId: Id; id: Id; change: ProfileChange },
): Promise<Result<UserRow>> {
  const { team, id, byUserId, change, now } = o
  const by = await userById(db, { team, id: byUserId })
  if (id !== byUserId && by?.role !== 'admin')
    return refused('Only an admin changes the names of somebody else.')
  return db.transaction(async (tx): Promise<Result<UserRow>> => {
    const saved = await saveProfile(tx, { team, id, change, now })
    if (!saved) return notFound()
    await touchMailboxesOf(tx, { team, userId: id, now })
    await releaseForSender(tx, { ...o, userId: id })
    return done(saved)
  })
}
