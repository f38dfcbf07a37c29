/** Contacts on the wire: create, merge, show, update, and what is refused. */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { kysely } from '../../src/store/db.ts'
import { type Api, startApi } from '../support/api.ts'
import { hasContract, missingKeys, recorded } from '../support/contract.ts'

let api: Api
let stages: Record<string, string>
beforeAll(async () => {
  api = await startApi()
  const { body } = await api.get('/contact_stages')
  stages = Object.fromEntries(
    body.contact_stages.map((stage: { name: string; id: string }) => [stage.name, stage.id]),
  )
})
afterAll(() => api.close())

const UNKNOWN_ID = 'ffffffffffffffffffffffff'

test('the default stages come in the recorded order', () => {
  expect(Object.keys(stages)).toEqual([
    ...['New', 'Approaching', 'Replied', 'Interested', 'Not Interested', 'Unresponsive'],
    ...['Do Not Contact', 'Bad Data', 'Changed Job'],
  ])
})

test('a contact comes back as it was sent', async () => {
  const { status, body } = await api.post('/contacts', {
    first_name: 'Fyodor',
    last_name: 'Dostoevsky',
    organization_name: 'Writers Ltd',
    title: 'Chief Fiction Writer',
    email: 'Fyodor@Writers.test',
    label_names: ['writer', 'fiction'],
    contact_stage_id: stages['Approaching'],
    present_raw_address: 'St. Petersburg, Russia',
    direct_phone: '555-555-0149',
    mobile_phone: '+7 812 555 0149',
    time_zone: 'europe/moscow',
  })
  expect(status).toBe(200)
  expect(body.contact).toMatchObject({
    first_name: 'Fyodor',
    last_name: 'Dostoevsky',
    name: 'Fyodor Dostoevsky',
    organization_name: 'Writers Ltd',
    title: 'Chief Fiction Writer',
    email: 'Fyodor@Writers.test',
    email_status: 'verified',
    email_true_status: 'User Managed',
    contact_stage_id: stages['Approaching'],
    owner_id: api.userId,
    present_raw_address: 'St. Petersburg, Russia',
    sanitized_phone: '+15555550149',
    time_zone: 'Europe/Moscow',
    source: 'api',
    source_display_name: 'Created from API',
    existence_level: 'full',
    created_at: '2027-01-14T14:00:00.000Z',
    emailer_campaign_ids: [],
    contact_campaign_statuses: [],
  })
  expect(body.contact.phone_numbers).toMatchObject([
    { raw_number: '555-555-0149', sanitized_number: '+15555550149', type: 'work_direct', position: 0 },
    { raw_number: '+7 812 555 0149', sanitized_number: '+78125550149', type: 'mobile', position: 1 },
  ])
  expect(body.labels.map((label: { name: string }) => label.name)).toEqual(['fiction', 'writer'])
  expect(body.contact.label_ids.toSorted()).toEqual(
    body.labels.map((label: { id: string }) => label.id).toSorted(),
  )
  const shown = await api.get(`/contacts/${body.contact.id}`)
  expect(shown.body).toEqual(body)
})

test('a contact that says nothing of itself is New and has a name that is empty', async () => {
  const { body } = await api.post('/contacts')
  expect(body.contact).toMatchObject({
    name: '',
    email: null,
    email_status: null,
    contact_stage_id: stages['New'],
  })
})

test.runIf(hasContract)('every recorded key of a contact and its labels is there', async () => {
  const { body } = await api.post('/contacts', {
    email: 'keys@writers.test',
    direct_phone: '555-555-0149',
    label_names: ['keys'],
  })
  expect(missingKeys(recorded('post', '/contacts'), body)).toEqual([])
  const shown = await api.get(`/contacts/${body.contact.id}`)
  expect(missingKeys(recorded('get', '/contacts/{contact_id}'), shown.body)).toEqual([])
  const updated = await api.put(`/contacts/${body.contact.id}`, { title: 'x' })
  expect(missingKeys(recorded('patch', '/contacts/{contact_id}'), updated.body)).toEqual([])
})

