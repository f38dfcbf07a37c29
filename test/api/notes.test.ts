/** Notes: written, read by whom they are about, changed and deleted. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { DAY, MINUTE } from '../../src/core/clock.ts'
import { type Api, startApi } from '../support/api.ts'
import { hasContract, missingKeys, recorded } from '../support/contract.ts'
import { newContact } from '../support/outreach.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.close())
beforeEach(() => api.clock.advance(MINUTE))

const UNKNOWN_ID = 'ffffffffffffffffffffffff'
const write = async (note: object) => (await api.post('/notes', note)).body.note
const ids = async (query: string): Promise<string[]> =>
  (await api.get(`/notes?${query}`)).body.notes.map((one: { id: string }) => one.id)

test('a note about a contact is found by it and by its account, the latest first', async () => {
  const contactId = await newContact(api, { organization_name: 'Noted' })
  const { account_id: accountId } = (await api.get(`/contacts/${contactId}`)).body.contact
  const first = await write({ contact_id: contactId, content: 'Likes tea' })
  expect(first).toMatchObject({
    ...{ user_id: api.userId, content: 'Likes tea', contact_id: contactId, contact_ids: [contactId] },
    ...{ account_id: accountId, account_ids: [], pinned_to_top: false, system: false },
  })
  api.clock.advance(DAY)
  const second = await write({ account_id: accountId, content: 'Moves in May', pinned_to_top: true })
  expect(second).toMatchObject({
    contact_id: null,
    account_id: accountId,
    account_ids: [accountId],
    pinned_to_top: true,
  })
  expect(await ids(`contact_id=${contactId}`)).toEqual([first.id])
  expect(await ids(`contact_ids[]=${contactId}&contact_ids[]=${UNKNOWN_ID}`)).toEqual([first.id])
  expect(await ids(`account_id=${accountId}`)).toEqual([second.id, first.id])
  expect(await ids(`account_id=${accountId}&sort_direction=asc`)).toEqual([first.id, second.id])
  expect(await ids(`account_id=${accountId}&skip=1&limit=1`)).toEqual([first.id])
  const day = second.created_at.slice(0, 10)
  expect(await ids(`account_id=${accountId}&start_date=${day}`)).toEqual([second.id])
  expect(await ids(`start_date=${day}`)).toEqual([second.id])
  expect(await ids('conversation_id=any')).toEqual([])
  const changed = await api.put(`/notes/${first.id}`, { content: 'Likes coffee' })
  expect(changed.body.note).toMatchObject({ content: 'Likes coffee', created_at: first.created_at })
  api.clock.advance(MINUTE)
  await api.put(`/notes/${first.id}`, { pinned_to_top: true })
  expect(await ids(`account_id=${accountId}&sort_by_field=updated_at`)).toEqual([first.id, second.id])
})

test('asking for nothing, and in no order there is, are the recorded 400s', async () => {
  const cases = [
    ['', 'At least one argument is required'],
    ['limit=5', 'At least one argument is required'],
    [`contact_id=${UNKNOWN_ID}&sort_direction=up`, 'sort_direction must be "asc" or "desc"'],
    [
      `contact_id=${UNKNOWN_ID}&sort_by_field=content`,
      'sort_by_field must be one of: created_at, updated_at',
    ],
  ]
  for (const [query, error] of cases)
    expect(await api.get(`/notes?${query}`)).toMatchObject({ status: 400, body: { error } })
  const much = await api.get(`/notes?contact_id=${UNKNOWN_ID}&limit=500`)
  expect(much.body).toMatchObject({ notes: [], warnings: ['limit is at most 100; 500 was read as 100.'] })
})

test('a note has words and is about somebody there is', async () => {
  const contactId = await newContact(api)
  const cases: [object, string][] = [
    [{ contact_id: contactId }, 'A note needs words: give its content.'],
    [{ contact_id: contactId, content: ' ' }, 'A note needs words: give its content.'],
    [
      { contact_id: contactId, content: 'x'.repeat(10_001) },
      'The note has 10001 characters; at most 10000 fit.',
    ],
    [{ content: 'x' }, 'A note is about somebody: give contact_ids, account_ids, or both.'],
    [{ content: 'x', contact_id: UNKNOWN_ID }, `The contact ${UNKNOWN_ID} does not exist.`],
    [{ content: 'x', account_ids: [UNKNOWN_ID] }, `The account ${UNKNOWN_ID} does not exist.`],
  ]
  for (const [note, error] of cases)
    expect(await api.post('/notes', note)).toMatchObject({ status: 422, body: { error } })
  expect(await ids(`contact_id=${contactId}`)).toEqual([])
})

test('a deleted note is gone, and so is what never was', async () => {
  const contactId = await newContact(api)
  const { id } = await write({ contact_id: contactId, content: 'Wrong person' })
  expect((await api.delete(`/notes/${id}`)).body).toEqual({ note: { id, deleted: true } })
  expect(await ids(`contact_id=${contactId}`)).toEqual([])
  for (const call of [api.delete(`/notes/${id}`), api.put(`/notes/${id}`, { content: 'x' })])
    expect(await call).toMatchObject({ status: 404, body: { error: 'Record not found.' } })
})

test('notes about a contact that is merged are about the one that stays, once', async () => {
  const [kept, other] = [await newContact(api), await newContact(api)]
  const both = await write({ contact_ids: [other, kept], content: 'Both' })
  const one = await write({ contact_id: other, content: 'One' })
  expect((await api.post(`/contacts/${kept}/merge`, { contact_id: other })).status).toBe(200)
  const { notes } = (await api.get(`/notes?contact_id=${kept}`)).body
  expect(notes).toMatchObject([
    { id: one.id, contact_ids: [kept] },
    { id: both.id, contact_ids: [kept] },
  ])
})

test.runIf(hasContract)('every recorded key is there, of the recorded type', async () => {
  const contactId = await newContact(api, { organization_name: 'Recorded' })
  await write({ contact_id: contactId, content: 'x' })
  const { body } = await api.get(`/notes?contact_id=${contactId}`)
  expect(missingKeys(recorded('get', '/notes'), body)).toEqual([])
})
