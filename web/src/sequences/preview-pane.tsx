/** The mail of one wording exactly as one person will get it, while it is written; and sending it to oneself. */
import { SegmentedControl } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError } from '../lib/api.ts'
import { sizeOf } from '../lib/reusables.ts'
import type { Preview } from '../lib/sequence-types.ts'
import { type PreviewInput, previewQuery } from '../lib/sequences.ts'
import { useUrl } from '../lib/url.ts'
import { listed, senderOf } from '../lib/words.ts'
import { ContactPicker } from '../ui/contact-picker.tsx'
import { AppLink } from '../ui/link.tsx'
import { MailFrame } from '../ui/mail-frame.tsx'
import { Notice, Problem } from '../ui/problem.tsx'
import { EmptyState, ErrorState, LoadingBlock } from '../ui/states.tsx'
import type { DraftStep, DraftVariant } from './draft.ts'
import { SendThis } from './send-this.tsx'
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

/** What is saved is shown exactly as it would leave; what is being written, as it stands in the editor. */
function askedOf(
  { step, variant, subject, unsaved }: PreviewPaneProps,
  person: string | undefined,
): PreviewInput {
  const whom = person ? { contact_id: person } : {}
  if (!unsaved && step.saved)
    return { step_id: step.key, ...(variant.saved ? { touch_id: variant.key } : {}), ...whom }
  const body = { body_html: variant.html, attachment_ids: variant.attachmentIds, ...whom }
  // Without a step the API begins a thread, so a reply that is not saved yet brings its own "Re:".
  if (variant.thread === 'reply_to_thread') return { subject: `Re: ${subject ?? ''}`, ...body }
  return { ...(step.saved ? { step_id: step.key } : {}), subject: variant.subject, ...body }
}

export function PreviewPane(props: PreviewPaneProps) {
  const { sequenceId, step, unsaved } = props
  const { state, set } = useUrl()
  const [view, setView] = useState('desktop')
  const [settled] = useDebouncedValue(JSON.stringify(askedOf(props, state['for'])), 300)
  const { data, error, refetch } = useQuery(previewQuery(sequenceId, JSON.parse(settled)))
  // Nobody chosen: the API shows somebody of the sequence, else the newest contact.
  const person = state['for'] ?? data?.contact_id ?? ''
  if (error instanceof ApiError && error.code === 'no_contact') return <NoOne />
  return (
    <>
      <div className={classes.previewHead}>
        <ContactPicker label="Preview for" value={person} onChange={(id) => set({ for: id })} />
        <SegmentedControl size="xs" value={view} onChange={setView} data={VIEWS} aria-label="View" />
      </div>
      {error ? <ErrorState error={error} onRetry={refetch} /> : null}
      {data && !error ? <Shown preview={data} view={view} /> : null}
      {!data && !error ? <LoadingBlock height={240} /> : null}
      <SendThis
        key={`${step.key} ${person}`}
        sequenceId={sequenceId}
        step={step}
        person={person}
        unsaved={unsaved}
      />
    </>
  )
}

function NoOne() {
  return (
    <EmptyState title="Nobody to show it for">
      <AppLink to="/people" search={{ new: '1' }}>
        Add a person
      </AppLink>{' '}
      to see this mail as they will get it.
    </EmptyState>
  )
}

const VIEWS = [
  { value: 'desktop', label: 'Desktop' },
  { value: 'phone', label: 'Phone' },
  { value: 'source', label: 'Source' },
]

function Copies({ word, addresses }: { word: string; addresses: string[] }) {
  if (addresses.length === 0) return null
  return (
    <>
      <dt>{word}</dt>
      <dd>{addresses.join(', ')}</dd>
    </>
  )
}

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
        <dd>{senderOf(preview.from)}</dd>
        <dt>To</dt>
        <dd>
          {preview.to.email
            ? senderOf(preview.to)
            : `${preview.to.name ?? 'This person'}, who has no email address`}
        </dd>
        <Copies word="Cc" addresses={preview.cc_emails} />
        <Copies word="Bcc" addresses={preview.bcc_emails} />
        <dt>Subject</dt>
        <dd style={{ fontWeight: 600 }} data-testid="preview-subject">
          {preview.subject || 'No subject'}
        </dd>
        {preview.attachments.length > 0 ? (
          <>
            <dt>Files</dt>
            <dd data-testid="preview-files">
              {preview.attachments.map((file) => `${file.file_name} (${sizeOf(file.size)})`).join(', ')}
            </dd>
          </>
        ) : null}
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
