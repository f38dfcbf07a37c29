/** Counters of shared daily caps. Raised in the claim's transaction, given back by whichever transaction cancels or recovers. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { at, json, kysely } from './db.ts'

export interface CapKey {
  kind: 'sequence' | 'step' | 'domain' | 'account'
  /** An id, or a domain. */
  key: string
  /** YYYY-MM-DD: of a sequence or step in the schedule's zone, else in the team's; of an account the Monday of its week. */
  day: string
}

export function capName({ kind, key, day }: CapKey): string {
  return `${kind} ${key} ${day}`
}

/** Locks the counters in sorted order, made where missing, and says what is used of each, by `capName`. */
export async function lockCaps(tx: Db, team: TeamId, keys: readonly CapKey[]): Promise<Map<string, number>> {
  const sorted = sortedKeys(keys)
  if (sorted.length === 0) return new Map()
  await sql`
    insert into cap_counters (team_id, kind, key, day)
    select ${team}, k.kind, k.key, k.day::date from ${unnested(sorted)}
    order by k.kind collate "C", k.key collate "C", k.day
    on conflict do nothing`.execute(kysely(tx))
  const { rows } = await sql<CapKey & { used: number }>`
    select c.kind, c.key, c.day::text as day, c.used from cap_counters c
    join ${unnested(sorted)} on c.kind = k.kind and c.key = k.key and c.day = k.day::date
    where c.team_id = ${team} order by c.kind collate "C", c.key, c.day for no key update of c`.execute(
    kysely(tx),
  )
  return new Map(rows.map((row) => [capName(row), row.used]))
}

/** Those counters, by `capName`, in which something is counted that was claimed and has not left yet. */
export async function looseCaps(tx: Db, team: TeamId, keys: readonly CapKey[]): Promise<Set<string>> {
  const sorted = sortedKeys(keys)
  if (sorted.length === 0) return new Set()
  const { rows } = await sql<CapKey>`
    select k.kind, k.key, k.day from ${unnested(sorted)} where exists (
      select from messages m where m.team_id = ${team} and m.state = 'claimed'
        and m.capped @> jsonb_build_array(jsonb_build_object('kind', k.kind, 'key', k.key, 'day', k.day)))`.execute(
    kysely(tx),
  )
  return new Set(rows.map(capName))
}

/** Adds (or, negative, gives back) one per key given; a key may stand in the list several times. */
export async function addToCaps(
  tx: Db,
  o: { team: TeamId; keys: readonly CapKey[]; by: 1 | -1 },
): Promise<void> {
  const sums = new Map<string, CapKey & { n: number }>()
  for (const key of o.keys) {
    const sum = sums.get(capName(key))
    if (sum) sum.n += o.by
    else sums.set(capName(key), { ...key, n: o.by })
  }
  if (sums.size === 0) return
  await lockCaps(tx, o.team, [...sums.values()])
  const rows = [...sums.values()]
  await sql`
    update cap_counters c set used = greatest(0, c.used + k.n)
    from unnest(${rows.map((one) => one.kind)}::text[], ${rows.map((one) => one.key)}::text[], ${rows.map((one) => one.day)}::text[],
      ${rows.map((one) => one.n)}::int[]) as k (kind, key, day, n)
    where c.team_id = ${o.team} and c.kind = k.kind and c.key = k.key and c.day = k.day::date`.execute(
    kysely(tx),
  )
}

/**
 * A cap that was just set counts what was sent on its day already: counters stand only where a cap does, and nobody counted so far. The caller
 * holds the sequence, its mailboxes and the counters, so that no claim is under way. `from` is when the day began.
 */
export async function countSince(
  tx: Db,
  o: { team: TeamId; sequenceId: Id; keys: readonly CapKey[]; from: Instant },
): Promise<void> {
  const { team, sequenceId } = o
  for (const key of sortedKeys(o.keys)) {
    const { kind, day } = key
    const stamp = json([{ kind, key: key.key, day }])
    const { numAffectedRows } = await sql`
      with sent as (
        select id from messages where team_id = ${team} and sequence_id = ${sequenceId} and counted_at >= ${at(o.from)}
          and (${kind} = 'sequence' or step_id = ${key.key}) and not capped @> ${stamp}::jsonb
        order by id for no key update)
      update messages m set capped = m.capped || ${stamp}::jsonb
      from sent where m.team_id = ${team} and m.id = sent.id`.execute(kysely(tx))
    const keys = Array.from({ length: Number(numAffectedRows ?? 0n) }, () => key)
    await addToCaps(tx, { team, keys, by: 1 })
  }
}

function sortedKeys(keys: readonly CapKey[]): CapKey[] {
  const unique = new Map(keys.map((key) => [capName(key), key]))
  return [...unique.keys()].sort().map((name) => unique.get(name)!)
}

function unnested(keys: readonly CapKey[]) {
  return sql`unnest(${keys.map((one) => one.kind)}::text[], ${keys.map((one) => one.key)}::text[],
    ${keys.map((one) => one.day)}::text[]) as k (kind, key, day)`
}
