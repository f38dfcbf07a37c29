/** Searching companies, and what is counted of their people. */
import { type RawBuilder, sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { EnrollmentState } from '../core/enrollment.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { ACCOUNT_COLUMNS, type AccountRow } from './accounts.ts'
import { kysely, likeAll } from './db.ts'
import { HOLD_SHOWN } from './mailbox-waits.ts'

export type AccountOrder = 'activity' | 'created' | 'updated'

export interface AccountSearch {
  team: TeamId
  /** Every word must occur in the name. */
  name?: string
  stageIds?: readonly Id[]
  listIds?: readonly Id[]
  order: AccountOrder
  ascending: boolean
  offset: number
  limit: number
}

/** A search of 20 words is a pasted sentence. */
const WORDS_MAX = 20

export async function searchAccounts(
  db: Db,
  search: AccountSearch,
): Promise<{ accounts: AccountRow[]; total: number }> {
  const where = conditions(search)
  const way = search.ascending ? sql`asc` : sql`desc`
  const [page, total] = await Promise.all([
    sql<AccountRow>`
      select ${ACCOUNT_COLUMNS} from accounts a where ${where}
      order by ${ORDERS[search.order]} ${way} nulls last, a.id ${way} offset ${search.offset} limit ${search.limit}`.execute(
      kysely(db),
    ),
    sql<{ n: number }>`select count(*) as n from accounts a where ${where}`.execute(kysely(db)),
  ])
  return { accounts: page.rows, total: total.rows[0]!.n }
}

const ORDERS: Record<AccountOrder, RawBuilder<unknown>> = {
  activity: sql`(select max(c.last_activity_at) from contacts c where c.team_id = a.team_id and c.account_id = a.id and c.deleted_at is null)`,
  created: sql`a.created_at`,
  updated: sql`a.updated_at`,
}

function conditions({ team, name, stageIds, listIds }: AccountSearch): RawBuilder<unknown> {
  const all = [sql`a.team_id = ${team}`, sql`a.deleted_at is null`]
  for (const word of (name ?? '').split(/\s+/).filter(Boolean).slice(0, WORDS_MAX))
    all.push(sql`lower(a.name) like ${likeAll(word)}`)
  if (stageIds) all.push(sql`a.stage_id = any(${stageIds as Id[]})`)
  if (listIds)
    all.push(sql`exists (select from list_members m where m.team_id = ${team} and m.member_id = a.id
      and m.list_id = any(${listIds as Id[]}))`)
  return sql.join(all, sql` and `)
}

/** Where people stand who are counted together. */
export interface Standing {
  sequenceId: Id
  state: EnrollmentState
  reason: string | null
  holdReason: string | null
  sequenceActive: boolean
  people: number
}

export interface AccountFigures {
  contacts: number
  lastActivityAt: Instant | null
  standings: Standing[]
}

/** Of the people who are linked to each of these accounts. Whom nobody is linked to is left out. */
export async function accountFigures(
  db: Db,
  { team, ids }: { team: TeamId; ids: readonly Id[] },
): Promise<Map<Id, AccountFigures>> {
  if (ids.length === 0) return new Map()
  const [people, enrollments] = await Promise.all([
    sql<{ id: Id; n: number; last: Instant | null }>`
      select account_id as id, count(*) as n, max(last_activity_at) as last from contacts
      where team_id = ${team} and account_id = any(${ids as Id[]}) and deleted_at is null group by 1`.execute(
      kysely(db),
    ),
    sql<Standing & { id: Id }>`
      select c.account_id as id, e.sequence_id as "sequenceId", e.state, e.reason, ${HOLD_SHOWN} as "holdReason",
        s.active and s.archived_at is null as "sequenceActive", count(*) as people
      from contacts c join enrollments e on e.team_id = c.team_id and e.contact_id = c.id and e.removed_at is null
      join sequences s on s.team_id = e.team_id and s.id = e.sequence_id
      join mailboxes m on m.team_id = e.team_id and m.id = e.mailbox_id
      where c.team_id = ${team} and c.account_id = any(${ids as Id[]}) and c.deleted_at is null
      group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3`.execute(kysely(db)),
  ])
  const byAccount = Map.groupBy(enrollments.rows, (row) => row.id)
  return new Map(
    people.rows.map(({ id, n, last }) => [
      id,
      { contacts: n, lastActivityAt: last, standings: byAccount.get(id) ?? [] },
    ]),
  )
}
