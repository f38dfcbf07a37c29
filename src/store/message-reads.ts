/**
 * Reads emails for lists: those with a row in the ledger, and the next email of every live enrollment, which is a projection and no row.
 * Changes nothing.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { WaitUnit } from '../core/due.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { at, kysely, likeAll } from './db.ts'
import { HOLD_DETAIL_SHOWN, HOLD_SHOWN, WAITS_FOR_MAILBOX } from './mailbox-waits.ts'
import { visitCounts } from './visits.ts'

/** `scheduled`: not sent yet; `drafted`: a person finishes it; `completed`: the server took it; `failed`: refused, or held for a reason. */
export type ShownStatus = 'drafted' | 'scheduled' | 'completed' | 'failed'

export interface MessageRow {
  id: Id
  purpose: 'sequence' | 'one_off' | 'answer' | 'test'
  /** The ledger's word; null for a projection. */
  state: string | null
  status: ShownStatus
  enrollmentId: Id | null
  sequenceId: Id | null
  sequenceName: string | null
  sequenceCap: number | null
  step: {
    id: Id
    position: number
    waitAmount: number
    waitUnit: WaitUnit
    dailyCap: number | null
    exactAt: string | null
    autoSkipDays: number | null
    kind: string
  } | null
  variantId: Id | null
  contactId: Id | null
  accountId: Id | null
  contactZone: string | null
  mailboxId: Id
  userId: Id | null
  from: string
  fromName: string | null
  to: string | null
  toName: string | null
  attachmentIds: Id[]
  cc: string[]
  bcc: string[]
  /** Null: not rendered yet, and in the thread of `threadSubject`. */
  subject: string | null
  threadSubject: string | null
  html: string | null
  text: string | null
  rfcId: string | null
  notSentReason: string | null
  holdDetail: string | null
  failure: string | null
  dueAt: Instant | null
  completedAt: Instant | null
  failedAt: Instant | null
  bounce: 'hard' | 'soft' | 'blocked' | null
  repliedAt: Instant | null
  replyClass: string | null
  openedAt: Instant | null
  demoedAt: Instant | null
  clickedAt: Instant | null
  opensTracked: boolean
  clicksTracked: boolean
  /** By people. */
  opens: number
  clicks: number
  machineOpens: number
  scannerClicks: number
  optedOutAt: Instant | null
  createdAt: Instant
}

export const MESSAGE_STATS = [
  'delivered',
  'scheduled',
  'drafted',
  'not_opened',
  'opened',
  'clicked',
  'unsubscribed',
  'demoed',
  'bounced',
  'spam_blocked',
  'failed_other',
] as const
export type MessageStat = (typeof MESSAGE_STATS)[number]

export interface MessageSearch {
  team: TeamId
  stats: readonly MessageStat[]
  /** Holds that show as failed with their code; any other hold shows as scheduled. */
  failedHolds: readonly string[]
  sequenceIds: readonly Id[] | null
  notSequenceIds: readonly Id[]
  contactIds: readonly Id[] | null
  userIds: readonly Id[] | null
  mailboxId: Id | null
  fromAddress: string | null
  replyClasses: readonly string[] | null
  notSentReasons: readonly string[] | null
  words: readonly string[]
  /** By which moment `from` and `to` judge. */
  dateMode: 'due_at' | 'completed_at'
  from: Instant | null
  to: Instant | null
  offset: number
  limit: number
}

/** Of the ledger: what has happened, is happening, or is in doubt; mails that a person sent themselves to try stand only in doubt. What is to be tried (again) shows as its enrollment's next email. */
const LEDGER = (team: TeamId, tests: boolean) => sql`
  select m.id, m.purpose, m.state, case m.state when 'accepted' then 'completed' when 'drafted' then 'drafted'
      when 'rejected' then 'failed' when 'not_sent' then 'failed' else 'scheduled' end as status,
    m.enrollment_id, m.sequence_id, m.step_id, m.variant_id, m.contact_id, m.mailbox_id, m.user_id, m.from_address, m.from_name,
    m.to_address, m.to_name, m.cc, m.bcc, m.rfc_id, null::text as thread_id, m.not_sent_reason, null::text as hold_detail,
    coalesce(m.failure, m.smtp_reply) as failure, coalesce(m.due_at, m.claimed_at, m.created_at) as due_at,
    case when m.state = 'accepted' then coalesce(m.settled_at, m.marked_at) end as completed_at,
    case when m.state in ('rejected', 'not_sent') then coalesce(m.settled_at, m.updated_at) end as failed_at,
    m.bounce, m.replied_at, m.reply_class, m.opened_at, m.clicked_at, m.opted_out_at, m.demoed_at, m.created_at,
    m.opens_tracked, m.clicks_tracked
  from messages m
  where m.team_id = ${team} and (m.state in ('accepted', 'rejected', 'not_sent', 'drafted', 'transmitting', 'unknown')
    or (m.enrollment_id is null and m.state <> 'cancelled')) and (${tests} or m.purpose <> 'test')`

