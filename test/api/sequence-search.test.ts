import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApi } from '../support/api.ts'
import { hasContract, missingKeys, recorded } from '../support/contract.ts'
import { add, newContacts, newSequence } from '../support/outreach.ts'

const api = await startApi()
afterAll(() => api.close())

let dublin: string
beforeAll(async () => {
  dublin = (await newSequence(api, { name: 'Target Copywriting Clients in Dublin' })).id
  api.clock.advance(1000)
  await newSequence(api, { name: 'Fintech 100% push', active: true })
  api.clock.advance(1000)
  await newSequence(api, { name: 'Fintech Dublin' })
})

const names = (body: { emailer_campaigns: { name: string }[] }) =>
  body.emailer_campaigns.map((each) => each.name)

test('words of the name find it, in any order and case, with the recorded breadcrumb', async () => {
  const { status, body } = await api.post('/emailer_campaigns/search', {
    q_name: 'dublin copywriting',
    page: '1',
    per_page: '5',
  })
  expect(status).toBe(200)
  expect(names(body)).toEqual(['Target Copywriting Clients in Dublin'])
  expect(body.pagination).toEqual({ page: 1, per_page: 5, total_entries: 1, total_pages: 1 })
  expect(body.breadcrumbs).toEqual([
    {
      label: 'Name',
      signal_field_name: 'q_name',
      value: 'dublin copywriting',
      display_name: 'dublin copywriting',
    },
  ])
  expect(body.num_fetch_result).toBe(null)
})

test('signs of a pattern are letters like others', async () => {
  const { body } = await api.get('/emailer_campaigns/search?q_name=100%25')
  expect(names(body)).toEqual(['Fintech 100% push'])
  expect((await api.get('/emailer_campaigns/search?q_name=_')).body.emailer_campaigns).toEqual([])
})

test('the newest comes first; names, activity and pages are asked for', async () => {
  const all = await api.get('/emailer_campaigns/search')
  expect(names(all.body)[0]).toBe('Fintech Dublin')
  const named = await api.get(
    '/emailer_campaigns/search?sort_by_field=name&sort_ascending=true&per_page=2&page=2',
  )
  expect(names(named.body)).toEqual(['Target Copywriting Clients in Dublin'])
  expect(named.body.pagination).toMatchObject({ total_entries: 3, total_pages: 2 })
  const active = await api.get('/emailer_campaigns/search?emailer_campaign_status=active')
  expect(names(active.body)).toEqual(['Fintech 100% push'])
  const odd = await api.get('/emailer_campaigns/search?sort_by_field=color')
  expect(odd.body.warnings[0]).toContain('color')
})

test.each(['constructor', '__proto__', 'toString'])(
  'sorted by "%s" it is answered like any other unknown field',
  async (field) => {
    const { status, body } = await api.get(`/emailer_campaigns/search?sort_by_field=${field}`)
    expect([status, names(body)[0]]).toEqual([200, 'Fintech Dublin'])
    expect(body.warnings[0]).toContain(field)
  },
)

test('ids find exactly these', async () => {
  const { body } = await api.post('/emailer_campaigns/search', { ids: [dublin] })
  expect(body.emailer_campaigns.map((each: { id: string }) => each.id)).toEqual([dublin])
})

test('numbers are numbers, and say when the next email can leave', async () => {
  const { id } = await newSequence(api, { name: 'Numbers', active: true })
  await add(api, id, await newContacts(api, 3))
  const { body } = await api.post('/emailer_campaigns/search', { ids: [id] })
  expect(JSON.stringify(body)).not.toContain('loading')
  expect(body.emailer_campaigns[0]).toMatchObject({
    unique_scheduled: 3,
    unique_delivered: 0,
    reply_rate: 0,
    people: { active: 3, total: 3, held: 0 },
    next_send_at: new Date(api.clock.now()).toISOString(),
    owner_name: 'Maria Ortiz',
  })
})

test('showing one brings its steps also inside the sequence', async () => {
  const { body } = await api.get(`/emailer_campaigns/${dublin}`)
  expect(body.emailer_campaign.emailer_steps).toEqual(body.emailer_steps)
  expect(body.emailer_touches).toHaveLength(3)
  expect(body.emailer_templates).toHaveLength(3)
  expect(body.attachments).toEqual([])
  expect((await api.get(`/emailer_campaigns/${'a'.repeat(24)}`)).status).toBe(404)
})

test('pages beyond reach are refused with the recorded texts', async () => {
  const far = await api.get('/emailer_campaigns/search?page=1000&per_page=100')
  expect(far).toMatchObject({
    status: 422,
    body: { error: 'Invalid parameter passed in. Page * per page number is over threshold.' },
  })
})

test.runIf(hasContract)('the answer of searching has every recorded key', async () => {
  const { body } = await api.post('/emailer_campaigns/search', { ids: [dublin], q_name: 'Dublin' })
  expect(missingKeys(recorded('post', '/emailer_campaigns/search'), body)).toEqual([])
})
