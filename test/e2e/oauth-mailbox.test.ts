// The whole program with a mailbox that is let in by tokens: a local authorization server, an SMTP server and a real Dovecot that take its tokens.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AuthorizationServer, startAuthorizationServer } from '../support/authorization-server.ts'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.ts'
import { freePort } from '../support/ports.ts'
import { type RunningSegue, startRunning } from '../support/running.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { until } from '../support/until.ts'

if (process.env['SEGUE_CI'] && !hasDovecot)
  throw new Error('CI needs Dovecot: apt-get install dovecot-imapd dovecot-lmtpd')

const RAE = 'rae@acme.test'
let server: AuthorizationServer
let dovecot: Dovecot
let sink: SmtpSink
let segue: RunningSegue
let cookie: string
let mailboxId: string
let sequenceId: string

beforeAll(async () => {
  if (!hasDovecot) return
  server = await startAuthorizationServer()
  // Without a Sent folder a check need not wait for copies in it.
  dovecot = await startDovecot({
    users: [RAE],
    sent: false,
    introspection: `${server.url}/introspect?token=`,
  })
  sink = await startSmtpSink({
    port: await freePort(),
    takesToken: (user, token) => server.takes(user, token),
    onMail: async (mail) => {
      if (mail.recipients.includes(RAE)) await dovecot.deliver(RAE, mail.raw)
    },
  })
  segue = await startRunning(server.settings({ smtp: sink.port, imap: dovecot.imap(RAE).port }))
  const response = await fetch(`${segue.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: RAE, password: 'correct horse battery' }),
  })
  cookie = response.headers.get('set-cookie')!.split(';')[0]!
}, 60_000)

afterAll(async () => {
  await segue?.stop()
  await sink?.close()
  await dovecot?.stop()
  await server?.close()
})

/** Through the provider and back, as a browser goes. Resolves with the mailbox when its check is over. */
async function signIn(id?: string) {
  const asked = await fetch(`${segue.url}/api/v1/email_accounts/oauth`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie, origin: segue.url },
    body: JSON.stringify({ provider: 'microsoft', ...(id ? { id } : {}) }),
  })
  const { authorization_url } = (await asked.json()) as { authorization_url: string }
  const back = await fetch(await server.consent(authorization_url), {
    redirect: 'manual',
    headers: { cookie },
  })
  const found = /mailbox=(\w+)/.exec(back.headers.get('location') ?? '')
  if (!found) throw new Error(await back.text())
  // The one that the sign-in has begun: a second is not.
  const { body } = await segue.post(`/email_accounts/${found[1]}/check`)
  const done = await until(
    () => segue.get(`/email_accounts/${found[1]}/checks/${body.check.id}`),
    (seen) => seen.body.check.state !== 'running',
    { seconds: 50 },
  )
  expect(done.body.check.state, JSON.stringify(done.body.check.steps)).toBe('passed')
  return mailbox(found[1]!)
}

const mailbox = async (id = mailboxId) => (await segue.get(`/email_accounts/${id}`)).body.email_account

async function alwaysSchedule(): Promise<string> {
  const { body } = await segue.get('/emailer_schedules')
  return body.emailer_schedules.find((one: { name: string }) => one.name === 'Always').id
}

async function writeSequence(): Promise<string> {
  const step = (wait_time: number, type: string, subject: string, body_html: string) => ({
    type: 'auto_email',
    wait_time,
    wait_mode: 'second',
    emailer_touches: [{ type, status: 'approved', emailer_template: { subject, body_html } }],
  })
  const { body } = await segue.post('/sequences', {
    name: 'Hello',
    emailer_schedule_id: await alwaysSchedule(),
    emailer_steps: [
      step(0, 'new_thread', 'Hello {{first_name}}', '<p>Hello {{first_name}}.</p>'),
      step(1, 'reply_to_thread', '', '<p>Any thoughts?</p>'),
    ],
  })
  await segue.call('PATCH', '/team', { legal_name: 'Acme Ltd', postal_address: '1 Main St, Berlin' })
  const approved = await segue.post(`/emailer_campaigns/${body.emailer_campaign.id}/approve`)
  expect(approved.status, JSON.stringify(approved.body)).toBe(200)
  await segue.post(`/sequences/${body.emailer_campaign.id}/confirm_always`)
  return body.emailer_campaign.id
}

async function enroll(email: string): Promise<void> {
  const { body } = await segue.post('/contacts', { first_name: email.split('@')[0], last_name: 'X', email })
  const added = await segue.post(`/emailer_campaigns/${sequenceId}/add_contact_ids`, {
    emailer_campaign_id: sequenceId,
    contact_ids: [body.contact.id],
    send_email_from_email_account_id: mailboxId,
  })
  expect(added.body.skipped_contact_ids, JSON.stringify(added.body)).toEqual({})
}

const mailsTo = (address: string) => sink.mails.filter((mail) => mail.recipients.includes(address))
const sent = (address: string, count: number) =>
  until(
    async () => mailsTo(address).length,
    (n) => n >= count,
    { seconds: 30 },
  )

test.runIf(hasDovecot)(
  'a mailbox is connected by signing in: its check logs in, sends, and finds its mail',
  async () => {
    const connected = await signIn()
    mailboxId = connected.id
    expect(connected).toMatchObject({ email: RAE, kind: 'microsoft', state: 'connected', active: true })
    expect(connected.ramp_up, 'as careful as the page proposes').toMatchObject({ start_per_day: 5 })
    const limits = {
      email_daily_threshold: 1000,
      max_outbound_emails_per_hour: 1000,
      seconds_delay_between_emails: 0,
      ramp_up: null,
    }
    await segue.call('PATCH', `/email_accounts/${mailboxId}`, limits)
    sequenceId = await writeSequence()
  },
  60_000,
)

test.runIf(hasDovecot)(
  'it sends both steps, the second after its inbox was read',
  async () => {
    await enroll('ann@one.test')
    await sent('ann@one.test', 2)
    expect(mailsTo('ann@one.test')[1]!.raw).toContain(mailsTo('ann@one.test')[0]!.messageId)
    expect(new Set(mailsTo('ann@one.test').map((mail) => mail.user))).toEqual(new Set([RAE]))
  },
  60_000,
)

test.runIf(hasDovecot)(
  'tokens that end between two mails are refreshed, for sending and for reading',
  async () => {
    const before = server.refreshes
    server.endAccessTokens()
    // The reading connection breaks as servers break it: the next one needs a new token.
    await dovecot.cut()
    await dovecot.restore()
    await enroll('bob@two.test')
    await sent('bob@two.test', 2)
    expect(server.refreshes).toBeGreaterThan(before)
    expect((await mailbox()).state).toBe('connected')
  },
  90_000,
)

test.runIf(hasDovecot)(
  'while the provider is in trouble people wait, nobody is disconnected, and a check lets them go on at once',
  async () => {
    server.endAccessTokens()
    server.down = true
    await enroll('cleo@three.test')
    const seen = await until(
      async () => server.asked.length,
      (n) => n > 2,
      { seconds: 30 },
    )
    expect(seen).toBeGreaterThan(2)
    expect((await mailbox()).state).toBe('connected')
    expect(mailsTo('cleo@three.test')).toEqual([])
    server.down = false
    // A person need not wait for the next attempt: a check puts it right at once.
    const { body } = await segue.post(`/email_accounts/${mailboxId}/check`)
    await until(
      () => segue.get(`/email_accounts/${mailboxId}/checks/${body.check.id}`),
      (answer) => answer.body.check.state === 'passed',
      { seconds: 50 },
    )
    await sent('cleo@three.test', 1)
  },
  120_000,
)

test.runIf(hasDovecot)(
  'taken back, the mailbox is disconnected with the way out, and its people wait',
  async () => {
    server.revoke(RAE)
    sink.dropAll()
    await enroll('dan@four.test')
    const shut = await until(mailbox, (seen) => seen.state === 'disconnected', { seconds: 30 })
    expect(shut.active).toBe(false)
    expect(shut.state_sentence).toBe(
      `Disconnected: Microsoft no longer lets Segue into ${RAE} (invalid_grant: Token has been expired or revoked.). Reconnect it with Microsoft. Its people wait meanwhile.`,
    )
    expect(mailsTo('dan@four.test')).toEqual([])
  },
  60_000,
)

test.runIf(hasDovecot)(
  'reconnected, it goes on by itself where it stood',
  async () => {
    expect((await signIn(mailboxId)).state).toBe('connected')
    await sent('dan@four.test', 2)
    await sent('cleo@three.test', 2)
    for (const address of ['ann@one.test', 'bob@two.test', 'cleo@three.test', 'dan@four.test'])
      expect(mailsTo(address), address).toHaveLength(2)
  },
  90_000,
)
