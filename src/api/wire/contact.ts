/** A contact on the wire: every recorded key, null or the recorded default where Segue has no such thing. */
import { createHash } from 'node:crypto'
import { Type } from 'typebox'
import { domainOf, isFreeMailDomain } from '../../core/address.ts'
import { inferZone } from '../../core/contact-zone.ts'
import type { Id } from '../../core/ids.ts'
import { numberToCall, type Phone } from '../../core/phone.ts'
import type { AccountRow } from '../../store/accounts.ts'
import type { ContactRow } from '../../store/contacts.ts'
import { type AccountExtras, wireAccount, wireOrganization } from './account.ts'
import { iso, isoOrNull, WireInstant } from './instant.ts'
import { sourceDisplayName } from './source.ts'

const TextOrNull = Type.Union([Type.String(), Type.Null()])

export const WireContact = Type.Object(
  {
    id: Type.String(),
    first_name: TextOrNull,
    last_name: TextOrNull,
    name: Type.String(),
    title: TextOrNull,
    email: TextOrNull,
    email_status: TextOrNull,
    organization_name: TextOrNull,
    account_id: TextOrNull,
    owner_id: TextOrNull,
    contact_stage_id: TextOrNull,
    label_ids: Type.Array(Type.String()),
    emailer_campaign_ids: Type.Array(Type.String()),
    contact_campaign_statuses: Type.Array(Type.Object({}, { additionalProperties: true })),
    phone_numbers: Type.Array(Type.Object({}, { additionalProperties: true })),
    typed_custom_fields: Type.Record(Type.String(), Type.Unknown()),
    time_zone: TextOrNull,
    city: TextOrNull,
    state: TextOrNull,
    country: TextOrNull,
    created_at: WireInstant,
    updated_at: WireInstant,
  },
  {
    title: 'Contact',
    additionalProperties: true,
    description: 'Every recorded key; those not named here are null or their recorded default.',
  },
)

/** What stands beside the row. */
export interface ContactExtras {
  labelIds: readonly Id[]
  /** Elements of `contact_campaign_statuses`, in order of adding. */
  statuses: readonly Record<string, unknown>[]
  sequenceIds: readonly Id[]
  /** Custom values by the id of their field. */
  custom: Readonly<Record<string, unknown>>
  /** The address is on the do-not-contact list because the person asked. */
  optedOut: boolean
  /** Searches carry the account and the organization; the others do not. */
  account?: (Omit<AccountExtras, 'teamPublicId'> & { row: AccountRow }) | null
  teamPublicId: string
}

/** Where the original shows data that Segue does not gather. */
const ABSENT = {
  contact_roles: [],
  person_id: null,
  email_needs_tickling: null,
  headline: null,
  photo_url: null,
  linkedin_uid: null,
  extrapolated_email_confidence: null,
  salesforce_id: null,
  salesforce_lead_id: null,
  salesforce_contact_id: null,
  salesforce_account_id: null,
  crm_owner_id: null,
  direct_dial_status: null,
  direct_dial_enrichment_failed_at: null,
  email_source: null,
  hubspot_vid: null,
  hubspot_company_id: null,
  crm_id: null,
  merged_crm_ids: null,
  queued_for_crm_push: false,
  suggested_from_rule_engine_config_id: null,
  person_deleted: null,
  call_opted_out: null,
  godmode_apollo_creator: null,
  has_pending_email_arcgate_request: false,
  has_email_arcgate_request: false,
  custom_field_errors: {},
  crm_record_url: null,
  email_status_unavailable_reason: null,
  contact_rule_config_statuses: [],
  twitter_url: null,
  facebook_url: null,
  next_contact_id: null,
  intent_strength: null,
  show_intent: false,
  account_phone_note: null,
  is_likely_to_engage: false,
  email_domain_catchall: false,
  contact_job_change_event: null,
}

