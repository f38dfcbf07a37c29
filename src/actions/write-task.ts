/** Tasks that a person makes, changes, completes or skips. What ends the task of a step moves its person on. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { done, notFound, type Result, refused } from '../core/result.ts'
import { TASKS_AT_ONCE_MAX } from '../core/task.ts'
import { callOutcomeById } from '../store/call-outcomes.ts'
import { contactsByIds } from '../store/contacts.ts'
import { isUserOfTeam } from '../store/sequence-writes.ts'
import { type StopScope, sweep } from '../store/stops.ts'
import { endTasks, type TaskEnd } from '../store/task-ends.ts'
import { insertTasks, saveTask, type TaskFields, type TaskRow, taskById } from '../store/tasks.ts'
import { type Acting, type CallMade, enrollmentOf, followCall } from './follow-call.ts'

export interface Tasking {
  team: TeamId
  actor: string
  now: Instant
  random: Random
}

/** One for each contact, or one without any. `from`: who made it, as the wire says (`api`, `page`). */
export async function createTasks(
  db: Db,
  tasking: Tasking,
  o: { fields: Omit<TaskFields, 'contactId'>; contactIds: readonly Id[] | null; from: string },
): Promise<Result<Id[]>> {
  const { team, actor, now, random } = tasking
  const contactIds = o.contactIds === null ? [null] : [...new Set(o.contactIds)]
  if (contactIds.length > TASKS_AT_ONCE_MAX)
    return refused(
      `There are ${contactIds.length} contacts; one call makes at most ${TASKS_AT_ONCE_MAX} tasks.`,
    )
  return db.transaction(async (tx): Promise<Result<Id[]>> => {
    const wrong = await unknownIn(tx, team, {
      userId: o.fields.userId,
      contactIds: contactIds.flatMap((id) => id ?? []),
    })
    if (wrong) return wrong
    const tasks = contactIds.map((contactId) => ({ ...o.fields, contactId, id: newId(now, random) }))
    await insertTasks(tx, { team, tasks, actor, from: o.from, now })
    return done(tasks.map((one) => one.id))
  })
}

async function unknownIn(
  tx: Db,
  team: TeamId,
  { userId, contactIds }: { userId: Id; contactIds: readonly Id[] },
): Promise<ReturnType<typeof refused> | undefined> {
  if (!(await isUserOfTeam(tx, { team, id: userId })))
    return refused(`The user ${userId} is not a member of this team.`, { parameter: 'user_id' })
  const known = await contactsByIds(tx, { team, ids: contactIds })
  const unknown = contactIds.find((id) => (known.get(id)?.deletedAt ?? null) !== null || !known.has(id))
  return unknown === undefined
    ? undefined
    : refused(`The contact ${unknown} does not exist.`, { parameter: 'contact_id' })
}

/** What belongs to a step keeps its kind and contact: they are the step's. */
export async function updateTask(
  db: Db,
  tasking: Tasking,
  { id, fields }: { id: Id; fields: Partial<TaskFields> },
): Promise<Result<null>> {
  const { team, now } = tasking
  const changed = await db.transaction(async (tx): Promise<Result<TaskRow>> => {
    const before = await taskById(tx, { team, id })
    if (!before || before.state === 'cancelled') return notFound()
    const after = { ...before, ...fields }
    if (enrollmentOf(before) !== null && (after.kind !== before.kind || after.contactId !== before.contactId))
      return refused('This task belongs to a step of a sequence: its type and contact are those of the step.')
    const wrong = await unknownIn(tx, team, {
      userId: after.userId,
      contactIds: after.contactId === null || after.contactId === before.contactId ? [] : [after.contactId],
    })
    if (wrong) return wrong
    await saveTask(tx, { team, id, now }, after)
    return done(before)
  })
  if (!changed.ok) return changed
  const { state } = fields
  if (state === undefined || state === 'open' || state === changed.value.state) return done(null)
  const end: TaskEnd =
    state === 'completed'
      ? { as: 'completed', outcome: null, finish: false }
      : { as: 'skipped', reason: 'skipped_by_person', outcome: null }
  const ended = await endTask(db, tasking, { id, end })
  return ended.ok ? done(null) : ended
}

/** Recorded words for one that was ended before. */
const ENDED = 'This task is already completed / skipped.'
const MOVED =
  'The person of this task was merged with another contact at this moment. Look at the task again, then end it.'

/** `gone`: it was cancelled, because its person left the step. Whatever the draft of it had in hand is taken back. */
export async function endTask(
  db: Db,
  tasking: Tasking,
  { id, end }: { id: Id; end: TaskEnd },
): Promise<Result<'ended' | 'gone'>> {
  return endOpen(db, tasking, {
    id,
    // What else the task's person is in is not touched.
    of: (task) => {
      const about = enrollmentOf(task)
      return { enrollmentIds: about === null ? [] : [about] }
    },
    end: (tx) => endTasks(tx, { ...tasking, taskIds: [id], end }),
  })
}

/** A call was made, and came to one of the team's outcomes: what that does to the person is done with it. `toNumber`: the one that was called. */
export async function endCall(db: Db, acting: Acting, called: CallMade): Promise<Result<'ended' | 'gone'>> {
  const { team } = acting
  const task = await taskById(db, { team, id: called.taskId })
  if (task && task.kind !== 'call')
    return refused('Only a call comes to a call outcome. Leave phone_call_outcome_id out.', {
      parameter: 'phone_call_outcome_id',
    })
  const outcome = await callOutcomeById(db, { team, id: called.outcomeId })
  if (!outcome) return noSuchOutcome(called.outcomeId)
  return endOpen(db, acting, {
    id: called.taskId,
    of: ({ contactId }) => ({ contactIds: contactId === null ? [] : [contactId] }),
    end: (tx, open) => followCall(tx, acting, { task: open, outcome, ...called }),
  })
}

export const noSuchOutcome = (id: Id) =>
  refused(`The call outcome ${id} does not exist. GET /phone_call_outcomes lists those there are.`, {
    parameter: 'phone_call_outcome_id',
  })

interface EndOpen {
  id: Id
  /** Whose messages are swept when it is done. */
  of: (task: TaskRow) => StopScope
  /** Returns the ids that are ended. */
  end: (tx: Db, task: TaskRow) => Promise<Id[]>
}

async function endOpen(
  db: Db,
  { team, now, random }: Tasking,
  { id, of, end }: EndOpen,
): Promise<Result<'ended' | 'gone'>> {
  const task = await taskById(db, { team, id })
  const cannot = whyNotEnded(task)
  if (cannot || !task) return cannot ?? done('gone')
  const ended = await db.transaction((tx) => end(tx, task))
  if (ended.length === 0) {
    // Somebody else ended it, or sent it off, at the same moment; or its person was merged with another contact.
    const now = await taskById(db, { team, id })
    const isOfAnother = now !== undefined && now.contactId !== task.contactId
    const refusal = isOfAnother
      ? refused(MOVED, { code: 'moved_meanwhile' })
      : refused(ENDED, { allow_moving_to_next_task: true })
    return whyNotEnded(now) ?? refusal
  }
  await sweep(db, { team, of: of(task), now, random })
  return done('ended')
}

function whyNotEnded(task: TaskRow | undefined): Result<'gone'> | null {
  if (!task || task.state === 'cancelled') return done('gone')
  if (task.state !== 'open') return refused(ENDED, { allow_moving_to_next_task: true })
  return task.approvedAt === null
    ? null
    : refused('The email of this task was sent off; it ends by itself when the email has left.', {
        code: 'sent_off',
      })
}
