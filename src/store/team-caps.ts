/** A cap that a team sets in the middle of a day or week counts what was sent in it already: counters stand only where a cap does. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import { type CompanyLimits, companyCaps, companyDomainOf } from '../core/company.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { localDay, localDayOf, startOfDay, weekdayOf } from '../core/zone.ts'
import { addToCaps, type CapKey, lockCaps } from './caps.ts'
import { at, kysely } from './db.ts'
import { accountsAt, type KnownAccount } from './due-caps.ts'

interface Counting {
  team: TeamId
  /** Those to be counted from now on; null: not set, or counted already. */
  limits: CompanyLimits
  zone: string
  now: Instant
}

interface Sent {
  id: Id
  address: string
  accountId: Id | null
  countedAt: Instant
}

type Stamp = CapKey & { id: Id }

/** The caller holds all mailboxes of the team, so that no claim or mark is under way. Locks counters, then messages. */
export async function countSent(tx: Db, o: Counting): Promise<void> {
  const { team } = o
  const sent = await sentThisWeek(tx, o)
  const unlinked = sent.flatMap((one) => (one.accountId === null ? [one.address] : []))
  const accounts = await accountsAt(tx, { team, addresses: unlinked })
  const stamps = sent.flatMap((one) => stampsOf(one, accounts, o))
  await lockCaps(tx, team, stamps)
  await addToCaps(tx, { team, keys: await putStamps(tx, team, stamps), by: 1 })
}

/** Emails of sequences; what a person writes by hand counts against no company. */
async function sentThisWeek(tx: Db, { team, zone, now }: Counting): Promise<Sent[]> {
  const today = localDay(zone, now)
  const { rows } = await sql<Sent>`
    select m.id, m.to_address as address, c.account_id as "accountId", m.counted_at as "countedAt"
    from messages m left join contacts c on c.team_id = m.team_id and c.id = m.contact_id
    where m.team_id = ${team} and m.enrollment_id is not null and m.to_address is not null
      and m.mailbox_id in (select id from mailboxes where team_id = ${team})
      and m.counted_at >= ${at(startOfDay(zone, today - weekdayOf(today) + 1))}`.execute(kysely(tx))
  return rows
}

function stampsOf(
  { id, address, accountId, countedAt }: Sent,
  accounts: ReadonlyMap<string, KnownAccount>,
  { limits, zone, now }: Counting,
): Stamp[] {
  const account =
    accountId === null
      ? (accounts.get(companyDomainOf(address) ?? '') ?? null)
      : { id: accountId, name: accountId }
  const caps = companyCaps({ address, account }, { limits, zone, now })
  return (['domain', 'account'] as const).flatMap((kind) => {
    const cap = caps[kind]
    if (cap === null || countedAt < startOfDay(zone, localDayOf(cap.day)!)) return []
    return [{ id, kind, key: cap.key, day: cap.day }]
  })
}

/** Returns those that were not there yet. */
async function putStamps(tx: Db, team: TeamId, stamps: readonly Stamp[]): Promise<CapKey[]> {
  if (stamps.length === 0) return []
  await sql`
    select from messages where team_id = ${team} and id = any(${stamps.map((one) => one.id)}) order by id for no key update`.execute(
    kysely(tx),
  )
  const { rows } = await sql<CapKey>`
    with fresh as (
      select m.id, s.kind, s.key, s.day, jsonb_build_object('kind', s.kind, 'key', s.key, 'day', s.day) as stamp
      from unnest(${stamps.map((one) => one.id)}::text[], ${stamps.map((one) => one.kind)}::text[],
        ${stamps.map((one) => one.key)}::text[], ${stamps.map((one) => one.day)}::text[]) as s (id, kind, key, day)
      join messages m on m.team_id = ${team} and m.id = s.id
      where not m.capped @> jsonb_build_array(jsonb_build_object('kind', s.kind, 'key', s.key, 'day', s.day))),
    stamped as (
      update messages m set capped = m.capped || f.stamps
      from (select id, jsonb_agg(stamp) as stamps from fresh group by id) as f where m.team_id = ${team} and m.id = f.id)
    select kind, key, day from fresh`.execute(kysely(tx))
  return rows
}