const NEXT = (team: TeamId, failedHolds: readonly string[]) => sql`
  select e.message_id as id, 'sequence' as purpose, null::text as state,
    case when e.state = 'active' and ${HOLD_SHOWN} = any(${failedHolds as string[]}) then 'failed' else 'scheduled' end as status,
    e.id as enrollment_id, e.sequence_id, e.step_id, null::text as variant_id, e.contact_id, e.mailbox_id, m.user_id,
    coalesce(e.from_address, m.address) as from_address, m.from_name, c.address as to_address,
    nullif(concat_ws(' ', c.first_name, c.last_name), '') as to_name, '{}'::text[] as cc, '{}'::text[] as bcc, null::text as rfc_id,
    e.parent_message_id as thread_id,
    case when e.state = 'active' and ${HOLD_SHOWN} = any(${failedHolds as string[]}) then ${HOLD_SHOWN} end as not_sent_reason,
    ${HOLD_DETAIL_SHOWN} as hold_detail, null::text as failure, coalesce(e.due_at, e.lease_until, e.wait_ends_at) as due_at, null::timestamptz as completed_at,
    case when e.state = 'active' and ${HOLD_SHOWN} = any(${failedHolds as string[]}) then greatest(e.updated_at, case when ${WAITS_FOR_MAILBOX} then m.updated_at end) end as failed_at,
    null::text as bounce, null::timestamptz as replied_at, null::text as reply_class, null::timestamptz as opened_at,
    null::timestamptz as clicked_at, null::timestamptz as opted_out_at, null::timestamptz as demoed_at, e.added_at as created_at,
    false as opens_tracked, false as clicks_tracked
  from enrollments e
  join contacts c on c.team_id = e.team_id and c.id = e.contact_id
  join mailboxes m on m.team_id = e.team_id and m.id = e.mailbox_id
  where e.team_id = ${team} and e.state in ('active', 'paused') and e.removed_at is null
    and exists (select from steps s where s.team_id = e.team_id and s.id = e.step_id and s.kind in ('auto_email', 'manual_email'))
    and not exists (select from messages w where w.team_id = e.team_id and w.id = e.message_id
      and w.state in ('accepted', 'rejected', 'not_sent', 'drafted', 'transmitting', 'unknown'))`

const COLUMNS = sql`x.id, x.purpose, x.state, x.status, x.enrollment_id as "enrollmentId", x.sequence_id as "sequenceId",
  q.name as "sequenceName", q.daily_cap as "sequenceCap", case when s.id is null then null else jsonb_build_object('id', s.id,
    'position', s.position, 'waitAmount', s.wait_amount, 'waitUnit', s.wait_unit, 'dailyCap', s.daily_cap, 'exactAt', s.exact_at,
    'autoSkipDays', s.auto_skip_days, 'kind', s.kind) end as step,
  coalesce(x.variant_id, v.id) as "variantId", x.contact_id as "contactId", p.account_id as "accountId", p.time_zone as "contactZone",
  x.mailbox_id as "mailboxId", x.user_id as "userId", x.from_address as "from", x.from_name as "fromName", x.to_address as "to",
  x.to_name as "toName", x.cc, x.bcc, coalesce(t.subject, case when v.thread = 'reply_to_thread' then null else v.subject end) as subject, k.subject as "threadSubject", t.html, t.body as text,
  case when x.state is null then coalesce(v.attachment_ids, '{}')
    else array(select f ->> 'id' from jsonb_array_elements(coalesce(t.attachments, '[]')) as f) end as "attachmentIds", x.rfc_id as "rfcId",
  x.not_sent_reason as "notSentReason", x.hold_detail as "holdDetail", x.failure, x.due_at as "dueAt", x.completed_at as "completedAt",
  x.failed_at as "failedAt", x.bounce, x.replied_at as "repliedAt", x.reply_class as "replyClass", x.opened_at as "openedAt", x.demoed_at as "demoedAt",
  x.clicked_at as "clickedAt", x.opted_out_at as "optedOutAt", x.created_at as "createdAt",
  x.opens_tracked as "opensTracked", x.clicks_tracked as "clicksTracked", h.*`
const JOINS = (team: TeamId) => sql`
  left join sequences q on q.team_id = ${team} and q.id = x.sequence_id
  left join steps s on s.team_id = ${team} and s.id = x.step_id
  left join contacts p on p.team_id = ${team} and p.id = x.contact_id
  left join message_contents t on t.team_id = ${team} and t.message_id = x.id and x.state is not null
  left join lateral (select v.id, v.thread, v.attachment_ids, w.subject from variants v join templates w on w.team_id = v.team_id and w.id = v.template_id
    where x.state is null and v.team_id = ${team} and v.step_id = x.step_id and v.deleted_at is null
    order by v.approved desc, v.created_at, v.id limit 1) v on true
  ${visitCounts(sql`x`, team)}
  left join message_contents k on k.team_id = ${team} and k.message_id = x.thread_id`

