/** Mails of a sequence, or of all, each with what became of it. */
import { useCallback } from 'react'
import { usePaged } from '../lib/paged.ts'
import type { Message } from '../lib/sequence-types.ts'
import { type MessagePage, searchMessages } from '../lib/sequences.ts'
import type { Column } from '../ui/column.ts'
import { DataTable } from '../ui/data-table.tsx'
import { Instant } from '../ui/instant.tsx'
import { PersonLink } from '../ui/link.tsx'
import { StateBadge } from '../ui/state-badge.tsx'
import { EmptyState } from '../ui/states.tsx'

export const STAT_CHIPS = [
  { value: '', label: 'All' },
  { value: 'delivered', label: 'Sent', state: 'active' },
  { value: 'scheduled', label: 'Scheduled', state: 'scheduled' },
  { value: 'opened', label: 'Opened', state: 'active' },
  { value: 'clicked', label: 'Clicked', state: 'replied' },
  { value: 'bounced', label: 'Bounced', state: 'bounced' },
  { value: 'unsubscribed', label: 'Opted out', state: 'finished' },
  { value: 'failed_other', label: 'Not sent', state: 'failed' },
]

function stateOf(message: Message): string {
  if (message.unknown) return 'unknown'
  if (message.bounce) return 'bounced'
  if (message.replied) return 'replied'
  return message.status
}

const momentOf = (message: Message) =>
  message.completed_at ?? message.failed_at ?? message.due_at ?? message.created_at

const columns: Column<Message>[] = [
  {
    key: 'who',
    title: 'Person',
    width: 'minmax(130px, 1fr)',
    cell: (message) => (
      <PersonLink id={message.contact_id} className="sg-clamp" style={{ fontWeight: 500 }}>
        {message.to_name || message.to_email || 'Somebody'}
      </PersonLink>
    ),
  },
  {
    key: 'state',
    title: 'State',
    width: '104px',
    cell: (message) => <StateBadge state={stateOf(message)} />,
  },
  {
    key: 'what',
    title: 'Mail',
    width: 'minmax(180px, 2.4fr)',
    from: 560,
    cell: (message) => <What message={message} />,
  },
  {
    key: 'from',
    title: 'From',
    width: 'minmax(120px, 1fr)',
    from: 960,
    cell: (message) => <div className="sg-truncate sg-quiet">{message.from_email}</div>,
  },
  {
    key: 'when',
    title: 'When',
    width: '140px',
    from: 420,
    cell: (message) => <Instant at={momentOf(message)} />,
  },
]

function What({ message }: { message: Message }) {
  return (
    <>
      <span className="sg-quiet">
        {message.campaign_position ? `Step ${message.campaign_position} ` : ''}
      </span>
      {message.subject || <span className="sg-quiet">written when it leaves</span>}
      {message.failure_reason ? <div className="sg-quiet">{message.failure_reason}</div> : null}
    </>
  )
}

const rowsOf = (page: MessagePage) => page.emailer_messages

interface MessageRowsProps {
  sequenceId?: string | undefined
  stats: string | undefined
  since?: string | undefined
}

export function MessageRows({ sequenceId, stats, since }: MessageRowsProps) {
  const ask = useCallback(
    (page: number, signal: AbortSignal) => searchMessages({ sequenceId, stats, since, page }, signal),
    [sequenceId, stats, since],
  )
  const paged = usePaged<MessagePage, Message>({
    key: ['messages', 'list', sequenceId, stats, since],
    ask,
    rowsOf,
    refreshMs: 15_000,
  })
  return (
    <DataTable
      label="Mails"
      testId="message-row"
      columns={columns}
      paged={paged}
      rowKey={(message) => message.id}
      detail={(message) => <What message={message} />}
      empty={
        <EmptyState title="No mails here">
          Mails appear here when a sequence is active, people are in it, and their first step falls due.
        </EmptyState>
      }
    />
  )
}
