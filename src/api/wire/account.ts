/** A company on the wire: the recorded keys of `account` alone, and of `account` and `organization` beside a contact. */
import type { Id } from '../../core/ids.ts'
import { sanitizePhone } from '../../core/phone.ts'
import type { AccountFigures } from '../../store/account-search.ts'
import type { AccountRow } from '../../store/accounts.ts'
import { tallyWord } from './enrollment.ts'
import { iso, isoWithOffset } from './instant.ts'
import { sourceDisplayName } from './source.ts'

const ABSENT = {
  blog_url: null,
  angellist_url: null,
  linkedin_url: null,
  twitter_url: null,
  facebook_url: null,
  primary_phone: {},
  languages: [],
  alexa_ranking: null,
  linkedin_uid: null,
  founded_year: null,
  publicly_traded_symbol: null,
  publicly_traded_exchange: null,
  logo_url: null,
  crunchbase_url: null,
}

export function wireOrganization(account: AccountRow) {
  return {
    ...ABSENT,
    id: account.id,
    name: account.name,
    website_url: account.domain === null ? null : `http://${account.domain}`,
    phone: account.phone,
    primary_domain: account.domain,
  }
}

/** What stands beside the row. */
export interface AccountExtras {
  teamPublicId: string
  labelIds: readonly Id[]
  /** Custom values by the id of their field. */
  custom: Readonly<Record<string, unknown>>
}

export function wireAccount(account: AccountRow, { teamPublicId, labelIds, custom }: AccountExtras) {
  return {
    ...wireOrganization(account),
    domain: account.domain,
    team_id: teamPublicId,
    organization_id: account.id,
    account_stage_id: account.stageId,
    source: account.source,
    original_source: account.source,
    creator_id: null,
    owner_id: account.ownerId,
    created_at: iso(account.createdAt),
    updated_at: iso(account.updatedAt),
    phone_status: 'no_status',
    hubspot_id: null,
    salesforce_id: null,
    crm_owner_id: null,
    parent_account_id: null,
    sanitized_phone: account.phone === null ? null : sanitizePhone(account.phone),
    account_playbook_statuses: [],
    account_rule_config_statuses: [],
    existence_level: 'full',
    label_ids: [...labelIds],
    typed_custom_fields: custom,
    custom_field_errors: {},
    modality: 'account',
    source_display_name: sourceDisplayName(account.source),
    crm_record_url: null,
  }
}

/** What is known of companies elsewhere and not here. */
const NOT_KNOWN = {
  industry: null,
  estimated_num_employees: null,
  keywords: [],
  industries: [],
  secondary_industries: [],
  snippets_loaded: true,
  industry_tag_id: null,
  industry_tag_hash: {},
  retail_location_count: null,
  street_address: null,
  city: null,
  state: null,
  country: null,
  postal_code: null,
  owned_by_organization_id: null,
  short_description: null,
  suborganizations: [],
  num_suborganizations: 0,
  annual_revenue_printed: null,
  annual_revenue: null,
  total_funding: null,
  total_funding_printed: null,
  latest_funding_round_date: null,
  latest_funding_stage: null,
  funding_events: [],
  technology_names: [],
  current_technologies: [],
  org_chart_root_people_ids: [],
  org_chart_sector: null,
  org_chart_removed: null,
  org_chart_show_department_filter: null,
  organization_raw_address: null,
  organization_postal_code: null,
  organization_street_address: null,
  organization_city: null,
  organization_state: null,
  organization_country: null,
  suggest_location_enrichment: false,
  engagement_graph: [],
  salesforce_record_url: null,
  show_intent: false,
  has_intent_signal_account: false,
  intent_signal_account: null,
  organization_headcount_six_month_growth: null,
  organization_headcount_twelve_month_growth: null,
  organization_headcount_twenty_four_month_growth: null,
  account_queues: [],
  disable_flag: false,
}

/** Shown, found, made or changed by itself: with what is counted of its people. */
export function wireAccountAlone(
  account: AccountRow,
  { figures, ...extras }: AccountExtras & { figures: AccountFigures | undefined },
) {
  const standings = figures?.standings ?? []
  const tally: Record<string, number> = {}
  for (const one of standings) {
    const word = tallyWord(one)
    tally[word] = (tally[word] ?? 0) + one.people
  }
  return {
    ...NOT_KNOWN,
    ...wireAccount(account, extras),
    raw_address: account.rawAddress,
    contact_emailer_campaign_ids: [...new Set(standings.map((one) => one.sequenceId))],
    contact_campaign_status_tally: tally,
    num_contacts: figures?.contacts ?? 0,
    last_activity_date: figures?.lastActivityAt == null ? null : isoWithOffset(figures.lastActivityAt),
  }
}
