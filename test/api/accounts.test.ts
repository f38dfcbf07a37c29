/** Companies on the wire: create, show, change, search, many at once, and what is refused. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Api, startApi } from '../support/api.ts'
import { hasContract, missingKeys, recorded } from '../support/contract.ts'
import { add, newContact, newSequence } from '../support/outreach.ts'

let api: Api
let stages: Record<string, string>
beforeAll(async () => {
  api = await startApi()
  const { body } = await api.get('/account_stages')
  stages = Object.fromEntries(
    body.account_stages.map((stage: { name: string; id: string }) => [stage.name, stage.id]),
  )
})
afterAll(() => api.close())

/** Maps whose keys are of the recorded account: its industry, where its people stood. */
const KEYED_BY_DATA = /\.(industry_tag_hash|contact_campaign_status_tally)\.[^.]+$/
const UNKNOWN_ID = 'ffffffffffffffffffffffff'
const misconfigured = (id: string) => ({ error: `Parameters misconfigured. ${id} is not a valid ID` })
const newAccount = async (fields: Record<string, unknown>): Promise<string> => {
  const { status, body, text } = await api.post('/accounts', fields)
  expect(status, text).toBe(200)
  return body.account.id
}

test('the default stages of accounts come in the recorded order', () => {
  expect(Object.keys(stages)).toEqual([
    ...['Review', 'Current Client', 'Active Opportunity', 'Dead Opportunity', 'Do Not Contact'],
  ])
})

test('an account comes back as it was sent, its domain without what stands around it', async () => {
  const renewal = (await api.post('/fields', { label: 'Renewal date', modality: 'account' })).body
  const fieldId = renewal.typed_custom_fields[0].id
  const { status, body } = await api.post('/accounts', {
    name: ' Writers Ltd ',
    domain: 'https://www.Writers.test/about?us',
    phone: '555-555-0108',
    raw_address: 'Dublin, Ireland',
    account_stage_id: stages['Active Opportunity'],
    typed_custom_fields: { [fieldId]: '2027-08-07' },
  })
  expect(status).toBe(200)
  expect(body.account).toMatchObject({
    name: 'Writers Ltd',
    domain: 'writers.test',
    website_url: 'http://writers.test',
    phone: '555-555-0108',
    sanitized_phone: '+15555550108',
    raw_address: 'Dublin, Ireland',
    account_stage_id: stages['Active Opportunity'],
    owner_id: api.userId,
    source: 'api',
    source_display_name: 'Created from API',
    typed_custom_fields: { [fieldId]: '2027-08-07' },
    num_contacts: 0,
  })
  expect((await api.get(`/accounts/${body.account.id}`)).body).toMatchObject(body)
})

test('an account needs a name or a domain; one of a domain alone is called by it', async () => {
  expect((await api.post('/accounts', { phone: '1' })).body).toEqual({
    error: 'Please specify at least a name or domain.',
    parameter: 'name',
  })
  const { body } = await api.post('/accounts', { domain: 'only.test' })
  expect(body.account.name).toBe('only.test')
  const bad = await api.post('/accounts', { name: 'Bad', domain: 'not a domain' })
  expect(bad).toMatchObject({ status: 422, body: { parameter: 'domain' } })
  expect(bad.body.error).toMatch(/"not a domain"/)
})

test('what is left out of a change stays, null and "" clear, and a name cannot be cleared away', async () => {
  const id = await newAccount({ name: 'Kept', domain: 'kept.test', phone: '1', raw_address: 'Here' })
  const changed = await api.call({
    method: 'PATCH',
    path: `/accounts/${id}`,
    body: { phone: null, name: '' },
  })
  expect(changed.body.account).toMatchObject({
    name: 'kept.test',
    domain: 'kept.test',
    phone: null,
    raw_address: 'Here',
  })
  const bare = await api.put(`/accounts/${await newAccount({ name: 'Bare' })}`, { name: '' })
  expect(bare.body.error).toBe('Please specify at least a name or domain.')
})

test('ids that lead nowhere are refused, and nothing is written', async () => {
  const id = await newAccount({ name: 'Stays' })
  expect((await api.get('/accounts/23423423')).body).toEqual(misconfigured('23423423'))
  expect((await api.get(`/accounts/${UNKNOWN_ID}`)).body).toEqual(misconfigured(UNKNOWN_ID))
  expect((await api.put(`/accounts/${UNKNOWN_ID}`, { name: 'x' })).body).toEqual(misconfigured(UNKNOWN_ID))
  for (const name of ['owner_id', 'account_stage_id'])
    for (const value of [UNKNOWN_ID, '78977'])
      expect((await api.put(`/accounts/${id}`, { name: 'Gone', [name]: value })).body).toEqual(
        misconfigured(value),
      )
  const unknownField = await api.put(`/accounts/${id}`, { typed_custom_fields: { [UNKNOWN_ID]: 'x' } })
  expect(unknownField.body).toEqual(misconfigured(UNKNOWN_ID))
  expect((await api.get(`/accounts/${id}`)).body.account.name).toBe('Stays')
})

