/** Contacts, many at once. */
import { type Static, Type } from 'typebox'
import { createContacts } from '../actions/create-contacts.ts'
import { type ContactChange, updateContacts } from '../actions/update-contacts.ts'
import { type Id, newId } from '../core/ids.ts'
import { writerOf } from './actor.ts'
import { contactsWire } from './contact-answers.ts'
import {
  type ContactParameters,
  contactFieldsFrom,
  contactParameters,
  fieldOf,
  refuseContact,
} from './contact-input.ts'
import { refuse, refuseId } from './errors.ts'
import { CREATED_MAX, idsOf, idsParameter, refuseMore, requiredId, requiredIds } from './many.ts'
import { clearableId } from './params.ts'
import { type Call, type Route, route } from './route.ts'
import { WireContact } from './wire/contact.ts'
import { iso, WireInstant } from './wire/instant.ts'

/** More than so many are answered with a job, as is `async`; they are changed when the call returns all the same. */
const SHOWN_MAX = 100

const place = Type.Optional(Type.Integer({ minimum: 0 }))
const { label_names: _lists, ...commonParameters } = contactParameters
const email = Type.Object({ email: Type.Optional(Type.String({ maxLength: 1000 })), position: place })
const number = Type.Object({ raw_number: Type.Optional(Type.String({ maxLength: 100 })), position: place })

const created = Type.Object({
  ...contactParameters,
  primary_title: contactParameters.title,
  phone: contactParameters.other_phone,
  contact_emails: Type.Optional(Type.Array(email, { description: 'Without `email`: the first of them.' })),
  phone_numbers: Type.Optional(
    Type.Array(number, { description: 'Without `phone` and `other_phone`: the first of them.' }),
  ),
})

const sameAsContacts = Type.Optional(Type.Array(created, { description: 'Another name of `contacts`.' }))

const OfTeam = Type.Intersect([WireContact, Type.Object({ team_id: Type.String() })])

const WireJob = Type.Object({
  id: Type.String(),
  job_type: Type.String(),
  status: Type.String({ description: 'completed' }),
  entity_ids: Type.Array(Type.String()),
  created_at: WireInstant,
  updated_at: WireInstant,
})

