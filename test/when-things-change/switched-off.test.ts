/** A sequence is switched off or archived, or people are removed from it, while it writes to them. */
import { afterAll, expect, test } from 'vitest'
import { startApi } from '../support/api.ts'
import { claimAs } from '../support/in-hand.ts'
import { add, newContact, newContacts, newSequence, statusOf } from '../support/outreach.ts'

const api = await startApi()
afterAll(() => api.close())

const stop = (sequenceId: string, contactIds: string[], mode: string) =>
  api.post('/emailer_campaigns/remove_or_stop_contact_ids', {
    emailer_campaign_ids: [sequenceId],
    contact_ids: contactIds,
    mode,
  })

const claim = (sequenceId: string, contactId: string, state: 'claimed' | 'transmitting') =>
  claimAs(api, { sequenceId, contactId, state })

test('remove hides the person, and adding again bypasses the guards with a new enrollment', async () => {
  const { id } = await newSequence(api, { active: true })
  const ana = await newContact(api)
  const first = await add(api, id, [ana])
  const { body } = await stop(id, [ana], 'remove')
  expect(body.contacts[0].contact_campaign_statuses).toEqual([])
  expect(body.num_contacts).toBe(0)
  const again = await add(api, id, [ana])
  expect(again.body.skipped_contact_ids).toEqual({})
  expect(again.body.contacts[0].contact_campaign_statuses[0].id).not.toBe(
    first.body.contacts[0].contact_campaign_statuses[0].id,
  )
})

test('remove hides a finished person too', async () => {
  const { id } = await newSequence(api, { active: true })
  const ana = await newContact(api)
  await add(api, id, [ana])
  await stop(id, [ana], 'mark_as_finished')
  await stop(id, [ana], 'remove')
  expect(await statusOf(api, ana, id)).toBe(undefined)
})

test('abort shows people as paused, keeps a pause of their own, and names what was transmitting', async () => {
  const { id } = await newSequence(api, { active: true })
  const [ana, bob, eve] = await newContacts(api, 3)
  await add(api, id, [ana!, bob!, eve!])
  await api.post(`/emailer_campaigns/${id}/change_contact_statuses`, {
    contact_ids: [bob],
    status: 'paused',
  })
  await claim(id, eve!, 'transmitting')
  await claim(id, ana!, 'claimed')
  const { status, body } = await api.post(`/emailer_campaigns/${id}/abort`)
  expect(status).toBe(200)
  expect(body.emailer_campaign).toMatchObject({ active: false, contact_statuses: { active: 0, paused: 3 } })
  expect(body.still_sending.map((each: { contact_id: string }) => each.contact_id)).toEqual([eve])
  expect(await statusOf(api, ana!, id)).toMatchObject({ inactive_reason: 'Sequence inactive' })
  expect(await statusOf(api, bob!, id)).toMatchObject({ inactive_reason: 'manually paused' })
  const again = await api.post(`/emailer_campaigns/${id}/abort`)
  expect(again).toMatchObject({ status: 422, body: { error: 'The sequence is already inactive.' } })
  await api.post(`/emailer_campaigns/${id}/approve`)
  expect(await statusOf(api, ana!, id)).toMatchObject({ status: 'active' })
  expect(await statusOf(api, bob!, id)).toMatchObject({ status: 'paused' })
})

test('archive finishes everybody, hides the sequence from searches, and still shows it', async () => {
  const { id } = await newSequence(api, { name: 'Old one', active: true })
  const contacts = await newContacts(api, 3)
  await add(api, id, contacts)
  const { status, body } = await api.post(`/emailer_campaigns/${id}/archive`)
  expect(status).toBe(200)
  expect(body.emailer_campaign).toMatchObject({ id, active: false, archived: true, deleted: true })
  expect(await statusOf(api, contacts[0]!, id)).toMatchObject({ status: 'finished' })
  const shown = await api.get(`/emailer_campaigns/${id}`)
  expect(shown.body.emailer_campaign).toMatchObject({ archived: true, people: { finished: 3, total: 3 } })
  const found = await api.get('/emailer_campaigns/search?q_name=Old one')
  expect(found.body.emailer_campaigns).toEqual([])
  const asked = await api.get('/emailer_campaigns/search?q_name=Old one&emailer_campaign_status=archived')
  expect(asked.body.emailer_campaigns).toHaveLength(1)
  const approve = await api.post(`/emailer_campaigns/${id}/approve`)
  expect(approve.body.error).toMatch(/archived/)
  const back = await api.put(`/emailer_campaigns/${id}`, { archived: false })
  expect(back.body.archived).toBe(false)
})
