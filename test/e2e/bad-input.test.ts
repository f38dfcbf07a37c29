// What goes in wrong comes back as a sentence that names the thing, the value and the way out; nothing is half-done, the process stays up.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApiKey } from '../../src/store/api-keys.ts'
import { teamById } from '../../src/store/teams.ts'
import { type Answered, type RunningSegue, startRunning } from '../support/running.ts'
import { createTeam } from '../support/team.ts'
import { until } from '../support/until.ts'

const NOBODY = 'a'.repeat(24)
let segue: RunningSegue
let mailboxId: string
let sequenceId: string
let contactId: string
/** Of another team: its key, and ids of everything it has. */
let theirs: { key: string; mailbox: string; sequence: string; schedule: string; contact: string }

const touch = {
  status: 'approved',
  emailer_template: { subject: 'Hi', body_html: '<p>Hi {{first_name}}.</p>' },
}
const steps = [{ type: 'auto_email', wait_time: 5, wait_mode: 'day', emailer_touches: [touch] }]

beforeAll(async () => {
  segue = await startRunning()
  mailboxId = (await segue.get('/email_accounts')).body.email_accounts[0].id
  sequenceId = (await segue.post('/sequences', { name: 'Ours', active: true, emailer_steps: steps })).body
    .emailer_campaign.id
  contactId = (await segue.post('/contacts', { first_name: 'Ann', email: 'ann@one.test' })).body.contact.id
  theirs = await anotherTeam()
}, 60_000)
afterAll(() => segue?.stop())

async function anotherTeam(): Promise<typeof theirs> {
  const { clock, random, pools } = segue.house
  const now = clock.now()
  const made = await createTeam(pools.api, { now, random })
  const { publicId } = await teamById(pools.api, made.team)
  const { team, userId: createdBy, mailboxId: mailbox } = made
  const { key } = await createApiKey(pools.api, {
    ...{ team, teamPublicId: publicId, name: 'theirs', createdBy, now, random },
  })
  const windows = { time_zone: 'UTC', schedule_hash: { monday: [[9, 12]] } }
  const schedule = await segue.call('POST', '/emailer_schedules', windows, key)
  const scheduleId: string = schedule.body.emailer_schedule.id
  const asked = { name: 'Theirs', emailer_schedule_id: scheduleId, emailer_steps: steps }
  const sequence = (await segue.call('POST', '/sequences', asked, key)).body.emailer_campaign.id
  const contact = (await segue.call('POST', '/contacts', { email: 'kim@two.test' }, key)).body.contact.id
  return { key, mailbox, sequence, schedule: scheduleId, contact }
}

const add = (more: Record<string, unknown> = {}, sequence = sequenceId) =>
  segue.post(`/emailer_campaigns/${sequence}/add_contact_ids`, {
    emailer_campaign_id: sequence,
    contact_ids: [contactId],
    send_email_from_email_account_id: mailboxId,
    ...more,
  })

async function peopleIn(sequence: string): Promise<number> {
  return (await segue.post('/enrollments/search', { sequence_id: sequence })).body.counts.total
}

test.each([
  [
    'contact_ids that are one number in a list in a list',
    { contact_ids: [[[5]]] },
    /\[\[5\]\] is not a valid ID/,
  ],
  ['contact_ids that are an object', { contact_ids: { first: { id: 'x' } } }, /"first".*is not a valid ID/],
  ['a mailbox that is a truth', { send_email_from_email_account_id: true }, /true is not a valid ID/],
  ['a flag that is a word', { sequence_no_email: 'perhaps' }, /sequence_no_email.*"perhaps"/],
  ['a status that is none', { status: 'asleep' }, /status.*"asleep".*active.*paused/],
  ['a moment that is none', { status: 'paused', auto_unpause_at: 'some day' }, /auto_unpause_at.*"some day"/],
  [
    'neither contacts nor lists',
    { contact_ids: undefined },
    /Please specify either contact_ids or label_names\./,
  ],
  ['a mailbox that does not exist', { send_email_from_email_account_id: NOBODY }, new RegExp(NOBODY)],
  [
    'a mailbox that is no id',
    { send_email_from_email_account_id: 'me@x.test' },
    /me@x\.test is not a valid ID/,
  ],
])('adding with %s is refused in words, and nobody is added', async (_what, more, sentence) => {
  const { status, body } = await add(more)
  expect(status).toBe(422)
  expect(body.error).toMatch(sentence)
  expect(await peopleIn(sequenceId)).toBe(0)
})

