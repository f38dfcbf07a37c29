/**
 * What a mail means beyond its kind: somebody who has left or whom we meet is in no sequence any more, and whoever is named instead becomes
 * a task. A sender that their own server doubts changes nothing.
 */
import type { Db } from '../core/db.ts'
import { type Id, newId } from '../core/ids.ts'
import type { InboundReading } from '../core/inbound.ts'
import { isMeeting } from '../core/meeting.ts'
import { hasLeft, namedInstead } from '../core/named-instead.ts'
import type { Reason } from '../core/reason.ts'
import { moveToStage } from '../store/contact-stages.ts'
import { taskFrame } from '../store/inbound-marks.ts'
import { noteEffects } from '../store/mail-effects.ts'
import { markMeeting } from '../store/meetings.ts'
import { liveEnrollments, stop } from '../store/stops.ts'
import { insertTasks } from '../store/tasks.ts'
import { ACTOR, about, type Event, note } from './inbound-event.ts'
import type { Match } from './inbound-match.ts'

/** Kinds that a mailbox answers by itself. */
const BY_ITSELF: readonly InboundReading['kind'][] = ['auto_reply', 'out_of_office']

/** Which stops the meaning calls for; null: none. */
function endingOf(reading: InboundReading): Extract<Reason, 'left_company' | 'meeting'> | null {
  if (reading.senderDoubt !== null) return null
  // What a person writes of somebody's departure is an answer, and its class says so; a mailbox that answers by itself means its owner.
  if (hasLeft(reading) && BY_ITSELF.includes(reading.kind)) return 'left_company'
  return reading.calendar !== null && isMeeting(reading.calendar) ? 'meeting' : null
}

/** Written by who we wrote to, or quoting what we wrote: calendars quote nothing, and a stranger's invitation is nobody's meeting. */
function isTheirs({ sender }: Event, { message, proved }: Match): boolean {
  return proved || (sender !== null && sender === message.toAddress)
}

/** Before the effect of the kind: contacts and enrollments are locked before messages. Returns whose enrollments ended. */
export async function endForMeaning(tx: Db, event: Event, match: Match): Promise<Id[]> {
  const { message } = match
  const { team, inboundId, actor, now, random, reading } = event
  const { toAddress: address, id: messageId } = message
  const reason = endingOf(reading)
  if (reason === null || address === null || !isTheirs(event, match)) return []
  const happened = reason === 'meeting' ? 'demoed' : 'left_company'
  const { sequenceId } = message
  await moveToStage(tx, { team, address, event: happened, of: { sequenceId }, now, inboundId })
  // Whoever has left where the old address was is met at the new one.
  const mergedToo = reason === 'meeting'
  const enrollmentIds = await liveEnrollments(tx, { team, of: { addresses: [address], mergedToo } })
  const ending = { to: 'finished', reason } as const
  await stop(tx, { team, enrollmentIds, stop: ending, actor, now, random, messageId, inboundId })
  return enrollmentIds
}

/** After it: the number of the meeting, the activity, and the task. */
export async function recordMeaning(tx: Db, event: Event, match: Match): Promise<void> {
  const { message } = match
  const { team, inboundId, now, random, reading } = event
  const { contactId, mailboxId } = message
  if (contactId === null || reading.senderDoubt !== null || !isTheirs(event, match)) return
  const reason = endingOf(reading)
  if (reason === 'meeting') await markMeeting(tx, { team, contactId, now, inboundId })
  if (reason !== null) {
    const detail = {
      from: event.sender,
      words: reading.leftCompany?.words ?? reading.calendar?.summary ?? '',
    }
    await note(tx, event, { ...about(message), kind: reason, detail })
  }
  const frame = await taskFrame(tx, { team, contactId, mailboxId })
  const task = namedInstead(reading, frame.who)
  // Every mail to somebody who is away is answered with the same note.
  if (task === null || frame.openTitles.includes(task.title)) return
  const fields = {
    kind: 'action_item' as const,
    statusGiven: true,
    state: 'open' as const,
    priority: 'medium' as const,
    ...task,
    contactId,
    userId: frame.userId,
    creatorId: null,
    dueAt: now,
  }
  const tasks = [{ ...fields, id: newId(now, random) }]
  await insertTasks(tx, { team, tasks, actor: ACTOR, from: ACTOR, now })
  const effects = tasks.map(({ id }) => ({ kind: 'task' as const, subject: id, detail: {} }))
  await noteEffects(tx, { team, inboundId, effects })
}
