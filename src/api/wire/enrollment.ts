/** An enrollment as the wire says it. Here, and nowhere else, stands which of our states, reasons and holds is which of the wire's. */
import { Type } from 'typebox'
import { HOLDS, type HoldReason, isHold, type Reason, sentenceFor } from '../../core/reason.ts'
import type { Standing } from '../../store/account-search.ts'
import type { EnrollmentRow, ShownState } from '../../store/enrollment-reads.ts'
import { isoWithOffset } from './instant.ts'

export type WireStatus = 'active' | 'paused' | 'finished' | 'failed'

/** Where the people of a hold are counted. `not_sent` and `bounced` are counters of failed ones. */
interface HoldOnWire {
  status: 'failed' | 'paused' | 'active'
  counter: 'not_sent' | 'bounced' | 'spam_blocked' | 'paused' | 'active'
}

/**
 * A hold whose code is in the wire's list of `not_sent_reason` shows as failed with that code; every other one shows as paused, but for an
 * open task: whoever waits for a person to do a step is active there. A person
 * whose third email in a row bounced softly counts as bounced, one whose email was refused for its content as blocked.
 */
const HOLDS_ON_WIRE: Record<HoldReason, HoldOnWire> = {
  snippets_missing: { status: 'failed', counter: 'not_sent' },
  contact_stage_safeguard: { status: 'failed', counter: 'not_sent' },
  account_stage_safeguard: { status: 'failed', counter: 'not_sent' },
  email_format_invalid: { status: 'failed', counter: 'not_sent' },
  same_account_reply: { status: 'failed', counter: 'not_sent' },
  thread_reply_original_email_missing: { status: 'failed', counter: 'not_sent' },
  no_active_email_account: { status: 'failed', counter: 'not_sent' },
  contacts_without_email: { status: 'paused', counter: 'paused' },
  task_open: { status: 'active', counter: 'active' },
  step_not_approved: { status: 'paused', counter: 'paused' },
  window_never_opens: { status: 'paused', counter: 'paused' },
  stale: { status: 'paused', counter: 'paused' },
  away_without_date: { status: 'paused', counter: 'paused' },
  away_too_long: { status: 'paused', counter: 'paused' },
  soft_bounces: { status: 'paused', counter: 'bounced' },
  blocked: { status: 'paused', counter: 'spam_blocked' },
  sending_failed: { status: 'paused', counter: 'paused' },
  delivery_unknown: { status: 'paused', counter: 'paused' },
  human_outbound: { status: 'paused', counter: 'paused' },
  reopened: { status: 'paused', counter: 'paused' },
  internal_error: { status: 'paused', counter: 'paused' },
}

export function holdOnWire(hold: string): HoldOnWire {
  return isHold(hold) ? HOLDS_ON_WIRE[hold] : { status: 'paused', counter: 'paused' }
}

export const HOLD_REASONS = Object.keys(HOLDS) as HoldReason[]

/** Recorded words where there are any: "manually finished", "manually paused", "Completed last step", "talked on phone", "bounced", "User deleted". */
const REASONS_ON_WIRE: Record<Reason, { inactive: string; failure: string | null }> = {
  completed: { inactive: 'Completed last step', failure: null },
  replied: { inactive: 'replied', failure: null },
  meeting: { inactive: 'scheduled appointment', failure: null },
  interested: { inactive: 'interested', failure: null },
  clicked: { inactive: 'clicked', failure: null },
  talked: { inactive: 'talked on phone', failure: null },
  left_company: { inactive: 'Left the company, or wrong person', failure: null },
  marked_finished: { inactive: 'manually finished', failure: null },
  stopped: { inactive: 'manually finished', failure: null },
  archived: { inactive: 'Sequence archived', failure: null },
  opted_out: { inactive: 'unsubscribed', failure: null },
  suppressed: { inactive: 'unsubscribed', failure: null },
  complained: { inactive: 'Marked as spam', failure: null },
  paused_by_person: { inactive: 'manually paused', failure: null },
  away: { inactive: 'Out of office', failure: null },
  hard_bounced: { inactive: 'bounced', failure: 'bounced' },
  contact_deleted: { inactive: 'User deleted', failure: 'user_deleted' },
  user_deleted: { inactive: 'User deleted', failure: 'user_deleted' },
  mailbox_removed: { inactive: 'Mailbox removed', failure: 'no_active_email_account' },
  same_person: { inactive: 'Same person as another contact', failure: null },
  removed: { inactive: 'removed', failure: null },
}

export interface StatusOnWire {
  status: WireStatus
  inactiveReason: string | null
  failureReason: string | null
}

/** The state of one person as the wire words it. */
export function statusOnWire(
  row: Pick<EnrollmentRow, 'state' | 'reason' | 'holdReason' | 'holdDetail' | 'sequenceActive'>,
): StatusOnWire {
  if (row.state === 'active' && row.holdReason !== null && holdOnWire(row.holdReason).status !== 'active') {
    const { status } = holdOnWire(row.holdReason)
    const failureReason = status === 'failed' ? row.holdReason : null
    return { status, inactiveReason: holdWords(row.holdReason, row.holdDetail), failureReason }
  }
  if (row.state === 'active')
    return row.sequenceActive
      ? { status: 'active', inactiveReason: null, failureReason: null }
      : { status: 'paused', inactiveReason: 'Sequence inactive', failureReason: null }
  const words = row.reason === null ? undefined : REASONS_ON_WIRE[row.reason as Reason]
  return {
    status: row.state,
    inactiveReason: words?.inactive ?? row.reason,
    failureReason: row.state === 'failed' ? (words?.failure ?? row.reason) : null,
  }
}

