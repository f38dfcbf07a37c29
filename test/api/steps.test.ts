/** Steps, touches and templates one by one, and copies of sequences: the same sequence as if it had been declared whole. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MINUTE } from '../../src/core/clock.ts'
import { verify } from '../../src/store/verify.ts'
import { type Api, startApi } from '../support/api.ts'
import { add, newContact, newSequence, step } from '../support/outreach.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.close())
beforeEach(() => api.clock.advance(MINUTE))

const UNKNOWN_ID = 'ffffffffffffffffffffffff'
const NOT_FOUND = { status: 404, body: { error: 'Record not found.' } }

interface Step {
  id: string
  position: number
  type: string
}
interface Touch {
  id: string
  emailer_step_id: string
  emailer_template_id: string
  status: string
  weight: number
  emailer_template: { id: string; subject: string | null; body_html: string | null }
}
const shown = async (id: string) => (await api.get(`/emailer_campaigns/${id}`)).body
const stepsOf = async (id: string): Promise<Step[]> => (await shown(id)).emailer_steps
const touches = async (query: string): Promise<Touch[]> =>
  (await api.get(`/emailer_touches?${query}`)).body.emailer_touches
const at = (id: string) => ({ emailer_campaign_id: id })
const WAIT = { wait_time: 1, wait_mode: 'day' }

/** Where one person stands, by position. */
async function standing(sequenceId: string, contactId: string) {
  const { body } = await api.post('/enrollments/search', { sequence_id: sequenceId })
  return body.enrollments.find((one: { contact: { id: string } }) => one.contact.id === contactId)
}

