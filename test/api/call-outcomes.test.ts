/** Call outcomes: the team's list, chosen when a call is completed; what each does to the person; how they are counted and told. */
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MINUTE } from '../../src/core/clock.ts'
import { kysely } from '../../src/store/db.ts'
import { verify } from '../../src/store/verify.ts'
import { type Api, startApi } from '../support/api.ts'
import { hasContract, missingKeys, recorded } from '../support/contract.ts'
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
beforeEach(() => api.clock.advance(MINUTE))

interface Outcome {
  id: string
  name: string
  effect: string
  position: number
}
const outcomes = async (): Promise<Outcome[]> =>
  (await api.get('/phone_call_outcomes')).body.phone_call_outcomes
const outcome = async (name: string) => (await outcomes()).find((one) => one.name === name)!.id

let sequenceId: string

/** Somebody who waits for a call that is due, with an automatic email after it. */
async function waitingForCall(
  contact: Record<string, unknown> = {},
  sequence: Record<string, unknown> = {},
): Promise<{ contactId: string; taskId: string }> {
  const call = { type: 'call', wait_time: 0, wait_mode: 'minute', note: 'Ask about the trial' }
  sequenceId = (await newSequence(api, { active: true, emailer_steps: [call, step()], ...sequence })).id
  const contactId = await newContact(api, contact)
  expect((await add(api, sequenceId, [contactId])).status).toBe(200)
  return { contactId, taskId: await taskOf(contactId) }
}

async function taskOf(contactId: string): Promise<string> {
  await giveTasksNow(api.db, team, { clock: api.clock, random: api.context.random })
  const { body } = await api.post('/tasks/search', {
    contact_ids: [contactId],
    task_statuses: ['scheduled'],
  })
  return body.tasks[0].id
}

const complete = async (taskId: string, name: string, more: Record<string, unknown> = {}) =>
  api.post(`/tasks/${taskId}/complete`, { phone_call_outcome_id: await outcome(name), ...more })
const enrollment = async (contactId: string) =>
  (await api.post('/enrollments/search', { sequence_id: sequenceId })).body.enrollments.find(
    (one: { contact: { id: string } }) => one.contact.id === contactId,
  )
const stageNameOf = async (contactId: string) => {
  const { body } = await api.get(`/contacts/${contactId}`)
  const stages = (await api.get('/contact_stages')).body.contact_stages
  return stages.find((one: { id: string }) => one.id === body.contact.contact_stage_id)?.name
}
const proved = async () => expect(await verify(api.db, { now: api.clock.now() })).toEqual([])

