/** Decides what a visitor sees: the set-up form on a new Segue, the sign-in form without a session, else the page in its shell. */
import { Center, Loader } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { sessionQuery, setupQuery } from '../lib/session.ts'
import { ErrorState } from '../ui/states.tsx'
import { Shell } from './shell.tsx'

const SetUp = lazy(async () => ({ default: (await import('../first-run/set-up.tsx')).SetUp }))
const SignIn = lazy(async () => ({ default: (await import('../first-run/sign-in.tsx')).SignIn }))

const Waiting = () => (
  <Center h="100vh">
    <Loader size="sm" aria-label="Loading" />
  </Center>
)

export function Gate() {
  const queries = useQueryClient()
  const session = useQuery(sessionQuery)
  const setup = useQuery({ ...setupQuery, enabled: session.data === null })
  // Setting up signs the browser in, but its last page (the key, shown once) must stay until the person goes on.
  const [started, setStarted] = useState(false)
  const enter = async () => {
    await queries.invalidateQueries()
    setStarted(false)
  }
  if (started || (session.data === null && setup.data?.needed)) {
    return (
      <Suspense fallback={<Waiting />}>
        <SetUp onStart={() => setStarted(true)} onDone={enter} />
      </Suspense>
    )
  }
  if (session.data) return <Shell />
  const failed = session.error ?? (session.data === null ? setup.error : null)
  if (failed) return <ErrorState error={failed} onRetry={() => queries.invalidateQueries()} />
  if (session.data === undefined || setup.data === undefined) return <Waiting />
  return (
    <Suspense fallback={<Waiting />}>
      <SignIn onDone={enter} />
    </Suspense>
  )
}