test.runIf(hasContract)('every recorded key of a search, of labels, stages and users is there', async () => {
  await api.post('/contacts', { first_name: 'Walt', organization_name: 'Leaves', label_names: ['poets'] })
  const search = await api.post('/contacts/search', { q_keywords: 'walt' })
  expect(missingKeys(recorded('post', '/contacts/search'), search.body)).toEqual([])
  expect(missingKeys(recorded('get', '/labels'), (await api.get('/labels')).body)).toEqual([])
  expect(missingKeys(recorded('get', '/contact_stages'), (await api.get('/contact_stages')).body)).toEqual([])
  expect(
    missingKeys(recorded('get', '/users/search'), (await api.get('/users/search?page=1&per_page=3')).body),
  ).toEqual([])
  const label = await api.post('/labels', { name: 'fresh', modality: 'contacts' })
  expect(missingKeys(recorded('post', '/labels'), label.body)).toEqual([])
})

test('without run_dedupe a second contact of one address is made', async () => {
  const first = await api.post('/contacts', { email: 'twice@acme.test' })
  const second = await api.post('/contacts', { email: 'twice@acme.test' })
  expect(second.body.contact.id).not.toBe(first.body.contact.id)
  expect(second.body.dedupe_result).toBeUndefined()
})

test('with run_dedupe the contact of that address is changed: sent overwrites, empty clears, left out stays', async () => {
  const first = await api.post('/contacts', {
    email: 'jane.doe@example.test',
    first_name: 'Jane',
    last_name: 'Doe',
    title: 'Engineer',
    city: 'Lyon',
  })
  const { id } = first.body.contact
  const { body } = await api.post('/contacts', {
    email: 'Jane.Doe@EXAMPLE.test',
    title: 'Product Manager',
    city: '',
    run_dedupe: true,
  })
  expect(body.dedupe_result).toEqual({
    found_existing: true,
    match_reason: 'email_match',
    existing_contact_id: id,
  })
  expect(body.contact).toMatchObject({
    ...{ id, first_name: 'Jane', title: 'Product Manager', city: null },
  })
})

test('with run_dedupe, name and company stand in for an address', async () => {
  const who = { first_name: 'Ada', last_name: 'Lovelace', organization_name: 'Engines' }
  const first = await api.post('/contacts', who)
  const { body } = await api.post('/contacts', { ...who, email: 'ada@engines.test', run_dedupe: true })
  expect(body.contact).toMatchObject({ id: first.body.contact.id, email: 'ada@engines.test' })
  const other = await api.post('/contacts', { ...who, email: 'another.ada@engines.test', run_dedupe: true })
  expect(other.body.dedupe_result.found_existing).toBe(false)
})

test('of ten merging creations at once one makes the contact', async () => {
  const answers = await Promise.all(
    Array.from({ length: 10 }, () =>
      api.post('/contacts', {
        email: 'race@acme.test',
        organization_name: 'Race Inc',
        label_names: ['race'],
        run_dedupe: true,
      }),
    ),
  )
  expect(new Set(answers.map(({ body }) => body.contact.id)).size).toBe(1)
  const { rows } = await sql<{
    n: number
  }>`select count(*) as n from accounts where name = 'Race Inc'`.execute(kysely(api.db))
  expect(rows[0]!.n).toBe(1)
})

test('an update keeps what it does not name, clears with null, and replaces the lists', async () => {
  const made = await api.post('/contacts', {
    first_name: 'Grace',
    title: 'Rear Admiral',
    email: 'grace@navy.test',
    mobile_phone: '+1 555 010 0200',
    label_names: ['navy', 'cobol'],
  })
  const { id } = made.body.contact
  api.clock.advance(60_000)
  const { body } = await api.call({
    method: 'PATCH',
    path: `/contacts/${id}`,
    body: { title: null, label_names: ['computing'] },
  })
  expect(body.contact).toMatchObject({
    first_name: 'Grace',
    title: null,
    email: 'grace@navy.test',
    sanitized_phone: '+15550100200',
    updated_at: new Date(api.clock.now()).toISOString(),
  })
  expect(body.labels.map((label: { name: string }) => label.name)).toEqual(['computing'])
})