test('what is counted of its people stands on the account', async () => {
  const id = await newAccount({ name: 'Counted', domain: 'counted.test' })
  const [ana, ben] = [
    await newContact(api, { account_id: id, organization_name: null }),
    await newContact(api, { account_id: id, organization_name: null }),
  ]
  const sequence = await newSequence(api)
  await add(api, sequence.id, [ana, ben])
  expect((await api.get(`/accounts/${id}`)).body.account).toMatchObject({
    num_contacts: 2,
    contact_emailer_campaign_ids: [sequence.id],
    contact_campaign_status_tally: { paused: 2 },
  })
})

test('accounts are found by words of the name, stage and list, and sorted as asked', async () => {
  const made = await api.post('/accounts/bulk_create', {
    accounts: [
      { name: 'Irish Copywriters', account_stage_id: stages['Review'] },
      { name: 'Copywriters of Cork 100%' },
    ],
    append_label_names: ['Copy'],
  })
  const [irish, cork] = made.body.created_accounts.map((one: { id: string }) => one.id)
  const found = async (query: Record<string, unknown>) =>
    (await api.post('/accounts/search', query)).body.accounts.map((one: { id: string }) => one.id)
  expect(await found({ q_organization_name: 'copywriters IRISH' })).toEqual([irish])
  expect(await found({ q_organization_name: '100%' })).toEqual([cork])
  expect(await found({ q_organization_name: 'copywriters', account_stage_ids: [stages['Review']] })).toEqual([
    irish,
  ])
  const [listId] = made.body.created_accounts[0].label_ids
  expect((await found({ account_label_ids: [listId] })).toSorted()).toEqual([irish, cork].toSorted())
  api.clock.advance(60_000)
  await api.put(`/accounts/${irish}`, { phone: '2' })
  expect(await found({ account_label_ids: [listId] })).toEqual([irish, cork])
  const ascending = { account_label_ids: [listId], sort_by_field: 'account_updated_at', sort_ascending: true }
  expect(await found(ascending)).toEqual([cork, irish])
  const { body } = await api.get(
    `/accounts/search?q_organization_name=Irish&account_stage_ids[]=${stages['Review']}&per_page=5`,
  )
  expect(body.pagination).toEqual({ page: 1, per_page: 5, total_entries: 1, total_pages: 1 })
  expect(body.breadcrumbs.map((one: { display_name: string }) => one.display_name)).toEqual([
    'Irish',
    'Review',
  ])
  const sorted = await api.post('/accounts/search', { sort_by_field: 'account_name' })
  expect(sorted.status).toBe(422)
  expect(sorted.body).toMatchObject({ error: 'Invalid sort criteria', skip_alert_dialog: true })
  const noStage = await api.post('/accounts/search', { account_stage_ids: ['review'] })
  expect([noStage.status, noStage.body.error]).toEqual([
    422,
    'Your search parameters are entered incorrectly. Did you try to edit the URL directly?',
  ])
})

test('of many, who is there by domain or name stays as it is; without asking, all are made', async () => {
  const known = await newAccount({ name: 'Existing', domain: 'existing.test' })
  const accounts = [
    { name: 'Other name', domain: 'EXISTING.test' },
    { name: 'existing', phone: '9' },
    { name: 'Twice', domain: 'twice.test' },
    { name: 'Twice again', domain: 'twice.test' },
  ]
  const sorted = await api.post('/accounts/bulk_create', { accounts, run_dedupe: true })
  expect(sorted.body.created_accounts.map((one: { name: string }) => one.name)).toEqual(['Twice'])
  expect(sorted.body.existing_accounts).toMatchObject([{ id: known, name: 'Existing', phone: null }])
  const all = await api.post('/accounts/bulk_create', { accounts })
  expect(all.body.created_accounts).toHaveLength(4)
  expect(all.body.existing_accounts).toEqual([])
})

test('of one call, one without a domain is the one of that name', async () => {
  const accounts = [{ name: 'Acme', domain: 'acme-twice.test' }, { name: 'acme' }]
  const { body } = await api.post('/accounts/bulk_create', { accounts, run_dedupe: true })
  expect(body.created_accounts).toHaveLength(1)
})

test('two calls at once with run_dedupe make one account', async () => {
  const call = () =>
    api.post('/accounts/bulk_create', { accounts: [{ domain: 'race.test' }], run_dedupe: true })
  const answers = await Promise.all([call(), call(), call()])
  expect(answers.map(({ body }) => body.created_accounts.length).toSorted()).toEqual([0, 0, 1])
})

