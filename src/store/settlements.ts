/**
 * How an attempt ended, written down: message, enrollment, activity, numbers, chain and mailbox in one transaction. An answer that comes
 * after the lease was lost is still recorded, and resolves what was unknown.
 */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import type { HoldReason } from '../core/reason.ts'
import { type NewActivity, writeActivities } from './activities.ts'
import { addToCaps, type CapKey, lockCaps } from './caps.ts'
import { moveToStage } from './contact-stages.ts'
import { at, isoArray, json, kysely } from './db.ts'
import { type Bounce, bouncedBefore } from './inbound-marks.ts'
import { bumpLanes } from './lanes.ts'
import { appendLinks } from './ledger.ts'
import { lockEnrollments } from './locks.ts'
import { advances, sendsAgain } from './next-steps.ts'
import { OWES_SENT_COPY } from './sent-copies.ts'
import { addDeltas, type Delta, deliveredDeltas, type EmailMetric } from './stats.ts'
import { suppress } from './stops.ts'
import { type Change, transit } from './transitions.ts'

/** What follows for the enrollment. */
export type Consequence =
  | { kind: 'next' }
  | { kind: 'retry'; at: Instant }
  | { kind: 'hold'; reason: HoldReason; detail: string }
  | { kind: 'hard_bounce'; detail: string }

/** What follows for the mailbox. */
export type MailboxConsequence =
  | { kind: 'fine' }
  /** Tried again after the wait that its failures in a row have reached, in ms. */
  | { kind: 'pause'; waitsMs: readonly number[]; problem: string }
  | { kind: 'disconnect'; problem: string }
  | { kind: 'none' }

export interface Settlement {
  messageId: Id
  mailboxId: Id
  fence: number
  state: 'accepted' | 'rejected' | 'deferred' | 'unreachable' | 'unauthenticated' | 'unknown'
  /** What the server said, or how it broke. */
  words: string
  /** The id that the server put in place of ours. */
  seenRfcId: string | null
  follows: Consequence
  mailbox: MailboxConsequence
}

interface Attempted {
  id: Id
  mailboxId: Id
  enrollmentId: Id | null
  sequenceId: Id | null
  stepId: Id | null
  variantId: Id | null
  contactId: Id | null
  toAddress: string | null
  state: 'claimed' | 'transmitting' | 'unknown'
  bounce: Bounce | null
  attempt: number
  capped: CapKey[]
  addressHash: string
  bodyHash: string
  opensTracked: boolean
  clicksTracked: boolean
}

interface SettleOptions {
  team: TeamId
  settlements: readonly Settlement[]
  worker: string
  now: Instant
  random: Random
}

interface Case {
  settlement: Settlement
  message: Attempted
}

/** Addresses found dead: contacts are moved before anything else is locked. */
export async function moveDeadAddresses(tx: Db, o: SettleOptions): Promise<void> {
  const dead = o.settlements.filter((one) => one.follows.kind === 'hard_bounce').map((one) => one.messageId)
  if (dead.length === 0) return
  const { rows } = await sql<{ address: string; messageId: Id }>`
    select distinct on (to_address) to_address as address, id as "messageId" from messages where team_id = ${o.team} and id = any(${dead}) and to_address is not null
    order by 1, id`.execute(kysely(tx))
  for (const { address, messageId } of rows)
    await moveToStage(tx, { team: o.team, address, event: 'hard_bounced', of: { messageId }, now: o.now })
}

/**
 * The mailboxes must be locked already. Idempotent by state and fence: what was settled before is left alone. Returns the addresses that
 * were suppressed: sweep them after the commit.
 */
