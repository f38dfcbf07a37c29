/** Who is signed in, to which team, and what time it is there. */
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { ApiError, api } from './api.ts'
import type { Clock, Session } from './api-types.ts'
import { setServerNow } from './clock.ts'

/** null: nobody is signed in. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: 30_000,
  refetchInterval: 60_000,
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      const session = await api.get<Session>('/session', undefined, signal)
      setServerNow(session.clock.now)
      return session
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null
      throw error
    }
  },
})

export const setupQuery = queryOptions({
  queryKey: ['setup'],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: ({ signal }) => api.get<{ needed: boolean }>('/setup', undefined, signal),
})

/** Only for screens inside the shell, which is drawn for signed-in people alone. */
export function useSession(): Session {
  const { data } = useQuery(sessionQuery)
  if (!data) throw new Error('a screen inside the shell was drawn without a session')
  return data
}

/** Moves the clock forward; comes back when all that fell due in between is done, and then everything shown is asked anew. */
export function useTravel() {
  const queries = useQueryClient()
  return async (advance: string) => {
    const { clock } = await api.post<{ clock: Clock }>('/clock', { advance })
    setServerNow(clock.now)
    await queries.invalidateQueries()
  }
}
