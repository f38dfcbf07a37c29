/** What a mail is about, as its effects see it, and the notes that every effect leaves. */
import { normalizeAddress } from '../core/address.ts'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { InboundReading } from '../core/inbound.ts'
import type { ParsedMail } from '../core/parsed-mail.ts'
import type { Random } from '../core/random.ts'
import { type NewActivity, writeActivities } from '../store/activities.ts'
import type { Matched } from '../store/inbound.ts'
import type { Match } from './inbound-match.ts'

/** Who did it, in activities. */
export const ACTOR = 'inbound'

export interface Event {
  team: TeamId
  /** Of the row that the mail is kept as. */
  inboundId: Id
  /** Who did it: `inbound`, or the person who said whose mail it is. */
  actor: string
  mailboxId: Id
  mail: ParsedMail
  reading: InboundReading
  /** Null only for an opt-out by somebody we never wrote to, and for a person's own mail. */
  match: Match | null
  /** Normalized; null when the mail has no usable sender. */
  sender: string | null
  /** Of a person's own mail: to whom it went. */
  recipients: string[]
  receivedAt: Instant
  now: Instant
  random: Random
}

/** What the sweep after the commit is for: claimed emails that must not leave any more. */
export interface Stopped {
  enrollmentIds: Id[]
  addresses: string[]
}

export const NOTHING: Stopped = { enrollmentIds: [], addresses: [] }
type Note = Omit<NewActivity, 'actor' | 'at'>

/** Whom and what an activity is about. */
export function about(message: Matched): Omit<Note, 'kind'> {
  const { id: messageId, contactId, sequenceId, enrollmentId, stepId, mailboxId } = message
  return { messageId, contactId, sequenceId, enrollmentId, stepId, mailboxId }
}

export async function note(tx: Db, { team, actor, now, random }: Event, activity: Note): Promise<Stopped> {
  await writeActivities(tx, { team, now, random, activities: [{ ...activity, actor }] })
  return NOTHING
}

/** The address in the form that identifies a person, or null. */
export function personOf(address: string | undefined): string | null {
  const person = address === undefined ? null : normalizeAddress(address)
  return person?.ok ? person.address : null
}
