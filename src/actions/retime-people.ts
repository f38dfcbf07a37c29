/**
 * What an edit of a live sequence means for the people in it: those on a deleted step go on with the next one, those whose wait changed
 * get another moment, those held for a wording are looked at again. Called inside or after the transaction of the edit, never decides
 * whether anything is sent.
 */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { dueOn } from '../core/due.ts'
import { isFollowUp, rankOf } from '../core/enrollment.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import type { HoldReason } from '../core/reason.ts'
import type { Schedule } from '../core/schedule.ts'
import { isSentByItself } from '../core/sequence.ts'
import { heldFor, leasedOn, lockWaiting, type Retimed, retime, type Waiting } from '../store/enrollments.ts'
import { bumpSequences } from '../store/lanes.ts'
import { redraft, release } from '../store/releases.ts'
import { lockSequence } from '../store/sequence-writes.ts'
import { addDeltas, type PeopleMetric } from '../store/stats.ts'
import { closeTasks } from '../store/step-tasks.ts'
import type { StepRow } from '../store/steps.ts'
import { sweep } from '../store/stops.ts'
import { transit } from '../store/transitions.ts'

export interface Edit {
  team: TeamId
  sequenceId: Id
  /** All steps after the edit, deleted ones included, in order of position. */
  steps: readonly StepRow[]
  /** Null: the sequence has none. */
  schedule: Schedule | null
  actor: string
  now: Instant
  random: Random
}

/** ENGINE section 4: what one statement takes at once. */
const CHUNK = 5_000
/** Holds that were about the wording, and end with it. */
const WORDING_HOLDS: readonly HoldReason[] = [
  'step_not_approved',
  'snippets_missing',
  'thread_reply_original_email_missing',
]

/** Moves whoever waits on a deleted step to the next one; without a next one they have received the last. Inside the edit's transaction. */
export async function leaveDeletedSteps(tx: Db, edit: Edit, deletedStepIds: readonly Id[]): Promise<void> {
  if (deletedStepIds.length === 0) return
  const next = new Map(deletedStepIds.map((id) => [id, nextStep(edit.steps, id)]))
  await eachChunk(tx, { ...edit, stepIds: deletedStepIds }, async (people) => {
    const finished = people.filter((person) => next.get(person.stepId) === undefined)
    const moved = people.filter((person) => next.get(person.stepId) !== undefined)
    await retime(tx, {
      team: edit.team,
      people: moved.map((person) => ({
        ...onStep(person, next.get(person.stepId)!, edit),
        clearHold: endsWithStep(person),
      })),
      now: edit.now,
    })
    await closeTasks(tx, {
      team: edit.team,
      left: moved.map(({ id, stepId }) => ({ enrollmentId: id, stepId })),
      now: edit.now,
    })
    await countMoves(tx, edit, { moved, next })
    await transit(tx, {
      team: edit.team,
      changes: finished.map((person) => ({
        enrollmentId: person.id,
        transition: 'complete' as const,
        reason: 'completed' as const,
      })),
      actor: edit.actor,
      now: edit.now,
      random: edit.random,
    })
  })
}

/** After the commit: whoever a claim held on a deleted step meanwhile is given back, and follows. What was transmitting goes on by itself. */
export async function followDeletedSteps(db: Db, edit: Edit, deletedStepIds: readonly Id[]): Promise<void> {
  if (deletedStepIds.length === 0) return
  const { team, sequenceId, now, random } = edit
  const leased = await leasedOn(db, { team, sequenceId, stepIds: deletedStepIds })
  if (leased.length === 0) return
  await sweep(db, { team, of: { enrollmentIds: leased }, now, random })
  await db.transaction(async (tx) => {
    await lockSequence(tx, { team, id: sequenceId })
    await bumpSequences(tx, { team, sequenceIds: [sequenceId], now })
    await leaveDeletedSteps(tx, edit, deletedStepIds)
  })
}

