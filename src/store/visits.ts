/**
 * What recipients and machines fetched of an email: written down as it comes, one row each, and judged a little later. Public pages write,
 * the engine judges (`engine/judge-visits.ts`).
 */
import { type RawBuilder, sql } from 'kysely'
import { type Instant, MINUTE } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { JUDGED_AFTER_MS, type MachineRule, type Visit, type Visitor } from '../core/visit.ts'
import { sha256 } from '../seal.ts'
import { at, isoArray, kysely } from './db.ts'

const TOKEN_LENGTH = 32
/** Of one email; who fetches more often is no reader. Links lead on all the same. */
export const VISITS_PER_MESSAGE_MAX = 200
const AGENT_MAX = 400

/**
 * The token in the links of an email. It comes from the email's own random opt-out token, so that it lives as long, also under another secret
 * key, and opts nobody out.
 */
export function trackingToken(optOutToken: string): string {
  return sha256(`segue tracking ${optOutToken}`).slice(0, TOKEN_LENGTH)
}

export interface TrackedMail {
  team: TeamId
  messageId: Id
}

/** Undefined: no such email, a token that is not its own, or an email whose content was erased. */
export async function findTracked(
  db: Db,
  { teamPublicId, messageId, token }: { teamPublicId: Id; messageId: Id; token: string },
): Promise<TrackedMail | undefined> {
  const { rows } = await sql<TrackedMail & { optOutToken: string }>`
    select t.id as team, c.message_id as "messageId", c.opt_out_token as "optOutToken"
    from teams t join message_contents c on c.team_id = t.id and c.message_id = ${messageId}
    where t.public_id = ${teamPublicId} and c.opt_out_token is not null`.execute(kysely(db))
  const [found] = rows
  if (!found || sha256(trackingToken(found.optOutToken)) !== sha256(token)) return undefined
  return { team: found.team, messageId: found.messageId }
}

/** As it was written, before links were changed: read for links alone, not for each picture. Undefined: erased meanwhile. */
export async function trackedWording(db: Db, { team, messageId }: TrackedMail): Promise<string | undefined> {
  const { rows } = await sql<{ html: string }>`
    select html from message_contents where team_id = ${team} and message_id = ${messageId}`.execute(
    kysely(db),
  )
  return rows[0]?.html
}

export interface NewVisit {
  team: TeamId
  messageId: Id
  kind: Visit['kind']
  link: number | null
  target: string | null
  way: Visit['way']
  agent: string
  now: Instant
  random: Random
}

/** One insert, no lock. Beyond the bound nothing is written. */
export async function recordVisit(db: Db, visit: NewVisit): Promise<void> {
  const { team, messageId, now, random } = visit
  await sql`
    insert into visits (team_id, id, message_id, kind, link, target, way, agent, at, judge_at)
    select ${team}, ${newId(now, random)}, ${messageId}, ${visit.kind}, ${visit.link}::int, ${visit.target}::text, ${visit.way},
      ${visit.agent.slice(0, AGENT_MAX).toWellFormed().replaceAll('\u0000', '')}, ${at(now)}, ${at(now + JUDGED_AFTER_MS)}
    where (select count(*) from (select from visits v where v.team_id = ${team} and v.message_id = ${messageId}
      limit ${VISITS_PER_MESSAGE_MAX}) as before) < ${VISITS_PER_MESSAGE_MAX}`.execute(kysely(db))
}

export interface VisitRow {
  id: Id
  kind: Visit['kind']
  target: string | null
  agent: string
  at: Instant
  /** Null: not judged yet. */
  visitor: 'person' | 'machine' | null
  rule: MachineRule | null
}

/** What was fetched of one email, in order. */
export async function visitsOf(
  db: Db,
  { team, messageId }: { team: TeamId; messageId: Id },
): Promise<VisitRow[]> {
  const { rows } = await sql<VisitRow>`
    select id, kind, target, agent, at, visitor, rule from visits
    where team_id = ${team} and message_id = ${messageId} order by at, id limit ${VISITS_PER_MESSAGE_MAX}`.execute(
    kysely(db),
  )
  return rows
}

/** Joins `h` with how often each email of `emails` was opened and clicked, by people and by machines. */
export function visitCounts(emails: RawBuilder<unknown>, team: TeamId): RawBuilder<unknown> {
  return sql`cross join lateral (
    select count(*) filter (where v.kind = 'open' and v.visitor = 'person') as opens,
      count(*) filter (where v.kind = 'click' and v.visitor = 'person') as clicks,
      count(*) filter (where v.kind = 'open' and v.visitor = 'machine') as "machineOpens",
      count(*) filter (where v.kind = 'click' and v.visitor = 'machine') as "scannerClicks"
    from visits v where (${emails}.opens_tracked or ${emails}.clicks_tracked) and v.team_id = ${team} and v.message_id = ${emails}.id) h`
}

/** Emails with visits to be judged at `now`, the longest waiting first. */
export async function mailsToJudge(
  db: Db,
  { now, limit }: { now: Instant; limit: number },
): Promise<{ team: TeamId; messageId: Id }[]> {
  const { rows } = await sql<{ team: TeamId; messageId: Id }>`
    select team_id as team, message_id as "messageId" from visits where judge_at <= ${at(now)}
    group by 1, 2 order by min(judge_at), 2 limit ${limit}`.execute(kysely(db))
  return rows
}

export interface MailVisit extends Visit {
  messageId: Id
  target: string | null
  /** To be judged now, and locked. */
  due: boolean
}

/** How far around those that are due others are looked at; longer than any rule asks. */
const BESIDE_MS = MINUTE

