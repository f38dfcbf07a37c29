/** Which emails are tracked. Decided once for each attempt, in the claim's transaction, by the switches of the sequence. */
import { sql } from 'kysely'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { kysely } from './db.ts'

/** What the deployment allows: `real`, mailboxes that reach people; `sandbox`, those that try it. */
export interface Trackable {
  real: boolean
  sandbox: boolean
}

/** The caller has written or locked the messages. Those outside of a sequence are never tracked. */
export async function trackAsAsked(
  tx: Db,
  { team, messageIds, trackable }: { team: TeamId; messageIds: readonly Id[]; trackable: Trackable },
): Promise<void> {
  if (messageIds.length === 0) return
  await sql`
    update messages m set opens_tracked = n.opens, clicks_tracked = n.clicks
    from (select w.id, q.track_opens and a.allowed as opens, q.track_clicks and a.allowed as clicks
      from messages w join sequences q on q.team_id = w.team_id and q.id = w.sequence_id
      join mailboxes b on b.team_id = w.team_id and b.id = w.mailbox_id
      cross join lateral (select case when b.kind = 'sandbox' then ${trackable.sandbox}::boolean else ${trackable.real}::boolean end as allowed) a
      where w.team_id = ${team} and w.id = any(${messageIds as Id[]})) n
    where m.team_id = ${team} and m.id = n.id and (m.opens_tracked, m.clicks_tracked) is distinct from (n.opens, n.clicks)`.execute(
    kysely(tx),
  )
}
