/** What happened to one contact in sequences, as far as the wire's feed names it. */
import { sql } from 'kysely'
import type { ActivityKind } from '../core/activity.ts'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { kysely } from './db.ts'
import { ofPerson } from './merged-contacts.ts'

export interface SequenceActivity {
  kind: ActivityKind
  reason: string | null
  at: Instant
  sequenceId: Id | null
  sequenceName: string | null
  stepPosition: number | null
  messageId: Id | null
}

/** The latest first. */
export async function sequenceActivities(
  db: Db,
  o: { team: TeamId; contactId: Id; sequenceId: Id | null; kinds: readonly ActivityKind[]; limit: number },
): Promise<SequenceActivity[]> {
  const { rows } = await sql<SequenceActivity>`
    select a.kind, a.reason, a.at, a.sequence_id as "sequenceId", q.name as "sequenceName", s.position as "stepPosition",
      a.message_id as "messageId"
    from activities a
    left join sequences q on q.team_id = a.team_id and q.id = a.sequence_id
    left join steps s on s.team_id = a.team_id and s.id = a.step_id
    where a.team_id = ${o.team} and ${ofPerson(sql`a.contact_id`, o.team, o.contactId)} and a.kind = any(${o.kinds as ActivityKind[]})
      and a.sequence_id is not null and (${o.sequenceId}::text is null or a.sequence_id = ${o.sequenceId})
    order by a.at desc, a.id desc limit ${o.limit}`.execute(kysely(db))
  return rows
}
