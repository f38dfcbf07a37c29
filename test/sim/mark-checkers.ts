/**
 * Invariants 1 to 5, judged when a mark is granted and when a server takes a mail: by what the servers and recipients of the world know, and by
 * the rows of people and sequences at that moment. The ledger itself is not believed.
 */
import { createHash } from 'node:crypto'
import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../../src/core/clock.ts'
import type { Id } from '../../src/core/ids.ts'
import type { Connections } from './database.ts'
import type { MailServers, Sending } from './mail-servers.ts'
import { isOpenAt, localTime, type ScheduleRow } from './open-windows.ts'
import type { Promises } from './promises.ts'
import type { Recipients, StoppingMail } from './recipients.ts'

export type Invariant =
  | '1 at most once'
  | '2 a stop wins'
  | '3 inside its window'
  | '4 within limits'
  | '5 nothing after an end'
  | '5 inbox read first'
  | '6 due, leased or held'
  | 'as it was written down'
  | '7 activities and numbers'
  | '8 same seed, same emails'
  | 'verify'
  | 'liveness'
  | 'no faults of our own'

export class Violation extends Error {
  override readonly name = 'Violation'
  readonly invariant: Invariant

  constructor(invariant: Invariant, words: string) {
    super(`${invariant}: ${words}`)
    this.invariant = invariant
  }
}

/** What the rows said of a mail when its mark was granted. */
export interface MarkRow extends ScheduleRow {
  id: Id
  enrollment_id: Id | null
  step_id: Id | null
  sequence_id: Id | null
  mailbox_id: Id
  to_address: string
  state: string
  claimed_at: Instant
  due_at: Instant | null
  follow_up: boolean
  enrollment_state: string
  enrollment_reason: string | null
  hold_reason: string | null
  removed: boolean
  active: boolean
  archived: boolean
  sequence_cap: number | null
  step_cap: number | null
  finish_on_reply: boolean
  contact_zone: string | null
  suppressed: boolean
  reads_via: Id
  /** Hashes of what it carries, as it was written down. */
  files: string[]
  daily_limit: number
  hourly_limit: number
  gap_ms: number
  ramp_starts_on: string | null
  ramp_start: number
  ramp_step: number
  team_zone: string
  account_id: Id | null
  domain_cap: number | null
  account_cap: number | null
  by_hand: boolean
}

const MARK_SQL = `
  select m.id, m.enrollment_id, m.step_id, m.sequence_id, m.mailbox_id, m.to_address, m.state, m.claimed_at,
    (m.facts->'enrollment'->>'dueAt')::float8 as due_at, (m.facts->'enrollment'->>'rank')::int in (0, 1, 2, 8) as follow_up,
    e.state as enrollment_state, e.reason as enrollment_reason, e.hold_reason, e.removed_at is not null as removed,
    coalesce(t.kind = 'manual_email', false) as by_hand, q.active, q.archived_at is not null as archived, q.daily_cap as sequence_cap, t.daily_cap as step_cap, q.finish_on_reply,
    d.time_zone, d.use_contact_zone, d.skip_holidays, d.extra_holidays, d.windows, c.time_zone as contact_zone,
    exists (select from suppressions s where s.team_id = m.team_id and s.lifted_at is null and (
      (s.kind = 'address' and s.value = m.to_address) or
      (s.kind = 'domain' and m.to_address like '%@' || s.value))) as suppressed,
    coalesce(b.reads_via, b.id) as reads_via, b.daily_limit, b.hourly_limit, b.gap_ms,
    b.ramp_starts_on::text, b.ramp_start, b.ramp_step, o.time_zone as team_zone,
    coalesce((select jsonb_agg(f->>'sha256') from message_contents x cross join jsonb_array_elements(x.attachments) f
      where x.team_id = m.team_id and x.message_id = m.id), '[]') as files,
    c.account_id, o.domain_daily_cap as domain_cap, o.account_weekly_cap as account_cap
  from messages m
  join mailboxes b on b.team_id = m.team_id and b.id = m.mailbox_id
  join teams o on o.id = m.team_id
  left join enrollments e on e.team_id = m.team_id and e.id = m.enrollment_id
  left join contacts c on c.team_id = m.team_id and c.id = e.contact_id
  left join sequences q on q.team_id = m.team_id and q.id = m.sequence_id
  left join steps t on t.team_id = m.team_id and t.id = m.step_id
  left join schedules d on d.team_id = m.team_id and d.id = q.schedule_id
  where m.team_id = $1 and m.rfc_id = $2`

