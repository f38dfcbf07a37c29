/**
 * Rows of API keys. A key is `sg_<8 hex>_<team's public id>_<40 hex>`: its first part is shown and looked up, the whole is stored
 * hashed and shown once.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { at, kysely } from './db.ts'

export interface ApiKeyRow {
  id: Id
  name: string
  /** `sg_1a2b3c4d`: how the key begins. */
  prefix: string
  master: boolean
  /** Of a key that is no master key: the calls it may make. */
  scopes: string[]
  createdAt: Instant
  revokedAt: Instant | null
}

const COLUMNS = sql`id, name, prefix, master, scopes, created_at as "createdAt", revoked_at as "revokedAt"`
const KEY = /^(sg_[0-9a-f]{8})_([0-9a-f]{24})_[0-9a-f]{40}$/

/** The secret part has 160 bits of chance: a slow hash would only slow every call down. */
function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

export interface NewApiKey {
  team: TeamId
  teamPublicId: string
  name: string
  /** Left out: a master key. */
  scopes?: readonly string[] | undefined
  createdBy: Id
  now: Instant
  random: Random
}

/** `key` is its only appearance. */
export async function createApiKey(tx: Db, made: NewApiKey): Promise<{ key: string; row: ApiKeyRow }> {
  const { team, now, random } = made
  const prefix = `sg_${random.hex(4)}`
  const key = `${prefix}_${made.teamPublicId}_${random.hex(20)}`
  const { rows } = await sql<ApiKeyRow>`
    insert into api_keys (team_id, id, prefix, hash, name, master, scopes, created_by, created_at)
    values (${team}, ${newId(now, random)}, ${prefix}, ${hashOf(key).toString('hex')}, ${made.name}, ${made.scopes === undefined},
      ${(made.scopes ?? []) as string[]}, ${made.createdBy}, ${at(now)})
    returning ${COLUMNS}`.execute(kysely(tx))
  return { key, row: rows[0]! }
}

export async function apiKeysOf(db: Db, team: TeamId): Promise<ApiKeyRow[]> {
  const { rows } = await sql<ApiKeyRow>`
    select ${COLUMNS} from api_keys where team_id = ${team} order by created_at, id`.execute(kysely(db))
  return rows
}

/** Undefined for a key that is not the team's. Revoking twice keeps the first instant. */
export async function revokeApiKey(
  db: Db,
  { team, id, now }: { team: TeamId; id: Id; now: Instant },
): Promise<ApiKeyRow | undefined> {
  const { rows } = await sql<ApiKeyRow>`
    update api_keys set revoked_at = coalesce(revoked_at, ${at(now)}::timestamptz)
    where team_id = ${team} and id = ${id} returning ${COLUMNS}`.execute(kysely(db))
  return rows[0]
}

export interface KeyCaller {
  keyId: Id
  teamId: TeamId
  teamPublicId: string
  /** The team's longest-standing admin, as recorded: not who made the key. */
  userId: Id
  master: boolean
  scopes: string[]
}

/** Who calls with this key; undefined for a text that is no key, an unknown, a wrong or a revoked one. */
export async function findApiKey(db: Db, key: string): Promise<KeyCaller | undefined> {
  const [, prefix, teamPublicId] = KEY.exec(key) ?? []
  if (prefix === undefined || teamPublicId === undefined) return undefined
  const { rows } = await sql<KeyCaller & { hash: string }>`
    select t.id as "teamId", t.public_id as "teamPublicId", k.id as "keyId", k.master, k.scopes, k.hash,
      (select u.id from users u where u.team_id = t.id and u.role = 'admin' and u.deleted_at is null
       order by u.created_at, u.id limit 1) as "userId"
    from teams t join api_keys k on k.team_id = t.id
    where t.public_id = ${teamPublicId} and k.prefix = ${prefix} and k.revoked_at is null
      and not exists (select from users m where m.id = k.created_by and m.deleted_at is not null)`.execute(
    kysely(db),
  )
  const found = rows[0]
  if (!found || found.userId === null) return undefined
  const { hash, ...caller } = found
  return timingSafeEqual(Buffer.from(hash, 'hex'), hashOf(key)) ? caller : undefined
}
