/** Companies, one by one: create, show, update. Searching is in account-search.ts, many at once in account-bulk.ts. */
import { Type } from 'typebox'
import { createAccounts, updateAccounts } from '../actions/write-accounts.ts'
import { isId } from '../core/ids.ts'
import { listsByIds } from '../store/lists.ts'
import { accountsWire, WireAccount } from './account-answers.ts'
import { accountFieldsFrom, accountParameters } from './account-input.ts'
import { writerOf } from './actor.ts'
import { refuseId } from './errors.ts'
import { allowed } from './refusing.ts'
import { type Route, route } from './route.ts'
import { WireLabel, wireLabel } from './wire/label.ts'

/** The recorded 422 for an id of nothing: there is no 404 here. */
const Id = Type.String({ maxLength: 100 })

export const routes: Route[] = [
  route({
    method: 'POST',
    path: '/accounts',
    name: 'accounts/create',
    summary: 'Create an account',
    description:
      'Needs a name or a domain. Makes a second account where one of that name or domain is there already; to avoid that, use bulk_create with run_dedupe.',
    input: Type.Object(accountParameters),
    output: Type.Object({ account: WireAccount }),
    async run(input, call) {
      const accounts = await accountFieldsFrom([input], call)
      const { created } = allowed(
        await createAccounts(call.db, { ...writerOf(call), accounts, listNames: [], dedupe: false }),
      )
      const [account] = await accountsWire(call, created)
      return { account: account! }
    },
  }),
  route({
    method: 'GET',
    path: '/accounts/:id',
    name: 'accounts/show',
    summary: 'Show an account',
    input: Type.Object({ id: Id }),
    output: Type.Object({
      account: WireAccount,
      salesforce_users: Type.Array(Type.Unknown(), { description: 'Empty: there is no CRM behind Segue.' }),
      hubspot_owners: Type.Array(Type.Unknown(), { description: 'Empty.' }),
    }),
    async run({ id }, call) {
      const [account] = isId(id) ? await accountsWire(call, [id]) : []
      return account ? { account, salesforce_users: [], hubspot_owners: [] } : refuseId(id)
    },
  }),
  route({
    method: ['PATCH', 'PUT'],
    path: '/accounts/:id',
    name: 'accounts/update',
    summary: 'Update an account',
    description:
      'What is left out stays. Whoever is in a sequence and concerned is looked at again: an excluded stage holds them back, a value that was missing lets them go on.',
    input: Type.Object({ id: Id, ...accountParameters }),
    output: Type.Object({ account: WireAccount, labels: Type.Array(WireLabel) }),
    async run(input, call) {
      const { id } = input
      if (!isId(id)) refuseId(id)
      const [fields] = await accountFieldsFrom([input], call)
      allowed(await updateAccounts(call.db, writerOf(call), [{ id, fields: fields! }]))
      const [account] = await accountsWire(call, [id])
      const lists = await listsByIds(call.db, { team: call.caller.teamId, ids: account!.label_ids })
      return { account: account!, labels: lists.map(wireLabel) }
    },
  }),
]
