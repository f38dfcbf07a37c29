/**
 * Adds contacts to a sequence: the guards in sets, the people dealt to the mailboxes, their first moment worked out. Who is not added
 * is named with every reason. Sends nothing.
 */
import { beginningOf, type Received } from '../core/beginning.ts'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { dealOrKeep, type Hand } from '../core/deal.ts'
import type { GuardFlags, RefusalCode } from '../core/guard.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import { perDayOn } from '../core/ramp-up.ts'
import type { Random } from '../core/random.ts'
import { done, type Result, refused } from '../core/result.ts'
import type { Schedule } from '../core/schedule.ts'
import { localDay } from '../core/zone.ts'
import { writeActivities } from '../store/activities.ts'
import { type GuardedContact, lockEnrolling, receivedBefore } from '../store/enrollment-guards.ts'
import { analyzeEnrollments, insertEnrollments, type NewEnrollment, waitingAt } from '../store/enrollments.ts'
import { bumpLanes } from '../store/lanes.ts'
import { holdMailboxes } from '../store/locks.ts'
import type { MailboxRow } from '../store/mailboxes.ts'
import { scheduleById, scheduleOf } from '../store/schedules.ts'
import { holdSequence, markUsed } from '../store/sequence-writes.ts'
import { type SequenceRow, sequenceById } from '../store/sequences.ts'
import { addDeltas } from '../store/stats.ts'
import { type StepRow, stepsOf } from '../store/steps.ts'
import { liveEnrollments, stopAndSweep } from '../store/stops.ts'
import { teamById } from '../store/teams.ts'
import { senderRefusal } from './activate-sequence.ts'
import { type GuardRules, judge, type Skipped } from './judge-contacts.ts'

export interface Enrolling {
  team: TeamId
  userId: Id
  actor: string
  requestId: string
  now: Instant
  random: Random
}

export interface EnrollRequest {
  sequence: SequenceRow
  contactIds: readonly Id[]
  /** Connected ones; the people are dealt to them. */
  mailboxes: readonly MailboxRow[]
  fromAddress: string | null
  flags: GuardFlags
  paused: { until: Instant | null } | null
  /** Whoever received steps of this sequence before begins after them; otherwise everybody at the first step. */
  afterReceived: boolean
}

export interface Enrolled {
  addedIds: Id[]
  skipped: Skipped[]
}

/** ENGINE section 4: one transaction each, so that the mailboxes are free in between. */
const CHUNK = 5_000
/** From here on the planner's picture of the table is wrong until it is told. */
const ANALYZE_FROM = 2_000

export async function enroll(
  db: Db,
  enrolling: Enrolling,
  request: EnrollRequest,
): Promise<Result<Enrolled>> {
  const refusal = await enrollRefusal(db, enrolling.team, request)
  if (refusal) return refusal
  const waiting = await waitingAt(db, {
    team: enrolling.team,
    mailboxIds: request.mailboxes.map((one) => one.id),
  })
  const rules = await teamById(db, enrolling.team)
  const today = localDay(rules.timeZone, enrolling.now)
  const hands = request.mailboxes.map((one) => ({
    mailboxId: one.id,
    dailyLimit: perDayOn(one, today),
    waiting: waiting.get(one.id) ?? 0,
  }))
  const enrolled: Enrolled = { addedIds: [], skipped: [] }
  const ids = [...new Set(request.contactIds)].sort()
  for (let i = 0; i < ids.length; i += CHUNK) {
    const contactIds = ids.slice(i, i + CHUNK)
    const chunk = await db.transaction((tx) =>
      enrollChunk(tx, enrolling, { request: { ...request, contactIds }, hands, rules }),
    )
    if (!chunk.ok) return chunk
    enrolled.addedIds.push(...chunk.value.addedIds)
    enrolled.skipped.push(...chunk.value.skipped)
  }
  if (enrolled.addedIds.length > 0)
    await markUsed(db, { team: enrolling.team, id: request.sequence.id, now: enrolling.now })
  if (enrolled.addedIds.length >= ANALYZE_FROM) await analyzeEnrollments(db)
  await finishIfArchived(db, enrolling, request.sequence.id)
  return done(enrolled)
}

/**
 * The original takes people into an archived sequence, too. Archiving finishes everybody, so they are finished at once: nobody will ever
 * archive it again for them.
 */
async function finishIfArchived(db: Db, { team, actor, now, random }: Enrolling, id: Id): Promise<void> {
  const sequence = await sequenceById(db, { team, id })
  if (!sequence || sequence.archivedAt === null) return
  const enrollmentIds = await liveEnrollments(db, { team, of: { sequenceIds: [id] } })
  const archived = { to: 'finished', reason: 'archived' } as const
  await stopAndSweep(db, { team, enrollmentIds, stop: archived, actor, now, random })
}

/** What is asked before anybody is added from a real mailbox. */
async function enrollRefusal(
  db: Db,
  team: TeamId,
  { sequence, mailboxes }: EnrollRequest,
): Promise<{ ok: false; refusal: { kind: 'refused' | 'not_found'; sentence: string } } | undefined> {
  if (sequence.numSteps === 0)
    return refused('The sequence has no steps yet. Add at least one, then add people.', { code: 'no_steps' })
  if (mailboxes.every((one) => one.kind === 'sandbox')) return undefined
  if (sequence.schedule?.always && sequence.alwaysConfirmedAt === null)
    return refused(
      `The sequence is on the schedule "${sequence.schedule.name}", which sends at any hour, nights and weekends too. Choose another schedule, or confirm it once (POST /api/v1/sequences/${sequence.id}/confirm_always).`,
      { code: 'always_unconfirmed' },
    )
  if (!sequence.active) return undefined
  const refusal = await senderRefusal(db, team)
  return refusal && { ok: false, refusal }
}

