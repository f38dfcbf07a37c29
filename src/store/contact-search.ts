/** Searching contacts: words, stages, lists, sequences. The page and the total are two queries, asked together (ENGINE section 7). */
import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { CONTACT_COLUMNS, type ContactRow } from './contacts.ts'
import { kysely, likeAll } from './db.ts'
import { HOLD_SHOWN } from './mailbox-waits.ts'

export type ContactOrder = 'activity' | 'created' | 'updated' | 'opened' | 'clicked'

export interface ContactSearch {
  team: TeamId
  /** Every word must occur in name, title, company or address. */
  keywords?: string
  ids?: readonly Id[]
  stageIds?: readonly Id[]
  listIds?: readonly Id[]
  sequenceIds?: readonly Id[]
  /** An enrollment in this sequence with one of these states. */
  enrolled?: readonly { sequenceId: Id; state: string }[]
  order: ContactOrder
  ascending: boolean
  offset: number
  limit: number
}

/** A search of 20 words is a pasted sentence. */
const WORDS_MAX = 20

export async function searchContacts(
  db: Db,
  search: ContactSearch,
): Promise<{ contacts: ContactRow[]; total: number }> {
  const from = sql`from contacts c ${search.keywords ? sql`join contact_texts t on t.team_id = c.team_id and t.contact_id = c.id` : sql``}`
  const where = conditions(search)
  const [page, total] = await Promise.all([
    sql<ContactRow>`
      select ${CONTACT_COLUMNS} ${from} where ${where}
      order by ${orderBy(search)}, c.id ${direction(search)} offset ${search.offset} limit ${search.limit}`.execute(
      kysely(db),
    ),
    sql<{ n: number }>`select count(*) as n ${from} where ${where}`.execute(kysely(db)),
  ])
  return { contacts: page.rows, total: total.rows[0]!.n }
}

function conditions(search: ContactSearch): RawBuilder<unknown> {
  const { team } = search
  const all = [sql`c.team_id = ${team}`, sql`c.deleted_at is null`]
  if (search.keywords) {
    all.push(sql`t.team_id = ${team}`)
    for (const word of search.keywords.split(/\s+/).filter(Boolean).slice(0, WORDS_MAX))
      all.push(sql`t.body like ${likeAll(word)}`)
  }
  if (search.ids) all.push(sql`c.id = any(${search.ids as Id[]})`)
  if (search.stageIds) all.push(sql`c.stage_id = any(${search.stageIds as Id[]})`)
  if (search.listIds)
    all.push(sql`exists (select from list_members m where m.team_id = ${team} and m.member_id = c.id
      and m.list_id = any(${search.listIds as Id[]}))`)
  if (search.sequenceIds)
    all.push(sql`exists (select from enrollments e where e.team_id = ${team} and e.contact_id = c.id
      and e.sequence_id = any(${search.sequenceIds as Id[]}) and e.removed_at is null)`)
  if (search.enrolled)
    all.push(sql`exists (select from enrollments e
      join mailboxes m on m.team_id = e.team_id and m.id = e.mailbox_id
      join unnest(${search.enrolled.map((each) => each.sequenceId)}::text[], ${search.enrolled.map((each) => each.state)}::text[])
        as w (sequence_id, state) on w.sequence_id = e.sequence_id and w.state in (e.state, e.reason, ${HOLD_SHOWN})
      where e.team_id = ${team} and e.contact_id = c.id and e.removed_at is null)`)
  return sql.join(all, sql` and `)
}

function direction({ ascending }: ContactSearch): RawBuilder<unknown> {
  return ascending ? sql`asc` : sql`desc`
}

function orderBy(search: ContactSearch): RawBuilder<unknown> {
  const way = direction(search)
  switch (search.order) {
    case 'created':
      return sql`c.created_at ${way}`
    case 'updated':
      return sql`c.updated_at ${way}`
    case 'activity':
      return sql`c.last_activity_at ${way} nulls last, c.created_at ${way}`
    case 'opened':
    case 'clicked': {
      const column = sql.raw(search.order === 'opened' ? 'opened_at' : 'clicked_at')
      return sql`(select max(m.${column}) from messages m where m.team_id = c.team_id and m.contact_id = c.id) ${way} nulls last`
    }
  }
}