export interface MarkCheckerOptions {
  team: number
  connections: Connections
  servers: () => MailServers
  recipients: () => Recipients
  promises: () => Promises
  onViolation: (violation: Violation) => void
  count: (what: string) => void
}

interface Marked {
  sending: Sending
  row: MarkRow
}

interface Cap {
  of: string
  cap: number | null
  key: (row: MarkRow) => string | null
  span: (row: MarkRow) => string
}

/** The companies of the simulator have no subdomains. */
const domainOfRow = (row: MarkRow) => row.to_address.slice(row.to_address.lastIndexOf('@') + 1)

/** The date of the Monday of its week. */
function mondayOf(zone: string, at: Instant): string {
  const { date, day } = localTime(zone, at)
  return new Date(Date.parse(date) - (day - 1) * DAY).toISOString().slice(0, 10)
}

/** What a ramp-up allows on a date, counted day by day. */
function rampOn(row: MarkRow, date: string): number {
  if (row.ramp_starts_on === null) return Number.POSITIVE_INFINITY
  let allowed = row.ramp_start
  for (let day = Date.parse(row.ramp_starts_on); day < Date.parse(date); day += DAY) allowed += row.ramp_step
  return allowed
}

/** How long before a follow-up fell due its inbox may have been read last. */
const READ_WITHIN_MS = MINUTE

export class MarkCheckers {
  readonly #options: MarkCheckerOptions
  readonly marked: Marked[] = []

  constructor(options: MarkCheckerOptions) {
    this.#options = options
  }