test('the company that a contact names is one account, whatever its capitals', async () => {
  const one = await api.post('/contacts', {
    organization_name: 'Initech',
    website_url: 'https://www.initech.test/about',
  })
  const two = await api.post('/contacts', { organization_name: ' initech ' })
  expect(one.body.contact.account_id).toMatch(/^[0-9a-f]{24}$/)
  expect(two.body.contact.account_id).toBe(one.body.contact.account_id)
  const moved = await api.put(`/contacts/${two.body.contact.id}`, { organization_name: 'Initrode' })
  expect(moved.body.contact.account_id).not.toBe(one.body.contact.account_id)
})

test.each([
  ['account_id', '63f53afe4ceeca00016bdd2fsfsdf'],
  ['contact_stage_id', '2342432'],
  ['account_id', UNKNOWN_ID],
  ['contact_stage_id', UNKNOWN_ID],
])('%s %s is refused in the recorded words', async (parameter, value) => {
  const { status, body } = await api.post('/contacts', { [parameter]: value })
  expect(status).toBe(422)
  expect(body.error).toBe(`Parameters misconfigured. ${value} is not a valid ID`)
})

test('an address with two @ is refused with the address and the way out, and nothing is made', async () => {
  const before = await api.post('/contacts/search', { per_page: 1 })
  const { status, body } = await api.post('/contacts', { email: 'a@b@c', first_name: 'Nobody' })
  expect([status, body.parameter]).toEqual([422, 'email'])
  expect(body.error).toMatch(/a@b@c.*2 @ signs/)
  const after = await api.post('/contacts/search', { per_page: 1 })
  expect(after.body.pagination.total_entries).toBe(before.body.pagination.total_entries)
})

test('a zone that does not exist is refused with the one that was meant', async () => {
  const { status, body } = await api.post('/contacts', { time_zone: 'Europe/Berln' })
  expect([status, body.parameter]).toEqual([422, 'time_zone'])
  expect(body.error).toBe('There is no time zone "Europe/Berln". Did you mean "Europe/Berlin"?')
})

test('an unknown id, and one that is no id, are the recorded 422', async () => {
  for (const id of [UNKNOWN_ID, 'nonsense', '%00']) {
    const { status, body } = await api.get(`/contacts/${id}`)
    expect(status).toBe(422)
    if (id !== '%00') expect(body).toEqual({ error: 'Oops! This contact does not exist in Apollo.' })
  }
  expect((await api.put(`/contacts/${UNKNOWN_ID}`, { title: 'x' })).status).toBe(422)
})

test('a deleted contact is shown and updated no more, in the recorded words', async () => {
  const made = await api.post('/contacts', { first_name: 'Gone' })
  const { id } = made.body.contact
  await sql`update contacts set deleted_at = created_at where id = ${id}`.execute(kysely(api.db))
  expect((await api.get(`/contacts/${id}`)).body).toEqual({ error: 'This contact has been deleted.' })
  expect((await api.put(`/contacts/${id}`, { title: 'x' })).body).toEqual({
    error: 'Cannot update contact as it is deleted.',
    deleted_contact_ids: [id],
  })
  expect((await api.post('/contacts/search', { ids: [id] })).body.contacts).toEqual([])
})

test('labels refuse in the recorded words', async () => {
  await api.post('/labels', { name: 'Conference', modality: 'contacts' })
  const answers = await Promise.all([
    api.post('/labels', { modality: 'contacts' }),
    api.post('/labels', { name: 'x' }),
    api.post('/labels', { name: 'x', modality: 'people' }),
    api.post('/labels', { name: 'Conference', modality: 'contacts' }),
  ])
  expect(answers.map(({ status, body }) => [status, body.error])).toEqual([
    [422, 'Please enter a non-empty name!'],
    [422, 'Please enter a non-empty modality!'],
    [422, 'Please enter a valid modality!'],
    [422, 'Conference already exists'],
  ])
})

test('the count of a list is exact', async () => {
  await api.post('/contacts', { label_names: ['counted'] })
  await api.post('/contacts', { label_names: ['counted'] })
  const { body } = await api.get('/labels')
  expect(body.find((label: { name: string }) => label.name === 'counted').cached_count).toBe(2)
})
