/** The zone of a contact over the API: stated, or inferred from place or phone, with its source. */
import { afterAll, expect, test } from 'vitest'
import { startApi } from '../support/api.ts'

const api = await startApi()
afterAll(() => api.close())

let count = 0
async function create(fields: object) {
  count++
  const { body } = await api.post('/contacts', {
    first_name: 'Ann',
    email: `ann${count}@company.test`,
    ...fields,
  })
  return body.contact
}
const update = async (id: string, fields: object) => (await api.put(`/contacts/${id}`, fields)).body.contact
const zoneOf = (contact: Record<string, unknown>) => [
  contact['time_zone'],
  contact['time_zone_source'],
  contact['time_zone_inferred_from'],
]

test('a zone is inferred from the place, and the answer says from what', async () => {
  const contact = await create({
    present_raw_address: null,
    city: 'Austin',
    state: 'TX',
    country: 'United States',
  })
  expect(zoneOf(contact)).toEqual(['America/Chicago', 'inferred', 'Austin, TX'])
})

test('a zone is inferred from a phone number: Berlin, inferred from +49', async () => {
  const contact = await create({ mobile_phone: '+49 151 23456789' })
  expect(zoneOf(contact)).toEqual(['Europe/Berlin', 'inferred', '+49'])
})

test('a country with several zones and no place is unknown', async () => {
  expect(zoneOf(await create({ country: 'United States' }))).toEqual([null, null, null])
})

test('stated beats inferred, also when the place changes; taking it back infers again', async () => {
  const { id } = await create({ country: 'Germany' })
  expect(zoneOf(await update(id, { time_zone: 'Asia/Tokyo' }))).toEqual(['Asia/Tokyo', 'stated', null])
  expect(zoneOf(await update(id, { country: 'France' }))).toEqual(['Asia/Tokyo', 'stated', null])
  expect(zoneOf(await update(id, { time_zone: '' }))).toEqual(['Europe/Paris', 'inferred', 'France'])
})

test('when the place changes the inferred zone changes with it', async () => {
  const { id } = await create({ country: 'Germany' })
  expect(zoneOf(await update(id, { country: 'Japan' }))).toEqual(['Asia/Tokyo', 'inferred', 'Japan'])
  expect(zoneOf(await update(id, { country: null }))).toEqual([null, null, null])
})