export async function settleAll(tx: Db, o: SettleOptions): Promise<string[]> {
  if (o.settlements.length === 0) return []
  const cases = await lockCases(tx, o)
  await noteDoubts(tx, o)
  const late = cases.filter((one) => one.message.state === 'unknown')
  const dead = await suppressDead(tx, o, cases)
  await writeOutcomes(tx, o, cases)
  await appendLinks(tx, {
    team: o.team,
    entries: cases.map(({ settlement, message }) => ({
      mailboxId: message.mailboxId,
      kind: late.some((one) => one.message === message) ? 'late_answer' : 'settlement',
      messageId: message.id,
      attempt: message.state === 'claimed' ? message.attempt + 1 : message.attempt,
      state: settlement.state,
      at: o.now,
      addressHash: message.addressHash,
      bodyHash: message.bodyHash,
    })),
  })
  const changes = await changesOf(tx, o, cases)
  const moved = await transit(tx, { team: o.team, changes, actor: 'engine', now: o.now, random: o.random })
  const bumps = moved.flatMap(({ mailboxId, sequenceId, dueAt }) =>
    dueAt === null ? [] : [{ mailboxId, sequenceId, dueAt }],
  )
  await bumpLanes(tx, { team: o.team, bumps, now: o.now })
  await retryLater(tx, o, cases)
  // The way to the next step has written that its email was sent.
  const advanced = new Set(
    moved
      .filter((one) => one.stepAfter !== null && one.stepAfter !== one.stepId)
      .map((one) => one.enrollmentId),
  )
  await writeNumbers(tx, o, cases)
  await writeActivities(tx, {
    ...o,
    activities: cases.filter((one) => !advanced.has(one.message.enrollmentId ?? '')).map(activityOf),
  })
  // Matched by the fence like the rest: what somebody else has taken over says nothing of its mailbox now.
  await settleMailboxes(tx, { ...o, settlements: cases.map((one) => one.settlement) })
  return dead
}

/** Counters, enrollments, messages, each by id. A claimed one counts only under its own fence. */
async function lockCases(tx: Db, { team, settlements }: SettleOptions): Promise<Case[]> {
  const ids = settlements.map((one) => one.messageId).sort()
  const { rows: capped } = await sql<{ capped: CapKey[]; enrollmentId: Id | null }>`
    select capped, enrollment_id as "enrollmentId" from messages where team_id = ${team} and id = any(${ids})`.execute(
    kysely(tx),
  )
  await lockCaps(
    tx,
    team,
    capped.flatMap((one) => one.capped),
  )
  await lockEnrollments(
    tx,
    team,
    capped.flatMap((one) => one.enrollmentId ?? []),
  )
  const { rows } = await sql<Attempted & { fence: number }>`
    select id, mailbox_id as "mailboxId", enrollment_id as "enrollmentId", sequence_id as "sequenceId", step_id as "stepId",
      variant_id as "variantId", contact_id as "contactId", to_address as "toAddress", state, bounce, attempt, fence, capped,
      address_hash as "addressHash", body_hash as "bodyHash", opens_tracked as "opensTracked", clicks_tracked as "clicksTracked"
    from messages where team_id = ${team} and id = any(${ids}) and state in ('claimed', 'transmitting', 'unknown')
    order by id for no key update`.execute(kysely(tx))
  const messages = new Map(rows.map((row) => [row.id, row]))
  return settlements.flatMap((settlement) => {
    const message = messages.get(settlement.messageId)
    if (!message || message.mailboxId !== settlement.mailboxId || message.fence !== settlement.fence)
      return []
    if (message.state === 'unknown' && settlement.state === 'unknown') return []
    return [{ settlement, message }]
  })
}

/** Recovery doubted it first, and its own worker does not know either: the attempt is over, so that a person may choose. */
async function noteDoubts(tx: Db, { team, settlements, now }: SettleOptions): Promise<void> {
  const doubts = settlements.filter((one) => one.state === 'unknown')
  if (doubts.length === 0) return
  await sql`
    update attempts t set outcome = 'unknown', reply = n.words, settled_at = ${at(now)}
    from unnest(${doubts.map((one) => one.messageId)}::text[], ${doubts.map((one) => one.fence)}::int[],
      ${doubts.map((one) => one.words)}::text[]) as n (id, fence, words)
    join messages m on m.team_id = ${team} and m.id = n.id and m.fence = n.fence and m.state = 'unknown'
    where t.team_id = ${team} and t.message_id = n.id and t.attempt = m.attempt and t.outcome is null`.execute(
    kysely(tx),
  )
}