/** The due visits of these emails, locked, and the others of theirs beside them. What another worker has locked is left to it. */
export async function lockVisits(
  tx: Db,
  { team, messageIds, now }: { team: TeamId; messageIds: readonly Id[]; now: Instant },
): Promise<MailVisit[]> {
  const { rows: locked } = await sql<{ id: Id }>`
    select id from visits where team_id = ${team} and message_id = any(${messageIds as Id[]}) and judge_at <= ${at(now)}
    order by id for update skip locked`.execute(kysely(tx))
  if (locked.length === 0) return []
  const { rows } = await sql<MailVisit>`
    select id, message_id as "messageId", kind, link, target, way, agent, at, id = any(${locked.map((one) => one.id)}) as due
    from visits where team_id = ${team} and message_id = any(${messageIds as Id[]})
      and (judge_at is not null or at > ${at(now - BESIDE_MS)}) order by at, id`.execute(kysely(tx))
  return rows
}

export interface VisitedMail {
  id: Id
  sequenceId: Id | null
  stepId: Id | null
  variantId: Id | null
  enrollmentId: Id | null
  contactId: Id | null
  mailboxId: Id
  markedAt: Instant | null
  /** When its server had taken it, if it did. */
  settledAt: Instant | null
  finishOnClick: boolean
  taskOnOpens: boolean
}

export async function visitedMails(
  db: Db,
  { team, ids }: { team: TeamId; ids: readonly Id[] },
): Promise<VisitedMail[]> {
  const { rows } = await sql<VisitedMail>`
    select m.id, m.sequence_id as "sequenceId", m.step_id as "stepId", m.variant_id as "variantId", m.enrollment_id as "enrollmentId",
      m.contact_id as "contactId", m.mailbox_id as "mailboxId",
      m.marked_at as "markedAt", case when m.state = 'accepted' then m.settled_at end as "settledAt",
      coalesce(q.finish_on_click, false) as "finishOnClick", coalesce(q.task_on_opens, false) as "taskOnOpens"
    from messages m left join sequences q on q.team_id = m.team_id and q.id = m.sequence_id
    where m.team_id = ${team} and m.id = any(${ids as Id[]}) order by m.id`.execute(kysely(db))
  return rows
}

export interface JudgedVisit {
  id: Id
  visitor: Visitor
}

export async function saveJudgements(
  tx: Db,
  { team, judged }: { team: TeamId; judged: readonly JudgedVisit[] },
): Promise<void> {
  const rules = judged.map(({ visitor }) => (visitor.by === 'machine' ? visitor.rule : null))
  await sql`
    update visits v set judge_at = null, visitor = n.visitor, rule = n.rule
    from unnest(${judged.map((one) => one.id)}::text[], ${judged.map((one) => one.visitor.by)}::text[], ${rules}::text[])
      as n (id, visitor, rule)
    where v.team_id = ${team} and v.id = n.id`.execute(kysely(tx))
}

/** The first instant of each, of one email. */
export interface Stamp {
  messageId: Id
  openedAt: Instant | null
  machineOpenedAt: Instant | null
  clickedAt: Instant | null
  scannerClickedAt: Instant | null
}

/** What an email was not known to have had before. */
export interface Firsts {
  messageId: Id
  opened: boolean
  machineOpened: boolean
  clicked: boolean
  scannerClicked: boolean
  /** By whomever. */
  openedAtAll: boolean
  clickedAtAll: boolean
}

/** Stamps each email once, so that it counts once. */
export async function stampVisits(
  tx: Db,
  { team, stamps, now }: { team: TeamId; stamps: readonly Stamp[]; now: Instant },
): Promise<Firsts[]> {
  const instants = (of: (stamp: Stamp) => Instant | null) => isoArray(stamps.map(of))
  const { rows } = await sql<Firsts>`
    with before as materialized (
      select id, opened_at, machine_opened_at, clicked_at, scanner_clicked_at from messages
      where team_id = ${team} and id = any(${stamps.map((one) => one.messageId)}) order by id for no key update)
    update messages m set opened_at = coalesce(b.opened_at, n.opened), machine_opened_at = coalesce(b.machine_opened_at, n.machine_opened),
      clicked_at = coalesce(b.clicked_at, n.clicked), scanner_clicked_at = coalesce(b.scanner_clicked_at, n.scanner_clicked),
      updated_at = ${at(now)}
    from before b join unnest(${stamps.map((one) => one.messageId)}::text[], ${instants((one) => one.openedAt)}::timestamptz[],
      ${instants((one) => one.machineOpenedAt)}::timestamptz[], ${instants((one) => one.clickedAt)}::timestamptz[],
      ${instants((one) => one.scannerClickedAt)}::timestamptz[]) as n (id, opened, machine_opened, clicked, scanner_clicked) on n.id = b.id
    where m.team_id = ${team} and m.id = b.id
    returning m.id as "messageId", b.opened_at is null and n.opened is not null as opened,
      b.machine_opened_at is null and n.machine_opened is not null as "machineOpened",
      b.clicked_at is null and n.clicked is not null as clicked,
      b.scanner_clicked_at is null and n.scanner_clicked is not null as "scannerClicked",
      num_nonnulls(b.opened_at, b.machine_opened_at) = 0 and num_nonnulls(n.opened, n.machine_opened) > 0 as "openedAtAll",
      num_nonnulls(b.clicked_at, b.scanner_clicked_at) = 0 and num_nonnulls(n.clicked, n.scanner_clicked) > 0 as "clickedAtAll"`.execute(
    kysely(tx),
  )
  return rows
}
