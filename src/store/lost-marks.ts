/**
 * Notices that the database lost marks which had been committed to it: an asynchronous failover goes to a server that may not have received
 * them (ENGINE section 11). Those mails may have left, and this database does not know.
 */
import { sql } from 'kysely'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { kysely } from './db.ts'

export interface KnownMark {
  team: TeamId
  messageId: Id
  attempt: number
}

/** The message is the reason of the fence. */
export class MarksLost extends Error {
  override readonly name = 'MarksLost'
}

/** Throws `MarksLost` when one of them is not there any more. */
export async function checkMarks(tx: Db, marks: readonly KnownMark[]): Promise<void> {
  if (marks.length === 0) return
  const { rows } = await sql<{ messageId: Id }>`
    select known.message_id as "messageId"
    from unnest(${marks.map((one) => one.team)}::int[], ${marks.map((one) => one.messageId)}::text[],
      ${marks.map((one) => one.attempt)}::int[]) as known (team_id, message_id, attempt)
    where not exists (select from attempts a
      where a.team_id = known.team_id and a.message_id = known.message_id and a.attempt = known.attempt)`.execute(
    kysely(tx),
  )
  const [first] = rows
  if (!first) return
  const which =
    rows.length === 1 ? `message ${first.messageId}` : `${rows.length} messages, such as ${first.messageId},`
  throw new MarksLost(
    `The database does not know any more that ${which} went out: a failover or restore lost what was written last.`,
  )
}
