/** What the API says, as far as the page reads it. Names are the wire's; the words shown to people are ours. Written by hand until `openapi.json` generates them. */

import type { CompanyRule } from './company-rules.ts'

export type Iso = string

export interface Pagination {
  page: number
  per_page: number
  total_entries: number
  total_pages: number
}

export interface Session {
  user: { id: string; name: string; email: string }
  team: Team
  clock: Clock
  has_real_mailbox: boolean
  public_url_is_https: boolean
  /** Where a mailbox can be connected by signing in. */
  oauth_providers: string[]
  fenced_reason: string | null
  warnings: string[]
}

export interface Team {
  id: string
  name: string
  time_zone: string
  legal_name: string | null
  postal_address: string | null
  opt_out_html?: string | null
  /** Business days after somebody is back. */
  away_margin_days: number
  away_resume_days: number | null
  blocked_per_day_max: number
  stale_after_hours: number
  same_account_reply_policy: CompanyRule
  same_account_reply_delay_days: number
  one_contact_per_company_in_sequence: boolean
  only_owners_may_email: boolean
  max_emails_per_domain_per_day: number | null
  max_emails_per_free_mail_domain_per_day: number | null
  max_emails_per_account_per_week: number | null
}

export interface Clock {
  now: Iso
  travel_enabled: boolean
  travelled: boolean
  offset_ms: number
}

export interface ApiKey {
  id: string
  name: string
  prefix: string
  created_at: Iso
  revoked_at: Iso | null
}

export interface Home {
  checklist: { key: string; done: boolean }[]
  counts: {
    sequences_active: number
    people_active: number
    sent_today: number
    unknown: number
    holds: number
  }
}

export interface User {
  id: string
  name: string
  first_name: string | null
  last_name: string | null
  email: string
  created_at: Iso
  deleted?: boolean
}

// Contacts

export interface Contact {
  id: string
  first_name: string | null
  last_name: string | null
  name: string | null
  title: string | null
  email: string | null
  email_status?: string | null
  email_unsubscribed?: boolean | null
  organization_name: string | null
  contact_stage_id: string | null
  label_ids: string[]
  time_zone: string | null
  time_zone_source?: 'stated' | 'inferred' | null
  time_zone_inferred_from?: string | null
  city?: string | null
  state?: string | null
  country?: string | null
  linkedin_url?: string | null
  present_raw_address?: string | null
  phone_numbers?: { raw_number: string; type: string | null }[]
  /** Values of the team's own fields, by their names. */
  custom?: Record<string, unknown>
  source?: string | null
  source_display_name?: string | null
  last_activity_date?: Iso | null
  created_at: Iso
  contact_campaign_statuses?: ContactStatus[]
}

export interface ContactStatus {
  id: string
  emailer_campaign_id: string
  status: string
  inactive_reason: string | null
  failure_reason: string | null
  current_step_position?: number | null
  send_email_from_email_address?: string | null
}

export interface ContactFields {
  first_name?: string
  last_name?: string
  email?: string
  title?: string
  organization_name?: string
  time_zone?: string
  city?: string
  country?: string
  linkedin_url?: string
  direct_phone?: string
  label_names?: string[]
  contact_stage_id?: string
  typed_custom_fields?: Record<string, string>
}

export interface ContactStage {
  id: string
  name: string
  display_name: string
  display_order: number
  /** What moves people here by itself, whatever the team calls the stage. */
  role: string | null
}

export interface Label {
  id: string
  name: string
  modality: string
  cached_count: number
}

export interface SentEntry {
  kind: 'sent'
  at: Iso
  message_id: string
  subject: string
  html: string
  /** The mail has html, which is shown of the newest mails only. */
  html_left_out: boolean
  text: string
  status: string
  mailbox: string
  sequence_id: string | null
  step_position: number | null
  /** By people; what machines did stands apart. */
  opens: number
  clicks: number
  machine_opens: number
  scanner_clicks: number
}

export interface ReceivedEntry {
  kind: 'received'
  at: Iso
  inbound_kind: string
  from: string
  subject: string
  html: string
  /** The mail has html, which is shown of the newest mails only. */
  html_left_out: boolean
  text: string
  evidence: string[]
  confidence: number
}

export interface ActivityEntry {
  kind: 'activity'
  at: Iso
  sentence: string
  activity: string
  sequence_id: string | null
  reason: string | null
  detail: Record<string, unknown>
}

export type TimelineEntry = SentEntry | ReceivedEntry | ActivityEntry

export interface PersonEnrollment {
  id: string
  sequence_id: string
  sequence_name: string | null
  state: string
  reason: string | null
  sentence: string | null
  step_position: number | null
  num_steps: number
  next_at: Iso | null
}

export interface Timeline {
  contact: Contact
  entries: TimelineEntry[]
  enrollments: PersonEnrollment[]
}

// Imports and suppressions

export type ImportState = 'uploaded' | 'running' | 'done' | 'failed'

export interface Import {
  id: string
  kind: 'contacts' | 'suppressions'
  state: ImportState
  file_name: string
  columns: string[]
  samples: string[][]
  guesses: Record<string, string>
  fields: { name: string; label: string }[]
  /** Column to field, once it was started. */
  mapping: Record<string, string> | null
  bytes: number
  rows_read: number
  rows_total: number
  rows_created: number
  rows_updated: number
  rows_failed: number
  /** 0 to 1. */
  progress: number
  problem: string | null
  created_at: Iso
}

export interface DryRun {
  rows: number
  new: number
  update: number
  failed: number
  failures: { row: number; reason: string }[]
}

export interface Suppression {
  kind: 'address' | 'domain' | 'hash'
  value: string
  reason: string
  source: string
  created_at: Iso
  lifted_at: Iso | null
}

// Schedules

export interface Window {
  /** 1 Monday to 7 Sunday. */
  day: number
  opens_at_minute: number
  closes_at_minute: number
}

export interface Schedule {
  id: string
  name: string
  default: boolean
  time_zone: string
  use_contacts_time_zone: boolean
  skip_holidays: boolean
  windows: Window[]
  always: boolean
  extra_holidays: string[]
  holiday_country: string | null
  holiday_region: string | null
  upcoming_holidays: { date: string; name: string }[]
}

// Reading

export interface SandboxMail {
  id: string
  from: string
  to: string
  subject: string
  received_at: Iso
  direction: 'received' | 'answer'
  contact_id: string | null
  message_id: string | null
  answered: boolean
}

export interface SandboxMailDetail extends SandboxMail {
  html: string
  text: string
  raw: string
  headers: {
    threads_with: string | null
    opts_out_by: string | null
    list_unsubscribe: string | null
    message_id: string | null
    in_reply_to: string | null
    references: string[]
  }
}

export interface SandboxThreadItem {
  id: string
  direction: 'received' | 'answer'
  from: string
  subject: string
  received_at: Iso
}

export interface Evidence {
  name: string
  value: string
  /** 0 to 1. */
  score?: number
}

export interface Inbound {
  id: string
  kind: string
  class: string | null
  from: { email: string | null; name: string | null }
  subject: string
  text: string
  received_at: Iso
  contact_id: string | null
  sequence_name: string | null
  evidence: Evidence[]
  confidence: number
  /** What it means, in the contract's words. */
  reply_class: string | null
}
