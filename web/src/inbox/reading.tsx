/** One mail that was read: who, when, what it was taken for and by which evidence, and its words. */
import { useQuery } from '@tanstack/react-query'
import type { Inbound } from '../lib/api-types.ts'
import { contactQuery } from '../lib/contacts.ts'
import { listed, nameOf, senderOf } from '../lib/words.ts'
import { Instant } from '../ui/instant.tsx'
import { PersonLink } from '../ui/link.tsx'
import { MailFrame } from '../ui/mail-frame.tsx'
import { KindBadge } from './kinds.tsx'
import classes from './reading.module.css'
import { Reattach } from './reattach.tsx'
import { ReplyClassSelect } from './reply-class.tsx'

/** What a person wrote, and can mean something. */
const CLASSED = ['reply', 'other', 'auto_reply', 'out_of_office', 'opt_out']

/** Below this the match rests on sender and subject alone. */
const SURE = 80

/** What stands in the evidence when a person has given it to somebody. */
const BY_HAND = 'a person'

function matched(mail: Inbound): string {
  if (!mail.contact_id) return 'It belongs to nobody in your people: nothing was stopped by it.'
  if (mail.evidence.some(({ name }) => name === BY_HAND)) return 'A person has said whose it is.'
  const by =
    mail.evidence.length > 0 ? ` by ${listed([...new Set(mail.evidence.map(({ name }) => name))])}` : ''
  return mail.confidence >= SURE ? `Matched${by}.` : `Probably theirs: matched${by}. Check that it is.`
}

export function Reading({ mail }: { mail: Inbound }) {
  return (
    <article className={classes.reading} data-testid="reading">
      <h2 className={classes.subject}>{mail.subject || 'No subject'}</h2>
      <div className={classes.meta}>
        <PersonLink id={mail.contact_id} style={{ fontWeight: 500 }}>
          {senderOf(mail.from)}
        </PersonLink>
        <KindBadge kind={mail.kind} />
        <span className="sg-quiet">
          <Instant at={mail.received_at} />
        </span>
      </div>
      <p className="sg-quiet">
        {mail.sequence_name ? `Answers the sequence ${mail.sequence_name}. ` : ''}
        {matched(mail)}
      </p>
      <Other mail={mail} />
      <Evidence mail={mail} />
      <Reattach mail={mail} />
      {mail.contact_id && CLASSED.includes(mail.kind) ? <ReplyClassSelect mail={mail} /> : null}
      <div className={classes.body}>
        <MailFrame title={mail.subject || 'Mail'} html="" text={mail.text} />
      </div>
    </article>
  )
}

/** Whose it is, when that is not who wrote it. */
function Other({ mail }: { mail: Inbound }) {
  const { data } = useQuery(contactQuery(mail.contact_id ?? ''))
  const contact = data?.contact
  if (!contact || contact.email?.toLowerCase() === mail.from.email?.toLowerCase()) return null
  return (
    <p data-testid="belongs-to">
      It counts as <PersonLink id={contact.id}>{nameOf(contact)}</PersonLink>'s.
    </p>
  )
}

/** What spoke for it, with what each sign counts. */
function Evidence({ mail }: { mail: Inbound }) {
  if (mail.evidence.length === 0) return null
  return (
    <ul className={classes.evidence} aria-label="Evidence" data-testid="evidence">
      {apart(mail.evidence).map(({ name, value, score }) => (
        <li key={`${name} ${value}`}>
          {name}
          {value === '' ? '' : `: ${value}`}
          {score === undefined ? '' : ` (${Math.round(100 * score)} %)`}
        </li>
      ))}
    </ul>
  )
}

/** Each sign once: the match and the kind may rest on the same one. */
const apart = (evidence: Inbound['evidence']) => [
  ...new Map(evidence.map((one) => [`${one.name} ${one.value}`, one])).values(),
]
