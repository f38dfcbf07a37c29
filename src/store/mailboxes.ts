/**
 * Rows of mailboxes as people see and change them: how each is reached, its limits, its state. The lease columns (wake_at aside) belong
 * to the claim, the reading columns to the reader; secrets come and go sealed.
 */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { RampPlan } from '../core/ramp-up.ts'
import type { Random } from '../core/random.ts'
import { at, kysely } from './db.ts'

export type MailboxState = 'unchecked' | 'connected' | 'disconnected' | 'removed'
export type Tls = 'tls' | 'starttls' | 'none'

export interface MailServer {
  host: string
  port: number
  tls: Tls
  user: string | null
  /** As `seal.ts` made it; null for a server that asks for no login. */
  sealed: string | null
}

export interface MailboxRow {
  id: Id
  kind: 'sandbox' | 'smtp' | 'google' | 'microsoft'
  userId: Id
  address: string
  fromName: string | null
  replyTo: string | null
  aliases: string[]
  signatureHtml: string
  smtp: MailServer | null
  imap: MailServer | null
  readsVia: Id | null
  dailyLimit: number
  hourlyLimit: number
  gapMs: number
  gapJitterPercent: number
  rampUp: RampPlan | null
  isDefault: boolean
  state: MailboxState
  stateReason: string | null
  suspendedAt: Instant | null
  suspendedFor: string | null
  keepsMessageId: boolean | null
  filesSentCopy: boolean | null
  acceptsOtherSender: boolean | null
  readAt: Instant | null
  readProblem: string | null
  createdAt: Instant
  updatedAt: Instant
  rev: number
}

/** What a person says about a mailbox. */
export type MailboxSettings = Pick<
  MailboxRow,
  | 'address'
  | 'fromName'
  | 'replyTo'
  | 'aliases'
  | 'signatureHtml'
  | 'smtp'
  | 'imap'
  | 'readsVia'
  | 'dailyLimit'
  | 'hourlyLimit'
  | 'gapMs'
  | 'gapJitterPercent'
  | 'rampUp'
>

const server = (prefix: 'smtp' | 'imap') => {
  const column = (name: string) => sql.ref(`${prefix}_${name}`)
  return sql`case when ${column('host')} is null then null else jsonb_build_object('host', ${column('host')},
    'port', ${column('port')}, 'tls', ${column('tls')}, 'user', ${column('user')}, 'sealed', ${column('secret')}) end`
}

/** Of `m`ailboxes. */
export const RAMP_PLAN = sql`case when m.ramp_starts_on is null then null else jsonb_build_object(
  'startsOn', m.ramp_starts_on, 'startPerDay', m.ramp_start, 'stepPerDay', m.ramp_step) end`

const rampValues = (plan: RampPlan | null) =>
  sql`${plan?.startsOn ?? null}::date, ${plan?.startPerDay ?? null}::int, ${plan?.stepPerDay ?? null}::int`

const COLUMNS = sql`id, kind, user_id as "userId", address, from_name as "fromName", reply_to as "replyTo", aliases,
  signature_html as "signatureHtml", ${server('smtp')} as smtp, ${server('imap')} as imap, reads_via as "readsVia",
  daily_limit as "dailyLimit", hourly_limit as "hourlyLimit", gap_ms as "gapMs",
  gap_jitter_percent as "gapJitterPercent", ${RAMP_PLAN} as "rampUp", is_default as "isDefault", state,
  state_reason as "stateReason", suspended_at as "suspendedAt", suspended_for as "suspendedFor", keeps_message_id as "keepsMessageId", files_sent_copy as "filesSentCopy",
  accepts_other_sender as "acceptsOtherSender", read_at as "readAt", read_problem as "readProblem",
  created_at as "createdAt", updated_at as "updatedAt", rev`

/** All but the removed ones, in order of birth. */
export async function mailboxesOf(db: Db, team: TeamId): Promise<MailboxRow[]> {
  const { rows } = await sql<MailboxRow>`
    select ${COLUMNS} from mailboxes m where team_id = ${team} and state <> 'removed' order by created_at, id`.execute(
    kysely(db),
  )
  return rows
}