  #fail(invariant: Invariant, sending: Sending, words: string): void {
    const { mail, worker, markedAt } = sending
    const to = mail.to[0]!.address
    const what = `${mail.messageId} to ${to} by ${worker} at ${new Date(markedAt).toISOString()}`
    this.#options.onViolation(new Violation(invariant, `${words} (${what})`))
  }

  async onMark(sending: Sending): Promise<void> {
    const { connections, team } = this.#options
    const [row] = await connections.query<MarkRow & Record<string, unknown>>(MARK_SQL, [
      team,
      sending.mail.messageId,
    ])
    if (!row) return this.#fail('1 at most once', sending, 'it has no row in the ledger')
    if (row.state !== 'transmitting')
      this.#fail('1 at most once', sending, `its mark was granted, its row is ${row.state}`)
    this.#stopWins(sending, row)
    // A person sends off at any hour.
    if (!row.by_hand && row.windows && !isOpenAt(row, row.contact_zone, sending.markedAt))
      this.#fail('3 inside its window', sending, `closed; ${describe(row, sending.markedAt)}`)
    this.#withinLimits(sending, row)
    await this.#nothingAfterAnEnd(sending, row)
    if (row.follow_up) this.#inboxWasRead(sending, row)
    this.#carriesItsFiles(sending, row)
    this.marked.push({ sending, row })
  }

  #carriesItsFiles(sending: Sending, { files }: MarkRow): void {
    const sent = (sending.mail.attachments ?? []).map(({ content }) =>
      createHash('sha256').update(content).digest('hex'),
    )
    if (sent.length > 0) this.#options.count('an email with a file')
    if (sent.join() !== files.join())
      this.#fail('as it was written down', sending, `it carries ${sent.length} files, not ${files.length}`)
  }

  #stopWins(sending: Sending, row: MarkRow): void {
    const { enrollment_state: state, enrollment_reason: reason, hold_reason: hold } = row
    if (state !== 'active') this.#fail('2 a stop wins', sending, `the enrollment is ${state} (${reason})`)
    else if (hold !== null) this.#fail('2 a stop wins', sending, `the enrollment is held (${hold})`)
    else if (row.removed) this.#fail('2 a stop wins', sending, 'the enrollment is removed')
    if (!row.active || row.archived) this.#fail('2 a stop wins', sending, 'the sequence is switched off')
    if (row.suppressed) this.#fail('2 a stop wins', sending, 'the address is suppressed')
  }

  /** Counts what was accepted, or may have been. */
  #withinLimits(sending: Sending, row: MarkRow): void {
    const now = sending.markedAt
    const promises = this.#options.promises()
    promises.limitsAre(row.mailbox_id, {
      daily: row.daily_limit,
      hourly: row.hourly_limit,
      gapMs: row.gap_ms,
    })
    const limits = promises.limitsBetween(row.mailbox_id, row.claimed_at, now)
    const { messageId } = sending.mail
    const newest = new Map(this.marked.map((one) => [one.sending.mail.messageId, one.sending]))
    // What a person chose to send once more is counted at its last mark only, if it got one: the ledger has one row for it.
    const isReplaced = (one: Sending) => {
      const chosenAt = promises.sentAgain.get(one.mail.messageId)
      if (chosenAt === undefined) return false
      const isNewest = newest.get(one.mail.messageId) === one && one.mail.messageId !== messageId
      return !isNewest || one.markedAt <= chosenAt
    }
    const counted = this.marked.filter(({ sending: one }) => one.truth !== 'not accepted' && !isReplaced(one))
    const times = counted
      .filter((one) => one.row.mailbox_id === row.mailbox_id)
      .map((one) => one.sending.markedAt)
    const within = (ms: number) => times.filter((at) => at > now - ms).length
    if (within(DAY) >= limits.daily)
      this.#fail('4 within limits', sending, `${within(DAY) + 1} of ${limits.daily} in 24 hours`)
    const ramp = rampOn(row, localTime(row.team_zone, now).date)
    if (within(DAY) >= ramp)
      this.#fail('4 within limits', sending, `${within(DAY) + 1} of the ${ramp} of its ramp-up in 24 hours`)
    if (within(HOUR) >= limits.hourly)
      this.#fail('4 within limits', sending, `${within(HOUR) + 1} of ${limits.hourly} in an hour`)
    const before = Math.max(...times)
    if (now - before < limits.gapMs)
      this.#fail(
        '4 within limits',
        sending,
        `${(now - before) / SECOND} s after the one before, gap ${limits.gapMs / SECOND} s`,
      )
    this.#withinCaps(sending, { row, counted })
  }

  #withinCaps(sending: Sending, { row, counted }: { row: MarkRow; counted: Marked[] }): void {
    const rows = counted.map((one) => one.row)
    const day = (zone: string) => (one: MarkRow) => localTime(zone, one.claimed_at).date
    const week = (one: MarkRow) => mondayOf(row.team_zone, one.claimed_at)
    const caps: Cap[] = [
      { of: 'the sequence', cap: row.sequence_cap, key: (one) => one.sequence_id, span: day(row.time_zone) },
      { of: 'the step', cap: row.step_cap, key: (one) => one.step_id, span: day(row.time_zone) },
      { of: 'the domain', cap: row.domain_cap, key: domainOfRow, span: day(row.team_zone) },
      {
        of: 'the account',
        cap: row.account_cap,
        key: (one) => one.account_id ?? domainOfRow(one),
        span: week,
      },
    ]
    for (const { of, cap, key, span } of caps) {
      if (cap === null) continue
      const before = rows.filter((one) => key(one) === key(row) && span(one) === span(row)).length
      if (before >= cap)
        this.#fail('4 within limits', sending, `${before + 1} of ${cap} of ${of} ${key(row)} on ${span(row)}`)
    }
  }

  /** Replies end their enrollment; bounces, complaints and opt-outs the address. What was taken from the inbox has had its effect. */
  async #nothingAfterAnEnd(sending: Sending, row: MarkRow): Promise<void> {
    for (const mail of this.#options.recipients().stopping) {
      if (!mail.folderMail.taken || this.#isGivenAway(mail) || !this.#concerns(mail, row)) continue
      if (await this.#isUnprovable(mail)) continue
      this.#fail('5 nothing after an end', sending, `after a ${mail.kind} that was read`)
    }
  }

  /**
   * The server told its own id to a process that died before it was written down (the same email may have left again since, under another
   * one): nobody knows what such a mail answers.
   */
  async #isUnprovable({ messageId, seenId }: StoppingMail): Promise<boolean> {
    if (seenId === messageId) return false
    const { connections, team } = this.#options
    const lost = await connections.query(
      `select from messages m where m.team_id = $1 and m.rfc_id = $2 and m.seen_rfc_id is distinct from $3 and exists (
         select from activities a where a.team_id = m.team_id and a.message_id = m.id and a.kind = 'delivery_unknown')`,
      [team, messageId, seenId],
    )
    return lost.length > 0
  }

  #isGivenAway({ messageId }: StoppingMail): boolean {
    return this.#options.promises().givenAway.has(messageId)
  }

  #concerns(mail: StoppingMail, row: MarkRow): boolean {
    if (mail.kind !== 'reply') return mail.address === row.to_address
    const answered = this.marked.find((one) => one.sending.mail.messageId === mail.messageId)
    return row.finish_on_reply && answered !== undefined && answered.row.enrollment_id === row.enrollment_id
  }

  #inboxWasRead(sending: Sending, row: MarkRow): void {
    const inbox = this.#options.servers().servers.get(row.reads_via)!.inbox
    const due = row.due_at ?? sending.markedAt
    if (inbox.readAt === null || inbox.readAt < due - READ_WITHIN_MS)
      this.#fail(
        '5 inbox read first',
        sending,
        `due ${iso(due)}, read ${inbox.readAt === null ? 'never' : iso(inbox.readAt)}`,
      )
    for (const mail of this.#options.recipients().stopping)
      if (
        mail.mailboxId === row.reads_via &&
        !mail.folderMail.taken &&
        mail.arrivedAt < due - READ_WITHIN_MS &&
        this.#concerns(mail, row)
      )
        this.#fail(
          '5 inbox read first',
          sending,
          `a ${mail.kind} of ${iso(mail.arrivedAt)} lies unread; due ${iso(due)}`,
        )
  }

  /** The dot was taken: a person gets the mail now. */
  onAccepted(sending: Sending): void {
    const marked = this.marked.find((one) => one.sending === sending)
    if (!marked) return
    const { row } = marked
    const promises = this.#options.promises()
    const leaving = {
      messageId: row.id,
      enrollmentId: row.enrollment_id,
      mailboxId: row.mailbox_id,
      sequenceId: row.sequence_id,
      address: row.to_address,
    }
    const broken = promises.brokenBy(leaving)
    if (broken) this.#fail('2 a stop wins', sending, `${broken} had returned and not named it`)
    const before = this.marked.filter(
      (one) =>
        one !== marked &&
        one.sending.truth === 'accepted' &&
        one.row.enrollment_id === row.enrollment_id &&
        one.row.step_id === row.step_id,
    )
    if (before.length > 0 && !promises.sentAgain.has(sending.mail.messageId))
      this.#fail('1 at most once', sending, `step ${row.step_id} of ${row.enrollment_id} was accepted before`)
  }
}

const iso = (at: Instant) => new Date(at).toISOString()

function describe(row: MarkRow, at: Instant): string {
  const zone = row.use_contact_zone && row.contact_zone ? row.contact_zone : row.time_zone
  const { day, date, minute } = localTime(zone, at)
  return `${zone} day ${day} ${date} ${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`
}
