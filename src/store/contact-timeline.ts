/** What happened with one contact: the mails that left, the mails that came, and the activities between them. The latest of each, bounded. */
import { type RawBuilder, sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { kysely } from './db.ts'
import { ofPerson } from './merged-contacts.ts'
import { visitCounts } from './visits.ts'

/** A person with more mails than this is a mailing list; the oldest are left out. */
export const TIMELINE_MAX = 500

/** Html of this many bytes is read, newest mails first, and the one that goes over it; hundreds of newsletters would be 150 MB. */
export const TIMELINE_HTML_BYTES_MAX = 1024 * 1024

interface Asked {
  team: TeamId
  contactId: Id
}

export interface SentRow {
  at: Instant
  messageId: Id
  state: string
  subject: string
  /** Null: left out, since newer mails have used up what is read. */
  html: string | null
  text: string
  mailbox: string
  sequenceId: Id | null
  stepPosition: number | null
  opens: number
  clicks: number
  machineOpens: number
  scannerClicks: number
}

/** The html while what came before it in the order is below the bound. */
function boundedHtml(html: RawBuilder<unknown>, order: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`case when sum(octet_length(${html})) over (order by ${order} rows unbounded preceding) - octet_length(${html})
    < ${TIMELINE_HTML_BYTES_MAX} or ${html} = '' then ${html} end`
}

/** Those for which a socket was opened, and those that were refused there. Their wording is null where it was erased. */
export async function sentTo(db: Db, { team, contactId }: Asked): Promise<SentRow[]> {
  const { rows } = await sql<SentRow>`
    select coalesce(m.marked_at, m.settled_at, m.created_at) as at, m.id as "messageId", m.state,
      coalesce(c.subject, '') as subject, ${boundedHtml(sql`coalesce(c.html, '')`, sql`m.created_at desc, m.id desc`)} as html, coalesce(c.body, '') as text,
      m.from_address as mailbox, m.sequence_id as "sequenceId", s.position as "stepPosition", h.*
    from messages m
    ${visitCounts(sql`m`, team)}
    left join message_contents c on c.team_id = m.team_id and c.message_id = m.id
    left join steps s on s.team_id = m.team_id and s.id = m.step_id
    where m.team_id = ${team} and ${ofPerson(sql`m.contact_id`, team, contactId)}
      and (m.marked_at is not null or m.state in ('transmitting', 'accepted', 'unknown', 'rejected'))
    order by m.created_at desc, m.id desc limit ${TIMELINE_MAX}`.execute(kysely(db))
  return rows
}

export interface ReceivedRow {
  at: Instant
  inboundId: Id
  kind: string
  fromName: string | null
  fromAddress: string | null
  subject: string
  /** Null: left out, since newer mails have used up what is read. */
  html: string | null
  text: string
  evidence: { name: string; value: string; score: number }[]
  confidence: number
}

export async function receivedFrom(db: Db, { team, contactId }: Asked): Promise<ReceivedRow[]> {
  const { rows } = await sql<ReceivedRow>`
    select received_at as at, id as "inboundId", kind, from_name as "fromName", from_address as "fromAddress", subject,
      ${boundedHtml(sql`html`, sql`received_at desc, id desc`)} as html, body as text, evidence, confidence
    from inbound where team_id = ${team} and ${ofPerson(sql`contact_id`, team, contactId)}
    order by received_at desc, id desc limit ${TIMELINE_MAX}`.execute(kysely(db))
  return rows
}

export interface ActivityRow {
  at: Instant
  kind: string
  reason: string | null
  sequenceId: Id | null
  sequenceName: string | null
  detail: Record<string, unknown>
}

/** Without `sent`: the mail itself stands there. */
export async function activitiesOf(db: Db, { team, contactId }: Asked): Promise<ActivityRow[]> {
  const { rows } = await sql<ActivityRow>`
    select a.at, a.kind, a.reason, a.sequence_id as "sequenceId", q.name as "sequenceName", a.detail
    from activities a left join sequences q on q.team_id = a.team_id and q.id = a.sequence_id
    where a.team_id = ${team} and ${ofPerson(sql`a.contact_id`, team, contactId)} and a.kind <> 'sent'
    order by a.at desc, a.id desc limit ${TIMELINE_MAX}`.execute(kysely(db))
  return rows
}
