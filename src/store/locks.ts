/**
 * Locks rows by id, in the order in which everybody does (ENGINE section 2): mailboxes, counters (`caps.ts`), enrollments, messages.
 * Changes nothing.
 */
import { sql } from 'kysely'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { kysely } from './db.ts'

/** `for no key update`: anything stronger would fight the foreign keys of people who enroll. */
export async function lockMailboxes(tx: Db, team: TeamId, ids: readonly Id[]): Promise<void> {
  await sql`select from mailboxes where team_id = ${team} and id = any(${ids as Id[]}) order by id for no key update`.execute(
    kysely(tx),
  )
}

/** All of a team: nothing of it is claimed, marked or settled until the end of the transaction. */
export async function lockTeamMailboxes(tx: Db, team: TeamId): Promise<void> {
  await sql`select from mailboxes where team_id = ${team} order by id for no key update`.execute(kysely(tx))
}

/** For whoever adds people: until the end of the transaction none of these is removed. False when one is already. */
export async function holdMailboxes(tx: Db, team: TeamId, ids: readonly Id[]): Promise<boolean> {
  const { rows } = await sql`
    select id from mailboxes where team_id = ${team} and id = any(${ids as Id[]}) and state <> 'removed'
    order by id for key share`.execute(kysely(tx))
  return rows.length === new Set(ids).size
}

/** All that a transaction is about to write, at once: three sorted parts one after the other are not sorted. */
export async function lockEnrollments(tx: Db, team: TeamId, ids: readonly Id[]): Promise<void> {
  await sql`select from enrollments where team_id = ${team} and id = any(${ids as Id[]}) order by id for no key update`.execute(
    kysely(tx),
  )
}

/** The same, with their revisions. */
export async function lockedRevs(tx: Db, team: TeamId, ids: readonly Id[]): Promise<Map<Id, number>> {
  const { rows } = await sql<{ id: Id; rev: number }>`
    select id, rev from enrollments where team_id = ${team} and id = any(${ids as Id[]}) order by id for no key update`.execute(
    kysely(tx),
  )
  return new Map(rows.map((row) => [row.id, row.rev]))
}
