/** What the API says of sequences, their steps and the people in them. Names are the wire's. */

import type { Contact, Iso, Pagination } from './api-types.ts'
import type { CompanyRule } from './company-rules.ts'

export interface PeopleCounts {
  active: number
  paused: number
  finished: number
  failed?: number
  replied: number
  bounced: number
  held: number
  total: number
}

export type StageEvent =
  | 'replied'
  | 'demoed'
  | 'interested'
  | 'not_interested'
  | 'left_company'
  | 'hard_bounced'
  | 'unsubscribed'
  | 'unresponsive'
/** By event; null: the stage stays. An event that is not named moves to the usual one. */
export type StageRules = Partial<Record<StageEvent, string | null>>

export interface Sequence {
  id: string
  name: string | null
  active: boolean
  archived: boolean
  created_at: Iso
  last_used_at: Iso | null
  user_id: string | null
  owner_name: string | null
  emailer_schedule_id: string | null
  schedule: { id: string; name: string; time_zone: string; always: boolean } | null
  num_steps: number
  max_emails_per_day: number | null
  mark_finished_if_reply: boolean | null
  mark_finished_if_click: boolean | null
  create_task_if_email_open: boolean | null
  email_open_trigger_task_threshold: number | null
  mark_paused_if_ooo: boolean | null
  open_tracking_enabled: boolean
  click_tracking_enabled: boolean
  /** Until somebody who received everything counts as unresponsive; null: never. */
  days_to_wait_before_mark_as_response: number | null
  /** What an answer does to others of its company; null: what the team says. */
  same_account_reply_policy: CompanyRule | null
  same_account_reply_delay_days: number | null
  contact_email_event_to_stage_mapping: StageRules
  excluded_contact_stage_ids: string[] | null
  cc_emails: string | null
  bcc_emails: string | null
  /** Turned off by itself since then, because too much came back. */
  auto_paused_at: Iso | null
  auto_pause_words: string | null
  /** What comes near the rate at which it is paused, with its numbers. */
  reputation_warning: string | null
  unique_delivered: number
  unique_opened: number
  unique_clicked: number
  unique_machine_opened: number
  unique_scanner_clicked: number
  unique_delivered_open_tracked: number
  unique_delivered_click_tracked: number
  unique_replied: number
  unique_bounced: number
  unique_unsubscribed?: number
  reply_rate: number
  bounce_rate: number
  people: PeopleCounts
  next_send_at: Iso | null
}

export type StepKind =
  | 'auto_email'
  | 'manual_email'
  | 'call'
  | 'action_item'
  | 'linkedin_step_connect'
  | 'linkedin_step_message'
  | 'linkedin_step_view_profile'
  | 'linkedin_step_interact_post'

export type WaitUnit = 'second' | 'minute' | 'hour' | 'day' | 'week'
export type Thread = 'new_thread' | 'reply_to_thread'

export interface Step {
  id: string
  position: number
  type: StepKind
  wait_time: number
  wait_mode: WaitUnit
  wait_business_days: boolean
  note: string | null
  priority?: 'high' | 'medium' | 'low' | null
  auto_skip_in_x_days?: number | null
  max_emails_per_day: number | null
  /** Of steps that a person does. */
  tasks_open?: number
  unique_completed?: number
  unique_skipped?: number
  /** Of calls: what they came to. */
  outcomes?: { id: string; name: string; answered: boolean; count: number }[]
  counts?: Partial<Record<'active' | 'paused' | 'finished' | 'bounced' | 'not_sent', number>>
  ab_test?: {
    state: 'too_few' | 'no_difference' | 'difference'
    sentence: string
    leader: string | null
  } | null
}

/** A rate with its 95 % interval; `of` 0: nothing to divide by. */
export interface Estimate {
  n: number
  of: number
  rate: number | null
  low: number
  high: number
}

export interface Variant {
  id: string
  emailer_step_id: string
  emailer_template_id: string
  status: 'to_be_reviewed' | 'approved'
  type: Thread
  include_signature: boolean
  attachment_ids: string[]
  unique_delivered?: number | null
  unique_replied?: number | null
  unique_bounced?: number | null
  /** Its share among the wordings of its step; 0: switched off. */
  weight: number
  results?: Record<'replied' | 'bounced' | 'opened' | 'clicked', Estimate>
}

export interface Template {
  id: string
  subject: string | null
  body_html: string | null
}

export interface SequenceDetail {
  emailer_campaign: Sequence
  emailer_steps: Step[]
  emailer_touches: Variant[]
  emailer_templates: Template[]
}

export interface VariantInput {
  id?: string
  type: Thread
  status: 'approved' | 'to_be_reviewed'
  include_signature: boolean
  weight: number
  attachment_ids?: string[]
  emailer_template: { id?: string; subject: string; body_html: string }
}

