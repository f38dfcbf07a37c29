/** People who were written to, straight in the tables: a sequence of three emails, and contacts who have received the first. */
import { sql } from 'kysely'
import type { Instant } from '../../src/core/clock.ts'
import type { Db } from '../../src/core/db.ts'
import { rankOf } from '../../src/core/enrollment.ts'
import { type Id, newId } from '../../src/core/ids.ts'
import type { Random } from '../../src/core/random.ts'
import { at, kysely } from '../../src/store/db.ts'
import { bumpLanes } from '../../src/store/lanes.ts'
import { optOutHash } from '../../src/store/opt-outs.ts'
import type { TestTeam } from './team.ts'

export interface SentSequence {
  sequenceId: Id
  stepIds: Id[]
  variantIds: Id[]
}

interface Chance {
  now: Instant
  random: Random
}

export async function createSequence(
  db: Db,
  { team, userId }: TestTeam,
  { now, random, ...settings }: Chance & { finishOnReply?: boolean; pauseOnAway?: boolean; scheduleId?: Id },
): Promise<SentSequence> {
  const sequenceId = newId(now, random)
  const { finishOnReply = true, pauseOnAway = true, scheduleId = null } = settings
  await sql`
    insert into sequences (team_id, id, name, active, activated_at, owner_id, schedule_id, finish_on_reply, pause_on_away, created_at, updated_at)
    values (${team}, ${sequenceId}, 'Spring', true, ${at(now)}, ${userId}, ${scheduleId}, ${finishOnReply}, ${pauseOnAway}, ${at(now)}, ${at(now)})`.execute(
    kysely(db),
  )
  const stepIds: Id[] = []
  const variantIds: Id[] = []
  for (const position of [1, 2, 3]) {
    const [stepId, variantId, templateId] = [newId(now, random), newId(now, random), newId(now, random)]
    stepIds.push(stepId)
    variantIds.push(variantId)
    await sql`
      insert into steps (team_id, id, sequence_id, position, kind, wait_amount, wait_unit, created_at)
      values (${team}, ${stepId}, ${sequenceId}, ${position}, 'auto_email', ${position === 1 ? 0 : 2}, 'day', ${at(now)})`.execute(
      kysely(db),
    )
    await sql`
      insert into templates (team_id, id, subject, body_html, created_at, updated_at)
      values (${team}, ${templateId}, 'Hello', '<p>Hello</p>', ${at(now)}, ${at(now)})`.execute(kysely(db))
    await sql`
      insert into variants (team_id, id, step_id, template_id, thread, approved, created_at)
      values (${team}, ${variantId}, ${stepId}, ${templateId}, ${position === 1 ? 'new_thread' : 'reply_to_thread'}, true, ${at(now)})`.execute(
      kysely(db),
    )
  }
  return { sequenceId, stepIds, variantIds }
}

/** Contacts who were just added to the sequence: step one is due at once. Their mailbox is awake. */
export async function enrollMany(
  db: Db,
  { team, mailboxId }: TestTeam,
  o: Chance & { sequence: SentSequence; addresses: string[] },
): Promise<Id[]> {
  const { now, random, sequence, addresses } = o
  const made = at(now)
  const people = addresses.map((address) => ({
    address,
    contactId: newId(now, random),
    id: newId(now, random),
  }))
  const column = (of: (one: (typeof people)[number]) => string) => people.map(of)
  const unnested = sql`unnest(${column((one) => one.address)}::text[], ${column((one) => one.contactId)}::text[],
    ${column((one) => one.id)}::text[], ${people.map(() => newId(now, random))}::text[]) as p (address, contact_id, id, message_id)`
  await sql`
    insert into contacts (team_id, id, first_name, email, address, created_at, updated_at)
    select ${team}, contact_id, 'Ann', address, address, ${made}::timestamptz, ${made}::timestamptz from ${unnested}`.execute(
    kysely(db),
  )
  await sql`
    insert into enrollments (team_id, id, sequence_id, contact_id, mailbox_id, step_id, state, due_at, wait_ends_at, rank, message_id,
      address, entered_step_at, added_at, updated_at)
    select ${team}, id, ${sequence.sequenceId}, contact_id, ${mailboxId}, ${sequence.stepIds[0]!}, 'active', ${made}::timestamptz,
      ${made}::timestamptz, ${rankOf({ first: true, priority: null, by: 'itself' })}, message_id, address, ${made}::timestamptz, ${made}::timestamptz,
      ${made}::timestamptz from ${unnested}`.execute(kysely(db))
  await bumpLanes(db, { team, bumps: [{ mailboxId, sequenceId: sequence.sequenceId, dueAt: now }], now })
  return people.map(({ id }) => id)
}

