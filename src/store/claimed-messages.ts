/** Writing a claim's messages and drafts: one row per enrollment and step, before any socket opens, with the Message-ID that every attempt carries. */
import { sql } from 'kysely'
import type { MailFile } from '../core/attachment.ts'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Facts } from '../core/facts.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { keepContents } from './attachments.ts'
import type { CapKey } from './caps.ts'
import { at, isoArray, json, kysely } from './db.ts'
import { addDeltas, type EmailDelta } from './stats.ts'
import { countDeals, type Deal, type LeftDeal } from './variant-deals.ts'

export interface NewMessage {
  id: Id
  enrollmentId: Id
  sequenceId: Id
  stepId: Id
  variantId: Id
  /** In which round of an A/B test its wording was dealt; null: there was one only. */
  dealRound: number | null
  /** Null: the wording was not dealt now. */
  deal: Deal | null
  /** What the row that it takes the place of was dealt. */
  leaves: LeftDeal | null
  contactId: Id
  mailboxId: Id
  fence: number
  rfcId: string
  parentId: Id | null
  inReplyTo: string | null
  references: string[]
  from: { address: string; name: string | null }
  replyTo: string | null
  to: { address: string; name: string | null }
  cc: string[]
  bcc: string[]
  addressHash: string
  bodyHash: string
  optOutHash: string
  windowClosesAt: Instant | null
  capped: CapKey[]
  /** Null in a draft: nothing was decided yet. */
  facts: Facts | null
  content: {
    salt: string
    subject: string
    html: string
    text: string
    optOutToken: string
    attachments: readonly MailFile[]
  }
}

/**
 * A step that was tried before keeps its row, its Message-ID and, once a socket was opened for it, its very wording. Returns the ids that
 * are claimed now; a step whose row forbids another attempt (accepted, unknown, refused) is left out: that is a bug of who asked.
 */
export async function insertClaimed(
  tx: Db,
  o: { team: TeamId; messages: readonly NewMessage[]; now: Instant },
): Promise<Set<Id>> {
  return insertMessages(tx, { ...o, as: 'claimed' })
}

/** The emails of steps that a person sends off, as their wording is now. Returns those that are drafts now. */
export async function insertDrafts(
  tx: Db,
  o: { team: TeamId; messages: readonly NewMessage[]; now: Instant },
): Promise<Set<Id>> {
  return insertMessages(tx, { ...o, as: 'drafted' })
}

/** From which states a row may be claimed, and from which it may become a draft (again). */
const BEFORE = {
  claimed: ['deferred', 'unreachable', 'unauthenticated', 'requeued', 'queued', 'cancelled'],
  drafted: [
    'drafted',
    'queued',
    'cancelled',
    'requeued',
    'rejected',
    'deferred',
    'unreachable',
    'unauthenticated',
    'not_sent',
  ],
}

interface Inserting {
  team: TeamId
  messages: readonly NewMessage[]
  now: Instant
  as: 'claimed' | 'drafted'
}

async function insertMessages(tx: Db, o: Inserting): Promise<Set<Id>> {
  if (o.messages.length === 0) return new Set()
  const sorted = [...o.messages].sort((a, b) => (a.id < b.id ? -1 : 1))
  await takeBackRefusals(tx, o)
  const { rows } = await insertRows(tx, { ...o, messages: sorted })
  const claimed = new Map(rows.map((row) => [row.id, row]))
  const fresh = sorted.filter((message) => claimed.get(message.id)?.fresh)
  await writeContents(tx, { team: o.team, messages: fresh })
  await countDeals(tx, { team: o.team, messages: fresh })
  return new Set(claimed.keys())
}

/** What was refused for its content is tried again: the refusal counts no more, where it was counted, whatever the next try changes. */
async function takeBackRefusals(tx: Db, { team, messages, as }: Inserting): Promise<void> {
  const ids = messages.map((one) => one.id)
  const { rows } = await sql<Omit<EmailDelta, 'metric' | 'n'>>`
    select id as "messageId", sequence_id as "sequenceId", step_id as "stepId", variant_id as "variantId" from messages
    where team_id = ${team} and id = any(${ids}) and bounce = 'blocked' and state = any(${BEFORE[as]})`.execute(
    kysely(tx),
  )
  if (rows.length === 0) return
  await addDeltas(tx, { team, deltas: rows.map((one) => ({ ...one, metric: 'spam_blocked', n: -1 })) })
  await sql`
    update messages set bounce = null, bounced_at = null, sent_on = null
    where team_id = ${team} and id = any(${rows.map((one) => one.messageId)})`.execute(kysely(tx))
}

