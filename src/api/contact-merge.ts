/** Two contacts that are one person become one, over HTTP. */
import { Type } from 'typebox'
import { type Merged, type Merging, mergeContacts, planMerging } from '../actions/merge-contacts.ts'
import { actorOf } from './actor.ts'
import { contactRowsWire } from './contact-answers.ts'
import { IdParameter } from './params.ts'
import { allowed } from './refusing.ts'
import { type Call, type Route, route } from './route.ts'
import { StillSending, stillSending } from './sequence-state.ts'
import { WireContact } from './wire/contact.ts'

const TextOrNull = Type.Union([Type.String(), Type.Null()])

const SequenceMerged = Type.Object({
  emailer_campaign_id: Type.String(),
  name: TextOrNull,
  /** Of the two contacts. */
  place_of: Type.String({ description: 'Whose place in the sequence counts: `kept` or `merged`.' }),
  contact_campaign_status_id: Type.String(),
  goes_on: Type.Boolean({ description: 'False: nothing more is sent in this sequence.' }),
  ended_contact_campaign_status_ids: Type.Array(Type.String()),
})

export const routes: Route[] = [
  route({
    method: 'POST',
    path: '/contacts/:id/merge',
    name: 'contacts/merge',
    summary: 'Two contacts are one person: merge the other one into this one',
    description:
      'This contact stays; the other (`contact_id`) is deleted, and its sequences, emails, answers, tasks and lists are those of this one. What this one does not say itself is taken over. Of a sequence that both are in the more advanced place stays (one that has ended before one that is alive, one that is alive before one that failed; then the further step; then more emails sent), the other ends as `same_person` and is hidden. With another address the next email opens a new thread. The do-not-contact list stays as it is. `dry_run` says all of it and changes nothing. When the call has returned, nothing leaves to the other address but the emails that `still_sending` names. It cannot be undone.',
    extension: true,
    input: Type.Object({
      id: Type.String(),
      contact_id: IdParameter,
      dry_run: Type.Optional(Type.Boolean()),
    }),
    output: Type.Object({
      contact: WireContact,
      merged_contact_id: Type.String(),
      dry_run: Type.Boolean(),
      filled: Type.Array(Type.String(), {
        description: 'Fields of this contact that are others than before.',
      }),
      sequences: Type.Array(SequenceMerged),
      leaves_email: Type.Union([Type.String(), Type.Null()], {
        description: 'The address that is not written to any more.',
      }),
      only_merged_is_unsubscribed: Type.Boolean({
        description: 'That address is on the do-not-contact list, and the one that stays is not.',
      }),
      still_sending: StillSending,
    }),
    async run(input, call) {
      const asked = merging(call, { keptId: input.id, otherId: input.contact_id })
      if (input.dry_run) {
        const planned = allowed(await planMerging(call.db, asked))
        return { ...(await shown(call, asked, planned)), dry_run: true, still_sending: [] }
      }
      const merged = allowed(await mergeContacts(call.db, asked))
      return {
        ...(await shown(call, asked, merged)),
        dry_run: false,
        still_sending: stillSending(merged.transmitting),
      }
    },
  }),
]

function merging(call: Call, ids: { keptId: string; otherId: string }): Merging {
  const { now, random, caller } = call
  return { team: caller.teamId, userId: caller.userId, actor: actorOf(call), ...ids, now, random }
}

async function shown(call: Call, { otherId }: Merging, merged: Merged) {
  const [contact] = await contactRowsWire(call, [merged.contact])
  return {
    contact: contact!,
    merged_contact_id: otherId,
    filled: merged.filled.map((field) => WIRE_FIELDS[field] ?? field),
    sequences: merged.sequences.map((one) => ({
      emailer_campaign_id: one.sequenceId,
      name: one.sequenceName,
      place_of: one.from === 'kept' ? 'kept' : 'merged',
      contact_campaign_status_id: one.enrollmentId,
      goes_on: one.goesOn,
      ended_contact_campaign_status_ids: one.endedIds,
    })),
    leaves_email: merged.leavesAddress,
    only_merged_is_unsubscribed: merged.onlyOtherSuppressed,
  }
}

/** As the parameters of an update call them. */
const WIRE_FIELDS: Record<string, string> = {
  accountId: 'account_id',
  ownerId: 'owner_id',
  stageId: 'contact_stage_id',
  firstName: 'first_name',
  lastName: 'last_name',
  emailStatus: 'email_status',
  organizationName: 'organization_name',
  websiteUrl: 'website_url',
  linkedinUrl: 'linkedin_url',
  phones: 'phone_numbers',
  rawAddress: 'present_raw_address',
  street: 'street_address',
  postalCode: 'postal_code',
  timeZone: 'time_zone',
  timeZoneSource: 'time_zone_source',
  custom: 'typed_custom_fields',
}
