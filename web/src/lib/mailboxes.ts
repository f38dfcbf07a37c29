/** Mailboxes and schedules, as the page asks for them. */
import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import type { Schedule } from './api-types.ts'
import type { Check, Mailbox, MailboxInput, Provider, Removal, RemovedMailbox } from './mailbox-types.ts'

export const mailboxesQuery = queryOptions({
  queryKey: ['mailboxes'],
  queryFn: async ({ signal }) => {
    const { email_accounts } = await api.get<{ email_accounts: Mailbox[] }>(
      '/email_accounts',
      undefined,
      signal,
    )
    return email_accounts.filter((mailbox) => mailbox.state !== 'removed')
  },
  refetchInterval: 15_000,
})

/** They change with the program only. */
export const providersQuery = queryOptions({
  queryKey: ['providers'],
  queryFn: async ({ signal }) => {
    const { providers } = await api.get<{ providers: Provider[] }>(
      '/email_accounts/providers',
      undefined,
      signal,
    )
    return providers
  },
  staleTime: Number.POSITIVE_INFINITY,
})

export interface Connected {
  email_account: Mailbox
  sequences_on_always?: { id: string; name: string | null }[]
}

export const connectMailbox = (input: MailboxInput) => api.post<Connected>('/email_accounts', input)
export const updateMailbox = (id: string, input: MailboxInput) =>
  api.patch<Connected>(`/email_accounts/${id}`, input)
export type SignInProvider = 'google' | 'microsoft'

/** The link to follow; with an id, that mailbox is let in again. */
export const beginSignIn = (provider: SignInProvider, id?: string) =>
  api.post<{ authorization_url: string }>('/email_accounts/oauth', { provider, ...(id ? { id } : {}) })
/** Whom removing it would touch, by each choice. Asked anew each time: people come and go. */
export const removalQuery = (id: string) =>
  queryOptions({
    queryKey: ['mailboxes', id, 'removal'],
    queryFn: async ({ signal }) =>
      (await api.get<{ removal: Removal }>(`/email_accounts/${id}/removal`, undefined, signal)).removal,
    staleTime: 0,
  })

export interface RemovalInput {
  people?: string
  move_to?: string[]
  unread_answers?: string
  keep_reading_days: number
}

export const removeMailbox = (id: string, input: RemovalInput) =>
  api.delete<{ reads_until: string | null }>(`/email_accounts/${id}`, input)
export const removedQuery = queryOptions({
  queryKey: ['mailboxes', 'removed'],
  queryFn: async ({ signal }) =>
    (await api.get<{ email_accounts: RemovedMailbox[] }>('/email_accounts/removed', undefined, signal))
      .email_accounts,
})
export const moveStranded = (id: string, moveTo: readonly string[], acceptUnread: boolean) =>
  api.post<{ moved: number }>(`/email_accounts/${id}/move_people`, {
    move_to: moveTo,
    ...(acceptUnread ? { unread_answers: 'accept' } : {}),
  })
export const endReading = (id: string) => api.post(`/email_accounts/${id}/end_reading`)
export const endSuspension = (id: string) =>
  api.post<{ email_account: Mailbox }>(`/email_accounts/${id}/end_suspension`)
export const startCheck = (id: string) => api.post<{ check: Check }>(`/email_accounts/${id}/check`)

export const checkQuery = (mailboxId: string, checkId: string) =>
  queryOptions({
    queryKey: ['mailboxes', mailboxId, 'check', checkId],
    queryFn: ({ signal }) =>
      api.get<{ check: Check }>(`/email_accounts/${mailboxId}/checks/${checkId}`, undefined, signal),
    refetchInterval: ({ state }) => (state.data?.check.state === 'running' || !state.data ? 700 : false),
    enabled: checkId !== '',
  })

export const schedulesQuery = queryOptions({
  queryKey: ['schedules'],
  queryFn: async ({ signal }) => {
    const answer = await api.get<{ emailer_schedules: Schedule[] }>('/emailer_schedules', undefined, signal)
    return answer.emailer_schedules
  },
})

export interface ScheduleInput {
  name: string
  time_zone: string
  use_contacts_time_zone: boolean
  windows: Schedule['windows']
  skip_holidays: boolean
  holiday_country: string | null
  holiday_region: string | null
  extra_holidays: string[]
}

export interface HolidayCountry {
  code: string
  name: string
  regions: { code: string; name: string }[]
}

export const countriesQuery = queryOptions({
  queryKey: ['holidays', 'countries'],
  queryFn: async ({ signal }) =>
    (await api.get<{ countries: HolidayCountry[] }>('/holidays/countries', undefined, signal)).countries,
  staleTime: Number.POSITIVE_INFINITY,
})

export const holidaysQuery = (country: string, region: string | null) =>
  queryOptions({
    queryKey: ['holidays', country, region],
    queryFn: async ({ signal }) =>
      (
        await api.get<{ holidays: { date: string; name: string }[] }>(
          '/holidays',
          { country, ...(region === null ? {} : { region }) },
          signal,
        )
      ).holidays,
  })

export const createSchedule = (input: ScheduleInput) =>
  api.post<{ emailer_schedule: Schedule }>('/emailer_schedules', input)
export const updateSchedule = (id: string, input: ScheduleInput) =>
  api.put<{ emailer_schedule: Schedule }>(`/emailer_schedules/${id}`, input)
export const deleteSchedule = (id: string) => api.delete(`/emailer_schedules/${id}`)
