/** Puts theme, data and router around the page. */
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { ApiError } from '../lib/api.ts'
import { sessionQuery } from '../lib/session.ts'
import { cssVariables, theme } from '../ui/theme.ts'
import { router } from './router.tsx'

/** A refusal will be refused again; a server that restarts deserves another try. */
const worthRetrying = (failures: number, error: unknown) =>
  failures < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 502)

/** A session that ended anywhere ends here: the sign-in form takes the place of the shell. */
const signedOut = (error: unknown) => {
  if (error instanceof ApiError && error.status === 401) queries.setQueryData(sessionQuery.queryKey, null)
}

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: signedOut }),
  mutationCache: new MutationCache({ onError: signedOut }),
  defaultOptions: { queries: { staleTime: 5_000, retry: worthRetrying, refetchOnWindowFocus: true } },
})

export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <Notifications position="bottom-right" limit={4} />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  )
}
