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
