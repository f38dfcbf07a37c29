/** What a call does to the person who was called, by the team's outcome for it: in the one transaction that ends its task, or logs it. */
import type { CallEffect } from '../core/call-outcome.ts'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { withWrongNumber } from '../core/phone.ts'
import type { Random } from '../core/random.ts'
import type { Reason } from '../core/reason.ts'
import type { StageEvent } from '../core/stage-rules.ts'
import { writeActivities } from '../store/activities.ts'
import type { CallOutcomeRow } from '../store/call-outcomes.ts'
import { moveToStage, putAtStage } from '../store/contact-stages.ts'
import { type ContactRow, lockContact, savePhones } from '../store/contacts.ts'
import { liveWhereInterestEnds } from '../store/enrollments.ts'
import { markMeeting } from '../store/meetings.ts'
import { insertPhoneCall } from '../store/phone-calls.ts'
import { liveEnrollments, stop } from '../store/stops.ts'
import { endTasks, lockOpenTask } from '../store/task-ends.ts'
import type { TaskRow } from '../store/tasks.ts'

interface Call {
  note: string | null
  /** The number that was called; null: the first of the contact that a dialer takes. */
  toNumber: string | null
}

export interface CallMade extends Call {
  taskId: Id
  outcomeId: Id
  /** The person of the call is done with the sequence, whatever it came to. */
  finish: boolean
}

export interface Acting {
  team: TeamId
  userId: Id
  actor: string
  now: Instant
  random: Random
}

interface Followed extends CallMade {
  task: TaskRow
  outcome: CallOutcomeRow
}

/** Whom a call was made to, and what it came to. */
interface Outcome extends Call {
  contact: ContactRow
  outcome: CallOutcomeRow
}

/** How the enrollments end that an outcome ends; those of `finish` are one: that of the call. */
const REASONS: Partial<Record<CallEffect, Reason>> = {
  interested: 'interested',
  not_interested: 'marked_finished',
  meeting: 'meeting',
}
const STAGE_EVENTS: Partial<Record<CallEffect, StageEvent>> = {
  interested: 'interested',
  not_interested: 'not_interested',
  meeting: 'demoed',
}

/** The id of the task; none when somebody else has ended it meanwhile, or it is another person's now: then nothing is done. */
export async function followCall(tx: Db, acting: Acting, called: Followed): Promise<Id[]> {
  const { team } = acting
  const { task, outcome } = called
  const contact = task.contactId === null ? undefined : await lockContact(tx, { team, id: task.contactId })
  const ends = contact ? await endedBy(tx, team, { contact, outcome }) : []
  if (!(await lockOpenTask(tx, { team, task, enrollmentIds: ends }))) return []
  if (contact) await moveOrMark(tx, acting, { contact, sequenceId: task.sequenceId, ...called })
  const ended = await endTasks(tx, { ...acting, taskIds: [task.id], end: endOf(called, ends) })
  const others = ends.filter((id) => id !== enrollmentOf(task))
  if (contact) await endOthers(tx, acting, { contact, others, ...called })
  await keepCall(tx, acting, called)
  return ended
}

/**
 * The same of a call that was logged: no sequence is the one that it was made for, so `finish` ends none. The contact is locked, and nothing
 * after it in the lock order. Whoever calls sweeps what the contact has in hand.
 */
export async function followLoggedCall(tx: Db, acting: Acting, called: Outcome): Promise<void> {
  const others = await endedBy(tx, acting.team, called)
  await moveOrMark(tx, acting, { ...called, sequenceId: null })
  await endOthers(tx, acting, { ...called, others })
}

/** Under the id of its task. */
async function keepCall(
  tx: Db,
  { team, userId, now }: Acting,
  { task, outcome, note, toNumber }: Followed,
): Promise<void> {
  const about = { id: task.id, taskId: task.id, contactId: task.contactId, accountId: null, userId }
  const nothing = { purposeId: null, fromNumber: null, seconds: null }
  const made = { status: 'completed', logged: true, startsAt: now, endsAt: now } as const
  const call = { ...about, ...nothing, ...made, outcomeId: outcome.id, toNumber, note }
  await insertPhoneCall(tx, { team, call, now })
}

async function endOthers(
  tx: Db,
  acting: Acting,
  { others, ...called }: Outcome & { others: readonly Id[] },
): Promise<void> {
  const { effect } = called.outcome
  const reason = REASONS[effect] ?? 'marked_finished'
  await stop(tx, { ...acting, enrollmentIds: others, stop: { to: 'finished', reason } })
  if (effect === 'meeting') await countMeeting(tx, acting, called)
}

/** Enrollments of the person that end with it, besides that of the call. */
async function endedBy(
  tx: Db,
  team: TeamId,
  { contact, outcome }: Pick<Outcome, 'contact' | 'outcome'>,
): Promise<Id[]> {
  const contactIds = [contact.id]
  if (outcome.effect === 'interested') return liveWhereInterestEnds(tx, { team, contactIds })
  if (outcome.effect !== 'meeting' && outcome.effect !== 'not_interested') return []
  return liveEnrollments(tx, { team, of: { contactIds } })
}

/** The enrollment that a call is about: that of its step, or of the opened email that led to it. */
export const enrollmentOf = ({ enrollmentId, openedEnrollmentId }: TaskRow) =>
  enrollmentId ?? openedEnrollmentId

function endOf({ task, outcome, note, finish }: Followed, ends: readonly Id[]) {
  const { effect, answered } = outcome
  const own = enrollmentOf(task)
  const ending = own !== null && ends.includes(own)
  const talked: Reason = answered ? 'talked' : 'marked_finished'
  return {
    as: 'completed' as const,
    outcome: note,
    finish: finish || ending || effect === 'finish',
    because: ending ? (REASONS[effect] ?? talked) : effect === 'finish' ? talked : 'marked_finished',
    call: { outcomeId: outcome.id, name: outcome.name },
  }
}

async function moveOrMark(
  tx: Db,
  { team, now }: Acting,
  { contact, sequenceId, outcome, toNumber }: Outcome & { sequenceId: Id | null },
): Promise<void> {
  const { address, id: contactId } = contact
  const event = STAGE_EVENTS[outcome.effect]
  if (event !== undefined) await moveToStage(tx, { team, address, contactId, event, of: { sequenceId }, now })
  if (outcome.stageId !== null) await putAtStage(tx, { team, contactId, stageId: outcome.stageId, now })
  if (outcome.effect !== 'wrong_number') return
  await savePhones(tx, { team, id: contactId, phones: withWrongNumber(contact.phones, toNumber), now })
}

async function countMeeting(
  tx: Db,
  { team, actor, now, random }: Acting,
  { contact, note }: Outcome,
): Promise<void> {
  const messageId = await markMeeting(tx, { team, contactId: contact.id, now })
  const detail = { starts_at: null, note: note ?? '' }
  const activity = { kind: 'meeting', actor, contactId: contact.id, messageId, detail } as const
  await writeActivities(tx, { team, now, random, activities: [activity] })
}
