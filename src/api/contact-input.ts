/** The parameters of a contact on the wire, and what they mean in our words. */
import { type Static, Type } from 'typebox'
import type { ContactFields } from '../actions/contact-fields.ts'
import type { ContactRefusal } from '../actions/write-contact.ts'
import { isId } from '../core/ids.ts'
import { PHONE_MAX } from '../core/phone.ts'
import { contactFieldsOf } from '../store/custom-fields.ts'
import { refuse, refuseId } from './errors.ts'
import { clearable } from './params.ts'
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
  typed_custom_fields: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), { description: 'Values by the id of the custom field.' }),
  ),
}

const Parameters = Type.Object(contactParameters)
export type ContactParameters = Static<typeof Parameters>

const CUSTOM_VALUE_MAX = 10_000

/** Throws the recorded 422s for ids that are none. */
export async function contactFieldsFrom(input: ContactParameters, call: Call): Promise<ContactFields> {
  return {
    firstName: input.first_name,
    lastName: input.last_name,
    title: input.title,
    email: input.email,
    organizationName: input.organization_name,
    websiteUrl: input.website_url,
    linkedinUrl: input.linkedin_url,
    accountId: idOf(input.account_id),
    stageId: idOf(input.contact_stage_id),
    ownerId: idOf(input.owner_id),
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
    custom: await customOf(input.typed_custom_fields, call),
  }
}

function idOf(id: string | null | undefined): string | null | undefined {
  if (id === undefined) return undefined
  if (id === null || id === '') return null
  return isId(id) ? id : refuseId(id)
}

async function customOf(
  given: Record<string, unknown> | undefined,
  { db, caller }: Call,
): Promise<ContactFields['custom']> {
  const names = Object.keys(given ?? {})
  if (!given || names.length === 0) return undefined
  const fields = await contactFieldsOf(db, caller.teamId)
  return Object.fromEntries(
    names.map((name) => {
      const field = fields.find(({ id, key }) => id === name || key === name)
      if (!field) refuseId(name)
      return [field.key, customValue(given[name], `typed_custom_fields[${name}]`)]
    }),
  )
}

function customValue(value: unknown, parameter: string): string | number | boolean | null {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value === 'string' && value.length <= CUSTOM_VALUE_MAX && !value.includes('\u0000')) return value
  return refuse(422, `The parameter "${parameter}" is not a text, number or boolean that fits.`, {
    parameter,
  })
}

const WIRE_FIELDS = {
  email: 'email',
  timeZone: 'time_zone',
  accountId: 'account_id',
  stageId: 'contact_stage_id',
  ownerId: 'owner_id',
} as const

/** The refusal of an action as a 422 that names the parameter. */
export function refuseContact(refusal: ContactRefusal): never {
  const parameter = WIRE_FIELDS[refusal.field]
  if (refusal.kind === 'refused') refuse(422, refusal.sentence, { parameter })
  return refuse(422, `Parameters misconfigured. ${refusal.value} is not a valid ID`, { parameter })
}
