import { afterAll, expect, test } from 'vitest'
import { startApi } from '../support/api.ts'
import { hasContract, missingKeys, recorded } from '../support/contract.ts'
import { add, newContact, newSequence, step, THREE_STEPS } from '../support/outreach.ts'

const api = await startApi()
afterAll(() => api.close())

/** Where the original says "loading", a number is what its own programs expect. */
function loaded(value: unknown): unknown {
  if (value === 'loading') return 0
  if (Array.isArray(value)) return value.map(loaded)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, loaded(each)]))
}

test('one call makes a sequence with steps, touches and templates, in the order given', async () => {
  const { status, body } = await api.post('/sequences', { name: 'Q3', emailer_steps: THREE_STEPS })
  expect(status).toBe(200)
  expect(body.emailer_campaign).toMatchObject({ name: 'Q3', active: false, archived: false, num_steps: 3 })
  expect(body.emailer_steps.map((each: { position: number }) => each.position)).toEqual([1, 2, 3])
  expect(body.emailer_steps[1]).toMatchObject({ wait_time: 2, wait_mode: 'day', type: 'auto_email' })
  expect(body.emailer_touches.map((each: { type: string }) => each.type)).toEqual([
    'new_thread',
    'reply_to_thread',
    'reply_to_thread',
  ])
  expect(body.emailer_templates[0]).toMatchObject({ subject: 'Hello {{first_name}}' })
  expect(body.emailer_touches[0]).toMatchObject({
    emailer_step_id: body.emailer_steps[0].id,
    emailer_template_id: body.emailer_templates[0].id,
  })
})

test('an empty body makes a nameless draft on the schedule of new sequences', async () => {
  const { status, body } = await api.post('/sequences', {})
  expect(status).toBe(200)
  expect(body.emailer_campaign).toMatchObject({ name: null, num_steps: 0, active: false })
  expect(body.emailer_campaign.schedule).toMatchObject({ name: 'Always', always: true })
})

test('a touch that says nothing about its status is to be reviewed', async () => {
  const { body } = await api.post('/sequences', {
    emailer_steps: [
      { wait_time: 0, emailer_touches: [{ emailer_template: { subject: 'Hi', body_html: 'Hi' } }] },
    ],
  })
  expect(body.emailer_touches[0].status).toBe('to_be_reviewed')
})

test('a templated step without a touch gets an empty one of its own', async () => {
  const { body } = await api.post('/sequences', {
    emailer_steps: [
      { type: 'manual_email', wait_time: 0 },
      { type: 'call', wait_time: 1 },
    ],
  })
  expect(body.emailer_touches).toHaveLength(1)
  expect(body.emailer_templates[0]).toMatchObject({ subject: null, body_html: null })
})

test('a sequence with steps for a person is turned on like any other; an email among them needs words', async () => {
  const steps = [
    step({ body: 'Hello' }),
    { type: 'call', wait_time: 1 },
    { type: 'manual_email', wait_time: 1 },
  ]
  const { body } = await api.post('/sequences', { emailer_steps: steps })
  const { id } = body.emailer_campaign
  const { body: judged } = await api.get(`/sequences/${id}/readiness`)
  expect(judged.problems).toMatchObject([
    { code: 'template_empty', sentence: 'Step 3 has no text. Write what it says.' },
  ])
  expect((await api.post(`/emailer_campaigns/${id}/approve`)).status).toBe(200)
})

test('user_id is ignored at creation and honored at update, for members of the team only', async () => {
  const stranger = 'a'.repeat(24)
  const created = await api.post('/sequences', { user_id: stranger })
  expect(created.body.emailer_campaign.user_id).toBe(api.userId)
  const { status, body } = await api.put(`/sequences/${created.body.emailer_campaign.id}`, {
    user_id: stranger,
  })
  expect(status).toBe(422)
  expect(body.error).toContain(stranger)
})

