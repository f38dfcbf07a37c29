/** The mails between us and a person as a thread, quotes folded, with what happened between them as thin lines. */
import { useState } from 'react'
import type { ActivityEntry, ReceivedEntry, SentEntry, Timeline, TimelineEntry } from '../lib/api-types.ts'
import { counted, nameOf } from '../lib/words.ts'
import { Instant } from '../ui/instant.tsx'
import { MailFrame } from '../ui/mail-frame.tsx'
import { StateBadge } from '../ui/state-badge.tsx'
import classes from './person.module.css'
import { splitQuote } from './quote.ts'

const keyOf = (entry: TimelineEntry, place: number) => `${entry.kind}-${entry.at}-${place}`

export function Conversation({ timeline }: { timeline: Timeline }) {
  const { entries, contact } = timeline
  const mails = entries.filter((entry) => entry.kind !== 'activity')
  const last = mails.at(-1)
  return (
    <section className={classes.conversation}>
      <h2 className={classes.heading}>Conversation</h2>
      {entries.length === 0 ? (
        <p className="sg-quiet">Nothing has happened with {nameOf(contact)} yet.</p>
      ) : null}
      <ol className={classes.entries}>
        {entries.map((entry, place) => (
          <li key={keyOf(entry, place)} data-kind={entry.kind}>
            {entry.kind === 'activity' ? (
              <Line entry={entry} zone={contact.time_zone} />
            ) : (
              <Mail
                entry={entry}
                zone={contact.time_zone}
                unfolded={entry === last || entry.kind === 'received'}
              />
            )}
          </li>
        ))}
      </ol>
    </section>
  )
}

function Line({ entry, zone }: { entry: ActivityEntry; zone: string | null }) {
  return (
    <div className={classes.line}>
      <span>{entry.sentence}</span>
      <Behind detail={entry.detail} />
      <Instant at={entry.at} zone={zone} short />
    </div>
  )
}

/** Which link was followed, and how it is known that a machine did. */
function Behind({ detail }: { detail: ActivityEntry['detail'] }) {
  const { link, words } = detail
  const known = [link, 'rule' in detail ? words : undefined].filter((part) => typeof part === 'string')
  if (known.length === 0) return null
  const text = known.join(', ')
  return (
    <span className="sg-truncate sg-quiet" title={text} style={{ maxWidth: 260 }}>
      {text}
    </span>
  )
}

/** "opened twice, 1 link followed"; what machines did only where somebody asks. */
function Visits({ entry }: { entry: SentEntry }) {
  const { opens, clicks, machine_opens: fetched, scanner_clicks: scanned } = entry
  const byPeople = [
    ...(opens > 0 ? [`opened ${opens === 1 ? 'once' : `${opens} times`}`] : []),
    ...(clicks > 0 ? [counted(clicks, 'click')] : []),
  ]
  const byMachines = fetched + scanned
  if (byPeople.length === 0 && byMachines === 0) return null
  const apart = `${counted(fetched, 'fetch', 'fetches')} of its picture and ${counted(scanned, 'fetch', 'fetches')} of its links were by machines, and count for nothing.`
  return (
    <span className="sg-quiet" title={byMachines > 0 ? apart : undefined} data-testid="visits">
      {byPeople.length > 0 ? byPeople.join(', ') : 'seen by machines only'}
    </span>
  )
}

interface MailProps {
  entry: SentEntry | ReceivedEntry
  zone: string | null
  unfolded: boolean
}

function Mail({ entry, zone, unfolded }: MailProps) {
  const [opened, setOpened] = useState(unfolded)
  const ours = entry.kind === 'sent'
  return (
    <article className={classes.mail} data-ours={ours || undefined}>
      <button
        type="button"
        className={classes.mailHead}
        aria-expanded={opened}
        onClick={() => setOpened(!opened)}
      >
        <span className={classes.who}>{ours ? entry.mailbox : entry.from}</span>
        <span className={classes.subject}>{entry.subject || 'No subject'}</span>
        <span className={classes.when}>
          <Instant at={entry.at} zone={zone} short />
        </span>
      </button>
      {opened ? <Body entry={entry} /> : null}
    </article>
  )
}

/** What each kind of answer is called, and the color it has everywhere. */
const KINDS: Record<string, { state: string; word: string }> = {
  reply: { state: 'replied', word: 'Reply' },
  auto_reply: { state: 'scheduled', word: 'Automatic reply' },
  out_of_office: { state: 'paused', word: 'Out of office' },
  bounce: { state: 'bounced', word: 'Bounce' },
  complaint: { state: 'failed', word: 'Spam report' },
  opt_out: { state: 'opted_out', word: 'Opt-out' },
}

function Body({ entry }: { entry: SentEntry | ReceivedEntry }) {
  const { body, quote } = splitQuote(entry)
  const [quoted, setQuoted] = useState(false)
  const kind =
    entry.kind === 'received'
      ? (KINDS[entry.inbound_kind] ?? { state: 'scheduled', word: entry.inbound_kind.replaceAll('_', ' ') })
      : undefined
  return (
    <div className={classes.mailBody}>
      <div className={classes.tags}>
        {kind ? <StateBadge {...kind} /> : null}
        {entry.kind === 'sent' && entry.status !== 'completed' ? <StateBadge state={entry.status} /> : null}
        {entry.kind === 'sent' && entry.step_position ? (
          <span className="sg-quiet">step {entry.step_position}</span>
        ) : null}
        {entry.kind === 'sent' ? <Visits entry={entry} /> : null}
        {entry.html_left_out ? (
          <span className="sg-quiet" title="The newest mails of a person are shown with their formatting.">
            text only
          </span>
        ) : null}
        {entry.kind === 'received' && entry.evidence.length > 0 ? (
          <span className="sg-quiet" title={entry.evidence.join(', ')}>
            {entry.confidence >= 80 ? 'matched by its headers' : 'matched by sender and subject'}
          </span>
        ) : null}
      </div>
      {body.html ? (
        <MailFrame title={entry.subject || 'Mail'} html={body.html} />
      ) : (
        <pre className={classes.text}>{body.text}</pre>
      )}
      {quote ? (
        <>
          <button
            type="button"
            className={classes.fold}
            aria-expanded={quoted}
            onClick={() => setQuoted(!quoted)}
          >
            {quoted ? 'Hide what they quoted' : 'Show what they quoted'}
          </button>
          {quoted ? <pre className={classes.text}>{quote}</pre> : null}
        </>
      ) : null}
    </div>
  )
}
