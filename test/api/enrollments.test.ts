import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { kysely } from '../../src/store/db.ts'
import { startApi } from '../support/api.ts'
import { add, newContact, newContacts, newSequence, step } from '../support/outreach.ts'

const api = await startApi()
afterAll(() => api.close())

const search = (more: object) => api.post('/enrollments/search', more)
const change = (query: ReturnType<typeof sql>) => query.execute(kysely(api.db))

test('people show their state, sentence, step and moment; the numbers are those of the rows', async () => {
  const { id, steps } = await newSequence(api, { active: true })
  const [ana, bob, eve] = await newContacts(api, 3, { organization_name: 'Acme' })
  await add(api, id, [ana!, bob!, eve!])
  await api.post(`/emailer_campaigns/${id}/change_contact_statuses`, {
    contact_ids: [bob],
    status: 'paused',
  })
  await api.post(`/emailer_campaigns/${id}/change_contact_statuses`, {
    contact_ids: [eve],
    status: 'finished',
  })
  const { status, body } = await search({ sequence_id: id })
  expect(status).toBe(200)
  expect(body.counts).toEqual({
    active: 1,
    paused: 1,
    finished: 1,
    failed: 0,
    replied: 0,
    bounced: 0,
    held: 0,
    total: 3,
  })
  expect(body.pagination.total_entries).toBe(3)
  const of = (contactId: string) =>
    body.enrollments.find((each: { contact: { id: string } }) => each.contact.id === contactId)
  expect(of(ana!)).toMatchObject({
    state: 'active',
    sentence: 'Waiting for step 1 of 3.',
    step_id: steps[0],
    step_position: 1,
    num_steps: 3,
    next_at: new Date(api.clock.now()).toISOString(),
    next_gate: null,
    mailbox_email: 'sandbox@segue.test',
    contact: { company: 'Acme' },
  })
  expect(of(bob!)).toMatchObject({ state: 'paused', reason: 'paused_by_person', next_at: null })
  expect(of(eve!)).toMatchObject({ state: 'finished', reason: 'marked_finished' })
  const paused = await search({ sequence_id: id, state: 'paused' })
  expect(paused.body.enrollments.map((each: { contact: { id: string } }) => each.contact.id)).toEqual([bob])
})

test('letters of a name, an address or a company find people', async () => {
  const { id } = await newSequence(api)
  const ana = await newContact(api, { first_name: 'Zorica', last_name: 'Novak' })
  await add(api, id, [ana, await newContact(api)])
  for (const q of ['zori', 'NOVAK', 'zori nov']) {
    const { body } = await search({ sequence_id: id, q })
    expect(body.enrollments.map((each: { contact: { id: string } }) => each.contact.id)).toEqual([ana])
  }
  expect((await search({ sequence_id: id, q: '%' })).body.enrollments).toEqual([])
})

test('whoever waits for a gate is shown with it', async () => {
  const { id } = await newSequence(api)
  const ana = await newContact(api)
  await add(api, id, [ana])
  const { body } = await search({ sequence_id: id })
  expect(body.enrollments[0]).toMatchObject({
    state: 'active',
    next_at: null,
    next_gate: { name: 'sequence_active', sentence: 'Sequence inactive. Turn the sequence on.' },
  })
})

async function enrollmentId(sequenceId: string): Promise<string> {
  const { body } = await search({ sequence_id: sequenceId })
  return body.enrollments[0].id
}

test('why not sent: every gate in order, the closed ones with value, sentence and moment', async () => {
  const schedule = await api.post('/emailer_schedules', {
    name: 'Fridays',
    time_zone: 'America/New_York',
    schedule_hash: { friday: [[9, 17]] },
  })
  const { id } = await newSequence(api, {
    active: true,
    emailer_schedule_id: schedule.body.emailer_schedule.id,
    emailer_steps: [step({ body: 'Hi {{first_name}}, {{industry}}' })],
  })
  await add(api, id, [await newContact(api)])
  const { status, body } = await api.get(`/enrollments/${await enrollmentId(id)}/why`)
  expect(status).toBe(200)
  const closed = body.gates.filter((gate: { state: string }) => gate.state === 'closed')
  expect(closed.map((gate: { name: string }) => gate.name)).toEqual(['variables_present', 'window'])
  expect(closed[0]).toMatchObject({ value: 'industry', sentence: expect.stringContaining('Fill it in') })
  // It is Thursday: Friday 9:00 in New York is next.
  expect(closed[1]).toMatchObject({ until: '2027-01-15T14:00:00.000Z' })
  expect(body).toMatchObject({ decision: 'variables_present', next_at: null })
  expect(body.gates.length).toBeGreaterThan(15)
  expect(body.gates.every((gate: { rule: string }) => gate.rule !== '')).toBe(true)
})

test('a hold whose code the wire knows shows as failed with it, any other as paused', async () => {
  const { id } = await newSequence(api, { active: true })
  const ana = await newContact(api)
  await add(api, id, [ana])
  const status = async () => {
    const { body } = await api.get(`/contacts/${ana}`)
    return body.contact.contact_campaign_statuses[0]
  }
  const hold = (reason: string, detail: string) =>
    change(
      sql`update enrollments set due_at = null, hold_reason = ${reason}, hold_detail = ${detail} where sequence_id = ${id}`,
    )
  await hold('contact_stage_safeguard', 'Contact stage is Replied')
  expect(await status()).toMatchObject({
    status: 'failed',
    failure_reason: 'contact_stage_safeguard',
    inactive_reason: 'Contact stage is Replied.',
  })
  await hold('stale', 'overdue by 8 days')
  expect(await status()).toMatchObject({ status: 'paused', failure_reason: null })
})

test('fix and retry lets a held person go on; there is nothing to release for who waits', async () => {
  const { id } = await newSequence(api, { active: true })
  await add(api, id, [await newContact(api)])
  const enrollment = await enrollmentId(id)
  const nothing = await api.post(`/enrollments/${enrollment}/release`)
  expect(nothing).toMatchObject({ status: 422, body: { code: 'nothing_to_release' } })
  await change(
    sql`update enrollments set due_at = null, hold_reason = 'snippets_missing' where id = ${enrollment}`,
  )
  const { body } = await api.post(`/enrollments/${enrollment}/release`)
  expect(body.enrollment).toMatchObject({ status: 'active', failure_reason: null })
  await change(
    sql`update enrollments set due_at = null, hold_reason = 'delivery_unknown' where id = ${enrollment}`,
  )
  const unknown = await api.post(`/enrollments/${enrollment}/release`)
  expect(unknown.body.code).toBe('delivery_unknown')
})

test('nobody who was deleted goes on', async () => {
  const { id } = await newSequence(api, { active: true })
  const ana = await newContact(api)
  await add(api, id, [ana])
  await api.delete(`/contacts/${ana}`)
  const [row] = (await search({ sequence_id: id })).body.enrollments
  expect(row).toMatchObject({ state: 'failed', reason: 'contact_deleted' })
  const { status, body } = await api.post(`/enrollments/${row.id}/release`)
  expect([status, body.code]).toEqual([422, 'contact_deleted'])
  expect((await search({ sequence_id: id })).body.enrollments).toMatchObject([{ state: 'failed' }])
})

test('an enrollment that is not there is not found', async () => {
  expect((await api.get(`/enrollments/${'a'.repeat(24)}/why`)).status).toBe(404)
  expect((await api.post(`/enrollments/${'a'.repeat(24)}/release`)).status).toBe(404)
  expect((await search({ sequence_id: 'a'.repeat(24) })).status).toBe(404)
  expect((await search({})).body.error).toContain('sequence_id')
})
