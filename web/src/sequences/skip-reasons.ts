/** Why a contact was not added, as sentences; the codes are the recorded ones. `option` names the choice that would let them in. */

interface SkipReason {
  sentence: string
  option?: string
}

const REASONS: Record<string, SkipReason> = {
  contact_not_found: { sentence: 'This contact does not exist any more.' },
  contacts_already_exists_in_current_campaign: { sentence: 'Already in this sequence.' },
  contacts_active_in_other_campaigns: {
    sentence: 'Under way in another sequence.',
    option: 'Also people under way in another sequence',
  },
  contacts_finished_in_other_campaigns: {
    sentence: 'Finished another sequence.',
    option: 'Also people who finished another sequence',
  },
  contacts_without_email: { sentence: 'No email address. Add one to the contact.' },
  contacts_unverified_email: {
    sentence: 'The email address is not verified.',
    option: 'Also unverified addresses',
  },
  contacts_with_job_change: { sentence: 'Seems to have changed jobs. Check the contact first.' },
  contacts_in_same_company: {
    sentence: 'Somebody of the same company is in this sequence.',
    option: 'Also several people of one company',
  },
  contacts_without_ownership_permission: { sentence: 'Belongs to a colleague.' },
  contacts_in_pending_state: { sentence: 'Still being checked.' },
  contacts_with_unverified_user_managed_email: {
    sentence: 'The email address is not verified.',
    option: 'Also unverified addresses',
  },
  contacts_unsubscribed: { sentence: 'On the do-not-contact list. Nothing will be sent to this address.' },
}

export const skipReason = (code: string): SkipReason =>
  REASONS[code] ?? { sentence: `Skipped: ${code.replaceAll('_', ' ')}.` }
