/** Mails of a sequence, each with what became of it. */
import type { Message } from '../lib/sequence-types.ts'
import { Instant } from '../ui/instant.tsx'
import { PersonLink } from '../ui/link.tsx'
import { StateBadge } from '../ui/state-badge.tsx'
import { EmptyState } from '../ui/states.tsx'
import classes from './message-rows.module.css'

export const STAT_CHIPS = [
  { value: '', label: 'All' },
  { value: 'delivered', label: 'Sent', state: 'active' },
  { value: 'scheduled', label: 'Scheduled', state: 'scheduled' },
  { value: 'bounced', label: 'Bounced', state: 'bounced' },
  { value: 'unsubscribed', label: 'Opted out', state: 'finished' },
  { value: 'failed_other', label: 'Not sent', state: 'failed' },
]

export function stateOfMessage(message: Message): string {
  if (message.bounce) return 'bounced'
  if (message.replied) return 'replied'
  return message.status
}

const momentOf = (message: Message) =>
  message.completed_at ?? message.failed_at ?? message.due_at ?? message.created_at

export function MessageRows({ messages }: { messages: Message[] }) {
  if (messages.length === 0)
    return (
      <EmptyState title="No mails here">
        Mails appear here when the sequence is active, people are in it, and their first step falls due.
      </EmptyState>
    )
  return (
    <ul className={classes.rows}>
      {messages.map((message) => (
        <li key={message.id} className={classes.row}>
          <span className={classes.when}>
            <Instant at={momentOf(message)} short />
          </span>
          <span className={classes.state}>
            <StateBadge state={stateOfMessage(message)} />
          </span>
          <span className={classes.who}>
            <PersonLink id={message.contact_id} style={{ fontWeight: 500 }}>
              {message.to_name || message.to_email || 'Somebody'}
            </PersonLink>
          </span>
          <span className={classes.what}>
            {message.campaign_position ? `Step ${message.campaign_position}: ` : ''}
            {message.subject || 'No subject'}
            {message.failure_reason ? <span className={classes.why}> {message.failure_reason}</span> : null}
          </span>
        </li>
      ))}
    </ul>
  )
}
