/** The team and its people as the page and programs see them. */
import { Type } from 'typebox'
import type { ApiKeyRow } from '../../store/api-keys.ts'
import type { TeamRow } from '../../store/teams.ts'
import { iso, isoOrNull, WireInstant, WireInstantOrNull } from './instant.ts'

const TextOrNull = Type.Union([Type.String(), Type.Null()])

const CapOrNull = Type.Union([Type.Integer(), Type.Null()])

export const WireTeam = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    time_zone: Type.String(),
    legal_name: TextOrNull,
    postal_address: TextOrNull,
    opt_out_html: Type.String(),
    max_emails_per_domain_per_day: CapOrNull,
    max_emails_per_free_mail_domain_per_day: CapOrNull,
    max_emails_per_account_per_week: CapOrNull,
    away_margin_days: Type.Integer(),
    away_resume_days: Type.Union([Type.Integer(), Type.Null()]),
    blocked_per_day_max: Type.Integer(),
    stale_after_hours: Type.Integer(),
    same_account_reply_policy: Type.String({ description: 'ignore, delay or stop.' }),
    same_account_reply_delay_days: Type.Integer(),
    one_contact_per_company_in_sequence: Type.Boolean(),
    only_owners_may_email: Type.Boolean(),
  },
  { title: 'Team' },
)

export function wireTeam(team: TeamRow) {
  return {
    id: team.publicId,
    name: team.name,
    time_zone: team.timeZone,
    legal_name: team.legalName,
    postal_address: team.postalAddress,
    opt_out_html: team.optOutHtml,
    max_emails_per_domain_per_day: team.companyLimits.domainPerDay,
    max_emails_per_free_mail_domain_per_day: team.companyLimits.freeMailPerDay,
    max_emails_per_account_per_week: team.companyLimits.accountPerWeek,
    away_margin_days: team.awayMarginDays,
    away_resume_days: team.awayResumeDays,
    blocked_per_day_max: team.blockedPerDayMax,
    stale_after_hours: team.staleAfterHours,
    same_account_reply_policy: team.sameAccountReply,
    same_account_reply_delay_days: team.sameAccountDelayDays,
    one_contact_per_company_in_sequence: team.onePerCompany,
    only_owners_may_email: team.ownersOnly,
  }
}

export const WireApiKey = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    prefix: Type.String({ description: 'How the key begins.' }),
    master: Type.Boolean({ description: 'It may make every call.' }),
    scopes: Type.Array(Type.String(), { description: 'Else those it may make.' }),
    created_at: WireInstant,
    revoked_at: WireInstantOrNull,
  },
  { title: 'ApiKey' },
)

export function wireApiKey(key: ApiKeyRow) {
  return {
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    master: key.master,
    scopes: key.scopes,
    created_at: iso(key.createdAt),
    revoked_at: isoOrNull(key.revokedAt),
  }
}