export interface SentPerson {
  contactId: Id
  enrollmentId: Id
  messageId: Id
  address: string
  /** Of the email that they have received. */
  rfcId: string
  optOutToken: string
}

/** A contact who received step one at `now` and waits for step two. `known`: a contact that exists already. */
export async function sendFirst(
  db: Db,
  { team, userId, mailboxId }: TestTeam,
  o: Chance & {
    sequence: SentSequence
    address: string
    known?: SentPerson
    subject?: string
    zone?: string
  },
): Promise<SentPerson> {
  const { now, random, sequence, address, zone = null } = o
  const [enrollmentId, messageId, nextMessageId] = [
    newId(now, random),
    newId(now, random),
    newId(now, random),
  ]
  const contactId = o.known?.contactId ?? newId(now, random)
  if (!o.known)
    await sql`
      insert into contacts (team_id, id, first_name, email, address, stage_id, time_zone, created_at, updated_at)
      select ${team}, ${contactId}, 'Ann', ${address}, ${address}, s.id, ${zone}, ${at(now)}, ${at(now)}
      from stages s where s.team_id = ${team} and s.role = 'approaching'`.execute(kysely(db))
  const rfcId = `<${random.hex(8)}@segue.test>`
  const optOutToken = random.hex(16)
  const due = at(now + 2 * 24 * 3_600_000)
  await sql`
    insert into lanes (team_id, mailbox_id, sequence_id, wake_at, served_at)
    values (${team}, ${mailboxId}, ${sequence.sequenceId}, ${due}, ${at(now)}) on conflict do nothing`.execute(
    kysely(db),
  )
  await sql`
    insert into enrollments (team_id, id, sequence_id, contact_id, mailbox_id, step_id, state, due_at, wait_ends_at, rank, message_id,
      parent_message_id, address, entered_step_at, added_at, updated_at)
    values (${team}, ${enrollmentId}, ${sequence.sequenceId}, ${contactId}, ${mailboxId}, ${sequence.stepIds[1]!}, 'active', ${due}, ${due}, 1,
      ${nextMessageId}, ${messageId}, ${address}, ${at(now)}, ${at(now)}, ${at(now)})`.execute(kysely(db))
  await insertMessage(db, {
    team,
    id: messageId,
    enrollmentId,
    sequenceId: sequence.sequenceId,
    stepId: sequence.stepIds[0]!,
    variantId: sequence.variantIds[0]!,
    contactId,
    mailboxId,
    userId,
    rfcId,
    address,
    optOutToken,
    subject: o.subject ?? 'Hello Ann',
    sentAt: now,
  })
  return { contactId, enrollmentId, messageId, address, rfcId, optOutToken }
}

export async function insertMessage(
  db: Db,
  m: {
    team: number
    id: Id
    enrollmentId: Id
    sequenceId: Id
    stepId: Id
    variantId: Id
    contactId: Id
    mailboxId: Id
    userId: Id
    rfcId: string
    address: string
    optOutToken: string
    subject: string
    sentAt: Instant
    state?: 'accepted' | 'unknown'
  },
): Promise<void> {
  const sent = at(m.sentAt)
  await sql`
    insert into messages (team_id, id, enrollment_id, sequence_id, step_id, variant_id, contact_id, mailbox_id, user_id, state, attempt,
      rfc_id, from_address, to_address, address_hash, body_hash, opt_out_hash, claimed_at, counted_at, marked_at, settled_at, created_at, updated_at)
    values (${m.team}, ${m.id}, ${m.enrollmentId}, ${m.sequenceId}, ${m.stepId}, ${m.variantId}, ${m.contactId}, ${m.mailboxId}, ${m.userId},
      ${m.state ?? 'accepted'}, 1, ${m.rfcId}, 'sandbox@segue.test', ${m.address}, 'address hash', 'body hash', ${optOutHash(m.optOutToken)},
      ${sent}, ${sent}, ${sent}, ${sent}, ${sent}, ${sent})`.execute(kysely(db))
  await sql`
    insert into message_contents (team_id, message_id, salt, subject, html, body, opt_out_token)
    values (${m.team}, ${m.id}, 'salt', ${m.subject}, '<p>Hello</p>', 'Hello', ${m.optOutToken})`.execute(
    kysely(db),
  )
}
