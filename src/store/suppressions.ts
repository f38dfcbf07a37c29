/** Who must never be written to, looked up by address, by its domain and the domains above it, and by its hash. Lifted ones do not count. */
import { sql } from 'kysely'
import { domainOf } from '../core/address.ts'
import type { Db } from '../core/db.ts'
import type { TeamId } from '../core/ids.ts'
import { sha256 } from '../seal.ts'
import { kysely } from './db.ts'

export interface Suppression {
  kind: 'address' | 'domain' | 'hash'
  value: string
  reason: string
}

/** Keeps this hash apart from any other hash of an address. */
export const suppressionPrefix = 'suppressed '

/** The hash under which an erased address stays suppressed. Without salt: it has to be found again from the address alone. */
export function suppressionHash(address: string): string {
  return sha256(`${suppressionPrefix}${address}`)
}

/** `sub.acme.test`, `acme.test`: a suppressed domain covers what lies below it. */
export function domainsAbove(address: string): string[] {
  const labels = domainOf(address).split('.')
  return labels.slice(0, -1).map((_, from) => labels.slice(from).join('.'))
}

/** The first suppression of each address that has one; normalized addresses. */
export async function suppressionsOf(
  db: Db,
  { team, addresses }: { team: TeamId; addresses: readonly string[] },
): Promise<Map<string, Suppression>> {
  const asked = [...new Set(addresses)]
  if (asked.length === 0) return new Map()
  const keys = asked.flatMap((address) => [
    { address, kind: 'address', value: address },
    { address, kind: 'hash', value: suppressionHash(address) },
    ...domainsAbove(address).map((value) => ({ address, kind: 'domain', value })),
  ])
  const { rows } = await sql<Suppression & { address: string }>`
    select distinct on (k.address) k.address, s.kind, s.value, s.reason
    from unnest(${keys.map((key) => key.address)}::text[], ${keys.map((key) => key.kind)}::text[], ${keys.map((key) => key.value)}::text[])
      as k (address, kind, value)
    join suppressions s on s.team_id = ${team} and s.kind = k.kind and s.value = k.value and s.lifted_at is null
    order by k.address, s.kind`.execute(kysely(db))
  return new Map(rows.map(({ address, ...suppression }) => [address, suppression]))
}
