import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { kysely } from '../../src/store/db.ts'
import { startApi } from '../support/api.ts'
import { hasContract, missingKeys, recorded } from '../support/contract.ts'
import { add, newContact, newSequence } from '../support/outreach.ts'

const api = await startApi()
afterAll(() => api.close())

const search = (more: object = {}) => api.post('/emailer_messages/search', more)
const ids = (body: { emailer_messages: { id: string }[] }) => body.emailer_messages.map((each) => each.id)

let sequence: { id: string; steps: string[] }
const people: Record<'sent' | 'waiting' | 'held' | 'unknown' | 'bounced', string> = {
  sent: '',
  waiting: '',
  held: '',
  unknown: '',
  bounced: '',
}

/** The ledger row that the engine would have written for the first email. */
async function row(contactId: string, state: string, more: Record<string, string | null> = {}) {
  await sql`
    insert into messages (team_id, id, enrollment_id, sequence_id, step_id, contact_id, mailbox_id, user_id, state, rfc_id, from_address,
      to_address, address_hash, body_hash, marked_at, settled_at, bounce, smtp_reply, created_at, updated_at)
    select team_id, message_id, id, sequence_id, step_id, contact_id, mailbox_id, ${api.userId}, ${state}, '<' || message_id || '@segue.test>',
      'sandbox@segue.test', address, '', '', '2027-01-14T15:00Z', '2027-01-14T15:00Z', ${more['bounce'] ?? null}, ${more['reply'] ?? null},
      '2027-01-14T14:59Z', '2027-01-14T15:00Z' from enrollments where contact_id = ${contactId}`.execute(
    kysely(api.db),
  )
  await sql`
    insert into message_contents (team_id, message_id, salt, subject, html, body)
    select team_id, message_id, '', 'Offer of ' || ${state}, '<p>Hi</p>', 'Hi' from enrollments where contact_id = ${contactId}`.execute(
    kysely(api.db),
  )
}

beforeAll(async () => {
  sequence = await newSequence(api, { active: true })
  for (const name of Object.keys(people) as (keyof typeof people)[])
    people[name] = await newContact(api, { first_name: name })
  await add(api, sequence.id, Object.values(people))
  await row(people.sent, 'accepted')
  await row(people.unknown, 'unknown')
  await row(people.bounced, 'accepted', { bounce: 'hard' })
  await sql`update enrollments set step_id = ${sequence.steps[1]}, parent_message_id = message_id, message_id = 'a' || substr(message_id, 2)
    where contact_id = ${people.sent}`.execute(kysely(api.db))
  await sql`update enrollments set due_at = null, hold_reason = 'snippets_missing', hold_detail = 'title'
    where contact_id = ${people.held}`.execute(kysely(api.db))
})

test('what was sent is a row, what will be sent is the next email of each person', async () => {
  const { status, body } = await search({ contact_id: people.sent })
  expect(status).toBe(200)
  expect(body.emailer_messages.map((each: { status: string }) => each.status).sort()).toEqual([
    'completed',
    'scheduled',
  ])
  const sent = body.emailer_messages.find((each: { status: string }) => each.status === 'completed')
  expect(sent).toMatchObject({
    subject: 'Offer of accepted',
    body_html: '<p>Hi</p>',
    completed_at: '2027-01-14T15:00:00.000+00:00',
    campaign_name: 'Outreach',
    campaign_position: 1,
    emailer_step_id: sequence.steps[0],
    from_email: 'sandbox@segue.test',
  })
  const next = body.emailer_messages.find((each: { status: string }) => each.status === 'scheduled')
  expect(next).toMatchObject({
    emailer_step_id: sequence.steps[1],
    subject: 'Re: Offer of accepted',
    completed_at: null,
    body_html_loaded: false,
  })
  expect(body.emailer_steps.map((each: { position: number }) => each.position).sort()).toEqual([1, 2])
  expect(body.num_fetch_result).toBe(null)
})

