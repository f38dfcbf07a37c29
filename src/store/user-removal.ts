/** Somebody of the team goes: what is theirs, and its passing on. Their name stays with whatever they did. Decides nothing. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { at, kysely } from './db.ts'
import { lockEnrollments, lockMailboxes } from './locks.ts'

export interface UserUse {
  id: Id
  name: string
  email: string
  /** Nobody else could manage the team. */
  lastAdmin: boolean
  /** Not the sandbox; relays first, since what reads for them goes after them. */
  mailboxes: { id: Id; address: string }[]
  sequences: { id: Id; name: string | null }[]
  contacts: number
  accounts: number
  /** Open ones that are given to them. */
  tasks: number
  /** Names of the keys that they made and that still open the door. */
  keys: string[]
}

/** Undefined: nobody of the team, or deleted already. */
export async function userUse(db: Db, { team, id }: { team: TeamId; id: Id }): Promise<UserUse | undefined> {
  const { rows } = await sql<UserUse>`
    select u.id, u.name, u.email,
      u.role = 'admin' and not exists (select from users o where o.team_id = u.team_id and o.id <> u.id and o.role = 'admin'
        and o.deleted_at is null) as "lastAdmin",
      (select coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'address', m.address) order by m.reads_via is null, m.address), '[]')
        from mailboxes m where m.team_id = u.team_id and m.user_id = u.id and m.state <> 'removed' and m.kind <> 'sandbox') as mailboxes,
      (select coalesce(jsonb_agg(jsonb_build_object('id', q.id, 'name', q.name) order by q.created_at, q.id), '[]')
        from sequences q where q.team_id = u.team_id and q.owner_id = u.id) as sequences,
      (select count(*) from contacts c where c.team_id = u.team_id and c.owner_id = u.id and c.deleted_at is null) as contacts,
      (select count(*) from accounts a where a.team_id = u.team_id and a.owner_id = u.id and a.deleted_at is null) as accounts,
      (select count(*) from tasks t where t.team_id = u.team_id and t.user_id = u.id and t.state = 'open') as tasks,
      array(select k.name from api_keys k where k.team_id = u.team_id and k.created_by = u.id and k.revoked_at is null
        order by k.created_at, k.id) as keys
    from users u where u.team_id = ${team} and u.id = ${id} and u.deleted_at is null`.execute(kysely(db))
  return rows[0]
}

/** Who takes over, unless somebody else is named: the longest-standing other admin. */
export async function successorOf(
  db: Db,
  { team, id, named }: { team: TeamId; id: Id; named: Id | null },
): Promise<{ id: Id; name: string } | undefined> {
  const { rows } = await sql<{ id: Id; name: string }>`
    select id, name from users
    where team_id = ${team} and id <> ${id} and deleted_at is null
      and case when ${named}::text is null then role = 'admin' else id = ${named} end
    order by created_at, id limit 1`.execute(kysely(db))
  return rows[0]
}

/** Nobody else of the team is deleted at the same time: two admins cannot delete each other. */
export async function lockUsers(tx: Db, team: TeamId): Promise<void> {
  await sql`select from users where team_id = ${team} order by id for no key update`.execute(kysely(tx))
}

interface Passing {
  team: TeamId
  from: Id
  to: Id
  now: Instant
}

/** What was theirs is the other's. Returns how many open tasks pass on. */
export async function passOn(tx: Db, { team, from, to, now }: Passing): Promise<{ tasks: number }> {
  const updated = at(now)
  // Contacts come before all that is locked with them elsewhere.
  for (const table of [sql`contacts`, sql`accounts`, sql`templates`])
    await sql`
      with mine as (select id from ${table} where team_id = ${team} and owner_id = ${from} order by id for no key update)
      update ${table} o set owner_id = ${to}, updated_at = ${updated} from mine where o.team_id = ${team} and o.id = mine.id`.execute(
      kysely(tx),
    )
  // What they were importing goes on in the other's name.
  await sql`
    update imports set created_by = ${to}, updated_at = ${updated}
    where team_id = ${team} and created_by = ${from} and state in ('uploaded', 'running')`.execute(kysely(tx))
  await sql`
    with mine as (select id from sequences where team_id = ${team} and owner_id = ${from} order by id for no key update)
    update sequences q set owner_id = ${to}, updated_at = ${updated} from mine where q.team_id = ${team} and q.id = mine.id`.execute(
    kysely(tx),
  )
  await passMailboxesOn(tx, { team, from, to, now })
  const { rows } = await sql<{ enrollmentId: Id | null }>`
    select enrollment_id as "enrollmentId" from tasks where team_id = ${team} and user_id = ${from} and state = 'open'`.execute(
    kysely(tx),
  )
  await lockEnrollments(
    tx,
    team,
    rows.flatMap((row) => row.enrollmentId ?? []),
  )
  const { numAffectedRows } = await sql`
    update tasks set user_id = ${to}, updated_at = ${updated}, rev = rev + 1
    where team_id = ${team} and user_id = ${from} and state = 'open'`.execute(kysely(tx))
  return { tasks: Number(numAffectedRows) }
}

/** The sandbox, what is handed over, and what was removed: tasks about its last answers are theirs. Wordings name their sender: they are made anew. */
async function passMailboxesOn(tx: Db, { team, from, to, now }: Passing): Promise<void> {
  const { rows } = await sql<{ id: Id }>`
    select id from mailboxes where team_id = ${team} and user_id = ${from}`.execute(kysely(tx))
  const ids = rows.map((row) => row.id).sort()
  await lockMailboxes(tx, team, ids)
  await sql`
    update mailboxes set user_id = ${to}, updated_at = ${at(now)}, rev = rev + 1
    where team_id = ${team} and id = any(${ids})`.execute(kysely(tx))
}

/** They cannot come in any more, by whatever door, and what they sent themselves and has not left is not sent. */
export async function endUser(
  tx: Db,
  { team, id, now }: { team: TeamId; id: Id; now: Instant },
): Promise<{ keys: number; notSent: number }> {
  await sql`
    update users set deleted_at = ${at(now)}, updated_at = ${at(now)} where team_id = ${team} and id = ${id}`.execute(
    kysely(tx),
  )
  await sql`delete from sessions where user_id = ${id}`.execute(kysely(tx))
  await sql`delete from credentials where user_id = ${id}`.execute(kysely(tx))
  const keys = await sql`
    update api_keys set revoked_at = ${at(now)} where team_id = ${team} and created_by = ${id} and revoked_at is null`.execute(
    kysely(tx),
  )
  const unsent = await sql`
    with mine as (
      select id from messages where team_id = ${team} and user_id = ${id} and enrollment_id is null and state in ('queued', 'claimed')
      order by id for no key update
    )
    update messages m set state = 'cancelled', failure = 'whoever sent it was deleted before it left', counted_at = null,
      updated_at = ${at(now)} from mine where m.team_id = ${team} and m.id = mine.id`.execute(kysely(tx))
  return { keys: Number(keys.numAffectedRows), notSent: Number(unsent.numAffectedRows) }
}