/**
 * A wording that was on a socket stays as it was, above all one that may have arrived: its opt-out link must go on working. One that never
 * was is made anew, as is one for an address that was corrected since. Whom copies go to is asked each time: they may have opted out.
 */
const MADE_ANEW = `(m.to_address is distinct from excluded.to_address or (m.state in ('requeued', 'cancelled', 'queued', 'drafted') and not exists (
  select from attempts a where a.team_id = m.team_id and a.message_id = m.id and a.marked_at is not null
    and coalesce(a.outcome, 'unknown') = 'unknown')))`

/** Moved to another mailbox with the wording that it has: none of the counts there is about it. */
const DEAL_ROUND = sql.raw(
  `case when ${MADE_ANEW} then excluded.deal_round when m.mailbox_id = excluded.mailbox_id then m.deal_round end`,
)

function insertRows(tx: Db, { team, messages, now, as }: Inserting) {
  const claimedAt = as === 'claimed' ? at(now) : null
  const text = (of: (message: NewMessage) => string | null) => messages.map(of)
  const lists = (of: (message: NewMessage) => string[]) => messages.map((one) => json(of(one)))
  const once = (column: string) =>
    sql.raw(`${column} = case when ${MADE_ANEW} then excluded.${column} else m.${column} end`)
  return sql<{ id: Id; fresh: boolean }>`
    insert into messages as m (team_id, id, enrollment_id, sequence_id, step_id, variant_id, contact_id, mailbox_id, state, fence, rfc_id,
      parent_id, in_reply_to, refs, from_address, from_name, reply_to, to_address, to_name, cc, bcc, address_hash, body_hash, opt_out_hash,
      window_closes_at, capped, facts, deal_round, claimed_at, counted_at, created_at, updated_at)
    select ${team}, n.id, n.enrollment_id, n.sequence_id, n.step_id, n.variant_id, n.contact_id, n.mailbox_id, ${as}, n.fence, n.rfc_id,
      n.parent_id, n.in_reply_to, array(select jsonb_array_elements_text(n.refs::jsonb)), n.from_address, n.from_name, n.reply_to,
      n.to_address, n.to_name, array(select jsonb_array_elements_text(n.cc::jsonb)), array(select jsonb_array_elements_text(n.bcc::jsonb)),
      n.address_hash, n.body_hash, n.opt_out_hash, n.window_closes_at, n.capped::jsonb, nullif(n.facts, 'null')::jsonb, n.deal_round,
      ${claimedAt}::timestamptz, ${claimedAt}::timestamptz, ${at(now)}::timestamptz, ${at(now)}::timestamptz
    from unnest(${text((m) => m.id)}::text[], ${text((m) => m.enrollmentId)}::text[], ${text((m) => m.sequenceId)}::text[],
      ${text((m) => m.stepId)}::text[], ${text((m) => m.variantId)}::text[], ${text((m) => m.contactId)}::text[],
      ${text((m) => m.mailboxId)}::text[], ${messages.map((m) => m.fence)}::int[], ${text((m) => m.rfcId)}::text[],
      ${text((m) => m.parentId)}::text[], ${text((m) => m.inReplyTo)}::text[], ${lists((m) => m.references)}::text[],
      ${text((m) => m.from.address)}::text[], ${text((m) => m.from.name)}::text[], ${text((m) => m.replyTo)}::text[],
      ${text((m) => m.to.address)}::text[], ${text((m) => m.to.name)}::text[], ${lists((m) => m.cc)}::text[],
      ${lists((m) => m.bcc)}::text[], ${text((m) => m.addressHash)}::text[], ${text((m) => m.bodyHash)}::text[],
      ${text((m) => m.optOutHash)}::text[], ${isoArray(messages.map((m) => m.windowClosesAt))}::timestamptz[],
      ${messages.map((m) => json(m.capped))}::text[], ${messages.map((m) => json(m.facts))}::text[],
      ${messages.map((m) => m.dealRound)}::int[])
      as n (id, enrollment_id, sequence_id, step_id, variant_id, contact_id, mailbox_id, fence, rfc_id, parent_id, in_reply_to, refs,
        from_address, from_name, reply_to, to_address, to_name, cc, bcc, address_hash, body_hash, opt_out_hash, window_closes_at, capped, facts, deal_round)
    on conflict (team_id, enrollment_id, step_id) where enrollment_id is not null do update set
      state = excluded.state, fence = excluded.fence, window_closes_at = excluded.window_closes_at, capped = m.capped || excluded.capped,
      facts = coalesce(excluded.facts, m.facts), claimed_at = coalesce(excluded.claimed_at, m.claimed_at),
      counted_at = coalesce(excluded.counted_at, m.counted_at), updated_at = excluded.updated_at,
      not_sent_reason = null, mailbox_id = excluded.mailbox_id, ${once('variant_id')}, deal_round = ${DEAL_ROUND},
      ${once('parent_id')}, ${once('in_reply_to')},
      ${once('refs')}, ${once('from_address')}, ${once('from_name')}, ${once('reply_to')}, ${once('to_address')}, ${once('to_name')},
      cc = excluded.cc, bcc = excluded.bcc, ${once('address_hash')}, ${once('body_hash')}, ${once('opt_out_hash')}
    where m.state = any(${BEFORE[as]})
    returning m.id, m.body_hash = any(${text((m) => m.bodyHash)}::text[]) as fresh`.execute(kysely(tx))
}

