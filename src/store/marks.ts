/**
 * The mark: `claimed` becomes `transmitting`, if everything that could have changed since the claim still agrees. This commit is the moment
 * of sending for every invariant and for `verify`. What is refused goes back unsent.
 */
import { sql } from 'kysely'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { addToCaps, type CapKey, lockCaps } from './caps.ts'
import type { Moments } from './claims.ts'
import { at, json, kysely } from './db.ts'
import { appendLinks } from './ledger.ts'
import { lockEnrollments } from './locks.ts'
import { dueAgain } from './stops.ts'
import { suppressionsOf } from './suppressions.ts'

export interface MarkAsk {
  messageId: Id
  mailboxId: Id
  fence: number
}

interface Asked {
  id: Id
  enrollmentId: Id | null
  sequenceId: Id | null
  capped: CapKey[]
  toAddress: string | null
  copies: string[]
}

interface Marked {
  id: Id
  mailboxId: Id
  attempt: number
  fence: number
  addressHash: string
  bodyHash: string
}

type MarkOptions = Moments & { team: TeamId; asks: readonly MarkAsk[]; worker: string }

/** Locks, in the order of the house: the mailboxes of `asks` must be locked already. Returns the messages that may leave, with the number of each attempt. */
export async function markAll(tx: Db, o: MarkOptions): Promise<Map<Id, number>> {
  if (o.asks.length === 0) return new Map()
  const { team, now } = o
  const { rows: asked } = await sql<Asked>`
    select id, enrollment_id as "enrollmentId", sequence_id as "sequenceId", capped, to_address as "toAddress", cc || bcc as copies
    from messages
    where team_id = ${team} and id = any(${o.asks.map((ask) => ask.messageId)}) and state = 'claimed' order by id`.execute(
    kysely(tx),
  )
  await lockCaps(
    tx,
    team,
    asked.flatMap((one) => one.capped),
  )
  await lockEnrollments(
    tx,
    team,
    asked.flatMap((one) => one.enrollmentId ?? []),
  )
  await sql`
    select from messages where team_id = ${team} and id = any(${asked.map((one) => one.id)}) order by id for no key update`.execute(
    kysely(tx),
  )
  const suppressed = await suppressionsOf(tx, {
    team,
    addresses: asked.flatMap(({ toAddress, copies }) =>
      toAddress === null ? copies : [toAddress, ...copies],
    ),
  })
  const mayNot = asked.filter((one) => one.toAddress !== null && suppressed.has(one.toAddress))
  // One of its copies went to somebody who has opted out since: it is claimed again without that copy.
  const free = asked.filter(
    (one) => !mayNot.includes(one) && !one.copies.some((copy) => suppressed.has(copy)),
  )
  const marked = await transmit(
    tx,
    o,
    free.map((one) => one.id),
  )
  await writeAttempts(tx, o, marked)
  await appendLinks(tx, {
    team,
    entries: marked.map(({ id, mailboxId, attempt, addressHash, bodyHash }) => ({
      mailboxId,
      kind: 'mark',
      messageId: id,
      attempt,
      state: 'transmitting',
      at: now,
      addressHash,
      bodyHash,
    })),
  })
  const allowed = new Map(marked.map((one) => [one.id, one.attempt]))
  await refuse(tx, o, {
    asks: o.asks.filter((ask) => !allowed.has(ask.messageId)),
    suppressed: mayNot.map((one) => one.id),
  })
  return allowed
}

const asksOf = (asks: readonly MarkAsk[]) =>
  sql`unnest(${asks.map((ask) => ask.messageId)}::text[], ${asks.map((ask) => ask.mailboxId)}::text[], ${asks.map((ask) => ask.fence)}::int[])`

/** Re-reads fence and lease, enrollment, sequence, window and the fence of the database in the statement that marks. */
async function transmit(tx: Db, o: MarkOptions, free: readonly Id[]): Promise<Marked[]> {
  const { rows } = await sql<Marked>`
    update messages m set state = 'transmitting', attempt = m.attempt + 1, marked_at = ${at(o.now)}, updated_at = ${at(o.now)},
      counted_at = case when m.purpose = 'test' then null else ${at(o.now)}::timestamptz end
    from ${asksOf(o.asks)} as a (id, mailbox_id, fence)
    join mailboxes b on b.team_id = ${o.team} and b.id = a.mailbox_id and b.fence = a.fence
    where m.team_id = ${o.team} and m.id = a.id and m.id = any(${free as Id[]}) and m.mailbox_id = b.id and m.state = 'claimed'
      and m.fence = a.fence and b.state = 'connected' and b.busy_until > ${at(o.real)}
      and (m.window_closes_at is null or m.window_closes_at > ${at(o.now)})
      and not exists (select from deployment where fenced_reason is not null)
      and (m.enrollment_id is null or exists (select from contacts c
        where c.team_id = m.team_id and c.id = m.contact_id and c.address = m.to_address))
      and (m.enrollment_id is null or exists (
        select from enrollments e join sequences s on s.team_id = e.team_id and s.id = e.sequence_id
        where e.team_id = m.team_id and e.id = m.enrollment_id and e.state = 'active' and e.lease_until is not null
          and e.step_id = m.step_id and e.removed_at is null and s.active and s.archived_at is null))
    returning m.id, m.mailbox_id as "mailboxId", m.attempt, m.fence, m.address_hash as "addressHash", m.body_hash as "bodyHash"`.execute(
    kysely(tx),
  )
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1))
}

async function writeAttempts(tx: Db, o: MarkOptions, marked: readonly Marked[]): Promise<void> {
  if (marked.length === 0) return
  await sql`
    insert into attempts (team_id, message_id, attempt, mailbox_id, fence, worker, marked_at)
    select ${o.team}, a.id, a.attempt, a.mailbox_id, a.fence, ${o.worker}, ${at(o.now)}
    from unnest(${marked.map((one) => one.id)}::text[], ${marked.map((one) => one.attempt)}::int[],
      ${marked.map((one) => one.mailboxId)}::text[], ${marked.map((one) => one.fence)}::int[]) as a (id, attempt, mailbox_id, fence)`.execute(
    kysely(tx),
  )
}

/**
 * Back unsent, with its counters; due again if its enrollment still waits, queued again if a person sent it to somebody who may be written
 * to. One of another fence belongs to somebody else now.
 */
async function refuse(
  tx: Db,
  { team, now }: MarkOptions,
  { asks, suppressed }: { asks: readonly MarkAsk[]; suppressed: readonly Id[] },
): Promise<void> {
  if (asks.length === 0) return
  const { rows } = await sql<{ id: Id; enrollmentId: Id | null; capped: CapKey[] }>`
    with was as (
      select m.id, m.capped from messages m
      join ${asksOf(asks)} as a (id, mailbox_id, fence) on m.id = a.id and m.mailbox_id = a.mailbox_id and m.fence = a.fence
      where m.team_id = ${team} and m.state = 'claimed'
    )
    update messages m set counted_at = null, state = case
        when m.enrollment_id is null and not m.id = any(${suppressed as Id[]}::text[]) then 'queued' else 'cancelled' end, capped = ${json([])}::jsonb, updated_at = ${at(now)}
    from was where m.team_id = ${team} and m.id = was.id
    returning m.id, m.enrollment_id as "enrollmentId", was.capped`.execute(kysely(tx))
  await addToCaps(tx, { team, keys: rows.flatMap((row) => row.capped), by: -1 })
  await dueAgain(tx, { team, enrollmentIds: rows.flatMap((row) => row.enrollmentId ?? []), now })
}