describe('steps', () => {
  test('are added at the end or in between, each with its touch and template', async () => {
    const { id } = await newSequence(api, { emailer_steps: [step()] })
    const last = await api.post('/emailer_steps', { ...at(id), type: 'auto_email', ...WAIT, priority: 'A' })
    expect(last.body).toMatchObject({
      emailer_step: { position: 2, type: 'auto_email', wait_time: 1, wait_mode: 'day', priority: 'high' },
      emailer_touch: { emailer_step_id: last.body.emailer_step.id, status: 'to_be_reviewed' },
      emailer_template: { id: last.body.emailer_touch.emailer_template_id, subject: null },
      emailer_steps: [{ position: 1 }, { position: 2 }],
      team: { id: api.teamId, sequences_finder_empty: false },
    })
    const call = await api.post('/emailer_steps', {
      ...at(id),
      type: 'call',
      ...WAIT,
      position: 2,
      note: 'Ask',
    })
    expect(call.body).toMatchObject({ emailer_touch: null, emailer_template: null })
    expect((await stepsOf(id)).map((one) => one.type)).toEqual(['auto_email', 'call', 'auto_email'])
    const one = await api.get(`/emailer_steps/${call.body.emailer_step.id}`)
    expect(one.body.emailer_step).toMatchObject({ position: 2, note: 'Ask', emailer_campaign_id: id })
  })

  test('two that are added at once are both there', async () => {
    const { id } = await newSequence(api, { emailer_steps: [step()] })
    const adding = ['call', 'action_item', 'call'].map((type) =>
      api.post('/emailer_steps', { ...at(id), type, ...WAIT, position: 1 }),
    )
    const added = await Promise.all(adding)
    expect(added.map((one) => one.status)).toEqual([200, 200, 200])
    expect((await stepsOf(id)).map((one) => one.position)).toEqual([1, 2, 3, 4])
    const ids = new Set(added.map((one) => one.body.emailer_step.id))
    expect(ids.size).toBe(3)
  })

  test('what is not given stays when one is changed or moved; people who wait on it get another moment', async () => {
    const sequence = { active: true, emailer_steps: [step({ wait: [5, 'day'] }), step({ wait: [2, 'day'] })] }
    const { id } = await newSequence(api, sequence)
    const contactId = await newContact(api)
    await add(api, id, [contactId])
    const before = await standing(id, contactId)
    const [first, second] = await stepsOf(id)
    const changed = await api.put(`/emailer_steps/${first!.id}`, { wait_time: 1, auto_skip_in_x_days: 3 })
    expect(changed.body.emailer_step).toMatchObject({ wait_time: 1, auto_skip_in_x_days: 3, position: 1 })
    const after = await standing(id, contactId)
    expect(Date.parse(after.next_at)).toBeLessThan(Date.parse(before.next_at))
    const { emailer_touches: words } = await shown(id)
    const moved = await api.put(`/emailer_steps/${second!.id}`, { position: 1 })
    expect(moved.body.emailer_step.position).toBe(1)
    expect((await stepsOf(id)).map((one) => one.id)).toEqual([second!.id, first!.id])
    const kept = (await shown(id)).emailer_touches.map((one: Touch) => one.id)
    expect(kept.toSorted()).toEqual(words.map((one: Touch) => one.id).toSorted())
  })

  test('whoever stands on a deleted one goes on with the next; the last one stays', async () => {
    const { id } = await newSequence(api, { active: true, emailer_steps: [step(), step()] })
    const contactId = await newContact(api)
    await add(api, id, [contactId])
    const [first, second] = await stepsOf(id)
    const gone = await api.delete(`/emailer_steps/${first!.id}`)
    expect(gone.body).toEqual({ emailer_step: { id: first!.id, deleted: true } })
    expect(await standing(id, contactId)).toMatchObject({ state: 'active', step_position: 1 })
    expect(await api.delete(`/emailer_steps/${second!.id}`)).toMatchObject({
      status: 422,
      body: {
        error:
          'This is the only step of its sequence, and a sequence keeps one. Change it, or archive the sequence.',
      },
    })
    for (const call of [
      api.get(`/emailer_steps/${first!.id}`),
      api.put(`/emailer_steps/${first!.id}`, { wait_time: 1 }),
      api.delete(`/emailer_steps/${first!.id}`),
      api.post('/emailer_steps', { ...at(UNKNOWN_ID), type: 'call', ...WAIT }),
    ])
      expect(await call).toMatchObject(NOT_FOUND)
    expect(await verify(api.db, { now: api.clock.now() })).toEqual([])
  })

  test('a step that cannot be is refused, and the sequence stays as it was', async () => {
    const { id } = await newSequence(api, { emailer_steps: [step()] })
    const cases: [object, string][] = [
      [{ type: 'call' }, 'Wait time must not be empty'],
      [{ type: 'fax', ...WAIT }, 'The parameter "type" is "fax"; expected one of'],
      [{ type: 'call', ...WAIT, exact_datetime: 'soon' }, 'The parameter "exact_datetime" is "soon"'],
      [{ type: 'call', ...WAIT, position: 0 }, 'The parameter "position" is 0'],
    ]
    for (const [body, error] of cases) {
      const refused = await api.post('/emailer_steps', { ...at(id), ...body })
      expect(refused.status).toBe(422)
      expect(refused.body.error).toContain(error)
    }
    expect(await stepsOf(id)).toHaveLength(1)
  })
})

