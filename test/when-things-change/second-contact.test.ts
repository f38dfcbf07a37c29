/** A second contact has the address of one who is enrolled: one person is one normalized address per team. */
import { afterAll, expect, test } from 'vitest'
import { startApi } from '../support/api.ts'
import { add, newContact, newSequence } from '../support/outreach.ts'

const api = await startApi()
afterAll(() => api.close())

test('a second contact with an enrolled address is skipped, here and elsewhere, with whom it is the same as', async () => {
  const { id } = await newSequence(api)
  const other = await newSequence(api)
  const ana = await newContact(api, { email: 'same@person.test' })
  const twin = await newContact(api, { email: 'Same@Person.test' })
  await add(api, id, [ana])
  const here = await add(api, id, [twin])
  expect(here.body.skipped_contacts[0].reasons[0]).toMatchObject({
    code: 'contacts_already_exists_in_current_campaign',
    same_address_as: ana,
  })
  const elsewhere = await add(api, other.id, [twin])
  expect(elsewhere.body.skipped_contacts[0].reasons[0]).toMatchObject({
    code: 'contacts_active_in_other_campaigns',
    same_address_as: ana,
    sequence_id: id,
  })
})

test('of two contacts with one address in one call, one is added', async () => {
  const { id } = await newSequence(api)
  const [ana, twin] = [
    await newContact(api, { email: 'one@address.test' }),
    await newContact(api, { email: 'one@address.test' }),
  ].sort()
  const { body } = await add(api, id, [twin!, ana!])
  expect(body.contacts).toHaveLength(1)
  expect(Object.values(body.skipped_contact_ids)).toEqual(['contacts_already_exists_in_current_campaign'])
  expect(body.skipped_contacts[0].reasons[0].same_address_as).toBe(body.contacts[0].id)
})

test('two contacts with one address, added to two sequences at once, end in one of them', async () => {
  const [first, second] = [await newSequence(api), await newSequence(api)]
  const [ana, twin] = [
    await newContact(api, { email: 'raced@address.test' }),
    await newContact(api, { email: 'raced@address.test' }),
  ]
  const answers = await Promise.all([add(api, first.id, [ana!]), add(api, second.id, [twin!])])
  expect(answers.map(({ body }) => body.contacts.length).sort()).toEqual([0, 1])
})
