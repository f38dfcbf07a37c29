/** Searching contacts: by words, stage, list and id, in pages whose totals are exact. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Api, startApi } from '../support/api.ts'

let api: Api
const ids: Record<string, string> = {}
beforeAll(async () => {
  api = await startApi()
  const people = [
    ['Walt', 'Whitman', 'Leaves & Co', 'walt@leaves.test', 'poet'],
    ['Emily', 'Dickinson', 'Amherst', 'emily@amherst.test', 'poet'],
    ['Zoë', 'Ångström', 'Physik GmbH', 'zoe@physik.test', 'physicist'],
    ['100%', 'Under_score', 'Wild*cards', 'wild@cards.test', 'tester'],
  ]
  for (const [first_name, last_name, organization_name, email, list] of people) {
    const { body } = await api.post('/contacts', {
      first_name,
      last_name,
      organization_name,
      email,
      label_names: [list],
    })
    ids[first_name!] = body.contact.id
    api.clock.advance(1000)
  }
})
afterAll(() => api.close())

const found = async (search: Record<string, unknown>): Promise<string[]> =>
  (await api.post('/contacts/search', search)).body.contacts.map(
    (contact: { first_name: string }) => contact.first_name,
  )

test.each([
  ['WALT', ['Walt']],
  ['whitman leaves', ['Walt']],
  ['emily@amherst.test', ['Emily']],
  ['zoë ångström', ['Zoë']],
  ['test', ['100%', 'Zoë', 'Emily', 'Walt']],
  ['100%', ['100%']],
  ['under_score', ['100%']],
  ['%', ['100%']],
  ['walt dickinson', []],
])('the words "%s" find %j', async (words, names) => {
  expect(await found({ q_keywords: words })).toEqual(names)
})

test('lists, stages and ids narrow the search together', async () => {
  const labels = (await api.get('/labels')).body as { id: string; name: string }[]
  const poets = labels.find((label) => label.name === 'poet')!.id
  expect(await found({ contact_label_ids: [poets] })).toEqual(['Emily', 'Walt'])
  expect(await found({ contact_label_ids: [poets], ids: [ids['Walt']] })).toEqual(['Walt'])
  const stage = (await api.get(`/contacts/${ids['Walt']}`)).body.contact.contact_stage_id
  expect(await found({ contact_stage_ids: [stage], q_keywords: 'walt' })).toEqual(['Walt'])
  expect(await found({ contact_stage_ids: ['ffffffffffffffffffffffff'] })).toEqual([])
})

test('pages are cut from one order, and their total is exact', async () => {
  const first = await api.post('/contacts/search', { per_page: 3 })
  const second = await api.post('/contacts/search', { per_page: 3, page: 2 })
  expect(first.body.pagination).toEqual({ page: 1, per_page: 3, total_entries: 4, total_pages: 2 })
  const all = [...first.body.contacts, ...second.body.contacts].map((contact) => contact.id)
  expect(new Set(all).size).toBe(4)
})

test('an empty result counts zero entries and zero pages', async () => {
  const { body } = await api.post('/contacts/search', { q_keywords: 'nobody at all' })
  expect(body.pagination).toEqual({ page: 1, per_page: 25, total_entries: 0, total_pages: 0 })
})

test('GET with brackets in the query string searches as POST does', async () => {
  const { body } = await api.get(`/contacts/search?ids[]=${ids['Walt']}&ids[]=${ids['Emily']}&per_page=1`)
  expect(body.pagination).toEqual({ page: 1, per_page: 1, total_entries: 2, total_pages: 2 })
})

test('the order can be chosen and turned round', async () => {
  expect(await found({ sort_by_field: 'contact_created_at', sort_ascending: true })).toEqual([
    ...['Walt', 'Emily', 'Zoë', '100%'],
  ])
  await api.put(`/contacts/${ids['Walt']}`, { title: 'Poet' })
  expect((await found({ sort_by_field: 'contact_updated_at' }))[0]).toBe('Walt')
  for (const field of ['contact_last_activity_date', 'contact_email_last_opened_at'])
    expect(await found({ sort_by_field: field })).toHaveLength(4)
})

test('the search describes its filters, a stage that is gone by its recorded name', async () => {
  const { body } = await api.post('/contacts/search', {
    q_keywords: 'walt',
    contact_stage_ids: ['66e34b81740c50074e3d1bd4'],
  })
  expect(body.breadcrumbs).toEqual([
    { label: 'Contains Keywords', signal_field_name: 'q_keywords', value: 'walt', display_name: 'walt' },
    {
      label: 'Contact Stage',
      signal_field_name: 'contact_stage_ids',
      value: '66e34b81740c50074e3d1bd4',
      display_name: '[Deleted Stage]',
    },
  ])
})

test('the company stands beside the person', async () => {
  const { body } = await api.post('/contacts/search', { q_keywords: 'walt' })
  expect(body.contacts[0].account).toMatchObject({ name: 'Leaves & Co', domain: 'leaves.test' })
})
