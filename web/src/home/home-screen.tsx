/** The first screen of the day: what is left to do until a real mail arrives, how much is going on, and what waits for a person. */
import { useQuery } from '@tanstack/react-query'
import { useSession } from '../lib/session.ts'
import { homeQuery } from '../lib/team.ts'
import { counted } from '../lib/words.ts'
import { Page } from '../ui/page.tsx'
import { ErrorState, LoadingBlock } from '../ui/states.tsx'
import { Checklist } from './checklist.tsx'
import { Counts } from './counts.tsx'
import { Replies } from './replies.tsx'

export function HomeScreen() {
  const { team } = useSession()
  const { data, error, refetch } = useQuery(homeQuery)
  const open = data?.checklist.filter((line) => !line.done).length
  const line =
    open === undefined
      ? ' '
      : open > 0
        ? `${counted(open, 'thing')} left until your first mail arrives.`
        : 'All is set up.'
  if (error && !data)
    return (
      <Page title="Home">
        <ErrorState error={error} onRetry={refetch} />
      </Page>
    )
  return (
    <Page title={team.name} name="Home" line={line}>
      {data ? (
        <>
          <Counts counts={data.counts} />
          {open ? <Checklist lines={data.checklist} /> : null}
          <Replies />
        </>
      ) : (
        <LoadingBlock height={320} />
      )}
    </Page>
  )
}
