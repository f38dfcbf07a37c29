// The documented calls, pasted with only host, key and ids changed, run by a real curl against the whole program.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { hasContract, missingKeys, recorded } from '../support/contract.ts'
import { type RunningSegue, startRunning } from '../support/running.ts'

let segue: RunningSegue
let mailboxId: string
let sequenceId: string
let name: string
let ann: string
let bob: string

beforeAll(async () => {
  segue = await startRunning()
  mailboxId = (await segue.get('/email_accounts')).body.email_accounts[0].id
}, 60_000)
afterAll(() => segue?.stop())

let made = 0
beforeEach(async () => {
  made++
  name = `Marketing conference ${made} attendees`
  sequenceId = await newSequence(name)
  ann = await contact('Ann')
  bob = await contact('Bob')
})

async function newSequence(called: string): Promise<string> {
  const touch = { status: 'approved', emailer_template: { subject: 'Hi', body_html: '<p>Hi.</p>' } }
  // The first wait is long, so that nobody moves on while a test looks.
  const steps = [{ type: 'auto_email', wait_time: 5, wait_mode: 'day', emailer_touches: [touch] }]
  const { body } = await segue.post('/sequences', { name: called, active: true, emailer_steps: steps })
  return body.emailer_campaign.id
}

async function contact(firstName: string): Promise<string> {
  const email = `${firstName.toLowerCase()}${made}@${firstName.toLowerCase()}${made}.test`
  const { body } = await segue.post('/contacts', { first_name: firstName, last_name: 'Sample', email })
  return body.contact.id
}

/** One status of a contact on the wire, in this test's sequence. */
async function statusOf(contactId: string): Promise<{ status: string; inactive_reason: string | null }> {
  const { body } = await segue.get(`/contacts/${contactId}`)
  return body.contact.contact_campaign_statuses.find(
    (each: { emailer_campaign_id: string }) => each.emailer_campaign_id === sequenceId,
  )
}

interface Curled {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of any shape
  body: any
}

