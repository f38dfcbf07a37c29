// The whole program against a real Postfix (STARTTLS, AUTH) that delivers into a real Dovecot: sends, threads, reads, stops.

import tls from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CERTIFICATE } from '../support/certificate.ts'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.ts'
import { hasPostfix, type Postfix, startPostfix } from '../support/postfix.ts'
import { type Answered, type RunningSegue, startRunning } from '../support/running.ts'
import { until } from '../support/until.ts'

const hasServers = hasDovecot && hasPostfix
if (process.env['SEGUE_CI'] && !hasServers)
  throw new Error('CI needs real mail servers, as root: apt-get install postfix dovecot-imapd dovecot-lmtpd')

const RAE = 'rae@acme.test'
const PEOPLE = ['ann@one.test', 'cleo@three.test', 'dan@four.test', 'eve@five.test', 'fay@six.test']
/** Has no mailbox anywhere: Postfix bounces what is sent here. */
const NOBODY = 'bob@two.test'
let dovecot: Dovecot
let postfix: Postfix
let segue: RunningSegue
let mailboxId: string

beforeAll(async () => {
  if (!hasServers) return
  // As an operator would with NODE_EXTRA_CA_CERTS: this process trusts the servers' certificate, and verification stays on.
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), CERTIFICATE])
  dovecot = await startDovecot({ users: [RAE, ...PEOPLE] })
  postfix = await startPostfix(dovecot)
  segue = await startRunning()
  mailboxId = await connectMailbox()
}, 60_000)

afterAll(async () => {
  await segue?.stop()
  await postfix?.stop()
  await dovecot?.stop()
})

async function connectMailbox(): Promise<string> {
  const imap = dovecot.imap(RAE)
  const created = await segue.post('/email_accounts', {
    email: RAE,
    from_name: 'Rae Seller',
    smtp: { host: '127.0.0.1', port: postfix.port, tls: 'starttls', user: RAE, password: imap.password },
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

/** The sources of what arrived there. */
const mailsTo = (address: string) => dovecot.sources(address)
const counts = (addresses: string[]) =>
  Promise.all(addresses.map(async (address) => (await mailsTo(address)).length))
const header = (mail: string, name: string) =>
  new RegExp(`^${name}:\\s*((?:.*)(?:\\r?\\n[ \\t].*)*)`, 'im').exec(mail)?.[1]?.replace(/\r?\n[ \t]+/g, ' ')

async function person(sequenceId: string, address: string) {
  const { body } = await segue.post('/enrollments/search', { sequence_id: sequenceId, q: address })
  return body.enrollments[0]
}

function replyFrom(address: string, original: string, text: string): string {
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

test.runIf(hasServers)(
  'three steps leave as one thread; an answer, a bounce and an opt-out stop exactly those people',
  async () => {
    const [ann, cleo, dan] = PEOPLE as [string, string, string]
    const arriving = [ann, cleo, dan]
    // Time enough for the answers to be written and read before the second step, also on a busy machine.
    const sequenceId = await startSequence('Quick question', [12, 2], [...arriving, NOBODY])
    await until(
      () => counts(arriving),
      (seen) => seen.every((n) => n === 1),
    )
    const [toAnn, toCleo] = [(await mailsTo(ann))[0]!, (await mailsTo(cleo))[0]!]
    expect(toAnn, 'handed in under TLS, with a login').toMatch(/by mx\.acme\.test \(Postfix\) with ESMTPSA/)
    expect(header(toAnn, 'Return-Path')).toBe(`<${RAE}>`)
    expect(header(toAnn, 'Subject')).toBe('Quick question for ann')
    expect(header(toAnn, 'List-Unsubscribe'), 'without an https address only by mail').toMatch(
      /^<mailto:[^>]+>$/,
    )
    expect(header(toAnn, 'List-Unsubscribe-Post')).toBeUndefined()
    await dovecot.deliver(RAE, replyFrom(ann, toAnn, 'Sounds great, call me.'))
    await dovecot.deliver(RAE, replyFrom(cleo, toCleo, 'Please unsubscribe me.'))
    await until(
      async () => (await mailsTo(dan)).length,
      (n) => n === 3,
      { seconds: 40 },
    )
    await until(
      () => person(sequenceId, dan),
      (seen) => seen.state === 'finished',
    )
    expect(await counts(arriving)).toEqual([1, 1, 3])
    const reasons = await Promise.all(
      [...arriving, NOBODY].map(async (address) => (await person(sequenceId, address)).reason),
    )
    expect(reasons).toEqual(['replied', 'opted_out', 'completed', 'hard_bounced'])
    const tries = (await postfix.log()).match(new RegExp(`to=<${NOBODY}>`, 'g'))
    expect(tries, 'no second mail to the address that bounced').toHaveLength(1)
    await expectThread(dan)
    const { body } = await segue.post('/suppressions/search', {})
    const suppressed = body.suppressions.map(
      (one: { value: string; reason: string }) => `${one.value} ${one.reason}`,
    )
    expect(suppressed.sort()).toEqual([`${NOBODY} hard_bounce`, `${cleo} opt_out`])
  },
  90_000,
)

async function expectThread(address: string): Promise<void> {
  const mails = await mailsTo(address)
  const subjects = mails.map((mail) => header(mail, 'Subject'))
  expect(subjects.sort()).toEqual([
    'Quick question for dan',
    'Re: Quick question for dan',
    'Re: Quick question for dan',
  ])
  const ids = mails.map((mail) => header(mail, 'Message-ID')!)
  const [first, second, third] = [...mails].sort(
    (a, b) => (header(a, 'References') ?? '').length - (header(b, 'References') ?? '').length,
  ) as [string, string, string]
  expect(new Set(ids).size).toBe(3)
  expect(header(second, 'In-Reply-To')).toBe(header(first, 'Message-ID'))
  expect(header(third, 'References')).toBe(`${header(first, 'Message-ID')} ${header(second, 'Message-ID')}`)
}

test.runIf(hasServers)(
  'while IMAP is cut no follow-up leaves and the row names the gate; once it is back the answer stops the person',
  async () => {
    const addresses = ['eve@five.test', 'fay@six.test']
    const sequenceId = await startSequence('Cut off', [3, 600], addresses)
    await until(
      () => counts(addresses),
      (seen) => seen.every((n) => n === 1),
    )
    await dovecot.cut()
    const [toEve] = await mailsTo('eve@five.test')
    await dovecot.deliver(RAE, replyFrom('eve@five.test', toEve!, 'Yes, please.'))
    const waiting = await until(
      () => person(sequenceId, 'eve@five.test'),
      (seen) => seen.next_gate?.name === 'inbox_read',
    )
    expect(waiting.next_gate.sentence).toMatch(/rae@acme\.test/)
    const { body } = await segue.get(`/enrollments/${waiting.id}/why`)
    const closed = body.gates.filter((gate: { state: string }) => gate.state === 'closed')
    expect(closed.map((gate: { name: string }) => gate.name)).toEqual(['inbox_read'])
    expect(await counts(addresses)).toEqual([1, 1])
    await dovecot.restore()
    await until(
      async () => (await mailsTo('fay@six.test')).length,
      (n) => n === 2,
      { seconds: 90 },
    )
    await until(
      () => person(sequenceId, 'eve@five.test'),
      (seen) => seen.reason === 'replied',
    )
    expect(await counts(['eve@five.test'])).toEqual([1])
  },
  120_000,
)
