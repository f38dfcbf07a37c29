/**
 * People in a sequence of three emails, as enrolling leaves them, and what the engine does to them with the store's own functions: claims,
 * marks and settlements without a mail server. What tests of the store begin with.
 */
import { sql } from 'kysely'
import type { Instant } from '../../src/core/clock.ts'
import type { Db } from '../../src/core/db.ts'
import { rankOf } from '../../src/core/enrollment.ts'
import type { Facts } from '../../src/core/facts.ts'
import { type Id, newId } from '../../src/core/ids.ts'
import type { Random } from '../../src/core/random.ts'
import { ALWAYS } from '../../src/core/schedule.ts'
import { bodyHash, saltedHash } from '../../src/seal.ts'
import { writeActivities } from '../../src/store/activities.ts'
import { addToCaps, type CapKey, lockCaps } from '../../src/store/caps.ts'
import { insertClaimed, type NewMessage } from '../../src/store/claimed-messages.ts'
import { closeMailboxes, leaseEnrollments, lockAwake } from '../../src/store/claims.ts'
import { at, kysely } from '../../src/store/db.ts'
import { readDue } from '../../src/store/due-enrollments.ts'
import { insertEnrollments } from '../../src/store/enrollments.ts'
import { bumpLanes } from '../../src/store/lanes.ts'
import { markAll } from '../../src/store/marks.ts'
import { insertSchedule } from '../../src/store/schedules.ts'
import { type Settlement, settleAll } from '../../src/store/settlements.ts'
import { addDeltas } from '../../src/store/stats.ts'
import { createSequence, type SentSequence } from './sent.ts'
import type { TestTeam } from './team.ts'

export interface Chance {
  now: Instant
  random: Random
}

/** As long as a test runs. */
const LEASE_MS = 600_000
export const WORKER = 'worker of the test'

/** A sequence that may send at any hour. */
export async function openSequence(db: Db, team: TestTeam, chance: Chance): Promise<SentSequence> {
  const sequence = await createSequence(db, team, chance)
  await openAlways(db, team, { sequence, ...chance })
  return sequence
}

/** From now on the sequence may send at any hour. */
export async function openAlways(
  db: Db,
  { team }: TestTeam,
  { sequence, now, random }: Chance & { sequence: SentSequence },
): Promise<void> {
  const id = newId(now, random)
  const schedule = {
    id,
    name: `Always ${id}`,
    timeZone: 'UTC',
    useContactZone: false,
    skipHolidays: false,
    holidayRegion: null,
    extraHolidays: [],
    windows: [...ALWAYS],
    always: true,
    isDefault: false,
  }
  await insertSchedule(db, { team, now, schedule })
  await sql`update sequences set schedule_id = ${id} where team_id = ${team} and id = ${sequence.sequenceId}`.execute(
    kysely(db),
  )
}

export interface Person {
  enrollmentId: Id
  contactId: Id
  messageId: Id
  address: string
}

/** Adds people to the first step, due now, as `actions/enroll.ts` does. Their addresses are `<id>@company.test`. */
export async function enrollPeople(
  db: Db,
  { team, userId, mailboxId }: TestTeam,
  o: Chance & { sequence: SentSequence; count: number },
): Promise<Person[]> {
  const { now, random, sequence } = o
  const people = Array.from({ length: o.count }, (): Person => {
    const contactId = newId(now, random)
    return {
      enrollmentId: newId(now, random),
      contactId,
      messageId: newId(now, random),
      address: `${contactId}@company.test`,
    }
  }).sort((a, b) => (a.enrollmentId < b.enrollmentId ? -1 : 1))
  const { sequenceId, stepIds } = sequence
  const stepId = stepIds[0]!
  await db.transaction(async (tx) => {
    await sql`
      insert into contacts (team_id, id, first_name, email, address, created_at, updated_at)
      select ${team}, c.id, 'Ann', c.address, c.address, ${at(now)}, ${at(now)}
      from unnest(${people.map((one) => one.contactId)}::text[], ${people.map((one) => one.address)}::text[]) as c (id, address)`.execute(
      kysely(tx),
    )
    await insertEnrollments(
      tx,
      {
        team,
        sequenceId,
        fromAddress: null,
        paused: null,
        addedBy: userId,
        requestId: 'test',
        now,
      },
      people.map(({ enrollmentId, ...person }) => ({
        ...person,
        id: enrollmentId,
        mailboxId,
        stepId,
        rank: rankOf({ first: true, priority: null, by: 'itself' }),
        enteredStepAt: now,
        waitEndsAt: now,
        parentMessageId: null,
      })),
    )
    const about = people.map(({ enrollmentId, contactId }) => ({
      enrollmentId,
      contactId,
      sequenceId,
      stepId,
      mailboxId,
    }))
    await writeActivities(tx, {
      team,
      now,
      random,
      activities: about.map((one) => ({ ...one, kind: 'enrolled', actor: 'user:test' })),
    })
    await addDeltas(tx, { team, deltas: [{ sequenceId, stepId, metric: 'active', n: people.length }] })
    await bumpLanes(tx, { team, bumps: [{ mailboxId, sequenceId, dueAt: now }], now })
  })
  return people
}

/** A claim of the mailbox: what it claimed carries its `fence`. */
export interface Claimed {
  fence: number
  messageIds: Id[]
}