export async function mailboxById(
  db: Db,
  { team, id }: { team: TeamId; id: Id },
): Promise<MailboxRow | undefined> {
  const { rows } = await sql<MailboxRow>`
    select ${COLUMNS} from mailboxes m where team_id = ${team} and id = ${id} and state <> 'removed'`.execute(
    kysely(db),
  )
  return rows[0]
}

/** For whoever opens it: also one that was removed and is read for its last answers. */
export async function openableMailbox(
  db: Db,
  { team, id }: { team: TeamId; id: Id },
): Promise<MailboxRow | undefined> {
  const { rows } = await sql<MailboxRow>`
    select ${COLUMNS} from mailboxes m
    where team_id = ${team} and id = ${id} and (state <> 'removed' or reads_until is not null)`.execute(
    kysely(db),
  )
  return rows[0]
}

/** Does the team send to the world? The sandbox does not count. */
export async function hasRealMailbox(db: Db, team: TeamId): Promise<boolean> {
  return (await aRealMailbox(db, team)) !== null
}

/** The address of one that reaches people; null: there is only the sandbox. */
export async function aRealMailbox(db: Db, team: TeamId): Promise<string | null> {
  const { rows } = await sql<{ address: string }>`
    select address from mailboxes where team_id = ${team} and kind <> 'sandbox' and state <> 'removed'
    order by is_default desc, id limit 1`.execute(kysely(db))
  return rows[0]?.address ?? null
}

/**
 * Time travel and real mailboxes exclude each other for ever. In the transaction that saves a real mailbox: whoever asks for travel locks
 * the row too, so that one of the two sees the other.
 */
export async function hasTravelled(tx: Db): Promise<boolean> {
  const { rows } = await sql<{ travelled: boolean }>`
    select travelled or travel_offset_ms <> 0 as travelled from deployment where id = 1 for share`.execute(
    kysely(tx),
  )
  return rows[0]?.travelled ?? false
}

const serverValues = (one: MailServer | null) =>
  sql`${one?.host ?? null}, ${one?.port ?? null}::int, ${one?.tls ?? null}, ${one?.user ?? null}, ${one?.sealed ?? null}`

/** Did inserting or saving fail because somebody has connected the address since it was looked for? */
export function isAddressTaken(error: unknown): boolean {
  const { code, constraint } = (error ?? {}) as { code?: unknown; constraint?: unknown }
  return code === '23505' && constraint === 'mailboxes_by_address'
}

/** Starts unchecked: nothing leaves it until a check has passed. */
export async function insertMailbox(
  tx: Db,
  o: {
    team: TeamId
    id: Id
    userId: Id
    kind: 'smtp' | 'google' | 'microsoft'
    settings: MailboxSettings
    now: Instant
  },
): Promise<void> {
  const { settings } = o
  await sql`
    insert into mailboxes (team_id, id, kind, user_id, address, from_name, reply_to, aliases, signature_html,
      smtp_host, smtp_port, smtp_tls, smtp_user, smtp_secret, imap_host, imap_port, imap_tls, imap_user, imap_secret,
      reads_via, daily_limit, hourly_limit, gap_ms, gap_jitter_percent, ramp_starts_on, ramp_start, ramp_step,
      is_default, created_at, updated_at)
    values (${o.team}, ${o.id}, ${o.kind}, ${o.userId}, ${settings.address}, ${settings.fromName}, ${settings.replyTo},
      ${settings.aliases}, ${settings.signatureHtml}, ${serverValues(settings.smtp)}, ${serverValues(settings.imap)},
      ${settings.readsVia}, ${settings.dailyLimit}, ${settings.hourlyLimit}, ${settings.gapMs},
      ${settings.gapJitterPercent}, ${rampValues(settings.rampUp)},
      not exists (select from mailboxes where team_id = ${o.team} and kind <> 'sandbox' and state <> 'removed'),
      ${at(o.now)}, ${at(o.now)})`.execute(kysely(tx))
  await sql`
    update mailboxes set is_default = false
    where team_id = ${o.team} and id <> ${o.id} and is_default and kind = 'sandbox'`.execute(kysely(tx))
}

