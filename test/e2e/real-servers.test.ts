// The whole program against a real SMTP server and a real Dovecot: sends, threads, reads, stops.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.ts'
import { type Answered, type RunningSegue, startRunning } from '../support/running.ts'
import { type SinkMail, type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { until } from '../support/until.ts'

if (process.env['SEGUE_CI'] && !hasDovecot)
  throw new Error('CI needs Dovecot: apt-get install dovecot-imapd dovecot-lmtpd')

const RAE = 'rae@acme.test'
let dovecot: Dovecot
let sink: SmtpSink
let segue: RunningSegue
let mailboxId: string

beforeAll(async () => {
  if (!hasDovecot) return
  dovecot = await startDovecot({ users: ['rae'] })
  sink = await startSmtpSink({
    onMail: async (mail) => {
      if (mail.recipients.includes(RAE)) await dovecot.deliver('rae', mail.raw)
    },
  })
  segue = await startRunning()
  mailboxId = await connectMailbox()
}, 60_000)

afterAll(async () => {
  await segue?.stop()
  await sink?.close()
  await dovecot?.stop()
})

async function connectMailbox(): Promise<string> {
  const imap = dovecot.imap('rae')
  const created = await segue.post('/email_accounts', {
    email: RAE,
    from_name: 'Rae Seller',
    smtp: { host: '127.0.0.1', port: sink.port, tls: 'none' },
    imap: { host: imap.host, port: imap.port, tls: 'none', user: imap.user, password: imap.password },
    email_daily_threshold: 1000,
    max_outbound_emails_per_hour: 1000,
    seconds_delay_between_emails: 0,
  })
  expect(created.status, JSON.stringify(created.body)).toBe(200)
  const id: string = created.body.email_account.id
  const { body } = await segue.post(`/email_accounts/${id}/check`)
  const done = await until(
    () => segue.get(`/email_accounts/${id}/checks/${body.check.id}`),
    (seen: Answered) => seen.body.check.state !== 'running',
    { seconds: 50 },
  )
  expect(done.body.check.state, JSON.stringify(done.body.check.steps)).toBe('passed')
  await segue.call('PATCH', '/team', { legal_name: 'Acme Ltd', postal_address: '1 Main St, Berlin' })
  return id
}

function step(seconds: number, thread: string, subject: string, body: string) {
  return {
    type: 'auto_email',
    wait_time: seconds,
    wait_mode: 'second',
    emailer_touches: [{ type: thread, status: 'approved', emailer_template: { subject, body_html: body } }],
  }
}

async function alwaysSchedule(): Promise<string> {
  const { body } = await segue.get('/emailer_schedules')
  return body.emailer_schedules.find((one: { name: string }) => one.name === 'Always').id
}

/** A three-step sequence, active, with one person per address. */
async function startSequence(name: string, waits: [number, number], addresses: string[]): Promise<string> {
  const { body } = await segue.post('/sequences', {
    name,
    emailer_schedule_id: await alwaysSchedule(),
    emailer_steps: [
      step(0, 'new_thread', `${name} for {{first_name}}`, '<p>Hello {{first_name}}.</p>'),
      step(waits[0], 'reply_to_thread', '', '<p>Any thoughts?</p>'),
      step(waits[1], 'reply_to_thread', '', '<p>The last one.</p>'),
    ],
  })
  const id: string = body.emailer_campaign.id
  const approved = await segue.post(`/emailer_campaigns/${id}/approve`)
  expect(approved.status, JSON.stringify(approved.body)).toBe(200)
  const contacts = await Promise.all(
    addresses.map((email) =>
      segue.post('/contacts', { first_name: email.split('@')[0], last_name: 'X', email }),
    ),
  )
  const enroll = () =>
    segue.post(`/emailer_campaigns/${id}/add_contact_ids`, {
      emailer_campaign_id: id,
      contact_ids: contacts.map((one) => one.body.contact.id),
      send_email_from_email_account_id: mailboxId,
    })
  const asked = await enroll()
  expect(asked.body.code, 'a sequence on "Always" asks once when a real mailbox is used').toBe(
    'always_unconfirmed',
  )
  await segue.post(`/sequences/${id}/confirm_always`)
  const added = await enroll()
  expect(added.body.skipped_contact_ids).toEqual({})
  return id
}

const mailsTo = (address: string) => sink.mails.filter((mail) => mail.recipients.includes(address))
const header = (mail: SinkMail, name: string) =>
  new RegExp(`^${name}:\\s*((?:.*)(?:\\r?\\n[ \\t].*)*)`, 'im')
    .exec(mail.raw)?.[1]
    ?.replace(/\r?\n[ \t]+/g, ' ')

async function person(sequenceId: string, address: string) {
  const { body } = await segue.post('/enrollments/search', { sequence_id: sequenceId, q: address })
  return body.enrollments[0]
}

function replyFrom(address: string, original: SinkMail, text: string): string {
  return [
    `From: <${address}>`,
    `To: <${RAE}>`,
    `Subject: Re: ${header(original, 'Subject')}`,
    `Message-ID: <${crypto.randomUUID()}@${address.split('@')[1]}>`,
    `In-Reply-To: ${header(original, 'Message-ID')}`,
    `References: ${header(original, 'Message-ID')}`,
    'Date: Mon, 23 Nov 2026 10:00:00 +0000',
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
  ].join('\r\n')
}

function bounceOf(address: string, original: SinkMail): string {
  return [
    'From: Mail Delivery Subsystem <mailer-daemon@mx.corp.test>',
    `To: <${RAE}>`,
    'Subject: Undelivered Mail Returned to Sender',
    `Message-ID: <${crypto.randomUUID()}@mx.corp.test>`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'Your message could not be delivered.',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.corp.test',
    '',
    `Final-Recipient: rfc822; ${address}`,
    'Action: failed',
    'Status: 5.1.1',
    'Diagnostic-Code: smtp; 550 5.1.1 User unknown',
    '--b',
    'Content-Type: message/rfc822',
    '',
    original.raw,
    '--b--',
  ].join('\r\n')
}

test.runIf(hasDovecot)(
  'three steps leave as one thread; an answer, a bounce and an opt-out stop exactly those people',
  async () => {
    const addresses = ['ann@one.test', 'bob@two.test', 'cleo@three.test', 'dan@four.test']
    const sequenceId = await startSequence('Quick question', [4, 2], addresses)
    await until(
      async () => addresses.map((one) => mailsTo(one).length),
      (seen) => seen.every((n) => n === 1),
    )
    const [ann, bob, cleo] = addresses.map((address) => mailsTo(address)[0]!)
    expect(header(ann!, 'Subject')).toBe('Quick question for ann')
    expect(header(ann!, 'List-Unsubscribe'), 'without an https address only by mail').toMatch(
      /^<mailto:[^>]+>$/,
    )
    expect(header(ann!, 'List-Unsubscribe-Post')).toBeUndefined()
    await dovecot.deliver('rae', replyFrom('ann@one.test', ann!, 'Sounds great, call me.'))
    await dovecot.deliver('rae', bounceOf('bob@two.test', bob!))
    await dovecot.deliver('rae', replyFrom('cleo@three.test', cleo!, 'Please unsubscribe me.'))
    await until(
      async () => mailsTo('dan@four.test').length,
      (n) => n === 3,
    )
    await until(
      () => person(sequenceId, 'dan@four.test'),
      (seen) => seen.state === 'finished',
    )
    expect(addresses.map((address) => mailsTo(address).length)).toEqual([1, 1, 1, 3])
    const reasons = await Promise.all(
      addresses.map(async (address) => (await person(sequenceId, address)).reason),
    )
    expect(reasons).toEqual(['replied', 'hard_bounced', 'opted_out', 'completed'])
    const [first, second, third] = mailsTo('dan@four.test')
    expect(header(second!, 'Subject')).toBe('Re: Quick question for dan')
    expect(header(second!, 'In-Reply-To')).toBe(header(first!, 'Message-ID'))
    expect(header(third!, 'References')).toBe(
      `${header(first!, 'Message-ID')} ${header(second!, 'Message-ID')}`,
    )
    const { body } = await segue.post('/suppressions/search', {})
    const suppressed = body.suppressions.map(
      (one: { value: string; reason: string }) => `${one.value} ${one.reason}`,
    )
    expect(suppressed.sort()).toEqual(['bob@two.test hard_bounce', 'cleo@three.test opt_out'])
  },
  60_000,
)

test.runIf(hasDovecot)(
  'while IMAP is cut no follow-up leaves and the row names the gate; once it is back the answer stops the person',
  async () => {
    const addresses = ['eve@five.test', 'fay@six.test']
    const sequenceId = await startSequence('Cut off', [3, 600], addresses)
    await until(
      async () => addresses.map((one) => mailsTo(one).length),
      (seen) => seen.every((n) => n === 1),
    )
    await dovecot.cut()
    await dovecot.deliver('rae', replyFrom('eve@five.test', mailsTo('eve@five.test')[0]!, 'Yes, please.'))
    const waiting = await until(
      () => person(sequenceId, 'eve@five.test'),
      (seen) => seen.next_gate?.name === 'inbox_read',
    )
    expect(waiting.next_gate.sentence).toMatch(/rae@acme\.test/)
    const { body } = await segue.get(`/enrollments/${waiting.id}/why`)
    const closed = body.gates.filter((gate: { state: string }) => gate.state === 'closed')
    expect(closed.map((gate: { name: string }) => gate.name)).toEqual(['inbox_read'])
    expect(addresses.map((address) => mailsTo(address).length)).toEqual([1, 1])
    await dovecot.restore()
    await until(
      async () => mailsTo('fay@six.test').length,
      (n) => n === 2,
      { seconds: 90 },
    )
    await until(
      () => person(sequenceId, 'eve@five.test'),
      (seen) => seen.reason === 'replied',
    )
    expect(mailsTo('eve@five.test').length).toBe(1)
  },
  120_000,
)