describe('touches', () => {
  test('those of a sequence or a step, each with its template', async () => {
    const { id } = await newSequence(api, { emailer_steps: [step(), step()] })
    const [first] = await stepsOf(id)
    const all = await touches(`emailer_campaign_id=${id}`)
    expect(all).toHaveLength(2)
    const [one] = await touches(`emailer_step_id=${first!.id}`)
    expect(one).toEqual(all.find((each) => each.emailer_step_id === first!.id))
    expect(one!.emailer_template).toMatchObject({ id: one!.emailer_template_id })
    expect(await touches(`emailer_campaign_id=${id}&emailer_step_id=${UNKNOWN_ID}`)).toEqual([])
    expect((await api.get('/emailer_touches')).body.error).toBe(
      'Please specify either emailer_campaign_id or emailer_step_id.',
    )
    expect(await api.get(`/emailer_touches?emailer_step_id=${UNKNOWN_ID}`)).toMatchObject(NOT_FOUND)
  })

  test('one more makes an A/B test; changing one approves it, and approval can be taken back', async () => {
    const { id } = await newSequence(api, { emailer_steps: [step()] })
    const [first] = await stepsOf(id)
    const words = { subject: 'Another way', body_html: '<p>Hello again</p>' }
    const added = await api.post('/emailer_touches', {
      ...{ emailer_step_id: first!.id, type: 'new_thread', weight: 2, emailer_template: words },
    })
    const touch: Touch = added.body.emailer_touch
    expect(touch).toMatchObject({ status: 'to_be_reviewed', weight: 2, emailer_template: words })
    expect(await touches(`emailer_step_id=${first!.id}`)).toHaveLength(2)
    const changed = await api.put(`/emailer_touches/${touch.id}`, {
      emailer_template: { subject: 'A third way' },
    })
    expect(changed.body.emailer_touch).toMatchObject({
      ...{ id: touch.id, status: 'approved', weight: 2 },
      emailer_template: { subject: 'A third way', body_html: words.body_html },
    })
    const back = await api.post(`/emailer_touches/${touch.id}/abort`)
    expect(back.body.emailer_touch.status).toBe('to_be_reviewed')
    const kept = await api.put(`/emailer_touches/${touch.id}`, { weight: 3, status: 'to_be_reviewed' })
    expect(kept.body.emailer_touch).toMatchObject({ status: 'to_be_reviewed', weight: 3 })
    const again = await api.post(`/emailer_touches/${touch.id}/approve`)
    expect(again.body.emailer_touch.status).toBe('approved')
  })

  test('an empty one is not approved, and none moves to another step', async () => {
    const { id } = await newSequence(api, { emailer_steps: [step(), step()] })
    const [first, second] = await stepsOf(id)
    const empty = await api.post('/emailer_touches', { emailer_step_id: first!.id, type: 'new_thread' })
    const { id: touchId } = empty.body.emailer_touch
    const refused = { error: 'Please make sure your template has a non-empty body before turning it on.' }
    expect((await api.post(`/emailer_touches/${touchId}/approve`)).body).toEqual(refused)
    expect((await api.put(`/emailer_touches/${touchId}`, { type: 'reply_to_thread' })).body).toEqual(refused)
    const moved = await api.put(`/emailer_touches/${touchId}`, { emailer_step_id: second!.id })
    expect(moved).toMatchObject({ status: 422, body: { parameter: 'emailer_step_id' } })
    expect(await api.post(`/emailer_touches/${UNKNOWN_ID}/approve`)).toMatchObject(NOT_FOUND)
    expect(await api.put(`/emailer_touches/${UNKNOWN_ID}`, {})).toMatchObject(NOT_FOUND)
    expect(await api.post('/emailer_touches', { emailer_step_id: UNKNOWN_ID })).toMatchObject(NOT_FOUND)
  })
})

