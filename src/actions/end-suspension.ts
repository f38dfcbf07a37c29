/**
 * Lets a mailbox go on that was stopped because too much of what it sent came back: with a fifth of its limit, and more every day. What was
 * sent before counts no more against it.
 */
import type { Db } from '../core/db.ts'
import type { Id } from '../core/ids.ts'
import { carefulReturn } from '../core/ramp-up.ts'
import { done, notFound, type Result, refused } from '../core/result.ts'
import { localDay, plainDate } from '../core/zone.ts'
import { writeActivities } from '../store/activities.ts'
import { mailboxById } from '../store/mailboxes.ts'
import { endSuspension } from '../store/reputation.ts'
import { teamById } from '../store/teams.ts'
import type { ActingOnMailbox } from './remove-mailbox.ts'

export async function endMailboxSuspension(
  db: Db,
  { team, userId, now, random }: ActingOnMailbox,
  id: Id,
): Promise<Result<null>> {
  return db.transaction(async (tx): Promise<Result<null>> => {
    const mailbox = await mailboxById(tx, { team, id })
    if (!mailbox) return notFound()
    const { timeZone } = await teamById(tx, team)
    const plan = carefulReturn(
      mailbox.dailyLimit,
      plainDate(localDay(timeZone, now)).toString(),
      mailbox.rampUp,
    )
    if (!(await endSuspension(tx, { team, id, now, plan })))
      return refused(`${mailbox.address} is not suspended: it sends as its limits allow.`)
    const activity = { kind: 'mailbox_resumed', actor: `user:${userId}`, mailboxId: id } as const
    await writeActivities(tx, { team, now, random, activities: [activity] })
    return done(null)
  })
}
