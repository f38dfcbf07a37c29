/** The do-not-contact list by hand: adding ends what runs, lifting needs a reason and keeps the entry. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Api, START, startApi } from '../support/api.ts'
import { createSequence, type SentSequence, sendFirst } from '../support/sent.ts'
import { testTeamOf } from '../support/sent-team.ts'
import type { TestTeam } from '../support/team.ts'

let api: Api
let team: TestTeam
let sequence: SentSequence
beforeAll(async () => {
  api = await startApi()
  team = await testTeamOf(api)
  sequence = await createSequence(api.db, team, { now: START, random: api.context.random })
})
afterAll(() => api.close())

const enrolled = (address: string) =>
  sendFirst(api.db, team, { now: START, random: api.context.random, sequence, address })
const stateOf = async (contactId: string) =>
  (await api.get(`/contacts/${contactId}`)).body.contact.contact_campaign_statuses[0].status
const listed = async (q: string) => (await api.post('/suppressions/search', { q })).body.suppressions

test('a dry run says what would be added and what cannot be read, and writes nothing', async () => {
  await api.post('/suppressions', { values: ['known@zero.test'] })
  const { body } = await api.post('/suppressions', {
    values: ['new@zero.test', 'NEW@zero.test', '@zero.example', 'known@zero.test', 'Jo Doe'],
    dry_run: true,
  })
  expect(body).toMatchObject({ added: 2, already: 1, stopped: 0, transmitting: [] })
  expect(body.refused).toEqual([{ value: 'Jo Doe', reason: expect.stringContaining('Jo Doe') }])
  expect(await listed('zero')).toHaveLength(1)
})

test('an address on the list ends the live enrollments of that address, and only those', async () => {
  const stopped = await enrolled('stop@one.test')
  const other = await enrolled('go@one.test')
  const { body } = await api.post('/suppressions', {
    values: [' Stop@One.test '],
    reason: 'asked on the phone',
  })
  expect(body).toEqual({ added: 1, already: 0, refused: [], stopped: 1, transmitting: [] })
  expect([await stateOf(stopped.contactId), await stateOf(other.contactId)]).toEqual(['finished', 'active'])
  expect(await listed('stop@one')).toMatchObject([
    {
      kind: 'address',
      value: 'stop@one.test',
      reason: 'manual',
      source: 'asked on the phone',
      lifted_at: null,
    },
  ])
})

test('a domain ends everybody there', async () => {
  const people = [await enrolled('a@two.test'), await enrolled('b@two.test')]
  const { body } = await api.post('/suppressions', { values: ['@two.test'] })
  expect(body).toMatchObject({ added: 1, stopped: 2 })
  for (const { contactId } of people) expect(await stateOf(contactId)).toBe('finished')
})

test('what is neither an address nor a domain is refused by itself, the rest is added; repeating says so', async () => {
  const values = ['a@b@c', 'fine@three.test', '']
  const { body } = await api.post('/suppressions', { values })
  expect([body.added, body.already]).toEqual([1, 0])
  expect(body.refused).toEqual([
    { value: 'a@b@c', reason: expect.stringContaining('2 @ signs') },
    { value: '', reason: expect.stringContaining('empty') },
  ])
  expect((await api.post('/suppressions', { values: ['FINE@three.test'] })).body).toMatchObject({
    added: 0,
    already: 1,
  })
})

test('lifting needs a reason, keeps the entry, and happens once', async () => {
  await api.post('/suppressions', { values: ['back@four.test'] })
  const lift = (reason: string) =>
    api.post('/suppressions/lift', { kind: 'address', value: 'Back@four.test', reason })
  expect((await lift('  ')).status).toBe(422)
  api.clock.advance(1000)
  const lifted = await lift('wrote to us again')
  expect(lifted.body.suppression).toMatchObject({
    value: 'back@four.test',
    lifted_at: new Date(api.clock.now()).toISOString(),
    lift_reason: 'wrote to us again',
  })
  expect((await lift('again')).status).toBe(404)
  expect(await listed('back@four')).toHaveLength(1)
  expect((await api.post('/suppressions', { values: ['back@four.test'] })).body.added).toBe(1)
})

test('the list is searched in pages with an exact total', async () => {
  await api.post('/suppressions', { values: Array.from({ length: 30 }, (_, i) => `p${i}@five.test`) })
  const { body } = await api.post('/suppressions/search', { q: 'FIVE.test', page: 2, per_page: 20 })
  expect(body.suppressions).toHaveLength(10)
  expect(body.pagination).toEqual({ page: 2, per_page: 20, total_entries: 30, total_pages: 2 })
  // A percent sign is a letter here.
  expect(await listed('%')).toEqual([])
})
