/** Contacts: create, show, update. Searching is in contact-search.ts. */
import { Type } from 'typebox'
import { createContact } from '../actions/create-contact.ts'
import { updateContact } from '../actions/update-contact.ts'
import { contactById } from '../store/contacts.ts'
import { contactWithLabels } from './contact-answers.ts'
import { contactFieldsFrom, contactParameters, refuseContact } from './contact-input.ts'
import { refuse } from './errors.ts'
import { type Call, type Route, route } from './route.ts'
import { WireContact } from './wire/contact.ts'
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
      const made = await createContact(call.db, {
        ...writer(call),
        fields: await contactFieldsFrom(input, call),
        listNames: input.label_names,
        merge: input.run_dedupe ?? false,
      })
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
      if (found.deletedAt !== null) refuse(422, 'This contact has been deleted.')
      return contactWithLabels(call, id)
    },
  }),
  route({
    method: ['PUT', 'PATCH'],
    path: '/contacts/:id',
    name: 'contacts/update',
    summary: 'Update a contact',
    description: 'What is left out stays; `label_names` replaces all lists of the contact.',
    input: Type.Object({ id: Type.String(), ...contactParameters }),
    output: ContactAnswer,
    async run(input, call) {
      const { id } = input
      const updated = await updateContact(call.db, {
        ...writer(call),
        id,
        fields: await contactFieldsFrom(input, call),
        listNames: input.label_names,
      })
      if (updated.kind === 'not_found') refuse(422, 'Oops! This contact does not exist in Apollo.')
      if (updated.kind === 'deleted')
        refuse(422, 'Cannot update contact as it is deleted.', { deleted_contact_ids: [id] })
      if (updated.kind !== 'updated') refuseContact(updated)
      return contactWithLabels(call, id)
    },
  }),
]

/** People at the page make contacts "manually", programs by the API. */
function writer({ caller, now, random }: Call) {
  return {
    team: caller.teamId,
    userId: caller.userId,
    source: caller.via === 'key' ? 'api' : 'manual',
    now,
    random,
  }
}