test('adding to a sequence that does not exist, or that is no id, says so', async () => {
  const unknown = await add({}, NOBODY)
  expect(unknown.status).toBeGreaterThanOrEqual(404)
  expect(unknown.status).toBeLessThan(500)
  expect(unknown.body.error).toEqual(expect.any(String))
  expect((await add({}, 'nonsense')).body.error).toBe('Parameters misconfigured. nonsense is not a valid ID')
})

test('one contact id that is no id refuses the whole call, in the recorded words', async () => {
  const { status, body } = await add({ contact_ids: [contactId, 'nonsense'] })
  expect([status, body.error]).toEqual([422, 'Parameters misconfigured. nonsense is not a valid ID'])
  expect(await peopleIn(sequenceId)).toBe(0)
})

test('a broken body that holds the key is a 400 that says where it breaks', async () => {
  const response = await fetch(`${segue.url}/api/v1/emailer_campaigns/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `{"api_key": "${segue.key}", "q_name": "Ours"`,
  })
  expect(response.status).toBe(400)
  expect(((await response.json()) as { error: string }).error).toMatch(/not valid JSON.*line 1/)
})

test('10 MB sent to a documented call is a 413 that names the limit, and nobody is added', async () => {
  const { status, body } = await add({ note: 'x'.repeat(10 * 1024 * 1024) })
  expect([status, body.error]).toEqual([413, expect.stringContaining('2 MB')])
  expect(await peopleIn(sequenceId)).toBe(0)
})

const OTHERS: [string, () => Promise<Answered>][] = [
  ['shown', () => segue.get(`/emailer_campaigns/${theirs.sequence}`)],
  ['renamed', () => segue.call('PUT', `/sequences/${theirs.sequence}`, { name: 'Stolen' })],
  ['turned on', () => segue.post(`/emailer_campaigns/${theirs.sequence}/approve`)],
  ['turned off', () => segue.post(`/emailer_campaigns/${theirs.sequence}/abort`)],
  ['archived', () => segue.post(`/emailer_campaigns/${theirs.sequence}/archive`)],
  ['judged', () => segue.get(`/sequences/${theirs.sequence}/readiness`)],
  ['previewed', () => segue.post(`/sequences/${theirs.sequence}/preview`, { subject: 'x', body_html: 'x' })],
  ['added to', () => add({}, theirs.sequence)],
]

test.each(OTHERS)("another team's sequence cannot be %s", async (_what, call) => {
  const { status, body } = await call()
  expect([404, 422]).toContain(status)
  expect(body.error).toEqual(expect.any(String))
  const { body: seen } = await segue.call(
    'GET',
    `/emailer_campaigns/${theirs.sequence}`,
    undefined,
    theirs.key,
  )
  expect(seen.emailer_campaign).toMatchObject({ name: 'Theirs', active: false, archived: false })
})

test("another team's contact is not found, its mailbox and its schedule do not exist", async () => {
  const contact = await add({ contact_ids: [theirs.contact] })
  expect(contact.body.skipped_contact_ids).toEqual({ [theirs.contact]: 'contact_not_found' })
  const mailbox = await add({ send_email_from_email_account_id: theirs.mailbox })
  expect([mailbox.status, mailbox.body.error]).toEqual([422, expect.stringContaining(theirs.mailbox)])
  const schedule = await segue.post('/sequences', { name: 'S', emailer_schedule_id: theirs.schedule })
  expect([schedule.status, schedule.body.error]).toEqual([422, expect.stringContaining(theirs.schedule)])
  expect((await segue.get(`/email_accounts/${theirs.mailbox}`)).status).toBe(404)
  const renamed = await segue.call('PUT', `/email_accounts/${theirs.mailbox}`, { from_name: 'Stolen' })
  expect(renamed.status).toBe(404)
  expect((await segue.post(`/email_accounts/${theirs.mailbox}/check`)).status).toBe(404)
  const closed = { schedule_hash: { monday: [[1, 2]] } }
  expect((await segue.call('PUT', `/emailer_schedules/${theirs.schedule}`, closed)).status).toBe(404)
  expect((await segue.call('DELETE', `/emailer_schedules/${theirs.schedule}`)).status).toBe(404)
  expect(await peopleIn(sequenceId)).toBe(0)
})

test("another team's people cannot be stopped, and who tries is told nothing about them", async () => {
  const enrolled = await segue.call(
    'POST',
    `/emailer_campaigns/${theirs.sequence}/add_contact_ids`,
    {
      emailer_campaign_id: theirs.sequence,
      contact_ids: [theirs.contact],
      send_email_from_email_account_id: theirs.mailbox,
    },
    theirs.key,
  )
  expect(enrolled.body.skipped_contact_ids).toEqual({})
  for (const mode of ['mark_as_finished', 'remove', 'stop']) {
    const { status, body } = await segue.post('/emailer_campaigns/remove_or_stop_contact_ids', {
      emailer_campaign_ids: [theirs.sequence],
      contact_ids: [theirs.contact],
      mode,
    })
    expect([status, body]).toEqual([200, { contacts: [], emailer_campaigns: [] }])
  }
  const seen = await segue.call('POST', '/enrollments/search', { sequence_id: theirs.sequence }, theirs.key)
  expect(seen.body.counts).toMatchObject({ total: 1, finished: 0 })
  const enrollment: string = seen.body.enrollments[0].id
  expect((await segue.get(`/enrollments/${enrollment}/why`)).status).toBe(404)
  expect((await segue.post(`/enrollments/${enrollment}/release`)).status).toBe(404)
})

test('a live step cannot get a template with an unclosed tag: it keeps its words', async () => {
  const { body: before } = await segue.get(`/emailer_campaigns/${sequenceId}`)
  const broken = {
    name: 'Renamed',
    emailer_steps: [
      {
        id: before.emailer_steps[0].id,
        type: 'auto_email',
        wait_time: 1,
        wait_mode: 'hour',
        emailer_touches: [
          {
            id: before.emailer_touches[0].id,
            emailer_template: { subject: 'Hi', body_html: '<p>Hi {{first_name</p>' },
          },
        ],
      },
    ],
  }
  const { status, body } = await segue.call('PUT', `/sequences/${sequenceId}`, broken)
  expect(status).toBe(422)
  expect(body.error).toMatch(/^Step 1, body: Line 1, column 7: .*\{\{first_name.*not closed/)
  const { body: after } = await segue.get(`/emailer_campaigns/${sequenceId}`)
  expect(after.emailer_campaign.name).toBe('Ours')
  expect(after.emailer_steps[0]).toMatchObject({ wait_time: 5, wait_mode: 'day' })
  expect(after.emailer_templates).toEqual(before.emailer_templates)
})

test('a schedule that is in use cannot be changed into one that never opens, or into a zone that does not exist', async () => {
  const { body } = await segue.get('/emailer_schedules')
  const used = body.emailer_schedules.find((one: { name: string }) => one.name === 'Always')
  const never = await segue.call('PUT', `/emailer_schedules/${used.id}`, { schedule_hash: { monday: [] } })
  expect([never.status, never.body.error]).toEqual([422, expect.stringMatching(/never open/)])
  const nowhere = await segue.call('PUT', `/emailer_schedules/${used.id}`, { time_zone: 'Mars/Olympus' })
  expect([nowhere.status, nowhere.body.error]).toEqual([422, expect.stringContaining('Mars/Olympus')])
  const { body: after } = await segue.get('/emailer_schedules')
  expect(after.emailer_schedules.find((one: { id: string }) => one.id === used.id)).toEqual(used)
})

test('a UTF-16 file with a broken quote, an impossible address and an impossible zone gives the good row and names the three', async () => {
  const csv = [
    'email,first name,time zone',
    'good@rows.test,Gül,Europe/Istanbul',
    'quote@rows.test,"Br"oken,',
    'a@b@c,Two signs,',
    'mars@rows.test,Far,Mars/Olympus',
  ].join('\r\n')
  const uploaded = await fetch(`${segue.url}/api/v1/imports?file_name=people.csv`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv', 'x-api-key': segue.key },
    body: Buffer.from(`\ufeff${csv}`, 'utf16le'),
  })
  const { import: made } = (await uploaded.json()) as { import: { id: string; guesses: object } }
  await segue.post(`/imports/${made.id}/start`, { mapping: made.guesses })
  const { body } = await until(
    () => segue.get(`/imports/${made.id}`),
    (seen) => seen.body.import.state === 'done' || seen.body.import.state === 'failed',
    { seconds: 20 },
  )
  expect(body.import).toMatchObject({ state: 'done', rows_created: 1, rows_failed: 3 })
  const { body: failures } = await segue.get(`/imports/${made.id}/failures`)
  expect(failures).toMatch(/goes on/)
  expect(failures).toMatch(/a@b@c/)
  expect(failures).toMatch(/Mars\/Olympus/)
  const { body: found } = await segue.post('/contacts/search', { q_keywords: 'rows.test' })
  expect(found.contacts.map((one: { email: string }) => one.email)).toEqual(['good@rows.test'])
})

test('after all that it works as before', async () => {
  const { status, body } = await add()
  expect([status, body.skipped_contact_ids]).toEqual([200, {}])
  expect(await peopleIn(sequenceId)).toBe(1)
})