export function wireContact(row: ContactRow, extras: ContactExtras) {
  const free = row.address === null ? false : isFreeMailDomain(domainOf(row.address))
  return {
    ...ABSENT,
    id: row.id,
    first_name: row.firstName,
    last_name: row.lastName,
    name: nameOf(row),
    linkedin_url: row.linkedinUrl,
    title: row.title,
    contact_stage_id: row.stageId,
    owner_id: row.ownerId,
    creator_id: row.creatorId,
    organization_name: row.organizationName,
    source: row.source,
    original_source: row.source,
    source_display_name: sourceDisplayName(row.source),
    // The original's directory of companies; here a company is the team's own account.
    organization_id: row.accountId,
    account_id: row.accountId,
    present_raw_address: row.rawAddress ?? placeOf(row),
    street_address: row.street,
    city: row.city,
    state: row.state,
    country: row.country,
    postal_code: row.postalCode,
    formatted_address: row.rawAddress ?? placeOf(row),
    time_zone: row.timeZone,
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
    last_activity_date: isoOrNull(row.lastActivityAt),
    emailer_campaign_ids: [...extras.sequenceIds],
    contact_campaign_statuses: [...extras.statuses],
    label_ids: [...extras.labelIds],
    typed_custom_fields: { ...extras.custom },
    email: row.email,
    email_status: row.emailStatus,
    email_true_status: row.email === null ? null : 'User Managed',
    updated_email_true_status: row.email !== null,
    email_from_customer: row.email === null ? null : true,
    email_unsubscribed: extras.optedOut ? true : null,
    contact_emails: wireEmails(row, free),
    free_domain: free,
    existence_level: row.deletedAt === null ? 'full' : 'none',
    sanitized_phone: numberToCall(row.phones),
    phone_numbers: row.phones.map(wirePhone),
    ...(extras.account !== undefined && {
      account:
        extras.account &&
        wireAccount(extras.account.row, { ...extras.account, teamPublicId: extras.teamPublicId }),
      organization: extras.account && wireOrganization(extras.account.row),
    }),
    // Extensions.
    website_url: row.websiteUrl,
    time_zone_source: row.timeZoneSource,
    time_zone_inferred_from:
      row.timeZoneSource === 'inferred' ? (inferZone(row, row.phones)?.from ?? null) : null,
    custom: row.custom,
  }
}

export function nameOf(row: Pick<ContactRow, 'firstName' | 'lastName'>): string {
  return [row.firstName, row.lastName].filter(Boolean).join(' ')
}

function placeOf({ city, state, country }: ContactRow): string | null {
  return [city, state, country].filter(Boolean).join(', ') || null
}

const PHONE_TYPES = {
  work_direct: 'work_direct',
  work_hq: 'work_hq',
  mobile: 'mobile',
  home: 'home',
  other: 'other',
}

function wirePhone(phone: Phone, position: number) {
  return {
    raw_number: phone.raw,
    sanitized_number: phone.sanitized,
    type: PHONE_TYPES[phone.kind],
    position,
    status: phone.wrong ? 'invalid_number' : 'no_status',
    dnc_status: null,
    dnc_other_info: null,
    dialer_flags: null,
    source_name: null,
    vendor_validation_statuses: [],
    third_party_vendor_name: null,
  }
}

function wireEmails(row: ContactRow, free: boolean) {
  if (row.address === null) return []
  const digest = (algorithm: string) => createHash(algorithm).update(row.address!).digest('hex')
  return [
    {
      email: row.email,
      email_md5: digest('md5'),
      email_sha256: digest('sha256'),
      email_status: row.emailStatus,
      email_source: null,
      extrapolated_email_confidence: null,
      position: 0,
      free_domain: free,
      source: row.source,
      third_party_vendor_name: null,
      vendor_validation_statuses: [],
      email_needs_tickling: null,
      email_true_status: 'User Managed',
      email_status_unavailable_reason: null,
    },
  ]
}
