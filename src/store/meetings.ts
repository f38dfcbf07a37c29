/** What a meeting leaves on the email that led to it. Transitions are `stops.ts`; call those first. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { at, kysely } from './db.ts'
import { type CauseMail, countForMail } from './mail-effects.ts'

/**
 * Stamps the last email of a sequence that the contact had received, and counts one person who was met for it, the first time in that
 * enrollment. Returns its id, or null when nothing had reached them.
 */
export async function markMeeting(
  tx: Db,
  { team, contactId, now, inboundId }: { team: TeamId; contactId: Id; now: Instant; inboundId?: CauseMail },
): Promise<Id | null> {
  const id = await lockReached(tx, { team, contactId })
  if (id === null) return null
  // Seen after the lock: of two meetings at once, the second finds the first.
  const { rows } = await sql<{ sequenceId: Id; stepId: Id | null; variantId: Id | null; first: boolean }>`
    update messages m set demoed_at = coalesce(m.demoed_at, ${at(now)}), updated_at = ${at(now)}
    from (select exists (select from messages o join messages l on l.team_id = o.team_id and l.enrollment_id = o.enrollment_id
      where l.team_id = ${team} and l.id = ${id} and o.demoed_at is not null) as before) as met
    where m.team_id = ${team} and m.id = ${id}
    returning m.sequence_id as "sequenceId", m.step_id as "stepId", m.variant_id as "variantId", not met.before as first`.execute(
    kysely(tx),
  )
  const { first, ...about } = rows[0]!
  const delta = { ...about, messageId: id, metric: 'demoed', n: 1 } as const
  if (first) await countForMail(tx, { team, inboundId, deltas: [delta] })
  return id
}

/** Locks all that reached the contact in that enrollment, and names the last. */
async function lockReached(tx: Db, { team, contactId }: { team: TeamId; contactId: Id }): Promise<Id | null> {
  const { rows } = await sql<{ id: Id; isLast: boolean }>`
    with last as materialized (
      select id, enrollment_id from messages
      where team_id = ${team} and contact_id = ${contactId} and state = 'accepted' and enrollment_id is not null
      order by marked_at desc, id desc limit 1)
    select m.id, m.id = last.id as "isLast" from last join messages m on m.team_id = ${team} and m.enrollment_id = last.enrollment_id
    where m.state = 'accepted' order by m.id for no key update of m`.execute(kysely(tx))
  return rows.find((row) => row.isLast)?.id ?? null
}
