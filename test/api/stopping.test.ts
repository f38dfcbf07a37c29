import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { kysely } from '../../src/store/db.ts'
import { startApi } from '../support/api.ts'
import { hasContract, missingKeys, recorded } from '../support/contract.ts'
import { claimAs } from '../support/in-hand.ts'
import { add, newContact, newContacts, newSequence, statusOf } from '../support/outreach.ts'

const api = await startApi()
afterAll(() => api.close())

const stop = (sequenceId: string, contactIds: string[], mode: string, more: object = {}) =>
  api.post('/emailer_campaigns/remove_or_stop_contact_ids', {
    emailer_campaign_ids: [sequenceId],
    contact_ids: contactIds,
    mode,
    ...more,
  })

const claim = (sequenceId: string, contactId: string, state: 'claimed' | 'transmitting') =>
  claimAs(api, { sequenceId, contactId, state })

test('mark_as_finished finishes, with the recorded words', async () => {
  const { id } = await newSequence(api, { active: true })
  const ana = await newContact(api)
  await add(api, id, [ana])
  const { status, body } = await stop(id, [ana], 'mark_as_finished')
  expect(status).toBe(200)
  expect(body.emailer_campaigns).toEqual([{ id }])
  expect(body.contact_statuses).toMatchObject({ active: 0, finished: 1 })
  expect(body.contacts[0].contact_campaign_statuses[0]).toMatchObject({
    status: 'finished',
    inactive_reason: 'manually finished',
    finished_at: expect.stringMatching(/\+00:00$/),
    current_step_id: null,
  })
})

test('stop ends as finished, also in the oldest form of the call', async () => {
  const { id } = await newSequence(api, { active: true })
  const ana = await newContact(api)
  await add(api, id, [ana])
  const { status } = await api.call({
    path: '/emailer_campaigns/remove_or_stop_contact_ids',
    anonymous: true,
    body: {
      api_key: api.key,
      emailer_campaign_ids: [id],
      contact_ids: [ana],
      mode: 'stop',
      stop_reason: 'asked by phone',
      async: 'false',
    },
  })
  expect(status).toBe(200)
  expect(await statusOf(api, ana, id)).toMatchObject({
    status: 'finished',
    inactive_reason: 'manually finished',
  })
})

test('a sequence that is not there answers 200 with the short body', async () => {
  const ana = await newContact(api)
  const { status, body } = await stop('a'.repeat(24), [ana], 'remove')
  expect(status).toBe(200)
  expect(Object.keys(body).sort()).toEqual(['contacts', 'emailer_campaigns'])
  expect(body.contacts).toHaveLength(1)
  expect(body.emailer_campaigns).toEqual([])
})

test('a missing mode, a wrong one, and missing ids are named', async () => {
  const { id } = await newSequence(api)
  expect((await stop(id, [], undefined as unknown as string)).body.error).toMatch(/mode: mark_as_finished/)
  expect((await stop(id, [], 'delete')).body).toMatchObject({ parameter: 'mode' })
  const none = await api.post('/emailer_campaigns/remove_or_stop_contact_ids', { mode: 'stop' })
  expect(none.body.error).toMatch(/emailer_campaign_ids/)
})

test('a stop takes back what was claimed, and names what is transmitting', async () => {
  const { id } = await newSequence(api, { active: true })
  const [claimed, transmitting] = await newContacts(api, 2)
  await add(api, id, [claimed!, transmitting!])
  await claim(id, claimed!, 'claimed')
  await claim(id, transmitting!, 'transmitting')
  const { body } = await stop(id, [claimed!, transmitting!], 'mark_as_finished')
  expect(body.still_sending).toEqual([
    expect.objectContaining({ contact_id: transmitting, emailer_message_id: expect.any(String) }),
  ])
  const { rows } = await sql<{ state: string }>`
    select state from messages where sequence_id = ${id} and contact_id = ${claimed!}`.execute(kysely(api.db))
  expect(rows).toEqual([{ state: 'cancelled' }])
})

test('approve turns on; twice is refused with the recorded text; without steps too', async () => {
  const { id } = await newSequence(api)
  const { status, body } = await api.post(`/emailer_campaigns/${id}/approve`)
  expect(status).toBe(200)
  expect(body.emailer_campaign).toMatchObject({ id, active: true })
  expect(body.emailer_steps).toHaveLength(3)
  const again = await api.post(`/emailer_campaigns/${id}/approve`)
  expect(again).toMatchObject({ status: 422, body: { error: 'The sequence is already active.' } })
  const empty = await api.post('/sequences', {})
  const refused = await api.post(`/emailer_campaigns/${empty.body.emailer_campaign.id}/approve`)
  expect(refused.body.error).toBe(
    'Please make sure you have added at least 1 step before turning on the sequence.',
  )
})

