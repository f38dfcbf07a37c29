/** A mailbox is disconnected while sequences write from it: its login is refused, or its permission was taken back. */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MINUTE } from '../../src/core/clock.ts'
import { kysely } from '../../src/store/db.ts'
import { saveFindings } from '../../src/store/mailbox-checks.ts'
import { verify } from '../../src/store/verify.ts'
import { type Api, startApi } from '../support/api.ts'
import { markClaimed, settleClaimed } from '../support/enrolled.ts'
import { claimDue, connected, giveTasksDue, sendDue, teamOf } from '../support/going-mailboxes.ts'
import { add, newContact, newContacts, newSequence, statusOf } from '../support/outreach.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
  const body = { legal_name: 'Acme Ltd', postal_address: '1 Road' }
  await api.call({ method: 'PATCH', path: '/team', body })
})
afterAll(() => api.close())

const PROBLEM = 'the mail server of it refused the login (535 5.7.8)'
const from = (id: string) => ({ send_email_from_email_account_id: id })
const findings = () => verify(api.db, { now: api.clock.now() })

/** As the engine does: the login is refused when the first of them is about to leave. */
async function disconnectedWhileSending(email: string, people: number) {
  const mailbox = await connected(api, email)
  const { id } = await newSequence(api, { active: true })
  const contacts = await newContacts(api, people)
  await add(api, id, contacts, from(mailbox))
  const { batches } = await claimDue(api)
  const { fence, messages } = batches.find((one) => one.mailboxId === mailbox)!
  const team = { team: await teamOf(api), userId: api.userId, mailboxId: mailbox }
  const claimed = { fence, messageIds: messages.map((one) => one.id) }
  const now = api.clock.now()
  await markClaimed(api.db, team, { claimed, now })
  await settleClaimed(api.db, team, {
    ...{ claimed, now, random: api.context.random, state: 'unauthenticated' },
    ...{ follows: { kind: 'retry', at: now }, mailbox: { kind: 'disconnect', problem: PROBLEM } },
  })
  await sql`update mailboxes set busy_until = '-infinity' where id = ${mailbox}`.execute(kysely(api.db))
  return { mailbox, sequence: id, contacts }
}

/** As a check that passes does. */
async function reconnect(mailboxId: string) {
  const { rows } = await sql<{ rev: number }>`select rev from mailboxes where id = ${mailboxId}`.execute(
    kysely(api.db),
  )
  const learned = { keepsMessageId: null, filesSentCopy: null, acceptsOtherSender: null, cursors: [] }
  const team = await teamOf(api)
  const passed = { passed: true, disconnects: false, problem: null, rev: rows[0]!.rev, now: api.clock.now() }
  await api.db.transaction((tx) => saveFindings(tx, { team, mailboxId, ...passed, ...learned }))
}

const counters = async (sequence: string) => {
  const { emailer_campaign } = (await api.get(`/emailer_campaigns/${sequence}`)).body
  const { active, failed, not_sent, paused } = emailer_campaign.contact_statuses
  return { active, failed, not_sent, paused }
}

test('the people of a disconnected mailbox are held with no_active_email_account, the emails with them, counted in not_sent', async () => {
  const { sequence, contacts } = await disconnectedWhileSending('one@acme.test', 3)
  const failed = { status: 'failed', failure_reason: 'no_active_email_account' }
  for (const contact of contacts) expect(await statusOf(api, contact, sequence)).toMatchObject(failed)
  expect(await counters(sequence)).toEqual({ active: 0, failed: 3, not_sent: 3, paused: 0 })
  const search = { emailer_campaign_ids: [sequence] }
  const { emailer_messages } = (await api.post('/emailer_messages/search', search)).body
  expect(emailer_messages).toHaveLength(3)
  for (const message of emailer_messages)
    expect(message).toMatchObject({ status: 'failed', not_sent_reason: 'no_active_email_account' })
  expect(emailer_messages[0].failure_reason).toMatch(
    /^one@acme\.test: the mail server of it refused the login/,
  )
  const { enrollments, counts } = (await api.post('/enrollments/search', { sequence_id: sequence })).body
  expect(counts).toMatchObject({ active: 0, held: 3, total: 3 })
  expect(enrollments[0]).toMatchObject({ state: 'held', reason: 'no_active_email_account' })
  const held = await api.post('/enrollments/search', { sequence_id: sequence, state: 'held' })
  expect(held.body.pagination.total_entries).toBe(3)
  expect(await findings()).toEqual([])
})