test('stats filter: delivered, scheduled, bounced, failed', async () => {
  const of = async (...stats: string[]) =>
    (
      await search({ emailer_campaign_ids: [sequence.id], emailer_message_stats: stats })
    ).body.emailer_messages.map((each: { contact_id: string }) => each.contact_id)
  expect(await of('delivered')).toEqual([people.sent])
  expect(await of('bounced')).toEqual([people.bounced])
  expect((await of('scheduled')).sort()).toEqual([people.sent, people.unknown, people.waiting].sort())
  expect(await of('failed_other')).toEqual([people.held])
  expect((await of('delivered', 'bounced')).sort()).toEqual([people.sent, people.bounced].sort())
})

test('a held email is failed with the code of its hold and a sentence', async () => {
  const { body } = await search({ not_sent_reason_cds: ['snippets_missing'] })
  expect(body.emailer_messages).toEqual([
    expect.objectContaining({
      contact_id: people.held,
      status: 'failed',
      not_sent_reason: 'snippets_missing',
      failure_reason: expect.stringMatching(/^title\. A value/),
    }),
  ])
})

test('words, dates, pages and what does not sort', async () => {
  const words = await search({ q_keywords: 'offer unknown' })
  expect(words.body.emailer_messages.map((each: { contact_id: string }) => each.contact_id)).toEqual([
    people.unknown,
  ])
  const day = (min: string, max: string) =>
    search({ emailer_message_date_range_mode: 'completed_at', emailer_message_date_range: { min, max } })
  expect((await day('2027-01-14', '2027-01-14')).body.emailer_messages).toHaveLength(2)
  expect((await day('2027-01-15', '2027-01-16')).body.emailer_messages).toEqual([])
  expect((await day('yesterday', '')).body.error).toContain('yesterday')
  expect((await day('0000-01-01', '')).body).toMatchObject({
    error: expect.stringMatching(/date_range\[min\].*0000-01-01.*1970 to 9998/),
    parameter: 'emailer_message_date_range[min]',
  })
  expect((await day('', '9999-12-31')).body.error).toMatch(/date_range\[max\].*9999-12-31.*1970 to 9998/)
  expect((await day('1970-01-01', '9998-12-31')).body.emailer_messages).toHaveLength(2)
  const query = await api.get(
    `/emailer_messages/search?emailer_message_date_range[min]=2027-01-14&emailer_message_date_range_mode=completed_at&per_page=1&page=2`,
  )
  expect(query.body.emailer_messages).toHaveLength(1)
  expect(query.body.pagination).toMatchObject({ total_entries: 2, total_pages: 2 })
  const sorted = await search({ sort_by_field: 'created_at' })
  expect(sorted).toMatchObject({
    status: 422,
    body: { error: 'No mapping found for [created_at] in order to sort on' },
  })
  expect((await search({ per_page: 0 })).body.error).toBe('An error occurred. Per page cannot be 0.')
})

test('unknown ones are listed by name, and a person says what became of them, once', async () => {
  const { body } = await api.get('/emailer_messages/unknown')
  expect(body.emailer_messages).toEqual([
    expect.objectContaining({ contact_id: people.unknown, unknown: true, status: 'scheduled' }),
  ])
  const [id] = ids(body)
  const resolve = () => api.post(`/emailer_messages/${id}/resolve`, { as: 'sent' })
  expect((await resolve()).body.emailer_message).toEqual({ id, resolved_as: 'sent' })
  expect((await api.get('/emailer_messages/unknown')).body.emailer_messages).toEqual([])
  expect(await resolve()).toMatchObject({ status: 422, body: { code: 'not_unknown' } })
  const wrong = await api.post(`/emailer_messages/${id}/resolve`, { as: 'maybe' })
  expect(wrong.body.parameter).toBe('as')
  const nobody = await api.post(`/emailer_messages/${'b'.repeat(24)}/resolve`, { as: 'sent' })
  expect(nobody).toMatchObject({ status: 404, body: { error: 'Email message not found' } })
})

test.runIf(hasContract)('the answer has every recorded key', async () => {
  const { body } = await search({ contact_id: people.held })
  expect(missingKeys(recorded('get', '/emailer_messages/search'), body)).toEqual([])
})

test('adding again whoever was removed says what they received before', async () => {
  await api.post('/emailer_campaigns/remove_or_stop_contact_ids', {
    emailer_campaign_ids: [sequence.id],
    contact_ids: [people.sent],
    mode: 'remove',
  })
  const { body } = await add(api, sequence.id, [people.sent])
  expect(body.received_before).toEqual([
    {
      id: people.sent,
      step_position: 1,
      sent_at: '2027-01-14T15:00:00.000Z',
      sentence: 'Received step 1 on 2027-01-14.',
    },
  ])
})