describe('what a call came to', () => {
  test('a new team has the outcomes that every dialer has, in their order', async () => {
    expect((await outcomes()).map(({ name, effect }) => [name, effect])).toEqual([
      ['Connected', 'goes_on'],
      ['Left voicemail', 'goes_on'],
      ['No answer', 'goes_on'],
      ['Busy', 'goes_on'],
      ['Wrong number', 'wrong_number'],
      ['Interested', 'interested'],
      ['Not interested', 'not_interested'],
      ['Meeting booked', 'meeting'],
    ])
  })

  test('left voicemail: the person goes on; the task, the timeline and the step say what came of it', async () => {
    const { contactId, taskId } = await waitingForCall()
    const { body } = await complete(taskId, 'Left voicemail', { note: 'Again on Friday' })
    const id = await outcome('Left voicemail')
    expect(body.task).toMatchObject({
      ...{ status: 'completed', outcome: 'Again on Friday', answered: false },
      ...{ phone_call_outcome_id: id, phone_call_outcome: 'Left voicemail' },
      phone_call: { answered: false, phone_call_outcome_id: id },
    })
    expect(await enrollment(contactId)).toMatchObject({ state: 'active', step_position: 2 })
    const timeline = (await api.get(`/contacts/${contactId}/timeline`)).body.entries
    expect(timeline.map((one: { sentence?: string }) => one.sentence)).toContain(
      'Outreach: Task completed. Left voicemail: Again on Friday',
    )
    const shown = (await api.get(`/emailer_campaigns/${sequenceId}`)).body.emailer_steps
    expect(shown[0]).toMatchObject({
      note_text: 'Ask about the trial',
      unique_completed: 1,
      outcomes: [{ id, name: 'Left voicemail', answered: false, count: 1 }],
    })
    expect(shown[1]).not.toHaveProperty('outcomes')
    if (hasContract) {
      const example = recorded('post', '/emailer_campaigns/remove_or_stop_contact_ids').emailer_steps[1]
      // Numbers are never "loading" here.
      const loaded = Object.entries(example).filter(([, value]) => value !== 'loading')
      expect(missingKeys(Object.fromEntries(loaded), shown[0])).toEqual([])
    }
    await proved()
  })

  test('an outcome that ends the sequence finishes the person, as talked on the phone, and puts them at its stage', async () => {
    const stages = (await api.get('/contact_stages')).body.contact_stages
    const stage = stages.find((one: { name: string }) => one.name === 'Approaching').id
    const made = await api.post('/phone_call_outcomes', {
      ...{ name: 'Buys next year', effect: 'finish', answered: true, contact_stage_id: stage },
    })
    expect(made.status).toBe(200)
    const { contactId, taskId } = await waitingForCall()
    await complete(taskId, 'Buys next year')
    expect(await enrollment(contactId)).toMatchObject({ state: 'finished', reason: 'talked' })
    expect(await statusOf(api, contactId, sequenceId)).toMatchObject({
      status: 'finished',
      inactive_reason: 'talked on phone',
    })
    expect(await stageNameOf(contactId)).toBe('Approaching')
    await proved()
  })

  test('a meeting booked on the phone counts as one, ends all sequences of the person, and moves the stage', async () => {
    const { contactId, taskId } = await waitingForCall()
    const other = await newSequence(api, { active: true, emailer_steps: [step()] })
    expect((await add(api, other.id, [contactId], { sequence_active_in_other_campaigns: true })).status).toBe(
      200,
    )
    await complete(taskId, 'Meeting booked', { note: 'Friday at 10' })
    for (const id of [sequenceId, other.id])
      expect(await statusOf(api, contactId, id)).toMatchObject({
        status: 'finished',
        inactive_reason: 'scheduled appointment',
      })
    expect(await stageNameOf(contactId)).toBe('Interested')
    const timeline = (await api.get(`/contacts/${contactId}/timeline`)).body.entries
    expect(timeline.map((one: { activity?: string }) => one.activity)).toContain('meeting')
    await proved()
  })

  test('interest ends the sequences that end with it, and no other', async () => {
    const { contactId, taskId } = await waitingForCall({}, { mark_finished_if_interested: false })
    await complete(taskId, 'Interested')
    expect(await enrollment(contactId)).toMatchObject({ state: 'active', step_position: 2 })
    expect(await stageNameOf(contactId)).toBe('Interested')
    const ending = await waitingForCall()
    await complete(ending.taskId, 'Interested')
    expect(await enrollment(ending.contactId)).toMatchObject({ state: 'finished', reason: 'interested' })
    await proved()
  })

  test('not interested ends all sequences; whoever has no email is moved as well', async () => {
    const call = { user_id: api.userId, type: 'call', status: 'scheduled' }
    const { body: made } = await api.post('/contacts', { first_name: 'Noa', mobile_phone: '555-555-0149' })
    const { body } = await api.post('/tasks', { ...call, contact_id: made.contact.id })
    await complete(body.task.id, 'Not interested')
    expect(await stageNameOf(made.contact.id)).toBe('Not Interested')
    const { contactId, taskId } = await waitingForCall()
    await complete(taskId, 'Not interested')
    expect(await enrollment(contactId)).toMatchObject({ state: 'finished', reason: 'marked_finished' })
    expect(await stageNameOf(contactId)).toBe('Not Interested')
    await proved()
  })

  test('a wrong number is marked and called no more; the person goes on', async () => {
    const numbers = { direct_phone: '555-555-0149', mobile_phone: '+49 170 1234567' }
    const { contactId, taskId } = await waitingForCall(numbers)
    await complete(taskId, 'Wrong number')
    const shown = async () => (await api.get(`/contacts/${contactId}`)).body.contact
    expect(await shown()).toMatchObject({
      sanitized_phone: '+491701234567',
      phone_numbers: [{ status: 'invalid_number' }, { status: 'no_status' }],
    })
    expect(await enrollment(contactId)).toMatchObject({ state: 'active', step_position: 2 })
    // Saved again as it is, it stays marked; another number is a new one.
    await api.put(`/contacts/${contactId}`, { direct_phone: '555-555-0149' })
    expect((await shown()).phone_numbers[0].status).toBe('invalid_number')
    await api.put(`/contacts/${contactId}`, { direct_phone: '555-555-0150' })
    expect((await shown()).phone_numbers[0].status).toBe('no_status')
  })

  test('two people who end one call at once: one outcome counts, and the other is told', async () => {
    const { contactId, taskId } = await waitingForCall()
    const [busy, meeting] = await Promise.all([outcome('Busy'), outcome('Meeting booked')])
    const answers = await Promise.all(
      [busy, meeting].map((id) => api.post(`/tasks/${taskId}/complete`, { phone_call_outcome_id: id })),
    )
    expect(answers.map((one) => one.status).sort()).toEqual([200, 422])
    expect(answers.find((one) => one.status === 422)!.body.error).toBe(
      'This task is already completed / skipped.',
    )
    const { body } = await api.get(`/tasks/${taskId}`)
    const met = body.task.phone_call_outcome === 'Meeting booked'
    expect(await enrollment(contactId)).toMatchObject({ state: met ? 'finished' : 'active' })
    await proved()
  })

  test('only a call comes to an outcome, and only to one that there is', async () => {
    const { body } = await api.post('/tasks', { user_id: api.userId, type: 'action_item' })
    const wrong = await complete(body.task.id, 'Busy')
    expect(wrong).toMatchObject({ status: 422, body: { parameter: 'phone_call_outcome_id' } })
    const { taskId } = await waitingForCall()
    const unknown = await api.post(`/tasks/${taskId}/complete`, { phone_call_outcome_id: 'f'.repeat(24) })
    expect(unknown).toMatchObject({ status: 422, body: { parameter: 'phone_call_outcome_id' } })
    expect(unknown.body.error).toContain('GET /phone_call_outcomes')
  })
})

