/** An email as the wire says it: `emailer_message`, with every recorded key. */
import { Type } from 'typebox'
import { replySubject } from '../../core/message.ts'
import { sentenceFor } from '../../core/reason.ts'
import type { MessageRow } from '../../store/message-reads.ts'
import { HOLD_REASONS, holdOnWire } from './enrollment.ts'
import { iso, isoWithOffset } from './instant.ts'

const TextOrNull = Type.Union([Type.String(), Type.Null()])

export const EmailerMessage = Type.Object(
  {
    id: Type.String(),
    status: Type.String({ description: 'drafted, scheduled, completed or failed.' }),
    user_id: TextOrNull,
    due_at: TextOrNull,
    completed_at: TextOrNull,
    failed_at: TextOrNull,
    failure_reason: TextOrNull,
    not_sent_reason: TextOrNull,
    type: Type.String(),
    contact_id: TextOrNull,
    emailer_campaign_id: TextOrNull,
    emailer_step_id: TextOrNull,
    emailer_touch_id: TextOrNull,
    email_account_id: Type.String(),
    from_email: Type.String(),
    from_name: TextOrNull,
    to_email: TextOrNull,
    to_name: TextOrNull,
    subject: TextOrNull,
    body_text: TextOrNull,
    body_html: TextOrNull,
    campaign_name: TextOrNull,
    campaign_position: Type.Union([Type.Integer(), Type.Null()]),
    bounce: Type.Union([Type.Boolean(), Type.Null()]),
    replied: Type.Union([Type.Boolean(), Type.Null()]),
    unknown: Type.Boolean({ description: 'Nobody knows whether it arrived: a person chooses.' }),
  },
  { additionalProperties: true },
)

/** Holds that show an email as failed, with the hold as its `not_sent_reason`. */
export const FAILED_HOLDS = HOLD_REASONS.filter((hold) => holdOnWire(hold).status === 'failed')

export function wireMessage(row: MessageRow) {
  return {
    ...identity(row),
    ...moments(row),
    ...people(row),
    ...wording(row),
    ...neverUsed(row),
    unknown: row.state === 'unknown',
    purpose: row.purpose,
    num_opens: row.opens,
    num_clicks: row.clicks,
    num_machine_opens: row.machineOpens,
    num_scanner_clicks: row.scannerClicks,
    opened_at: offset(row.openedAt),
    clicked_at: offset(row.clickedAt),
    replied_at: offset(row.repliedAt),
  }
}

const offset = (instant: number | null) => (instant === null ? null : isoWithOffset(instant))

function identity(row: MessageRow) {
  const manual = row.step?.kind === 'manual_email' || row.purpose !== 'sequence'
  return {
    id: row.id,
    user_id: row.userId,
    status: row.status,
    type: manual ? 'outreach_manual_email' : 'outreach_automatic_email',
    contact_id: row.contactId,
    account_id: row.accountId,
    email_account_id: row.mailboxId,
    emailer_campaign_id: row.sequenceId,
    emailer_step_id: row.step?.id ?? null,
    emailer_touch_id: row.variantId,
    campaign_name: row.sequenceName,
    campaign_max_emails_per_day: row.sequenceCap,
    campaign_position: row.step?.position ?? null,
    step_max_emails_per_day: row.step?.dailyCap ?? null,
    provider_message_id: row.rfcId,
    time_zone: row.contactZone,
    enable_tracking: row.opensTracked || row.clicksTracked,
    open_tracking_enabled: row.opensTracked,
    click_tracking_enabled: row.clicksTracked,
  }
}

function moments(row: MessageRow) {
  const blocked = row.bounce === 'blocked'
  return {
    created_at: iso(row.createdAt),
    due_at: offset(row.dueAt),
    completed_at: offset(row.completedAt),
    failed_at: offset(row.failedAt),
    failure_reason: failureOf(row),
    not_sent_reason: row.notSentReason,
    bounce: row.bounce === 'hard' || row.bounce === 'soft' ? true : null,
    spam_blocked: blocked ? true : null,
    replied: row.repliedAt === null ? null : true,
    demoed: row.demoedAt === null ? null : true,
    reply_class: row.replyClass,
  }
}

/** Recorded: "Contact stage is Interested. Change stage for contact or adjust settings ... and retry.", "Spam Blocked". */
function failureOf(row: MessageRow): string | null {
  if (row.bounce === 'blocked') return 'Spam Blocked'
  if (row.status !== 'failed') return null
  if (row.notSentReason === null) return row.failure
  const detail = row.holdDetail ? `${row.holdDetail}. ` : ''
  return `${detail}${sentenceFor(row.notSentReason)}`
}

function people(row: MessageRow) {
  const recipient = (email: string, kind: string) => ({
    email,
    raw_name: kind === 'to' ? row.toName : null,
    recipient_type_cd: kind,
    contact_id: kind === 'to' ? row.contactId : null,
    user_id: null,
  })
  return {
    to_name: row.toName,
    to_email: row.to,
    from_email: row.from,
    from_name: row.fromName,
    cc_emails: row.cc,
    bcc_emails: row.bcc,
    recipients: [
      ...(row.to === null ? [] : [recipient(row.to, 'to')]),
      ...row.cc.map((email) => recipient(email, 'cc')),
      ...row.bcc.map((email) => recipient(email, 'bcc')),
    ],
    send_from: {
      email: row.from,
      raw_name: row.fromName,
      recipient_type_cd: null,
      contact_id: null,
      user_id: null,
    },
    send_from_info: `${row.mailboxId}***${row.from}`,
  }
}

/** What is not rendered yet says so, and shows its template's subject. */
function wording(row: MessageRow) {
  return {
    subject: row.subject ?? (row.threadSubject === null ? '' : replySubject(row.threadSubject)),
    body_text: row.text ?? '',
    body_html: row.html ?? '',
    body_html_loaded: row.html !== null,
    appendment_html: '',
    appendment_html_loaded: true,
    needs_dynamic_assemble: row.html === null,
  }
}

function neverUsed(row: MessageRow) {
  return {
    attachment_ids: row.attachmentIds,
    provider_thread_id: null,
    schedule_delayed_reason: null,
    due_at_manually_changed: false,
    tracking_disabled_reason: null,
    async_sending: row.state === 'transmitting',
    due_at_source: null,
    crm_id: null,
    personalized_opener: null,
    schedule_delayed_limit_reason: null,
    schedule_delayed_reason_details: null,
    sensitive_info_redacted: null,
  }
}

/** `emailer_steps` beside messages: fewer keys than elsewhere, as recorded. */
export function wireStepOf({ step, sequenceId }: MessageRow) {
  if (step === null) return null
  return {
    id: step.id,
    emailer_campaign_id: sequenceId,
    wait_time: step.waitAmount,
    wait_mode: step.waitUnit,
    max_emails_per_day: step.dailyCap,
    exact_datetime: step.exactAt,
    auto_skip_in_x_days: step.autoSkipDays,
    position: step.position,
  }
}
