/** Why a contact was not added, in the words of the wire: what causes each reason, and the parameter that opens it. */
import type { GuardFlags, RefusalCode } from '../../core/guard.ts'

/** What must be so for each: the state of rows that causes it. */
export const REFUSAL_CAUSES: Record<RefusalCode, string> = {
  contact_not_found: 'No contact of the team has this id, or it was deleted.',
  contacts_already_exists_in_current_campaign:
    'The contact, or another one with the same address, is or was in this sequence and was not removed.',
  contacts_unsubscribed: 'The address, or its domain, is on the do-not-contact list.',
  contacts_without_ownership_permission:
    'The team says `only_owners_may_email`, and neither the contact nor its account belongs to the caller, though the contact belongs to somebody.',
  contacts_without_email: 'The contact has no email address.',
  contacts_active_in_other_campaigns:
    'The contact, or another one with the same address, is active, paused or failed in another sequence.',
  contacts_finished_in_other_campaigns:
    'The contact, or another one with the same address, has finished another sequence.',
  contacts_in_same_company:
    'The team says `one_contact_per_company_in_sequence`, and somebody else of the company (the account, else the domain) is or was in this sequence and neither failed nor was removed.',
  contacts_unverified_email:
    'The `email_status` of the contact is neither verified nor unverified: extrapolated, or unavailable.',
  contacts_with_unverified_user_managed_email:
    'The `email_status` of the contact is unverified: somebody of the team, an import or a program has said so.',
  contacts_with_job_change: '`job_changed` was set on the contact, by an import or over the API.',
  contacts_in_pending_state: 'The import that wrote the contact last is running.',
  received_everything: 'With `start_after_received`: the contact has received the last step before.',
}

/** The flag of the call that would have let a contact pass. */
export const FLAGS = {
  noEmail: 'sequence_no_email',
  unverifiedEmail: 'sequence_unverified_email',
  jobChange: 'sequence_job_change',
  activeElsewhere: 'sequence_active_in_other_campaigns',
  finishedElsewhere: 'sequence_finished_in_other_campaigns',
  sameCompany: 'sequence_same_company_in_same_campaign',
  withoutOwnership: 'contacts_without_ownership_permission',
  verificationSkipped: 'contact_verification_skipped',
  inQueue: 'add_if_in_queue',
} as const satisfies Record<keyof GuardFlags, string>
