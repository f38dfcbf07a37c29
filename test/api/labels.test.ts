/** Lists on the wire: another name, and who is on them. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Api, startApi } from '../support/api.ts'
import { hasContract, missingKeys, recorded } from '../support/contract.ts'
import { newContacts } from '../support/outreach.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.close())

const UNKNOWN_ID = 'ffffffffffffffffffffffff'
const newList = async (name: string, modality = 'contacts') =>
  (await api.post('/labels', { name, modality })).body.label
const change = (what: 'add' | 'remove', body: object) => {
  const place = { add: 'add_entity_ids_to_label_names', remove: 'remove_entity_ids_from_label_names' }[what]
  return api.post(`/labels/${place}`, { modality: 'contacts', ...body })
}

test('a list gets another name, unless another one of its kind has it', async () => {
  const list = await newList('Maui')
  await newList('Taken')
  await newList('Elsewhere', 'accounts')
  const renamed = await api.call({
    method: 'PATCH',
    path: `/labels/${list.id}`,
    body: { name: ' Elsewhere ' },
  })
  expect(renamed.body.label).toMatchObject({ id: list.id, name: 'Elsewhere', modality: 'contacts' })
  expect((await api.put(`/labels/${list.id}`, { name: 'Elsewhere' })).status).toBe(200)
  const taken = await api.put(`/labels/${list.id}`, { name: 'Taken' })
  expect(taken).toMatchObject({
    status: 422,
    body: { error: 'Taken already exists', skip_alert_dialog: true },
  })
  expect((await api.put(`/labels/${list.id}`, { name: ' ' })).body).toEqual({
    error: 'Please enter a non-empty name!',
  })
  expect(await api.put(`/labels/${UNKNOWN_ID}`, { name: 'x' })).toMatchObject({
    status: 404,
    body: { message: `Could not find label with id ${UNKNOWN_ID}`, error: 'Record not found.' },
  })
})

test('of two lists that get the same name at once, one does', async () => {
  const [a, b] = [await newList('Race a'), await newList('Race b')]
  const answers = await Promise.all([a, b].map((one) => api.put(`/labels/${one.id}`, { name: 'Race' })))
  expect(answers.map((one) => one.status).toSorted()).toEqual([200, 422])
})

test('contacts are put on lists, which are made, and taken off again; once more changes nothing', async () => {
  const ids = await newContacts(api, 3)
  const added = await change('add', { entity_ids: ids, label_names: ['Fair', 'Show', 'Fair'] })
  expect(added.body.labels).toMatchObject([
    { name: 'Fair', cached_count: 3 },
    { name: 'Show', cached_count: 3 },
  ])
  const again = await change('add', { entity_ids: ids, label_names: ['Fair'] })
  expect(again.body.labels).toMatchObject([{ name: 'Fair', cached_count: 3 }])
  const off = await change('remove', { entity_ids: ids.slice(1), label_names: ['Fair', 'No such list'] })
  expect(off.body.labels).toMatchObject([{ name: 'Fair', cached_count: 1 }])
  expect((await api.get(`/contacts/${ids[0]}`)).body.labels).toHaveLength(2)
  expect((await api.get(`/contacts/${ids[1]}`)).body.labels).toMatchObject([{ name: 'Show' }])
  const onFair = await api.post('/contacts/search', { contact_label_ids: [off.body.labels[0].id] })
  expect(onFair.body.contacts.map((one: { id: string }) => one.id)).toEqual([ids[0]])
})

test('accounts are put on lists of their own', async () => {
  const { account } = (await api.post('/accounts', { name: 'Listed' })).body
  const body = { modality: 'accounts', entity_ids: [account.id], label_names: ['Fair'] }
  const { labels } = (await change('add', body)).body
  expect(labels).toMatchObject([{ name: 'Fair', modality: 'accounts', cached_count: 1 }])
  expect((await api.get(`/accounts/${account.id}`)).body.account.label_ids).toEqual([labels[0].id])
})

test('nothing to do, what is no modality and ids of nobody are said', async () => {
  const [id] = await newContacts(api, 1)
  const nothing = { message: 'No Models or Lists provided' }
  expect((await change('add', { entity_ids: [], label_names: ['x'] })).body).toEqual(nothing)
  expect((await change('add', { entity_ids: [id], label_names: [' '] })).body).toEqual(nothing)
  expect((await change('remove', { entity_ids: [id], label_names: ['No such list'] })).body).toEqual(nothing)
  for (const modality of ['people', 'emailer_campaigns'])
    expect(await change('add', { entity_ids: [id], label_names: ['x'], modality })).toMatchObject({
      status: 422,
      body: { error: `Invalid modality: ${modality}.` },
    })
  const stranger = await change('add', { entity_ids: [id, UNKNOWN_ID], label_names: ['Unmade'] })
  expect(stranger.body).toMatchObject({
    error: `Parameters misconfigured. ${UNKNOWN_ID} is not a valid ID`,
  })
  await api.call({ method: 'DELETE', path: `/contacts/${id}` })
  expect((await change('add', { entity_ids: [id], label_names: ['Unmade'] })).status).toBe(422)
  expect((await api.get('/labels')).text).not.toContain('Unmade')
})

test.runIf(hasContract)('every recorded key of the calls of lists is there', async () => {
  const ids = await newContacts(api, 1)
  const list = await newList('Keys')
  const renamed = await api.put(`/labels/${list.id}`, { name: 'Keys again' })
  expect(missingKeys(recorded('patch', '/labels/{id}'), renamed.body)).toEqual([])
  const body = { entity_ids: ids, label_names: ['Keys again'] }
  for (const [what, path] of [
    ['add', '/labels/add_entity_ids_to_label_names'],
    ['remove', '/labels/remove_entity_ids_from_label_names'],
  ] as const) {
    expect(missingKeys(recorded('post', path), (await change(what, body)).body)).toEqual([])
    const job = recorded('post', path, { name: 'Processing in background (async)' })
    expect(missingKeys(job, (await change(what, { ...body, async: true })).body)).toEqual([])
  }
})
