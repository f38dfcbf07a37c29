/** The do-not-contact list as people see it: searched, and lifted with a reason. Adding to it is `suppress` in stops.ts. */
import { type RawBuilder, sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { at, kysely, likeAll } from './db.ts'

export interface SuppressionRow {
  kind: 'address' | 'domain' | 'hash'
  value: string
  reason: 'opt_out' | 'hard_bounce' | 'complaint' | 'imported' | 'manual'
  source: string
  createdAt: Instant
  createdBy: Id | null
  liftedAt: Instant | null
  liftReason: string | null
}

const COLUMNS = sql`kind, value, reason, source, created_at as "createdAt", created_by as "createdBy",
  lifted_at as "liftedAt", lift_reason as "liftReason"`

export async function searchSuppressions(
  db: Db,
  search: { team: TeamId; q: string; offset: number; limit: number },
): Promise<{ suppressions: SuppressionRow[]; total: number }> {
  const all: RawBuilder<unknown>[] = [sql`team_id = ${search.team}`]
  if (search.q.trim() !== '') all.push(sql`lower(value) like ${likeAll(search.q.trim())}`)
  const where = sql.join(all, sql` and `)
  const [page, total] = await Promise.all([
    sql<SuppressionRow>`
      select ${COLUMNS} from suppressions where ${where}
      order by created_at desc, kind, value offset ${search.offset} limit ${search.limit}`.execute(
      kysely(db),
    ),
    sql<{ n: number }>`select count(*) as n from suppressions where ${where}`.execute(kysely(db)),
  ])
  return { suppressions: page.rows, total: total.rows[0]!.n }
}

export interface Lift {
  team: TeamId
  kind: 'address' | 'domain'
  value: string
  /** Why this person may be written to again: kept with the row. */
  reason: string
  by: Id
  now: Instant
}

/** The row as it is now, or undefined when there is none that is not lifted already. The row stays. */
export async function liftSuppression(tx: Db, lift: Lift): Promise<SuppressionRow | undefined> {
  const { rows } = await sql<SuppressionRow>`
    update suppressions set lifted_at = ${at(lift.now)}, lifted_by = ${lift.by}, lift_reason = ${lift.reason}
    where team_id = ${lift.team} and kind = ${lift.kind} and value = ${lift.value} and lifted_at is null
    returning ${COLUMNS}`.execute(kysely(tx))
  return rows[0]
}

/** Those of the addresses whose people asked not to be written to. */
export async function optedOutAmong(
  db: Db,
  { team, addresses }: { team: TeamId; addresses: readonly string[] },
): Promise<Set<string>> {
  if (addresses.length === 0) return new Set()
  const { rows } = await sql<{ value: string }>`
    select value from suppressions where team_id = ${team} and kind = 'address' and reason = 'opt_out'
      and lifted_at is null and value = any(${addresses as string[]})`.execute(kysely(db))
  return new Set(rows.map(({ value }) => value))
}

/** Those of the addresses and domains that are on the list and not lifted. */
export async function knownSuppressions(
  db: Db,
  { team, values }: { team: TeamId; values: readonly (string | null)[] },
): Promise<Set<string>> {
  const { rows } = await sql<{ value: string }>`
    select value from suppressions where team_id = ${team} and kind in ('address', 'domain')
      and lifted_at is null and value = any(${values as string[]})`.execute(kysely(db))
  return new Set(rows.map((row) => row.value))
}
