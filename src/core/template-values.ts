/** The variables that a template can use, made from plain facts about the contact, the account and the sender. The names are the contract's. */
import { domainOf, isFreeMailDomain } from './address.ts'
import type { Value, Values } from './template.ts'
import { type Moment, NOW_NAMES, nowValue } from './template-operators.ts'

type Text = string | null | undefined

/** Whatever is absent or null is a missing value. */
export interface TemplateContact {
  readonly firstName?: Text
  readonly lastName?: Text
  readonly email?: Text
  readonly title?: Text
  readonly phone?: Text
  readonly city?: Text
  readonly state?: Text
  readonly country?: Text
  /** The company as written on the contact, used when there is no account. */
  readonly company?: Text
  /** Custom fields by label or name ("Renewal date" is `renewal_date`). Dates are YYYY-MM-DD. False counts as no value. */
  readonly custom?: Readonly<Record<string, string | number | boolean | null>> | undefined
}

export interface TemplateAccount {
  readonly name?: Text
  readonly domain?: Text
  readonly industry?: Text
  readonly vertical?: Text
  readonly size?: string | number | null | undefined
  readonly city?: Text
  readonly state?: Text
  readonly country?: Text
  readonly latestFundingType?: Text
  readonly custom?: Readonly<Record<string, string | number | boolean | null>> | undefined
}

export interface TemplateSender {
  readonly firstName?: Text
  readonly lastName?: Text
  readonly email?: Text
}

export interface TemplateFacts extends Moment {
  readonly contact: TemplateContact
  readonly account?: TemplateAccount | null | undefined
  readonly sender?: TemplateSender | null | undefined
  /** From `optOutMessage`: formatted, with its link. */
  readonly optOutMessage?: Value
}

/** The names that every team has; custom fields come on top. */
export const VARIABLES: readonly string[] = [
  'first_name',
  'last_name',
  'company',
  'company_unprocessed_name',
  'email',
  'domain',
  'title',
  'phone',
  'location_city',
  'location_state',
  'location_country',
  'industry',
  'vertical',
  'company_size',
  'company_location_city',
  'company_location_state',
  'company_location_country',
  'latest_funding_type',
  'sender_first_name',
  'sender_last_name',
  'sender_email',
  ...NOW_NAMES,
  'opt_out_message',
]

/**
 * Variables of the contract for which no row of ours holds a value: Segue buys no facts about companies. Only a custom field of the same
 * name fills them.
 */
export const UNFILLED: readonly string[] = [
  'industry',
  'vertical',
  'company_size',
  'company_location_city',
  'company_location_state',
  'company_location_country',
  'latest_funding_type',
]

/** All values of one contact. A custom field never replaces a variable of ours, except where ours has no value. */
export function templateValues(facts: TemplateFacts): Values {
  const { contact, account, sender } = facts
  const company = account?.name ?? contact.company
  const fixed: Record<string, Value> = {
    first_name: contact.firstName,
    last_name: contact.lastName,
    company: shortCompany(company),
    company_unprocessed_name: company,
    email: contact.email,
    domain: account?.domain ?? companyDomain(contact.email),
    title: contact.title,
    phone: contact.phone,
    location_city: contact.city,
    location_state: contact.state,
    location_country: contact.country,
    industry: account?.industry,
    vertical: account?.vertical,
    company_size: account?.size === null || account?.size === undefined ? undefined : String(account.size),
    company_location_city: account?.city,
    company_location_state: account?.state,
    company_location_country: account?.country,
    latest_funding_type: account?.latestFundingType,
    sender_first_name: sender?.firstName,
    sender_last_name: sender?.lastName,
    sender_email: sender?.email,
    opt_out_message: facts.optOutMessage,
  }
  for (const name of NOW_NAMES) fixed[name] = nowValue(name, [], facts)
  return { ...customValues(account?.custom), ...customValues(contact.custom), ...present(fixed) }
}

/** The name of a custom field inside a template: "Renewal date (UTC)" is `renewal_date_utc`. */
export function snakeName(label: string): string {
  return label
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '')
}

function customValues(custom: TemplateContact['custom']): Record<string, Value> {
  const values: Record<string, Value> = {}
  for (const [label, value] of Object.entries(custom ?? {}))
    if (value !== null && value !== false) values[snakeName(label)] = String(value)
  return values
}

function present(values: Record<string, Value>): Record<string, Value> {
  const kept: Record<string, Value> = {}
  for (const [name, value] of Object.entries(values))
    if (typeof value === 'object' ? value !== null : value !== undefined && value.trim() !== '')
      kept[name] = value
  return kept
}

function companyDomain(email: Text): string | undefined {
  if (typeof email !== 'string' || !email.includes('@')) return undefined
  const domain = domainOf(email)
  return isFreeMailDomain(domain) ? undefined : domain
}

// Legal forms as they end a name. Two-letter ones in capitals only: "Ab" and "Sa" may be words of the name.
const LEGAL =
  /[\s,]+(?:inc(?:orporated)?|l\.?l\.?c|l\.?l\.?p|ltd|limited|corp(?:oration)?|co|plc|pty|gmbh(?:\s*&\s*co\.?\s*kg)?|s\.a\.s|sas|s\.a|s\.r\.l|srl|s\.p\.a|spa|b\.v|n\.v|a\/s|aps|oyj?|pte|pvt)\.?$/i
const LEGAL_CAPITALS = /[\s,]+(?:AG|KG|SE|SA|AB|AS|BV|NV|UG|KK)$/

/** Longer is not a name, and not worth looking at for a legal form. */
const COMPANY_MAX = 200

/** "Acme, Inc." as a person would write it in a mail: "Acme". The whole name stays in company_unprocessed_name. */
function shortCompany(company: Text): Text {
  if (typeof company !== 'string') return company
  let name = company.trim()
  if (name.length > COMPANY_MAX) return name
  // "Acme Pty. Ltd." and "Acme Co., Inc." carry two.
  for (let round = 0; round < 2; round++) {
    const shorter = name
      .replace(LEGAL, '')
      .replace(LEGAL_CAPITALS, '')
      .replace(/[\s,]+$/, '')
    if (shorter !== '') name = shorter
  }
  return name
}