test.each([
  [
    'an unclosed tag',
    step({ body: '<p>Hi {{first_name,</p>' }),
    /^Step 1, body: .*\{\{first_name/,
    { code: 'template_problem', step_position: 1, part: 'body' },
  ],
  ['an unclosed tag in the subject', step({ subject: 'Hi {{first_name' }), /^Step 1, subject: /, {}],
  ['an if without its end', step({ body: '{{#if title}}x' }), /^Step 1, body: .*#if/, {}],
  ['no wait', { type: 'auto_email' }, /^Wait time must not be empty$/, {}],
  ['a wait of a hundred years', step({ wait: [36_500, 'day'] }), /36500 days/, {}],
  ['a wait below nothing', step({ wait: [-1, 'day'] }), /-1/, {}],
  [
    'an approved touch without content',
    step({ body: '<p> </p>' }),
    /^Please make sure your template has content before turning it on\.$/,
    {},
  ],
])('a step with %s is refused, and nothing is made', async (_name, bad, sentence, more) => {
  const before = await api.get('/emailer_campaigns/search')
  const { status, body } = await api.post('/sequences', { name: 'Bad', emailer_steps: [bad] })
  expect(status).toBe(422)
  expect(body.error).toMatch(sentence)
  expect(body).toMatchObject(more)
  const after = await api.get('/emailer_campaigns/search')
  expect(after.body.pagination.total_entries).toBe(before.body.pagination.total_entries)
})

test('a schedule that is empty, or of nobody, cannot be attached', async () => {
  const empty = await api.post('/emailer_schedules', { name: 'Later', time_zone: 'Europe/Berlin' })
  const attached = await api.post('/sequences', {
    emailer_schedule_id: empty.body.emailer_schedule.id,
  })
  expect(attached.status).toBe(422)
  expect(attached.body.error).toBe(
    'The schedule you are trying to attach to this sequence is empty. You cannot attach an empty schedule to the sequence',
  )
  const unknown = await api.post('/sequences', { emailer_schedule_id: 'b'.repeat(24) })
  expect(unknown.status).toBe(422)
  expect(unknown.body.error).toContain('b'.repeat(24))
})

test('active=true at creation turns it on, and is refused without steps', async () => {
  const on = await api.post('/sequences', { active: true, emailer_steps: [step()] })
  expect(on.body.emailer_campaign.active).toBe(true)
  const { status, body } = await api.post('/sequences', { active: true, name: 'Never made' })
  expect(status).toBe(422)
  expect(body.error).toBe('Please make sure you have added at least 1 step before turning on the sequence.')
  const found = await api.get('/emailer_campaigns/search?q_name=Never')
  expect(found.body.pagination.total_entries).toBe(0)
})

test('labels are made where missing, and replaced by an update', async () => {
  const { body } = await api.post('/sequences', { label_names: ['Cold', 'Dublin'] })
  expect(body.emailer_campaign.label_ids).toHaveLength(2)
  const again = await api.post('/sequences', { label_names: ['Cold'] })
  expect(body.emailer_campaign.label_ids).toContain(again.body.emailer_campaign.label_ids[0])
  const updated = await api.put(`/sequences/${body.emailer_campaign.id}`, { label_names: ['Cold'] })
  expect(updated.body.emailer_campaign.label_ids).toEqual(again.body.emailer_campaign.label_ids)
})

test('an update is declarative: what is listed stays, changes or is new, what is not listed goes', async () => {
  const { id, steps, touches } = await newSequence(api)
  const { status, body } = await api.put(`/sequences/${id}`, {
    emailer_steps: [
      { id: steps[2], wait_time: 9 },
      { type: 'auto_email', wait_time: 1, wait_mode: 'week' },
      { id: steps[0] },
    ],
  })
  expect(status).toBe(200)
  expect(body.steps).toEqual([
    expect.objectContaining({ id: steps[2], position: 1, wait_time: 9, wait_mode: 'day' }),
    expect.objectContaining({ position: 2, wait_time: 1, wait_mode: 'week', step_type: 'auto_email' }),
    expect.objectContaining({ id: steps[0], position: 3 }),
  ])
  expect(body.emailer_touches.map((each: { id: string }) => each.id)).toContain(touches[0])
  expect(body.emailer_touches.map((each: { id: string }) => each.id)).not.toContain(touches[1])
})

test('an update without steps leaves them, and keeps every setting it does not name', async () => {
  const { id } = await newSequence(api, { mark_finished_if_reply: false, max_emails_per_day: 7 })
  const { body } = await api.put(`/sequences/${id}`, { name: 'Renamed' })
  expect(body).toMatchObject({ name: 'Renamed', num_steps: 3 })
  expect(body.emailer_campaign).toMatchObject({ mark_finished_if_reply: false, max_emails_per_day: 7 })
  const cleared = await api.put(`/sequences/${id}`, { max_emails_per_day: null })
  expect(cleared.body.emailer_campaign.max_emails_per_day).toBe(null)
})

test('a touch listed with its id gets other words and is approved', async () => {
  const { id, steps, touches } = await newSequence(api, {
    emailer_steps: [step({ status: 'to_be_reviewed' })],
  })
  const { body } = await api.put(`/sequences/${id}`, {
    emailer_steps: [
      {
        id: steps[0],
        emailer_touches: [
          { id: touches[0], status: 'approved', emailer_template: { subject: 'New', body_html: 'Words' } },
        ],
      },
    ],
  })
  expect(body.emailer_touches).toEqual([expect.objectContaining({ id: touches[0], status: 'approved' })])
  expect(body.emailer_templates).toEqual([expect.objectContaining({ subject: 'New', body_html: 'Words' })])
})

test('approving a touch whose template is empty is refused with the text of updates', async () => {
  const { id, steps, touches } = await newSequence(api, {
    emailer_steps: [{ type: 'auto_email', wait_time: 0 }],
  })
  const { status, body } = await api.put(`/sequences/${id}`, {
    emailer_steps: [{ id: steps[0], emailer_touches: [{ id: touches[0], status: 'approved' }] }],
  })
  expect(status).toBe(422)
  expect(body.error).toBe('Please make sure your template has a non-empty body before turning it on.')
})

test('a step of another sequence cannot be taken along', async () => {
  const other = await newSequence(api)
  const { id } = await newSequence(api)
  const { status, body } = await api.put(`/sequences/${id}`, { emailer_steps: [{ id: other.steps[0] }] })
  expect(status).toBe(422)
  expect(body.error).toContain(other.steps[0])
})

test('a sequence that does not exist is not found, and what is no id says so', async () => {
  expect(await api.put(`/sequences/${'c'.repeat(24)}`, { name: 'x' })).toMatchObject({
    status: 404,
    body: { error: 'Record not found.' },
  })
  expect((await api.put('/sequences/nonsense', { name: 'x' })).body.error).toBe(
    'Parameters misconfigured. nonsense is not a valid ID',
  )
})

test('exact moments must be there for every step, lie ahead, and increase', async () => {
  const exact = (exact_datetime?: string) => ({ ...step(), ...(exact_datetime && { exact_datetime }) })
  const make = (...steps: unknown[]) =>
    api.post('/sequences', { sequence_by_exact_daytime: true, emailer_steps: steps })
  expect((await make(exact())).body.error).toMatch(/Step 1 has no exact_datetime/)
  expect((await make(exact('2020-01-01T09:00:00Z'))).body.error).toMatch(/in the past/)
  expect((await make(exact('2027-03-02T09:00:00Z'), exact('2027-03-01T09:00:00Z'))).body.error).toMatch(
    /Let them increase/,
  )
  const good = await make(exact('2027-03-01T09:00:00Z'), exact('2027-03-02T09:00:00Z'))
  expect(good.body.emailer_steps[1].exact_datetime).toBe('2027-03-02T09:00:00.000Z')
})

test('readiness says what is missing, step by step, and warns of unknown variables', async () => {
  const { id, steps } = await newSequence(api, {
    emailer_steps: [
      step({ thread: 'reply_to_thread' }),
      step({ status: 'to_be_reviewed', body: 'Hi {{frist_name}}' }),
      step({ subject: '' }),
    ],
  })
  const { body } = await api.get(`/sequences/${id}/readiness`)
  expect(body.ready).toBe(false)
  expect(body.problems.map((each: { code: string; step_id: string }) => [each.code, each.step_id])).toEqual([
    ['thread_without_parent', steps[0]],
    ['not_approved', steps[1]],
    ['subject_empty', steps[2]],
  ])
  expect(body.warnings.join()).toContain('{{frist_name}}')
  const ready = await newSequence(api)
  expect((await api.get(`/sequences/${ready.id}/readiness`)).body).toEqual({
    ready: true,
    problems: [],
    warnings: [],
    missing: [],
    people_looked_at: 0,
    more_people: false,
  })
  const draft = await api.post('/sequences', {})
  const empty = await api.get(`/sequences/${draft.body.emailer_campaign.id}/readiness`)
  expect(empty.body.problems[0]).toMatchObject({ code: 'no_steps', step_id: null })
})

test('readiness counts who in the sequence lacks a value that would be printed, by variable', async () => {
  const { id } = await newSequence(api, {
    emailer_steps: [
      step({ subject: 'For {{title}}', body: '{{#if city}}{{city}}{{#endif}} {{first_name}}, {{company}}' }),
      step({ thread: 'reply_to_thread', subject: '{{nickname}}', body: 'Still at {{company}}?' }),
    ],
  })
  const person = (first_name: string, more: object) =>
    newContact(api, { first_name, last_name: 'Lee', organization_name: null, ...more })
  const none = await person('Ann', { title: null })
  const titled = await person('Ben', { title: 'CEO' })
  const full = await person('Cid', { title: 'CFO', organization_name: 'Acme' })
  await add(api, id, [none, titled, full])
  const { body } = await api.get(`/sequences/${id}/readiness`)
  expect(body).toMatchObject({ ready: true, people_looked_at: 3, more_people: false })
  expect(body.missing).toEqual([
    {
      variable: 'company',
      people: 2,
      steps: [1, 2],
      examples: expect.arrayContaining([
        { contact_id: none, name: 'Ann Lee' },
        { contact_id: titled, name: 'Ben Lee' },
      ]),
    },
    { variable: 'title', people: 1, steps: [1], examples: [{ contact_id: none, name: 'Ann Lee' }] },
  ])
})

test.runIf(hasContract)('the answer of creating has every recorded key', async () => {
  const { body } = await api.post('/sequences', { name: 'Keys', emailer_steps: THREE_STEPS })
  expect(missingKeys(loaded(recorded('post', '/sequences')), body)).toEqual([])
})

test.runIf(hasContract)('the answer of updating has every recorded key', async () => {
  const { id } = await newSequence(api)
  const { body } = await api.put(`/sequences/${id}`, { name: 'Keys' })
  expect(missingKeys(loaded(recorded('put', '/sequences/{id}')), body)).toEqual([])
})

test('a sequence says what an answer does to others of its company, or leaves it to the team', async () => {
  const { id } = await newSequence(api)
  const shown = async () => (await api.get(`/emailer_campaigns/${id}`)).body.emailer_campaign
  expect(await shown()).toMatchObject({
    same_account_reply_policy: null,
    same_account_reply_delay_days: null,
  })
  await api.put(`/sequences/${id}`, {
    same_account_reply_policy: 'delay',
    same_account_reply_delay_days: 5,
  })
  expect(await shown()).toMatchObject({
    same_account_reply_policy: 'delay',
    same_account_reply_delay_days: 5,
  })
  await api.put(`/sequences/${id}`, { name: 'Renamed' })
  expect(await shown()).toMatchObject({ same_account_reply_policy: 'delay' })
  const wrong = await api.put(`/sequences/${id}`, { same_account_reply_policy: 'forget' })
  expect([wrong.status, wrong.body.parameter]).toEqual([422, 'same_account_reply_policy'])
  await api.put(`/sequences/${id}`, { same_account_reply_policy: null })
  expect(await shown()).toMatchObject({ same_account_reply_policy: null })
})

test('a sequence names the stages that events move contacts to; a stage that the team has not is refused', async () => {
  const { id } = await newSequence(api)
  const shown = async () =>
    (await api.get(`/emailer_campaigns/${id}`)).body.emailer_campaign.contact_email_event_to_stage_mapping
  expect(await shown()).toEqual({})
  const stages = (await api.get('/contact_stages')).body.contact_stages
  const mapping = { replied: stages[0].id, unresponsive: null }
  await api.put(`/sequences/${id}`, { contact_email_event_to_stage_mapping: mapping })
  expect(await shown()).toEqual(mapping)
  const wrong = { replied: 'aaaaaaaaaaaaaaaaaaaaaaaa' }
  const refused = await api.put(`/sequences/${id}`, { contact_email_event_to_stage_mapping: wrong })
  expect([refused.status, refused.body.parameter]).toEqual([422, 'contact_email_event_to_stage_mapping'])
  expect(refused.body.error).toContain('aaaaaaaaaaaaaaaaaaaaaaaa')
  const misspelled = await api.put(`/sequences/${id}`, {
    contact_email_event_to_stage_mapping: { answered: null },
  })
  expect(misspelled.status).toBe(422)
  expect(await shown()).toEqual(mapping)
  await api.put(`/sequences/${id}`, { contact_email_event_to_stage_mapping: {} })
  expect(await shown()).toEqual({})
})

test('copies are kept as plain addresses; what is none is refused by name', async () => {
  const { body } = await api.post('/sequences', {
    cc_emails: 'Bob <Bob@Acme.com>; kim@acme.com',
    bcc_emails: '',
  })
  expect(body.emailer_campaign).toMatchObject({ cc_emails: 'bob@acme.com, kim@acme.com', bcc_emails: '' })
  const path = `/sequences/${body.emailer_campaign.id}`
  const spaced = await api.put(path, { cc_emails: 'a@acme.com b@acme.com\nA@acme.com' })
  expect(spaced.body.emailer_campaign.cc_emails).toBe('a@acme.com, b@acme.com')
  const wrong = await api.put(path, { bcc_emails: 'crm@acme.com, kim@@acme.com' })
  expect([wrong.status, wrong.body.parameter]).toEqual([422, 'bcc_emails'])
  expect(wrong.body.error).toMatch(/"bcc_emails".*"kim@@acme\.com" has 2 @ signs.*Give one address/)
  const named = await api.put(path, { cc_emails: 'Bob bob@acme.com' })
  expect(named.body.error).toMatch(/"cc_emails".*"Bob" has no @/)
  const many = await api.put(path, {
    cc_emails: Array.from({ length: 21 }, (_, i) => `p${i}@acme.com`).join(),
  })
  expect(many.body.error).toMatch(/"cc_emails".*21 addresses.*20/)
})
