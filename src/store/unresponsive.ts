/** Who received every step of a sequence and did not answer within the days that it says. Each is judged once. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { at, kysely } from './db.ts'

export interface Unanswered {
  team: TeamId
  id: Id
  contactId: Id
  sequenceId: Id
  /** Normalized; null when the contact has none any more. */
  address: string | null
  replied: boolean
  /** What the sequence says. */
  days: number
}

/** At most `limit` whose days are over. Somebody who is still in another sequence is not judged before that one is over, too. */
export async function unanswered(
  db: Db,
  { now, limit }: { now: Instant; limit: number },
): Promise<Unanswered[]> {
  const { rows } = await sql<Unanswered>`
    select q.team_id as team, e.id, e.contact_id as "contactId", e.sequence_id as "sequenceId", c.address,
      e.replied_at is not null as replied, q.response_days as days
    from sequences q
      join enrollments e on e.team_id = q.team_id and e.sequence_id = q.id
      join contacts c on c.team_id = e.team_id and c.id = e.contact_id
    where q.response_days is not null and e.state = 'finished' and e.reason = 'completed' and not e.response_judged
      and e.removed_at is null
      and e.finished_at <= ${at(now)}::timestamptz - q.response_days * interval '24 hours'
      and not exists (select from enrollments o where o.team_id = e.team_id and o.contact_id = e.contact_id
        and o.state in ('active', 'paused') and o.removed_at is null)
    order by q.team_id, e.finished_at, e.id limit ${limit}`.execute(kysely(db))
  return rows
}

/** Judges once. False when another process was quicker, or the person was added again or has answered. */
export async function markJudged(tx: Db, { team, id }: { team: TeamId; id: Id }): Promise<boolean> {
  const { rows } = await sql<{ silent: boolean }>`
    with before as materialized (
      select id, replied_at from enrollments
      where team_id = ${team} and id = ${id} and state = 'finished' and not response_judged for no key update)
    update enrollments e set response_judged = true from before
    where e.team_id = ${team} and e.id = before.id returning before.replied_at is null as silent`.execute(
    kysely(tx),
  )
  return rows[0]?.silent ?? false
}
