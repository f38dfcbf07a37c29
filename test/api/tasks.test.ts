/** Tasks over HTTP: what was recorded of making, finding and ending them, and what each end does to the person in the sequence. */
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../src/core/clock.ts'
import { claim } from '../../src/engine/claim.ts'
import { createLog } from '../../src/log.ts'
import { kysely } from '../../src/store/db.ts'
import { verify } from '../../src/store/verify.ts'
import { type Api, START, startApi } from '../support/api.ts'
import { hasContract, missingKeys, recorded } from '../support/contract.ts'
import { markClaimed, settleClaimed } from '../support/enrolled.ts'
import { add, newContact, newSequence, sandboxId, statusOf, step } from '../support/outreach.ts'
import { giveTasksNow } from '../support/task-steps.ts'
import type { TestTeam } from '../support/team.ts'

let api: Api
let team: TestTeam
beforeAll(async () => {
  api = await startApi()
  const { rows } = await sql<{ id: number }>`select id from teams`.execute(kysely(api.db))
  team = { team: rows[0]!.id, userId: api.userId, mailboxId: await sandboxId(api) }
})
afterAll(() => api.close())

let sequenceId: string
let stepIds: string[]
let contactId: string

/** A person on a call, then a manual email, then an automatic one; each due at once. */
async function personOn(first: 'call' | 'manual_email', more: Record<string, unknown> = {}): Promise<string> {
  const call = { type: 'call', wait_time: 0, note: 'Ask about the trial', priority: 'high', ...more }
  const manual = {
    ...step({ subject: 'Hello {{first_name}}', body: '<p>Hi {{first_name}}.</p>' }),
    type: 'manual_email',
  }
  const steps = first === 'call' ? [call, manual, step()] : [manual, call, step()]
  const made = await newSequence(api, { active: true, emailer_steps: steps })
  sequenceId = made.id
  stepIds = made.steps
  contactId = await newContact(api)
  expect((await add(api, sequenceId, [contactId])).status).toBe(200)
  await giveTasksNow(api.db, team, { clock: api.clock, random: api.context.random })
  return openTask()
}
// biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of any shape
const found = async (more: Record<string, unknown> = {}): Promise<any[]> =>
  (await api.post('/tasks/search', { contact_ids: [contactId], ...more })).body.tasks
const openTask = async (): Promise<string> => (await found({ task_statuses: ['scheduled'] }))[0].id
const give = () => giveTasksNow(api.db, team, { clock: api.clock, random: api.context.random })
const person = async () =>
  (await api.post('/enrollments/search', { sequence_id: sequenceId })).body.enrollments[0]

beforeEach(() => api.clock.advance(MINUTE))

test('a task is made, shown, changed and found, as recorded', async () => {
  contactId = await newContact(api)
  const given = {
    ...{ user_id: api.userId, contact_id: contactId, type: 'call', priority: 'high', status: 'scheduled' },
    ...{ due_at: '2027-02-15T10:00:00Z', title: 'Follow-up call', note: 'Discuss the demo.' },
  }
  const { body } = await api.post('/tasks', given)
  expect(body.task).toMatchObject({
    ...given,
    due_at: '2027-02-15T10:00:00.000+00:00',
    created_from: 'api',
    creator_id: api.userId,
  })
  const shown = await api.get(`/tasks/${body.task.id}`)
  expect(shown.body.task).toEqual(body.task)
  const patched = await api.call({
    method: 'PATCH',
    path: `/tasks/${body.task.id}`,
    body: { note: 'Later.' },
  })
  expect(patched.body.task).toMatchObject({ note: 'Later.', priority: 'high', creator_id: api.userId })
  expect((await found()).map((one) => one.id)).toEqual([body.task.id])
  if (!hasContract) return
  expect(missingKeys(recorded('post', '/tasks').task, body.task)).toEqual([])
})

test('without a type or a user no task is made; without a status it has none', async () => {
  const refused = await api.post('/tasks', { user_id: api.userId })
  expect(refused).toMatchObject({ status: 422, body: { error: 'type and user can not be blank' } })
  const made = await api.post('/tasks', { user_id: api.userId, type: 'action_item' })
  expect(made.body.task).toMatchObject({ status: null, priority: 'medium', contact_id: null })
  const wrong = await api.post('/tasks', { user_id: api.userId, type: 'dance' })
  expect(wrong.body.error).toContain('The parameter "type" is "dance"; expected one of')
  const stranger = await api.post('/tasks', { user_id: 'a'.repeat(24), type: 'call' })
  expect(stranger.status).toBe(422)
})

