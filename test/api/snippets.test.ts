/** Snippets over HTTP, and what they do to the emails that use them: put in when an email is written, missing by name, and back in time. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../src/core/clock.ts'
import { startApi } from '../support/api.ts'
import { leaveNow } from '../support/leaving.ts'
import { add, newContact, newSequence, step } from '../support/outreach.ts'
import { testTeamOf } from '../support/sent-team.ts'
import { giveTasksNow } from '../support/task-steps.ts'
import type { TestTeam } from '../support/team.ts'

const api = await startApi()
let team: TestTeam
beforeAll(async () => {
  team = await testTeamOf(api)
})
afterAll(() => api.close())

const write = (name: string, body_html: string) => api.post('/snippets', { name, body_html })
async function made(name: string, html: string): Promise<string> {
  const { status, body, text } = await write(name, html)
  if (status !== 200) throw new Error(text)
  return body.snippet.id
}

/** A live sequence whose first email says this, with one new person in it. */
async function personIn(body: string, contact: Record<string, unknown> = {}) {
  const { id } = await newSequence(api, { active: true, emailer_steps: [step({ body })] })
  const contactId = await newContact(api, contact)
  await add(api, id, [contactId])
  api.clock.advance(MINUTE)
  return { id, contactId }
}
const personOf = async (id: string) =>
  (await api.post('/enrollments/search', { sequence_id: id })).body.enrollments[0]
const leave = async () => {
  api.clock.advance(HOUR)
  return leaveNow(api, team)
}

test('a snippet is created, listed with where it is used, changed and deleted', async () => {
  const id = await made('case_study', '<p>See <b>Acme</b>.</p>')
  const { id: sequenceId, steps } = await newSequence(api, {
    emailer_steps: [step({ body: 'Hi {{snippet:case_study}}' })],
  })
  const { body } = await api.get('/snippets')
  expect(body.snippets).toMatchObject([
    {
      id,
      name: 'case_study',
      used_in: [{ emailer_campaign_id: sequenceId, emailer_step_id: steps[0], position: 1 }],
    },
  ])
  const changed = await api.put(`/snippets/${id}`, { body_html: '<p>See Beta.</p>' })
  expect(changed.body.snippet).toMatchObject({ name: 'case_study', body_html: '<p>See Beta.</p>' })
  const other = await made('unused', 'x')
  expect((await api.delete(`/snippets/${other}`)).body.snippet).toEqual({ id: other, deleted: true })
  expect((await api.put(`/snippets/${other}`, { body_html: 'y' })).status).toBe(404)
})

test('a snippet that a wording uses is neither deleted nor renamed, and the places are named', async () => {
  const id = await made('in_use', '<p>x</p>')
  await newSequence(api, { name: 'Spring', emailer_steps: [step({ body: '{{snippet:in_use}}' })] })
  const { status, body } = await api.delete(`/snippets/${id}`)
  expect([status, body.code]).toEqual([422, 'snippet_in_use'])
  expect(body.error).toBe('The snippet in_use is used by step 1 of Spring. Take it out there first.')
  const renamed = await api.put(`/snippets/${id}`, { name: 'other_name' })
  expect(renamed.body.error).toContain('step 1 of Spring. Write the new name there first.')
})

test('a bad name, a name that is taken and a text that cannot be read are refused with the way out', async () => {
  await made('taken', 'x')
  expect((await write('Case study', 'x')).body).toMatchObject({
    error: expect.stringContaining('Call it case_study.'),
    parameter: 'name',
  })
  expect((await write('taken', 'y')).body.error).toContain('There is a snippet named taken already.')
  expect((await write('broken', 'a {{first_name')).body.error).toMatch(/Line 1, column 3: .*not closed/)
  expect((await write('nested', '{{snippet:taken}}')).body.error).toContain('copy its text here')
})

test('the preview and the email have the text of the snippet, made safe like the rest', async () => {
  await made('safe', '<p>About {{company}}<script>alert(1)</script></p>')
  const { id, contactId } = await personIn('<p>Hi.</p>{{snippet:safe}}', { organization_name: 'A & B' })
  const shown = await api.post(`/sequences/${id}/preview`, {
    body_html: '{{snippet:safe}}',
    contact_id: contactId,
  })
  expect(shown.body.html).toContain('<p>About A &amp; B</p>')
  const [message] = await leave()
  expect(message?.html).toContain('<p>Hi.</p><p>About A &amp; B</p>')
  expect(message?.text).toContain('About A & B')
})

test('an edited snippet reaches the emails that are not written yet, and no other', async () => {
  const id = await made('edited', '<p>before</p>')
  const { id: sequenceId } = await personIn('{{snippet:edited}}')
  const [first] = await leave()
  expect(first?.html).toContain('before')
  await api.put(`/snippets/${id}`, { body_html: '<p>after</p>' })
  const { body } = await api.post('/emailer_messages/search', { emailer_campaign_ids: [sequenceId] })
  const written = body.emailer_messages.find((each: { id: string }) => each.id === first!.id)
  expect(written.body_html).toContain('before')
  await add(api, sequenceId, [await newContact(api)])
  const [second] = await leave()
  expect(second?.html).toContain('after')
})