async function suppressDead(tx: Db, o: SettleOptions, cases: readonly Case[]): Promise<string[]> {
  const dead = cases.filter((one) => one.settlement.follows.kind === 'hard_bounce')
  for (const { settlement, message } of dead) {
    if (message.toAddress === null) continue
    await suppress(tx, {
      team: o.team,
      entries: [{ kind: 'address', value: message.toAddress }],
      reason: 'hard_bounce',
      source: settlement.words.slice(0, 200),
      by: null,
      actor: 'engine',
      now: o.now,
      random: o.random,
      stop: { to: 'failed', reason: 'hard_bounced' },
    })
  }
  return dead.flatMap((one) => one.message.toAddress ?? [])
}

/** Before the mark nothing was counted as sent; afterwards the server has had the work, whatever it said. */
async function writeOutcomes(tx: Db, o: SettleOptions, cases: readonly Case[]): Promise<void> {
  if (cases.length === 0) return
  const text = (of: (one: Case) => string | null) => cases.map(of)
  // Mail outside of a sequence waits in its mailbox for the next try; the others wait with their enrollment.
  const again = cases.map(({ settlement: { follows }, message }) =>
    follows.kind === 'retry' && message.enrollmentId === null ? follows.at : null,
  )
  // What a server says about its sender is no failure of this mail.
  const failed = cases.map(({ settlement: { state, mailbox } }) =>
    state === 'deferred' && mailbox.kind !== 'pause' ? 1 : 0,
  )
  const bounces = cases.map(bounceAfter)
  const refusedNow = cases.map((one) => refusalOf(one.settlement) !== null)
  await sql`
    update messages m set sent_on = coalesce(m.sent_on, case when n.state = 'accepted' or n.refused then
        (case when m.state = 'claimed' then ${at(o.now)}::timestamptz else m.marked_at end at time zone z.time_zone)::date end),
      state = case when m.enrollment_id is null and n.again is not null then 'queued' else n.state end,
      due_at = coalesce(n.again, m.due_at), smtp_reply = n.words, failure = case when n.state = 'accepted' then null else n.words end,
      attempt = m.attempt + case when m.state = 'claimed' then 1 else 0 end,
      failures = m.failures + n.failed,
      counted_at = case when m.state = 'claimed' then null else m.counted_at end,
      capped = case when m.state = 'claimed' then ${json([])}::jsonb else m.capped end,
      seen_rfc_id = coalesce(n.seen, m.seen_rfc_id), settled_at = ${at(o.now)}, updated_at = ${at(o.now)},
      sent_copy_due = case when n.state = 'accepted' and ${OWES_SENT_COPY} then ${at(o.now)}::timestamptz end,
      bounce = n.bounce, bounced_at = case when n.refused then ${at(o.now)}::timestamptz when n.bounce is not null then m.bounced_at end
    from unnest(${text((c) => c.message.id)}::text[], ${text((c) => c.settlement.state)}::text[], ${text((c) => c.settlement.words)}::text[],
      ${text((c) => c.settlement.seenRfcId)}::text[], ${bounces}::text[], ${refusedNow}::boolean[], ${isoArray(again)}::timestamptz[],
      ${failed}::int[]) as n (id, state, words, seen, bounce, refused, again, failed)
    join teams z on z.id = ${o.team}
    where m.team_id = ${o.team} and m.id = n.id`.execute(kysely(tx))
  const unmarked = cases.filter((one) => one.message.state === 'claimed')
  await addToCaps(tx, { team: o.team, keys: unmarked.flatMap((one) => one.message.capped), by: -1 })
  await sql`
    insert into attempts as t (team_id, message_id, attempt, mailbox_id, fence, worker, marked_at, outcome, reply, settled_at)
    select ${o.team}, n.id, n.attempt, n.mailbox_id, n.fence, ${o.worker}, null, n.outcome, n.words, ${at(o.now)}
    from unnest(${text((c) => c.message.id)}::text[],
      ${cases.map((c) => (c.message.state === 'claimed' ? c.message.attempt + 1 : c.message.attempt))}::int[],
      ${text((c) => c.message.mailboxId)}::text[], ${cases.map((c) => c.settlement.fence)}::int[],
      ${text((c) => c.settlement.state)}::text[], ${text((c) => c.settlement.words)}::text[])
      as n (id, attempt, mailbox_id, fence, outcome, words)
    on conflict (team_id, message_id, attempt) do update set outcome = excluded.outcome, reply = excluded.reply,
      settled_at = excluded.settled_at`.execute(kysely(tx))
}

