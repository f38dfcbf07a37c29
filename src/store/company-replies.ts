/** Answers by people of one company, and which enrollments of its other people they concern. */

import { sql } from 'kysely'
import { ANSWERS } from '../core/answer.ts'
import type { Instant } from '../core/clock.ts'
import { companyDomainOf } from '../core/company.ts'
import { type Answer, answerThatMatters, type Concerned, mattersSince } from '../core/company-reply.ts'
import type { Db } from '../core/db.ts'
import type { CompanyReply } from '../core/facts.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { at, kysely } from './db.ts'
import { accountsAt, type KnownAccount } from './due-caps.ts'
import type { DueRow } from './due-rows.ts'

/** Who belongs to which company, as far as the row of a contact says. */
interface Member {
  accountId: Id | null
  accountName: string | null
  accountDomain: string | null
  address: string | null
}

interface Company {
  /** The id of the account, or the domain. */
  key: string
  name: string
}

type Accounts = ReadonlyMap<string, KnownAccount>

const domainOf = ({ address }: Pick<Member, 'address'>) =>
  address === null ? null : companyDomainOf(address)

/** Null: of no company that anybody could name. */
export function companyOf(
  member: Pick<Member, 'accountId' | 'accountName' | 'address'>,
  accounts: Accounts,
): Company | null {
  if (member.accountId !== null)
    return { key: member.accountId, name: member.accountName ?? member.accountId }
  const domain = domainOf(member)
  if (domain === null) return null
  const account = accounts.get(domain)
  return account ? { key: account.id, name: account.name } : { key: domain, name: domain }
}

const linked = (members: readonly Member[], accounts: Accounts): Id[] => [
  ...new Set(members.flatMap((one) => one.accountId ?? accounts.get(domainOf(one) ?? '')?.id ?? [])),
]
const domainsOf = (members: readonly Member[]): string[] => [
  ...new Set(members.flatMap((one) => [domainOf(one) ?? [], one.accountDomain ?? []].flat())),
]
const addressesOf = (members: readonly Member[]) => members.flatMap((one) => one.address ?? [])

/** By enrollment: the latest answer of somebody else of the company that matters to it. Whom none concerns is left out. */
export async function companyRepliesFor(
  db: Db,
  { team, rows, now }: { team: TeamId; rows: readonly DueRow[]; now: Instant },
): Promise<Map<Id, CompanyReply>> {
  const minding = rows.filter((row) => row.companyRule !== 'ignore').map(memberOf)
  if (minding.length === 0) return new Map()
  const since = Math.min(...minding.map(({ concerned }) => mattersSince(concerned, now)))
  const asked = await accountsAt(db, { team, addresses: addressesOf(minding) })
  const answers = await answersOf(db, {
    team,
    accountIds: linked(minding, asked),
    domains: domainsOf(minding),
    since,
  })
  if (answers.length === 0) return new Map()
  const accounts = await accountsAt(db, { team, addresses: addressesOf([...minding, ...answers]) })
  const byCompany = Map.groupBy(answers, (one) => companyOf(one, accounts)?.key)
  return new Map(
    minding.flatMap((one): [Id, CompanyReply][] => {
      const company = companyOf(one, accounts)
      if (company === null) return []
      const { concerned } = one
      const theirs = byCompany.get(company.key) ?? []
      const reply = answerThatMatters(theirs, { concerned, company: company.name, now })
      return reply === null ? [] : [[one.id, reply]]
    }),
  )
}

function memberOf(row: DueRow): Member & { id: Id; concerned: Concerned } {
  const { id, accountId, accountName, accountDomain, contactAddress: address } = row
  const concerned = {
    contactId: row.contactId,
    rule: row.companyRule,
    delayDays: row.companyDelayDays,
    addedAt: row.addedAt,
    clearedAt: row.companyClearedAt,
  }
  return { id, accountId, accountName, accountDomain, address, concerned }
}

/** What counts as an answer: a person's mail, unless a person has said that it was written by nobody. */
const IS_ANSWER = sql`i.kind = any(${[...ANSWERS]}) and i.reply_class is distinct from 'out_of_office'`

/** The latest of each contact: by the account that they are linked to now, or by the domain that was written to. */
async function answersOf(
  db: Db,
  o: { team: TeamId; accountIds: readonly Id[]; domains: readonly string[]; since: Instant },
): Promise<(Member & Answer)[]> {
  const { team, accountIds, domains, since } = o
  const { rows } = await sql<Member & Answer>`
    select c.id as "contactId", max(least(f.received_at, f.read_at)) as at, max(f.read_at) as "readAt", c.account_id as "accountId", a.name as "accountName",
      a.domain as "accountDomain", c.address,
      coalesce(nullif(trim(concat_ws(' ', c.first_name, c.last_name)), ''), c.email, 'somebody') as who
    from (
      select i.contact_id, i.received_at, i.read_at from contacts p
        join inbound i on i.team_id = p.team_id and i.contact_id = p.id
        where p.team_id = ${team} and p.account_id = any(${accountIds as Id[]}) and i.read_at > ${at(since)} and ${IS_ANSWER}
      union all
      select i.contact_id, i.received_at, i.read_at from inbound i
        where i.team_id = ${team} and i.company_domain = any(${domains as string[]}) and i.read_at > ${at(since)}
          and i.contact_id is not null and ${IS_ANSWER}
    ) f join contacts c on c.team_id = ${team} and c.id = f.contact_id
    left join accounts a on a.team_id = c.team_id and a.id = c.account_id
    group by c.team_id, c.id, a.team_id, a.id`.execute(kysely(db))
  return rows
}

