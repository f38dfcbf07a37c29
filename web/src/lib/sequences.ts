/** Sequences, the people in them and what was sent, as the page asks for them. */
import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import type { Contact, Pagination } from './api-types.ts'
import { PAGE_ROWS } from './paged.ts'
import type {
  AddResult,
  EnrollmentPage,
  ForeseenUpdate,
  Message,
  Preview,
  QueuedTrial,
  Readiness,
  Sequence,
  SequenceDetail,
  SequenceInput,
  StillSending,
  Why,
} from './sequence-types.ts'

export interface SequencePage {
  emailer_campaigns: Sequence[]
  pagination: Pagination
}

export interface SequenceSearch {
  q?: string | undefined
  status?: string | undefined
  sort?: string | undefined
  ascending?: boolean
  page?: number
  perPage?: number
}

export const searchSequences = (search: SequenceSearch, signal?: AbortSignal) =>
  api.post<SequencePage>(
    '/emailer_campaigns/search',
    {
      ...(search.q ? { q_name: search.q } : {}),
      ...(search.status ? { emailer_campaign_status: search.status } : {}),
      ...(search.sort ? { sort_by_field: search.sort, sort_ascending: search.ascending ?? false } : {}),
      page: search.page ?? 1,
      per_page: search.perPage ?? PAGE_ROWS,
    },
    signal,
  )

export const sequenceKey = (id: string) => ['sequences', 'one', id] as const

export const sequenceQuery = (id: string) =>
  queryOptions({
    queryKey: [...sequenceKey(id), 'detail'],
    queryFn: ({ signal }) => api.get<SequenceDetail>(`/emailer_campaigns/${id}`, undefined, signal),
    refetchInterval: 15_000,
  })

export const readinessQuery = (id: string) =>
  queryOptions({
    queryKey: [...sequenceKey(id), 'readiness'],
    queryFn: ({ signal }) => api.get<Readiness>(`/sequences/${id}/readiness`, undefined, signal),
  })

export interface PreviewInput {
  step_id?: string
  touch_id?: string
  subject?: string
  body_html?: string
  attachment_ids?: string[]
  contact_id?: string
}

export const previewQuery = (id: string, input: PreviewInput) =>
  queryOptions({
    queryKey: [...sequenceKey(id), 'preview', input],
    queryFn: ({ signal }) => api.post<Preview>(`/sequences/${id}/preview`, input, signal),
    placeholderData: (previous) => previous,
    retry: false,
  })

export const createSequence = (input: SequenceInput) =>
  api.post<{ emailer_campaign: Sequence }>('/sequences', input)

export const updateSequence = (id: string, input: SequenceInput) =>
  api.put<{ emailer_campaign: Sequence }>(`/sequences/${id}`, input)

export const foreseeUpdate = (id: string, input: SequenceInput) =>
  api.put<ForeseenUpdate>(`/sequences/${id}`, { ...input, dry_run: true })

export const activate = (id: string) => api.post(`/emailer_campaigns/${id}/approve`)
export const deactivate = (id: string) =>
  api.post<{ still_sending: StillSending[] }>(`/emailer_campaigns/${id}/abort`)
export const archive = (id: string) => api.post(`/emailer_campaigns/${id}/archive`)
export const confirmAlways = (id: string) => api.post(`/sequences/${id}/confirm_always`)

export const sendMeThis = (
  id: string,
  input: { step_id: string; contact_id: string; to: 'me' | 'sandbox' },
) => api.post<{ queued: QueuedTrial }>(`/sequences/${id}/send_me_this`, input)

// The people in a sequence

export interface EnrollmentSearch {
  sequenceId?: string
  state?: string | undefined
  stepId?: string | undefined
  q?: string | undefined
  page?: number
  perPage?: number
}

export const searchEnrollments = (search: EnrollmentSearch, signal?: AbortSignal) =>
  api.post<EnrollmentPage>(
    '/enrollments/search',
    {
      ...(search.sequenceId ? { sequence_id: search.sequenceId } : {}),
      ...(search.state ? { state: search.state } : {}),
      ...(search.stepId ? { step_id: search.stepId } : {}),
      ...(search.q ? { q: search.q } : {}),
      page: search.page ?? 1,
      per_page: search.perPage ?? PAGE_ROWS,
    },
    signal,
  )

export const whyQuery = (enrollmentId: string) =>
  queryOptions({
    queryKey: ['enrollments', enrollmentId, 'why'],
    queryFn: ({ signal }) => api.get<Why>(`/enrollments/${enrollmentId}/why`, undefined, signal),
    refetchInterval: 15_000,
  })

/** `mailboxId`: who writes to them from now on, where theirs went away. */
export const release = (enrollmentId: string, mailboxId?: string) =>
  api.post(
    `/enrollments/${enrollmentId}/release`,
    mailboxId === undefined ? {} : { send_email_from_email_account_id: mailboxId },
  )

export interface AddInput {
  contact_ids?: string[]
  label_names?: string[]
  send_email_from_email_account_id: string[]
  sequence_unverified_email?: boolean
  sequence_active_in_other_campaigns?: boolean
  sequence_finished_in_other_campaigns?: boolean
  sequence_job_change?: boolean
  add_if_in_queue?: boolean
  sequence_same_company_in_same_campaign?: boolean
  contacts_without_ownership_permission?: boolean
  /** Whoever was in the sequence before goes on after what they received. */
  start_after_received?: boolean
}

export const addPeople = (id: string, input: AddInput) =>
  api.post<AddResult>(`/emailer_campaigns/${id}/add_contact_ids`, { emailer_campaign_id: id, ...input })

export const stopPeople = (id: string, contactIds: string[], mode: 'mark_as_finished' | 'remove') =>
  api.post<{ contacts: Contact[] }>('/emailer_campaigns/remove_or_stop_contact_ids', {
    emailer_campaign_ids: [id],
    contact_ids: contactIds,
    mode,
  })

export const changeStatuses = (id: string, contactIds: string[], status: 'active' | 'paused' | 'finished') =>
  api.post<{ contacts: Contact[] }>(`/emailer_campaigns/${id}/change_contact_statuses`, {
    contact_ids: contactIds,
    status,
  })

// What was sent

export interface MessagePage {
  emailer_messages: Message[]
  pagination: Pagination
}

export interface MessageSearch {
  sequenceId?: string | undefined
  stats?: string | undefined
  /** A date of the team's zone, YYYY-MM-DD. */
  since?: string | undefined
  page?: number
}

export const searchMessages = (search: MessageSearch, signal?: AbortSignal) =>
  api.post<MessagePage>(
    '/emailer_messages/search',
    {
      ...(search.sequenceId ? { emailer_campaign_ids: [search.sequenceId] } : {}),
      ...(search.stats ? { emailer_message_stats: [search.stats] } : {}),
      ...(search.since ? { emailer_message_date_range: { min: search.since } } : {}),
      page: search.page ?? 1,
      per_page: PAGE_ROWS,
    },
    signal,
  )

export const unknownQuery = queryOptions({
  queryKey: ['messages', 'unknown'],
  queryFn: ({ signal }) =>
    api.get<{ emailer_messages: Message[] }>('/emailer_messages/unknown', undefined, signal),
})

export const resolveUnknown = (messageId: string, as: 'sent' | 'send_again') =>
  api.post(`/emailer_messages/${messageId}/resolve`, { as })