async function changesOf(tx: Db, o: SettleOptions, cases: readonly Case[]): Promise<Change[]> {
  const accepted = cases.filter((one) => one.settlement.follows.kind === 'next')
  // Whoever is at another address since is not found by the one that is dead.
  const stopped = cases.flatMap(({ settlement: { follows }, message }): Change[] => {
    if (message.enrollmentId === null) return []
    const about = { enrollmentId: message.enrollmentId, messageId: message.id }
    if (follows.kind === 'hard_bounce') return [{ ...about, transition: 'fail', reason: 'hard_bounced' }]
    if (follows.kind !== 'hold') return []
    return [{ ...about, transition: 'hold', reason: follows.reason, detail: follows.detail }]
  })
  const done = accepted.flatMap(({ message }) =>
    message.enrollmentId === null || message.stepId === null
      ? []
      : [{ enrollmentId: message.enrollmentId, stepId: message.stepId, messageId: message.id }],
  )
  // What was doubted turned out not to have been delivered.
  const cleared: Change[] = []
  for (const { settlement, message } of cases) {
    const { enrollmentId, stepId, id: messageId } = message
    if (message.state !== 'unknown' || settlement.follows.kind !== 'retry') continue
    if (enrollmentId === null || stepId === null) continue
    const one = { enrollmentId, stepId, messageId }
    cleared.push(...(await sendsAgain(tx, { team: o.team, one, dueAt: settlement.follows.at })))
  }
  return [
    ...stopped,
    ...cleared,
    ...(await advances(tx, { team: o.team, done, now: o.now, random: o.random })),
  ]
}

/** Due again at the time that the table of retries says. */
async function retryLater(tx: Db, o: SettleOptions, cases: readonly Case[]): Promise<void> {
  const later = cases.flatMap(({ settlement, message }) =>
    settlement.follows.kind === 'retry' && message.enrollmentId !== null
      ? [{ id: message.enrollmentId, at: settlement.follows.at }]
      : [],
  )
  if (later.length === 0) return
  const { rows } = await sql<{ mailboxId: Id; sequenceId: Id; dueAt: Instant }>`
    update enrollments e set due_at = l.due_at, lease_until = null, updated_at = ${at(o.now)}, rev = e.rev + 1
    from unnest(${later.map((one) => one.id)}::text[], ${isoArray(later.map((one) => one.at))}::timestamptz[]) as l (id, due_at)
    where e.team_id = ${o.team} and e.id = l.id and e.state = 'active' and e.lease_until is not null
    returning e.mailbox_id as "mailboxId", e.sequence_id as "sequenceId", e.due_at as "dueAt"`.execute(
    kysely(tx),
  )
  await bumpLanes(tx, { team: o.team, bumps: rows, now: o.now })
}