/** One atomic, repeatable part: guards, rows, activities, numbers, lanes. */
async function enrollChunk(
  tx: Db,
  enrolling: Enrolling,
  { request, hands, rules }: { request: EnrollRequest; hands: Hand[]; rules: GuardRules },
): Promise<Result<Enrolled>> {
  const { team } = enrolling
  await lockEnrolling(tx, team)
  await holdSequence(tx, { team, id: request.sequence.id })
  const mailboxIds = request.mailboxes.map((one) => one.id)
  if (!(await holdMailboxes(tx, team, mailboxIds)))
    return refused('A mailbox to send from was removed meanwhile. Choose another one.', {
      code: 'no_mailbox',
    })
  const place = await placeOf(tx, { team, sequenceId: request.sequence.id, now: enrolling.now })
  if (place === undefined)
    return refused('The sequence has no steps any more. Add at least one, then add people.', {
      code: 'no_steps',
    })
  const judged = await judge(tx, enrolling, { ...request, rules })
  const received = await receivedBy(tx, team, { request, contacts: judged.admitted })
  const starting = judged.admitted.flatMap((contact) => {
    const before = received.get(contact.id) ?? null
    const around = { now: enrolling.now, schedule: place.schedule, zone: contact.timeZone, received: before }
    const beginning = beginningOf(place.steps, around)
    return beginning === null ? [] : [{ contact, before, beginning }]
  })
  const dealt = dealOrKeep(
    hands,
    starting.map(({ before }) => before?.mailboxId ?? null),
  )
  const people = starting.map(({ contact, beginning }, index) => ({
    ...beginning,
    id: newId(enrolling.now, enrolling.random),
    contactId: contact.id,
    mailboxId: dealt[index]!,
    messageId: newId(enrolling.now, enrolling.random),
    address: contact.address,
  }))
  const begun = new Set(people.map((one) => one.contactId))
  const through = judged.admitted.filter(({ id }) => !begun.has(id)).map(({ id }) => id)
  const inserted = await save(tx, enrolling, { request, people })
  const lost = people.filter((one) => !inserted.has(one.contactId)).map((one) => one.contactId)
  return done({
    addedIds: [...judged.repeated, ...inserted].sort(),
    skipped: [
      ...judged.skipped,
      ...through.map((id) => skippedHere(id, 'received_everything', request.sequence)),
      ...lost.map((id) => skippedHere(id, 'contacts_already_exists_in_current_campaign', request.sequence)),
    ],
  })
}

/** What these people got of the sequence before, where they are to begin after it. */
async function receivedBy(
  tx: Db,
  team: TeamId,
  { request, contacts }: { request: EnrollRequest; contacts: readonly GuardedContact[] },
): Promise<Map<Id, Received>> {
  if (!request.afterReceived) return new Map()
  const contactIds = contacts.map((one) => one.id)
  const rows = await receivedBefore(tx, { team, sequenceId: request.sequence.id, contactIds })
  return new Map(rows.map((row) => [row.contactId, row]))
}

interface Place {
  steps: StepRow[]
  schedule: Schedule | null
}

async function placeOf(
  tx: Db,
  { team, sequenceId, now }: { team: TeamId; sequenceId: Id; now: Instant },
): Promise<Place | undefined> {
  const steps = await stepsOf(tx, { team, sequenceIds: [sequenceId] })
  const sequence = await sequenceById(tx, { team, id: sequenceId })
  if (steps.length === 0 || !sequence) return undefined
  const schedule = sequence.schedule && (await scheduleById(tx, { team, id: sequence.schedule.id }))
  return { steps, schedule: schedule ? scheduleOf(schedule, now) : null }
}

function skippedHere(contactId: Id, code: RefusalCode, sequence: SequenceRow): Skipped {
  const reason = {
    code,
    flag: null,
    sequenceId: sequence.id,
    sequenceName: sequence.name,
    sameAddressAs: null,
  } as const
  return { contactId, reasons: [reason] }
}

async function save(
  tx: Db,
  enrolling: Enrolling,
  { request, people }: { request: EnrollRequest; people: readonly NewEnrollment[] },
): Promise<Set<Id>> {
  const { team, now, random, actor } = enrolling
  const sequenceId = request.sequence.id
  const call = {
    team,
    sequenceId,
    fromAddress: request.fromAddress,
    paused: request.paused,
    addedBy: enrolling.userId,
    requestId: enrolling.requestId,
    now,
  }
  const inserted = await insertEnrollments(tx, call, people)
  if (inserted.size === 0) return inserted
  const added = people.filter((one) => inserted.has(one.contactId))
  const activities = added.map((one) => ({
    kind: 'enrolled' as const,
    actor,
    contactId: one.contactId,
    sequenceId,
    enrollmentId: one.id,
    stepId: one.stepId,
    mailboxId: one.mailboxId,
  }))
  await writeActivities(tx, { team, activities, now, random })
  const metric = request.paused ? 'paused' : 'active'
  const deltas = [...Map.groupBy(added, (one) => one.stepId)].map(
    ([stepId, on]) => ({ sequenceId, stepId, metric, n: on.length }) as const,
  )
  await addDeltas(tx, { team, deltas })
  await bumpLanes(tx, { team, bumps: bumpsOf(added, sequenceId), now })
  return inserted
}

/** The earliest moment per mailbox. */
function bumpsOf(added: readonly NewEnrollment[], sequenceId: Id) {
  const earliest = new Map<Id, Instant>()
  for (const one of added)
    earliest.set(one.mailboxId, Math.min(earliest.get(one.mailboxId) ?? one.waitEndsAt, one.waitEndsAt))
  return [...earliest].map(([mailboxId, dueAt]) => ({ mailboxId, sequenceId, dueAt }))
}
