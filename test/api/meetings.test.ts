/** Interest and meetings end sequences: told by a person, by a stage, or by a program that books meetings. */
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { kysely } from '../../src/store/db.ts'
import { startApi } from '../support/api.ts'
import { add, newContact, newSequence, statusOf } from '../support/outreach.ts'

const api = await startApi()
afterAll(() => api.close())

async function stageId(role: string): Promise<string> {
  const { rows } = await sql<{
    id: string
  }>`select id from stages where kind = 'contact' and role = ${role}`.execute(kysely(api.db))
  return rows[0]!.id
}

/** As if the first email had been accepted. */
async function received(contactId: string): Promise<void> {
  await sql`
    insert into messages (team_id, id, enrollment_id, sequence_id, step_id, contact_id, mailbox_id, state, rfc_id, from_address,
      to_address, address_hash, body_hash, counted_at, marked_at, settled_at, created_at, updated_at)
    select team_id, message_id, id, sequence_id, step_id, contact_id, mailbox_id, 'accepted', '<' || message_id || '@segue.test>',
      'sandbox@segue.test', address, '', '', added_at, added_at, added_at, added_at, added_at
    from enrollments where contact_id = ${contactId}`.execute(kysely(api.db))
}

test('a meeting ends all sequences of the contact, moves it to Interested, and counts for the email that led to it', async () => {
  const [one, two] = [await newSequence(api, { active: true }), await newSequence(api, { active: true })]
  const ana = await newContact(api)
  await add(api, one.id, [ana])
  await received(ana)
  await add(api, two.id, [ana], { sequence_active_in_other_campaigns: true })
  const { status, body } = await api.post(`/contacts/${ana}/meeting`, {
    starts_at: '2027-02-01T09:00:00Z',
    note: 'Booked by the calendar.',
  })
  expect(status, JSON.stringify(body)).toBe(200)
  expect(body.finished_contact_campaign_status_ids).toHaveLength(2)
  expect(body.contact.contact_stage_id).toBe(await stageId('interested'))
  for (const { id } of [one, two])
    expect(await statusOf(api, ana, id)).toMatchObject({
      status: 'finished',
      inactive_reason: 'scheduled appointment',
    })
  const shown = (await api.get(`/emailer_campaigns/${one.id}`)).body.emailer_campaign
  expect(shown).toMatchObject({ unique_demoed: 1, demo_rate: 0 })
  const { emailer_messages } = (
    await api.post('/emailer_messages/search', {
      emailer_message_stats: ['demoed'],
      emailer_campaign_ids: [one.id],
    })
  ).body
  expect(emailer_messages).toMatchObject([{ contact_id: ana, demoed: true }])
  const again = await api.post(`/contacts/${ana}/meeting`)
  expect(again.body.finished_contact_campaign_status_ids).toEqual([])
  expect((await api.get(`/emailer_campaigns/${one.id}`)).body.emailer_campaign.unique_demoed).toBe(1)
})

test('a meeting that is told twice at the same moment counts once', async () => {
  const { id } = await newSequence(api, { active: true })
  const ana = await newContact(api)
  await add(api, id, [ana])
  await received(ana)
  const told = await Promise.all(Array.from({ length: 6 }, () => api.post(`/contacts/${ana}/meeting`)))
  expect(told.map((one) => one.status)).toEqual(Array(6).fill(200))
  expect((await api.get(`/emailer_campaigns/${id}`)).body.emailer_campaign.unique_demoed).toBe(1)
})

test('a meeting with nobody, and one at no instant, are refused by name', async () => {
  expect((await api.post('/contacts/000000000000000000000000/meeting')).status).toBe(404)
  const ana = await newContact(api)
  const wrong = await api.post(`/contacts/${ana}/meeting`, { starts_at: 'Tuesday' })
  expect([wrong.status, wrong.body.error]).toEqual([422, expect.stringContaining('starts_at')])
})

test('whoever is moved to Interested is left alone by the sequences that say so, and by no other', async () => {
  const ends = await newSequence(api, { active: true })
  const goesOn = await newSequence(api, { active: true, mark_finished_if_interested: false })
  const ana = await newContact(api)
  await add(api, ends.id, [ana])
  await add(api, goesOn.id, [ana], { sequence_active_in_other_campaigns: true })
  const moved = await api.call({
    method: 'PUT',
    path: `/contacts/${ana}`,
    body: { contact_stage_id: await stageId('interested') },
  })
  expect(moved.status, JSON.stringify(moved.body)).toBe(200)
  expect(await statusOf(api, ana, ends.id)).toMatchObject({
    status: 'finished',
    inactive_reason: 'interested',
  })
  expect(await statusOf(api, ana, goesOn.id)).toMatchObject({ status: 'active' })
})
