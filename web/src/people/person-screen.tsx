/** A person on a page of their own: facts on the left, the conversation in the middle, sequences and why not sent on the right. */
import { useQuery } from '@tanstack/react-query'
import { timelineQuery } from '../lib/contacts.ts'
import { useParam } from '../lib/url.ts'
import { nameOf } from '../lib/words.ts'
import { Page } from '../ui/page.tsx'
import { ErrorState, LoadingBlock } from '../ui/states.tsx'
import { Conversation } from './conversation.tsx'
import { Enrollments } from './enrollments.tsx'
import { Facts } from './facts.tsx'
import classes from './person.module.css'

export function PersonScreen() {
  const id = useParam('personId')
  const { data, error, refetch } = useQuery(timelineQuery(id))
  if (error && !data)
    return (
      <Page title="Person">
        <ErrorState error={error} onRetry={refetch} />
      </Page>
    )
  if (!data)
    return (
      <Page title="Person" line=" ">
        <LoadingBlock height={320} />
      </Page>
    )
  const { contact } = data
  return (
    <Page
      wide
      title={nameOf(contact)}
      line={[contact.title, contact.organization_name].filter(Boolean).join(', ') || contact.email || ' '}
    >
      <div className={classes.page}>
        <aside aria-label="Facts">
          <Facts contact={contact} />
        </aside>
        <Conversation timeline={data} />
        <aside aria-label="Sequences">
          <Enrollments contact={contact} enrollments={data.enrollments} />
        </aside>
      </div>
    </Page>
  )
}
