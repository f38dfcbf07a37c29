/** Names that programs give to their calls: who may go on, and what was answered the first time. */
import { sql } from 'kysely'
import { DAY, type Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { TeamId } from '../core/ids.ts'
import { at, kysely } from './db.ts'

/** For so long the same name means the same call. */
const KEPT_MS = DAY
/** Old ones that one call takes away. */
const PRUNED = 100

export interface NamedCall {
  team: TeamId
  /** Who named it: `key:<id of the API key>`, `user:<id>`. */
  caller: string
  key: string
}

export interface EarlierCall {
  requestHash: string
  startedAt: Instant
  /** Null: it is under way, or broke off. */
  answer: string | null
  brokeOff: boolean
}

/** Null: nobody has used the name within a day, and it is the caller's now. */
export async function claimKey(
  db: Db,
  o: NamedCall & { requestHash: string; now: Instant },
): Promise<EarlierCall | null> {
  const { team, caller, key, requestHash, now } = o
  await prune(db, now)
  const mine = await sql<{ key: string }>`
    insert into idempotency_keys as k (team_id, caller, key, request_hash, started_at)
    values (${team}, ${caller}, ${key}, ${requestHash}, ${at(now)})
    on conflict (team_id, caller, key) do update set request_hash = excluded.request_hash, started_at = excluded.started_at,
      answer = null, broke_off = false
    where k.started_at <= ${at(now - KEPT_MS)} returning key`.execute(kysely(db))
  if (mine.rows.length > 0) return null
  const { rows } = await sql<EarlierCall>`
    select request_hash as "requestHash", started_at as "startedAt", answer, broke_off as "brokeOff"
    from idempotency_keys where team_id = ${team} and caller = ${caller} and key = ${key}`.execute(kysely(db))
  return rows[0] ?? null
}

export async function keepAnswer(
  db: Db,
  { team, caller, key, answer }: NamedCall & { answer: string },
): Promise<void> {
  await sql`update idempotency_keys set answer = ${answer} where team_id = ${team} and caller = ${caller} and key = ${key}`.execute(
    kysely(db),
  )
}

export async function noteBrokenOff(db: Db, { team, caller, key }: NamedCall): Promise<void> {
  await sql`update idempotency_keys set broke_off = true where team_id = ${team} and caller = ${caller} and key = ${key}`.execute(
    kysely(db),
  )
}

async function prune(db: Db, now: Instant): Promise<void> {
  await sql`
    delete from idempotency_keys k using (
      select team_id, caller, key from idempotency_keys where started_at <= ${at(now - KEPT_MS)}
      order by started_at limit ${PRUNED} for no key update skip locked) as old
    where k.team_id = old.team_id and k.caller = old.caller and k.key = old.key`.execute(kysely(db))
}
