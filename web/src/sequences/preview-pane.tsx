/** The mail of one wording exactly as one person will get it, while it is written; and sending it to oneself. */
import { Button, Group, Menu, SegmentedControl } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconChevronDown } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { contactSearchQuery } from '../lib/contacts.ts'
import type { Preview } from '../lib/sequence-types.ts'
import { previewQuery, searchEnrollments, sendMeThis } from '../lib/sequences.ts'
import { useUrl } from '../lib/url.ts'
import { listed } from '../lib/words.ts'
import { tell, useAct } from '../ui/act.tsx'
import { ContactPicker } from '../ui/contact-picker.tsx'
import { MailFrame } from '../ui/mail-frame.tsx'
import { Notice, Problem } from '../ui/problem.tsx'
import { ErrorState, LoadingBlock } from '../ui/states.tsx'
import type { DraftStep, DraftVariant } from './draft.ts'
import classes from './steps.module.css'

const PHONE_PX = 360

interface PreviewPaneProps {
  sequenceId: string
  step: DraftStep
  variant: DraftVariant
  /** The subject of the thread it answers, if it answers one. */
  subject: string | undefined
  unsaved: boolean
}

/** The chosen person (in the address), else somebody who is in the sequence, else anybody. */
function usePerson(sequenceId: string): string {
  const { state } = useUrl()
  const enrolled = useQuery({
    queryKey: ['enrollments', 'first', sequenceId],
    queryFn: ({ signal }) => searchEnrollments({ sequenceId, perPage: 1 }, signal),
  })
  const anybody = useQuery(contactSearchQuery(''))
  return state['for'] ?? enrolled.data?.enrollments[0]?.contact.id ?? anybody.data?.contacts[0]?.id ?? ''
}

export function PreviewPane({ sequenceId, step, variant, subject, unsaved }: PreviewPaneProps) {
  const { set } = useUrl()
  const person = usePerson(sequenceId)
  const [view, setView] = useState('desktop')
  const asked = {
    ...(step.saved ? { step_id: step.key } : {}),
    subject: variant.thread === 'reply_to_thread' && subject ? `Re: ${subject}` : variant.subject,
    body_html: variant.html,
    ...(person ? { contact_id: person } : {}),
  }
  const [settled] = useDebouncedValue(JSON.stringify(asked), 300)
  const { data, error } = useQuery(previewQuery(sequenceId, JSON.parse(settled)))
  return (
    <>
      <div className={classes.previewHead}>
        <ContactPicker label="Preview for" value={person} onChange={(id) => set({ for: id })} />
        <SegmentedControl size="xs" value={view} onChange={setView} data={VIEWS} aria-label="View" />
      </div>
      {error && !data ? <ErrorState error={error} /> : null}
      {data ? <Shown preview={data} view={view} /> : error ? null : <LoadingBlock height={240} />}
      <SendThis sequenceId={sequenceId} step={step} person={person} unsaved={unsaved} />
    </>
  )
}

const VIEWS = [
  { value: 'desktop', label: 'Desktop' },
  { value: 'phone', label: 'Phone' },
  { value: 'source', label: 'Source' },
]

function Shown({ preview, view }: { preview: Preview; view: string }) {
  return (
    <div data-testid="preview">
      {preview.problem ? <Problem words={preview.problem} /> : null}
      {preview.missing.length > 0 ? (
        <Notice tone="held">
          Missing for this person: {listed(preview.missing)}. Without it the mail is held.
        </Notice>
      ) : null}
      <dl className={classes.envelope}>
        <dt>From</dt>
        <dd>{preview.from ?? 'the mailbox chosen when adding people'}</dd>
        <dt>To</dt>
        <dd>{preview.to ?? 'nobody yet'}</dd>
        <dt>Subject</dt>
        <dd style={{ fontWeight: 600 }} data-testid="preview-subject">
          {preview.subject || 'No subject'}
        </dd>
      </dl>
      {view === 'source' ? (
        <pre className={classes.source}>{preview.html}</pre>
      ) : (
        <MailFrame
          title="Preview of the mail"
          html={preview.html}
          text={preview.text}
          width={view === 'phone' ? PHONE_PX : undefined}
          minHeight={160}
        />
      )}
    </div>
  )
}

function SendThis({
  sequenceId,
  step,
  person,
  unsaved,
}: {
  sequenceId: string
  step: DraftStep
  person: string
  unsaved: boolean
}) {
  const { busy, run } = useAct()
  const send = (to: 'me' | 'sandbox') =>
    run(async () => {
      await sendMeThis(sequenceId, { step_id: step.key, contact_id: person, to })
      tell(to === 'me' ? 'Sent to you. It counts nowhere.' : 'Sent to the sandbox. It counts nowhere.')
    })
  return (
    <Group mt="sm" gap={8}>
      <Menu position="bottom-start">
        <Menu.Target>
          <Button
            variant="default"
            rightSection={<IconChevronDown size={14} />}
            loading={busy}
            disabled={!step.saved || !person || unsaved}
            data-testid="send-me-this"
          >
            Send me this
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => send('me')}>To my address</Menu.Item>
          <Menu.Item onClick={() => send('sandbox')}>To the sandbox</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {unsaved ? <span className="sg-quiet">Save first, then it can be sent.</span> : null}
    </Group>
  )
}
