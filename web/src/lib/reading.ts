/** Mails that were read: the inbox of every mailbox, and the sandbox with what one can answer there. */
import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import type { Inbound, Pagination, SandboxMail, SandboxMailDetail, SandboxThreadItem } from './api-types.ts'

export interface InboundPage {
  inbound: Inbound[]
  pagination: Pagination
}

export const searchInbound = (
  search: { q?: string | undefined; kind?: string | undefined; page?: number; perPage?: number },
  signal?: AbortSignal,
) =>
  api.post<InboundPage>(
    '/inbound/search',
    {
      ...(search.q ? { q: search.q } : {}),
      ...(search.kind ? { kind: search.kind } : {}),
      page: search.page ?? 1,
      ...(search.perPage ? { per_page: search.perPage } : {}),
    },
    signal,
  )

export const sayReplyClass = (id: string, replyClass: string | null) =>
  api.post(`/inbound/${id}/reply_class`, { reply_class: replyClass })

/** Whose mail it is. What is named had left already. */
export const reattachMail = (
  id: string,
  to: { contact_id: string } | { contact_campaign_status_id: string } | { nobody: boolean },
) => api.post<{ still_sending: { emailer_message_id: string }[] }>(`/inbound/${id}/reattach`, to)

export interface SandboxPage {
  mails: SandboxMail[]
  pagination: Pagination
}

export const searchSandbox = (q: string | undefined, page: number, signal?: AbortSignal) =>
  api.post<SandboxPage>('/sandbox/search', { ...(q ? { q } : {}), page }, signal)

export const sandboxMailQuery = (id: string) =>
  queryOptions({
    queryKey: ['sandbox', 'mail', id],
    queryFn: ({ signal }) =>
      api.get<{ mail: SandboxMailDetail; thread: SandboxThreadItem[] }>(
        `/sandbox/mails/${id}`,
        undefined,
        signal,
      ),
    enabled: id !== '',
  })

export type AnswerKind =
  | 'answer'
  | 'away'
  | 'meeting'
  | 'opt_out'
  | 'complaint'
  | 'bounce'
  | 'mailbox_full'
  | 'blocked'

export const answerMail = (id: string, input: { kind: AnswerKind; text?: string; returns_on?: string }) =>
  api.post<{ mail: SandboxMail }>(`/sandbox/mails/${id}/answer`, input)