/** Somebody of a company, and who of it is concerned by what they answer. */
export interface ConcernedEnrollment {
  id: Id
  contactId: Id
  held: boolean
}

/** Of which company somebody was before. */
export interface Moved {
  accountId: Id | null
  address: string | null
}

/** Active enrollments, in sequences that mind, of everybody else in the company of this contact (`as`: the one they were of); sorted by id. */
export async function concernedBy(
  db: Db,
  { team, contactId, as }: { team: TeamId; contactId: Id; as?: Moved },
): Promise<ConcernedEnrollment[]> {
  const member = await anyoneMinds(db, { team, contactId, as })
  if (member === undefined) return []
  const asked = await accountsAt(db, { team, addresses: addressesOf([member]) })
  const company = companyOf(member, asked)
  if (company === null) return []
  const domains = domainsOf([member])
  const { rows } = await sql<Member & ConcernedEnrollment>`
    select e.id, e.contact_id as "contactId", coalesce(e.hold_reason = 'same_account_reply', false) as held, c.address,
      c.account_id as "accountId", a.name as "accountName", a.domain as "accountDomain"
    from (
      select id from contacts where team_id = ${team} and account_id = any(${linked([member], asked)})
      union
      select t.contact_id from contact_texts t join unnest(${domains.flatMap((one) => [`%@${one}%`, `%.${one}%`])}::text[]) as d (pattern)
        on t.body like d.pattern where t.team_id = ${team}
    ) p join contacts c on c.team_id = ${team} and c.id = p.id
    join enrollments e on e.team_id = c.team_id and e.contact_id = c.id
    join sequences s on s.team_id = e.team_id and s.id = e.sequence_id
    join teams tm on tm.id = e.team_id
    left join accounts a on a.team_id = c.team_id and a.id = c.account_id
    where c.id <> ${contactId} and e.state = 'active' and e.removed_at is null
      and coalesce(s.same_account_reply, tm.same_account_reply) <> 'ignore'
    order by e.id`.execute(kysely(db))
  const accounts = await accountsAt(db, { team, addresses: addressesOf([member, ...rows]) })
  return rows.filter((row) => companyOf(row, accounts)?.key === company.key)
}

/** The contact, if the team or any sequence of it minds what others answer: most do not, and then nothing is looked for. */
async function anyoneMinds(
  db: Db,
  { team, contactId, as }: { team: TeamId; contactId: Id; as: Moved | undefined },
): Promise<Member | undefined> {
  const address = as ? sql`${as.address}::text` : sql`c.address`
  const account = as ? sql`${as.accountId}::text` : sql`c.account_id`
  const { rows } = await sql<Member>`
    select ${address} as address, ${account} as "accountId", a.name as "accountName", a.domain as "accountDomain"
    from contacts c join teams tm on tm.id = c.team_id left join accounts a on a.team_id = c.team_id and a.id = ${account}
    where c.team_id = ${team} and c.id = ${contactId} and (tm.same_account_reply <> 'ignore' or exists (
      select from sequences s where s.team_id = ${team} and s.archived_at is null and s.same_account_reply in ('delay', 'stop')))`.execute(
    kysely(db),
  )
  return rows[0]
}

/**
 * Somebody of their company has answered: a claim that is under way decides anew, and what is claimed is refused its mark and due again.
 * The caller has locked the enrollments.
 */
export async function decideAnew(
  tx: Db,
  { team, enrollmentIds, now }: { team: TeamId; enrollmentIds: readonly Id[]; now: Instant },
): Promise<void> {
  if (enrollmentIds.length === 0) return
  await sql`
    update enrollments set rev = rev + 1, updated_at = ${at(now)}
    where team_id = ${team} and id = any(${enrollmentIds as Id[]})`.execute(kysely(tx))
  await sql`
    with claimed as (
      select id from messages where team_id = ${team} and enrollment_id = any(${enrollmentIds as Id[]}) and state = 'claimed'
      order by id for no key update)
    update messages m set window_closes_at = least(m.window_closes_at, ${at(now)}::timestamptz), updated_at = ${at(now)}
    from claimed where m.team_id = ${team} and m.id = claimed.id`.execute(kysely(tx))
}

/** Held since somebody else of their company has answered. */
export async function heldOfContacts(
  db: Db,
  { team, contactIds }: { team: TeamId; contactIds: readonly Id[] },
): Promise<Id[]> {
  const { rows } = await sql<{ id: Id }>`
    select id from enrollments where team_id = ${team} and contact_id = any(${contactIds as Id[]}) and state = 'active'
      and removed_at is null and hold_reason = 'same_account_reply' order by id`.execute(kysely(db))
  return rows.map((row) => row.id)
}

/** Of these contacts, who has ever answered. */
export async function whoAnswered(
  db: Db,
  { team, contactIds }: { team: TeamId; contactIds: readonly Id[] },
): Promise<Id[]> {
  if (contactIds.length === 0) return []
  const { rows } = await sql<{ id: Id }>`
    select distinct i.contact_id as id from inbound i
    where i.team_id = ${team} and i.contact_id = any(${contactIds as Id[]}) and ${IS_ANSWER} order by 1`.execute(
    kysely(db),
  )
  return rows.map((row) => row.id)
}