async function curl(...args: string[]): Promise<Curled> {
  const { stdout } = await promisify(execFile)('curl', ['-sS', '-w', '\\n%{http_code}', ...args])
  const end = stdout.lastIndexOf('\n')
  const text = stdout.slice(0, end)
  return {
    status: Number(stdout.slice(end + 1)),
    body: /^[[{]/.test(text) ? JSON.parse(text) : text,
  }
}

/** The form of 2018 to 2020: everything in the JSON body, the key too. */
function original(path: string, body: Record<string, unknown>): Promise<Curled> {
  return curl(
    ...['-X', 'POST', '-H', 'Content-Type: application/json', '-H', 'Cache-Control: no-cache'],
    ...['-d', JSON.stringify({ api_key: segue.key, ...body }, null, 4), `${segue.url}/api/v1${path}`],
  )
}

const HEADERS = ['Cache-Control: no-cache', 'Content-Type: application/json', 'accept: application/json']

/** The current form: the key in a header, parameters in the address. */
function inQuery(path: string, query: readonly (readonly [string, string])[]): Promise<Curled> {
  const address = `${path}?${query.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&')}`
  return curl(
    ...['--request', 'POST', '--url', `${segue.url}/api/v1${address}`],
    ...[...HEADERS, `x-api-key: ${segue.key}`].flatMap((header) => ['--header', header]),
  )
}

/** The current form with a JSON body, as clients make the same calls. */
function inBody(path: string, body: Record<string, unknown>): Promise<Curled> {
  return curl(
    ...['--request', 'POST', '--url', `${segue.url}/api/v1${path}`, '--data', JSON.stringify(body)],
    ...[...HEADERS, `X-Api-Key: ${segue.key}`].flatMap((header) => ['--header', header]),
  )
}

const SEARCHES: [string, () => Promise<Curled>][] = [
  ['the original form', () => original('/emailer_campaigns/search', { q_name: name })],
  [
    'query parameters',
    () =>
      inQuery('/emailer_campaigns/search', [
        ['q_name', name],
        ['page', '1'],
        ['per_page', '10'],
      ]),
  ],
  ['a JSON body', () => inBody('/emailer_campaigns/search', { q_name: name, page: '1', per_page: 10 })],
]

test.each(SEARCHES)('a sequence is found by its name: %s', async (_form, search) => {
  const { status, body } = await search()
  expect(status).toBe(200)
  expect(body.pagination).toMatchObject({ page: 1, total_entries: 1, total_pages: 1 })
  expect(body.emailer_campaigns).toHaveLength(1)
  expect(body.emailer_campaigns[0]).toMatchObject({ id: sequenceId, name, active: true, num_steps: 1 })
  if (hasContract) expect(missingKeys(recorded('post', '/emailer_campaigns/search'), body)).toEqual([])
})

const ADD_CONTACT_IDS = '/emailer_campaigns/{sequence_id}/add_contact_ids'
const nobody = 'f'.repeat(24)
const ADDINGS: [string, (contactIds: string[]) => Promise<Curled>][] = [
  [
    'the original form',
    (contactIds) =>
      original(`/emailer_campaigns/${sequenceId}/add_contact_ids`, {
        emailer_campaign_id: sequenceId,
        contact_ids: contactIds,
        send_email_from_email_account_id: mailboxId,
        userId: nobody,
        async: 'false',
      }),
  ],
  [
    'query parameters',
    (contactIds) =>
      inQuery(`/emailer_campaigns/${sequenceId}/add_contact_ids`, [
        ['emailer_campaign_id', sequenceId],
        ...contactIds.map((id) => ['contact_ids[]', id] as const),
        ['send_email_from_email_account_id', mailboxId],
        ['sequence_no_email', 'false'],
        ['sequence_unverified_email', 'false'],
        ['sequence_job_change', 'false'],
        ['sequence_active_in_other_campaigns', 'false'],
        ['sequence_finished_in_other_campaigns', 'false'],
      ]),
  ],
  [
    'a JSON body',
    (contactIds) =>
      inBody(`/emailer_campaigns/${sequenceId}/add_contact_ids`, {
        emailer_campaign_id: sequenceId,
        contact_ids: contactIds,
        send_email_from_email_account_id: mailboxId,
        sequence_active_in_other_campaigns: false,
      }),
  ],
]

test.each(ADDINGS)(
  'contacts are added, and who was not is named with the true reason: %s',
  async (_form, add) => {
    const first = await add([ann])
    expect(first.status, JSON.stringify(first.body)).toBe(200)
    expect(first.body.skipped_contact_ids).toEqual({})
    const second = await add([ann, bob, nobody])
    expect(second.status).toBe(200)
    expect(second.body.contacts.map((one: { id: string }) => one.id)).toEqual([bob])
    expect(second.body.contacts[0].contact_campaign_statuses).toMatchObject([
      {
        emailer_campaign_id: sequenceId,
        status: 'active',
        send_email_from_email_account_id: mailboxId,
        current_step_position: 1,
      },
    ])
    expect(second.body.skipped_contact_ids).toEqual({
      [ann]: 'contacts_already_exists_in_current_campaign',
      [nobody]: 'contact_not_found',
    })
    expect(second.body.emailer_campaign).toMatchObject({ id: sequenceId, contact_statuses: { active: 2 } })
    expect(second.body.emailer_steps).toHaveLength(1)
    expect(await statusOf(ann)).toMatchObject({ status: 'active', inactive_reason: null })
    if (hasContract)
      expect(Object.keys(second.body)).toEqual(
        expect.arrayContaining(Object.keys(recorded('post', ADD_CONTACT_IDS))),
      )
  },
)

test('who is active elsewhere is left out with the sequence that caused it, until the flag allows it', async () => {
  const elsewhere = await newSequence('Elsewhere')
  const there = await original(`/emailer_campaigns/${elsewhere}/add_contact_ids`, {
    emailer_campaign_id: elsewhere,
    contact_ids: [ann],
    send_email_from_email_account_id: mailboxId,
  })
  expect(there.body.skipped_contact_ids).toEqual({})
  const add = (allowed: string) =>
    inQuery(`/emailer_campaigns/${sequenceId}/add_contact_ids`, [
      ['emailer_campaign_id', sequenceId],
      ['contact_ids[]', ann],
      ['send_email_from_email_account_id', mailboxId],
      ['sequence_active_in_other_campaigns', allowed],
    ])
  const refused = await add('false')
  expect(refused.body.contacts).toEqual([])
  expect(refused.body.skipped_contact_ids).toEqual({ [ann]: 'contacts_active_in_other_campaigns' })
  expect(refused.body.skipped_contacts[0].reasons[0]).toMatchObject({ sequence_id: elsewhere })
  expect((await add('true')).body.skipped_contact_ids).toEqual({})
})

const STOPS: [string, (mode: string) => Promise<Curled>][] = [
  [
    'the original form',
    (mode) =>
      original('/emailer_campaigns/remove_or_stop_contact_ids', {
        emailer_campaign_ids: [sequenceId],
        contact_ids: [ann],
        mode,
        async: 'false',
      }),
  ],
  [
    'query parameters',
    (mode) =>
      inQuery('/emailer_campaigns/remove_or_stop_contact_ids', [
        ['emailer_campaign_ids[]', sequenceId],
        ['contact_ids[]', ann],
        ['mode', mode],
      ]),
  ],
  [
    'a JSON body',
    (mode) =>
      inBody('/emailer_campaigns/remove_or_stop_contact_ids', {
        emailer_campaign_ids: [sequenceId],
        contact_ids: [ann],
        mode,
      }),
  ],
]
const MODES = ['mark_as_finished', 'remove', 'stop'] as const

test.each(STOPS.flatMap(([form, stop]) => MODES.map((mode) => ({ form, mode, stop }))))(
  '$mode ends one person and leaves the other: $form',
  async ({ mode, stop }) => {
    await inBody(`/emailer_campaigns/${sequenceId}/add_contact_ids`, {
      emailer_campaign_id: sequenceId,
      contact_ids: [ann, bob],
      send_email_from_email_account_id: mailboxId,
    })
    const { status, body } = await stop(mode)
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body.contacts.map((one: { id: string }) => one.id)).toEqual([ann])
    expect(body.emailer_campaigns).toEqual([{ id: sequenceId }])
    expect(body.num_contacts).toBe(mode === 'remove' ? 1 : 2)
    expect(body.contact_statuses).toMatchObject({ active: 1, finished: mode === 'remove' ? 0 : 1 })
    expect(body.emailer_steps).toHaveLength(1)
    if (mode === 'remove') expect(await statusOf(ann)).toBeUndefined()
    else
      expect(await statusOf(ann)).toMatchObject({
        status: 'finished',
        inactive_reason: 'manually finished',
      })
    expect(await statusOf(bob)).toMatchObject({ status: 'active' })
  },
)

test('brackets may come as they are typed, and as a browser writes them', async () => {
  const path = `${segue.url}/api/v1/emailer_campaigns/${sequenceId}/add_contact_ids`
  const rest = `send_email_from_email_account_id=${mailboxId}&emailer_campaign_id=${sequenceId}`
  const key = ['-H', `X-Api-Key: ${segue.key}`]
  const typed = await curl('-X', 'POST', ...key, `${path}?contact_ids[]=${ann}&${rest}`)
  expect(typed.body.contacts.map((one: { id: string }) => one.id)).toEqual([ann])
  const written = await curl('-X', 'POST', ...key, `${path}?contact_ids%5B%5D=${bob}&${rest}`)
  expect(written.body.contacts.map((one: { id: string }) => one.id)).toEqual([bob])
})

test('a key that nobody has is the documented 401, in text', async () => {
  const { status, body } = await curl(
    ...['-X', 'POST', '-H', 'Content-Type: application/json', '-H', 'Cache-Control: no-cache'],
    ...['-d', JSON.stringify({ api_key: 'YOUR API KEY HERE', q_name: name })],
    `${segue.url}/api/v1/emailer_campaigns/search`,
  )
  expect(status).toBe(401)
  expect(body).toBe(
    'Invalid API key. See https://docs.apollo.io/reference/authentication for how to authenticate.',
  )
})
