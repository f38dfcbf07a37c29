/** Calls that are logged: what is kept, what an outcome does to the person, the calls of tasks beside them, and how they are found. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MINUTE } from '../../src/core/clock.ts'
import { type Api, START, startApi } from '../support/api.ts'
import { hasContract, missingKeys, recorded } from '../support/contract.ts'
import { add, newContact, newSequence, statusOf, step } from '../support/outreach.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.close())
beforeEach(() => api.clock.advance(MINUTE))

const UNKNOWN_ID = 'ffffffffffffffffffffffff'
const NOW = () => new Date(api.clock.now()).toISOString().replace('Z', '+00:00')

const outcome = async (name: string): Promise<string> =>
  (await api.get('/phone_call_outcomes')).body.phone_call_outcomes.find(
    (one: { name: string }) => one.name === name,
  ).id
const log = (body: object) => api.post('/phone_calls', body)
const search = async (query = '') => (await api.get(`/phone_calls/search${query}`)).body
const idsOf = (body: { phone_calls: { id: string }[] }) => body.phone_calls.map((one) => one.id)
const sentences = async (contactId: string): Promise<string[]> =>
  (await api.get(`/contacts/${contactId}/timeline`)).body.entries.map(
    (one: { sentence?: string }) => one.sentence,
  )

async function inSequence(contactId: string, more: object = {}): Promise<string> {
  const { id } = await newSequence(api, { active: true, emailer_steps: [step()], ...more })
  expect((await add(api, id, [contactId])).status).toBe(200)
  return id
}

describe('logging a call', () => {
  test('says who called whom and when; what is not said is the caller, now and completed', async () => {
    const contactId = await newContact(api, { first_name: 'Wesley', organization_name: 'Initech' })
    const { status, body } = await log({ contact_id: contactId, duration: 45, note: ' Again on Friday ' })
    expect(status).toBe(200)
    const { contact } = (await api.get(`/contacts/${contactId}`)).body
    expect(body.phone_call).toMatchObject({
      ...{ user_id: api.userId, contact_id: contactId, account_id: contact.account_id, status: 'completed' },
      ...{ logged: true, inbound: false, start_time: NOW(), end_time: NOW(), duration: 45 },
      ...{ note: 'Again on Friday', note_text: 'Again on Friday', outreach_task_id: null },
      contact: { id: contactId, name: contact.name },
      account: { id: contact.account_id, name: 'Initech' },
    })
    expect(body.contact).toMatchObject({ id: contactId })
    expect(body.team).toEqual({ id: api.teamId, phone_calls_finder_empty: false })
    expect(await sentences(contactId)).toContain('A call was logged. Again on Friday')
  })

  test('begin, end and duration give each other', async () => {
    const times = async (given: object) => {
      const { phone_call: call } = (await log(given)).body
      return [call.start_time, call.end_time, call.duration]
    }
    const [at, later] = ['2027-01-13T15:00:00.000+00:00', '2027-01-13T15:02:30.000+00:00']
    expect(await times({ start_time: at, end_time: later })).toEqual([at, later, 150])
    expect(await times({ start_time: at, duration: 150 })).toEqual([at, later, 150])
    expect(await times({ end_time: later, duration: 150 })).toEqual([at, later, 150])
    expect(await times({ start_time: at, end_time: later, duration: 20 })).toEqual([at, later, 20])
    expect(await times({ start_time: at })).toEqual([at, at, null])
    expect(await times({})).toEqual([NOW(), NOW(), null])
  })

  test('the documented form in the query string is the same call', async () => {
    const contactId = await newContact(api)
    const query = new URLSearchParams({
      ...{ logged: 'true', 'user_id[]': api.userId, contact_id: contactId, to_number: '+1 555 0100' },
      ...{ status: 'no_answer', duration: '0' },
    })
    const { body } = await api.post(`/phone_calls?${query}`)
    expect(body.phone_call).toMatchObject({
      ...{ user_id: api.userId, contact_id: contactId, to_number: '+1 555 0100' },
      ...{ status: 'no-answer', duration: 0 },
    })
  })

  test('what it came to does to the person what the outcome says', async () => {
    const contactId = await newContact(api, { direct_phone: '+1 555 555 0149' })
    const sequenceId = await inSequence(contactId)
    const notInterested = await outcome('Not interested')
    const { body } = await log({
      contact_id: contactId,
      phone_call_outcome_id: notInterested,
      note: 'No budget',
    })
    expect(body.phone_call.phone_call_outcome_id).toBe(notInterested)
    expect(await statusOf(api, contactId, sequenceId)).toMatchObject({ status: 'finished' })
    expect(await sentences(contactId)).toContain('A call was logged. Not interested: No budget')
    const stages = (await api.get('/contact_stages')).body.contact_stages
    const stage = stages.find((one: { id: string }) => one.id === body.contact.contact_stage_id)
    expect(stage.name).toBe('Not Interested')

    const wrong = await outcome('Wrong number')
    await log({ contact_id: contactId, phone_call_outcome_id: wrong, to_number: '555-555-0149' })
    const { contact } = (await api.get(`/contacts/${contactId}`)).body
    expect(contact.phone_numbers[0].status).not.toBe(body.contact.phone_numbers[0].status)
  })

  test('an outcome that ends its own sequence ends none: a logged call was made for none', async () => {
    const ends = await api.post('/phone_call_outcomes', { name: 'Ends it', effect: 'finish', answered: true })
    const contactId = await newContact(api)
    const sequenceId = await inSequence(contactId)
    await log({ contact_id: contactId, phone_call_outcome_id: ends.body.phone_call_outcome.id })
    expect(await statusOf(api, contactId, sequenceId)).toMatchObject({ status: 'active' })
  })

  test('what does not exist, and times that cannot be, are named; nothing is kept', async () => {
    const contactId = await newContact(api)
    const { total_entries: before } = (await search()).pagination
    const cases: [object, string][] = [
      [{ contact_id: UNKNOWN_ID }, `The contact ${UNKNOWN_ID} does not exist.`],
      [{ account_id: UNKNOWN_ID }, `The account ${UNKNOWN_ID} does not exist.`],
      [{ user_id: UNKNOWN_ID }, `The user ${UNKNOWN_ID} is not a member of this team.`],
      [
        { contact_id: contactId, phone_call_outcome_id: UNKNOWN_ID },
        `The call outcome ${UNKNOWN_ID} does not exist. GET /phone_call_outcomes lists those there are.`,
      ],
      [{ contact_id: 'x' }, 'Parameters misconfigured. x is not a valid ID'],
      [
        { user_id: [api.userId, api.userId] },
        'The parameter "user_id" has 2 ids; a call is made by one person.',
      ],
      [
        { status: 'gone' },
        'The parameter "status" is "gone"; expected one of queued, ringing, in-progress, completed, no-answer, busy, failed, canceled.',
      ],
      [
        { start_time: '2027-01-13T15:00:00Z', end_time: '2027-01-13T14:00:00Z' },
        'The call lasts -3600 seconds from start_time to end_time; expected 0 to 86400 (a day).',
      ],
      [
        { start_time: '2027-01-13T15:00:00Z', end_time: '2020-01-01T00:00:00Z', duration: 20 },
        'The call lasts -222015600 seconds from start_time to end_time; expected 0 to 86400 (a day).',
      ],
      [{ duration: -1 }, 'The parameter "duration" is -1; expected a whole number from 0 to 86400.'],
    ]
    for (const [body, error] of cases) expect(await log(body)).toMatchObject({ status: 422, body: { error } })
    expect((await search()).pagination.total_entries).toBe(before)
    expect(await sentences(contactId)).toEqual([])
  })
})

describe('changing a call', () => {
  test('keeps what is not given; an outcome that is new has its effect, the same one again has none', async () => {
    const contactId = await newContact(api)
    const sequenceId = await inSequence(contactId, { mark_finished_if_interested: true })
    const { id } = (await log({ contact_id: contactId, duration: 30, to_number: '+15550100' })).body
      .phone_call
    const changed = await api.put(`/phone_calls/${id}`, { note: 'Asked about APIs', duration: 150 })
    expect(changed.body.phone_call).toMatchObject({
      ...{
        id,
        note: 'Asked about APIs',
        note_text: 'Asked about APIs',
        duration: 150,
        to_number: '+15550100',
      },
    })
    expect(await statusOf(api, contactId, sequenceId)).toMatchObject({ status: 'active' })
    const interested = { phone_call_outcome_id: await outcome('Interested') }
    api.clock.advance(MINUTE)
    await api.put(`/phone_calls/${id}`, interested)
    expect(await statusOf(api, contactId, sequenceId)).toMatchObject({ status: 'finished' })
    await api.put(`/phone_calls/${id}`, { ...interested, note: '' })
    const told = (await sentences(contactId)).filter((one) => one?.startsWith('A call was logged.'))
    expect(told).toEqual(['A call was logged.', 'A call was logged. Interested: Asked about APIs'])
    const gone = await api.put(`/phone_calls/${UNKNOWN_ID}`, { note: 'x' })
    expect(gone).toMatchObject({ status: 404, body: { error: 'Record not found.' } })
  })

  test('a dialer tells the end when it comes: the begin stays, and the length follows', async () => {
    const at = (minutes: number) => `2027-01-13T15:${String(minutes).padStart(2, '0')}:00.000+00:00`
    const { id } = (await log({ status: 'in-progress', start_time: at(0) })).body.phone_call
    const times = async (changes: object) => {
      const { phone_call: call } = (await api.put(`/phone_calls/${id}`, changes)).body
      return [call.start_time, call.end_time, call.duration]
    }
    expect(await times({ status: 'completed', end_time: at(10) })).toEqual([at(0), at(10), 600])
    expect(await times({ duration: 120 })).toEqual([at(0), at(2), 120])
    expect(await times({ start_time: at(1) })).toEqual([at(1), at(2), 60])
    expect(await times({ end_time: at(9), duration: 60 })).toEqual([at(8), at(9), 60])
    expect(await times({ note: 'Nothing about time' })).toEqual([at(8), at(9), 60])
    expect((await api.put(`/phone_calls/${id}`, { end_time: at(7) })).body.parameter).toBe('end_time')
  })

  test('two who change a call at once both do', async () => {
    const { id } = (await log({ duration: 5 })).body.phone_call
    await Promise.all([
      api.put(`/phone_calls/${id}`, { note: 'Said' }),
      api.put(`/phone_calls/${id}`, { duration: 90 }),
      api.put(`/phone_calls/${id}`, { to_number: '+15550102' }),
    ])
    const call = (await api.put(`/phone_calls/${id}`, {})).body.phone_call
    expect(call).toMatchObject({ note: 'Said', duration: 90, to_number: '+15550102' })
  })

  test('goes on with an outcome that the list has no more, and with a contact that was deleted', async () => {
    const contactId = await newContact(api)
    const made = await api.post('/phone_call_outcomes', { name: 'For a while', answered: true })
    const { id: outcomeId } = made.body.phone_call_outcome
    const { id } = (await log({ contact_id: contactId, phone_call_outcome_id: outcomeId })).body.phone_call
    await api.delete(`/phone_call_outcomes/${outcomeId}`)
    const another = await newContact(api)
    const given = await api.put(`/phone_calls/${id}`, { contact_id: another })
    expect(given.body.phone_call).toMatchObject({ contact_id: another, phone_call_outcome_id: outcomeId })
    await api.delete(`/contacts/${another}`)
    const changed = await api.put(`/phone_calls/${id}`, { note: 'Late', phone_call_outcome_id: outcomeId })
    expect(changed.body.phone_call).toMatchObject({ note: 'Late', phone_call_outcome_id: outcomeId })
  })

  test('the call of a task has the id of the task, and keeps what the task came to', async () => {
    const contactId = await newContact(api)
    const made = await api.post('/tasks', {
      ...{ type: 'call', user_id: api.userId, contact_id: contactId, status: 'scheduled' },
    })
    const { id } = made.body.task
    const voicemail = await outcome('Left voicemail')
    const ended = await api.post(`/tasks/${id}/complete`, {
      ...{ phone_call_outcome_id: voicemail, to_number: '+15550101', note: 'Beeped' },
    })
    expect(ended.body.task.phone_call).toMatchObject({ id, to_number: '+15550101' })
    const [call] = (await search('?q_keywords=Beeped')).phone_calls
    expect(call).toMatchObject({
      ...{ id, outreach_task_id: id, user_id: api.userId, phone_call_outcome_id: voicemail },
      ...{ start_time: NOW(), note: 'Beeped', to_number: '+15550101' },
    })
    const refused = await api.put(`/phone_calls/${id}`, { phone_call_outcome_id: await outcome('Busy') })
    expect(refused).toMatchObject({ status: 422, body: { parameter: 'phone_call_outcome_id' } })
    expect(refused.body.error).toContain(`that of the task ${id}`)
    expect((await api.put(`/phone_calls/${id}`, { duration: 20 })).body.phone_call.duration).toBe(20)
  })
})

describe('searching calls', () => {
  test('by day, length, caller, list, purpose, outcome and words; facets count what matches besides the outcome', async () => {
    const contactId = await newContact(api, { first_name: 'Zebedee', label_names: ['Called'] })
    const { label_ids: lists } = (await api.get(`/contacts/${contactId}`)).body.contact
    const busy = await outcome('Busy')
    const about = { contact_id: contactId, phone_call_purpose_id: '6095a710bd01d100a506d4cd' }
    // 23:30 on the 20th in New York is the 21st in UTC.
    const late = await log({ ...about, start_time: '2027-01-21T04:30:00Z', duration: 10 })
    const next = await log({
      ...about,
      start_time: '2027-01-21T15:00:00Z',
      duration: 90,
      phone_call_outcome_id: busy,
    })
    const going = await log({ contact_id: contactId, start_time: '2027-01-22T15:00:00Z', status: 'ringing' })
    const [a, b, c] = [late, next, going].map((one) => one.body.phone_call.id)
    const found = async (query: string) => idsOf(await search(`?q_keywords=zebedee&${query}`))
    expect(await found('')).toEqual([c, b, a])
    expect(await found('date_range[min]=2027-01-21')).toEqual([c, b])
    expect(await found('date_range[max]=2027-01-20')).toEqual([a])
    expect(await found('duration[min]=11&duration[max]=90')).toEqual([b])
    expect(await found(`contact_label_ids[]=${lists[0]}`)).toEqual([c, b, a])
    expect(await found(`contact_label_ids[]=${UNKNOWN_ID}`)).toEqual([])
    expect(await found(`user_ids[]=${UNKNOWN_ID}`)).toEqual([])
    expect(await found('phone_call_purpose_ids[]=6095a710bd01d100a506d4cd')).toEqual([b, a])
    expect(await found('inbound=true')).toEqual([])
    expect(await found('inbound=false')).toEqual([c, b, a])
    const ofOutcome = await search(`?q_keywords=zebedee&phone_call_outcome_ids[]=${busy}&page=1&per_page=1`)
    expect(idsOf(ofOutcome)).toEqual([b])
    expect(ofOutcome.pagination).toEqual({ page: '1', per_page: '1', total_entries: 1, total_pages: 1 })
    expect(ofOutcome.faceting.phone_call_stats_facets).toEqual([
      { value: 'active', display_name: 'Active Calls', count: 1 },
      { value: busy, display_name: 'Busy', count: 1 },
      { value: 'other', display_name: 'No Disposition', count: 2 },
    ])
    expect(ofOutcome.pipeline_total).toBe(1)
    const wrong = await api.get('/phone_calls/search?date_range[min]=soon')
    expect(wrong).toMatchObject({ status: 422, body: { parameter: 'date_range[min]' } })
    const wording = await api.get('/phone_calls/search?inbound=perhaps')
    expect(wording.body.error).toBe('The parameter "inbound" is "perhaps"; expected true or false.')
  })

  test('calls of a contact that was merged are those of the one that stays', async () => {
    const [kept, other] = [await newContact(api), await newContact(api)]
    const { id } = (await log({ contact_id: other })).body.phone_call
    const merged = await api.post(`/contacts/${kept}/merge`, { contact_id: other })
    expect(merged.status).toBe(200)
    const call = (await search()).phone_calls.find((one: { id: string }) => one.id === id)
    expect(call.contact_id).toBe(kept)
  })
})

test.runIf(hasContract)('every recorded key is there, of the recorded type', async () => {
  const contactId = await newContact(api, { organization_name: 'Hooli' })
  await inSequence(contactId)
  const made = await log({
    ...{ contact_id: contactId, duration: 45, phone_call_outcome_id: await outcome('Left voicemail') },
    ...{ phone_call_purpose_id: '6095a710bd01d100a506d4cd' },
  })
  expect(missingKeys(recorded('post', '/phone_calls'), made.body)).toEqual([])
  const changed = await api.put(`/phone_calls/${made.body.phone_call.id}`, { note: 'x' })
  expect(missingKeys(recorded('put', '/phone_calls/{id}'), changed.body)).toEqual([])
  const day = new Date(START).toISOString().slice(0, 10)
  const found = await search(`?date_range[min]=${day}&page=1&per_page=5`)
  expect(missingKeys(recorded('get', '/phone_calls/search'), found)).toEqual([])
})
