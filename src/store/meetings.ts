/** What a meeting leaves on the email that led to it. Transitions are `stops.ts`; call those first. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { at, kysely } from './db.ts'
import { addDeltas } from './stats.ts'

/**
 * Stamps the last email of a sequence that the contact had received, and counts one person who was met for it, the first time in that
 * enrollment. Returns its id, or null when nothing had reached them.
 */
export async function markMeeting(
  tx: Db,
  { team, contactId, now }: { team: TeamId; contactId: Id; now: Instant },
): Promise<Id | null> {
  const { rows } = await sql<{
    id: Id
    sequenceId: Id
    stepId: Id | null
    variantId: Id | null
    first: boolean
  }>`
    with last as materialized (
      select id, enrollment_id from messages
      where team_id = ${team} and contact_id = ${contactId} and state = 'accepted' and enrollment_id is not null
      order by marked_at desc, id desc limit 1 for no key update),
    met as materialized (
      select exists (select from messages o where o.team_id = ${team} and o.enrollment_id = last.enrollment_id
        and o.demoed_at is not null) as before from last)
    update messages m set demoed_at = coalesce(m.demoed_at, ${at(now)}), updated_at = ${at(now)}
    from last, met where m.team_id = ${team} and m.id = last.id
    returning m.id, m.sequence_id as "sequenceId", m.step_id as "stepId", m.variant_id as "variantId", not met.before as first`.execute(
    kysely(tx),
  )
  const email = rows[0]
  if (email === undefined) return null
  const { id, sequenceId, stepId, variantId, first } = email
  if (first)
    await addDeltas(tx, { team, deltas: [{ sequenceId, stepId, variantId, metric: 'demoed', n: 1 }] })
  return id
}