test('a snippet that is not there holds the person with snippets_missing and says which; once it is written they go on', async () => {
  const { id } = await personIn('Hi {{snippet:later}}')
  const { body } = await api.get(`/sequences/${id}/readiness`)
  expect(body.warnings).toContainEqual(
    expect.stringContaining('Step 1 uses {{snippet:later}}, which is not there'),
  )
  expect(body.missing).toMatchObject([{ variable: 'snippet:later', people: 1, steps: [1] }])
  expect(await leave()).toEqual([])
  const held = await personOf(id)
  expect(held).toMatchObject({ state: 'held', reason: 'snippets_missing' })
  const why = (await api.get(`/enrollments/${held.id}/why`)).body.gates
  expect(why.find((gate: { name: string }) => gate.name === 'variables_present')).toMatchObject({
    state: 'closed',
    value: 'snippet:later',
  })
  await made('later', '<p>Now it is there.</p>')
  expect((await leave())[0]?.html).toContain('Now it is there.')
})

test('a missing value holds that person with snippets_missing and says which, and lets them go when it comes', async () => {
  const { id, contactId } = await personIn('{{title}} in {{location_city}}')
  await leave()
  expect(await personOf(id)).toMatchObject({
    state: 'held',
    reason: 'snippets_missing',
    sentence: expect.stringContaining('title, location_city'),
  })
  await api.put(`/contacts/${contactId}`, { title: 'CTO' })
  expect(await leave()).toEqual([])
  expect(await personOf(id)).toMatchObject({
    state: 'held',
    sentence: expect.stringMatching(/^(?!.*title).*location_city/i),
  })
  await api.put(`/contacts/${contactId}`, { city: 'Oslo' })
  expect((await leave())[0]?.text).toContain('CTO in Oslo')
})

test('a change that brings no missing value leaves a held person alone', async () => {
  const { id, contactId } = await personIn('{{title}}')
  await leave()
  const before = await api.post('/emailer_campaigns/activity_feed', { contact_id: contactId })
  await api.put(`/contacts/${contactId}`, { last_name: 'Else' })
  const after = await api.post('/emailer_campaigns/activity_feed', { contact_id: contactId })
  expect(after.body).toEqual(before.body)
  expect(await personOf(id)).toMatchObject({ state: 'held' })
})

test('the draft of a manual email follows an edited snippet, until its person has edited it', async () => {
  const snippet = await made('drafted', '<p>before</p>')
  const manual = { ...step({ body: '<p>Hi</p>{{snippet:drafted}}' }), type: 'manual_email' }
  const { id } = await newSequence(api, { active: true, emailer_steps: [manual] })
  const contactId = await newContact(api)
  await add(api, id, [contactId])
  const give = () => giveTasksNow(api.db, team, { clock: api.clock, random: api.context.random })
  await give()
  const { body } = await api.post('/tasks/search', { contact_ids: [contactId] })
  const draft = async () => (await api.get(`/tasks/${body.tasks[0].id}/draft`)).body.draft.body_html
  expect(await draft()).toContain('before')
  await api.put(`/snippets/${snippet}`, { body_html: '<p>after</p>' })
  await give()
  expect(await draft()).toContain('after')
})

test('whoever is held for a missing name of the sender goes on by themselves once it is filled in, and says what else is missing', async () => {
  await api.put(`/users/${api.userId}`, { last_name: null })
  const { id } = await personIn('{{sender_last_name}}')
  const { id: other } = await personIn('{{sender_last_name}}, {{title}}')
  expect(await leave()).toEqual([])
  for (const one of [id, other])
    expect(await personOf(one)).toMatchObject({
      ...{ state: 'held', reason: 'snippets_missing' },
      sentence: expect.stringContaining('sender_last_name'),
    })
  const { body } = await api.put(`/users/${api.userId}`, { last_name: 'Seller' })
  expect(body.user).toMatchObject({ last_name: 'Seller' })
  expect((await leave()).map((one) => one.text)).toEqual([expect.stringContaining('Seller')])
  expect(await personOf(other)).toMatchObject({
    state: 'held',
    sentence: expect.stringMatching(/^(?!.*sender_last_name).*title/),
  })
})

test('a new name of the sender stands in what leaves from now on; nobody of another team is changed', async () => {
  await personIn('Yours, {{sender_first_name}}')
  await api.put(`/users/${api.userId}`, { first_name: 'Robin' })
  expect((await leave())[0]?.text).toContain('Yours, Robin')
  expect((await api.put(`/users/${'f'.repeat(24)}`, { first_name: 'Eve' })).status).toBe(404)
})