const status = (id?: string) => api.post('/emailer_messages/email_send_status', { id })
const content = (body: object) => api.post('/emailer_messages/get_content', body)
const emailTo = async (name: keyof typeof people) =>
  (await search({ contact_id: people[name] })).body.emailer_messages.toSorted(
    (a: { campaign_position: number }, b: { campaign_position: number }) =>
      a.campaign_position - b.campaign_position,
  )[0].id

test('how far an email is: sent, come back, held, under way, or known to nobody', async () => {
  expect((await status(await emailTo('sent'))).body).toMatchObject({
    status: 'completed',
    message: 'Email delivered successfully.',
    completed_at: '2027-01-14T15:00:00.000Z',
  })
  expect((await status(await emailTo('bounced'))).body).toMatchObject({
    status: 'completed',
    message: 'Email was sent and came back.',
    bounce: true,
  })
  const held = await emailTo('held')
  expect((await status(held)).body).toMatchObject({
    id: held,
    status: 'failed',
    message: 'Email failed to send.',
    not_sent_reason: 'snippets_missing',
    failure_reason: expect.stringContaining('title'),
  })
  expect((await status(await emailTo('waiting'))).body).toMatchObject({
    status: 'scheduled',
    message: 'Email is still being processed. Try again in 10-20 seconds.',
    retry_after_seconds: expect.any(Number),
    due_at: expect.stringMatching(/^2027-/),
  })
  const lost = await newContact(api)
  await add(api, sequence.id, [lost])
  await row(lost, 'unknown')
  const [email] = (await search({ contact_id: lost })).body.emailer_messages
  const unknown = (await status(email.id)).body
  expect(unknown).toMatchObject({ status: 'scheduled', unknown: true })
  expect(unknown.retry_after_seconds).toBeUndefined()
})

test('an email that is not there, and none at all', async () => {
  for (const id of ['f'.repeat(24), '17'])
    expect(await status(id)).toMatchObject({ status: 404, body: { error: 'Email message not found' } })
  expect((await status()).body).toEqual({ error: 'Missing required parameter: id', parameter: 'id' })
  expect((await content({})).body).toEqual({ error: 'Missing required parameter: ids', parameter: 'ids' })
})

test('what was sent is read as text or html; the rest is left out, and so are ids after the tenth', async () => {
  const [sent, held, bounced] = [await emailTo('sent'), await emailTo('held'), await emailTo('bounced')]
  const plain = await content({ ids: [bounced, held, sent, 'f'.repeat(24), '17', sent] })
  expect(plain.body.emailer_messages).toMatchObject([
    { id: bounced, subject: 'Offer of accepted', body: 'Hi', body_format: 'plain' },
    { id: sent, status: 'completed', sent_at: '2027-01-14T15:00:00.000+00:00', recipients: [{ type: 'to' }] },
  ])
  const html = await content({ ids: [sent], body_format: 'html' })
  expect(html.body.emailer_messages).toMatchObject([{ body: '<p>Hi</p>', body_format: 'html' }])
  const late = await content({ ids: [...Array(10).fill(held), sent] })
  expect(late.body).toEqual({ emailer_messages: [] })
})

test.runIf(hasContract)('every recorded key of the state and the content of an email is there', async () => {
  const of = (path: string, name: string) => recorded('post', path, { name })
  const ofStatus = (name: string) => of('/emailer_messages/email_send_status', name)
  const [sent, held] = [await emailTo('sent'), await emailTo('held')]
  expect(missingKeys(ofStatus('Email delivered'), (await status(sent)).body)).toEqual([])
  expect(missingKeys(ofStatus('Email failed'), (await status(held)).body)).toEqual([])
  const waiting = (await status(await emailTo('waiting'))).body
  expect(missingKeys(ofStatus('Email still being processed'), waiting)).toEqual([])
  const read = (await content({ ids: [sent] })).body
  expect(missingKeys(of('/emailer_messages/get_content', 'OK'), read)).toEqual([])
})
