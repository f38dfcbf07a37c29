/** Mails whose fate nobody confirmed: the connection broke at the very end. A person looks, and says which it was. */
import { Button } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Message } from '../lib/sequence-types.ts'
import { resolveUnknown, unknownQuery } from '../lib/sequences.ts'
import { counted } from '../lib/words.ts'
import { useAct } from '../ui/act.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { Instant } from '../ui/instant.tsx'
import { PersonLink } from '../ui/link.tsx'
import { Page, Section } from '../ui/page.tsx'
import { EmptyState, ErrorState, LoadingRows } from '../ui/states.tsx'

export function InDoubtScreen() {
  const { data, error, refetch } = useQuery(unknownQuery)
  const mails = data?.emailer_messages
  return (
    <Page
      title="Mails in doubt"
      line="The connection broke before the server confirmed. Segue never sends again on a guess: look into the Sent folder, then say which it was."
    >
      {error && !data ? <ErrorState error={error} onRetry={refetch} /> : null}
      {!mails && !error ? <LoadingRows /> : null}
      {mails?.length === 0 ? (
        <EmptyState icon={IconCircleCheck} title="Nothing is in doubt">
          Every mail that was handed to a server was confirmed or refused by it.
        </EmptyState>
      ) : null}
      {mails && mails.length > 0 ? (
        <Section title={counted(mails.length, 'mail')}>
          {mails.map((mail) => (
            <Doubt key={mail.id} mail={mail} />
          ))}
        </Section>
      ) : null}
    </Page>
  )
}

function Doubt({ mail }: { mail: Message }) {
  const queries = useQueryClient()
  const { busy, run } = useAct()
  const [asking, setAsking] = useState(false)
  const resolve = async (as: 'sent' | 'send_again') => {
    await resolveUnknown(mail.id, as)
    await queries.invalidateQueries()
  }
  return (
    <div style={{ display: 'flex', flexWrap: 'wrap', gap: 8, alignItems: 'center', padding: '8px 0' }}>
      <div style={{ flex: '1 1 280px', minWidth: 0 }}>
        <PersonLink id={mail.contact_id}>{mail.to_name || mail.to_email}</PersonLink>
        <div className="sg-quiet sg-truncate">
          {mail.subject}, from {mail.from_email}, <Instant at={mail.due_at ?? mail.created_at} />
        </div>
      </div>
      <Button variant="default" loading={busy} onClick={() => run(() => resolve('sent'))}>
        It was sent
      </Button>
      <Button variant="default" onClick={() => setAsking(true)}>
        Send it again
      </Button>
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title="Send this mail again?"
        verb="Send again"
        onConfirm={() => resolve('send_again')}
      >
        If the first one did arrive, {mail.to_name || mail.to_email} gets this mail twice. Your choice is
        recorded.
      </Confirm>
    </div>
  )
}
