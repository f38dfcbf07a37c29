/** Two contacts that are one person: their rows, where each of them is enrolled, and giving all that is known of one to the other. */
import { type RawBuilder, sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Standing } from '../core/same-person.ts'
import { CONTACT_COLUMNS, type ContactRow } from './contacts.ts'
import { at, kysely } from './db.ts'
import { lockEnrollments, lockTeamMailboxes } from './locks.ts'

interface Two {
  team: TeamId
  keptId: Id
  otherId: Id
}

/**
 * The ids of a contact: its own, and those of who was merged into it. What is append-only keeps the id it was written with, and so does what is
 * being written in the moment of the merge.
 */
export function ofPerson(column: RawBuilder<unknown>, team: TeamId, contactId: Id): RawBuilder<unknown> {
  return sql`${column} in (select ${contactId}::text union all select id from contacts where team_id = ${team} and merged_into = ${contactId})`
}

/** Both, whoever has the address of one of them, and who was merged into the other before, locked by id until the transaction ends. */
export async function lockTwo(tx: Db, { team, keptId, otherId }: Two): Promise<Map<Id, ContactRow>> {
  const both = [keptId, otherId]
  const { rows } = await sql<ContactRow>`
    select ${CONTACT_COLUMNS} from contacts c where c.team_id = ${team} and (c.id = any(${both}) or c.merged_into = ${otherId}
      or c.address in (select address from contacts where team_id = ${team} and id = any(${both})))
    order by c.id for no key update`.execute(kysely(tx))
  return new Map(rows.map((row) => [row.id, row]))
}

/** Contacts are locked already. Then mailboxes, so that nothing is claimed or marked meanwhile, and every enrollment of both and of `others`. */
export async function lockEnrolled(
  tx: Db,
  { team, keptId, otherId, others }: Two & { others: readonly Id[] },
): Promise<void> {
  await lockTeamMailboxes(tx, team)
  const { rows } = await sql<{ id: Id }>`
    select id from enrollments where team_id = ${team} and contact_id = any(${[keptId, otherId, ...others]}) order by id`.execute(
    kysely(tx),
  )
  await lockEnrollments(
    tx,
    team,
    rows.map((row) => row.id),
  )
}

export interface NamedStanding extends Standing {
  sequenceName: string | null
}

/** Where these contacts stand, without what was removed. */
export async function standingsOf(
  db: Db,
  { team, contactIds }: { team: TeamId; contactIds: readonly Id[] },
): Promise<NamedStanding[]> {
  const { rows } = await sql<NamedStanding>`
    select e.id, e.sequence_id as "sequenceId", q.name as "sequenceName", e.contact_id as "contactId", e.state,
      coalesce(s.position, 0) as "stepPosition",
      (select count(*) from messages m where m.team_id = e.team_id and m.enrollment_id = e.id
        and m.state in ('transmitting', 'accepted', 'unknown')) as sent
    from enrollments e join sequences q on q.team_id = e.team_id and q.id = e.sequence_id
    left join steps s on s.team_id = e.team_id and s.id = e.step_id
    where e.team_id = ${team} and e.contact_id = any(${contactIds as Id[]}) and e.removed_at is null
    order by e.added_at, e.id`.execute(kysely(db))
  return rows
}

/** The sequences in which others with this address are, or were to the end. */
export async function sequencesAt(
  db: Db,
  o: { team: TeamId; address: string | null; but: readonly Id[] },
): Promise<Set<Id>> {
  if (o.address === null) return new Set()
  const { rows } = await sql<{ id: Id }>`
    select distinct e.sequence_id as id from contacts c join enrollments e on e.team_id = c.team_id and e.contact_id = c.id
    where c.team_id = ${o.team} and c.address = ${o.address} and c.deleted_at is null and not c.id = any(${o.but as Id[]})
      and e.state <> 'failed' and e.removed_at is null`.execute(kysely(db))
  return new Set(rows.map((row) => row.id))
}

/**
 * All that is known of the other is the kept one's now: enrollments, emails, mails that came, tasks, calls, notes, lists. Activities keep their contact, since
 * they are append-only (`ofPerson` finds them). Both are locked with all their enrollments; of each sequence one is not hidden. Returns the
 * enrollments that were moved and are alive.
 */
export async function giveAll(tx: Db, { team, keptId, otherId, now }: Two & { now: Instant }): Promise<Id[]> {
  const moved = await sql<{ id: Id; live: boolean }>`
    update enrollments set contact_id = ${keptId}, updated_at = ${at(now)}, rev = rev + 1
    where team_id = ${team} and contact_id = ${otherId}
    returning id, state in ('active', 'paused') and removed_at is null as live`.execute(kysely(tx))
  await sql`
    with own as (select id from messages where team_id = ${team} and contact_id = ${otherId} order by id for no key update)
    update messages m set contact_id = ${keptId} from own where m.team_id = ${team} and m.id = own.id`.execute(
    kysely(tx),
  )
  await sql`update inbound set contact_id = ${keptId} where team_id = ${team} and contact_id = ${otherId}`.execute(
    kysely(tx),
  )
  await sql`
    update tasks set contact_id = ${keptId}, updated_at = ${at(now)} where team_id = ${team} and contact_id = ${otherId}`.execute(
    kysely(tx),
  )
  await sql`
    update phone_calls set contact_id = ${keptId}, updated_at = ${at(now)} where team_id = ${team} and contact_id = ${otherId}`.execute(
    kysely(tx),
  )
  await sql`
    update notes n set contact_ids = array(
      select case when c.id = ${otherId} then ${keptId} else c.id end from unnest(n.contact_ids) with ordinality as c (id, place)
      where c.id <> ${otherId} or not ${keptId} = any(n.contact_ids) order by c.place)
    where n.team_id = ${team} and n.contact_ids && array[${otherId}]::text[]`.execute(kysely(tx))
  await sql`
    update mail_effects f set subject = ${keptId} where f.team_id = ${team} and f.kind = 'stage' and f.subject = ${otherId}
      and not exists (select from mail_effects o where o.team_id = f.team_id and o.inbound_id = f.inbound_id and o.kind = f.kind and o.subject = ${keptId})`.execute(
    kysely(tx),
  )
  await giveLists(tx, { team, keptId, otherId })
  await sql`update contacts set merged_into = ${keptId} where team_id = ${team} and merged_into = ${otherId}`.execute(
    kysely(tx),
  )
  return moved.rows
    .filter((row) => row.live)
    .map((row) => row.id)
    .sort()
}

async function giveLists(tx: Db, { team, keptId, otherId }: Two): Promise<void> {
  await sql`
    insert into list_members (team_id, list_id, member_id, added_at)
    select team_id, list_id, ${keptId}, added_at from list_members where team_id = ${team} and member_id = ${otherId}
    order by list_id on conflict do nothing`.execute(kysely(tx))
  await sql`delete from list_members where team_id = ${team} and member_id = ${otherId}`.execute(kysely(tx))
}
