/**
 * The closed table of why an enrollment is in the state it is in, each with the sentence a person reads and the way out.
 * The wire's words for the same live in `src/api/wire/`.
 */

export const REASONS = {
  completed: 'Came to the end of the sequence.',
  replied: 'Answered.',
  meeting: 'A meeting was arranged.',
  interested: 'Is interested.',
  clicked: 'Followed a link.',
  talked: 'Talked on the phone.',
  left_company: 'Has left the company, or is not the one to write to.',
  marked_finished: 'Marked as finished by a person.',
  stopped: 'Stopped by a person.',
  archived: 'The sequence was archived.',
  opted_out: 'Opted out; nothing will be sent to this address.',
  suppressed: 'On the do-not-contact list; nothing will be sent to this address.',
  complained: 'Reported the mail as spam; nothing will be sent to this address.',
  paused_by_person: 'Paused by a person. Resume to go on.',
  away: 'Away; goes on by itself after the return date.',
  hard_bounced: 'The address does not exist; nothing will be sent to it.',
  contact_deleted: 'The contact was deleted.',
  user_deleted: 'The person who sent was deleted.',
  mailbox_removed: 'The mailbox was removed.',
  same_person: 'Another contact of the same person is in this sequence; they are written to once.',
  removed: 'Removed from the sequence.',
} as const
export type Reason = keyof typeof REASONS

export const HOLDS = {
  snippets_missing:
    'A value or a snippet that the email uses is missing. Fill it in, and the person goes on.',
  contact_stage_safeguard: 'The stage of the contact is excluded by the sequence. Change either, then retry.',
  account_stage_safeguard: 'The stage of the account is excluded by the sequence. Change either, then retry.',
  contacts_without_email: 'The contact has no email address. Add one, then retry.',
  email_format_invalid: 'The email address is not a valid one. Correct it, then retry.',
  thread_reply_original_email_missing:
    'The email that this one answers was never sent. Send it in a new thread, or skip the step.',
  same_account_reply: 'Somebody else of the company has answered. Retry, or finish.',
  task_open: 'Waiting for a person to do this step. Complete or skip the task.',
  step_not_approved: 'The wording of this step is not approved yet. Approve it.',
  window_never_opens: 'The schedule of the sequence never opens. Give it a window.',
  stale: 'Overdue for too long to go out unseen. Retry, or finish.',
  away_without_date: 'Away, and did not say until when. Resume when they are back.',
  away_too_long: 'Away for more than 60 days. Decide whether to go on, and with whom.',
  soft_bounces: 'Three emails in a row bounced. Check the address, then retry.',
  blocked: 'The receiving server refused the email for its content or our reputation. Mend that, then retry.',
  sending_failed: 'Sending failed too often. Read the answer of the server, then retry.',
  delivery_unknown:
    'The connection broke before the server confirmed. Look into the Sent folder, then choose: sent, or send again.',
  no_active_email_account:
    'The mailbox that sends to this person is not connected, or was removed. Connect it again, or choose another one.',
  human_outbound: 'Somebody wrote to this person by hand. Go on when the next email still fits.',
  reopened:
    "It was ended by a mail that was somebody else's. Retry when the next email still fits, or finish.",
  internal_error: 'Segue met a fault of its own here. Report it with its id, then retry.',
} as const
export type HoldReason = keyof typeof HOLDS

/** Why a step was passed over: its enrollment goes on with the next one, or has come to the end. */
export const SKIPS = {
  date_over: 'The date of the step is over, so it is skipped.',
  skipped_by_person: 'A person skipped the step.',
  auto_skipped: 'Nobody did the task in its time, so it was skipped.',
  step_deleted: 'The step is no longer in the sequence, so it is skipped.',
} as const
export type SkipReason = keyof typeof SKIPS

export function isHold(reason: string): reason is HoldReason {
  return Object.hasOwn(HOLDS, reason)
}

/** The sentence for a state's reason, a hold's or a skip's. Unknown words come back as they are: an older row must still be shown. */
export function sentenceFor(reason: string): string {
  if (isHold(reason)) return HOLDS[reason]
  if (Object.hasOwn(SKIPS, reason)) return SKIPS[reason as SkipReason]
  return Object.hasOwn(REASONS, reason) ? REASONS[reason as Reason] : reason
}