test('too many, or none, are refused in the recorded words; one bad account keeps out all', async () => {
  const none = 'Please provide an array of account attributes in the "accounts" parameter.'
  expect((await api.post('/accounts/bulk_create', {})).body.error).toBe(none)
  expect((await api.post('/accounts/bulk_create', { accounts: [] })).body.error).toBe(none)
  const many = Array.from({ length: 101 }, (_, n) => ({ name: `Many ${n}` }))
  expect((await api.post('/accounts/bulk_create', { accounts: many })).body.error).toBe(
    'Please limit your array to 100 accounts or fewer.',
  )
  const bad = await api.post('/accounts/bulk_create', { accounts: [{ name: 'Good one' }, { phone: '1' }] })
  expect(bad.status).toBe(422)
  const { body } = await api.post('/accounts/search', { q_organization_name: 'Good one' })
  expect(body.accounts).toEqual([])
})

test('many are changed at once: all alike, or each in its way, all or none', async () => {
  const [one, two] = [await newAccount({ name: 'One' }), await newAccount({ name: 'Two' })]
  const alike = await api.post('/accounts/bulk_update', {
    account_ids: [one, two],
    account_stage_id: stages['Current Client'],
  })
  expect(
    alike.body.accounts.map((account: { account_stage_id: string }) => account.account_stage_id),
  ).toEqual([stages['Current Client'], stages['Current Client']])
  const each = await api.post('/accounts/bulk_update', {
    account_attributes: [
      { id: one, name: 'First' },
      { id: two, account_stage_id: null },
    ],
  })
  expect(each.body.accounts).toMatchObject([{ name: 'First' }, { name: 'Two', account_stage_id: null }])
  const half = await api.post('/accounts/bulk_update', { account_ids: [one, UNKNOWN_ID], name: 'Both' })
  expect(half.body).toEqual(misconfigured(UNKNOWN_ID))
  expect((await api.get(`/accounts/${one}`)).body.account.name).toBe('First')
  const refusals = [
    [{ account_attributes: [{ id: one }], async: true }, 'Async processing is not permitted.'],
    [{ account_ids: Array(1001).fill(one) }, 'Please limit your array to fewer than 1000.'],
    [{}, "Required parameter 'account_ids' missing"],
  ] as const
  for (const [body, error] of refusals)
    expect((await api.post('/accounts/bulk_update', body)).body.error).toBe(error)
})

test('accounts pass to another owner', async () => {
  const id = await newAccount({ name: 'Owned', owner_id: null })
  expect((await api.get(`/accounts/${id}`)).body.account.owner_id).toBeNull()
  const { body } = await api.post(`/accounts/update_owners?account_ids[]=${id}&owner_id=${api.userId}`)
  expect(body.accounts).toMatchObject([{ id, owner_id: api.userId, crm_owner_id: null }])
  const owner = { owner_id: api.userId }
  expect((await api.post('/accounts/update_owners', owner)).body.error).toBe(
    "Required parameter 'account_ids' missing",
  )
  expect((await api.post('/accounts/update_owners', { account_ids: [id] })).body.error).toBe(
    "Required parameter 'owner_id' missing",
  )
})

test.runIf(hasContract)('every recorded key of accounts is there, with its type', async () => {
  const { body } = await api.post('/accounts', {
    name: 'Recorded',
    domain: 'recorded.test',
    phone: '555-555-0108',
  })
  const { id } = body.account
  const compare = (method: string, path: string, ours: unknown) =>
    missingKeys(recorded(method, path), ours).filter((key) => !KEYED_BY_DATA.test(key))
  expect(compare('post', '/accounts', body)).toEqual([])
  expect(compare('get', '/accounts/{id}', (await api.get(`/accounts/${id}`)).body)).toEqual([])
  const updated = await api.call({
    method: 'PATCH',
    path: `/accounts/${id}`,
    body: { phone: '555-555-0172' },
  })
  expect(compare('patch', '/accounts/{account_id}', updated.body)).toEqual([])
  const found = await api.post('/accounts/search', { q_organization_name: 'Recorded' })
  expect(compare('post', '/accounts/search', found.body)).toEqual([])
  expect(compare('get', '/account_stages', (await api.get('/account_stages')).body)).toEqual([])
  const changed = await api.post('/accounts/bulk_update', {
    account_ids: [id],
    account_stage_id: stages['Review'],
  })
  expect(compare('post', '/accounts/bulk_update', changed.body)).toEqual([])
  const given = await api.post('/accounts/update_owners', { account_ids: [id], owner_id: api.userId })
  expect(compare('post', '/accounts/update_owners', given.body)).toEqual([])
  const made = await api.post('/accounts/bulk_create', { accounts: [{ name: 'More' }] })
  expect(compare('post', '/accounts/bulk_create', made.body)).toEqual([])
})
