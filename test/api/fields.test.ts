/** Custom fields on the wire: made, listed, renamed, and what their values are held to. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Api, startApi } from '../support/api.ts'
import { hasContract, missingKeys, recorded } from '../support/contract.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.close())

const newField = (body: Record<string, unknown>) => api.post('/fields', body)
const patch = (fields: readonly Record<string, unknown>[]) =>
  api.call({ method: 'PATCH', path: '/fields', body: { fields } })

test('a field of contacts is listed in both forms, and its values come back by its id', async () => {
  const made = await newField({ label: 'Favourite color', meta: { max_length: 12 } })
  expect(made.status, made.text).toBe(200)
  const [field] = made.body.typed_custom_fields
  expect(field).toMatchObject({
    modality: 'contact',
    key: 'favourite_color',
    type: 'string',
    text_field_max_length: 12,
  })
  expect((await api.get('/typed_custom_fields')).body.typed_custom_fields).toEqual([field])
  expect((await api.get('/fields?source=custom')).body.fields).toMatchObject([
    { id: `contact.${field.id}`, label: 'Favourite color', source: 'custom' },
  ])
  expect((await api.get('/fields?source=system')).body.fields).toEqual([])
  const { body } = await api.post('/contacts', {
    first_name: 'Ana',
    typed_custom_fields: { [field.id]: 'green', favourite_color: 'blue' },
  })
  expect(body.contact.typed_custom_fields).toEqual({ [field.id]: 'blue' })
})

test('a value longer than its field may have is refused by the name of the field', async () => {
  const { body } = await newField({ label: 'Code', meta: { max_length: 3 } })
  const [{ id }] = body.typed_custom_fields
  const refused = await api.post('/contacts', { typed_custom_fields: { [id]: 'four' } })
  expect(refused).toMatchObject({ status: 422, body: { parameter: `typed_custom_fields[${id}]` } })
  expect(refused.body.error).toBe('"Code" has at most 3 characters; there are 4.')
})

test('a name that templates know already, or could not say, is refused; contacts and accounts have their own', async () => {
  await newField({ label: 'Renewal date' })
  expect((await newField({ label: 'renewal-DATE' })).body.error).toBe(
    'There is a field of contacts that templates call {{renewal_date}}. Use that one, or give another name.',
  )
  expect((await newField({ label: 'Renewal date', modality: 'account' })).status).toBe(200)
  expect((await newField({ label: 'First name' })).body.error).toMatch(/^Templates know \{\{first_name\}\}/)
  expect((await newField({ label: '!?' })).body.error).toMatch(/no letter or digit/)
  // Nobody fills it by itself.
  expect((await newField({ label: 'Industry', modality: 'account' })).status).toBe(200)
  expect((await newField({ label: 'Deal', modality: 'opportunity' })).body).toMatchObject({
    parameter: 'modality',
  })
})

test('a renamed field keeps what templates call it; types stay; one unknown field keeps out all', async () => {
  const [{ id }] = (await newField({ label: 'Plan' })).body.typed_custom_fields
  const renamed = await patch([{ id: `contact.${id}`, label: 'Contract', meta: { max_length: 9 } }])
  expect(renamed.body.typed_custom_fields).toMatchObject([
    { id, name: 'Contract', key: 'plan', text_field_max_length: 9 },
  ])
  expect((await patch([{ id, type: 'number' }])).body.error).toBe('Cannot change field type after creation')
  const half = await patch([
    { id, label: 'Other' },
    { id: 'ffffffffffffffffffffffff', label: 'x' },
  ])
  expect(half.body.error).toBe('Some fields could not be found')
  const { typed_custom_fields: all } = (await api.get('/typed_custom_fields')).body
  expect(all.find((one: { id: string }) => one.id === id).name).toBe('Contract')
})

test('one field that is named twice in a call gets both changes', async () => {
  const [{ id }] = (await newField({ label: 'Twice' })).body.typed_custom_fields
  const { body } = await patch([
    { id, label: 'Two' },
    { id, meta: { max_length: 5 } },
  ])
  expect(body.typed_custom_fields).toMatchObject([{ name: 'Two', text_field_max_length: 5 }])
})

test.runIf(hasContract)('every recorded key of custom fields is there, with its type', async () => {
  await newField({ label: 'Recorded', meta: { max_length: 120 } })
  const [field] = recorded('patch', '/fields').fields
  const { fields } = (await api.get('/fields')).body
  expect(missingKeys(recorded('get', '/fields').fields[0], fields[0])).toEqual([])
  const changed = await patch([{ id: fields[0].id, label: 'Recorded again' }])
  expect(missingKeys(field, changed.body.fields[0])).toEqual([])
  expect(missingKeys(recorded('post', '/fields'), (await newField({ label: 'New one' })).body)).toEqual([])
  const typed = (await api.get('/typed_custom_fields')).body
  expect(missingKeys(recorded('get', '/typed_custom_fields'), typed)).toEqual([])
})
