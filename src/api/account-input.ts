/** The parameters of a company on the wire, and what they mean in our words. */
import { type Static, Type } from 'typebox'
import type { AccountFields } from '../actions/account-fields.ts'
import { PHONE_MAX } from '../core/phone.ts'
import { customParameter, customValuesFrom, fieldsFor } from './custom-values.ts'
import { clearable, clearableId } from './params.ts'
import type { Call } from './route.ts'

const text = (maxLength: number) => clearable(Type.String({ maxLength }))

export const accountParameters = {
  name: text(500),
  domain: clearable(
    Type.String({
      maxLength: 2000,
      description: 'acme.com; of an address such as https://www.acme.com/, the domain.',
    }),
  ),
  owner_id: text(100),
  account_stage_id: text(100),
  phone: text(PHONE_MAX),
  raw_address: text(1000),
  typed_custom_fields: customParameter,
}

const Parameters = Type.Object(accountParameters)

/** Of each in turn. Throws the recorded 422s for ids that are none. */
export async function accountFieldsFrom(
  inputs: readonly Static<typeof Parameters>[],
  call: Call,
): Promise<AccountFields[]> {
  const known = await fieldsFor(inputs, 'account', call)
  return inputs.map((input) => ({
    name: input.name,
    domain: input.domain,
    phone: input.phone,
    rawAddress: input.raw_address,
    stageId: clearableId(input.account_stage_id),
    ownerId: clearableId(input.owner_id),
    custom: customValuesFrom(input, known),
  }))
}
