/** Who belongs to a company: by their link to it, or by the domain of their address. */
import { sql } from 'kysely'
import { companyDomainOf } from '../core/company.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { kysely, likeAll } from './db.ts'

/** Linked to these accounts, not deleted; sorted. */
export async function peopleOf(
  db: Db,
  { team, accountIds }: { team: TeamId; accountIds: readonly Id[] },
): Promise<Id[]> {
  if (accountIds.length === 0) return []
  const { rows } = await sql<{ id: Id }>`
    select id from contacts where team_id = ${team} and account_id = any(${accountIds as Id[]}) and deleted_at is null order by id`.execute(
    kysely(db),
  )
  return rows.map((row) => row.id)
}

/** The accounts that have one of these domains. */
export async function accountsWith(
  db: Db,
  { team, domains }: { team: TeamId; domains: readonly string[] },
): Promise<Id[]> {
  if (domains.length === 0) return []
  const { rows } = await sql<{ id: Id }>`
    select id from accounts where team_id = ${team} and domain = any(${domains as string[]}) and deleted_at is null`.execute(
    kysely(db),
  )
  return rows.map((row) => row.id)
}

/** Linked to none, with an address at one of these domains or below it; sorted. Nobody belongs to a company by a provider of free mailboxes. */
export async function peopleAtDomains(
  db: Db,
  { team, domains: given }: { team: TeamId; domains: readonly string[] },
): Promise<Id[]> {
  const domains = given.filter((domain) => companyDomainOf(`somebody@${domain}`) === domain)
  if (domains.length === 0) return []
  const { rows } = await sql<{ id: Id; address: string }>`
    select c.id, c.address from contact_texts t
    join unnest(${domains.flatMap((one) => [likeAll(`@${one}`), likeAll(`.${one}`)])}::text[]) as d (pattern) on t.body like d.pattern
    join contacts c on c.team_id = t.team_id and c.id = t.contact_id
    where t.team_id = ${team} and c.account_id is null and c.address is not null and c.deleted_at is null
    order by c.id`.execute(kysely(db))
  const own = rows.filter(({ address }) => domains.includes(companyDomainOf(address) ?? ''))
  return [...new Set(own.map((row) => row.id))]
}