test('added to an archived sequence they are taken, as recorded, finished at once with a warning, and free for other sequences', async () => {
  const { id } = await newSequence(api, { active: true })
  const there = await newContact(api)
  await add(api, id, [there])
  await api.post(`/emailer_campaigns/${id}/archive`)
  api.clock.advance(60_000)
  const late = await newContact(api)
  const { status, body } = await add(api, id, [late])
  expect(status).toBe(200)
  expect(body.emailer_campaign.archived).toBe(true)
  expect(body.contacts[0].contact_campaign_statuses[0].status).toBe('finished')
  expect(body.warnings).toEqual([
    expect.stringMatching(/^The sequence is archived: whom you added is finished at once/),
  ])
  const other = await newSequence(api, { active: true })
  const added = await add(api, other.id, [there, late])
  expect(added.body.skipped_contact_ids).toEqual({ [there]: 'contacts_finished_in_other_campaigns' })
  expect(added.body.contacts.map((each: { id: string }) => each.id)).toEqual([late])
  expect(added.body.warnings).toBeUndefined()
})

test('people are paused, resumed and finished by hand', async () => {
  const { id } = await newSequence(api, { active: true })
  const ana = await newContact(api)
  await add(api, id, [ana])
  const change = (status: string, more: object = {}) =>
    api.post(`/emailer_campaigns/${id}/change_contact_statuses`, { contact_ids: [ana], status, ...more })
  await change('paused', { auto_unpause_at: '2027-02-01T00:00:00Z' })
  expect(await statusOf(api, ana, id)).toMatchObject({
    status: 'paused',
    auto_unpause_at: '2027-02-01T00:00:00.000+00:00',
    manually_set_unpause: true,
  })
  await change('active')
  expect(await statusOf(api, ana, id)).toMatchObject({ status: 'active', auto_unpause_at: null })
  const { body } = await change('finished')
  expect(body.contacts[0].contact_campaign_statuses[0].status).toBe('finished')
  const wrong = await change('sleeping')
  expect(wrong).toMatchObject({ status: 422, body: { parameter: 'status' } })
})

test('the feed tells it all, the latest first, and leaves out what it does not know', async () => {
  const { id } = await newSequence(api, { name: 'Fed', active: true })
  const ana = await newContact(api)
  await add(api, id, [ana])
  api.clock.advance(60_000)
  await api.post(`/emailer_campaigns/${id}/change_contact_statuses`, {
    contact_ids: [ana],
    status: 'paused',
  })
  api.clock.advance(60_000)
  await stop(id, [ana], 'remove')
  const { body } = await api.post('/emailer_campaigns/activity_feed', { contact_id: ana })
  expect(body.contact_id).toBe(ana)
  expect(body.events.map((each: { type: string }) => each.type)).toEqual(['removed', 'paused', 'enrolled'])
  expect(body.events[1]).toMatchObject({ sequence_id: id, sequence_name: 'Fed', reason: expect.any(String) })
  expect(body.events[2]).not.toHaveProperty('reason')
  expect(body.events[2].occurred_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  const one = await api.post('/emailer_campaigns/activity_feed', { contact_id: ana, per_page: 'many' })
  expect(one.body.events).toHaveLength(1)
  const nobody = await api.post('/emailer_campaigns/activity_feed', { contact_id: 'a'.repeat(24) })
  expect(nobody).toMatchObject({ status: 404, body: { error: 'Contact not found' } })
})

test.runIf(hasContract).each([
  ['approve', { active: false }],
  ['abort', { active: true }],
  ['archive', { active: true }],
])('the answer of %s has every recorded key', async (act, more) => {
  const { id } = await newSequence(api, more)
  const { body } = await api.post(`/emailer_campaigns/${id}/${act}`)
  expect(missingKeys(recorded('post', `/emailer_campaigns/{sequence_id}/${act}`), body)).toEqual([])
})

test.runIf(hasContract)('the answer of removing has every recorded key', async () => {
  const { id } = await newSequence(api)
  const ana = await newContact(api, { direct_phone: '555-555-0117' })
  await add(api, id, [ana])
  const { body } = await stop(id, [ana], 'mark_as_finished')
  const theirs = recorded('post', '/emailer_campaigns/remove_or_stop_contact_ids')
  theirs.contact_statuses = { ...theirs.contact_statuses }
  for (const key of Object.keys(theirs.contact_statuses)) theirs.contact_statuses[key] = 0
  expect(missingKeys(theirs, body)).toEqual([])
})

test.runIf(hasContract)('the feed has every recorded key', async () => {
  const { id } = await newSequence(api)
  const ana = await newContact(api)
  await add(api, id, [ana])
  await stop(id, [ana], 'remove')
  const { body } = await api.post('/emailer_campaigns/activity_feed', { contact_id: ana })
  expect(missingKeys(recorded('post', '/emailer_campaigns/activity_feed'), body)).toEqual([])
})