/** A page of emails, the latest first, with how many match. */
export async function searchMessages(
  db: Db,
  search: MessageSearch,
): Promise<{ messages: MessageRow[]; total: number }> {
  const { team } = search
  const found = sql`select * from (${LEDGER(team, false)} union all ${NEXT(team, search.failedHolds)}) x where ${conditions(search)}`
  const [page, total] = await Promise.all([
    sql<MessageRow>`
      select ${COLUMNS} from (${found} order by coalesce(x.completed_at, x.failed_at, x.due_at) desc, x.id desc
        limit ${search.limit} offset ${search.offset}) x ${JOINS(team)}
      order by coalesce(x.completed_at, x.failed_at, x.due_at) desc, x.id desc`.execute(kysely(db)),
    sql<{ n: number }>`select count(*) as n from (${found}) x`.execute(kysely(db)),
  ])
  return { messages: page.rows, total: total.rows[0]!.n }
}

/** Of the ledger, or the next ones of live enrollments; unknown ids are absent. */
export async function shownMessages(
  db: Db,
  { team, ids, failedHolds }: { team: TeamId; ids: readonly Id[]; failedHolds: readonly string[] },
): Promise<Map<Id, MessageRow>> {
  const among = async (part: RawBuilder<unknown>, asked: readonly Id[]) => {
    if (asked.length === 0) return []
    const { rows } = await sql<MessageRow>`
      select ${COLUMNS} from (select * from (${part}) y where y.id = any(${asked as Id[]})) x ${JOINS(team)}`.execute(
      kysely(db),
    )
    return rows
  }
  const found = new Map((await among(LEDGER(team, true), ids)).map((row) => [row.id, row]))
  // No index leads from an email that is yet to be written to its enrollment: they are looked for only when the ledger has none.
  const others = ids.filter((id) => !found.has(id))
  for (const row of await among(NEXT(team, failedHolds), others)) found.set(row.id, row)
  return found
}

/** Emails whose delivery nobody knows, the oldest first. */
export async function unknownMessages(
  db: Db,
  { team, limit }: { team: TeamId; limit: number },
): Promise<MessageRow[]> {
  const { rows } = await sql<MessageRow>`
    select ${COLUMNS} from (select * from (${LEDGER(team, true)}) x where x.state = 'unknown' order by x.id limit ${limit}) x
    ${JOINS(team)} order by x.id`.execute(kysely(db))
  return rows
}

export async function messageState(
  db: Db,
  { team, id }: { team: TeamId; id: Id },
): Promise<string | undefined> {
  const { rows } = await sql<{ state: string }>`
    select state from messages where team_id = ${team} and id = ${id}`.execute(kysely(db))
  return rows[0]?.state
}

const STATS: Record<MessageStat, RawBuilder<unknown>> = {
  delivered: sql`(x.status = 'completed' and x.bounce is null)`,
  scheduled: sql`x.status = 'scheduled'`,
  drafted: sql`x.status = 'drafted'`,
  not_opened: sql`(x.status = 'completed' and x.opened_at is null)`,
  opened: sql`x.opened_at is not null`,
  clicked: sql`x.clicked_at is not null`,
  unsubscribed: sql`x.opted_out_at is not null`,
  demoed: sql`x.demoed_at is not null`,
  bounced: sql`x.bounce in ('hard', 'soft')`,
  spam_blocked: sql`x.bounce = 'blocked'`,
  failed_other: sql`x.status = 'failed'`,
}

function conditions(search: MessageSearch): RawBuilder<unknown> {
  const all: RawBuilder<unknown>[] = [sql`true`]
  const among = (column: string, values: readonly string[] | null) => {
    if (values !== null) all.push(sql`${sql.ref(column)} = any(${values as string[]})`)
  }
  if (search.stats.length > 0)
    all.push(
      sql`(${sql.join(
        search.stats.map((stat) => STATS[stat]),
        sql` or `,
      )})`,
    )
  among('x.sequence_id', search.sequenceIds)
  among('x.contact_id', search.contactIds)
  among('x.user_id', search.userIds)
  among('x.reply_class', search.replyClasses)
  among('x.not_sent_reason', search.notSentReasons)
  if (search.notSequenceIds.length > 0)
    all.push(sql`(x.sequence_id is null or x.sequence_id <> all(${search.notSequenceIds as Id[]}))`)
  if (search.mailboxId !== null) all.push(sql`x.mailbox_id = ${search.mailboxId}`)
  if (search.fromAddress !== null) all.push(sql`x.from_address = ${search.fromAddress}`)
  const moment = sql.ref(search.dateMode === 'due_at' ? 'x.due_at' : 'x.completed_at')
  if (search.from !== null) all.push(sql`${moment} >= ${at(search.from)}`)
  if (search.to !== null) all.push(sql`${moment} < ${at(search.to)}`)
  for (const word of search.words) {
    const like = likeAll(word)
    all.push(sql`(lower(concat_ws(' ', x.to_name, x.to_address)) like ${like} or exists (
      select from message_contents k where k.team_id = ${search.team} and k.message_id = x.id and lower(k.subject) like ${like}))`)
  }
  return sql.join(all, sql` and `)
}
