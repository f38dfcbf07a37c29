/** What the tables say, in the shape that tests compare: rows of enrollments and messages, the kinds of activities, numbers and their rows. */
import { sql } from 'kysely'
import type { Instant } from '../../src/core/clock.ts'
import type { Db } from '../../src/core/db.ts'
import type { Id } from '../../src/core/ids.ts'
import type { Link } from '../../src/core/ledger.ts'
import { kysely } from '../../src/store/db.ts'
import { readTotals } from '../../src/store/stats.ts'

export interface EnrollmentRow {
  state: string
  reason: string | null
  hold: string | null
  detail: string | null
  due: Instant | null
  lease: Instant | null
  step: Id
  message: Id
  unpause: Instant | null
  finished: Instant | null
  removed: Instant | null
  rev: number
}

export async function enrollmentRow(db: Db, team: number, id: Id): Promise<EnrollmentRow> {
  const { rows } = await sql<EnrollmentRow>`
    select state, reason, hold_reason as hold, hold_detail as detail, due_at as due, lease_until as lease, step_id as step,
      message_id as message, auto_unpause_at as unpause, finished_at as finished, removed_at as removed, rev
    from enrollments where team_id = ${team} and id = ${id}`.execute(kysely(db))
  return rows[0]!
}

export interface MessageRow {
  state: string
  attempt: number
  counted: Instant | null
  marked: Instant | null
  capped: unknown[]
  failure: string | null
}

export async function messageRow(db: Db, team: number, id: Id): Promise<MessageRow> {
  const { rows } = await sql<MessageRow>`
    select state, attempt, counted_at as counted, marked_at as marked, capped, failure
    from messages where team_id = ${team} and id = ${id}`.execute(kysely(db))
  return rows[0]!
}

/** In the order in which they were written. */
export async function activitiesOf(
  db: Db,
  team: number,
  enrollmentId: Id,
): Promise<{ kind: string; reason: string | null; actor: string }[]> {
  const { rows } = await sql<{ kind: string; reason: string | null; actor: string }>`
    select kind, reason, actor from activities where team_id = ${team} and enrollment_id = ${enrollmentId}
    order by epoch, xid, at, id`.execute(kysely(db))
  return rows
}

/** `metric` or `metric step 2`: n. */
export type Numbers = Record<string, number>

export async function numbersOf(db: Db, team: number, sequenceId: Id): Promise<Numbers> {
  const totals = (await readTotals(db, { team, sequenceIds: [sequenceId] })).get(sequenceId)!
  const numbers: Numbers = {}
  for (const { metric, n } of totals) numbers[metric] = (numbers[metric] ?? 0) + n
  return withoutZeros(numbers)
}

/** The same numbers, counted from the rows of people. */
export async function numbersFromRows(db: Db, team: number, sequenceId: Id): Promise<Numbers> {
  const { rows } = await sql<{ metric: string; n: number }>`
    select metric, count(*) as n from enrollments e, lateral (values (e.state),
      (case when e.state = 'active' then 'hold:' || e.hold_reason end),
      (case when e.state in ('finished', 'failed') then e.state || ':' || e.reason end)) as m (metric)
    where e.team_id = ${team} and e.sequence_id = ${sequenceId} and e.removed_at is null and metric is not null
    group by 1`.execute(kysely(db))
  return Object.fromEntries(rows.map((row) => [row.metric, row.n]))
}

export async function capUsed(
  db: Db,
  team: number,
  key: { kind: string; key: Id; day: string },
): Promise<number> {
  const { rows } = await sql<{ used: number }>`
    select used from cap_counters where team_id = ${team} and kind = ${key.kind} and key = ${key.key} and day = ${key.day}::date`.execute(
    kysely(db),
  )
  return rows[0]?.used ?? 0
}

function withoutZeros(numbers: Numbers): Numbers {
  return Object.fromEntries(Object.entries(numbers).filter(([, n]) => n !== 0))
}

/** The chain of a mailbox, in order. */
export async function linksOf(db: Db, team: number, mailboxId: Id): Promise<Link[]> {
  const { rows } = await sql<Link>`
    select seq, kind, message_id as "messageId", attempt, state, at, address_hash as "addressHash", body_hash as "bodyHash", link as hash
    from ledger_links where team_id = ${team} and mailbox_id = ${mailboxId} order by seq`.execute(kysely(db))
  return rows
}
