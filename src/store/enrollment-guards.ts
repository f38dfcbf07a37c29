/** What the guards of enrolling judge by, for a whole set of contacts at once: who they are, and where they, or others with their address, already are. */
import { sql } from 'kysely'
import type { Received } from '../core/beginning.ts'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { EnrollmentState } from '../core/enrollment.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { companyOf } from './company-replies.ts'
import { kysely } from './db.ts'
import { accountsAt } from './due-caps.ts'

export interface GuardedContact {
  id: Id
  address: string | null
  emailStatus: string | null
  jobChangedAt: Instant | null
  timeZone: string | null
  ownerId: Id | null
  accountId: Id | null
  accountOwnerId: Id | null
  /** The import that wrote the contact last is running. */
  importing: boolean
}

export interface Membership {
  contactId: Id
  address: string | null
  sequenceId: Id
  sequenceName: string | null
  state: EnrollmentState
  /** Added to a sequence that was archived already. */
  stillborn: boolean
  requestId: string | null
}

/** Those of the ids that are contacts of the team and not deleted. */
export async function guardedContacts(
  db: Db,
  { team, ids }: { team: TeamId; ids: readonly Id[] },
): Promise<GuardedContact[]> {
  const { rows } = await sql<GuardedContact>`
    select c.id, c.address, c.email_status as "emailStatus", c.job_changed_at as "jobChangedAt", c.time_zone as "timeZone",
      c.owner_id as "ownerId", c.account_id as "accountId", a.owner_id as "accountOwnerId",
      coalesce(i.kind = 'contacts' and i.state = 'running', false) as importing
    from unnest(${ids as Id[]}::text[]) as asked (id)
    join contacts c on c.team_id = ${team} and c.id = asked.id
    left join accounts a on a.team_id = c.team_id and a.id = c.account_id
    left join imports i on i.team_id = c.team_id and i.id = c.import_id
    where c.deleted_at is null`.execute(kysely(db))
  return rows
}

/** Every enrollment, not removed, of these contacts and of other contacts with one of these addresses. */
export async function memberships(
  db: Db,
  { team, contactIds, addresses }: { team: TeamId; contactIds: readonly Id[]; addresses: readonly string[] },
): Promise<Membership[]> {
  const { rows } = await sql<Membership>`
    with people as (
      select c.id, c.address from unnest(${contactIds as Id[]}::text[]) as asked (id)
      join contacts c on c.team_id = ${team} and c.id = asked.id
      union
      select c.id, c.address from unnest(${addresses as string[]}::text[]) as asked (address)
      join contacts c on c.team_id = ${team} and c.address = asked.address where c.deleted_at is null
    )
    select e.contact_id as "contactId", p.address, e.sequence_id as "sequenceId", q.name as "sequenceName", e.state,
      coalesce(e.added_at > q.archived_at, false) as stillborn, e.request_id as "requestId"
    from people p
    join enrollments e on e.team_id = ${team} and e.contact_id = p.id
    join sequences q on q.team_id = ${team} and q.id = e.sequence_id
    where e.removed_at is null
    order by e.added_at, e.id`.execute(kysely(db))
  return rows
}

/** Of a company, as far as the row of a contact says. */
export interface CompanyMember {
  id: Id
  accountId: Id | null
  address: string | null
}

/** Whoever is or was in a sequence, and neither failed nor was removed. */
export async function peopleIn(
  db: Db,
  { team, sequenceId }: { team: TeamId; sequenceId: Id },
): Promise<CompanyMember[]> {
  const { rows } = await sql<CompanyMember>`
    select c.id, c.account_id as "accountId", c.address from enrollments e
    join contacts c on c.team_id = e.team_id and c.id = e.contact_id
    where e.team_id = ${team} and e.sequence_id = ${sequenceId} and e.removed_at is null and e.state <> 'failed'
    order by e.added_at, e.id`.execute(kysely(db))
  return rows
}

/** By contact: the account, else the domain; whom no company can be named for is left out. */
export async function companiesOf(
  db: Db,
  { team, people }: { team: TeamId; people: readonly CompanyMember[] },
): Promise<Map<Id, string>> {
  const accounts = await accountsAt(db, { team, addresses: people.flatMap((one) => one.address ?? []) })
  return new Map(
    people.flatMap(({ id, accountId, address }): [Id, string][] => {
      const company = companyOf({ accountId, accountName: null, address }, accounts)
      return company === null ? [] : [[id, company.key]]
    }),
  )
}

/** First half of the advisory lock under which a team enrolls. */
const ENROLL_LOCK = 7_317_003

/**
 * One enrolling transaction of a team at a time, until it commits: two calls at once then see each other's people, also where no unique
 * index could tell (two contacts with one address, two sequences).
 */
export async function lockEnrolling(tx: Db, team: TeamId): Promise<void> {
  await sql`select pg_advisory_xact_lock(${ENROLL_LOCK}, ${team})`.execute(kysely(tx))
}

/** Contacts of the team on any of these lists, sorted. */
export async function contactsOnLists(
  db: Db,
  { team, names }: { team: TeamId; names: readonly string[] },
): Promise<{ contactIds: Id[]; unknown: string[] }> {
  const lists = await sql<{ id: Id; name: string }>`
    select id, name from lists where team_id = ${team} and modality = 'contacts' and name = any(${names as string[]})`.execute(
    kysely(db),
  )
  const known = new Set(lists.rows.map((list) => list.name))
  const members = await sql<{ id: Id }>`
    select distinct m.member_id as id from list_members m join contacts c on c.team_id = ${team} and c.id = m.member_id
    where m.team_id = ${team} and m.list_id = any(${lists.rows.map((list) => list.id)}) and c.deleted_at is null
    order by 1`.execute(kysely(db))
  return { contactIds: members.rows.map((row) => row.id), unknown: names.filter((name) => !known.has(name)) }
}

interface ReceivedBefore extends Received {
  contactId: Id
}

/**
 * Who of these got an email of the sequence before, or may have got one, in an enrollment that was removed since: the furthest. What came
 * back was not received. A person is an address: what another contact with theirs got counts.
 */
export async function receivedBefore(
  db: Db,
  o: { team: TeamId; sequenceId: Id; contactIds: readonly Id[] },
): Promise<ReceivedBefore[]> {
  const { rows } = await sql<ReceivedBefore>`
    select distinct on (asked.id) asked.id as "contactId", s.position as "stepPosition",
      coalesce(m.settled_at, m.marked_at, m.created_at) as "sentAt", m.id as "messageId", m.mailbox_id as "mailboxId"
    from unnest(${o.contactIds as Id[]}::text[]) as asked (id)
    join contacts c on c.team_id = ${o.team} and c.id = asked.id
    cross join lateral (
      select c.id union select p.id from contacts p where p.team_id = c.team_id and p.address = c.address) as person (id)
    join enrollments e on e.team_id = c.team_id and e.contact_id = person.id and e.sequence_id = ${o.sequenceId}
      and e.removed_at is not null
    join messages m on m.team_id = e.team_id and m.enrollment_id = e.id
    join steps s on s.team_id = m.team_id and s.id = m.step_id
    where m.state in ('transmitting', 'accepted', 'unknown') and m.bounce is null
    order by asked.id, s.position desc, m.created_at desc`.execute(kysely(db))
  return rows
}