describe('templates', () => {
  test('are made with a name, found by it, and changed', async () => {
    const words = { name: 'Polite opening', subject: 'Hello {{first_name}}', body_html: '<p>Good day</p>' }
    const made = await api.post('/emailer_templates', words)
    const { id } = made.body.emailer_template
    expect(made.body.emailer_template).toMatchObject({ ...words, user_id: api.userId })
    await newSequence(api, { emailer_steps: [step()] })
    const found = await api.post('/emailer_templates/search', { q_name: 'polite HELLO' })
    expect(found.body).toMatchObject({
      emailer_templates: [{ id }],
      folders: [],
      pagination: { page: 1, total_entries: 1 },
    })
    expect((await api.post('/emailer_templates/search', { q_name: 'rude' })).body.emailer_templates).toEqual(
      [],
    )
    // The words of steps have no name, and are no templates that one looks for.
    expect((await api.get('/emailer_templates/search')).body.pagination.total_entries).toBe(1)
    const changed = await api.put(`/emailer_templates/${id}`, { name: 'Opening', subject: 'Hi' })
    expect(changed.body.emailer_template).toMatchObject({
      name: 'Opening',
      subject: 'Hi',
      body_html: '<p>Good day</p>',
    })
    expect((await api.get(`/emailer_templates/${id}`)).body).toEqual(changed.body)
  })

  test('other words reach every sequence that uses it, unless one of them could not send them', async () => {
    const made = await api.post('/emailer_templates', {
      ...{ name: 'Shared', subject: 'Hello', body_html: '<p>{{favourite_tea}}</p>' },
    })
    const { id: templateId } = made.body.emailer_template
    const touch = { type: 'new_thread', status: 'approved', emailer_template: { id: templateId } }
    const sequences = []
    for (let i = 0; i < 2; i++)
      sequences.push(await newSequence(api, { emailer_steps: [{ ...step(), emailer_touches: [touch] }] }))
    const changed = await api.put(`/emailer_templates/${templateId}`, { body_html: '<p>Tea?</p>' })
    expect(changed.status).toBe(200)
    for (const { id } of sequences)
      expect((await shown(id)).emailer_templates).toMatchObject([
        { id: templateId, body_html: '<p>Tea?</p>' },
      ])
    const emptied = await api.put(`/emailer_templates/${templateId}`, { body_html: '' })
    expect(emptied.body.error).toBe(
      'Please make sure your template has a non-empty body before turning it on.',
    )
    expect((await api.get(`/emailer_templates/${templateId}`)).body.emailer_template.body_html).toBe(
      '<p>Tea?</p>',
    )
  })

  test('a sequence that uses a template twice gets its words in both', async () => {
    const made = await api.post('/emailer_templates', {
      name: 'Twice',
      subject: 'Hi',
      body_html: '<p>Hi</p>',
    })
    const { id: templateId } = made.body.emailer_template
    const touch = { type: 'new_thread', status: 'approved', emailer_template: { id: templateId } }
    const steps = [
      { ...step(), emailer_touches: [touch] },
      { ...step(), emailer_touches: [touch] },
    ]
    const { id, steps: ids } = await newSequence(api, { emailer_steps: steps })
    expect((await api.put(`/emailer_templates/${templateId}`, { subject: 'Hello' })).status).toBe(200)
    expect((await shown(id)).emailer_templates[0].subject).toBe('Hello')
    const declared = await api.put(`/sequences/${id}`, {
      emailer_steps: ids.map((stepId, i) => ({
        id: stepId,
        emailer_touches: [{ emailer_template: { id: templateId, subject: `Number ${i}` } }],
      })),
    })
    expect(declared.status).toBe(422)
    expect(declared.body.error).toContain(`Two touches give the template ${templateId} different words.`)
    const [a, b] = await Promise.all([
      api.put(`/emailer_templates/${templateId}`, { subject: 'A' }),
      api.put(`/emailer_templates/${templateId}`, { body_html: '<p>B</p>' }),
    ])
    expect([a.status, b.status]).toEqual([200, 200])
    const { emailer_template: both } = (await api.get(`/emailer_templates/${templateId}`)).body
    expect(both).toMatchObject({ subject: 'A', body_html: '<p>B</p>' })
    expect((await api.put(`/emailer_templates/${templateId}`, { name: ' ' })).body.parameter).toBe('name')
  })

  test('changes of one template at the same moment are all kept', async () => {
    const made = await api.post('/emailer_templates', { name: 'Busy', subject: 'Hi', body_html: '<p>Hi</p>' })
    const path = `/emailer_templates/${made.body.emailer_template.id}`
    for (let round = 0; round < 5; round++) {
      const changes = [
        { name: `Name ${round}` },
        { subject: `Subject ${round}` },
        { body_html: `<p>${round}</p>` },
      ]
      const answers = await Promise.all(changes.map((change) => api.put(path, change)))
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
      expect((await api.get(path)).body.emailer_template).toMatchObject(Object.assign({}, ...changes))
    }
  })

  test('words that cannot be read are refused with their place', async () => {
    const broken = { name: 'Broken', body_html: '<p>{{#if first_name}}</p>' }
    const refused = await api.post('/emailer_templates', broken)
    expect(refused).toMatchObject({ status: 422, body: { code: 'template_problem', line: 1 } })
    expect((await api.post('/emailer_templates', { body_html: '<p>x</p>' })).body.parameter).toBe('name')
    expect(await api.put(`/emailer_templates/${UNKNOWN_ID}`, {})).toMatchObject(NOT_FOUND)
    expect(await api.get(`/emailer_templates/${UNKNOWN_ID}`)).toMatchObject(NOT_FOUND)
  })
})

