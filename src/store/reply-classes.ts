/** What people said that an answer means. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { ReplyClass } from '../core/reply-class.ts'
import { at, kysely } from './db.ts'

export interface ClassedInbound {
  id: Id
  contactId: Id | null
  enrollmentId: Id | null
  messageId: Id | null
  replyClass: ReplyClass | null
}

/** `locked`: until the transaction ends; after contacts. */
export async function inboundById(
  db: Db,
  { team, id, locked = false }: { team: TeamId; id: Id; locked?: boolean },
): Promise<ClassedInbound | undefined> {
  const { rows } = await sql<ClassedInbound>`
    select id, contact_id as "contactId", enrollment_id as "enrollmentId", matched_message_id as "messageId",
      reply_class as "replyClass"
    from inbound where team_id = ${team} and id = ${id} ${locked ? sql`for no key update` : sql``}`.execute(
    kysely(db),
  )
  return rows[0]
}

/** Call it last: what it means for people is locked before messages. The email that was answered carries the class, too. */
export async function saveReplyClass(
  tx: Db,
  o: { team: TeamId; mail: ClassedInbound; replyClass: ReplyClass | null; by: string; now: Instant },
): Promise<void> {
  const { team, mail, replyClass } = o
  await sql`
    update messages set reply_class = ${replyClass}, updated_at = ${at(o.now)}
    where team_id = ${team} and id = ${mail.messageId}`.execute(kysely(tx))
  await sql`
    update inbound set reply_class = ${replyClass}, reply_class_by = ${replyClass === null ? null : o.by}
    where team_id = ${team} and id = ${mail.id}`.execute(kysely(tx))
}