test('one call makes a task for each of some contacts', async () => {
  const contacts = [await newContact(api), await newContact(api)]
  const { body } = await api.post('/tasks/bulk_create', {
    ...{ user_id: api.userId, contact_ids: contacts, type: 'linkedin_step_connect', status: 'scheduled' },
    due_at: '2027-02-15T10:00:00Z',
  })
  expect(body.success).toBe(true)
  expect(body.tasks.map((one: { contact_id: string }) => one.contact_id).sort()).toEqual(contacts.sort())
})

test('tasks are searched by kind, state, time and words, and counted by kind whatever kind is asked for', async () => {
  await personOn('call')
  const note = await api.post('/tasks', {
    user_id: api.userId,
    contact_id: contactId,
    type: 'action_item',
    status: 'scheduled',
    title: 'Send the contract',
    due_at: '2027-03-01T10:00:00Z',
  })
  const search = async (more: Record<string, unknown>) =>
    (await api.post('/tasks/search', { contact_ids: [contactId], ...more })).body
  expect((await search({ task_types: ['call'] })).tasks).toHaveLength(1)
  const both = await search({ task_types: ['action_item'] })
  expect(both.tasks.map((one: { id: string }) => one.id)).toEqual([note.body.task.id])
  expect(both.faceting.task_types).toEqual([
    { value: 'contact_action_item', display_name: 'Contact Action Item', count: 1 },
    { value: 'contact_call', display_name: 'Call Contact', count: 1 },
  ])
  expect((await search({ q_keywords: 'contract' })).pagination.total_entries).toBe(1)
  expect((await search({ due_at_range: { max: '2027-02-01T00:00:00Z' } })).tasks).toMatchObject([
    { type: 'call' },
  ])
  expect((await search({ task_statuses: ['completed'] })).tasks).toEqual([])
  expect((await search({ per_page: 1, sort_by_field: 'task_priority' })).tasks).toMatchObject([
    { priority: 'high' },
  ])
})

test('whoever waits for a call is active on the wire, and the page says for what', async () => {
  await personOn('call', { auto_skip_in_x_days: 3 })
  expect((await found())[0]).toMatchObject({
    ...{ type: 'call', status: 'scheduled', note: 'Ask about the trial', emailer_campaign_id: sequenceId },
    ...{ campaign_name: 'Outreach', campaign_position: 1, emailer_step_id: stepIds[0], pending_send: false },
    auto_skip_at: new Date(api.clock.now() + 3 * DAY).toISOString(),
  })
  expect(await statusOf(api, contactId, sequenceId)).toMatchObject({
    status: 'active',
    inactive_reason: null,
    failure_reason: null,
  })
  expect(await person()).toMatchObject({
    state: 'active',
    reason: 'task_open',
    sentence: 'Waiting for a person to call: step 1 of 3. See Tasks.',
  })
  const { body } = await api.get(`/emailer_campaigns/${sequenceId}`)
  expect(body.emailer_campaign.contact_statuses).toMatchObject({ active: 1, paused: 0 })
  const released = await api.post(`/enrollments/${(await person()).id}/release`)
  expect(released.body).toMatchObject({ code: 'task_open' })
})

test('completing a call moves its person on, keeps what came of it, and is done once', async () => {
  const id = await personOn('call')
  const { body } = await api.post(`/tasks/${id}/complete`, { note: 'Interested: send the slides' })
  expect(body.task).toMatchObject({
    status: 'completed',
    outcome: 'Interested: send the slides',
    completed_by_user_id: api.userId,
  })
  expect(await person()).toMatchObject({ step_position: 2, state: 'active', reason: null })
  const again = await api.post(`/tasks/${id}/complete`)
  expect(again).toMatchObject({
    status: 422,
    body: { error: 'This task is already completed / skipped.', allow_moving_to_next_task: true },
  })
  expect(await verify(api.db, { now: api.clock.now() })).toEqual([])
})

test('skipping a call moves its person on; an outcome that ends it finishes them', async () => {
  const skipped = await personOn('call')
  expect((await api.post(`/tasks/${skipped}/skip`, { note: 'On holiday' })).body).toEqual({
    task: { id: skipped, status: 'skipped', note: 'On holiday', completed: false },
  })
  expect(await person()).toMatchObject({ step_position: 2 })
  const last = await personOn('call')
  await api.post(`/tasks/${last}/complete`, { note: 'Meeting on Friday', finish: true })
  expect(await person()).toMatchObject({ state: 'finished', reason: 'marked_finished' })
})

test('removing a person from the sequence cancels their task, and the wire says that it is gone', async () => {
  const id = await personOn('call')
  await api.post('/emailer_campaigns/remove_or_stop_contact_ids', {
    emailer_campaign_ids: [sequenceId],
    contact_ids: [contactId],
    mode: 'remove',
  })
  expect(await found()).toEqual([])
  expect((await api.post(`/tasks/${id}/complete`)).body).toEqual({ task: { id, deleted: true } })
  expect((await api.post(`/tasks/${id}/skip`)).body).toEqual({ task: { id, deleted: true } })
  expect((await api.get(`/tasks/${id}`)).body.error).toBe(
    'This task or emailer message has been deleted. Please refresh your page.',
  )
})

