/**
 * A meeting with a contact was arranged: all their sequences end, and they stand at Interested. Told by a person, or by a program that
 * books meetings.
 */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { done, notFound, type Result, refused } from '../core/result.ts'
import { writeActivities } from '../store/activities.ts'
import { moveToStage } from '../store/contact-stages.ts'
import { lockContact } from '../store/contacts.ts'
import { markMeeting } from '../store/meetings.ts'
import { type InFlight, liveEnrollments, stop, sweep } from '../store/stops.ts'

export interface Meeting {
  team: TeamId
  actor: string
  contactId: Id
  /** When it takes place; null: not said. */
  startsAt: Instant | null
  /** Of whoever tells it. */
  note: string
  now: Instant
  random: Random
}

export interface MeetingRecorded {
  /** Enrollments that ended for it. */
  finished: Id[]
  /** Emails that were leaving when it was told. */
  transmitting: InFlight[]
}

export async function recordMeeting(db: Db, meeting: Meeting): Promise<Result<MeetingRecorded>> {
  const { team, contactId, now, random } = meeting
  const ended = await db.transaction((tx) => end(tx, meeting))
  if (!ended.ok) return ended
  const { transmitting } = await sweep(db, { team, of: { contactIds: [contactId] }, now, random })
  return done({ finished: ended.value, transmitting })
}

async function end(
  tx: Db,
  { team, actor, contactId, startsAt, note, now, random }: Meeting,
): Promise<Result<Id[]>> {
  const contact = await lockContact(tx, { team, id: contactId })
  if (!contact) return notFound()
  if (contact.deletedAt !== null) return refused('This contact has been deleted.')
  const { address } = contact
  await moveToStage(tx, { team, address, contactId, event: 'demoed', of: { sequenceId: null }, now })
  const enrollmentIds = await liveEnrollments(tx, { team, of: { contactIds: [contactId] } })
  const ending = { to: 'finished', reason: 'meeting' } as const
  const stopped = await stop(tx, { team, enrollmentIds, stop: ending, actor, now, random })
  const messageId = await markMeeting(tx, { team, contactId, now })
  const detail = { starts_at: startsAt, note }
  const activity = { kind: 'meeting', actor, contactId, messageId, detail } as const
  await writeActivities(tx, { team, now, random, activities: [activity] })
  return done(stopped.map((one) => one.enrollmentId))
}
