/** What a person must do: tasks as the API tells of them, how they end, and the draft of an email that its person sends off. */
import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import type { Contact, Pagination } from './api-types.ts'

export type TaskStatus = 'scheduled' | 'completed' | 'skipped'

export interface Task {
  id: string
  type: string
  status: TaskStatus | null
  priority: 'high' | 'medium' | 'low'
  title: string | null
  note: string | null
  due_at: string
  contact_id: string | null
  contact:
    | (Pick<Contact, 'id' | 'name' | 'email' | 'organization_name' | 'time_zone'> & {
        sanitized_phone?: string | null
      })
    | null
  emailer_campaign_id: string | null
  /** Null: it is no step; the sequence only asked for it. */
  emailer_step_id: string | null
  campaign_name: string | null
  campaign_position: number | null
  completed_at: string | null
  skipped_at: string | null
  pending_send: boolean
  auto_skip_at: string | null
  outcome: string | null
  /** What a call came to, by its name. */
  phone_call_outcome: string | null
}

export interface TaskPage {
  tasks: Task[]
  pagination: Pagination
  faceting: { task_types: { value: string; display_name: string; count: number }[] }
}

export interface TaskSearch {
  q?: string | undefined
  status?: string | undefined
  type?: string | undefined
  due?: string | undefined
  page: number
  /** Where "today" ends for the reader. */
  tomorrow: string
  now: string
}

export function searchTasks(
  { q, status = 'scheduled', type, due, page, tomorrow, now }: TaskSearch,
  signal?: AbortSignal,
) {
  const range =
    due === 'overdue'
      ? { max: now }
      : due === 'today'
        ? { max: tomorrow }
        : due === 'later'
          ? { min: tomorrow }
          : undefined
  const ended = status !== 'scheduled'
  return api.post<TaskPage>(
    '/tasks/search',
    {
      task_statuses: [status],
      ...(type ? { task_types: type === 'linkedin' ? LINKEDIN : [type] } : {}),
      ...(q ? { q_keywords: q } : {}),
      ...(range ? { due_at_range: range } : {}),
      ...(ended ? { sort_by_field: 'task_ended_at', sort_ascending: false } : {}),
      page,
      per_page: 100,
    },
    signal,
  )
}

const LINKEDIN = ['connect', 'message', 'view_profile', 'interact_post'].map(
  (what) => `linkedin_step_${what}`,
)

export const taskQuery = (id: string) =>
  queryOptions({
    queryKey: ['tasks', 'one', id],
    queryFn: ({ signal }) => api.get<{ task: Task }>(`/tasks/${id}`, undefined, signal),
    enabled: id !== '',
  })

/** What a LinkedIn step says to its person. */
export const stepTextQuery = (id: string) =>
  queryOptions({
    queryKey: ['tasks', 'text', id],
    queryFn: ({ signal }) =>
      api.get<{ text: string | null; missing: string[] }>(`/tasks/${id}/text`, undefined, signal),
  })

export interface Draft {
  subject: string
  body_html: string
  edited: boolean
  subject_fixed: boolean
  from_email: string
  to_email: string
  to_name: string | null
  preview: { subject: string; html: string; text: string } | null
  attachments: { id: string; file_name: string; size: number }[]
  missing: string[]
  problem: string | null
  waits_for: { name: string; sentence: string; until: string | null } | null
}

export const draftQuery = (id: string) =>
  queryOptions({
    queryKey: ['tasks', 'draft', id],
    queryFn: ({ signal }) => api.get<{ draft: Draft }>(`/tasks/${id}/draft`, undefined, signal),
    enabled: id !== '',
  })

export const completeTask = (
  id: string,
  input: { note?: string; finish?: boolean; phone_call_outcome_id?: string },
) => api.post(`/tasks/${id}/complete`, input)
export const skipTask = (id: string, note?: string) => api.post(`/tasks/${id}/skip`, note ? { note } : {})
export const saveDraft = (id: string, input: { subject: string | null; body_html: string | null }) =>
  api.put<{ draft: Draft }>(`/tasks/${id}/draft`, input)
export const sendDraft = (id: string) =>
  api.post<{ task: Task; waits_for: Draft['waits_for'] }>(`/tasks/${id}/send`)

const WORDS: Record<string, string> = {
  outreach_manual_email: 'Write an email',
  call: 'Call',
  action_item: 'To do',
  linkedin_step_connect: 'LinkedIn: connect',
  linkedin_step_message: 'LinkedIn: message',
  linkedin_step_view_profile: 'LinkedIn: view the profile',
  linkedin_step_interact_post: 'LinkedIn: react to a post',
}
export const taskWord = (type: string) => WORDS[type] ?? type

/** "Left voicemail: call again on Friday"; empty while nothing came of it. */
export const cameTo = ({ phone_call_outcome, outcome }: Task): string =>
  [phone_call_outcome, outcome].filter(Boolean).join(': ')
