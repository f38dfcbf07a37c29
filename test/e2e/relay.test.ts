// A relay without an inbox of its own, whose answers another mailbox reads, over SMTP and a real Dovecot.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.ts'
import { type Answered, type RunningSegue, startRunning } from '../support/running.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { until } from '../support/until.ts'

const RELAY = 'news@acme.test'
const READER = 'rae@acme.test'
let dovecot: Dovecot
let sink: SmtpSink
let segue: RunningSegue
let relayId: string
let readerId: string

beforeAll(async () => {
  if (!hasDovecot) return
  dovecot = await startDovecot({ users: ['rae'] })
  sink = await startSmtpSink({
    onMail: async (mail) => {
      if (mail.recipients.includes(READER)) await dovecot.deliver('rae', mail.raw)
    },
  })
  segue = await startRunning()
  await segue.call('PATCH', '/team', { legal_name: 'Acme Ltd', postal_address: '1 Main St, Berlin' })
  const imap = { ...dovecot.imap('rae'), tls: 'none' }
  readerId = await connect({ email: READER, imap })
  relayId = await connect({ email: RELAY, imap: null, reads_via: readerId })
}, 60_000)

afterAll(async () => {
  await segue?.stop()
  await sink?.close()
  await dovecot?.stop()
})

async function connect(settings: Record<string, unknown>): Promise<string> {
  const created = await segue.post('/email_accounts', {
    smtp: { host: '127.0.0.1', port: sink.port, tls: 'none' },
    seconds_delay_between_emails: 0,
    ...settings,
  })
  expect(created.status, JSON.stringify(created.body)).toBe(200)
  const id: string = created.body.email_account.id
  const check = await checked(id)
  expect(check.state, JSON.stringify(check.steps)).toBe('passed')
  return id
}

async function checked(id: string) {
  const { body } = await segue.post(`/email_accounts/${id}/check`)
  const done = await until(
    () => segue.get(`/email_accounts/${id}/checks/${body.check.id}`),
    (seen: Answered) => seen.body.check.state !== 'running',
    { seconds: 50 },
  )
  return done.body.check
}

test.runIf(hasDovecot)(
  'the check of a relay looks for its test mail where its answers are read',
  async () => {
    const words = async () => {
      const check = await checked(relayId)
      return [check.state, check.steps.map((step: { words: string }) => step.words).join('\n')]
    }
    const [passed, said] = await words()
    expect(passed).toBe('passed')
    expect(said).toContain(`Sent a test mail to ${READER}.`)
    expect(said).toContain(`Found the test mail in INBOX of ${READER}.`)
    expect(said).not.toContain('choose the mailbox')
    await dovecot.cut()
    const [unread, why] = await words()
    await dovecot.restore()
    expect(unread).toBe('passed')
    expect(why).toMatch(/rae@acme\.test, which cannot be read just now, so follow-ups wait/)
  },
  60_000,
)

test.runIf(hasDovecot)(
  'a mailbox that could not be read is read at once when its check passes, not at its next poll',
  async () => {
    const problem = async () =>
      (await segue.get(`/email_accounts/${readerId}`)).body.email_account.read_problem
    await dovecot.cut()
    await until(problem, (seen) => seen !== null)
    await dovecot.restore()
    expect((await checked(readerId)).state).toBe('passed')
    await until(problem, (seen) => seen === null, { seconds: 5 })
  },
  60_000,
)

async function enroll(email: string): Promise<string> {
  const emailer_template = { subject: 'Hi', body_html: '<p>Hello. {{opt_out_message}}</p>' }
  const schedules = (await segue.get('/emailer_schedules')).body.emailer_schedules
  const { body } = await segue.post('/sequences', {
    name: 'News',
    emailer_schedule_id: schedules.find((one: { name: string }) => one.name === 'Always').id,
    emailer_steps: [0, 600].map((wait_time) => ({
      type: 'auto_email',
      wait_time,
      wait_mode: 'second',
      emailer_touches: [{ status: 'approved', emailer_template }],
    })),
  })
  const id: string = body.emailer_campaign.id
  await segue.post(`/emailer_campaigns/${id}/approve`)
  await segue.post(`/sequences/${id}/confirm_always`)
  const contact = (await segue.post('/contacts', { first_name: 'Ann', last_name: 'X', email })).body.contact
  const added = await segue.post(`/emailer_campaigns/${id}/add_contact_ids`, {
    emailer_campaign_id: id,
    contact_ids: [contact.id],
    send_email_from_email_account_id: relayId,
  })
  expect(added.body.skipped_contact_ids, JSON.stringify(added.body)).toEqual({})
  return id
}

test.runIf(hasDovecot)(
  'answers and opt-outs by mail go to the mailbox that reads for it, and a mail sent there opts the person out',
  async () => {
    const sequenceId = await enroll('ann@one.test')
    const mail = await until(
      async () => sink.mails.find(({ recipients }) => recipients.includes('ann@one.test')),
      (seen) => seen !== undefined,
    )
    const unfolded = mail!.raw.replace(/\r\n[ \t]+/g, ' ')
    const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(unfolded)?.[1]?.trim()
    expect(header('From')).toContain(RELAY)
    expect(header('Reply-To')).toBe(READER)
    const mailto = new URL(/^<(mailto:[^>]+)>$/.exec(header('List-Unsubscribe')!)![1]!)
    expect(mailto.pathname).toBe(READER)
    const readable = mail!.raw.replace(/=\r\n/g, '')
    expect(readable.match(/mailto:[^@\s]+@[a-z.]+/g)!.every((one) => one === `mailto:${READER}`)).toBe(true)
    await dovecot.deliver(
      'rae',
      [
        'From: <ann@one.test>',
        `To: <${READER}>`,
        `Subject: ${mailto.searchParams.get('subject')}`,
        `Message-ID: <${crypto.randomUUID()}@one.test>`,
        'Date: Mon, 23 Nov 2026 10:00:00 +0000',
        '',
        '',
      ].join('\r\n'),
    )
    const seen = await until(
      async () =>
        (await segue.post('/enrollments/search', { sequence_id: sequenceId, q: 'ann' })).body.enrollments[0],
      (one) => one.state === 'finished',
    )
    expect(seen.reason).toBe('opted_out')
    const { body } = await segue.post('/suppressions/search', {})
    expect(body.suppressions).toMatchObject([{ value: 'ann@one.test', reason: 'opt_out' }])
  },
  60_000,
)
