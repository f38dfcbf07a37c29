/** Whose mail is it? Over HTTP: what a call may say, and that the person who calls is named. */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId } from '../../src/core/ids.ts'
import { kysely } from '../../src/store/db.ts'
import { startApi } from '../support/api.ts'
import { add, newContact, newSequence, statusOf } from '../support/outreach.ts'

const api = await startApi()
afterAll(() => api.close())

let sequence: string
let ana: string
let ben: string
let inboundId: string

beforeAll(async () => {
  sequence = (await newSequence(api, { active: true })).id
  ;[ana, ben] = [await newContact(api), await newContact(api)]
  await add(api, sequence, [ana, ben])
  // As the engine leaves them whom it has written to.
  await sql`
    insert into messages (team_id, id, enrollment_id, sequence_id, step_id, contact_id, mailbox_id, state, rfc_id, from_address,
      to_address, address_hash, body_hash, counted_at, marked_at, settled_at, created_at, updated_at)
    select team_id, message_id, id, sequence_id, step_id, contact_id, mailbox_id, 'accepted', '<' || message_id || '@segue.test>',
      'sandbox@segue.test', address, '', '', added_at, added_at, added_at, added_at, added_at from enrollments`.execute(
    kysely(api.db),
  )
  // Matched with nobody yet, so that giving it to Ana is the first that it does.
  inboundId = newId(api.clock.now(), api.context.random)
  await sql`
    insert into inbound (team_id, id, rfc_id, mailbox_id, folder, uid, kind, from_address, subject, body, received_at, read_at)
    select team_id, ${inboundId}, '<a@client.test>', mailbox_id, 'INBOX', 1, 'reply', 'boss@client.test', 'Re: Hello', 'Sounds good.', added_at, added_at
    from enrollments limit 1`.execute(kysely(api.db))
})

const reattach = (body: object) => api.post(`/inbound/${inboundId}/reattach`, body)
const shown = async () => (await api.post('/inbound/search', {})).body.inbound[0]

test('a mail is given to a person, then to another, and each stands as if it had been theirs from the beginning', async () => {
  const first = await reattach({ contact_id: ana })
  expect([first.status, first.body]).toEqual([200, { still_sending: [] }])
  expect(await statusOf(api, ana, sequence)).toMatchObject({ status: 'finished', inactive_reason: 'replied' })
  expect(await shown()).toMatchObject({ contact_id: ana, confidence: 100 })
  const { id } = await statusOf(api, ben, sequence)
  expect((await reattach({ contact_campaign_status_id: id })).status).toBe(200)
  expect(await statusOf(api, ana, sequence)).not.toMatchObject({ status: 'finished' })
  expect(await statusOf(api, ben, sequence)).toMatchObject({ status: 'finished' })
  const counted = (await api.get(`/emailer_campaigns/${sequence}`)).body.emailer_campaign
  expect(counted.unique_replied).toBe(1)
})

test('a call that names nobody, two, or somebody who was never written to is refused by name', async () => {
  for (const body of [{}, { contact_id: ana, nobody: true }])
    expect(await reattach(body)).toMatchObject({
      status: 422,
      body: { error: expect.stringMatching(/exactly one of emailer_message_id/) },
    })
  const cid = await newContact(api)
  expect(await reattach({ contact_id: cid })).toMatchObject({ status: 422, body: { code: 'nothing_sent' } })
  expect(await api.post(`/inbound/${'0'.repeat(24)}/reattach`, { nobody: true })).toMatchObject({
    status: 404,
  })
})