test('a deleted step takes its task along, and its people go on with the next one', async () => {
  await personOn('call')
  const { body } = await api.get(`/emailer_campaigns/${sequenceId}`)
  const rest = body.emailer_steps.slice(1).map((one: { id: string }) => ({ id: one.id }))
  await api.put(`/sequences/${sequenceId}`, { emailer_steps: rest })
  expect(await found()).toEqual([])
  await give()
  expect(await found()).toMatchObject([{ type: 'outreach_manual_email', emailer_step_id: stepIds[1] }])
  expect(await verify(api.db, { now: api.clock.now() })).toEqual([])
})

test('a call that is made a manual email gives a draft in place of the call', async () => {
  await personOn('call')
  const { body } = await api.get(`/emailer_campaigns/${sequenceId}`)
  const steps = body.emailer_steps.map((one: { id: string }) => ({ id: one.id }))
  steps[0] = { ...step({ body: '<p>Instead of a call.</p>' }), id: stepIds[0], type: 'manual_email' }
  const saved = await api.put(`/sequences/${sequenceId}`, { emailer_steps: steps })
  expect(saved.status).toBe(200)
  await give()
  expect(await found()).toMatchObject([{ type: 'outreach_manual_email', status: 'scheduled' }])
  expect(await verify(api.db, { now: api.clock.now() })).toEqual([])
})

const tools = () => ({
  db: api.db,
  clock: api.clock,
  random: api.context.random,
  log: createLog('silent'),
  publicUrl: null,
  worker: 'one',
})

/** What the mailbox would put on the wire now, accepted. */
async function leave() {
  const { batches } = await claim(team.team, tools())
  const [batch] = batches
  if (!batch) return []
  const claimed = { fence: batch.fence, messageIds: batch.messages.map((one) => one.id) }
  const moment = { now: api.clock.now(), random: api.context.random }
  const marked = await markClaimed(api.db, team, { claimed, ...moment })
  await settleClaimed(api.db, team, { claimed, ...moment, messageIds: [...marked] })
  await sql`update mailboxes set busy_until = '-infinity', wake_at = '-infinity' where team_id = ${team.team}`.execute(
    kysely(api.db),
  )
  return batch.messages
}

test('a manual email is a draft that its person edits and sends off, at any hour', async () => {
  const id = await personOn('manual_email')
  const drafted = await api.post('/emailer_messages/search', {
    emailer_message_stats: ['drafted'],
    emailer_campaign_ids: [sequenceId],
  })
  expect(drafted.body.emailer_messages).toMatchObject([
    { status: 'drafted', type: 'outreach_manual_email', contact_id: contactId },
  ])
  const { body } = await api.get(`/tasks/${id}/draft`)
  expect(body.draft).toMatchObject({
    subject: 'Hello Ana',
    body_html: '<p>Hi Ana.</p>',
    edited: false,
    missing: [],
    waits_for: null,
  })
  expect(body.draft.preview.html).toContain('If you do not want to hear from me')
  const edited = await api.put(`/tasks/${id}/draft`, {
    subject: 'About Friday',
    body_html: '<p>Shall we say ten, Ana?</p>',
  })
  expect(edited.body.draft).toMatchObject({ subject: 'About Friday', edited: true })
  api.clock.advance(10 * HOUR)
  const sent = await api.post(`/tasks/${id}/send`)
  expect(sent.body).toMatchObject({ task: { status: 'scheduled', pending_send: true }, waits_for: null })
  const [message] = await leave()
  expect(message).toMatchObject({ subject: 'About Friday' })
  expect(message!.html).toContain('Shall we say ten, Ana?')
  expect((await found({ task_types: ['outreach_manual_email'] }))[0]).toMatchObject({
    status: 'completed',
    completed_by_user_id: api.userId,
  })
  expect(await person()).toMatchObject({ step_position: 2 })
  expect(await verify(api.db, { now: api.clock.now() })).toEqual([])
})

test('an edited draft keeps its text when the wording of the step changes; one that was not edited follows', async () => {
  const id = await personOn('manual_email')
  const reword = async (body: string) => {
    const { body: shown } = await api.get(`/emailer_campaigns/${sequenceId}`)
    const steps = shown.emailer_steps.map((one: { id: string }) => ({ id: one.id }))
    const [touch] = shown.emailer_touches
    steps[0].emailer_touches = [
      { id: touch.id, emailer_template: { id: touch.emailer_template_id, body_html: body } },
    ]
    expect((await api.put(`/sequences/${sequenceId}`, { emailer_steps: steps })).status).toBe(200)
    await give()
  }
  const stored = async () =>
    (
      await api.post('/emailer_messages/search', {
        emailer_message_stats: ['drafted'],
        emailer_campaign_ids: [sequenceId],
      })
    ).body.emailer_messages[0].body_html
  await reword('<p>Good morning, {{first_name}}.</p>')
  expect((await api.get(`/tasks/${id}/draft`)).body.draft.body_html).toBe('<p>Good morning, Ana.</p>')
  expect(await stored()).toContain('Good morning, Ana.')
  await api.put(`/tasks/${id}/draft`, { body_html: '<p>My own words.</p>' })
  await reword('<p>Good evening.</p>')
  expect((await api.get(`/tasks/${id}/draft`)).body.draft.body_html).toBe('<p>My own words.</p>')
  expect(await stored()).toContain('My own words.')
})

