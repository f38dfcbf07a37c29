/** A person in the drawer: facts, sequences with why not sent, the conversation, one under the other. */
import { Button } from '@mantine/core'
import { IconArrowsMaximize } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { timelineQuery } from '../lib/contacts.ts'
import { useGo } from '../lib/url.ts'
import { nameOf } from '../lib/words.ts'
import { ErrorState, LoadingBlock } from '../ui/states.tsx'
import { Conversation } from './conversation.tsx'
import { Enrollments } from './enrollments.tsx'
import { Facts } from './facts.tsx'
import classes from './person.module.css'

export function PersonTitle({ id }: { id: string }) {
  const { data } = useQuery(timelineQuery(id))
  return <>{data ? nameOf(data.contact) : ''}</>
}

export function PersonPanel({ id }: { id: string }) {
  const go = useGo()
  const { data, error, refetch } = useQuery(timelineQuery(id))
  if (error && !data) return <ErrorState error={error} onRetry={refetch} />
  if (!data) return <LoadingBlock height={320} />
  return (
    <div className={classes.panel} data-testid="person-panel">
      <Facts
        contact={data.contact}
        actions={
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconArrowsMaximize size={14} />}
            onClick={() => go(`/people/${id}`)}
          >
            Open as page
          </Button>
        }
      />
      <Enrollments contact={data.contact} enrollments={data.enrollments} />
      <Conversation timeline={data} />
    </div>
  )
}
