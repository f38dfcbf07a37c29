/** One team never sees another: every call with an id of another team behaves as if there were no such thing. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApiKey } from '../../src/store/api-keys.ts'
import { teamById } from '../../src/store/teams.ts'
import { type Api, START, startApi } from '../support/api.ts'
import { createTeam } from '../support/team.ts'

let api: Api
let theirs: Record<string, string>
beforeAll(async () => {
  api = await startApi()
  const { random } = api.context
  const other = await createTeam(api.db, { now: START, random })
  const { publicId } = await teamById(api.db, other.team)
  const { key } = await createApiKey(api.db, {
    ...{
      team: other.team,
      teamPublicId: publicId,
      name: 'theirs',
      createdBy: other.userId,
      now: START,
      random,
    },
  })
  theirs = { 'x-api-key': key }
})
afterAll(() => api.close())

const asThem = (path: string, body?: unknown, method?: string) =>
  api.call({ path, ...(body !== undefined && { body }), ...(method && { method }), headers: theirs })

test('a contact of another team does not exist', async () => {
  const made = await api.post('/contacts', {
    first_name: 'Ours',
    email: 'ours@acme.test',
    label_names: ['ours'],
  })
  const { id, account_id, contact_stage_id } = made.body.contact
  const oops = { error: 'Oops! This contact does not exist in Apollo.' }
  expect((await asThem(`/contacts/${id}`)).body).toEqual(oops)
  expect((await asThem(`/contacts/${id}`, { first_name: 'Stolen' }, 'PUT')).body).toEqual(oops)
  expect((await asThem(`/contacts/${id}/timeline`)).body).toEqual(oops)
  const search = await asThem('/contacts/search', { ids: [id], q_keywords: 'ours' })
  expect(search.body.pagination.total_entries).toBe(0)
  expect(account_id).toBeNull()
  const staged = await asThem('/contacts', { contact_stage_id })
  expect(staged.body.error).toBe(`Parameters misconfigured. ${contact_stage_id} is not a valid ID`)
  expect((await asThem('/labels')).body).toEqual([])
})

test('an account, its stage and its fields of another team do not exist', async () => {
  const { id } = (await api.post('/accounts', { name: 'Ours Ltd', domain: 'ours.test' })).body.account
  const field = (await api.post('/fields', { label: 'Ours', modality: 'account' })).body
    .typed_custom_fields[0]
  const [stage] = (await api.get('/account_stages')).body.account_stages
  const unknown = (value: string) => ({ error: `Parameters misconfigured. ${value} is not a valid ID` })
  expect((await asThem(`/accounts/${id}`)).body).toEqual(unknown(id))
  expect((await asThem(`/accounts/${id}`, { name: 'Stolen' }, 'PUT')).body).toEqual(unknown(id))
  const many = { account_ids: [id], name: 'Stolen' }
  expect((await asThem('/accounts/bulk_update', many)).body).toEqual(unknown(id))
  expect((await asThem('/accounts', { name: 'x', account_stage_id: stage.id })).body).toEqual(
    unknown(stage.id),
  )
  const valued = { name: 'x', typed_custom_fields: { [field.id]: 'y' } }
  expect((await asThem('/accounts', valued)).body).toEqual(unknown(field.id))
  expect((await asThem('/accounts/search', {})).body.accounts).toEqual([])
  expect((await asThem('/typed_custom_fields')).body.typed_custom_fields).toEqual([])
  const renamed = await asThem('/fields', { fields: [{ id: field.id, label: 'Stolen' }] }, 'PATCH')
  expect(renamed.body.error).toBe('Some fields could not be found')
  const same = { accounts: [{ domain: 'ours.test' }], run_dedupe: true }
  expect((await asThem('/accounts/bulk_create', same)).body.created_accounts).toHaveLength(1)
  expect((await api.get(`/accounts/${id}`)).body.account.name).toBe('Ours Ltd')
})

test('a mailbox of another team is neither shown nor removed', async () => {
  const { id } = (await api.get('/email_accounts')).body.email_accounts[0]
  expect((await asThem(`/email_accounts/${id}`)).status).toBe(404)
  expect((await asThem(`/email_accounts/${id}`, undefined, 'DELETE')).status).toBe(404)
  expect((await api.get(`/email_accounts/${id}`)).status).toBe(200)
})

test('a snippet of another team is neither shown, changed, deleted nor put in', async () => {
  const { id } = (await api.post('/snippets', { name: 'ours', body_html: 'secret' })).body.snippet
  expect((await asThem('/snippets')).body.snippets).toEqual([])
  expect((await asThem(`/snippets/${id}`, { body_html: 'x' }, 'PUT')).status).toBe(404)
  expect((await asThem(`/snippets/${id}`, undefined, 'DELETE')).status).toBe(404)
  expect((await asThem('/snippets', { name: 'ours', body_html: 'theirs' })).status).toBe(200)
  expect((await api.get('/snippets')).body.snippets).toMatchObject([{ id, body_html: 'secret' }])
})

test('the same address in two teams is two people', async () => {
  const ours = await api.post('/contacts', { email: 'both@acme.test', run_dedupe: true })
  const made = await asThem('/contacts', { email: 'both@acme.test', run_dedupe: true })
  expect(made.body.contact.id).not.toBe(ours.body.contact.id)
  expect(made.body.dedupe_result.found_existing).toBe(false)
})

test('keys, imports and the do-not-contact list of another team are out of reach', async () => {
  const keys = (await api.get('/api_keys')).body.api_keys as { id: string }[]
  expect((await asThem(`/api_keys/${keys[0]!.id}`, undefined, 'DELETE')).status).toBe(404)
  expect((await asThem('/api_keys')).body.api_keys).toHaveLength(1)
  const { body } = await api.call({ path: '/imports', body: Buffer.from('email\na@b.test\n') })
  for (const [path, sent] of [
    [`/imports/${body.import.id}`, undefined],
    [`/imports/${body.import.id}/failures`, undefined],
    [`/imports/${body.import.id}/start`, { mapping: { email: 'email' } }],
    [`/imports/${body.import.id}/dry_run`, { mapping: { email: 'email' } }],
  ] as const)
    expect((await asThem(path, sent)).status).toBe(404)
  await api.post('/suppressions', { values: ['never@acme.test'] })
  expect((await asThem('/suppressions/search', {})).body.suppressions).toEqual([])
  const lift = await asThem('/suppressions/lift', { kind: 'address', value: 'never@acme.test', reason: 'x' })
  expect(lift.status).toBe(404)
})

test('the people and the name of another team are not shown', async () => {
  expect((await asThem('/users/search')).text).not.toContain('maria@acme.test')
  expect((await asThem('/users/api_profile')).body.team_id).not.toBe(api.teamId)
})
