/** The parameters of a contact on the wire, and what they mean in our words. */
import { type Static, Type } from 'typebox'
import type { ContactFields } from '../actions/contact-fields.ts'
import type { ContactRefusal } from '../actions/write-contact.ts'
import { EMAIL_STATUSES } from '../core/email-status.ts'
import { PHONE_MAX } from '../core/phone.ts'
import { customParameter, customValuesFrom, fieldsFor } from './custom-values.ts'
import { refuse } from './errors.ts'
import { clearable, clearableId } from './params.ts'
import type { Call } from './route.ts'

const text = (maxLength: number) => clearable(Type.String({ maxLength }))
const phone = text(PHONE_MAX)

/** Names of lists in one call. */
const LABELS_MAX = 100

export const contactParameters = {
  first_name: text(255),
  last_name: text(255),
  organization_name: text(500),
  title: text(500),
  account_id: text(100),
  email: text(1000),
  email_status: clearable(
    Type.String({
      maxLength: 50,
      description: `Extension. ${EMAIL_STATUSES.join(', ')}. Who is not verified is added to sequences only with the flag for it. Null: verified.`,
    }),
  ),
  job_changed: Type.Optional(
    Type.Boolean({
      description:
        'Extension. They seem to work elsewhere now: they are added to sequences only with `sequence_job_change`.',
    }),
  ),
  website_url: text(2000),
  linkedin_url: text(2000),
  label_names: Type.Optional(Type.Array(Type.String({ maxLength: 255 }), { maxItems: LABELS_MAX })),
  contact_stage_id: text(100),
  owner_id: text(100),
  present_raw_address: text(1000),
  street_address: text(500),
  city: text(255),
  state: text(255),
  country: text(255),
  postal_code: text(50),
  time_zone: clearable(
    Type.String({ maxLength: 100, description: 'IANA, such as Europe/Berlin. An extension.' }),
  ),
  direct_phone: phone,
  corporate_phone: phone,
  mobile_phone: phone,
  home_phone: phone,
  other_phone: phone,
  typed_custom_fields: customParameter,
}

const Parameters = Type.Object(contactParameters)
export type ContactParameters = Static<typeof Parameters>

/** Of each in turn. Throws the recorded 422s for ids that are none. */
export async function contactFieldsFrom(
  inputs: readonly ContactParameters[],
  call: Call,
): Promise<ContactFields[]> {
  const known = await fieldsFor(inputs, 'contact', call)
  return inputs.map((input) => ({
    firstName: input.first_name,
    lastName: input.last_name,
    title: input.title,
    email: input.email,
    emailStatus: input.email_status,
    jobChanged: input.job_changed,
    organizationName: input.organization_name,
    websiteUrl: input.website_url,
    linkedinUrl: input.linkedin_url,
    accountId: clearableId(input.account_id),
    stageId: clearableId(input.contact_stage_id),
    ownerId: clearableId(input.owner_id),
    rawAddress: input.present_raw_address,
    street: input.street_address,
    city: input.city,
    state: input.state,
    country: input.country,
    postalCode: input.postal_code,
    timeZone: input.time_zone,
    phones: {
      work_direct: input.direct_phone,
      work_hq: input.corporate_phone,
      mobile: input.mobile_phone,
      home: input.home_phone,
      other: input.other_phone,
    },
    custom: customValuesFrom(input, known),
  }))
}

/** The parameter of a field. */
export const fieldOf = ({ field }: ContactRefusal) => WIRE_FIELDS[field]

const WIRE_FIELDS = {
  email: 'email',
  emailStatus: 'email_status',
  timeZone: 'time_zone',
  accountId: 'account_id',
  stageId: 'contact_stage_id',
  ownerId: 'owner_id',
} as const

/** The refusal of an action as a 422 that names the parameter. */
export function refuseContact(refusal: ContactRefusal): never {
  const parameter = fieldOf(refusal)
  if (refusal.kind === 'refused') refuse(422, refusal.sentence, { parameter })
  return refuse(422, `Parameters misconfigured. ${refusal.value} is not a valid ID`, { parameter })
}