test('contacts are found by no_active_email_account, and the guards treat them as active', async () => {
  const { sequence, contacts } = await disconnectedWhileSending('two@acme.test', 1)
  const found = await api.post('/contacts/search', {
    contact_campaign_statuses_or_failure_reasons: [`${sequence}no_active_email_account`],
  })
  expect(found.body.contacts).toMatchObject([{ id: contacts[0] }])
  const another = await newSequence(api, { active: true })
  const added = await add(api, another.id, contacts)
  expect(added.body.skipped_contact_ids).toEqual({ [contacts[0]!]: 'contacts_active_in_other_campaigns' })
})

test('a disconnected mailbox refuses new people with the documented 422', async () => {
  const { mailbox, sequence } = await disconnectedWhileSending('three@acme.test', 1)
  expect(await add(api, sequence, [await newContact(api)], from(mailbox))).toMatchObject({
    status: 422,
    body: { error: 'These mailboxes are no longer active. three@acme.test' },
  })
})

test('whoever waits for a person to do a step is not held by their mailbox', async () => {
  const mailbox = await connected(api, 'four@acme.test')
  const call = { type: 'call', wait_time: 0, wait_mode: 'minute' }
  const { id } = await newSequence(api, { active: true, emailer_steps: [call] })
  const ana = await newContact(api)
  await add(api, id, [ana], from(mailbox))
  await sql`update mailboxes set state = 'disconnected' where id = ${mailbox}`.execute(kysely(api.db))
  expect(await statusOf(api, ana, id)).toMatchObject({ status: 'active' })
  await giveTasksDue(api)
  expect(await counters(id)).toMatchObject({ active: 1, failed: 0, not_sent: 0 })
})

test('after reconnecting it goes on by itself, and the numbers with it', async () => {
  const { mailbox, sequence, contacts } = await disconnectedWhileSending('five@acme.test', 2)
  expect((await claimDue(api)).batches.filter((one) => one.mailboxId === mailbox)).toEqual([])
  api.clock.advance(MINUTE)
  await reconnect(mailbox)
  expect(await counters(sequence)).toEqual({ active: 2, failed: 0, not_sent: 0, paused: 0 })
  expect((await sendDue(api)).filter((one) => one.mailboxId === mailbox)).toHaveLength(2)
  for (const contact of contacts)
    expect(await statusOf(api, contact, sequence)).toMatchObject({
      status: 'active',
      current_step_position: 2,
    })
  expect(await findings()).toEqual([])
})

test('one of its people can be given to another mailbox instead of waiting', async () => {
  const { sequence, contacts } = await disconnectedWhileSending('six@acme.test', 1)
  const { enrollments } = (await api.post('/enrollments/search', { sequence_id: sequence })).body
  const asked = await api.post(`/enrollments/${enrollments[0].id}/release`)
  expect(asked.body.error).toMatch(
    /^six@acme\.test is not connected\. Reconnect it and this person goes on by itself/,
  )
  const other = await connected(api, 'seven@acme.test')
  const moved = await api.post(`/enrollments/${enrollments[0].id}/release`, from(other))
  expect(moved.body.enrollment).toMatchObject({
    status: 'active',
    send_email_from_email_address: 'seven@acme.test',
  })
  expect((await sendDue(api)).map((one) => one.from)).toContain('seven@acme.test')
  expect(await statusOf(api, contacts[0]!, sequence)).toMatchObject({ current_step_position: 2 })
  const connectedOne = await api.post(`/enrollments/${enrollments[0].id}/release`, from(other))
  expect(connectedOne.body).toMatchObject({ code: 'mailbox_is_connected' })
  expect(await findings()).toEqual([])
})
