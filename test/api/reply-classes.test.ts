/** A person says what an answer means, and what follows from it is done. */
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { kysely } from '../../src/store/db.ts'
import { startApi } from '../support/api.ts'
import { add, newContact, newSequence, statusOf } from '../support/outreach.ts'

const api = await startApi()
afterAll(() => api.close())

let mails = 0
/** An answer of somebody who is in a new sequence, which it did not end. */
async function answered(more: Record<string, unknown> = {}) {
  const sequence = await newSequence(api, { active: true, ...more })
  const contact = await newContact(api)
  await add(api, sequence.id, [contact])
  const id = String(++mails).padStart(24, 'a')
  await sql`
    insert into inbound (team_id, id, rfc_id, mailbox_id, folder, uid, kind, enrollment_id, contact_id, received_at, read_at)
    select team_id, ${id}, ${id}, mailbox_id, 'INBOX', ${mails}, 'reply', id, contact_id, added_at, added_at
    from enrollments where contact_id = ${contact}`.execute(kysely(api.db))
  return { id, contact, sequence: sequence.id }
}
const say = (id: string, reply_class: string | null) =>
  api.post(`/inbound/${id}/reply_class`, { reply_class })
const shown = async (id: string) =>
  (await api.post('/inbound/search', {})).body.inbound.find((mail: { id: string }) => mail.id === id)
async function stageOf(contactId: string) {
  const { rows } = await sql<{ role: string }>`
    select s.role from contacts c join stages s on s.id = c.stage_id where c.id = ${contactId}`.execute(
    kysely(api.db),
  )
  return rows[0]?.role
}

test.each([
  ['willing_to_meet', 'interested', 'interested'],
  ['not_interested', 'not_interested', 'manually finished'],
  ['already_left_company_or_not_right_person', 'changed_job', 'Left the company, or wrong person'],
  ['unsubscribe', 'do_not_contact', 'unsubscribed'],
])('%s moves the contact to %s and ends the sequence as "%s"', async (replyClass, role, inactive) => {
  const mail = await answered()
  const { status, body } = await say(mail.id, replyClass)
  expect([status, body]).toEqual([200, { still_sending: [] }])
  expect(await shown(mail.id)).toMatchObject({ reply_class: replyClass })
  expect(await stageOf(mail.contact)).toBe(role)
  expect(await statusOf(api, mail.contact, mail.sequence)).toMatchObject({
    status: 'finished',
    inactive_reason: inactive,
  })
})

test('somebody who would meet goes on where interest does not end the sequence', async () => {
  const mail = await answered({ mark_finished_if_interested: false })
  await say(mail.id, 'willing_to_meet')
  expect(await statusOf(api, mail.contact, mail.sequence)).toMatchObject({ status: 'active' })
})

test('a question is remembered and ends nothing; taking it back leaves the sequence as it is', async () => {
  const mail = await answered()
  await say(mail.id, 'follow_up_question')
  expect(await statusOf(api, mail.contact, mail.sequence)).toMatchObject({ status: 'active' })
  await say(mail.id, null)
  expect(await shown(mail.id)).toMatchObject({ reply_class: null })
})

test('a class that does not exist, a mail that does not, and one of nobody are refused', async () => {
  const mail = await answered()
  const wrong = await say(mail.id, 'happy')
  expect([wrong.status, wrong.body.parameter]).toEqual([422, 'reply_class'])
  expect((await say('0'.repeat(24), 'unsubscribe')).status).toBe(404)
  await sql`update inbound set contact_id = null where id = ${mail.id}`.execute(kysely(api.db))
  const nobody = await say(mail.id, 'not_interested')
  expect([nobody.status, nobody.body.error]).toEqual([422, expect.stringContaining('none of your people')])
})
