/** Rows of accounts: the companies of contacts. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { at, kysely } from './db.ts'

export interface AccountRow {
  id: Id
  name: string
  domain: string | null
  phone: string | null
  rawAddress: string | null
  stageId: Id | null
  ownerId: Id | null
  source: string
  createdAt: Instant
  updatedAt: Instant
}

const COLUMNS = sql`id, name, domain, phone, raw_address as "rawAddress", stage_id as "stageId", owner_id as "ownerId",
  source, created_at as "createdAt", updated_at as "updatedAt"`

export async function accountsByIds(
  db: Db,
  { team, ids }: { team: TeamId; ids: readonly Id[] },
): Promise<Map<Id, AccountRow>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<AccountRow>`
    select ${COLUMNS} from accounts
    where team_id = ${team} and id = any(${ids as Id[]}) and deleted_at is null`.execute(kysely(db))
  return new Map(rows.map((row) => [row.id, row]))
}

export interface NamedAccounts {
  team: TeamId
  /** Company names as typed, with the domain of their website where known. */
  accounts: readonly { name: string; domain: string | null }[]
  ownerId: Id
  source: string
  now: Instant
  random: Random
}

/** The account of each name, by its lower-cased trimmed name; made where there is none. Two calls at once make one. */
export async function accountsNamed(tx: Db, asked: NamedAccounts): Promise<Map<string, Id>> {
  const { team, now, random } = asked
  const wanted = new Map(asked.accounts.map((each) => [each.name.trim().toLowerCase(), each]))
  wanted.delete('')
  const found = await idsByName(tx, team, [...wanted.keys()])
  if (found.size === wanted.size) return found
  // Nothing in the schema keeps two companies of one name apart (there are such), so making one waits its turn.
  await sql`select pg_advisory_xact_lock(${ACCOUNTS_LOCK}, ${team})`.execute(kysely(tx))
  const after = await idsByName(tx, team, [...wanted.keys()])
  const missing = [...wanted].filter(([name]) => !after.has(name))
  if (missing.length === 0) return after
  const rows = missing.map(([key, { name, domain }]) => ({
    key,
    row: {
      team_id: team,
      id: newId(now, random),
      name: name.trim(),
      domain,
      owner_id: asked.ownerId,
      source: asked.source,
      created_at: at(now),
      updated_at: at(now),
    },
  }))
  await kysely(tx)
    .insertInto('accounts')
    .values(rows.map(({ row }) => row))
    .execute()
  for (const { key, row } of rows) after.set(key, row.id)
  return after
}

/** Any number that no other advisory lock uses; the second key is the team. */
const ACCOUNTS_LOCK = 7_317_002

async function idsByName(tx: Db, team: TeamId, names: readonly string[]): Promise<Map<string, Id>> {
  if (names.length === 0) return new Map()
  const { rows } = await sql<{ key: string; id: Id }>`
    select distinct on (lower(name)) lower(name) as key, id from accounts
    where team_id = ${team} and lower(name) = any(${names as string[]}) and deleted_at is null
    order by lower(name), created_at, id`.execute(kysely(tx))
  return new Map(rows.map(({ key, id }) => [key, id]))
}
