/** Many contacts in one call: made, changed, given to others, moved to another stage; all of them or none. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Api, startApi } from '../support/api.ts'
import { hasContract, missingKeys, recorded } from '../support/contract.ts'
import { add, newContact, newContacts, newSequence, statusOf } from '../support/outreach.ts'

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
const misconfigured = (id: string) => ({ error: `Parameters misconfigured. ${id} is not a valid ID` })
const shown = async (id: string) => (await api.get(`/contacts/${id}`)).body.contact
const emails = (contacts: readonly { email: string }[]) => contacts.map((one) => one.email)
const found = async (words: string) =>
  (await api.post('/contacts/search', { q_keywords: words })).body.pagination.total_entries

test('many contacts are made in their order, on their own lists and on those of all, of one company', async () => {
  const { status, body } = await api.post('/contacts/bulk_create', {
    contacts: [
      { first_name: 'Ada', last_name: 'One', email: 'ada@bulk.test', organization_name: 'Bulk Ltd' },
      {
        first_name: 'Bob',
        primary_title: 'Clerk',
        contact_emails: [
          { email: 'second@bulk.test', position: 1 },
          { email: 'bob@bulk.test', position: 0 },
        ],
        phone_numbers: [{ raw_number: '+1 555 555 0102', position: 0 }],
        organization_name: ' bulk ltd ',
        label_names: ['own'],
      },
    ],
    append_label_names: ['fair', 'own'],
    owner_id: api.userId,
  })
  expect(status).toBe(200)
  expect(body.existing_contacts).toEqual([])
  const [ada, bob] = body.created_contacts
  expect(ada).toMatchObject({ email: 'ada@bulk.test', owner_id: api.userId, contact_stage_id: stages['New'] })
  expect(bob).toMatchObject({ email: 'bob@bulk.test', title: 'Clerk', account_id: ada.account_id })
  expect(bob.phone_numbers).toMatchObject([{ type: 'other', sanitized_number: '+15555550102' }])
  expect([ada.label_ids.length, bob.label_ids.length]).toEqual([2, 2])
  expect(await shown(bob.id)).toMatchObject({ id: bob.id, label_ids: bob.label_ids })
})

test('with run_dedupe whoever is there is named and stays as they are, and whoever is said twice is made once', async () => {
  const there = await newContact(api, { email: 'there@dedupe.test', title: 'Before' })
  const named = await newContact(api, {
    email: null,
    first_name: 'Eve',
    last_name: 'Named',
    organization_name: 'Dedupe Ltd',
  })
  const eve = { first_name: 'Eve', last_name: 'Named', organization_name: 'dedupe ltd' }
  const { body } = await api.post('/contacts/bulk_create', {
    contacts: [
      { email: 'There@Dedupe.test', title: 'After' },
      { email: 'new@dedupe.test', title: 'First' },
      { email: 'NEW@dedupe.test', title: 'Second' },
      eve,
      { ...eve, first_name: 'Fay' },
      { ...eve, first_name: ' fay', title: 'Again' },
      { ...eve, first_name: 'Fay', email: 'fay@dedupe.test' },
      { ...eve, first_name: 'Gil', email: 'gil@dedupe.test' },
      { ...eve, first_name: 'Gil', email: 'other.gil@dedupe.test' },
    ],
    run_dedupe: true,
  })
  expect(emails(body.created_contacts)).toEqual([
    'new@dedupe.test',
    null,
    'gil@dedupe.test',
    'other.gil@dedupe.test',
  ])
  expect(body.created_contacts[0].title).toBe('First')
  expect(body.existing_contacts.map((one: { id: string }) => one.id)).toEqual([there, named])
  expect(await shown(there)).toMatchObject({ title: 'Before' })
})

test('without run_dedupe everybody is made again', async () => {
  const contacts = [{ email: 'again@twice.test' }, { email: 'again@twice.test' }]
  const { body } = await api.post('/contacts/bulk_create', { contacts: [], contacts_with_labels: contacts })
  expect(emails(body.created_contacts)).toEqual(['again@twice.test', 'again@twice.test'])
})

test('two calls at once with run_dedupe make one contact of each', async () => {
  const contacts = Array.from({ length: 40 }, (_, i) => ({
    email: `p${i}@race.test`,
    organization_name: `Race ${i % 7}`,
  }))
  const call = (some: typeof contacts) =>
    api.post('/contacts/bulk_create', { contacts: some, run_dedupe: true, append_label_names: ['b', 'a'] })
  const answers = await Promise.all([call(contacts), call(contacts.toReversed()), call(contacts)])
  expect(answers.map((one) => one.status)).toEqual([200, 200, 200])
  expect(answers.map((one) => one.body.created_contacts.length).toSorted()).toEqual([0, 0, 40])
  expect(await found('race.test')).toBe(40)
})

test('calls at once that name the same people, companies and lists in another order never wait in a circle', async () => {
  const contacts = Array.from({ length: 30 }, (_, i) => ({
    email: `q${i}@order.test`,
    organization_name: `Order ${i}`,
    label_names: [`l${i}`],
  }))
  const made = await api.post('/contacts/bulk_create', { contacts })
  const ids: string[] = made.body.created_contacts.map((one: { id: string }) => one.id)
  const again = (some: typeof contacts) =>
    api.post('/contacts/bulk_create', { contacts: some, run_dedupe: true })
  const listed = (some: string[], n: number) =>
    api.post('/contacts/bulk_update', {
      contact_attributes: some.map((id, i) => ({ id, title: 'x', label_names: [`l${(i + n) % 30}`] })),
    })
  const names = contacts.flatMap((one) => one.label_names)
  const places = { modality: 'contacts', entity_ids: ids, label_names: names }
  const before = api.db.deadlocks
  for (let round = 0; round < 3; round++) {
    const answers = await Promise.all([
      again(contacts),
      again(contacts.toReversed()),
      listed(ids, round),
      listed(ids.toReversed(), round + 7),
      api.post('/contacts/update_owners', { contact_ids: ids.toReversed(), owner_id: api.userId }),
      api.post('/labels/add_entity_ids_to_label_names', places),
      api.post('/labels/remove_entity_ids_from_label_names', places),
    ])
    expect(answers.map((one) => one.status)).toEqual(Array(7).fill(200))
  }
  expect(api.db.deadlocks - before).toBe(0)
})

test('one that cannot be read, and nobody is made', async () => {
  const contacts = [{ email: 'good@none.test' }, { email: 'not an address' }]
  const refused = await api.post('/contacts/bulk_create', { contacts, append_label_names: ['unmade'] })
  expect(refused).toMatchObject({ status: 422, body: { parameter: 'email' } })
  const unknown = await api.post('/contacts/bulk_create', {
    contacts: [{ email: 'good@none.test' }, { email: 'other@none.test', account_id: UNKNOWN_ID }],
  })
  expect(unknown.body).toMatchObject(misconfigured(UNKNOWN_ID))
  expect(await found('none.test')).toBe(0)
  expect((await api.get('/labels')).text).not.toContain('unmade')
})

test('what is missing or too much is said in the recorded words', async () => {
  const create = (body: object) => api.post('/contacts/bulk_create', body)
  const none = 'Please provide an array of contact attributes in the "contact_attributes" parameter.'
  expect((await create({})).body).toEqual({ error: none })
  expect((await create({ contacts: [] })).body).toEqual({ error: none })
  expect((await create({ contacts: Array.from({ length: 101 }, () => ({})) })).body).toEqual({
    error: 'Please limit your array to 100 contacts or fewer.',
  })
  const update = (body: object) => api.post('/contacts/bulk_update', body)
  expect((await update({ title: 'x' })).body).toEqual({
    error: 'Please provide either contact_ids or contact_attributes',
  })
  expect((await update({ contact_ids: Array(1001).fill(UNKNOWN_ID), title: 'x' })).body).toEqual({
    error: 'Please limit your array to fewer than 1000.',
  })
  const missing = { error: "Required parameter 'contact_ids' missing", parameter: 'contact_ids' }
  expect((await api.post('/contacts/update_owners', { owner_id: api.userId })).body).toEqual(missing)
  expect((await api.post('/contacts/update_stages', { contact_stage_id: UNKNOWN_ID })).body).toEqual(missing)
  const noOwner = await api.post('/contacts/update_owners', { contact_ids: [UNKNOWN_ID] })
  expect(noOwner.body).toEqual({ error: "Required parameter 'owner_id' missing", parameter: 'owner_id' })
})

test('many are changed alike, or each in its own way, and come back in the asked order', async () => {
  const ids = await newContacts(api, 3)
  const alike = await api.post('/contacts/bulk_update', { contact_ids: ids.toReversed(), title: 'All' })
  expect(alike.body.contacts.map((one: { id: string }) => one.id)).toEqual(ids.toReversed())
  expect(alike.body.contacts.map((one: { title: string }) => one.title)).toEqual(['All', 'All', 'All'])
  const own = await api.post('/contacts/bulk_update', {
    contact_attributes: [
      { id: ids[0], first_name: 'One', label_names: ['x', 'y'] },
      { id: ids[1], title: '', organization_name: 'Moved Ltd' },
      { id: ids[0], last_name: 'Twice' },
    ],
  })
  expect(own.body.contacts).toHaveLength(2)
  expect(await shown(ids[0]!)).toMatchObject({ first_name: 'One', last_name: 'Twice', title: 'All' })
  expect((await shown(ids[0]!)).label_ids).toHaveLength(2)
  expect(await shown(ids[1]!)).toMatchObject({ title: null, organization_name: 'Moved Ltd' })
  const off = [{ id: ids[0], label_names: ['y'] }]
  await api.post('/contacts/bulk_update', { contact_attributes: off })
  expect((await shown(ids[0]!)).label_ids).toHaveLength(1)
})

test('of two changes of one contact the later one stands, and the company is that of the name', async () => {
  const [id] = (await newContacts(api, 1)) as [string]
  const before = (await shown(id)).account_id
  await api.post('/contacts/bulk_update', {
    contact_attributes: [
      { id, organization_name: 'Later Ltd', label_names: ['first'] },
      { id, title: 'Chief', label_names: ['second'] },
    ],
  })
  const { body } = await api.get(`/contacts/${id}`)
  const { labels } = (await api.put(`/contacts/${id}`, {})).body
  expect(labels.map((one: { name: string }) => one.name)).toEqual(['second'])
  expect(body.contact).toMatchObject({ organization_name: 'Later Ltd', title: 'Chief' })
  expect(body.contact.account_id).not.toBe(before)
  const { account } = (await api.get(`/accounts/${body.contact.account_id}`)).body
  expect(account.name).toBe('Later Ltd')
})

test('of two contacts that get one address in one call the first goes on', async () => {
  const sequence = await newSequence(api)
  const ids = (await newContacts(api, 2)) as [string, string]
  await add(api, sequence.id, ids)
  await api.post('/contacts/bulk_update', { contact_ids: ids, email: 'both@one.test' })
  expect(await statusOf(api, ids[0], sequence.id)).toMatchObject({ status: 'paused' })
  expect(await statusOf(api, ids[1], sequence.id)).toMatchObject({ status: 'finished' })
})

test('more than a hundred, or async, are answered with a job that is done', async () => {
  const contacts = Array.from({ length: 101 }, (_, i) => ({ email: `many${i}@many.test` }))
  const halves = [contacts.slice(0, 100), contacts.slice(100)]
  const ids: string[] = []
  for (const some of halves) {
    const { body } = await api.post('/contacts/bulk_create', { contacts: some })
    ids.push(...body.created_contacts.map((one: { id: string }) => one.id))
  }
  const { body } = await api.post('/contacts/bulk_update', { contact_ids: ids, city: 'Lyon' })
  expect(body).toMatchObject({
    entity_progress_job: { job_type: 'contact_bulk_update', status: 'completed', entity_ids: ids },
  })
  expect(await shown(ids[100]!)).toMatchObject({ city: 'Lyon' })
  const one = await api.post('/contacts/bulk_update', { contact_ids: [ids[0]], city: 'Metz', async: true })
  expect(one.body.entity_progress_job.entity_ids).toEqual([ids[0]])
  expect(await shown(ids[0]!)).toMatchObject({ city: 'Metz' })
})

test('one that is unknown, deleted or misspelled, and nobody is changed', async () => {
  const [kept, gone] = (await newContacts(api, 2)) as [string, string]
  const update = (body: object) => api.post('/contacts/bulk_update', body)
  expect((await update({ contact_ids: [kept, UNKNOWN_ID], title: 'No' })).body).toEqual(
    misconfigured(UNKNOWN_ID),
  )
  expect((await update({ contact_ids: [kept, '17'], title: 'No' })).body).toEqual(misconfigured('17'))
  const mistyped = [
    { id: kept, title: 'No' },
    { id: gone, email: 'no address' },
  ]
  expect(await update({ contact_attributes: mistyped })).toMatchObject({
    status: 422,
    body: { error: 'Validation failed', error_details: { contact_id: gone, field: 'email' } },
  })
  await api.call({ method: 'DELETE', path: `/contacts/${gone}` })
  expect((await update({ contact_ids: [kept, gone], title: 'No' })).body).toEqual({
    error: 'Cannot update contact as it is deleted.',
    deleted_contact_ids: [gone],
  })
  expect((await shown(kept)).title).not.toBe('No')
})

test('a stage and an address that many get do what they do to one', async () => {
  const sequence = await newSequence(api, { mark_finished_if_interested: true })
  const ids = await newContacts(api, 3)
  await add(api, sequence.id, ids)
  const moved = await api.post('/contacts/update_stages', {
    contact_ids: ids.slice(0, 2),
    contact_stage_id: stages['Interested'],
  })
  expect(moved.body.contacts.map((one: { contact_stage_id: string }) => one.contact_stage_id)).toEqual(
    Array(2).fill(stages['Interested']),
  )
  for (const id of ids.slice(0, 2))
    expect(await statusOf(api, id, sequence.id)).toMatchObject({ status: 'finished' })
  // Another contact of the sequence has that address: nobody is written to twice.
  const other = await newContact(api, { email: 'taken@bulk.test' })
  await add(api, sequence.id, [other])
  const attributes = [{ id: ids[2], email: 'taken@bulk.test' }]
  await api.post('/contacts/bulk_update', { contact_attributes: attributes })
  expect(await statusOf(api, ids[2]!, sequence.id)).toMatchObject({ status: 'finished' })
})

test('contacts are given to another owner', async () => {
  const ids = await newContacts(api, 2)
  const { body } = await api.post(
    `/contacts/update_owners?contact_ids[]=${ids[0]}&contact_ids[]=${ids[1]}&owner_id=${api.userId}`,
  )
  expect(body.contacts).toEqual(ids.map((id) => ({ id, owner_id: api.userId, crm_owner_id: null })))
  const unknown = await api.post('/contacts/update_owners', { contact_ids: ids, owner_id: UNKNOWN_ID })
  expect(unknown.body).toMatchObject(misconfigured(UNKNOWN_ID))
})

test.runIf(hasContract)('every recorded key of the calls for many is there', async () => {
  const made = await api.post('/contacts/bulk_create', { contacts: [{ email: 'keys@bulk.test' }] })
  const { existing_contacts: there, ...created } = recorded('post', '/contacts/bulk_create')
  expect(missingKeys(created, made.body)).toEqual([])
  const again = await api.post('/contacts/bulk_create', {
    contacts: [{ email: 'keys@bulk.test' }],
    run_dedupe: true,
  })
  expect(again.body.existing_contacts).toHaveLength(1)
  expect(missingKeys(there, again.body.existing_contacts)).toEqual([])
  const { id } = made.body.created_contacts[0]
  const answers = {
    '/contacts/bulk_update': { contact_ids: [id], title: 'x' },
    '/contacts/update_owners': { contact_ids: [id], owner_id: api.userId },
    '/contacts/update_stages': { contact_ids: [id], contact_stage_id: stages['Replied'] },
  }
  for (const [path, body] of Object.entries(answers))
    expect(missingKeys(recorded('post', path), (await api.post(path, body)).body), path).toEqual([])
  const job = await api.post('/contacts/bulk_update', { contact_ids: [id], title: 'x', async: true })
  const asJob = recorded('post', '/contacts/bulk_update', { name: 'Asynchronous-Update' })
  expect(missingKeys(asJob, job.body)).toEqual([])
})
