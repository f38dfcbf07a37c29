/** Contacts: create, show, update, delete. Searching is in contact-search.ts. */
import { Type } from 'typebox'
import { createContact } from '../actions/create-contacts.ts'
import { deleteContact } from '../actions/delete-contact.ts'
import { recordMeeting } from '../actions/record-meeting.ts'
import { updateContacts } from '../actions/update-contacts.ts'
import type { Id } from '../core/ids.ts'
import { contactById } from '../store/contacts.ts'
import { actorOf, writerOf } from './actor.ts'
import { refuseOutsideScope } from './auth.ts'
import { contactWithLabels } from './contact-answers.ts'
import { contactFieldsFrom, contactParameters, refuseContact } from './contact-input.ts'
import { refuse } from './errors.ts'
import { clearable } from './params.ts'
import { allowed } from './refusing.ts'
import { type Call, type Route, route } from './route.ts'
import { StillSending, stillSending } from './sequence-state.ts'
import { WireContact } from './wire/contact.ts'
import { instantOf } from './wire/instant.ts'
import { WireLabel } from './wire/label.ts'

const ContactAnswer = Type.Object({ contact: WireContact, labels: Type.Array(WireLabel) })

export const routes: Route[] = [
  route({
    method: 'POST',
    path: '/contacts',
    name: 'contacts/create',
    summary: 'Create a contact',
    description:
      'Makes a second contact of one address unless `run_dedupe` is true; then the one that is there is changed: what is sent overwrites, an empty value clears, what is left out stays.',
    input: Type.Object({
      ...contactParameters,
      run_dedupe: Type.Optional(Type.Boolean()),
      person_id: Type.Optional(Type.Unknown({ description: 'Accepted and not used.' })),
    }),
    output: Type.Object({
      contact: WireContact,
      labels: Type.Array(WireLabel),
      dedupe_result: Type.Optional(
        Type.Object({
          found_existing: Type.Boolean(),
          match_reason: Type.Union([Type.String(), Type.Null()]),
          existing_contact_id: Type.Union([Type.String(), Type.Null()]),
        }),
      ),
    }),
    async run(input, call) {
      const [fields] = await contactFieldsFrom([input], call)
      const asked = { fields: fields!, listNames: input.label_names, merge: input.run_dedupe ?? false }
      const made = await createContact(call.db, writerOf(call), asked)
      if (made.kind === 'refused' || made.kind === 'unknown_id') refuseContact(made)
      const merged = made.kind === 'merged'
      return {
        ...(await contactWithLabels(call, made.id)),
        ...(input.run_dedupe && {
          dedupe_result: {
            found_existing: merged,
            match_reason: merged ? made.match : null,
            existing_contact_id: merged ? made.id : null,
          },
        }),
      }
    },
  }),
  route({
    method: 'GET',
    path: '/contacts/:id',
    name: 'contacts/show',
    summary: 'Show a contact',
    input: Type.Object({ id: Type.String() }),
    output: ContactAnswer,
    async run({ id }, call) {
      const found = await contactById(call.db, { team: call.caller.teamId, id })
      if (!found) refuse(422, 'Oops! This contact does not exist in Apollo.')
      const { deletedAt, mergedInto } = found
      if (deletedAt !== null)
        refuse(
          422,
          'This contact has been deleted.',
          mergedInto ? { merged_into_contact_id: mergedInto } : {},
        )
      return contactWithLabels(call, id)
    },
  }),
  route({
    method: ['PUT', 'PATCH'],
    path: '/contacts/:id',
    name: 'contacts/update',
    summary: 'Update a contact',
    description:
      'What is left out stays; `label_names` replaces all lists of the contact. `existence_level` "none" deletes it, for which a key needs the scope `contacts/destroy` as well.',
    input: Type.Object({
      id: Type.String(),
      ...contactParameters,
      existence_level: Type.Optional(Type.String({ maxLength: 100 })),
    }),
    output: ContactAnswer,
    async run(input, call) {
      const { id } = input
      if (input.existence_level === 'none') {
        // A key that may change contacts may not delete them by another name.
        refuseOutsideScope(call.caller, { name: 'contacts/destroy' })
        await deleteOne(call, id)
        return contactWithLabels(call, id)
      }
      const [fields] = await contactFieldsFrom([input], call)
      const change = { id, fields: fields!, listNames: input.label_names }
      const updated = await updateContacts(call.db, writerOf(call), [change])
      if (updated.kind === 'not_found') refuse(422, 'Oops! This contact does not exist in Apollo.')
      if (updated.kind === 'deleted')
        refuse(422, 'Cannot update contact as it is deleted.', { deleted_contact_ids: [id] })
      if (updated.kind !== 'updated') refuseContact(updated)
      return contactWithLabels(call, id)
    },
  }),
  route({
    method: 'DELETE',
    path: '/contacts/:id',
    name: 'contacts/destroy',
    summary: 'Delete a contact',
    description:
      'Their sequences end as failed ("User deleted"), their tasks are cancelled. What was sent, what they answered and the do-not-contact list stay. When the call has returned, nothing leaves but the emails that `still_sending` names.',
    input: Type.Object({ id: Type.String() }),
    output: Type.Object({
      contact: Type.Object({ id: Type.String(), deleted: Type.Boolean() }),
      failed_contact_campaign_status_ids: Type.Array(Type.String()),
      still_sending: StillSending,
    }),
    async run({ id }, call) {
      const { failed, transmitting } = await deleteOne(call, id)
      return {
        contact: { id, deleted: true },
        failed_contact_campaign_status_ids: failed,
        still_sending: stillSending(transmitting),
      }
    },
  }),
  route({
    method: 'POST',
    path: '/contacts/:id/meeting',
    name: 'contacts/meeting',
    summary: 'A meeting with the contact was arranged',
    description:
      'For programs that book meetings, and for people. All sequences of the contact end ("scheduled appointment"), the contact moves to Interested, and the last email counts as the one that led to it. `still_sending` names what had left already.',
    extension: true,
    input: Type.Object({
      id: Type.String(),
      starts_at: clearable(Type.String({ description: 'When it takes place, as an ISO instant.' })),
      note: Type.Optional(Type.String({ maxLength: 2_000 })),
    }),
    output: Type.Object({
      contact: WireContact,
      finished_contact_campaign_status_ids: Type.Array(Type.String()),
      still_sending: StillSending,
    }),
    async run(input, call) {
      const { teamId: team } = call.caller
      const { finished, transmitting } = allowed(
        await recordMeeting(call.db, {
          team,
          actor: actorOf(call),
          contactId: input.id,
          startsAt: input.starts_at ? instantOf(input.starts_at, 'starts_at') : null,
          note: input.note ?? '',
          now: call.now,
          random: call.random,
        }),
      )
      const { contact } = await contactWithLabels(call, input.id)
      return {
        contact,
        finished_contact_campaign_status_ids: finished,
        still_sending: stillSending(transmitting),
      }
    },
  }),
]

async function deleteOne(call: Call, id: Id) {
  const { now, random } = call
  const deleting = { team: call.caller.teamId, actor: actorOf(call), contactId: id, now, random }
  const deleted = await deleteContact(call.db, deleting)
  if (!deleted.ok && deleted.refusal.kind === 'not_found')
    refuse(422, 'Oops! This contact does not exist in Apollo.')
  return allowed(deleted)
}