describe('the list of the team', () => {
  test('an outcome is named, changed, moved and deleted; calls that came to it still say so', async () => {
    const { body } = await api.post('/phone_call_outcomes', { name: ' Gatekeeper ', answered: true })
    const { id } = body.phone_call_outcome
    expect(body.phone_call_outcome).toMatchObject({ name: 'Gatekeeper', effect: 'goes_on', answered: true })
    const { taskId } = await waitingForCall()
    await complete(taskId, 'Gatekeeper')
    await api.put(`/phone_call_outcomes/${id}`, { name: 'Reception', position: 0 })
    expect((await outcomes())[0]!.id === id || (await outcomes())[1]!.id === id).toBe(true)
    await api.call({ method: 'DELETE', path: `/phone_call_outcomes/${id}` })
    expect((await outcomes()).map((one) => one.id)).not.toContain(id)
    expect((await api.get(`/tasks/${taskId}`)).body.task.phone_call_outcome).toBe('Reception')
    const [first] = (await api.get(`/emailer_campaigns/${sequenceId}`)).body.emailer_steps
    expect(first.outcomes).toEqual([{ id, name: 'Reception', answered: true, count: 1 }])
    const again = await api.post('/phone_call_outcomes', { name: 'Reception' })
    expect(again.status).toBe(200)
    await proved()
  })

  test('a name twice, no name, an unknown effect or stage, or a stage beside its own are refused with the parameter', async () => {
    const refused = async (given: Record<string, unknown>) =>
      (await api.post('/phone_call_outcomes', given)).body
    expect(await refused({ name: 'BUSY' })).toMatchObject({ parameter: 'name' })
    expect(await refused({ name: ' ' })).toMatchObject({ parameter: 'name' })
    expect(await refused({ name: 'Sings', effect: 'sing' })).toMatchObject({ parameter: 'effect' })
    expect(await refused({ name: 'Far', contact_stage_id: 'f'.repeat(24) })).toMatchObject({
      parameter: 'contact_stage_id',
    })
    const stages = (await api.get('/contact_stages')).body.contact_stages
    const idOf = (name: string) => stages.find((one: { name: string }) => one.name === name).id
    const beside = { name: 'Both', effect: 'meeting', contact_stage_id: idOf('New') }
    expect(await refused(beside)).toMatchObject({ parameter: 'contact_stage_id' })
    const interested = { name: 'Hot', effect: 'goes_on', contact_stage_id: idOf('Interested') }
    expect((await refused(interested)).error).toContain('choose the effect "interested"')
  })

  test('verify finds a call that says what nobody told', async () => {
    const { taskId } = await waitingForCall()
    await complete(taskId, 'Busy')
    await proved()
    const set = (id: string) =>
      sql`update tasks set call_outcome_id = ${id} where id = ${taskId}`.execute(kysely(api.db))
    await set(await outcome('Connected'))
    expect((await verify(api.db, { now: api.clock.now() })).map((one) => one.promise)).toEqual([
      'call_outcomes_counted',
      'call_outcomes_counted',
    ])
    await set(await outcome('Busy'))
    await proved()
  })
})
