/** `activity_feed`: what happened to a contact in sequences, over HTTP. */
import { Type } from 'typebox'
import type { ActivityKind } from '../core/activity.ts'
import { isId } from '../core/ids.ts'
import { sentenceFor } from '../core/reason.ts'
import { contactById } from '../store/contacts.ts'
import { type SequenceActivity, sequenceActivities } from '../store/sequence-activities.ts'
import { defined } from './defined.ts'
import { refuse } from './errors.ts'
import { type Route, route } from './route.ts'
import { iso } from './wire/instant.ts'

/** Our kinds that the feed has a word for; a finished one that answered is told by its reply. */
const TYPES: Partial<Record<ActivityKind, string>> = {
  enrolled: 'enrolled',
  paused: 'paused',
  held: 'paused',
  resumed: 'resumed',
  released: 'resumed',
  retried: 'resumed',
  reopened: 'resumed',
  failed: 'failed',
  finished: 'completed',
  removed: 'removed',
  replied: 'replied',
}
const KINDS = Object.keys(TYPES) as ActivityKind[]
const PER_PAGE_MAX = 50

/** Recorded: clamped to 1..50, and what is no number is 1. */
function limitOf(given: unknown): number {
  if (given === undefined || given === null || given === '') return PER_PAGE_MAX
  const number = Math.trunc(Number(given))
  return Number.isNaN(number) ? 1 : Math.min(PER_PAGE_MAX, Math.max(1, number))
}

/** Keys without a value are absent; the moment is written without milliseconds. */
function eventOnWire(row: SequenceActivity) {
  const type = TYPES[row.kind]!
  return {
    type,
    occurred_at: iso(row.at).replace(/\.\d{3}Z$/, 'Z'),
    ...defined({
      sequence_id: row.sequenceId ?? undefined,
      sequence_name: row.sequenceName ?? undefined,
      step_position: row.stepPosition ?? undefined,
      reason: type === 'paused' && row.reason !== null ? sentenceFor(row.reason) : undefined,
      emailer_message_id: type === 'replied' ? (row.messageId ?? undefined) : undefined,
    }),
  }
}

export const routes: Route[] = [
  route({
    method: 'POST',
    path: '/emailer_campaigns/activity_feed',
    name: 'emailer_campaigns/activity_feed',
    summary: 'What happened to a contact in sequences, the latest first',
    input: Type.Object({
      contact_id: Type.Optional(Type.String()),
      sequence_id: Type.Optional(Type.String()),
      per_page: Type.Optional(Type.Unknown({ description: '1 to 50. Default 50.' })),
    }),
    output: Type.Object({
      contact_id: Type.String(),
      events: Type.Array(
        Type.Object({
          type: Type.String(),
          occurred_at: Type.String(),
          sequence_id: Type.Optional(Type.String()),
          sequence_name: Type.Optional(Type.String()),
          step_position: Type.Optional(Type.Integer()),
          reason: Type.Optional(Type.String()),
          emailer_message_id: Type.Optional(Type.String()),
        }),
      ),
    }),
    async run(input, call) {
      const team = call.caller.teamId
      const id = input.contact_id
      const contact = isId(id) ? await contactById(call.db, { team, id }) : undefined
      if (!contact) return refuse(404, 'Contact not found')
      const rows = await sequenceActivities(call.db, {
        team,
        contactId: contact.id,
        sequenceId: input.sequence_id || null,
        kinds: KINDS,
        limit: limitOf(input.per_page),
      })
      return { contact_id: contact.id, events: rows.map(eventOnWire) }
    },
  }),
]
