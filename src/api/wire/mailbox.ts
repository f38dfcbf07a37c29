/** A mailbox as the wire says it: `email_account`, with every recorded key, and the extra keys of the page. Passwords are never among them. */
import { Type } from 'typebox'
import type { Instant } from '../../core/clock.ts'
import { isOAuthProvider } from '../../core/oauth.ts'
import type { MailboxPace } from '../../core/pacing.ts'
import { paceOpensAt } from '../../core/pacing.ts'
import { ceilingWarnings, providerOf } from '../../core/providers.ts'
import { perDayOn, rampEndsOn } from '../../core/ramp-up.ts'
import { localDay } from '../../core/zone.ts'
import type { MailboxRow, MailServer } from '../../store/mailboxes.ts'
import { iso, isoOrNull, isoWithOffset } from './instant.ts'

const TextOrNull = Type.Union([Type.String(), Type.Null()])

export const MailServerOnWire = Type.Object({
  host: Type.String(),
  port: Type.Integer(),
  tls: Type.String({ description: 'tls, starttls or none.' }),
  user: TextOrNull,
  has_password: Type.Boolean(),
})

export const RampUp = Type.Object(
  {
    starts_on: Type.String({ description: 'YYYY-MM-DD in the zone of the team.' }),
    start_per_day: Type.Integer(),
    step_per_day: Type.Integer(),
    allowed_today: Type.Integer({ description: 'In 24 hours.' }),
    full_on: Type.String({ description: 'The first day on which it allows the daily limit.' }),
  },
  { title: 'RampUp' },
)

export const EmailAccount = Type.Object(
  {
    id: Type.String(),
    user_id: Type.String(),
    email: Type.String(),
    aliases: Type.Array(Type.String()),
    type: Type.String(),
    active: Type.Boolean(),
    default: Type.Boolean(),
    seconds_delay_between_emails: Type.Number(),
    email_daily_threshold: Type.Integer(),
    max_outbound_emails_per_hour: Type.Integer(),
    active_campaigns_count: Type.Integer(),
    signature_html: Type.String(),
    created_at: Type.String(),
    inactive_reason: TextOrNull,
    last_synced_at: TextOrNull,
    kind: Type.String(),
    state: Type.String(),
    state_sentence: Type.String(),
    suspended_at: TextOrNull,
    suspended_for: TextOrNull,
    reputation_warning: Type.Union([Type.String(), Type.Null()], {
      description: 'What comes near the rate at which it is stopped, with its numbers.',
    }),
    from_name: TextOrNull,
    reply_to: TextOrNull,
    smtp: Type.Union([MailServerOnWire, Type.Null()]),
    imap: Type.Union([MailServerOnWire, Type.Null()]),
    reads_via: TextOrNull,
    used_day: Type.Integer(),
    used_hour: Type.Integer(),
    next_free_at: TextOrNull,
    gap_jitter_percent: Type.Integer(),
    ramp_up: Type.Union([RampUp, Type.Null()]),
    provider: Type.String({ description: 'A key of email_accounts/providers, by its SMTP server.' }),
    warnings: Type.Array(Type.String(), { description: 'Limits above what the provider takes.' }),
    last_read_at: TextOrNull,
    read_problem: TextOrNull,
    is_sandbox: Type.Boolean(),
    opt_out: Type.String({ description: 'https or mailto: how recipients can opt out.' }),
  },
  { additionalProperties: true },
)

export interface MailboxOnWire {
  row: MailboxRow
  /** What is used of its limits. */
  use: MailboxPace | undefined
  activeSequences: number
  /** The mailbox that reads its replies, when it is another. */
  readsVia: MailboxRow | undefined
  teamPublicId: string
  publicUrl: string | null
  /** What comes near the rate at which it is stopped. */
  reputationWarning: string | null
  /** The team's, in which a ramp-up has its days. */
  zone: string
  now: Instant
}

export function wireMailbox(mailbox: MailboxOnWire) {
  const { row, use } = mailbox
  const provider = providerOf({ ...row, smtpHost: row.smtp?.host ?? null })
  return {
    ...recorded(mailbox),
    ...neverUsed(row),
    deliverability_score: deliverability(mailbox),
    active_campaigns_count: mailbox.activeSequences,
    kind: row.kind,
    state: row.state,
    state_sentence: stateSentence(mailbox),
    suspended_at: isoOrNull(row.suspendedAt),
    suspended_for: row.suspendedFor,
    reputation_warning: mailbox.reputationWarning,
    from_name: row.fromName,
    reply_to: row.replyTo,
    smtp: serverOnWire(row.smtp),
    imap: serverOnWire(row.imap),
    reads_via: row.readsVia,
    used_day: use?.usedDay ?? 0,
    used_hour: use?.usedHour ?? 0,
    gap_jitter_percent: row.gapJitterPercent,
    ramp_up: rampOnWire(mailbox),
    provider: provider.key,
    warnings: ceilingWarnings(provider, row),
    next_free_at:
      row.state === 'connected' && row.suspendedAt === null && use
        ? isoOrNull(paceOpensAt(use, mailbox.now))
        : null,
    last_read_at: isoOrNull((mailbox.readsVia ?? row).readAt),
    read_problem: (mailbox.readsVia ?? row).readProblem,
    is_sandbox: row.kind === 'sandbox',
    opt_out: mailbox.publicUrl?.startsWith('https:') ? 'https' : 'mailto',
  }
}