export const routes: Route[] = [
  route({
    method: 'POST',
    path: '/contacts/bulk_create',
    name: 'contacts/bulk_create',
    summary: 'Create up to 100 contacts',
    description:
      'All of them or none. With `run_dedupe`, whoever is there already (by address; where one of the two has none, by name and company) is named under `existing_contacts` and stays as they are, and of those who are said twice the first is made.',
    input: Type.Object({
      contacts: Type.Optional(Type.Array(created)),
      contact_attributes: sameAsContacts,
      contacts_with_labels: sameAsContacts,
      append_label_names: contactParameters.label_names,
      owner_id: contactParameters.owner_id,
      run_dedupe: Type.Optional(Type.Boolean()),
    }),
    output: Type.Object({
      created_contacts: Type.Array(OfTeam),
      existing_contacts: Type.Array(OfTeam),
    }),
    async run(input, call) {
      const { append_label_names: listNames = [], run_dedupe: dedupe = false } = input
      const asked = [input.contacts, input.contact_attributes, input.contacts_with_labels]
      const given = (asked.find((some) => some?.length) ?? []).map(usualNames)
      if (given.length === 0)
        refuse(422, 'Please provide an array of contact attributes in the "contact_attributes" parameter.')
      if (given.length > CREATED_MAX)
        refuse(422, `Please limit your array to ${CREATED_MAX} contacts or fewer.`)
      const ownerId = clearableId(input.owner_id)
      const fields = await contactFieldsFrom(given, call)
      const contacts = fields.map((own, i) => ({
        fields: { ...own, ownerId: own.ownerId ?? ownerId },
        listNames: [...(given[i]!.label_names ?? []), ...listNames],
      }))
      const made = await createContacts(call.db, writerOf(call), { contacts, dedupe })
      if (made.kind !== 'made') refuseContact(made)
      // Recorded here and nowhere else.
      const shown = async (some: readonly Id[]) =>
        (await contactsWire(call, some)).map((one) => ({ ...one, team_id: call.caller.teamPublicId }))
      return { created_contacts: await shown(made.created), existing_contacts: await shown(made.existing) }
    },
  }),
  route({
    method: 'POST',
    path: '/contacts/bulk_update',
    name: 'contacts/bulk_update',
    summary: 'Update up to 1,000 contacts',
    description:
      'All of them or none. Either `contact_ids` with what all of them get, or `contact_attributes` with what each gets. Up to 100 are shown; more, or with `async`, are answered with a job, which is completed when the call returns.',
    input: Type.Object({
      contact_ids: idsParameter,
      contact_attributes: Type.Optional(
        Type.Array(Type.Object({ id: Type.String({ maxLength: 100 }), ...contactParameters })),
      ),
      ...commonParameters,
      async: Type.Optional(Type.Boolean()),
    }),
    output: Type.Object({
      contacts: Type.Optional(Type.Array(WireContact)),
      entity_progress_job: Type.Optional(WireJob),
    }),
    async run(input, call) {
      const { contact_ids: given = [], contact_attributes: attributes = [] } = input
      if (given.length + attributes.length === 0)
        refuse(422, 'Please provide either contact_ids or contact_attributes')
      refuseMore(given.length + attributes.length)
      const [common, ...own] = await contactFieldsFrom([input, ...attributes], call)
      const changes: ContactChange[] = [
        ...idsOf(given).map((id) => ({ id, fields: common! })),
        ...idsOf(attributes.map((one) => one.id)).map((id, i) => ({
          id,
          fields: own[i]!,
          listNames: attributes[i]!.label_names,
        })),
      ]
      const changed = await change(call, changes)
      if (!input.async && changed.length <= SHOWN_MAX) return { contacts: await contactsWire(call, changed) }
      return { entity_progress_job: jobOf(call, changed) }
    },
  }),
  route({
    method: 'POST',
    path: '/contacts/update_owners',
    name: 'contacts/update_owners',
    summary: 'Give contacts to another owner',
    input: Type.Object({
      contact_ids: idsParameter,
      owner_id: Type.Optional(Type.String({ maxLength: 100 })),
    }),
    output: Type.Object({ contacts: Type.Array(Type.Pick(WireContact, ['id', 'owner_id', 'crm_owner_id'])) }),
    async run({ contact_ids: given, owner_id: owner }, call) {
      const changed = await changeAll(call, given, () => ({ ownerId: requiredId(owner, 'owner_id') }))
      const contacts = await contactsWire(call, changed)
      return {
        contacts: contacts.map(({ id, owner_id, crm_owner_id }) => ({ id, owner_id, crm_owner_id })),
      }
    },
  }),
  route({
    method: 'POST',
    path: '/contacts/update_stages',
    name: 'contacts/update_stages',
    summary: 'Move contacts to another stage',
    description: 'What a stage does to those who are in a sequence, it does to all of them at once.',
    input: Type.Object({
      contact_ids: idsParameter,
      contact_stage_id: Type.Optional(Type.String({ maxLength: 100 })),
    }),
    output: Type.Object({ contacts: Type.Array(WireContact) }),
    async run({ contact_ids: given, contact_stage_id: stage }, call) {
      const changed = await changeAll(call, given, () => ({ stageId: requiredId(stage, 'contact_stage_id') }))
      return { contacts: await contactsWire(call, changed) }
    },
  }),
]

/** The words that only this call knows, as the others say them. */
function usualNames(one: Static<typeof created>): ContactParameters {
  const { contact_emails: emails = [], phone_numbers: numbers = [] } = one
  const first = <T extends { position?: number }>(all: readonly T[]) =>
    all.toSorted((a, b) => (a.position ?? 0) - (b.position ?? 0))[0]
  const title = one.title ?? one.primary_title
  const address = one.email ?? first(emails)?.email
  const phone = one.other_phone ?? one.phone ?? first(numbers)?.raw_number
  return {
    ...one,
    ...(title !== undefined && { title }),
    ...(address !== undefined && { email: address }),
    ...(phone !== undefined && { other_phone: phone }),
  }
}

/** Missing ids are told before missing fields. */
function changeAll(
  call: Call,
  given: readonly string[] | undefined,
  fieldsOf: () => ContactChange['fields'],
): Promise<Id[]> {
  const ids = requiredIds(given, 'contact_ids')
  const fields = fieldsOf()
  return change(
    call,
    ids.map((id) => ({ id, fields })),
  )
}

async function change(call: Call, changes: readonly ContactChange[]): Promise<Id[]> {
  const updated = await updateContacts(call.db, writerOf(call), changes)
  if (updated.kind === 'not_found') refuseId(updated.id)
  if (updated.kind === 'deleted')
    refuse(422, 'Cannot update contact as it is deleted.', { deleted_contact_ids: updated.ids })
  if (updated.kind === 'refused')
    refuse(422, 'Validation failed', {
      error_details: { contact_id: updated.contactId, field: fieldOf(updated), message: updated.sentence },
    })
  if (updated.kind === 'unknown_id') refuseContact(updated)
  return [...new Set(changes.map((one) => one.id))]
}

function jobOf({ now, random }: Call, entityIds: Id[]) {
  const instant = iso(now)
  return {
    id: newId(now, random),
    job_type: 'contact_bulk_update',
    status: 'completed',
    entity_ids: entityIds,
    created_at: instant,
    updated_at: instant,
  }
}
