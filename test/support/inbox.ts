/**
 * Ann, who has received the first of three emails, and what mails do to her: rows of a fresh team before each test, raw mails in, states out.
 * No mail server takes part; `inbound-servers.test.ts` has those.
 */
import { sql } from 'kysely'
import { afterAll, beforeEach } from 'vitest'
import { DAY, HOUR, type Instant } from '../../src/core/clock.ts'
import { type InboundTools, takeMail } from '../../src/engine/inbound.ts'
import { createLog } from '../../src/log.ts'
import type { FetchedMail } from '../../src/mail/port.ts'
import { seededRandom } from '../../src/random.ts'
import { at, kysely } from '../../src/store/db.ts'
import type { MailboxToRead } from '../../src/store/reading.ts'
import { TestClock } from './clock.ts'
import { freshDatabase } from './database.ts'
import { mail } from './mails.ts'
import { createSequence, insertMessage, type SentPerson, type SentSequence, sendFirst } from './sent.ts'
import { createTeam, type TestTeam } from './team.ts'

/** Tuesday 2 March 2027, 9:00 in London, when the first email left; nobody's clock changes that week. */
export const sentAt: Instant = Date.UTC(2027, 2, 2, 9)

const database = await freshDatabase()
export const { db, pools } = database
export const random = seededRandom('inbox')
/** An hour after the first email. */
export const clock = new TestClock(sentAt + HOUR)
export const tools: InboundTools = { db: pools.claim, clock, random, log: createLog('silent') }
/** Made anew before each test. */
export let team: TestTeam
export let sequence: SentSequence
export let ann: SentPerson

beforeEach(async () => {
  const tables = sql`teams, users, mailboxes, folders, stages, contacts, sequences, steps, templates, variants, lanes, enrollments,
    messages, message_contents, inbound, activities, stat_deltas, suppressions, ledger_links`
  await sql`truncate ${tables} cascade`.execute(kysely(db))
  team = await createTeam(db, { now: sentAt, random, zone: 'Europe/London' })
  sequence = await createSequence(db, team, { now: sentAt, random })
  ann = await sendFirst(db, team, { now: sentAt, random, sequence, address: 'ann@client.test' })
})
afterAll(() => database.drop())

let uids = 0
export const mailbox = (more: Partial<MailboxToRead> = {}): MailboxToRead => ({
  team: team.team,
  id: team.mailboxId,
  busyUntil: clock.real() + HOUR,
  address: 'sandbox@segue.test',
  aliases: [],
  kind: 'smtp',
  keepsMessageId: true,
  readProblem: null,
  wantedAt: null,
  rev: 1,
  sends: 0,
  ...more,
})
export const fetched = (raw: string, more: Partial<FetchedMail> = {}): FetchedMail => ({
  folder: 'INBOX',
  role: 'inbox',
  uidValidity: 1,
  uid: ++uids,
  internalDate: clock.now(),
  raw: Buffer.from(raw),
  size: raw.length,
  truncated: false,
  maybeSeen: false,
  ...more,
})
let ids = 0
export const take = (raw: string, more: Partial<FetchedMail> = {}) =>
  takeMail(tools, mailbox(), fetched(raw, more))
export const letter = (headers: Record<string, string>, body = 'Sounds good.') =>
  mail(
    {
      From: 'Ann <ann@client.test>',
      To: 'sandbox@segue.test',
      'Message-ID': `<in${++ids}@client.test>`,
      ...headers,
    },
    body,
  )
export const answer = (headers: Record<string, string> = {}, body?: string) =>
  letter({ Subject: 'Re: Hello Ann', 'In-Reply-To': ann.rfcId, ...headers }, body)

interface State {
  state: string
  reason: string | null
  hold: string | null
  until: Instant | null
  replied: boolean
  softBounces: number
}
export async function enrollment(id = ann.enrollmentId): Promise<State> {
  const { rows } = await sql<State>`
    select state, reason, hold_reason as hold, auto_unpause_at as until, replied_at is not null as replied, soft_bounces as "softBounces"
    from enrollments where id = ${id}`.execute(kysely(db))
  return rows[0]!
}
export const stageOf = async (contactId = ann.contactId) =>
  (
    await sql<{ role: string }>`
      select s.role from contacts c join stages s on s.id = c.stage_id where c.id = ${contactId}`.execute(
      kysely(db),
    )
  ).rows[0]?.role
export const suppressed = async () =>
  (
    await sql<{
      value: string
      reason: string
    }>`select value, reason from suppressions order by value`.execute(kysely(db))
  ).rows