function rampOnWire({ row: { rampUp, dailyLimit }, zone, now }: MailboxOnWire) {
  if (rampUp === null) return null
  return {
    starts_on: rampUp.startsOn,
    start_per_day: rampUp.startPerDay,
    step_per_day: rampUp.stepPerDay,
    allowed_today: perDayOn({ dailyLimit, rampUp }, localDay(zone, now)),
    full_on: rampEndsOn(rampUp, dailyLimit),
  }
}

const KINDS: Record<MailboxRow['kind'], { type: string; name: string }> = {
  sandbox: { type: 'sandbox', name: 'Sandbox' },
  smtp: { type: 'smtp', name: 'SMTP and IMAP' },
  google: { type: 'gmail', name: 'Gmail' },
  microsoft: { type: 'microsoft', name: 'Microsoft 365' },
}

function recorded({ row }: MailboxOnWire) {
  return {
    id: row.id,
    user_id: row.userId,
    email: row.address,
    aliases: [row.address, ...row.aliases],
    type: KINDS[row.kind].type,
    active: row.state === 'connected',
    default: row.isDefault,
    seconds_delay_between_emails: row.gapMs / 1000,
    provider_display_name: KINDS[row.kind].name,
    last_synced_at: row.readAt === null ? null : isoWithOffset(row.readAt),
    revoked_at: null,
    inactive_reason: row.state === 'connected' ? null : (row.stateReason ?? row.state),
    created_at: iso(row.createdAt),
    email_daily_threshold: row.dailyLimit,
    max_outbound_emails_per_hour: row.hourlyLimit,
    limits_editable: true,
    signature_html: row.signatureHtml,
    signature_edit_disabled: false,
    fields_fully_loaded: true,
  }
}

/** Keys of the original for providers and services that do not exist here, as recorded when they are off. */
function neverUsed(row: MailboxRow) {
  return {
    nylas_provider: null,
    email_sending_policy_cd: 'default',
    sendgrid_api_user: null,
    mailgun_domains: null,
    nylas_api_version: null,
    sendgrid_api_key_v3: null,
    nudge_user_to_send_mails: row.state === 'connected',
    is_opted_in_mailwarming: null,
    mailwarming_max: 0,
    mailwarming_to_send_daily: 0,
    mailwarming_to_send_incrementor: 0,
    mailwarming_status: 'never_started',
    mailwarming_eta: null,
    mailwarming_subject_token: null,
    mailwarming_score: 0,
    mailwarming_score_banner: 'start_warm_up_for_score',
    mailwarming_on_weekdays_only: true,
    true_warmup_enabled: false,
    true_warmup_daily_limit: 0,
    true_warmup_progress: 0,
    true_warmup_status: null,
    true_warmup_approximate_end_date: null,
    true_warmup_last_throttled_at: null,
    true_warmup_enable_thresholds: false,
    true_warmup_thresholds: { open_rate: 20, reply_rate: 1, bounce_rate: 1, spam_block_rate: 1 },
  }
}

/** Its shape is recorded, its scores are another company's secret: ours has the last 24 hours' sends and leaves the scores at 0. */
function deliverability({ row, use, teamPublicId, now }: MailboxOnWire) {
  const zeros = Object.fromEntries(SCORES.map((name) => [name, 0]))
  const day = iso(now).slice(0, 10)
  return {
    ...zeros,
    _id: row.id,
    id: row.id,
    key: row.id,
    concurrency_locks: null,
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
    date_from: day,
    date_to: day,
    email_account_id: row.id,
    team_id: teamPublicId,
    user_id: row.userId,
    avg_daily_sent: use?.usedDay ?? 0,
    sum_sent_count: use?.usedDay ?? 0,
  }
}

const SCORES = [
  'avg_click_rate',
  'avg_delivered_rate',
  'avg_hard_bounce_rate',
  'avg_open_rate',
  'avg_reply_rate',
  'avg_spam_block_rate',
  'avg_unsubscribe_rate',
  'click_rate_score',
  'daily_email_sent_score',
  'deliverability_score',
  'domain_health_score',
  'email_account_domain_age_score',
  'hard_bounce_score',
  'open_rate_score',
  'random',
  'reply_rate_score',
  'spam_block_score',
  'sum_clicked_count',
  'sum_delivered_count',
  'sum_hard_bounced_count',
  'sum_opened_count',
  'sum_replied_count',
  'sum_spam_blocked_count',
  'sum_unsubscribed_count',
  'unsubscribe_rate_score',
] as const

function serverOnWire(server: MailServer | null) {
  if (server === null) return null
  const { host, port, tls, user, sealed } = server
  return { host, port, tls, user, has_password: sealed !== null }
}

/** One sentence: how the mailbox is, and what to do if it is not well. */
function stateSentence({ row, readsVia }: MailboxOnWire): string {
  if (row.suspendedFor !== null)
    return `Stopped: ${row.suspendedFor}. Find out why, then let it go on; its people wait meanwhile.`
  if (row.kind === 'sandbox') return 'Its mails stay in the page, where you can answer them as the contact.'
  if (row.state === 'unchecked')
    return row.stateReason === null
      ? 'Not checked yet: nothing is sent. Run the check.'
      : `The check did not pass: ${row.stateReason}`
  if (row.state === 'disconnected') {
    const why = (row.stateReason ?? 'the login was refused').replace(/\.?$/, '.')
    return isOAuthProvider(row.kind)
      ? `Disconnected: ${why} Its people wait meanwhile.`
      : `Disconnected: ${why} Correct the settings and check again; its people wait meanwhile.`
  }
  const { readProblem } = readsVia ?? row
  return readProblem === null
    ? 'Connected: it sends, and its answers are read.'
    : `It sends first emails, but its answers cannot be read, so follow-ups wait: ${readProblem}`
}