export interface StepInput {
  id?: string
  type: StepKind
  wait_time: number
  wait_mode: WaitUnit
  wait_business_days?: boolean
  note?: string | null
  priority?: 'high' | 'medium' | 'low' | null
  auto_skip_in_x_days?: number | null
  emailer_touches: VariantInput[]
}

interface PeopleOnStep {
  step_id: string
  /** After the update. */
  position: number
  people: number
}

/** Whom an update would touch. */
export interface ForeseenUpdate {
  deleted_steps: { step_id: string; goes_on_with_position: number | null; people: number }[]
  inserted_steps: { position: number; met_by: number; not_met_by: number }[]
  retimed_steps: PeopleOnStep[]
  reworded_steps: PeopleOnStep[]
  drafts_following: number
  drafts_keeping_their_text: number
}

export interface SequenceInput {
  name?: string
  active?: boolean
  emailer_schedule_id?: string
  max_emails_per_day?: number | null
  mark_finished_if_reply?: boolean
  mark_finished_if_click?: boolean
  create_task_if_email_open?: boolean
  email_open_trigger_task_threshold?: number | null
  open_tracking_enabled?: boolean
  click_tracking_enabled?: boolean
  mark_paused_if_ooo?: boolean
  days_to_wait_before_mark_as_response?: number | null
  same_account_reply_policy?: CompanyRule | null
  same_account_reply_delay_days?: number | null
  contact_email_event_to_stage_mapping?: StageRules
  excluded_contact_stage_ids?: string[]
  cc_emails?: string
  bcc_emails?: string
  emailer_steps?: StepInput[]
}

export interface Notice {
  code: string
  sentence: string
  step_id?: string | null
  /** With this the server refuses to turn the sequence on. */
  refuses: boolean
}

export interface Readiness {
  ready: boolean
  problems: Notice[]
  warnings: string[]
  /** What people in the sequence lack and a wording prints: those mails would be held. */
  missing: MissingValue[]
  people_looked_at: number
  /** There are more people than were looked at. */
  more_people: boolean
}

export interface MissingValue {
  variable: string
  people: number
  steps: number[]
  examples: { contact_id: string; name: string }[]
}

interface Party {
  email: string | null
  name: string | null
}

export interface Preview {
  subject: string
  html: string
  text: string
  missing: string[]
  attachments: { id: string; file_name: string; size: number }[]
  cc_emails: string[]
  bcc_emails: string[]
  from: Party
  to: Party
  contact_id: string
  problem: string | null
}

/** Where a trial mail was queued to go. */
export interface QueuedTrial {
  to_email: string
  from_email: string
  sandbox: boolean
}

export interface Enrollment {
  id: string
  contact: Pick<Contact, 'id' | 'name' | 'email' | 'time_zone'> & { company: string | null }
  state: string
  reason: string | null
  sentence: string
  step_position: number | null
  num_steps: number
  next_at: Iso | null
  next_gate: { name: string; sentence: string; until: Iso | null } | null
  mailbox_email: string | null
  added_at: Iso
}

export interface EnrollmentPage {
  enrollments: Enrollment[]
  counts: PeopleCounts
  pagination: Pagination
}

export interface WhyGate {
  name: string
  state: 'open' | 'closed'
  rule: string
  value?: string | null
  sentence?: string | null
  until?: Iso | null
}

export interface Why {
  gates: WhyGate[]
  next_at: Iso | null
  decision: unknown
}

export interface Message {
  id: string
  status: string
  subject: string | null
  to_email: string | null
  to_name: string | null
  from_email: string | null
  contact_id: string | null
  emailer_campaign_id: string | null
  campaign_name?: string | null
  campaign_position?: number | null
  due_at: Iso | null
  completed_at: Iso | null
  failed_at: Iso | null
  failure_reason: string | null
  not_sent_reason: string | null
  bounce?: boolean | null
  replied?: boolean | null
  /** Nobody knows whether it arrived. */
  unknown?: boolean
  created_at: Iso
}

export interface SkipReason {
  code: string
  /** The option of the call that would have let them in. */
  flag: string | null
  sequence_id: string | null
  sequence_name: string | null
  same_address_as: string | null
}

export interface Skipped {
  id: string
  reasons: SkipReason[]
}

/** A mail whose delivery had begun when the call was made. */
export interface StillSending {
  contact_id: string | null
  to_email: string | null
}

export interface AddResult {
  contacts: Contact[]
  skipped_contacts: Skipped[]
  /** Of those added: who received emails of this sequence before. */
  received_before: { id: string }[]
  emailer_campaign: Sequence
}