export const inbound = async () =>
  (
    await sql<{
      kind: string
      class: string | null
      confidence: number
      contactId: string | null
      evidence: { name: string }[]
    }>`
      select kind, class, confidence, contact_id as "contactId", evidence from inbound order by id`.execute(
      kysely(db),
    )
  ).rows
export const total = async (metric: string) =>
  (
    await sql<{
      n: number
    }>`select coalesce(sum(n), 0)::int as n from stat_deltas where metric = ${metric}`.execute(kysely(db))
  ).rows[0]!.n
export const activities = async (kind: string) =>
  (
    await sql<{ reason: string | null; detail: Record<string, unknown> }>`
      select reason, detail from activities where kind = ${kind} order by id`.execute(kysely(db))
  ).rows
export const message = async (id = ann.messageId) =>
  (
    await sql<{
      state: string
      bounce: string | null
      replied: boolean
      optedOut: boolean
      seen: string | null
    }>`
      select state, bounce, replied_at is not null as replied, opted_out_at is not null as "optedOut", seen_rfc_id as seen
      from messages where id = ${id}`.execute(kysely(db))
  ).rows[0]!

export const dsn = (o: {
  id?: string
  to?: string
  action?: string
  status?: string
  said?: string
  messageId?: string
  /** `List-Unsubscribe` of the mail that came back. */
  list?: string
}) => {
  const { to = 'ann@client.test', action = 'failed', status = '5.1.1', said = '550 5.1.1 User unknown' } = o
  const list = o.list === undefined ? '' : `List-Unsubscribe: ${o.list}\n`
  const returned = o.id === undefined ? list : `Message-ID: ${o.id}\n${list}`
  return mail(
    {
      From: 'Mail Delivery System <MAILER-DAEMON@mx.client.test>',
      To: 'sandbox@segue.test',
      Subject: 'Undelivered Mail Returned to Sender',
      'Message-ID': o.messageId ?? `<dsn${++ids}@mx.client.test>`,
      'Content-Type': 'multipart/report; report-type=delivery-status; boundary="b"',
      'Return-Path': '<>',
      'MIME-Version': '1.0',
    },
    `--b\nContent-Type: text/plain\n\nYour mail could not be delivered.\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.client.test\n\nFinal-Recipient: rfc822; ${to}\nAction: ${action}\nStatus: ${status}\nDiagnostic-Code: smtp; ${said}\n\n--b\nContent-Type: text/rfc822-headers\n\nFrom: sandbox@segue.test\nTo: ${to}\nSubject: Hello Ann\n${returned}\n--b--`,
  )
}

export function complaint(id: string): string {
  return mail(
    {
      From: 'Feedback <fbl@provider.test>',
      To: 'sandbox@segue.test',
      Subject: 'complaint',
      'Message-ID': `<fbl${++ids}@provider.test>`,
      'Content-Type': 'multipart/report; report-type=feedback-report; boundary="b"',
      'MIME-Version': '1.0',
    },
    `--b\nContent-Type: text/plain\n\nAn abuse report.\n\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: P/1\nVersion: 1\n\n--b\nContent-Type: message/rfc822\n\nFrom: sandbox@segue.test\nTo: ann@client.test\nSubject: Hello Ann\nMessage-ID: ${id}\n\nHello\n--b--`,
  )
}

/** Another email of Ann's enrollment, `days` after the first; returns its Message-ID. */
export async function sendAgain(days: number): Promise<string> {
  const rfcId = `<${random.hex(8)}@segue.test>`
  await insertMessage(db, {
    ...{
      team: team.team,
      id: random.hex(12),
      enrollmentId: ann.enrollmentId,
      sequenceId: sequence.sequenceId,
    },
    ...{ stepId: sequence.stepIds[days]!, variantId: sequence.variantIds[days]!, contactId: ann.contactId },
    ...{
      mailboxId: team.mailboxId,
      userId: team.userId,
      rfcId,
      address: ann.address,
      optOutToken: random.hex(16),
    },
    ...{ subject: 'Re: Hello Ann', sentAt: sentAt + days * DAY },
  })
  return rfcId
}

/** Step two of Ann's enrollment, claimed and not yet marked. */
export async function claimNext(): Promise<string> {
  const rfcId = await sendAgain(1)
  const { rows } = await sql<{ id: string }>`
    update messages set state = 'claimed', marked_at = null, settled_at = null where rfc_id = ${rfcId} returning id`.execute(
    kysely(db),
  )
  await sql`
    update enrollments set due_at = null, lease_until = ${at(clock.now() + HOUR)}, message_id = ${rows[0]!.id} where id = ${ann.enrollmentId}`.execute(
    kysely(db),
  )
  return rows[0]!.id
}
