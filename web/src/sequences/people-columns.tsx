/** How a person in a sequence stands: state and reason as a sentence, step, next moment, mailbox. */
import type { Enrollment, PeopleCounts } from '../lib/sequence-types.ts'
import { nameOf } from '../lib/words.ts'
import type { Column } from '../ui/column.ts'
import { Instant } from '../ui/instant.tsx'
import { PersonLink } from '../ui/link.tsx'
import { Reason } from '../ui/reason.tsx'
import { ReleaseButton } from './release-button.tsx'

export const STATES: { value: string; label: string; count: keyof PeopleCounts; state?: string }[] = [
  { value: '', label: 'All', count: 'total' },
  { value: 'active', label: 'Active', count: 'active', state: 'active' },
  { value: 'held', label: 'Held', count: 'held', state: 'held' },
  { value: 'paused', label: 'Paused', count: 'paused', state: 'paused' },
  { value: 'replied', label: 'Replied', count: 'replied', state: 'replied' },
  { value: 'finished', label: 'Finished', count: 'finished', state: 'finished' },
  { value: 'bounced', label: 'Bounced', count: 'bounced', state: 'bounced' },
  { value: 'failed', label: 'Failed', count: 'failed', state: 'failed' },
]

/** States that a person can let go on from the same step. */
const RETRIED = new Set(['held', 'failed'])
const isRetried = ({ state, reason }: Enrollment) => RETRIED.has(state) && reason !== 'contact_deleted'

/** The gate that keeps a mail back says more than the state; that its wait runs, the next column says better. */
export const sentenceOf = ({ next_gate: gate, sentence }: Enrollment) =>
  gate && gate.name !== 'due_time' ? (gate.sentence ?? sentence) : sentence

export const stepOf = (row: Pick<Enrollment, 'step_position' | 'num_steps'>) =>
  row.step_position ? `${row.step_position} of ${row.num_steps}` : ''

function Person({ row }: { row: Enrollment }) {
  return (
    <div style={{ minWidth: 0 }}>
      <PersonLink
        id={row.contact.id}
        className="sg-clamp"
        style={{ fontWeight: 500 }}
        onClick={(event) => event.stopPropagation()}
      >
        {nameOf(row.contact)}
      </PersonLink>
      <div className="sg-truncate sg-quiet" style={{ fontSize: 13 }}>
        {row.contact.email ?? 'no email address'}
      </div>
    </div>
  )
}

const person: Column<Enrollment> = {
  key: 'person',
  title: 'Person',
  width: 'minmax(150px, 1.3fr)',
  cell: (row) => <Person row={row} />,
}

const why = (from?: number): Column<Enrollment> => ({
  key: 'why',
  title: 'State and reason',
  width: 'minmax(220px, 2.4fr)',
  ...(from ? { from } : {}),
  cell: (row) => (
    <Reason
      state={row.state}
      sentence={sentenceOf(row)}
      remedy={isRetried(row) ? <ReleaseButton row={row} /> : null}
    />
  ),
})

const next: Column<Enrollment> = {
  key: 'next',
  title: 'Next',
  width: '150px',
  from: 760,
  cell: (row) => <Instant at={row.next_at} zone={row.contact.time_zone} />,
}

const company: Column<Enrollment> = {
  key: 'company',
  title: 'Company',
  width: 'minmax(100px, 1fr)',
  from: 1040,
  cell: (row) => <div className="sg-truncate">{row.contact.company}</div>,
}
const step: Column<Enrollment> = {
  key: 'step',
  title: 'Step',
  width: '56px',
  from: 640,
  cell: (row) => stepOf(row),
}
const mailbox: Column<Enrollment> = {
  key: 'mailbox',
  title: 'Mailbox',
  width: 'minmax(120px, 1fr)',
  from: 1080,
  cell: (row) => <div className="sg-truncate sg-quiet">{row.mailbox_email}</div>,
}

export const columns: Column<Enrollment>[] = [person, company, why(640), step, next, mailbox]

export const drawerColumns: Column<Enrollment>[] = [person, why(640), { ...next, from: 700 }]

export function PersonDetailLine({ row }: { row: Enrollment }) {
  return (
    <>
      <Reason state={row.state} sentence={sentenceOf(row)} />
      {row.step_position ? <span>step {stepOf(row)}</span> : null}
      <Instant at={row.next_at} zone={row.contact.time_zone} />
      {isRetried(row) ? <ReleaseButton row={row} /> : null}
    </>
  )
}
