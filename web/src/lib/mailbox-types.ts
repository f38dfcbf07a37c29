/** Mailboxes as the API gives and takes them. */
import type { Iso } from './api-types.ts'

export type Tls = 'tls' | 'starttls' | 'none'

export interface Server {
  host: string
  port: number
  tls: Tls
  user: string | null
}

export interface Mailbox {
  id: string
  email: string
  active: boolean
  default: boolean
  aliases: string[]
  signature_html: string | null
  seconds_delay_between_emails: number
  email_daily_threshold: number
  max_outbound_emails_per_hour: number
  gap_jitter_percent: number
  ramp_up: (RampUp & { starts_on: string; allowed_today: number; full_on: string }) | null
  /** The key of a mail provider. */
  provider: string
  /** Limits above what the provider takes. */
  warnings: string[]
  kind: string
  state: 'unchecked' | 'connected' | 'disconnected' | 'removed'
  state_sentence: string
  /** Stopped since then, because too much of what it sent came back. */
  suspended_at: Iso | null
  /** What comes near the rate at which it is stopped, with its numbers. */
  reputation_warning: string | null
  from_name: string | null
  reply_to: string | null
  smtp: Server | null
  imap: Server | null
  /** The mailbox that reads its replies, when it is another. */
  reads_via: string | null
  used_day: number
  used_hour: number
  next_free_at: Iso | null
  last_read_at: Iso | null
  read_problem: string | null
  is_sandbox: boolean
  opt_out: 'https' | 'mailto'
}

export interface MailboxInput {
  email?: string
  from_name?: string | null
  reply_to?: string | null
  aliases?: string[]
  signature_html?: string
  smtp?: Server & { password?: string }
  imap?: (Server & { password?: string }) | null
  reads_via?: string | null
  email_daily_threshold?: number
  max_outbound_emails_per_hour?: number
  seconds_delay_between_emails?: number
  gap_jitter_percent?: number
  ramp_up?: (RampUp & { starts_on?: string }) | null
}

export interface CheckStep {
  name: string
  state: 'done' | 'failed' | 'noted'
  words: string
}

export interface Check {
  id: string
  state: 'running' | 'passed' | 'failed'
  steps: CheckStep[]
}

export interface RampUp {
  start_per_day: number
  step_per_day: number
}

export interface Provider {
  key: string
  name: string
  needs: string
  /** What a password is called there. */
  password: string
  smtp: Omit<Server, 'user'>
  imap: Omit<Server, 'user'> | null
  ceiling: { per_day: number | null; per_hour: number | null; words: string }
  careful: {
    email_daily_threshold: number
    max_outbound_emails_per_hour: number
    seconds_delay_between_emails: number
    gap_jitter_percent: number
    ramp_up: RampUp
  }
}

export interface RemovalChoice {
  people: 'move' | 'finish' | 'hold'
  /** People in sequences whom it changes. */
  touches: number
  sentence: string
}

/** A mailbox that was removed and is not done with. */
export interface RemovedMailbox {
  id: string
  email: string
  /** Null: its answers are not read any more. */
  reads_until: Iso | null
  read_problem: string | null
  /** Held until somebody chooses another mailbox for them. */
  people_waiting: number
}

/** What removing a mailbox would do. */
export interface Removal {
  id: string
  email: string
  people: { total: number; waiting: number; in_thread: number; failed: number }
  sequences: { id: string; name: string | null; people: number }[]
  open_tasks: number
  drafts: number
  /** Of no sequence. */
  queued_emails: number
  still_sending: number
  /** Relays: they stand in the way. */
  reads_for: string[]
  will_be_read: boolean
  keep_reading_days: number
  /** Somebody may have answered, and nobody knows. */
  answers_unread: boolean
  read_problem: string | null
  last_read_at: Iso | null
  choices: RemovalChoice[]
}
