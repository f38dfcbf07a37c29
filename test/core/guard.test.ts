import { expect, test } from 'vitest'
import { type Candidate, everyFlag, type GuardFlags, REFUSALS, refusalsFor } from '../../src/core/guard.ts'

const HERE = 'sequence-here'
const SELF = 'contact-self'
const none: GuardFlags = everyFlag(false)
const candidate = (more: Partial<Candidate> = {}): Candidate => ({
  contactId: SELF,
  address: 'ana@client.test',
  emailStatus: 'verified',
  jobChangedAt: null,
  suppressed: false,
  mayEmail: true,
  sameCompanyId: null,
  importing: false,
  enrollments: [],
  ...more,
})
const elsewhere = (state: Candidate['enrollments'][number]['state'], contactId = SELF) => ({
  sequenceId: 'sequence-other',
  state,
  contactId,
})
const codes = (one: Candidate, flags: Partial<GuardFlags> = {}) =>
  refusalsFor(one, HERE, { ...none, ...flags }).map((refusal) => refusal.code)

test('a membership that began in an archived sequence stands in the way of its own sequence alone', () => {
  const stillborn = { ...elsewhere('finished'), stillborn: true }
  expect(codes(candidate({ enrollments: [stillborn] }))).toEqual([])
  expect(codes(candidate({ enrollments: [{ ...stillborn, sequenceId: HERE }] }))).toEqual([
    'contacts_already_exists_in_current_campaign',
  ])
})

test('nothing stands against a verified stranger', () => {
  expect(codes(candidate())).toEqual([])
})

test.each([
  ['active', 'contacts_active_in_other_campaigns', 'activeElsewhere'],
  ['paused', 'contacts_active_in_other_campaigns', 'activeElsewhere'],
  ['failed', 'contacts_active_in_other_campaigns', 'activeElsewhere'],
  ['finished', 'contacts_finished_in_other_campaigns', 'finishedElsewhere'],
] as const)('%s elsewhere is %s, and %s opens it', (state, code, flag) => {
  const one = candidate({ enrollments: [elsewhere(state)] })
  expect(codes(one)).toEqual([code])
  expect(codes(one, { [flag]: true })).toEqual([])
})

test('every reason that applies is found, the most telling first', () => {
  const one = candidate({
    suppressed: true,
    emailStatus: null,
    jobChangedAt: 1,
    enrollments: [{ sequenceId: HERE, state: 'finished', contactId: SELF }, elsewhere('active')],
  })
  expect(codes(one)).toEqual([
    'contacts_already_exists_in_current_campaign',
    'contacts_unsubscribed',
    'contacts_active_in_other_campaigns',
    'contacts_unverified_email',
    'contacts_with_job_change',
  ])
})

test('what another contact of the same address does counts, and is named', () => {
  const [refusal] = refusalsFor(candidate({ enrollments: [elsewhere('active', 'twin')] }), HERE, none)
  expect(refusal).toMatchObject({ sequenceId: 'sequence-other', sameAddressAs: 'twin' })
})

test('who has no address is not asked whether it is verified', () => {
  expect(codes(candidate({ address: null, emailStatus: null }))).toEqual(['contacts_without_email'])
  expect(codes(candidate({ address: null, emailStatus: null }), { noEmail: true })).toEqual([])
})

test('no flag opens a suppression, or a place that is taken', () => {
  const all: GuardFlags = everyFlag(true)
  const here = { sequenceId: HERE, state: 'finished' as const, contactId: SELF }
  expect(refusalsFor(candidate({ suppressed: true, enrollments: [here] }), HERE, all)).toEqual([
    expect.objectContaining({ code: 'contacts_already_exists_in_current_campaign', flag: null }),
    expect.objectContaining({ code: 'contacts_unsubscribed', flag: null }),
  ])
})

test.each([
  [{ mayEmail: false }, 'contacts_without_ownership_permission', 'withoutOwnership'],
  [{ sameCompanyId: 'contact-other' }, 'contacts_in_same_company', 'sameCompany'],
  [{ emailStatus: 'unverified' }, 'contacts_with_unverified_user_managed_email', 'verificationSkipped'],
  [{ emailStatus: 'extrapolated' }, 'contacts_unverified_email', 'unverifiedEmail'],
  [{ importing: true }, 'contacts_in_pending_state', 'inQueue'],
] as const)('%o is %s, and %s opens it', (state, code, flag) => {
  expect(codes(candidate(state))).toEqual([code])
  expect(codes(candidate(state), { [flag]: true })).toEqual([])
})

test('the flag for addresses that are not verified lets pass what the team itself called unverified', () => {
  expect(codes(candidate({ emailStatus: 'unverified' }), { unverifiedEmail: true })).toEqual([])
  expect(codes(candidate({ emailStatus: 'extrapolated' }), { verificationSkipped: true })).toEqual([
    'contacts_unverified_email',
  ])
})

test('of many refusals all are found, in the order in which they are told', () => {
  const everything = candidate({
    ...{ address: null, emailStatus: null, jobChangedAt: 1, suppressed: true, mayEmail: false },
    ...{ sameCompanyId: 'contact-other', importing: true },
    enrollments: [elsewhere('active'), elsewhere('finished')],
  })
  const found = codes(everything)
  expect(found).toEqual(REFUSALS.filter((code) => found.includes(code)))
  expect(found).toHaveLength(8)
})
