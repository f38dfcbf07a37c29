/** Companies, many at once. */
import { Type } from 'typebox'
import { type AccountChange, createAccounts, updateAccounts } from '../actions/write-accounts.ts'
import { accountsWire, WireAccount } from './account-answers.ts'
import { accountFieldsFrom, accountParameters } from './account-input.ts'
import { writerOf } from './actor.ts'
import { refuse } from './errors.ts'
import { CREATED_MAX, idsOf, idsParameter, refuseMore, requiredId, requiredIds } from './many.ts'
import { clearableId } from './params.ts'
import { allowed } from './refusing.ts'
import { type Call, type Route, route } from './route.ts'

const Accounts = Type.Object({ accounts: Type.Array(WireAccount) })

export const routes: Route[] = [
  route({
    method: 'POST',
    path: '/accounts/bulk_create',
    name: 'accounts/bulk_create',
    summary: 'Create up to 100 accounts',
    description:
      'All of them or none. With `run_dedupe`, one whose domain is there already (or, without a domain, its name) is named under `existing_accounts` and stays as it is.',
    input: Type.Object({
      accounts: Type.Optional(Type.Array(Type.Object(accountParameters))),
      append_label_names: Type.Optional(Type.Array(Type.String({ maxLength: 255 }), { maxItems: 100 })),
      run_dedupe: Type.Optional(Type.Boolean()),
    }),
    output: Type.Object({
      created_accounts: Type.Array(WireAccount),
      existing_accounts: Type.Array(WireAccount),
    }),
    async run({ accounts = [], append_label_names: listNames = [], run_dedupe: dedupe = false }, call) {
      if (accounts.length === 0)
        refuse(422, 'Please provide an array of account attributes in the "accounts" parameter.')
      if (accounts.length > CREATED_MAX)
        refuse(422, `Please limit your array to ${CREATED_MAX} accounts or fewer.`)
      const fields = await accountFieldsFrom(accounts, call)
      const { created, existing } = allowed(
        await createAccounts(call.db, { ...writerOf(call), accounts: fields, listNames, dedupe }),
      )
      return {
        created_accounts: await accountsWire(call, created),
        existing_accounts: await accountsWire(call, existing),
      }
    },
  }),
  route({
    method: 'POST',
    path: '/accounts/bulk_update',
    name: 'accounts/bulk_update',
    summary: 'Update up to 1,000 accounts',
    description:
      'All of them or none. Either `account_ids` with what all of them get, or `account_attributes` with what each gets.',
    input: Type.Object({
      account_ids: idsParameter,
      account_attributes: Type.Optional(
        Type.Array(Type.Object({ id: Type.String({ maxLength: 100 }), ...accountParameters })),
      ),
      name: accountParameters.name,
      owner_id: accountParameters.owner_id,
      account_stage_id: accountParameters.account_stage_id,
      async: Type.Optional(
        Type.Boolean({ description: 'Accepted with `account_ids`: all are updated when the call returns.' }),
      ),
    }),
    output: Accounts,
    async run(input, call) {
      const { account_ids: given = [], account_attributes: attributes = [] } = input
      if (input.async && attributes.length > 0) refuse(422, 'Async processing is not permitted.')
      refuseMore(given.length + attributes.length)
      if (given.length + attributes.length === 0)
        refuse(422, "Required parameter 'account_ids' missing", { parameter: 'account_ids' })
      const common = {
        name: input.name,
        ownerId: clearableId(input.owner_id),
        stageId: clearableId(input.account_stage_id),
      }
      const changes: AccountChange[] = idsOf(given).map((id) => ({ id, fields: common }))
      const own = idsOf(attributes.map((one) => one.id))
      for (const [i, fields] of (await accountFieldsFrom(attributes, call)).entries())
        changes.push({ id: own[i]!, fields })
      return changed(call, changes)
    },
  }),
  route({
    method: 'POST',
    path: '/accounts/update_owners',
    name: 'accounts/update_owners',
    summary: 'Give accounts to another owner',
    input: Type.Object({
      account_ids: idsParameter,
      owner_id: Type.Optional(Type.String({ maxLength: 100 })),
    }),
    output: Accounts,
    async run({ account_ids: given, owner_id: owner }, call) {
      const ids = requiredIds(given, 'account_ids')
      const fields = { ownerId: requiredId(owner, 'owner_id') }
      return changed(
        call,
        ids.map((id) => ({ id, fields })),
      )
    },
  }),
]

async function changed(call: Call, changes: readonly AccountChange[]) {
  allowed(await updateAccounts(call.db, writerOf(call), changes))
  return { accounts: await accountsWire(call, [...new Set(changes.map((one) => one.id))]) }
}