/** A server that refuses an email at once says the same as a bounce that comes later. */
function refusalOf({ follows }: Settlement): 'hard' | 'blocked' | null {
  if (follows.kind === 'hard_bounce') return 'hard'
  return follows.kind === 'hold' && follows.reason === 'blocked' ? 'blocked' : null
}

/** What blocked the last try is over when a new one is accepted. */
function bounceAfter({ settlement, message }: Case): Bounce | null {
  if (message.bounce === 'hard') return 'hard'
  const isOver =
    settlement.state === 'accepted' && message.state !== 'unknown' && message.bounce === 'blocked'
  return refusalOf(settlement) ?? (isOver ? null : message.bounce)
}

async function writeNumbers(tx: Db, o: SettleOptions, cases: readonly Case[]): Promise<void> {
  const deltas: Delta[] = []
  for (const one of cases) {
    const { sequenceId, stepId, variantId, bounce, enrollmentId, id: messageId } = one.message
    if (sequenceId === null) continue
    const count = (metric: EmailMetric, n: number) =>
      deltas.push({ sequenceId, stepId, variantId, messageId, metric, n })
    const after = bounceAfter(one)
    const begins = (kind: Bounce) => Number(after === kind) - Number(bounce === kind)
    if (one.settlement.state === 'accepted')
      deltas.push(...deliveredDeltas({ sequenceId, stepId, variantId, messageId }, one.message))
    count('spam_blocked', begins('blocked'))
    count('hard_bounced', begins('hard'))
    // Bounces count people: once per enrollment, whatever came back before.
    const isFirst =
      begins('hard') === 1 &&
      bounce !== 'soft' &&
      !(enrollmentId !== null && (await bouncedBefore(tx, { team: o.team, enrollmentId, messageId })))
    if (isFirst) count('bounced', 1)
  }
  await addDeltas(tx, { team: o.team, deltas })
}

function activityOf({ settlement, message }: Case): NewActivity {
  const kind =
    settlement.state === 'accepted'
      ? 'sent'
      : settlement.state === 'unknown'
        ? 'delivery_unknown'
        : 'send_failed'
  const { id: messageId, enrollmentId, sequenceId, stepId, contactId, mailboxId } = message
  return {
    kind,
    actor: 'engine',
    reason: settlement.state,
    messageId,
    enrollmentId,
    sequenceId,
    stepId,
    contactId,
    mailboxId,
    detail: { words: settlement.words },
  }
}

async function settleMailboxes(tx: Db, { team, settlements, now, random }: SettleOptions): Promise<void> {
  const last = new Map(
    settlements.filter((one) => one.mailbox.kind !== 'none').map((one) => [one.mailboxId, one.mailbox]),
  )
  for (const [id, then] of last) {
    if (then.kind === 'fine')
      await sql`
        update mailboxes set send_failures = 0, send_problem = null, paused_until = '-infinity'
        where team_id = ${team} and id = ${id} and send_failures > 0`.execute(kysely(tx))
    if (then.kind === 'pause')
      await sql`
        update mailboxes set send_failures = send_failures + 1, send_problem = ${then.problem},
          paused_until = ${at(now)}::timestamptz + make_interval(secs => (${then.waitsMs as number[]}::float8[])[
            least(send_failures + 1, ${then.waitsMs.length})] / 1000)
        where team_id = ${team} and id = ${id}`.execute(kysely(tx))
    if (then.kind === 'disconnect')
      await sql`
        update mailboxes set state = 'disconnected', state_reason = ${then.problem}, wake_at = 'infinity', updated_at = ${at(now)},
          rev = rev + 1 where team_id = ${team} and id = ${id} and state = 'connected'`.execute(kysely(tx))
    if (then.kind === 'pause' || then.kind === 'disconnect') {
      const kind = then.kind === 'pause' ? 'mailbox_unreachable' : 'mailbox_disconnected'
      await writeActivities(tx, {
        team,
        now,
        random,
        activities: [{ kind, actor: 'engine', mailboxId: id, detail: { words: then.problem } }],
      })
    }
  }
}
