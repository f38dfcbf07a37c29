/** One email with everything in it, through the whole program to a real SMTP server: what the contact gets, and who else. */
import { sql } from 'kysely'
import PostalMime, { type Email } from 'postal-mime'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { at, kysely } from '../../src/store/db.ts'
import { verify } from '../../src/store/verify.ts'
import { type RunningSegue, startRunning } from '../support/running.ts'
import { type SinkMail, type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { until } from '../support/until.ts'

let sink: SmtpSink
let segue: RunningSegue
let sequenceId: string
let mailboxId: string
let taken: SinkMail
let mail: Email

const PDF = Buffer.from([37, 80, 68, 70, 45, 49, 46, 55, 10, 0, 255, 46, 13, 10])
const BODY = `<style>p { color: #333 } .lead { font-weight: bold }</style>
<p class="lead">Hi {{first_name}},</p>{{#if title}}<p>as {{title->lowercase}} you know it.</p>{{#endif}}
{{snippet:proof}}<script>alert(1)</script><p>{{renewal_date->month | default: "Soon"}}?</p>`

async function upload(name: string, content: Buffer): Promise<string> {
  const answer = await fetch(`${segue.url}/api/v1/attachments?file_name=${encodeURIComponent(name)}`, {
    method: 'POST',
    headers: { 'x-api-key': segue.key, 'content-type': 'application/octet-stream' },
    body: new Uint8Array(content),
  })
  return ((await answer.json()) as { attachment: { id: string } }).attachment.id
}

async function connected(): Promise<string> {
  const { body } = await segue.post('/email_accounts', {
    email: 'rae@acme.test',
    smtp: { host: '127.0.0.1', port: sink.port, tls: 'none' },
    // Nobody reads there: the first email needs no inbox.
    imap: { host: '127.0.0.1', port: 1, tls: 'none', user: 'rae', password: 'secret' },
    seconds_delay_between_emails: 0,
    signature_html: '<p>Rae Seller, Acme</p>',
  })
  const { id } = body.email_account
  await sql`
    update mailboxes set state = 'connected', files_sent_copy = true, keeps_message_id = true, wake_at = ${at(segue.house.clock.now())}
    where id = ${id}`.execute(kysely(segue.house.pools.api))
  return id
}

async function writeTo(contact: Record<string, unknown>): Promise<SinkMail> {
  const { body } = await segue.post('/contacts', contact)
  await segue.post(`/emailer_campaigns/${sequenceId}/add_contact_ids`, {
    emailer_campaign_id: sequenceId,
    contact_ids: [body.contact.id],
    send_email_from_email_account_id: mailboxId,
  })
  const isTheirs = (one: SinkMail) => one.recipients.includes(String(contact['email']))
  await sink.until(() => sink.mails.some(isTheirs))
  return sink.mails.find(isTheirs)!
}

beforeAll(async () => {
  sink = await startSmtpSink()
  segue = await startRunning()
  await segue.call('PATCH', '/team', { legal_name: 'Acme Ltd', postal_address: '1 Main St, Berlin' })
  const schedules = await segue.get('/emailer_schedules')
  const always = schedules.body.emailer_schedules.find((one: { name: string }) => one.name === 'Always')
  await segue.post('/snippets', { name: 'proof', body_html: '<p>{{company}} is not alone.</p>' })
  const files = [await upload('Größe & Preis.pdf', PDF), await upload('note.txt', Buffer.from('grüezi'))]
  const touch = {
    status: 'approved',
    attachment_ids: files,
    emailer_template: { subject: 'For {{company}}', body_html: BODY },
  }
  const { body } = await segue.post('/sequences', {
    name: 'Whole',
    emailer_schedule_id: always.id,
    cc_emails: 'boss@acme.test, gone@client.test',
    bcc_emails: 'crm@acme.test',
    emailer_steps: [{ type: 'auto_email', wait_time: 0, wait_mode: 'minute', emailer_touches: [touch] }],
  })
  sequenceId = body.emailer_campaign.id
  await segue.post('/suppressions', { values: ['gone@client.test'], reason: 'asked by phone' })
  await segue.post(`/emailer_campaigns/${sequenceId}/approve`)
  await segue.post(`/sequences/${sequenceId}/confirm_always`)
  mailboxId = await connected()
  taken = await writeTo({
    first_name: 'Ann <b>',
    title: 'CTO',
    email: 'ann@client.test',
    organization_name: 'Müller & Co GmbH',
  })
  mail = await PostalMime.parse(taken.raw, { attachmentEncoding: 'arraybuffer' })
}, 60_000)

afterAll(async () => {
  await segue?.stop()
  await sink?.close()
})

test('conditions, operators, defaults, variables and a snippet are filled; values bring no html', () => {
  expect(mail.subject).toMatch(/^For Müller/)
  expect(mail.html).toContain('Hi Ann &lt;b&gt;,')
  expect(mail.html).toContain('as cto you know it.')
  expect(mail.html).toMatch(/Müller.* is not alone\./)
  expect(mail.html).toContain('Soon?')
})

test('html is safe, its styles stand on their elements', () => {
  expect(mail.html).not.toMatch(/<style|<script|alert/)
  expect(mail.html).toMatch(/<p style="color: #333; font-weight: bold;?">Hi Ann/)
})

test('the text part is made from the html: signature, opt-out text and imprint included', () => {
  for (const words of ['Hi Ann <b>,', 'is not alone.', 'Rae Seller, Acme', 'Acme Ltd, 1 Main St, Berlin'])
    expect(mail.text).toContain(words)
  expect(mail.text).toMatch(/\(?mailto:rae@acme\.test\?subject=unsubscribe/)
})

test('links are left as they were written, since tracking is off', () => {
  expect(mail.html).not.toMatch(/https?:/)
})

test('files arrive with their names, byte for byte', () => {
  expect(mail.attachments.map((one) => one.filename)).toEqual(['Größe & Preis.pdf', 'note.txt'])
  expect(Buffer.from(mail.attachments[0]!.content as ArrayBuffer)).toEqual(PDF)
})

test('cc stands in the headers, bcc in the envelope alone, and whoever must never be written to in neither', () => {
  expect(taken.recipients).toEqual(['ann@client.test', 'boss@acme.test', 'crm@acme.test'])
  expect(mail.cc?.map((one) => one.address)).toEqual(['boss@acme.test'])
  expect(taken.raw).not.toContain('crm@acme.test')
  expect(taken.raw).not.toContain('gone@client.test')
})

test('verify proves it, files included', async () => {
  const accepted = async () =>
    (
      await sql<{ n: number }>`select count(*)::int as n from messages where state = 'accepted'`.execute(
        kysely(segue.house.pools.api),
      )
    ).rows[0]!
  await until(accepted, ({ n }) => n > 0)
  expect(await verify(segue.house.pools.api, { now: segue.house.clock.now() })).toEqual([])
})
