// Mail servers that refuse, hang or speak nonsense, during the check and while sending: words for a person, nothing lost, the process stays up.

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { MailTimeouts } from '../../src/mail/port.ts'
import { type RunningSegue, startRunning } from '../support/running.ts'
import { type SinkAct, type SinkStage, type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { until } from '../support/until.ts'

/** Real servers get minutes; these tests wait for their end. */
const SHORT: MailTimeouts = { connectMs: 500, greetingMs: 500, commandMs: 500, finalReplyMs: 800 }
/** What a web server says to somebody who speaks SMTP. */
const NONSENSE: SinkAct = { reply: 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0' }

let segue: RunningSegue
let readerId: string
let sinks: SmtpSink[] = []
let made = 0

beforeAll(async () => {
  segue = await startRunning({}, { mailTimeouts: SHORT })
  await segue.call('PATCH', '/team', { legal_name: 'Acme Ltd', postal_address: '1 Main St, Berlin' })
  // It only has to be named as the one that reads; the first step of a sequence does not wait for it.
  const reader = await segue.post('/email_accounts', {
    email: 'reader@acme.test',
    smtp: { host: '127.0.0.1', port: 9, tls: 'none' },
    imap: { host: '127.0.0.1', port: 9, tls: 'none', user: 'reader', password: 'x' },
  })
  readerId = reader.body.email_account.id
}, 60_000)
afterAll(() => segue?.stop())
afterEach(async () => {
  await Promise.all(sinks.map((sink) => sink.close()))
  sinks = []
})

async function newSink(): Promise<SmtpSink> {
  const sink = await startSmtpSink()
  sinks.push(sink)
  return sink
}

/** The address, and the id of a mailbox that sends through `port`. */
async function newMailbox(port: number): Promise<{ id: string; address: string }> {
  const address = `sender${++made}@acme.test`
  const { status, body } = await segue.post('/email_accounts', {
    email: address,
    smtp: { host: '127.0.0.1', port, tls: 'none', user: 'me', password: 'secret' },
    imap: null,
    reads_via: readerId,
    seconds_delay_between_emails: 0,
  })
  expect(status, JSON.stringify(body)).toBe(200)
  return { id: body.email_account.id, address }
}

async function checked(id: string): Promise<{ state: string; words: string; failed: string | undefined }> {
  const begun = await segue.post(`/email_accounts/${id}/check`)
  const { body } = await until(
    () => segue.get(`/email_accounts/${id}/checks/${begun.body.check.id}`),
    (seen) => seen.body.check.state !== 'running',
    { seconds: 15 },
  )
  const steps: { name: string; state: string; words: string }[] = body.check.steps
  const last = steps.at(-1)!
  return {
    state: body.check.state,
    words: last.words,
    failed: steps.find((one) => one.state === 'failed')?.name,
  }
}

const at =
  (stage: SinkStage, act: SinkAct) =>
  (event: { stage: SinkStage }): SinkAct =>
    event.stage === stage ? act : 'go'

test('a check against a port where nobody listens says so, with host and port', async () => {
  const sink = await newSink()
  const { port } = sink
  await sink.close()
  sinks = []
  const check = await checked((await newMailbox(port)).id)
  expect(check).toMatchObject({ state: 'failed', failed: 'smtp_connect' })
  expect(check.words).toMatch(new RegExp(`^Nothing listens at 127\\.0\\.0\\.1:${port}\\. Check the port\\.`))
})

test.each<[string, SinkStage, SinkAct, string, RegExp]>([
  ['says nothing', 'banner', 'hang', 'smtp_connect', /127\.0\.0\.1/],
  ['greets with nonsense', 'banner', NONSENSE, 'smtp_connect', /HTTP\/1\.1 400/],
  ['hangs up', 'banner', 'drop', 'smtp_connect', /127\.0\.0\.1/],
  ['greets and then is silent', 'ehlo', 'hang', 'smtp_connect', /127\.0\.0\.1/],
  ['refuses the password', 'auth', { reply: '535 5.7.8 no' }, 'smtp_login', /535 5\.7\.8 no/],
  ['answers the login with nonsense', 'auth', NONSENSE, 'smtp_login', /HTTP\/1\.1 400/],
  ['refuses the sender', 'mail', { reply: '550 5.7.60 not yours' }, 'smtp_send', /550 5\.7\.60 not yours/],
  ['refuses the recipient', 'rcpt', { reply: '550 5.1.1 who?' }, 'smtp_send', /550 5\.1\.1 who\?/],
  ['is silent at the recipient', 'rcpt', 'hang', 'smtp_send', /./],
  ['refuses the mail', 'final', { reply: '554 5.7.1 spam' }, 'smtp_send', /554 5\.7\.1 spam/],
  ['never answers the final dot', 'final', 'hang', 'smtp_send', /./],
])(
  'a check against a server that %s fails at that step, in words',
  async (_what, stage, act, step, words) => {
    const sink = await newSink()
    sink.behave = at(stage, act)
    const { id } = await newMailbox(sink.port)
    const check = await checked(id)
    expect(check).toMatchObject({ state: 'failed', failed: step })
    expect(check.words).toMatch(words)
    expect(check.words.length, check.words).toBeGreaterThan(20)
    const { body } = await segue.get(`/email_accounts/${id}`)
    expect(body.email_account).toMatchObject({ state: 'unchecked', active: false })
  },
)

async function enroll(mailboxId: string): Promise<{ sequenceId: string; address: string }> {
  const touch = { status: 'approved', emailer_template: { subject: 'Hi', body_html: '<p>Hi.</p>' } }
  const steps = [{ type: 'auto_email', wait_time: 0, wait_mode: 'second', emailer_touches: [touch] }]
  const always = (await segue.get('/emailer_schedules')).body.emailer_schedules.find(
    (one: { name: string }) => one.name === 'Always',
  )
  const asked = { name: `To ${made}`, emailer_schedule_id: always.id, emailer_steps: steps }
  const sequenceId = (await segue.post('/sequences', asked)).body.emailer_campaign.id
  await segue.post(`/emailer_campaigns/${sequenceId}/approve`)
  await segue.post(`/sequences/${sequenceId}/confirm_always`)
  const address = `person${made}@client${made}.test`
  const contact = (await segue.post('/contacts', { first_name: 'Kim', email: address })).body.contact.id
  const added = await segue.post(`/emailer_campaigns/${sequenceId}/add_contact_ids`, {
    emailer_campaign_id: sequenceId,
    contact_ids: [contact],
    send_email_from_email_account_id: mailboxId,
  })
  expect(added.body.skipped_contact_ids, JSON.stringify(added.body)).toEqual({})
  return { sequenceId, address }
}

async function person(sequenceId: string) {
  return (await segue.post('/enrollments/search', { sequence_id: sequenceId })).body.enrollments[0]
}

async function connected(): Promise<{ sink: SmtpSink; id: string; address: string }> {
  const sink = await newSink()
  const mailbox = await newMailbox(sink.port)
  expect(await checked(mailbox.id)).toMatchObject({ state: 'passed' })
  sink.mails.length = 0
  return { sink, ...mailbox }
}

test.each<[string, SinkStage, SinkAct, RegExp]>([
  ['says nothing', 'banner', 'hang', /does not answer/],
  ['greets with nonsense', 'banner', NONSENSE, /does not answer.*HTTP\/1\.1 400/],
  ['is silent at the recipient', 'rcpt', 'hang', /does not answer/],
  ['hangs up at DATA', 'data', 'drop', /does not answer/],
  ['refuses the sender for now', 'mail', { reply: '451 4.3.2 later' }, /refuses.*451 4\.3\.2 later/],
])(
  'while sending, a server that %s pauses the mailbox in words, and the person stays due',
  async (_what, stage, act, words) => {
    const { sink, id, address } = await connected()
    sink.behave = at(stage, act)
    const { sequenceId } = await enroll(id)
    const waiting = await until(
      () => person(sequenceId),
      (seen) => seen.next_gate?.name === 'mailbox_reachable',
      { seconds: 15 },
    )
    expect(waiting).toMatchObject({ state: 'active', step_position: 1 })
    expect(waiting.next_gate.sentence).toMatch(words)
    expect(waiting.next_gate.sentence).toContain(address)
    expect(Date.parse(waiting.next_gate.until)).toBeGreaterThan(Date.now())
    expect(sink.mails).toEqual([])
  },
)

test.each<[string, SinkStage, SinkAct, Record<string, unknown>]>([
  ['refuses the recipient for good', 'rcpt', { reply: '550 5.1.1 no such user' }, { reason: 'hard_bounced' }],
  ['refuses the mail as spam', 'final', { reply: '554 5.7.1 spam' }, { state: 'held', reason: 'blocked' }],
  ['never answers the final dot', 'final', 'hang', { state: 'held', reason: 'delivery_unknown' }],
])(
  'while sending, a server that %s stops that person with its words',
  async (_what, stage, act, expected) => {
    const { sink, id } = await connected()
    sink.behave = at(stage, act)
    const { sequenceId } = await enroll(id)
    const stopped = await until(
      () => person(sequenceId),
      (seen) => seen.reason !== null && seen.next_at === null,
      { seconds: 15 },
    )
    expect(stopped).toMatchObject(expected)
  },
)

test('a login that is refused while sending disconnects the mailbox, and says how to go on', async () => {
  const { sink, id, address } = await connected()
  sink.behave = at('auth', { reply: '535 5.7.8 password changed' })
  const { sequenceId } = await enroll(id)
  await until(
    () => segue.get(`/email_accounts/${id}`),
    (seen) => seen.body.email_account.state === 'disconnected',
    { seconds: 15 },
  )
  const { body } = await segue.get(`/email_accounts/${id}`)
  expect(body.email_account.state_sentence).toContain(address)
  expect(body.email_account.state_sentence).toMatch(/535 5\.7\.8 password changed.*app password/)
  expect(await person(sequenceId)).toMatchObject({ step_position: 1 })
  sink.behave = () => 'go'
  expect(await checked(id)).toMatchObject({ state: 'passed' })
  await until(
    () => person(sequenceId),
    (seen) => seen.state === 'finished',
    { seconds: 15 },
  )
})
