/** The shared caps of enrollments that are due: which counters each counts against today, and what is used of them. Changes nothing. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import { companyCaps, companyDomainOf } from '../core/company.ts'
import type { Db } from '../core/db.ts'
import type { Cap, CompanyCap, Facts } from '../core/facts.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { isEmail } from '../core/sequence.ts'
import { localDay, plainDate, startOfDay } from '../core/zone.ts'
import { type CapKey, capName } from './caps.ts'
import { kysely } from './db.ts'
import type { DueRow } from './due-rows.ts'

/** Of one enrollment, each null where no cap is set. */
export interface DueCaps {
  sequence: Cap | null
  step: Cap | null
  domain: CompanyCap | null
  account: CompanyCap | null
}

export type CapKeys = Record<keyof DueCaps, CapKey | null>

/** By enrollment. */
export async function dueCaps(
  db: Db,
  { team, rows, now }: { team: TeamId; rows: readonly DueRow[]; now: Instant },
): Promise<Map<Id, DueCaps>> {
  const accounts = await accountsAt(db, { team, addresses: rows.flatMap((row) => unlinked(row)) })
  const unused = new Map(rows.map((row) => [row.id, capsOf(row, { accounts, now })]))
  const used = await readCaps(db, {
    team,
    keys: rows.flatMap((row) => keysIn(capKeysOf(row, unused.get(row.id)!))),
  })
  return new Map(
    rows.map((row) => {
      const caps = unused.get(row.id)!
      return [row.id, withUsed(caps, capKeysOf(row, caps), (name) => ({ used: used.get(name) ?? 0 }))]
    }),
  )
}

export function capKeysOf(
  { sequenceId, stepId }: Pick<DueRow, 'sequenceId' | 'stepId'>,
  caps: DueCaps,
): CapKeys {
  const { sequence, step, domain, account } = caps
  return {
    sequence: sequence && { kind: 'sequence', key: sequenceId, day: sequence.day },
    step: step && { kind: 'step', key: stepId, day: step.day },
    domain: domain && { kind: 'domain', key: domain.key, day: domain.day },
    account: account && { kind: 'account', key: account.key, day: account.day },
  }
}

export const keysIn = (keys: CapKeys): CapKey[] => Object.values(keys).filter((key) => key !== null)

type Used = Pick<Cap, 'used'> & Partial<Pick<Cap, 'looseUntil'>>

/** The caps with what is used of each, by the name of its counter. */
export function withUsed(caps: DueCaps, keys: CapKeys, usedOf: (name: string) => Used): DueCaps {
  const counted = <C extends Cap>(cap: C | null, key: CapKey | null): C | null =>
    cap && key && { ...cap, ...usedOf(capName(key)) }
  return {
    sequence: counted(caps.sequence, keys.sequence),
    step: counted(caps.step, keys.step),
    domain: counted(caps.domain, keys.domain),
    account: counted(caps.account, keys.account),
  }
}

/** Where `facts` keep them. */
export const capsIn = ({ sequence, step, caps }: Facts): DueCaps => ({
  sequence: sequence.cap,
  step: step.cap,
  ...caps,
})

export const putCaps = (facts: Facts, { sequence, step, domain, account }: DueCaps): Facts => ({
  ...facts,
  sequence: { ...facts.sequence, cap: sequence },
  step: { ...facts.step, cap: step },
  caps: { domain, account },
})

/** The address of somebody who may belong to an account that nobody has linked. */
const unlinked = ({ accountPerWeek, accountId, contactAddress }: DueRow): string[] =>
  accountPerWeek === null || accountId !== null || contactAddress === null ? [] : [contactAddress]

export interface KnownAccount {
  id: Id
  name: string
}

/** By domain: the account that has it (of several, the first), for addresses of companies. */
export async function accountsAt(
  db: Db,
  { team, addresses }: { team: TeamId; addresses: readonly string[] },
): Promise<Map<string, KnownAccount>> {
  const domains = [...new Set(addresses.flatMap((address) => companyDomainOf(address) ?? []))]
  if (domains.length === 0) return new Map()
  const { rows } = await sql<KnownAccount & { domain: string }>`
    select distinct on (domain) domain, id, name from accounts
    where team_id = ${team} and domain = any(${domains}) and deleted_at is null order by domain, created_at, id`.execute(
    kysely(db),
  )
  return new Map(rows.map(({ domain, id, name }) => [domain, { id, name }]))
}

function capsOf(row: DueRow, o: { accounts: ReadonlyMap<string, KnownAccount>; now: Instant }): DueCaps {
  const zone = row.timeZone ?? 'UTC'
  const daily = (limit: number | null) => dailyCap(limit, { zone, now: o.now })
  return { sequence: daily(row.sequenceCap), step: daily(row.stepCap), ...companyCapsOf(row, o) }
}

function dailyCap(limit: number | null, { zone, now }: { zone: string; now: Instant }): Cap | null {
  if (limit === null) return null
  const today = localDay(zone, now)
  return {
    limit,
    used: 0,
    day: plainDate(today).toString(),
    resetsAt: startOfDay(zone, today + 1),
    looseUntil: null,
  }
}

/** A call is no email: what a person does otherwise is their own decision. */
function companyCapsOf(
  row: DueRow,
  { accounts, now }: { accounts: ReadonlyMap<string, KnownAccount>; now: Instant },
): Pick<DueCaps, 'domain' | 'account'> {
  const { contactAddress: address, accountId, domainPerDay, freeMailPerDay, accountPerWeek } = row
  if (address === null || !isEmail(row.stepKind)) return { domain: null, account: null }
  const account =
    accountId === null
      ? (accounts.get(companyDomainOf(address) ?? '') ?? null)
      : { id: accountId, name: row.accountName ?? accountId }
  const limits = { domainPerDay, freeMailPerDay, accountPerWeek }
  const caps = companyCaps({ address, account }, { limits, zone: row.teamZone, now })
  return {
    domain: caps.domain && { ...caps.domain, used: 0 },
    account: caps.account && { ...caps.account, used: 0 },
  }
}

async function readCaps(
  db: Db,
  { team, keys }: { team: TeamId; keys: readonly CapKey[] },
): Promise<Map<string, number>> {
  if (keys.length === 0) return new Map()
  const { rows: used } = await sql<CapKey & { used: number }>`
    select distinct c.kind, c.key, c.day::text as day, c.used from cap_counters c
    join unnest(${keys.map((one) => one.kind)}::text[], ${keys.map((one) => one.key)}::text[], ${keys.map((one) => one.day)}::text[])
      as k (kind, key, day) on c.kind = k.kind and c.key = k.key and c.day = k.day::date
    where c.team_id = ${team}`.execute(kysely(db))
  return new Map(used.map((row) => [capName(row), row.used]))
}