test('what would not be sent is refused with the way out: a value that is missing, a pause, a suppression', async () => {
  const id = await personOn('manual_email')
  await api.put(`/tasks/${id}/draft`, { body_html: '<p>{{title}}</p>' })
  expect((await api.get(`/tasks/${id}/draft`)).body.draft.missing).toEqual(['title'])
  const missing = await api.post(`/tasks/${id}/send`)
  expect(missing).toMatchObject({ status: 422, body: { code: 'variables_present' } })
  const broken = await api.put(`/tasks/${id}/draft`, { body_html: '<p>{{#if title}}</p>' })
  expect(broken).toMatchObject({ status: 422, body: { code: 'template_problem' } })
  await api.put(`/tasks/${id}/draft`, { body_html: '<p>Hello.</p>' })
  await api.post(`/emailer_campaigns/${sequenceId}/change_contact_statuses`, {
    contact_ids: [contactId],
    status: 'paused',
  })
  expect((await api.post(`/tasks/${id}/send`)).body).toMatchObject({ code: 'paused' })
  await api.post(`/emailer_campaigns/${sequenceId}/change_contact_statuses`, {
    contact_ids: [contactId],
    status: 'active',
  })
  expect(await person()).toMatchObject({ reason: 'task_open' })
  const { body } = await api.get(`/contacts/${contactId}`)
  await api.post('/suppressions', { values: [body.contact.email] })
  expect((await api.post(`/tasks/${id}/complete`)).body.task).toEqual({ id, deleted: true })
})

test('a pause takes back what was sent off and has not left: it is a draft again', async () => {
  const id = await personOn('manual_email')
  await api.post(`/tasks/${id}/send`)
  await api.post(`/emailer_campaigns/${sequenceId}/change_contact_statuses`, {
    contact_ids: [contactId],
    status: 'paused',
  })
  expect(await leave()).toEqual([])
  expect((await found())[0]).toMatchObject({ status: 'scheduled', pending_send: false })
  await api.post(`/emailer_campaigns/${sequenceId}/change_contact_statuses`, {
    contact_ids: [contactId],
    status: 'active',
  })
  expect(await leave()).toEqual([])
  expect(await verify(api.db, { now: api.clock.now() })).toEqual([])
  await api.post(`/tasks/${id}/send`)
  expect(await leave()).toHaveLength(1)
})

test('completing the task of a manual email sends nothing: it was written elsewhere', async () => {
  const id = await personOn('manual_email')
  await api.post(`/tasks/${id}/complete`, { note: 'Wrote from my phone' })
  expect(await leave()).toEqual([])
  expect(await person()).toMatchObject({ step_position: 2 })
  expect(START).toBeLessThan(api.clock.now())
})

test('a draft that is sent off and completed at the same moment is one of the two', async () => {
  const ends: string[] = []
  for (let i = 0; i < 6; i++) {
    const id = await personOn('manual_email')
    const [sent, completed] = await Promise.all([
      api.post(`/tasks/${id}/send`),
      api.post(`/tasks/${id}/complete`),
    ])
    expect([sent.status, completed.status].filter((status) => status === 200)).toHaveLength(1)
    const left = (await leave()).length
    ends.push(`${sent.status === 200 ? 'sent off' : 'completed'}: ${left} left`)
  }
  for (const end of ends) expect(['sent off: 1 left', 'completed: 0 left']).toContain(end)
})

test('the text of a LinkedIn step is there to be copied, also for who has no address; what is missing is named', async () => {
  const says = '<p>Hi {{first_name}},</p><p>I wrote to you about {{company}}.</p>'
  const connect = { ...step({ body: says }), type: 'linkedin_step_connect' }
  const { id } = await newSequence(api, { active: true, emailer_steps: [connect, step()] })
  contactId = await newContact(api, { email: undefined, organization_name: undefined })
  await add(api, id, [contactId], { sequence_no_email: true })
  await give()
  const { body } = await api.get(`/tasks/${await openTask()}/text`)
  expect(body).toEqual({ text: 'Hi Ana,\n\nI wrote to you about .', missing: ['company'] })
})
