/** Rows of the people who sign in, and of their passwords (hashed by `actions/password.ts`). */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { at, kysely } from './db.ts'

export interface UserRow {
  id: Id
  teamId: TeamId
  name: string
  firstName: string | null
  lastName: string | null
  title: string | null
  email: string
  role: 'admin' | 'member' | 'viewer'
  deletedAt: Instant | null
  createdAt: Instant
}

const COLUMNS = sql`id, team_id as "teamId", name, first_name as "firstName", last_name as "lastName", title, email, role,
  deleted_at as "deletedAt", created_at as "createdAt"`

export interface NewUser {
  id: Id
  team: TeamId
  name: string
  firstName: string | null
  lastName: string | null
  /** Normalized. */
  email: string
  role: UserRow['role']
  now: Instant
}

export async function insertUser(tx: Db, user: NewUser): Promise<void> {
  await sql`
    insert into users (id, team_id, name, first_name, last_name, email, role, created_at, updated_at)
    values (${user.id}, ${user.team}, ${user.name}, ${user.firstName}, ${user.lastName}, ${user.email}, ${user.role},
      ${at(user.now)}, ${at(user.now)})`.execute(kysely(tx))
}

/** A password as one of a person's credentials; `hash` is what `hashPassword` made. */
export async function insertPassword(
  tx: Db,
  { id, userId, hash, now }: { id: Id; userId: Id; hash: string; now: Instant },
): Promise<void> {
  await sql`
    insert into credentials (id, user_id, account_id, provider_id, password, created_at, updated_at)
    values (${id}, ${userId}, ${userId}, 'credential', ${hash}, ${at(now)}, ${at(now)})`.execute(kysely(tx))
}

/** Whoever signs in with this address: addresses are unique over all teams. */
export async function signInOf(
  db: Db,
  email: string,
): Promise<{ userId: Id; teamId: TeamId; hash: string } | undefined> {
  const { rows } = await sql<{ userId: Id; teamId: TeamId; hash: string }>`
    select u.id as "userId", u.team_id as "teamId", c.password as hash
    from users u join credentials c on c.user_id = u.id and c.provider_id = 'credential'
    where u.email = ${email} and u.deleted_at is null and c.password is not null`.execute(kysely(db))
  return rows[0]
}

export async function userById(db: Db, { team, id }: { team: TeamId; id: Id }): Promise<UserRow | undefined> {
  const { rows } = await sql<UserRow>`
    select ${COLUMNS} from users where team_id = ${team} and id = ${id}`.execute(kysely(db))
  return rows[0]
}

export type ProfileChange = Partial<Pick<UserRow, 'firstName' | 'lastName' | 'title'>>

/** What is left out stays; the whole name follows its two parts, as long as there is one. Undefined: nobody of the team. */
export async function saveProfile(
  tx: Db,
  { team, id, change, now }: { team: TeamId; id: Id; change: ProfileChange; now: Instant },
): Promise<UserRow | undefined> {
  const given = (name: keyof ProfileChange) => change[name] !== undefined
  const { rows } = await sql<UserRow>`
    with next as (
      select id, case when ${given('firstName')} then ${change.firstName ?? null}::text else first_name end as first,
        case when ${given('lastName')} then ${change.lastName ?? null}::text else last_name end as last,
        case when ${given('title')} then ${change.title ?? null}::text else title end as title
      from users where team_id = ${team} and id = ${id} and deleted_at is null for no key update)
    update users u set first_name = n.first, last_name = n.last, title = n.title,
      name = coalesce(nullif(concat_ws(' ', n.first, n.last), ''), u.name), updated_at = ${at(now)}
    from next n where u.id = n.id
    returning u.id, u.team_id as "teamId", u.name, u.first_name as "firstName", u.last_name as "lastName", u.title, u.email, u.role,
      u.deleted_at as "deletedAt", u.created_at as "createdAt"`.execute(kysely(tx))
  return rows[0]
}

/** What was rendered with the names of before is rendered anew: the claim knows it by the revision of the mailbox. */
export async function touchMailboxesOf(
  tx: Db,
  { team, userId, now }: { team: TeamId; userId: Id; now: Instant },
): Promise<void> {
  await sql`
    with own as (select id from mailboxes where team_id = ${team} and user_id = ${userId} order by id for no key update)
    update mailboxes m set rev = m.rev + 1, updated_at = ${at(now)} from own where m.team_id = ${team} and m.id = own.id`.execute(
    kysely(tx),
  )
}

/** In order of arrival; the total counts all pages. */
export async function usersOf(
  db: Db,
  { team, offset, limit }: { team: TeamId; offset: number; limit: number },
): Promise<{ users: UserRow[]; total: number }> {
  const [users, total] = await Promise.all([
    sql<UserRow>`select ${COLUMNS} from users where team_id = ${team} and deleted_at is null
      order by created_at, id offset ${offset} limit ${limit}`.execute(kysely(db)),
    sql<{
      n: number
    }>`select count(*) as n from users where team_id = ${team} and deleted_at is null`.execute(kysely(db)),
  ])
  return { users: users.rows, total: total.rows[0]!.n }
}
