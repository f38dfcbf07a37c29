// The server of SEGUE_DATABASE_URL goes away while mail is on the wire, an inbox is read and an import runs, and comes back: the API says so
// meanwhile, nothing is lost or sent twice, and everything goes on by itself.

import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { verify } from '../../src/store/verify.ts'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.ts'
import { Forwarder } from '../support/forwarder.ts'
import { type RunningSegue, startRunning } from '../support/running.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { until } from '../support/until.ts'

/**
 * Longer than all that runs out while the database is away: the lease of a reader (45 s), the heartbeat of side jobs and the wait for a
 * connection (15 s each). Those are the server's clocks and real time, so that only waiting shows them; a sender's lease is longer than the
 * minute that this stands for.
 */
const AWAY_MS = 50_000
/** More than a minute after the inbox was last read before the cut: only a read after it lets the second step go. */
const SECOND_AFTER_S = 65
const RAE = 'rae@acme.test'
const PEOPLE = Array.from({ length: 10 }, (_, i) => `p${i}@one.test`)
/** From this mail on, the server takes its time with the answer: the cut comes in between. */
const HELD_FROM = 5
const IMPORTED = 30_000

let database: Forwarder
let dovecot: Dovecot
let sink: SmtpSink
let segue: RunningSegue
let mailboxId: string

beforeAll(async () => {
  if (!hasDovecot) return
  database = new Forwarder(inject('serverUrl'))
  await database.up()
  dovecot = await startDovecot({ users: ['rae'], sent: false })
  sink = await startSmtpSink({
    onMail: async ({ recipients, raw }) => {
      if (recipients.includes(RAE)) await dovecot.deliver('rae', raw)
    },
  })
  segue = await startRunning({}, { reach: (url) => database.through(url) })
  await segue.call('PATCH', '/team', { legal_name: 'Acme Ltd', postal_address: '1 Main St, Berlin' })
  mailboxId = await connectMailbox()
}, 60_000)

afterAll(async () => {
  await segue?.stop()
  await sink?.close()
  await dovecot?.stop()
  await database?.down()
})

async function connectMailbox(): Promise<string> {
  const created = await segue.post('/email_accounts', {
    email: RAE,
    smtp: { host: '127.0.0.1', port: sink.port, tls: 'none' },
    imap: dovecot.imap('rae'),
    email_daily_threshold: 1000,
    max_outbound_emails_per_hour: 1000,
    seconds_delay_between_emails: 0,
  })
  expect(created.status, JSON.stringify(created.body)).toBe(200)
  const id: string = created.body.email_account.id
  const { body } = await segue.post(`/email_accounts/${id}/check`)
  await until(
    () => segue.get(`/email_accounts/${id}/checks/${body.check.id}`),
    (seen) => seen.body.check.state === 'passed',
    { seconds: 30 },
  )
  return id
}

async function startSequence(): Promise<string> {
  const step = (wait_time: number, type: string, subject: string) => ({
    type: 'auto_email',
    wait_time,
    wait_mode: 'second',
    emailer_touches: [
      { type, status: 'approved', emailer_template: { subject, body_html: '<p>Hello.</p>' } },
    ],
  })
  const { body: known } = await segue.get('/emailer_schedules')
  const { body } = await segue.post('/sequences', {
    name: 'Away',
    emailer_schedule_id: known.emailer_schedules.find((one: { name: string }) => one.name === 'Always').id,
    emailer_steps: [step(0, 'new_thread', 'Hi'), step(SECOND_AFTER_S, 'reply_to_thread', '')],
  })
  const id: string = body.emailer_campaign.id
  await segue.post(`/emailer_campaigns/${id}/approve`)
  await segue.post(`/sequences/${id}/confirm_always`)
  const made = await Promise.all(
    PEOPLE.map((email) => segue.post('/contacts', { first_name: 'Ann', last_name: 'X', email })),
  )
  const added = await segue.post(`/emailer_campaigns/${id}/add_contact_ids`, {
    emailer_campaign_id: id,
    contact_ids: made.map(({ body: { contact } }) => contact.id),
    send_email_from_email_account_id: mailboxId,
  })
  expect(added.body.skipped_contact_ids, JSON.stringify(added.body)).toEqual({})
  return id
}