describe('copies of sequences', () => {
  test('have its settings, steps and words, are off, and have nobody in them', async () => {
    const { id } = await newSequence(api, {
      ...{ name: 'Spring', active: true, max_emails_per_day: 7, label_names: ['Season'] },
      ...{ mark_finished_if_click: true, cc_emails: 'boss@acme.test' },
      emailer_steps: [
        { ...step({ wait: [3, 'day'] }), emailer_touches: [touchOf('A'), { ...touchOf('B'), weight: 4 }] },
        { type: 'call', ...WAIT, note: 'Ask about tea' },
      ],
    })
    await add(api, id, [await newContact(api)])
    const before = await shown(id)
    const { status, body } = await api.post(`/emailer_campaigns/${id}/clone`)
    expect(status).toBe(200)
    const { emailer_campaign: copy } = body
    expect(copy).toMatchObject({
      ...{ name: 'Copy of Spring', active: false, archived: false, max_emails_per_day: 7 },
      ...{ mark_finished_if_click: true, cc_emails: 'boss@acme.test', num_steps: 2 },
      label_ids: before.emailer_campaign.label_ids,
    })
    expect((await api.post('/enrollments/search', { sequence_id: copy.id })).body.enrollments).toEqual([])
    const words = (of: typeof before) =>
      of.emailer_templates.map((one: { subject: string }) => one.subject).toSorted()
    expect(words(body)).toEqual(words(before))
    expect(body.emailer_touches.map((one: Touch) => one.weight)).toEqual([1, 4])
    expect(body.emailer_steps).toMatchObject([{ wait_time: 3 }, { type: 'call', note: 'Ask about tea' }])
    const ids = (of: typeof before) =>
      [...of.emailer_steps, ...of.emailer_touches, ...of.emailer_templates].map((one) => one.id)
    expect(ids(body).filter((one) => ids(before).includes(one))).toEqual([])
  })

  test('get the name that is asked for; an archived one, and one whose dates have passed, can be copied', async () => {
    const exact = new Date(api.clock.now() + MINUTE).toISOString()
    const { id } = await newSequence(api, {
      ...{ name: 'Dated', sequence_by_exact_daytime: true },
      emailer_steps: [{ ...step(), exact_datetime: exact }],
    })
    await api.post(`/emailer_campaigns/${id}/archive`)
    api.clock.advance(60 * MINUTE)
    const copy = await api.post(`/emailer_campaigns/${id}/clone`, { name: ' Again ' })
    expect(copy.body.emailer_campaign).toMatchObject({ name: 'Again', archived: false })
    expect(copy.body.emailer_steps).toMatchObject([{ exact_datetime: exact }])
    expect(await api.post(`/emailer_campaigns/${UNKNOWN_ID}/clone`)).toMatchObject(NOT_FOUND)
  })
})

function touchOf(subject: string) {
  return {
    type: 'new_thread',
    status: 'approved',
    emailer_template: { subject, body_html: `<p>${subject}</p>` },
  }
}