/** New moments for everybody who waits on these steps. Inside the edit's transaction. */
export async function retimePeople(tx: Db, edit: Edit, stepIds: readonly Id[]): Promise<void> {
  if (stepIds.length === 0) return
  const steps = new Map(edit.steps.map((step) => [step.id, step]))
  await eachChunk(tx, { ...edit, stepIds }, async (people) => {
    const another = people.filter((person) => isOfAnotherKind(person, steps.get(person.stepId)!))
    await retime(tx, {
      team: edit.team,
      people: people.map((person) => ({
        ...onStep(person, steps.get(person.stepId)!, edit),
        stepId: null,
        messageId: null,
        clearHold: another.includes(person),
      })),
      now: edit.now,
    })
    await closeTasks(tx, {
      team: edit.team,
      left: another.map(({ id, stepId }) => ({ enrollmentId: id, stepId })),
      now: edit.now,
    })
    await addDeltas(tx, {
      team: edit.team,
      deltas: another
        .filter((person) => person.state === 'active')
        .map(({ stepId }) => ({ sequenceId: edit.sequenceId, stepId, metric: 'hold:task_open', n: -1 })),
    })
  })
}

/** After the commit: whoever was held for the wording, or for a schedule that never opened, is due again and judged anew; drafts follow. */
export async function lookAgain(
  db: Db,
  edit: Omit<Edit, 'steps' | 'schedule'>,
  { stepIds, schedule }: { stepIds: readonly Id[]; schedule: boolean },
): Promise<void> {
  const { team, sequenceId, actor, now, random } = edit
  const held =
    stepIds.length > 0 ? await heldFor(db, { team, sequenceId, stepIds, holds: WORDING_HOLDS }) : []
  if (schedule)
    held.push(...(await heldFor(db, { team, sequenceId, stepIds: null, holds: ['window_never_opens'] })))
  const sorted = [...new Set(held)].sort()
  for (let i = 0; i < sorted.length; i += CHUNK) {
    const enrollmentIds = sorted.slice(i, i + CHUNK)
    await db.transaction((tx) => release(tx, { team, enrollmentIds, actor, now, random }))
  }
  if (stepIds.length > 0) await db.transaction((tx) => redraft(tx, { team, stepIds, actor, now, random }))
}

/** Holds that are about the step: its wording, or the task of it. */
const endsWithStep = ({ holdReason }: Waiting) =>
  holdReason === 'task_open' || (holdReason !== null && WORDING_HOLDS.includes(holdReason))

/** A call that is an email now: the task of the call goes. */
const isOfAnotherKind = ({ holdReason, holdDetail }: Waiting, step: StepRow) =>
  holdReason === 'task_open' && holdDetail !== step.kind

function nextStep(steps: readonly StepRow[], deletedId: Id): StepRow | undefined {
  const place = steps.find((step) => step.id === deletedId)!.position
  return steps
    .filter((step) => step.deletedAt === null && step.position > place)
    .sort((a, b) => a.position - b.position)[0]
}

function onStep(person: Waiting, step: StepRow, edit: Edit): Retimed {
  return {
    id: person.id,
    stepId: step.id,
    messageId: newId(edit.now, edit.random),
    waitEndsAt: dueOn(step, person.enteredStepAt, { schedule: edit.schedule, zone: person.timeZone }),
    rank: rankOf({
      first: !isFollowUp(person.rank),
      priority: step.priority,
      by: isSentByItself(step.kind) ? 'itself' : 'person',
    }),
    clearHold: false,
  }
}

/** The numbers per step follow the people. */
async function countMoves(
  tx: Db,
  { team, sequenceId }: Edit,
  { moved, next }: { moved: readonly Waiting[]; next: ReadonlyMap<Id, StepRow | undefined> },
): Promise<void> {
  const deltas: { sequenceId: Id; stepId: Id; metric: PeopleMetric; n: number }[] = []
  const move = (person: Waiting, metric: PeopleMetric, to: Id | null) => {
    deltas.push({ sequenceId, stepId: person.stepId, metric, n: -1 })
    if (to !== null) deltas.push({ sequenceId, stepId: to, metric, n: 1 })
  }
  for (const person of moved) {
    const to = next.get(person.stepId)!.id
    move(person, person.state as 'active' | 'paused', to)
    if (person.holdReason === null || person.state !== 'active') continue
    move(person, `hold:${person.holdReason}`, endsWithStep(person) ? null : to)
  }
  await addDeltas(tx, { team, deltas })
}

async function eachChunk(
  tx: Db,
  waiting: { team: TeamId; sequenceId: Id; stepIds: readonly Id[] },
  work: (people: Waiting[]) => Promise<void>,
): Promise<void> {
  let after = ''
  for (;;) {
    const people = await lockWaiting(tx, { ...waiting, after, limit: CHUNK })
    if (people.length === 0) return
    await work(people)
    after = people.at(-1)!.id
  }
}
