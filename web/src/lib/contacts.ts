/** Contacts, their lists and stages, as the page asks for them. */
import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import type { Contact, ContactFields, ContactStage, Label, Pagination, Timeline } from './api-types.ts'
import { PAGE_ROWS } from './paged.ts'

export interface ContactSearch {
  q?: string | undefined
  stage?: string | undefined
  list?: string | undefined
  page?: number
  perPage?: number
}

export interface ContactPage {
  contacts: Contact[]
  pagination: Pagination
}

export const searchContacts = (search: ContactSearch, signal?: AbortSignal) =>
  api.post<ContactPage>(
    '/contacts/search',
    {
      ...(search.q ? { q_keywords: search.q } : {}),
      ...(search.stage ? { contact_stage_ids: [search.stage] } : {}),
      ...(search.list ? { contact_label_ids: [search.list] } : {}),
      page: search.page ?? 1,
      per_page: search.perPage ?? PAGE_ROWS,
    },
    signal,
  )

export const contactSearchQuery = (q: string, perPage = 20) =>
  queryOptions({
    queryKey: ['contacts', 'quick', q, perPage],
    queryFn: ({ signal }) => searchContacts({ q, perPage }, signal),
    placeholderData: (previous) => previous,
  })

export const contactQuery = (id: string) =>
  queryOptions({
    queryKey: ['contacts', 'one', id],
    queryFn: ({ signal }) => api.get<{ contact: Contact }>(`/contacts/${id}`, undefined, signal),
    enabled: id !== '',
  })

/** Ends all sequences of the contact, too. What is named had left already. */
export const deleteContact = (id: string) =>
  api.delete<{ still_sending: { emailer_message_id: string }[] }>(`/contacts/${id}`)

/** What merging another contact of the same person into this one does, or would do. */
export interface Merge {
  contact: Contact
  filled: string[]
  sequences: {
    emailer_campaign_id: string
    name: string | null
    place_of: string
    goes_on: boolean
    ended_contact_campaign_status_ids: string[]
  }[]
  leaves_email: string | null
  only_merged_is_unsubscribed: boolean
  still_sending: { emailer_message_id: string }[]
}

export const mergeContact = (id: string, otherId: string) =>
  api.post<Merge>(`/contacts/${id}/merge`, { contact_id: otherId })

export const mergePlanQuery = (id: string, otherId: string) =>
  queryOptions({
    queryKey: ['contacts', 'merge', id, otherId],
    queryFn: ({ signal }) =>
      api.post<Merge>(`/contacts/${id}/merge`, { contact_id: otherId, dry_run: true }, signal),
    enabled: otherId !== '',
  })

/** Ends all sequences of the contact. */
export const recordMeeting = (id: string) => api.post(`/contacts/${id}/meeting`)

export const timelineQuery = (id: string) =>
  queryOptions({
    queryKey: ['contacts', 'timeline', id],
    queryFn: ({ signal }) => api.get<Timeline>(`/contacts/${id}/timeline`, undefined, signal),
    refetchInterval: 15_000,
  })

export const stagesQuery = queryOptions({
  queryKey: ['contact-stages'],
  staleTime: 300_000,
  queryFn: ({ signal }) => api.get<{ contact_stages: ContactStage[] }>('/contact_stages', undefined, signal),
})

/** Who has answered, shown interest, must not be written to, or cannot be: the recorded default of what was written by hand. */
const LEAVES_ALONE = ['replied', 'interested', 'do_not_contact', 'bad_data']

/** The stages that a sequence written in the page leaves alone until a person says otherwise. */
export const stagesLeftAlone = (stages: readonly ContactStage[]) =>
  stages.filter((stage) => LEAVES_ALONE.includes(stage.role ?? '')).map((stage) => stage.id)

export const labelsQuery = queryOptions({
  queryKey: ['labels'],
  queryFn: async ({ signal }) => {
    const labels = await api.get<Label[]>('/labels', undefined, signal)
    return labels.filter((label) => label.modality === 'contacts')
  },
})

export interface Created {
  contact: Contact
  dedupe_result?: { found_existing: boolean }
}

/** With an address that is known already, that contact is updated instead: one person, one address. */
export const createContact = (fields: ContactFields) =>
  api.post<Created>('/contacts', { ...fields, run_dedupe: true })

export const updateContact = (id: string, fields: ContactFields) =>
  api.patch<{ contact: Contact }>(`/contacts/${id}`, fields)

export const searchContactsByIds = (ids: string[], signal?: AbortSignal) =>
  api.post<ContactPage>('/contacts/search', { ids, page: 1, per_page: PAGE_ROWS }, signal)