/** Under which of the recorded words somebody is counted. */
export function tallyWord(row: Standing): string {
  if (row.state === 'failed' && row.reason === 'hard_bounced') return 'bounced'
  if (row.state !== 'active') return row.state
  if (row.holdReason !== null && row.holdReason !== 'task_open') return holdOnWire(row.holdReason).counter
  return row.sequenceActive ? 'active' : 'paused'
}

/** Recorded: "Contact stage is Replied." */
function holdWords(hold: string, detail: string | null): string {
  const stage = hold === 'contact_stage_safeguard' || hold === 'account_stage_safeguard'
  return stage && detail !== null ? `${detail}.` : sentenceFor(hold)
}

const NullableText = Type.Union([Type.String(), Type.Null()])

export const ContactCampaignStatus = Type.Object({
  id: Type.String(),
  emailer_campaign_id: Type.String(),
  send_email_from_user_id: Type.String(),
  inactive_reason: NullableText,
  status: Type.String({ description: 'active, paused, finished or failed.' }),
  added_at: Type.String(),
  added_by_user_id: NullableText,
  finished_at: NullableText,
  paused_at: NullableText,
  auto_unpause_at: NullableText,
  send_email_from_email_address: Type.String(),
  send_email_from_email_account_id: Type.String(),
  manually_set_unpause: Type.Union([Type.Boolean(), Type.Null()]),
  failure_reason: NullableText,
  current_step_id: NullableText,
  in_response_to_emailer_message_id: NullableText,
  cc_emails: NullableText,
  bcc_emails: NullableText,
  to_emails: NullableText,
  current_step_position: Type.Union([Type.Integer(), Type.Null()]),
})

/** One element of `contact_campaign_statuses`. */
export function wireContactStatus(row: EnrollmentRow) {
  const { status, inactiveReason, failureReason } = statusOnWire(row)
  const offset = (instant: number | null) => (instant === null ? null : isoWithOffset(instant))
  return {
    id: row.id,
    emailer_campaign_id: row.sequenceId,
    send_email_from_user_id: row.mailboxUserId,
    inactive_reason: inactiveReason,
    status,
    added_at: isoWithOffset(row.addedAt),
    added_by_user_id: row.addedBy,
    finished_at: offset(row.finishedAt),
    paused_at: offset(row.pausedAt),
    auto_unpause_at: offset(row.autoUnpauseAt),
    send_email_from_email_address: row.fromAddress ?? row.mailboxAddress,
    send_email_from_email_account_id: row.mailboxId,
    manually_set_unpause: row.autoUnpauseAt !== null && row.reason === 'paused_by_person' ? true : null,
    failure_reason: failureReason,
    current_step_id: row.state === 'active' || row.state === 'paused' ? row.stepId : null,
    in_response_to_emailer_message_id: row.replyingMessageId,
    cc_emails: null,
    bcc_emails: null,
    to_emails: null,
    current_step_position: row.state === 'active' || row.state === 'paused' ? row.stepPosition : null,
  }
}

const DOING: Record<string, string> = {
  manual_email: 'send an email',
  call: 'call',
  action_item: 'do the step',
  linkedin_step_connect: 'connect on LinkedIn',
  linkedin_step_message: 'write on LinkedIn',
  linkedin_step_view_profile: 'look at the LinkedIn profile',
  linkedin_step_interact_post: 'react to a post on LinkedIn',
}

/** The detail of the hold is the kind of the step. */
function taskSentence({ holdDetail, stepPosition, numSteps }: EnrollmentRow): string {
  const doing = DOING[holdDetail ?? ''] ?? 'do the step'
  return `Waiting for a person to ${doing}: step ${stepPosition ?? 1} of ${numSteps}. See Tasks.`
}

/** What the page's chips and rows say: one state, its reason, and a sentence with the way out. */
export function shownState(row: EnrollmentRow): {
  state: ShownState
  reason: string | null
  sentence: string
} {
  if (row.state === 'active' && row.holdReason === 'task_open')
    return { state: 'active', reason: 'task_open', sentence: taskSentence(row) }
  if (row.state === 'active' && row.holdReason !== null) {
    const detail = row.holdDetail ? ` (${row.holdDetail})` : ''
    return { state: 'held', reason: row.holdReason, sentence: `${sentenceFor(row.holdReason)}${detail}` }
  }
  if (row.state === 'active')
    return {
      state: 'active',
      reason: null,
      sentence: row.sequenceActive
        ? `Waiting for step ${row.stepPosition ?? 1} of ${row.numSteps}.`
        : 'The sequence is off. Turn it on to go on.',
    }
  const state: ShownState =
    row.state === 'finished' && row.reason === 'replied'
      ? 'replied'
      : row.state === 'failed' && row.reason === 'hard_bounced'
        ? 'bounced'
        : row.state
  return { state, reason: row.reason, sentence: row.reason === null ? '' : sentenceFor(row.reason) }
}
