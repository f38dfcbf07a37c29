/**
 * Deletes a contact: nothing more is sent to them, their tasks are cancelled, and what was claimed returns unsent. The ledger, their mails and
 * the do-not-contact list stay: who had opted out stays opted out, whoever adds the address again.
 */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { done, notFound, type Result, refused } from '../core/result.ts'
import { writeActivities } from '../store/activities.ts'
import { lockContact, saveContacts } from '../store/contacts.ts'
import { type InFlight, liveEnrollments, stop, sweep } from '../store/stops.ts'
import { cancelTasksOf } from '../store/tasks.ts'

export interface DeletingContact {
  team: TeamId
  actor: string
  contactId: Id
  now: Instant
  random: Random
}

export interface ContactDeleted {
  /** Enrollments that ended for it. */
  failed: Id[]
  /** Emails that were leaving when it was deleted. */
  transmitting: InFlight[]
}

export async function deleteContact(db: Db, deleting: DeletingContact): Promise<Result<ContactDeleted>> {
  const { team, contactId, now, random } = deleting
  const ended = await db.transaction((tx) => end(tx, deleting))
  if (!ended.ok) return ended
  const { transmitting } = await sweep(db, { team, of: { contactIds: [contactId] }, now, random })
  return done({ failed: ended.value, transmitting })
}

async function end(tx: Db, { team, actor, contactId, now, random }: DeletingContact): Promise<Result<Id[]>> {
  const row = await lockContact(tx, { team, id: contactId })
  if (!row) return notFound()
  if (row.deletedAt !== null) return refused('This contact has been deleted.')
  await saveContacts(tx, { team, contacts: [{ ...row, deletedAt: now, updatedAt: now }] })
  const enrollmentIds = await liveEnrollments(tx, { team, of: { contactIds: [contactId] } })
  const ending = { to: 'failed', reason: 'contact_deleted' } as const
  const stopped = await stop(tx, { team, enrollmentIds, stop: ending, actor, now, random })
  await cancelTasksOf(tx, { team, contactId, actor, now })
  const activity = { kind: 'contact_deleted', actor, contactId, detail: { failed: stopped.length } } as const
  await writeActivities(tx, { team, now, random, activities: [activity] })
  return done(stopped.map((one) => one.enrollmentId))
}
