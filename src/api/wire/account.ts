/** A company on the wire, as searches carry it beside a contact: the recorded keys of `account` and of `organization`. */

import { sanitizePhone } from '../../core/phone.ts'
import type { AccountRow } from '../../store/accounts.ts'
import { iso } from './instant.ts'

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

export function wireAccount(account: AccountRow, teamPublicId: string) {
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
    phone_status: 'no_status',
    hubspot_id: null,
    salesforce_id: null,
    crm_owner_id: null,
    parent_account_id: null,
    sanitized_phone: account.phone === null ? null : sanitizePhone(account.phone),
    account_playbook_statuses: [],
    account_rule_config_statuses: [],
    existence_level: 'full',
    label_ids: [],
    typed_custom_fields: {},
    custom_field_errors: {},
    modality: 'account',
    source_display_name: account.source === 'csv_import' ? 'Uploaded from CSV' : 'Created from API',
    crm_record_url: null,
  }
}
