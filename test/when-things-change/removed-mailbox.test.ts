/** A mailbox is removed while sequences write from it. */
import { sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { DAY, MINUTE } from '../../src/core/clock.ts'
import { kysely } from '../../src/store/db.ts'
import { endReadings, holdAtRemoved } from '../../src/store/mailbox-removal.ts'
import { verify } from '../../src/store/verify.ts'
import { type Api, startApi } from '../support/api.ts'
import { connected, connectTwo, giveTasksDue, readAll, sendDue, set } from '../support/going-mailboxes.ts'
import { claimAs } from '../support/in-hand.ts'
import { add, newContact, newContacts, newSequence, statusOf, step } from '../support/outreach.ts'

let api: Api
let old: string
let next: string
const all: Api[] = []
beforeEach(async () => {
  api = await startApi()
  all.push(api)
  ;[old, next] = await connectTwo(api)
})
afterAll(() => Promise.all(all.map((one) => one.close())))

const rows = async <T>(query: ReturnType<typeof sql<T>>) => (await query.execute(kysely(api.db))).rows
const findings = () => verify(api.db, { now: api.clock.now() })
const from = (id: string) => ({ send_email_from_email_account_id: id })
const remove = (choice: Record<string, unknown> = {}, id = old) =>
  api.call({ method: 'DELETE', path: `/email_accounts/${id}`, body: choice })
const enrollmentOf = async (contactId: string) =>
  (
    await rows(
      sql<
        Record<string, unknown>
      >`select id, state, reason, hold_reason as hold, mailbox_id as mailbox, due_at is not null as due
        from enrollments where contact_id = ${contactId}`,
    )
  )[0]!

/** Ana has got the first email from the mailbox; Ben waits for it. */
async function oneWrittenToOneNot() {
  const { id } = await newSequence(api, { active: true })
  const [ana, ben] = [await newContact(api), await newContact(api)]
  expect((await add(api, id, [ana], from(old))).status).toBe(200)
  expect((await sendDue(api)).map((one) => one.mailboxId)).toEqual([old])
  await add(api, id, [ben], from(old))
  return { id, ana, ben }
}

test('removing a mailbox with people asks what becomes of them, and changes nothing until that is said', async () => {
  const { ana } = await oneWrittenToOneNot()
  const refused = await remove()
  expect(refused).toMatchObject({ status: 422, body: { code: 'mailbox_has_people', parameter: 'people' } })
  expect(refused.body.error).toBe(
    '2 people are in a sequence from sales@acme.test. Say what becomes of them: people=move (with move_to), finish or hold.',
  )
  expect((await api.get(`/email_accounts/${old}`)).body.email_account.state).toBe('connected')
  expect(await enrollmentOf(ana)).toMatchObject({ state: 'active', due: true })
})

test('whom each choice would touch can be asked without doing it', async () => {
  const { id, ana } = await oneWrittenToOneNot()
  await api.post(`/emailer_campaigns/${id}/change_contact_statuses`, {
    contact_ids: [ana],
    status: 'paused',
  })
  const { removal } = (await api.get(`/email_accounts/${old}/removal`)).body
  expect(removal).toMatchObject({
    email: 'sales@acme.test',
    people: { total: 2, waiting: 1, in_thread: 1, failed: 0 },
    sequences: [{ id, people: 2 }],
    answers_unread: false,
    will_be_read: true,
    keep_reading_days: 30,
  })
  expect(
    removal.choices.map((one: { people: string; touches: number }) => [one.people, one.touches]),
  ).toEqual([
    ['move', 2],
    ['finish', 2],
    ['hold', 2],
  ])
  expect(removal.choices[0].sentence).toBe(
    '2 people go on from another mailbox. For 1 of them the next email opens a new thread.',
  )
  expect((await api.get(`/email_accounts/${old}`)).status).toBe(200)
})

test('moved people go on from the other mailbox: the next email opens a new thread, and the ledger stays', async () => {
  const { ana, ben } = await oneWrittenToOneNot()
  const removed = await remove({ people: 'move', move_to: next })
  expect(removed.status, removed.text).toBe(200)
  expect(removed.body).toMatchObject({ moved: 2, finished: 0, held: 0, not_sent: 0 })
  expect(await enrollmentOf(ana)).toMatchObject({ state: 'active', mailbox: next, due: true })
  expect((await sendDue(api)).map((one) => [one.to, one.from])).toEqual([
    [(await api.get(`/contacts/${ben}`)).body.contact.email, 'news@acme.test'],
  ])
  api.clock.advance(4 * DAY)
  await readAll(api)
  const { email } = (await api.get(`/contacts/${ana}`)).body.contact
  const followUp = (await sendDue(api)).find((one) => one.to === email)
  expect(followUp).toMatchObject({ from: 'news@acme.test', fromName: 'news', inReplyTo: null })
  expect(followUp!.subject).not.toMatch(/^Re:/)
  const sent = await rows(
    sql`select mailbox_id as m from messages where contact_id = ${ana} order by created_at`,
  )
  expect(sent).toEqual([{ m: old }, { m: next }])
  expect(await rows(sql`select kind from activities where kind = 'moved'`)).toHaveLength(2)
  expect(await findings()).toEqual([])
})

test('people move to several mailboxes by what each may send today', async () => {
  const third = await connected(api, 'third@acme.test', { email_daily_threshold: 150 })
  const { id } = await newSequence(api, { active: true })
  await add(api, id, await newContacts(api, 8), from(old))
  await remove({ people: 'move', move_to: [next, third] })
  const dealt = await rows(
    sql`select mailbox_id as m, count(*)::int as n from enrollments group by 1 order by 2`,
  )
  expect(dealt).toEqual([
    { m: next, n: 2 },
    { m: third, n: 6 },
  ])
})

test('people move only to a connected mailbox of the team, never to the sandbox', async () => {
  await oneWrittenToOneNot()
  expect((await remove({ people: 'move' })).body).toMatchObject({ code: 'move_to_missing' })
  await set(api, next, sql`state = 'disconnected'`)
  expect((await remove({ people: 'move', move_to: next })).body.error).toBe(
    'These mailboxes are no longer active. news@acme.test',
  )
  const { email_accounts } = (await api.get('/email_accounts')).body
  const sandbox = email_accounts.find((one: { is_sandbox: boolean }) => one.is_sandbox).id
  expect((await remove({ people: 'move', move_to: sandbox })).body).toMatchObject({ code: 'move_to_sandbox' })
  expect((await remove({ people: 'move', move_to: old })).status).toBe(422)
})

test('nobody is moved whose answer may lie unread in the inbox, unless a person says so', async () => {
  const { ana } = await oneWrittenToOneNot()
  await set(api, old, sql`read_problem = 'the password is wrong', state = 'disconnected'`)
  const refused = await remove({ people: 'move', move_to: next })
  expect(refused.body).toMatchObject({ code: 'answers_unread' })
  expect(refused.body.error).toMatch(
    /^sales@acme\.test was last on 2027-01-14 read to its end \(the password is wrong\), and 1 person has got emails/,
  )
  const accepted = await remove({ people: 'move', move_to: next, unread_answers: 'accept' })
  expect(accepted.body).toMatchObject({ moved: 2, reads_until: null })
  expect(await enrollmentOf(ana)).toMatchObject({ mailbox: next })
})

test('finished people say why, and their open tasks are cancelled', async () => {
  const call = { type: 'call', wait_time: 0, wait_mode: 'minute' }
  const { id } = await newSequence(api, { active: true, emailer_steps: [call] })
  const ana = await newContact(api)
  await add(api, id, [ana], from(old))
  await giveTasksDue(api)
  expect((await api.get(`/email_accounts/${old}/removal`)).body.removal).toMatchObject({ open_tasks: 1 })
  expect((await remove({ people: 'finish' })).body).toMatchObject({ finished: 1 })
  expect(await statusOf(api, ana, id)).toMatchObject({
    status: 'finished',
    inactive_reason: 'Mailbox removed',
  })
  expect(await rows(sql`select state from tasks`)).toEqual([{ state: 'cancelled' }])
  expect(await findings()).toEqual([])
})

test('held people show as failed with no_active_email_account, and go on when somebody chooses a mailbox for them', async () => {
  const { id, ana, ben } = await oneWrittenToOneNot()
  expect((await remove({ people: 'hold' })).body).toMatchObject({ held: 2 })
  const failed = { status: 'failed', failure_reason: 'no_active_email_account' }
  expect(await statusOf(api, ana, id)).toMatchObject(failed)
  const { contact_statuses } = (await api.get(`/emailer_campaigns/${id}`)).body.emailer_campaign
  expect(contact_statuses).toMatchObject({ active: 0, failed: 2, not_sent: 2 })
  const { id: enrollment } = await enrollmentOf(ben)
  const unsaid = await api.post(`/enrollments/${enrollment}/release`)
  expect(unsaid).toMatchObject({ status: 422, body: { code: 'no_active_email_account' } })
  expect(unsaid.body.error).toMatch(/^sales@acme\.test, which sent to this person, was removed\. Say which/)
  const said = await api.post(`/enrollments/${enrollment}/release`, from(next))
  expect(said.body.enrollment).toMatchObject({
    status: 'active',
    send_email_from_email_address: 'news@acme.test',
  })
  expect((await sendDue(api)).map((one) => one.from)).toEqual(['news@acme.test'])
  expect(await findings()).toEqual([])
})

test('whoever was held and then paused goes on, too, when somebody chooses a mailbox for them', async () => {
  const { id, ben } = await oneWrittenToOneNot()
  await remove({ people: 'hold' })
  const paused = { contact_ids: [ben], status: 'paused' }
  await api.post(`/emailer_campaigns/${id}/change_contact_statuses`, paused)
  const before = await enrollmentOf(ben)
  expect(before).toMatchObject({ state: 'paused', hold: 'no_active_email_account' })
  const said = await api.post(`/enrollments/${before['id']}/release`, from(next))
  expect(said.status, said.text).toBe(200)
  expect(await enrollmentOf(ben)).toMatchObject({ state: 'active', hold: null, mailbox: next, due: true })
  expect((await sendDue(api)).map((one) => one.from)).toEqual(['news@acme.test'])
  expect(await findings()).toEqual([])
})

test('what was claimed returns unsent and leaves from the other mailbox; while one is leaving, the removal waits', async () => {
  const { id, ana, ben } = await oneWrittenToOneNot()
  await claimAs(api, { sequenceId: id, contactId: ben, state: 'transmitting' })
  const waits = await remove({ people: 'move', move_to: next })
  expect(waits).toMatchObject({ status: 422, body: { code: 'mailbox_is_sending' } })
  expect(waits.body.error).toMatch(
    /^1 email is leaving sales@acme\.test at this moment\. It sends nothing else/,
  )
  await sql`update messages set state = 'claimed' where contact_id = ${ben}`.execute(kysely(api.db))
  expect((await remove({ people: 'move', move_to: next })).body).toMatchObject({ moved: 2 })
  expect(await enrollmentOf(ben)).toMatchObject({ mailbox: next, due: true })
  expect((await sendDue(api)).map((one) => one.from)).toEqual(['news@acme.test'])
  expect(await enrollmentOf(ana)).toMatchObject({ mailbox: next })
})

test('a draft that waits for its person is made again for the new mailbox, and what they wrote into it stays', async () => {
  const manual = { ...step(), type: 'manual_email' }
  const { id } = await newSequence(api, { active: true, emailer_steps: [manual] })
  const [ana, ben] = [await newContact(api), await newContact(api)]
  await add(api, id, [ana, ben], from(old))
  await giveTasksDue(api)
  const tasks = await rows(sql<{ id: string; contact: string }>`select id, contact_id as contact from tasks`)
  const written = tasks.find((one) => one.contact === ana)!
  await api.put(`/tasks/${written.id}/draft`, { subject: 'Mine', body_html: '<p>Written by hand.</p>' })
  await remove({ people: 'move', move_to: next })
  await giveTasksDue(api)
  const drafts = await rows(sql`
    select m.state, m.from_address as sender, c.subject from messages m join message_contents c on c.message_id = m.id
    order by m.contact_id`)
  expect(drafts).toHaveLength(2)
  for (const one of drafts) expect(one).toMatchObject({ state: 'drafted', sender: 'news@acme.test' })
  expect(drafts).toContainEqual(expect.objectContaining({ subject: 'Mine' }))
  expect(await findings()).toEqual([])
})

test('its answers are read for thirty days more, and what it was opened with is forgotten in two steps', async () => {
  await oneWrittenToOneNot()
  const { body } = await remove({ people: 'move', move_to: next })
  expect(body.reads_until).toBe('2027-02-13T14:00:00.000Z')
  const secrets = () =>
    rows(
      sql`select smtp_secret is not null as smtp, imap_secret is not null as imap from mailboxes where id = ${old}`,
    )
  expect(await secrets()).toEqual([{ smtp: false, imap: true }])
  api.clock.advance(30 * DAY)
  await endReadings(api.db, { now: api.clock.now() })
  expect(await secrets()).toEqual([{ smtp: false, imap: false }])
  expect(await rows(sql`select reads_until from mailboxes where id = ${old}`)).toEqual([
    { reads_until: null },
  ])
})

test('its reading can be ended before its time, or not begun', async () => {
  await oneWrittenToOneNot()
  expect((await remove({ people: 'finish', keep_reading_days: 7 })).body.reads_until).toBe(
    '2027-01-21T14:00:00.000Z',
  )
  expect((await api.post(`/email_accounts/${old}/end_reading`)).status).toBe(200)
  expect(await rows(sql`select imap_secret from mailboxes where id = ${old}`)).toEqual([
    { imap_secret: null },
  ])
  const third = await connected(api, 'third@acme.test')
  expect((await remove({ keep_reading_days: 0 }, third)).body).toMatchObject({ reads_until: null })
})

test('a moved person is written to only when the inbox of the removed mailbox was read, too', async () => {
  const { ana } = await oneWrittenToOneNot()
  await remove({ people: 'move', move_to: next })
  await sendDue(api)
  api.clock.advance(4 * DAY)
  await set(api, next, sql`read_at = ${new Date(api.clock.now())}, wake_at = '-infinity'`)
  const { email } = (await api.get(`/contacts/${ana}`)).body.contact
  expect((await sendDue(api)).map((one) => one.to)).not.toContain(email)
  const { gates } = (await api.get(`/enrollments/${(await enrollmentOf(ana)).id}/why`)).body
  expect(gates.find((one: { name: string }) => one.name === 'inbox_read')).toMatchObject({
    state: 'closed',
    value: 'sales@acme.test was not read since',
  })
  api.clock.advance(MINUTE)
  await readAll(api)
  expect((await sendDue(api)).map((one) => one.to)).toEqual([email])
})

test('an email of no sequence that waits in it never leaves, and is counted', async () => {
  const { id, steps } = await newSequence(api)
  const asked = await api.post(`/sequences/${id}/send_me_this`, {
    ...{ step_id: steps[0], contact_id: await newContact(api), to: 'me' },
  })
  expect(asked.status, asked.text).toBe(200)
  expect((await api.get(`/email_accounts/${old}/removal`)).body.removal).toMatchObject({
    queued_emails: 1,
    choices: [],
  })
  expect((await remove()).body).toMatchObject({ not_sent: 1 })
  expect(await rows(sql`select state, failure from messages`)).toEqual([
    { state: 'cancelled', failure: 'sales@acme.test was removed before this left' },
  ])
})

test('whoever is tried again after their mailbox was removed is held until somebody chooses another', async () => {
  const { id, ana } = await oneWrittenToOneNot()
  await sql`update enrollments set state = 'failed', reason = 'hard_bounced', due_at = null where contact_id = ${ana}`.execute(
    kysely(api.db),
  )
  await remove({ people: 'finish' })
  await api.post(`/emailer_campaigns/${id}/change_contact_statuses`, {
    contact_ids: [ana],
    status: 'active',
  })
  await holdAtRemoved(api.db, { now: api.clock.now(), random: api.context.random })
  expect(await enrollmentOf(ana)).toMatchObject({ state: 'active', hold: 'no_active_email_account' })
})

test('moving people while nobody would read their answers any more is asked about', async () => {
  await oneWrittenToOneNot()
  const choice = { people: 'move', move_to: next, keep_reading_days: 0 }
  const refused = await remove(choice)
  expect(refused).toMatchObject({
    status: 422,
    body: { code: 'answers_unread', parameter: 'unread_answers' },
  })
  expect(refused.body.error).toContain('with keep_reading_days=0 nobody reads sales@acme.test from now on')
  expect((await remove({ ...choice, unread_answers: 'accept' })).status).toBe(200)
})

test('the permission of a mailbox that is in use is not touched by ending the reading of it', async () => {
  await sql`
    insert into mailbox_grants (team_id, mailbox_id, provider, issuer, subject, refresh_secret, access_secret, access_ends_at, created_at, updated_at)
    select team_id, id, 'google', 'https://accounts.google.com', 'rae', 'sealed', 'sealed', created_at, created_at, created_at from mailboxes
    where id = ${next}`.execute(kysely(api.db))
  expect((await api.post(`/email_accounts/${next}/end_reading`)).status).toBe(404)
  expect(await rows(sql`select mailbox_id from mailbox_grants`)).toHaveLength(1)
})

test('what a person sends off at a mailbox that was removed is held, and leaves from another one', async () => {
  const manual = { ...step({ subject: 'Hello' }), type: 'manual_email', wait_time: 0 }
  const { id } = await newSequence(api, { active: true, emailer_steps: [manual] })
  const ana = await newContact(api)
  await add(api, id, [ana], from(old))
  await giveTasksDue(api)
  const [task] = await rows(sql<{ id: string }>`select id from tasks where contact_id = ${ana}`)
  await remove({ people: 'hold' })
  expect((await api.post(`/tasks/${task!.id}/send`)).status).toBe(200)
  await holdAtRemoved(api.db, { now: api.clock.now(), random: api.context.random })
  const held = await enrollmentOf(ana)
  expect(held).toMatchObject({ state: 'active', hold: 'no_active_email_account' })
  const retried = await api.post(`/enrollments/${held.id}/release`, from(next))
  expect(retried.status, retried.text).toBe(200)
  expect((await sendDue(api)).map((one) => one.from)).toEqual(['news@acme.test'])
  expect(await findings()).toEqual([])
})

test('everybody who waits since a mailbox was removed can be given to others at once; whoever is paused stays so', async () => {
  const { id, ana, ben } = await oneWrittenToOneNot()
  const third = await connected(api, 'third@acme.test')
  await remove({ people: 'hold' })
  await api.post(`/emailer_campaigns/${id}/change_contact_statuses`, { contact_ids: [ana], status: 'paused' })
  const listed = (await api.get('/email_accounts/removed')).body.email_accounts
  expect(listed).toMatchObject([{ id: old, email: 'sales@acme.test', people_waiting: 2 }])
  expect(Date.parse(listed[0].reads_until)).toBe(api.clock.now() + 30 * DAY)
  const move = (moveTo: unknown, from = old) =>
    api.post(`/email_accounts/${from}/move_people`, { move_to: moveTo })
  expect((await move([])).body).toMatchObject({ code: 'move_to_missing' })
  expect((await move(old)).body).toMatchObject({ code: 'move_to_not_active' })
  expect((await move(third, next)).status).toBe(404)
  const moved = await move([next, third])
  expect(moved.body, moved.text).toEqual({ moved: 2 })
  expect([(await enrollmentOf(ana))['mailbox'], (await enrollmentOf(ben))['mailbox']].toSorted()).toEqual(
    [next, third].toSorted(),
  )
  expect(await enrollmentOf(ana)).toMatchObject({ state: 'paused', hold: null })
  expect(await sendDue(api)).toHaveLength(1)
  await api.post(`/email_accounts/${old}/end_reading`)
  expect((await api.get('/email_accounts/removed')).body.email_accounts).toEqual([])
  expect(await findings()).toEqual([])
})

test('people who have got emails are not given away unasked when nobody reads their answers any more', async () => {
  const { ana } = await oneWrittenToOneNot()
  await remove({ people: 'hold', keep_reading_days: 0 })
  const move = (more = {}) => api.post(`/email_accounts/${old}/move_people`, { move_to: next, ...more })
  expect((await move()).body).toMatchObject({ code: 'answers_unread', parameter: 'unread_answers' })
  expect(await enrollmentOf(ana)).toMatchObject({ mailbox: old })
  expect((await move({ unread_answers: 'accept' })).body).toEqual({ moved: 2 })
})
