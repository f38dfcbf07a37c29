/** The team: signing in, its name and address, its people and keys, and what Home shows. */
import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import type { ApiKey, Home, Pagination, Session, Team, User } from './api-types.ts'

export interface SetupInput {
  team_name: string
  time_zone: string
  name: string
  email: string
  password: string
}

export const setUp = (input: SetupInput) =>
  api.post<{ team_id: string; user_id: string; api_key: string }>('/setup', input)
export const signIn = (email: string, password: string) =>
  api.post<Pick<Session, 'user' | 'team'>>('/session', { email, password })
export const signOut = () => api.delete('/session')

export const updateTeam = (patch: Partial<Omit<Team, 'id'>>) => api.patch<{ team: Team }>('/team', patch)

export const homeQuery = queryOptions({
  queryKey: ['home'],
  queryFn: ({ signal }) => api.get<Home>('/home', undefined, signal),
  refetchInterval: 15_000,
})

export const keysQuery = queryOptions({
  queryKey: ['api-keys'],
  queryFn: ({ signal }) => api.get<{ api_keys: ApiKey[] }>('/api_keys', undefined, signal),
})
export const createKey = (name: string) => api.post<{ api_key: string; key: ApiKey }>('/api_keys', { name })
export const revokeKey = (id: string) => api.delete(`/api_keys/${id}`)

export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: ({ signal }) => api.post<{ users: User[]; pagination: Pagination }>('/users/search', {}, signal),
})

export const updateUser = (id: string, patch: { first_name: string | null; last_name: string | null }) =>
  api.patch<{ user: User }>(`/users/${id}`, patch)
interface Named {
  id: string
  name: string | null
}

/** What deleting somebody of the team would do. */
export interface UserDeletion {
  id: string
  name: string
  email: string
  last_admin: boolean
  /** Who takes over, unless another is named. */
  hand_to: Named | null
  mailboxes: { id: string; email: string; people: number; open_tasks: number; answers_unread: boolean }[]
  people: number
  sequences: Named[]
  contacts: number
  accounts: number
  open_tasks: number
  /** Names of the keys that they made. */
  api_keys: string[]
}

/** Asked anew each time: people come and go. */
export const deletionQuery = (id: string) =>
  queryOptions({
    queryKey: ['users', id, 'deletion'],
    queryFn: async ({ signal }) =>
      (await api.get<{ deletion: UserDeletion }>(`/users/${id}/deletion`, undefined, signal)).deletion,
    staleTime: 0,
  })

export interface UserDeletionInput {
  hand_to?: string
  mailboxes?: string
  move_to?: string[]
  unread_answers?: string
}

export const deleteUser = (id: string, input: UserDeletionInput) =>
  api.delete<{ handed_to: Named; failed: number }>(`/users/${id}`, input)
