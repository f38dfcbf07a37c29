/** What became of one email over HTTP: the email with who opened it and who followed its links. */
import { Type } from 'typebox'
import { isId } from '../core/ids.ts'
import { shownMessages } from '../store/message-reads.ts'
import { visitsOf } from '../store/visits.ts'
import { contactsWire } from './contact-answers.ts'
import { refuse } from './errors.ts'
import { type Call, type Route, route } from './route.ts'
import { EmailerMessage, FAILED_HOLDS, wireMessage } from './wire/message.ts'
import { eventGroups, MessageEvent, wireEvent } from './wire/visit.ts'

async function activities({ id }: { id: string }, call: Call) {
  const team = call.caller.teamId
  const ids = isId(id) ? [id] : []
  const row = (await shownMessages(call.db, { team, ids, failedHolds: FAILED_HOLDS })).get(id)
  // The recorded API answers 422 here, not 404.
  if (!row) return refuse(422, 'Could not find message.')
  const visits = await visitsOf(call.db, { team, messageId: id })
  const events = (by: 'person' | 'machine') =>
    visits.filter((one) => one.visitor === by).map((one) => wireEvent(one, row))
  const message = { ...wireMessage(row), emailer_message_events: events('person') }
  const [contact] = row.contactId === null ? [] : await contactsWire(call, [row.contactId])
  return {
    activities: [
      { id, type: 'emailer_message', emailer_message_id: id, emailer_message: message },
      ...eventGroups(events('person')),
    ],
    emailer_message: { ...message, contact: contact ?? null },
    machine_events: events('machine'),
  }
}

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/emailer_messages/:id/activities',
    name: 'emailer_messages/activities',
    masterOnly: true,
    summary: 'One email with its openings and clicks',
    description:
      'Those of people, grouped by kind. What machines fetched stands in machine_events, an extra key, each with the rule that says so.',
    input: Type.Object({ id: Type.String() }),
    output: Type.Object({
      activities: Type.Array(Type.Object({ type: Type.String() }, { additionalProperties: true })),
      emailer_message: EmailerMessage,
      machine_events: Type.Array(MessageEvent),
    }),
    run: activities,
  }),
]
