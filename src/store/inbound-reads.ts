/** Reads the mails that came in, for lists: what each was taken for, of whom, and by what evidence. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { ReplyClass } from '../core/reply-class.ts'
import { kysely, likeAll } from './db.ts'
import { ofPerson } from './merged-contacts.ts'

export interface InboundRow {
  id: Id
  kind: string
  class: string | null
  from: string | null
  fromName: string | null
  subject: string
  text: string
  receivedAt: Instant
  contactId: Id | null
  sequenceName: string | null
  evidence: { name: string; value: string; score?: number }[]
  confidence: number
  /** What it means, said by a person or by a fixed phrase. */
  replyClass: ReplyClass | null
}

export interface InboundSearch {
  team: TeamId
  words: readonly string[]
  kind: string | null
  contactId: Id | null
  offset: number
  limit: number
}

/** The latest first. */
export async function searchInbound(
  db: Db,
  search: InboundSearch,
): Promise<{ inbound: InboundRow[]; total: number }> {
  const all = [sql`i.team_id = ${search.team}`]
  if (search.kind !== null) all.push(sql`i.kind = ${search.kind}`)
  if (search.contactId !== null) all.push(ofPerson(sql`i.contact_id`, search.team, search.contactId))
  for (const word of search.words) {
    const like = likeAll(word)
    all.push(
      sql`lower(concat_ws(' ', i.from_address, i.from_name, i.subject, left(i.body, 2000))) like ${like}`,
    )
  }
  const where = sql.join(all, sql` and `)
  const [page, total] = await Promise.all([
    sql<InboundRow>`
      select i.id, i.kind, i.class, i.from_address as "from", i.from_name as "fromName", i.subject, i.body as text,
        i.received_at as "receivedAt", i.contact_id as "contactId", q.name as "sequenceName", i.evidence, i.confidence,
        i.reply_class as "replyClass"
      from inbound i
      left join enrollments e on e.team_id = i.team_id and e.id = i.enrollment_id
      left join sequences q on q.team_id = e.team_id and q.id = e.sequence_id
      where ${where} order by i.received_at desc, i.id desc limit ${search.limit} offset ${search.offset}`.execute(
      kysely(db),
    ),
    sql<{ n: number }>`select count(*) as n from inbound i where ${where}`.execute(kysely(db)),
  ])
  return { inbound: page.rows, total: total.rows[0]!.n }
}