async function writeContents(
  tx: Db,
  { team, messages }: { team: TeamId; messages: readonly NewMessage[] },
): Promise<void> {
  if (messages.length === 0) return
  const text = (of: (message: NewMessage) => string) => messages.map(of)
  await sql`
    insert into message_contents (team_id, message_id, salt, subject, html, body, opt_out_token, attachments)
    select ${team}, n.id, n.salt, n.subject, n.html, n.body, n.opt_out_token, n.attachments::jsonb from unnest(${text((m) => m.id)}::text[], ${text((m) => m.content.salt)}::text[],
      ${text((m) => m.content.subject)}::text[], ${text((m) => m.content.html)}::text[], ${text((m) => m.content.text)}::text[],
      ${text((m) => m.content.optOutToken)}::text[], ${text((m) => json(m.content.attachments))}::text[])
      as n (id, salt, subject, html, body, opt_out_token, attachments)
    on conflict (team_id, message_id) do update set salt = excluded.salt, subject = excluded.subject, html = excluded.html,
      body = excluded.body, opt_out_token = excluded.opt_out_token, attachments = excluded.attachments`.execute(
    kysely(tx),
  )
  await keepContents(tx, { team, files: messages.flatMap((message) => message.content.attachments) })
}

/** A claimed message as it goes out. */
export interface Outgoing {
  id: Id
  purpose: 'sequence' | 'one_off' | 'answer' | 'test'
  enrollmentId: Id | null
  mailboxId: Id
  fence: number
  rfcId: string
  inReplyTo: string | null
  references: string[]
  from: string
  fromName: string | null
  mailboxAddress: string
  replyTo: string | null
  to: string
  toName: string | null
  cc: string[]
  bcc: string[]
  subject: string
  html: string
  text: string
  attachments: MailFile[]
  optOutToken: string | null
  teamPublicId: string
  mailboxKind: string
  opensTracked: boolean
  clicksTracked: boolean
  /** How often it was deferred. */
  failures: number
  claimedAt: Instant
}

/** What was just claimed (or, for its copy, accepted), with the stored wording: a retry sends the very same parts. */
export async function readOutgoing(
  db: Db,
  { team, ids, state = 'claimed' }: { team: TeamId; ids: readonly Id[]; state?: 'claimed' | 'accepted' },
): Promise<Outgoing[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<Outgoing>`
    select m.id, m.purpose, m.enrollment_id as "enrollmentId", m.mailbox_id as "mailboxId", m.fence, m.rfc_id as "rfcId",
      m.in_reply_to as "inReplyTo", m.refs as "references", m.from_address as "from", m.from_name as "fromName",
      b.address as "mailboxAddress", m.reply_to as "replyTo", m.to_address as "to", m.to_name as "toName", m.cc, m.bcc, c.subject, c.html,
      c.body as text, c.attachments, c.opt_out_token as "optOutToken", t.public_id as "teamPublicId", b.kind as "mailboxKind",
      m.opens_tracked as "opensTracked", m.clicks_tracked as "clicksTracked", m.failures, m.claimed_at as "claimedAt"
    from messages m
    join message_contents c on c.team_id = m.team_id and c.message_id = m.id
    join mailboxes b on b.team_id = m.team_id and b.id = m.mailbox_id
    join teams t on t.id = m.team_id
    where m.team_id = ${team} and m.id = any(${ids as Id[]}) and m.state = ${state}
    order by m.created_at, m.id`.execute(kysely(db))
  return rows
}
