/** Why a contact was not added, as sentences; the codes are the recorded ones. */
import type { SkipReason } from '../lib/sequence-types.ts'

const REASONS: Record<string, string> = {
  contact_not_found: 'This contact does not exist any more.',
  contacts_already_exists_in_current_campaign: 'Already in this sequence.',
  contacts_active_in_other_campaigns: 'Under way in another sequence',
  contacts_finished_in_other_campaigns: 'Finished another sequence',
  contacts_without_email: 'No email address. Add one to the contact.',
  contacts_unverified_email: 'The email address is not verified.',
  contacts_with_job_change: 'Seems to have changed jobs. Check the contact first.',
  contacts_in_same_company: 'Somebody of the same company is in this sequence.',
  contacts_without_ownership_permission: 'Belongs to a colleague.',
  contacts_in_pending_state: 'The import that brought them is still running.',
  contacts_with_unverified_user_managed_email: 'Somebody called the email address unverified.',
  received_everything: 'Received the last step of this sequence before.',
  contacts_unsubscribed: 'On the do-not-contact list: nothing is sent to this address.',
}

/** What the form calls the options that lift a guard. */
export const OPTIONS = {
  sequence_active_in_other_campaigns: 'Also people under way in another sequence',
  sequence_finished_in_other_campaigns: 'Also people who finished another sequence',
  sequence_unverified_email: 'Also unverified addresses',
  sequence_job_change: 'Also people who seem to have changed jobs',
  add_if_in_queue: 'Also people of an import that is still running',
  sequence_same_company_in_same_campaign: 'Also several people of one company',
  contacts_without_ownership_permission: 'Also people who belong to a colleague',
} as const
export type Option = keyof typeof OPTIONS

/** The option that lifts the guard of this flag; what the form does not offer has none. */
export const optionFor = (flag: string | null): string | undefined => {
  if (flag === 'contact_verification_skipped') return OPTIONS.sequence_unverified_email
  return flag !== null && Object.hasOwn(OPTIONS, flag) ? OPTIONS[flag as Option] : undefined
}

/** One sentence, with the sequence that caused it, and that another contact has the same address where that is why. */
export function sentenceOf(reason: SkipReason): string {
  const words = REASONS[reason.code] ?? `Skipped: ${reason.code.replaceAll('_', ' ')}.`
  const named = words.endsWith('.')
    ? words
    : `${words}${reason.sequence_name ? `: ${reason.sequence_name}` : ''}.`
  return reason.same_address_as ? `${named} Another contact with the same address is.` : named
}
