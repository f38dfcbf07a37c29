/** Rows of accounts: the companies of contacts. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { at, json, kysely } from './db.ts'

export interface AccountRow {
  id: Id
  name: string
  domain: string | null
  phone: string | null
  rawAddress: string | null
  stageId: Id | null
  ownerId: Id | null
  /** Values by the key of their field. */
  custom: Record<string, string | number | boolean>
  source: string
  createdAt: Instant
  updatedAt: Instant
}

export const ACCOUNT_COLUMNS = sql`a.id, a.name, a.domain, a.phone, a.raw_address as "rawAddress", a.stage_id as "stageId", a.owner_id as "ownerId",
  a.custom, a.source, a.created_at as "createdAt", a.updated_at as "updatedAt"`

export async function accountsByIds(
  db: Db,
  { team, ids }: { team: TeamId; ids: readonly Id[] },
): Promise<Map<Id, AccountRow>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<AccountRow>`
    select ${ACCOUNT_COLUMNS} from accounts a
    where a.team_id = ${team} and a.id = any(${ids as Id[]}) and a.deleted_at is null`.execute(kysely(db))
  return new Map(rows.map((row) => [row.id, row]))
}

/** Locked by id until the transaction ends; unknown ids are left out. */
export async function lockAccounts(
  tx: Db,
  { team, ids }: { team: TeamId; ids: readonly Id[] },
): Promise<AccountRow[]> {
  const { rows } = await sql<AccountRow>`
    select ${ACCOUNT_COLUMNS} from accounts a
    where a.team_id = ${team} and a.id = any(${ids as Id[]}) and a.deleted_at is null order by a.id for no key update`.execute(
    kysely(tx),
  )
  return rows
}

/** New ones, and what the caller has locked, whole. */
export async function saveAccounts(
  tx: Db,
  { team, accounts }: { team: TeamId; accounts: readonly AccountRow[] },
): Promise<void> {
  if (accounts.length === 0) return
  const rows = accounts.map((one) => ({
    team_id: team,
    id: one.id,
    name: one.name,
    domain: one.domain,
    phone: one.phone,
    raw_address: one.rawAddress,
    stage_id: one.stageId,
    owner_id: one.ownerId,
    custom: json(one.custom),
    source: one.source,
    created_at: at(one.createdAt),
    updated_at: at(one.updatedAt),
  }))
  await kysely(tx)
    .insertInto('accounts')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['team_id', 'id']).doUpdateSet((is) => ({
        name: is.ref('excluded.name'),
        domain: is.ref('excluded.domain'),
        phone: is.ref('excluded.phone'),
        raw_address: is.ref('excluded.raw_address'),
        stage_id: is.ref('excluded.stage_id'),
        owner_id: is.ref('excluded.owner_id'),
        custom: is.ref('excluded.custom'),
        updated_at: is.ref('excluded.updated_at'),
        rev: sql`accounts.rev + 1`,
      })),
    )
    .execute()
}

/** The oldest account of each domain, and of each lower-cased name: who is there already. */
export async function accountsLike(
  db: Db,
  { team, domains, names }: { team: TeamId; domains: readonly string[]; names: readonly string[] },
): Promise<{ byDomain: Map<string, Id>; byName: Map<string, Id> }> {
  const { rows } = await sql<{ id: Id; domain: string | null; name: string }>`
    select id, domain, lower(name) as name from accounts
    where team_id = ${team} and deleted_at is null and (domain = any(${domains as string[]}) or lower(name) = any(${names as string[]}))
    order by created_at desc, id desc`.execute(kysely(db))
  return {
    byDomain: new Map(rows.flatMap(({ domain, id }) => (domain === null ? [] : [[domain, id]]))),
    byName: new Map(rows.map(({ name, id }) => [name, id])),
  }
}

/** One call at a time makes companies of a team that look for those that are there. */
export async function takeAccountTurn(tx: Db, team: TeamId): Promise<void> {
  await sql`select pg_advisory_xact_lock(${ACCOUNTS_LOCK}, ${team})`.execute(kysely(tx))
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
  await takeAccountTurn(tx, team)
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
const ACCOUNTS_LOCK = 7_317_005

async function idsByName(tx: Db, team: TeamId, names: readonly string[]): Promise<Map<string, Id>> {
  if (names.length === 0) return new Map()
  const { rows } = await sql<{ key: string; id: Id }>`
    select distinct on (lower(name)) lower(name) as key, id from accounts
    where team_id = ${team} and lower(name) = any(${names as string[]}) and deleted_at is null
    order by lower(name), created_at, id`.execute(kysely(tx))
  return new Map(rows.map(({ key, id }) => [key, id]))
}