async function startImport(): Promise<string> {
  const rows = Array.from({ length: IMPORTED }, (_, i) => `i${i}@big.test,Ida,No${i}`)
  const uploaded = await fetch(`${segue.url}/api/v1/imports?file_name=people.csv`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv', 'x-api-key': segue.key },
    body: ['Email,First Name,Last Name', ...rows].join('\n'),
  })
  const { import: one } = (await uploaded.json()) as { import: { id: string; guesses: unknown } }
  const started = await segue.post(`/imports/${one.id}/start`, { mapping: one.guesses })
  expect(started.status, JSON.stringify(started.body)).toBe(200)
  return one.id
}

const importOf = async (id: string) => (await segue.get(`/imports/${id}`)).body.import
const sent = () => sink.mails.filter(({ recipients }) => !recipients.includes(RAE))
const countOf = (address: string) => sent().filter(({ recipients }) => recipients.includes(address)).length

function answerTo(address: string): string {
  const id = sent().find(({ recipients }) => recipients.includes(address))!.messageId
  return [
    `From: <${address}>`,
    `To: <${RAE}>`,
    'Subject: Re: Hi',
    'Message-ID: <answer@one.test>',
    `In-Reply-To: ${id}`,
    'Date: Mon, 23 Nov 2026 10:00:00 +0000',
    '',
    'Yes, please.',
  ].join('\r\n')
}

/** What the API answers, read and written to, all the while. */
async function askWhileAway(): Promise<void> {
  const ends = performance.now() + AWAY_MS
  while (performance.now() < ends) {
    for (const { status, body } of [
      await segue.get('/email_accounts'),
      await segue.post('/contacts', { first_name: 'Nobody', email: 'nobody@one.test' }),
    ])
      expect([status, body.error]).toEqual([503, expect.stringMatching(/^The database does not answer/)])
    await new Promise((resolve) => setTimeout(resolve, 2_000))
  }
}

test.runIf(hasDovecot)(
  'the database away for the better part of a minute: a 503 in words, then all goes on, and nobody gets a mail twice',
  async () => {
    const answer = Promise.withResolvers<void>()
    let begun = 0
    sink.behave = ({ stage }) =>
      stage === 'final' && ++begun >= HELD_FROM ? { after: answer.promise } : 'go'
    const importId = await startImport()
    const sequenceId = await startSequence()
    await until(
      async () => [begun, (await importOf(importId)).state],
      ([mails, state]) => mails >= HELD_FROM && state === 'running',
    )
    await database.down()
    answer.resolve()
    const answers = sent()[0]!.recipients[0]!
    await dovecot.deliver('rae', answerTo(answers))
    await askWhileAway()
    expect(sent().length, 'what asked for its mark before the cut, and nothing after').toBeLessThanOrEqual(
      HELD_FROM + 1,
    )
    await database.up()
    const search = () => segue.post('/enrollments/search', { sequence_id: sequenceId, per_page: 100 })
    const { body } = await until(
      search,
      (seen) => seen.body.enrollments?.every((one: { reason: unknown }) => one.reason !== null),
      { seconds: 120 },
    )
    const reasons = body.enrollments.map(
      ({ contact, reason }: { contact: { email: string }; reason: string }) => `${contact.email} ${reason}`,
    )
    expect(reasons.sort()).toEqual(PEOPLE.map((one) => `${one} ${one === answers ? 'replied' : 'completed'}`))
    expect(PEOPLE.map(countOf)).toEqual(PEOPLE.map((one) => (one === answers ? 1 : 2)))
    const imported = await until(
      () => importOf(importId),
      (seen) => seen.state === 'done',
      { seconds: 60 },
    )
    expect(imported).toMatchObject({ rows_created: IMPORTED, rows_updated: 0, rows_failed: 0 })
    expect((await segue.post('/contacts/search', { q_keywords: 'nobody@one.test' })).body.contacts).toEqual(
      [],
    )
    expect(await verify(segue.house.pools.api, { now: segue.house.clock.now() })).toEqual([])
  },
  300_000,
)