/**
 * Saves what a person changed and wakes the mailbox, since a raised limit may let something go. `unchecked` puts it back behind its check
 * (the way it is reached has changed).
 */
export async function saveMailbox(
  tx: Db,
  o: {
    team: TeamId
    id: Id
    kind: MailboxRow['kind']
    settings: MailboxSettings
    unchecked: boolean
    now: Instant
  },
): Promise<void> {
  const { settings } = o
  await sql`
    update mailboxes set kind = ${o.kind}, address = ${settings.address}, from_name = ${settings.fromName}, reply_to = ${settings.replyTo},
      aliases = ${settings.aliases}, signature_html = ${settings.signatureHtml},
      (smtp_host, smtp_port, smtp_tls, smtp_user, smtp_secret) = row (${serverValues(settings.smtp)}),
      (imap_host, imap_port, imap_tls, imap_user, imap_secret) = row (${serverValues(settings.imap)}),
      reads_via = ${settings.readsVia}, daily_limit = ${settings.dailyLimit}, hourly_limit = ${settings.hourlyLimit},
      gap_ms = ${settings.gapMs}, gap_jitter_percent = ${settings.gapJitterPercent},
      (ramp_starts_on, ramp_start, ramp_step) = row (${rampValues(settings.rampUp)}), wake_at = least(wake_at, ${at(o.now)}), updated_at = ${at(o.now)}, rev = rev + 1,
      state = case when ${o.unchecked} then 'unchecked' else state end,
      state_reason = case when ${o.unchecked} then null else state_reason end
    where team_id = ${o.team} and id = ${o.id}`.execute(kysely(tx))
}

/** A new team's first mailbox: it sends to the page itself, at once, and reads the answers written there. */
export async function createSandboxMailbox(
  tx: Db,
  o: { team: TeamId; userId: Id; fromName: string; now: Instant; random: Random },
): Promise<Id> {
  const id = newId(o.now, o.random)
  await sql`
    insert into mailboxes (team_id, id, kind, user_id, address, from_name, daily_limit, hourly_limit, gap_ms, is_default,
      state, keeps_message_id, files_sent_copy, created_at, updated_at)
    values (${o.team}, ${id}, 'sandbox', ${o.userId}, ${SANDBOX_ADDRESS}, ${o.fromName}, ${SANDBOX_LIMIT},
      ${SANDBOX_LIMIT}, 0, true, 'connected', true, true, ${at(o.now)}, ${at(o.now)})`.execute(kysely(tx))
  await sql`
    insert into folders (team_id, mailbox_id, folder, role, uid_validity, last_uid, read_at)
    values (${o.team}, ${id}, 'INBOX', 'inbox', 1, 0, ${at(o.now)})`.execute(kysely(tx))
  return id
}

/** RFC 2606 keeps .test for this: no mail can ever arrive there. */
const SANDBOX_ADDRESS = 'sandbox@segue.test'
/** No limit that a person trying things out would meet, yet one that a loop gone wild does. */
const SANDBOX_LIMIT = 10_000

/** How many sequences that are on have people at each mailbox. */
export async function activeSequencesAt(
  db: Db,
  { team, ids }: { team: TeamId; ids: readonly Id[] },
): Promise<Map<Id, number>> {
  const { rows } = await sql<{ id: Id; n: number }>`
    select l.mailbox_id as id, count(*) as n from lanes l join sequences q on q.team_id = l.team_id and q.id = l.sequence_id
    where l.team_id = ${team} and l.mailbox_id = any(${ids as Id[]}) and q.active and q.archived_at is null
    group by 1`.execute(kysely(db))
  return new Map(rows.map((row) => [row.id, row.n]))
}
