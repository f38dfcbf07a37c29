/** The limits of a mailbox over HTTP: ramp-up, jitter, and what its provider takes. */
import { afterAll, expect, test } from 'vitest'
import { startApi } from '../support/api.ts'

const at = await startApi()
afterAll(() => at.close())

let made = 0
async function connect(more: object = {}, email = `sales${++made}@acme.test`) {
  const server = { host: 'smtp.acme.test', user: 'sales', password: 'secret' }
  return at.post('/email_accounts', {
    email,
    smtp: server,
    imap: { ...server, host: 'imap.acme.test' },
    ...more,
  })
}

test('a new mailbox spreads its emails by a jitter of 20 percent and has no ramp-up unless it is asked for', async () => {
  const { body } = await connect()
  expect(body.email_account).toMatchObject({ gap_jitter_percent: 20, ramp_up: null, warnings: [] })
})

test('a ramp-up starts today in the zone of the team, and says what it allows today and when it is over', async () => {
  const { body } = await connect({ ramp_up: { start_per_day: 5, step_per_day: 15 } })
  const { ramp_up } = body.email_account
  expect(ramp_up).toEqual({
    starts_on: new Date(at.clock.now()).toISOString().slice(0, 10),
    start_per_day: 5,
    step_per_day: 15,
    allowed_today: 5,
    full_on: new Date(at.clock.now() + 3 * 86_400_000).toISOString().slice(0, 10),
  })
  const changed = await at.put(`/email_accounts/${body.email_account.id}`, {
    ramp_up: { start_per_day: 7, step_per_day: 1 },
  })
  expect(changed.body.email_account.ramp_up).toMatchObject({
    starts_on: ramp_up.starts_on,
    start_per_day: 7,
    allowed_today: 7,
  })
  const ended = await at.put(`/email_accounts/${body.email_account.id}`, { ramp_up: null })
  expect(ended.body.email_account.ramp_up).toBeNull()
})

for (const [more, words] of [
  [
    { ramp_up: { start_per_day: 0, step_per_day: 2 } },
    'The ramp-up starts with 0 emails a day; expected 1 to 100000. To send nothing, set the daily limit to 0.',
  ],
  [
    { ramp_up: { start_per_day: 5, step_per_day: -1 } },
    'The ramp-up adds -1 emails a day; expected 1 to 100000. To stay at 5, set the daily limit to 5.',
  ],
  [
    { ramp_up: { starts_on: '2027-02-30', start_per_day: 5, step_per_day: 2 } },
    'The ramp-up starts on "2027-02-30"; expected a date like 2027-03-01.',
  ],
  [{ gap_jitter_percent: 101 }, 'The jitter of the gap is 101 percent; expected 0 to 100.'],
] as const)
  test(`refused with the value and the way out: ${JSON.stringify(more)}`, async () => {
    const { status, body } = await connect(more)
    expect([status, body.error]).toEqual([422, words])
  })

test('a limit above the ceiling of its provider is saved with a warning that names both numbers', async () => {
  const google = { host: 'smtp.gmail.com', user: 'sales', password: 'secret' }
  const workspace = await connect({ smtp: google, email_daily_threshold: 2500 })
  expect(workspace.body.email_account).toMatchObject({
    provider: 'google_workspace',
    warnings: [
      'The daily limit is 2500. Google Workspace takes 2000 emails in 24 hours (500 in a trial), then closes the mailbox for up to a day. Set 2000 or less.',
    ],
  })
  const free = await connect({ smtp: google, email_daily_threshold: 500 }, 'maria.acme@gmail.com')
  expect(free.body.email_account).toMatchObject({ provider: 'gmail', warnings: [] })
  const more = await at.put(`/email_accounts/${free.body.email_account.id}`, { email_daily_threshold: 501 })
  expect(more.body.email_account.warnings).toEqual([
    'The daily limit is 501. Gmail takes 500 emails in 24 hours, then closes the mailbox for up to a day. Set 500 or less.',
  ])
})

test('an hourly limit above what Microsoft 365 takes warns only if the gap lets it be reached', async () => {
  const smtp = { host: 'smtp.office365.com', user: 'sales', password: 'secret' }
  const fast = { smtp, email_daily_threshold: 9_000, max_outbound_emails_per_hour: 3_000 }
  const { body } = await connect({ ...fast, seconds_delay_between_emails: 0 })
  expect(body.email_account.warnings).toEqual([
    'The hourly limit is 3000. Microsoft 365 takes 10000 recipients a day and 30 emails a minute (1800 an hour), and refuses the rest. Set 1800 or less.',
  ])
  const spread = await connect({ ...fast, seconds_delay_between_emails: 10 })
  expect(spread.body.email_account.warnings).toEqual([])
})

test('the presets of providers are careful: far below their ceilings, spread, and with a ramp-up to offer', async () => {
  const { body } = await at.get('/email_accounts/providers')
  const keys = body.providers.map((one: { key: string }) => one.key)
  expect(keys).toEqual(['google_workspace', 'gmail', 'microsoft', 'ses', 'other'])
  for (const { ceiling, careful } of body.providers) {
    expect(careful).toEqual({
      email_daily_threshold: 50,
      max_outbound_emails_per_hour: 6,
      seconds_delay_between_emails: 600,
      gap_jitter_percent: 20,
      ramp_up: { start_per_day: 5, step_per_day: 2 },
    })
    if (ceiling.per_day !== null)
      expect(careful.email_daily_threshold).toBeLessThanOrEqual(ceiling.per_day / 10)
    expect(ceiling.words).toMatch(/\.$/)
  }
})
