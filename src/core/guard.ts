/** May this contact be added to this sequence? Codes as recorded (the last is our own); every reason that applies is found, the first is the answer. */
import type { Instant } from './clock.ts'
import type { EnrollmentState } from './enrollment.ts'
import type { Id } from './ids.ts'

export const REFUSALS = [
  'contact_not_found',
  'contacts_already_exists_in_current_campaign',
  'contacts_unsubscribed',
  'contacts_without_ownership_permission',
  'contacts_without_email',
  'contacts_active_in_other_campaigns',
  'contacts_finished_in_other_campaigns',
  'contacts_in_same_company',
  'contacts_unverified_email',
  'contacts_with_unverified_user_managed_email',
  'contacts_with_job_change',
  'contacts_in_pending_state',
  'received_everything',
] as const
export type RefusalCode = (typeof REFUSALS)[number]

/** What a caller allows; each opens one refusal. All false by default, as documented. */
export const GUARD_FLAGS = [
  'noEmail',
  'unverifiedEmail',
  'jobChange',
  'activeElsewhere',
  'finishedElsewhere',
  'sameCompany',
  'withoutOwnership',
  'verificationSkipped',
  'inQueue',
] as const
export type GuardFlags = Record<(typeof GUARD_FLAGS)[number], boolean>

/** Everything is allowed, or nothing. */
export const everyFlag = (allowed: boolean) =>
  Object.fromEntries(GUARD_FLAGS.map((flag) => [flag, allowed])) as GuardFlags

export interface Candidate {
  contactId: Id
  address: string | null
  emailStatus: string | null
  jobChangedAt: Instant | null
  suppressed: boolean
  /** The team lets the caller write to them. */
  mayEmail: boolean
  /** Somebody else of the company in this sequence, where the team wants one of each. */
  sameCompanyId: Id | null
  /** An import that wrote them last is running. */
  importing: boolean
  /**
   * Not removed, of this contact or of another contact with the same address. `stillborn`: added to a sequence that was archived already,
   * hence finished at once; nobody was ever written to, so it stands in the way of no other sequence.
   */
  enrollments: readonly { sequenceId: Id; state: EnrollmentState; contactId: Id; stillborn?: boolean }[]
}

export interface Refusal {
  code: RefusalCode
  /** The flag of the call that would have let it pass; null when none does. */
  flag: keyof GuardFlags | null
  sequenceId: Id | null
  sameAddressAs: Id | null
}

const refusal = (
  code: RefusalCode,
  flag: keyof GuardFlags | null,
  cause: { by?: Candidate['enrollments'][number]; self?: Id; here?: Id } = {},
): Refusal => ({
  code,
  flag,
  sequenceId: cause.by?.sequenceId ?? cause.here ?? null,
  sameAddressAs: cause.by && cause.by.contactId !== cause.self ? cause.by.contactId : null,
})

/** Every refusal that applies, most telling first; empty means the contact may be added. */
export function refusalsFor(candidate: Candidate, sequenceId: Id, flags: GuardFlags): Refusal[] {
  const { contactId, enrollments } = candidate
  const refusals: Refusal[] = []
  const here = enrollments.find((one) => one.sequenceId === sequenceId)
  if (here)
    refusals.push(refusal('contacts_already_exists_in_current_campaign', null, { by: here, self: contactId }))
  if (candidate.suppressed) refusals.push(refusal('contacts_unsubscribed', null))
  if (!candidate.mayEmail && !flags.withoutOwnership)
    refusals.push(refusal('contacts_without_ownership_permission', 'withoutOwnership'))
  if (candidate.address === null && !flags.noEmail)
    refusals.push(refusal('contacts_without_email', 'noEmail'))
  const elsewhere = enrollments.filter((one) => one.sequenceId !== sequenceId && !one.stillborn)
  const live = elsewhere.find(
    (one) => one.state === 'active' || one.state === 'paused' || one.state === 'failed',
  )
  if (live && !flags.activeElsewhere)
    refusals.push(
      refusal('contacts_active_in_other_campaigns', 'activeElsewhere', { by: live, self: contactId }),
    )
  const finished = elsewhere.find((one) => one.state === 'finished')
  if (finished && !flags.finishedElsewhere)
    refusals.push(
      refusal('contacts_finished_in_other_campaigns', 'finishedElsewhere', { by: finished, self: contactId }),
    )
  if (candidate.sameCompanyId !== null && !flags.sameCompany)
    refusals.push(refusal('contacts_in_same_company', 'sameCompany', { here: sequenceId }))
  if (candidate.address !== null) refusals.push(...unverified(candidate, flags))
  if (candidate.jobChangedAt !== null && !flags.jobChange)
    refusals.push(refusal('contacts_with_job_change', 'jobChange'))
  if (candidate.importing && !flags.inQueue) refusals.push(refusal('contacts_in_pending_state', 'inQueue'))
  return refusals
}

/** Documented of `sequence_unverified_email`: whatever is not verified passes. */
function unverified({ emailStatus }: Candidate, flags: GuardFlags): Refusal[] {
  if (emailStatus === 'verified' || flags.unverifiedEmail) return []
  if (emailStatus !== 'unverified') return [refusal('contacts_unverified_email', 'unverifiedEmail')]
  return flags.verificationSkipped
    ? []
    : [refusal('contacts_with_unverified_user_managed_email', 'verificationSkipped')]
}
