/** Rows of calls: what tasks came to, and what was logged. Written in the transaction of what a call does to its person. */
import { type RawBuilder, sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { type CallStatus, UNDER_WAY } from '../core/phone-call.ts'
import { at, kysely, likeAll } from './db.ts'

/** What can be said of a call, and changed afterwards. */
export interface CallFields {
  contactId: Id | null
  /** Null: the company of the contact, whichever it is. */
  accountId: Id | null
  userId: Id
  outcomeId: Id | null
  purposeId: string | null
  status: CallStatus
  logged: boolean
  fromNumber: string | null
  toNumber: string | null
  startsAt: Instant
  endsAt: Instant
  /** Null: nobody has said. */
  seconds: number | null
  note: string | null
}

export interface PhoneCallRow extends CallFields {
  id: Id
  taskId: Id | null
}

const COLUMNS = sql`p.id, p.task_id as "taskId", p.contact_id as "contactId", p.account_id as "accountId",
  p.user_id as "userId", p.outcome_id as "outcomeId", p.purpose_id as "purposeId", p.status, p.logged, p.from_number as "fromNumber",
  p.to_number as "toNumber", p.starts_at as "startsAt", p.ends_at as "endsAt", p.seconds, p.note`

export async function phoneCallById(
  db: Db,
  { team, id, locked }: { team: TeamId; id: Id; locked?: true },
): Promise<PhoneCallRow | undefined> {
  const { rows } = await sql<PhoneCallRow>`
    select ${COLUMNS} from phone_calls p where p.team_id = ${team} and p.id = ${id}
    ${locked ? sql`for no key update` : sql``}`.execute(kysely(db))
  return rows[0]
}

export async function insertPhoneCall(
  tx: Db,
  { team, call, now }: { team: TeamId; call: PhoneCallRow; now: Instant },
): Promise<void> {
  await kysely(tx)
    .insertInto('phone_calls')
    .values({
      ...{ team_id: team, id: call.id, task_id: call.taskId, ...columnsOf(call) },
      ...{ created_at: at(now), updated_at: at(now) },
    })
    .execute()
}

export async function savePhoneCall(
  tx: Db,
  { team, id, fields, now }: { team: TeamId; id: Id; fields: CallFields; now: Instant },
): Promise<void> {
  await kysely(tx)
    .updateTable('phone_calls')
    .set({ ...columnsOf(fields), updated_at: at(now) })
    .where('team_id', '=', team)
    .where('id', '=', id)
    .execute()
}

function columnsOf(call: CallFields) {
  return {
    contact_id: call.contactId,
    account_id: call.accountId,
    user_id: call.userId,
    outcome_id: call.outcomeId,
    purpose_id: call.purposeId,
    status: call.status,
    logged: call.logged,
    from_number: call.fromNumber,
    to_number: call.toNumber,
    starts_at: at(call.startsAt),
    ends_at: at(call.endsAt),
    seconds: call.seconds,
    note: call.note,
  }
}

export interface CallSearch {
  team: TeamId
  from: Instant | null
  before: Instant | null
  secondsMin: number | null
  secondsMax: number | null
  userIds: readonly Id[] | null
  /** Lists that the contact is on one of. */
  listIds: readonly Id[] | null
  purposeIds: readonly string[] | null
  outcomeIds: readonly Id[] | null
  /** Letters that occur in the note, the numbers, or the name, address or company of the contact. */
  words: readonly string[]
  offset: number
  limit: number
}

export interface CallsFound {
  /** The latest first. */
  calls: PhoneCallRow[]
  total: number
  /** How many came to each outcome, whatever outcomes were asked for; null: to none. */
  outcomes: { outcomeId: Id | null; name: string | null; n: number }[]
  /** Of the same ones: those that are not over. */
  underWay: number
}

export async function searchPhoneCalls(db: Db, search: CallSearch): Promise<CallsFound> {
  const from = sql`from phone_calls p left join contacts c on c.team_id = p.team_id and c.id = p.contact_id`
  const where = conditions(search)
  const [page, counts] = await Promise.all([
    sql<PhoneCallRow>`
      select ${COLUMNS} ${from} where ${where} and ${ofOutcomes(search.outcomeIds)}
      order by p.starts_at desc, p.id desc offset ${search.offset} limit ${search.limit}`.execute(kysely(db)),
    sql<{ outcomeId: Id | null; name: string | null; n: number; underWay: number; asked: number }>`
      select o.id as "outcomeId", o.name, count(*) as n, count(*) filter (where p.status = any(${UNDER_WAY as string[]})) as "underWay",
        count(*) filter (where ${ofOutcomes(search.outcomeIds)}) as asked
      ${from} left join call_outcomes o on o.team_id = p.team_id and o.id = p.outcome_id
      where ${where} group by o.id, o.name, o.position order by o.position nulls last, o.id`.execute(
      kysely(db),
    ),
  ])
  const sum = (of: (row: (typeof counts.rows)[number]) => number) =>
    counts.rows.reduce((all, row) => all + of(row), 0)
  return {
    calls: page.rows,
    total: sum((row) => row.asked),
    outcomes: counts.rows.map(({ outcomeId, name, n }) => ({ outcomeId, name, n })),
    underWay: sum((row) => row.underWay),
  }
}

const ofOutcomes = (ids: readonly Id[] | null) =>
  ids === null ? sql`true` : sql`p.outcome_id = any(${ids as Id[]})`

function conditions(search: CallSearch): RawBuilder<unknown> {
  const { team, from, before, secondsMin, secondsMax, userIds, listIds, purposeIds } = search
  const all = [sql`p.team_id = ${team}`]
  if (from !== null) all.push(sql`p.starts_at >= ${at(from)}`)
  if (before !== null) all.push(sql`p.starts_at < ${at(before)}`)
  if (secondsMin !== null) all.push(sql`p.seconds >= ${secondsMin}`)
  if (secondsMax !== null) all.push(sql`p.seconds <= ${secondsMax}`)
  if (userIds !== null) all.push(sql`p.user_id = any(${userIds as Id[]})`)
  if (purposeIds !== null) all.push(sql`p.purpose_id = any(${purposeIds as string[]})`)
  if (listIds !== null)
    all.push(sql`exists (select from list_members m where m.team_id = ${team} and m.member_id = p.contact_id
      and m.list_id = any(${listIds as Id[]}))`)
  for (const word of search.words)
    all.push(
      sql`lower(concat_ws(' ', p.note, p.to_number, p.from_number, c.first_name, c.last_name, c.email, c.organization_name)) like ${likeAll(word)}`,
    )
  return sql.join(all, sql` and `)
}