/** Claims these enrollments, whatever their gates say. */
export async function claimPeople(
  db: Db,
  { team, mailboxId }: TestTeam,
  o: Chance & { enrollmentIds: readonly Id[]; capped?: CapKey[]; windowClosesAt?: Instant },
): Promise<Claimed> {
  const { now, random } = o
  return db.transaction(async (tx) => {
    const [mailbox] = await lockAwake(tx, { team, mailboxIds: [mailboxId], now, real: now })
    if (!mailbox) throw new Error('the mailbox sleeps, or somebody holds its lease')
    const fence = mailbox.fence + 1
    const due = await readDue(tx, { team, enrollmentIds: o.enrollmentIds, now })
    const capped = o.capped ?? []
    await lockCaps(tx, team, capped)
    const leased = await leaseEnrollments(tx, {
      team,
      now,
      until: now + LEASE_MS,
      leases: due.map((one) => ({ id: one.facts.enrollment.id, rev: one.rev })),
    })
    const messages = due.flatMap(({ facts, contactId, sequenceId, stepId }) =>
      leased.has(facts.enrollment.id)
        ? [
            newMessage(facts, {
              contactId,
              sequenceId,
              stepId,
              mailboxId,
              fence,
              capped,
              random,
              windowClosesAt: o.windowClosesAt ?? null,
            }),
          ]
        : [],
    )
    const inserted = await insertClaimed(tx, { team, messages, now })
    await addToCaps(tx, { team, keys: [...inserted].flatMap(() => capped), by: 1 })
    await closeMailboxes(tx, {
      team,
      now,
      real: now,
      worker: WORKER,
      mailboxes: [{ id: mailboxId, wakeAt: now, busyUntil: now + LEASE_MS, wantsRead: false }],
    })
    return { fence, messageIds: [...inserted].sort() }
  })
}

interface Writing {
  contactId: Id
  sequenceId: Id
  stepId: Id
  mailboxId: Id
  fence: number
  capped: CapKey[]
  random: Random
  windowClosesAt: Instant | null
}

function newMessage(facts: Facts, { random, ...about }: Writing): NewMessage {
  const salt = random.hex(16)
  const token = random.hex(16)
  const content = {
    ...{ salt, subject: 'Hello', html: '<p>Hello</p>', text: 'Hello', optOutToken: token },
    attachments: [],
  }
  const address = facts.contact.address!
  return {
    ...about,
    id: facts.enrollment.messageId,
    enrollmentId: facts.enrollment.id,
    variantId: facts.step.variant!.id,
    dealRound: null,
    deal: null,
    leaves: null,
    rfcId: `<${random.hex(16)}@segue.test>`,
    parentId: facts.parent?.id ?? null,
    inReplyTo: facts.parent?.rfcId ?? null,
    references: facts.parent ? [facts.parent.rfcId] : [],
    from: { address: facts.mailbox.address, name: 'Rae' },
    replyTo: null,
    to: { address, name: 'Ann' },
    cc: [],
    bcc: [],
    addressHash: saltedHash(salt, address),
    bodyHash: bodyHash(content),
    optOutHash: token,
    facts,
    content,
  }
}

/** Marks what was claimed; the ids that may leave. */
export async function markClaimed(
  db: Db,
  { team, mailboxId }: TestTeam,
  o: { claimed: Claimed; now: Instant; messageIds?: readonly Id[] },
): Promise<Set<Id>> {
  const ids = o.messageIds ?? o.claimed.messageIds
  return db.transaction(async (tx) => {
    await lockMailbox(tx, team, mailboxId)
    const asks = ids.map((messageId) => ({ messageId, mailboxId, fence: o.claimed.fence }))
    const marked = await markAll(tx, { team, asks, worker: WORKER, now: o.now, real: o.now })
    return new Set(marked.keys())
  })
}

/** Settles what was claimed, all alike. Without `follows`, what follows from being accepted. */
export async function settleClaimed(
  db: Db,
  { team, mailboxId }: TestTeam,
  o: Chance & {
    claimed: Claimed
    state?: Settlement['state']
    follows?: Settlement['follows']
    mailbox?: Settlement['mailbox']
    messageIds?: readonly Id[]
  },
): Promise<void> {
  const { now, random, state = 'accepted', follows = { kind: 'next' }, mailbox = { kind: 'fine' } } = o
  const ids = o.messageIds ?? o.claimed.messageIds
  await db.transaction(async (tx) => {
    await lockMailbox(tx, team, mailboxId)
    await settleAll(tx, {
      team,
      worker: WORKER,
      now,
      random,
      settlements: ids.map((messageId) => ({
        messageId,
        mailboxId,
        fence: o.claimed.fence,
        state,
        words: state === 'accepted' ? '250 2.0.0 Ok' : '421 4.3.2 try later',
        seenRfcId: null,
        follows,
        mailbox,
      })),
    })
  })
}

/** The mailbox's batch is over: it may be claimed again. */
export async function endBatch(db: Db, { team, mailboxId }: TestTeam, now: Instant): Promise<void> {
  await sql`
    update mailboxes set busy_until = ${at(now)}, wake_at = ${at(now)} where team_id = ${team} and id = ${mailboxId}`.execute(
    kysely(db),
  )
}

async function lockMailbox(tx: Db, team: number, mailboxId: Id): Promise<void> {
  await sql`select from mailboxes where team_id = ${team} and id = ${mailboxId} for no key update`.execute(
    kysely(tx),
  )
}
