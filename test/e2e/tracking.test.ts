// A tracked email, from the switch in the sequence over a real SMTP server to the click of its reader over HTTP, and the end that it brings.

import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseMail } from '../../src/mail/parse.ts'
import { kysely } from '../../src/store/db.ts'
import { type RunningSegue, startRunning } from '../support/running.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { until } from '../support/until.ts'

const PUBLIC = 'https://segue.acme.test'
const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'
const BODY = '<p>Hi, see <a href="https://acme.test/offer?a=1&b=2">the offer</a>. {{opt_out_message}}</p>'

let sink: SmtpSink
let segue: RunningSegue

beforeAll(async () => {
  sink = await startSmtpSink({})
  segue = await startRunning({ SEGUE_PUBLIC_URL: PUBLIC })
  await segue.call('PATCH', '/team', { legal_name: 'Acme Ltd', postal_address: '1 Main St, Berlin' })
}, 60_000)

afterAll(async () => {
  await segue?.stop()
  await sink?.close()
})

/** A mailbox at the sink. Its check would look for its test mail in an inbox; it has none here. */
async function connect(): Promise<string> {
  const created = await segue.post('/email_accounts', {
    email: 'sales@acme.test',
    smtp: { host: '127.0.0.1', port: sink.port, tls: 'none' },
    imap: { host: '127.0.0.1', port: 9, tls: 'none' },
    seconds_delay_between_emails: 0,
  })
  expect(created.status, JSON.stringify(created.body)).toBe(200)
  const id: string = created.body.email_account.id
  await sql`update mailboxes set state = 'connected', gap_ms = 0, hourly_limit = 100 where id = ${id}`.execute(
    kysely(segue.house.pools.control),
  )
  return id
}

async function sequenceThatEndsWithAClick(): Promise<string> {
  const schedules = (await segue.get('/emailer_schedules')).body.emailer_schedules
  const step = (wait_time: number) => ({
    type: 'auto_email',
    wait_time,
    wait_mode: 'day',
    emailer_touches: [{ status: 'approved', emailer_template: { subject: 'An offer', body_html: BODY } }],
  })
  const { status, body } = await segue.post('/sequences', {
    name: 'Offer',
    emailer_schedule_id: schedules.find((one: { name: string }) => one.name === 'Always').id,
    open_tracking_enabled: true,
    click_tracking_enabled: true,
    mark_finished_if_click: true,
    emailer_steps: [step(0), step(3)],
  })
  expect(status, JSON.stringify(body)).toBe(200)
  const id: string = body.emailer_campaign.id
  expect((await segue.post(`/emailer_campaigns/${id}/approve`)).status).toBe(200)
  await segue.post(`/sequences/${id}/confirm_always`)
  return id
}

async function add(sequenceId: string, mailboxId: string, email: string): Promise<string> {
  const { body } = await segue.post('/contacts', { first_name: 'Ana', email })
  const added = await segue.post(`/emailer_campaigns/${sequenceId}/add_contact_ids`, {
    emailer_campaign_id: sequenceId,
    contact_ids: [body.contact.id],
    send_email_from_email_account_id: mailboxId,
  })
  expect(added.status, JSON.stringify(added.body)).toBe(200)
  return body.contact.id
}

async function mailTo(address: string) {
  const mail = await until(
    async () => sink.mails.find((one) => one.recipients.includes(address)),
    (found) => found !== undefined,
    { seconds: 30 },
  )
  return parseMail(Buffer.from(mail!.raw, 'latin1'))
}

/** The addresses of the mail lead to the public name of this Segue; here it is reached by its own. */
const visit = (url: string, agent: string) =>
  fetch(url.replace(PUBLIC, segue.url), { redirect: 'manual', headers: { 'user-agent': agent } })

/** As if the mail had arrived an hour ago: nobody reads within ten seconds. */
const anHourAgo = () =>
  sql`update messages set marked_at = marked_at - interval '1 hour', settled_at = settled_at - interval '1 hour' where state = 'accepted'`.execute(
    kysely(segue.house.pools.control),
  )

const statusOf = async (contactId: string) =>
  (await segue.get(`/contacts/${contactId}`)).body.contact.contact_campaign_statuses[0]

test('the link of a mail, taken from the SMTP server and followed by its reader, leads on and ends the sequence; a scanner that came before did not', async () => {
  const mailboxId = await connect()
  const sequenceId = await sequenceThatEndsWithAClick()
  const contactId = await add(sequenceId, mailboxId, 'ana@client.test')
  const mail = await mailTo('ana@client.test')
  expect(mail.text).toContain('https://acme.test/offer?a=1&b=2')
  expect(mail.text).not.toContain('/t/')
  const [link] = /https:\/\/segue\.acme\.test\/t\/[\w/]+?\/\d+(?=")/.exec(mail.html ?? '') ?? []
  const [picture] = /https:\/\/segue\.acme\.test\/t\/[\w/]+?\/o\.gif/.exec(mail.html ?? '') ?? []
  expect([link, picture]).toEqual([expect.any(String), expect.any(String)])
  expect(mail.html).toContain(`${PUBLIC}/u/`)

  // While the mail is delivered, its server looks into it.
  expect((await visit(link!, FIREFOX)).status).toBe(302)
  const scanned = await until(
    async () => (await segue.get(`/emailer_campaigns/${sequenceId}`)).body.emailer_campaign,
    (campaign) => campaign.unique_scanner_clicked === 1,
    { seconds: 20 },
  )
  expect(scanned.unique_clicked).toBe(0)
  expect(await statusOf(contactId)).toMatchObject({ status: 'active' })

  await anHourAgo()
  expect((await visit(picture!, FIREFOX)).headers.get('content-type')).toBe('image/gif')
  const answered = await visit(link!, FIREFOX)
  expect(answered.headers.get('location')).toBe('https://acme.test/offer?a=1&b=2')
  const finished = await until(
    () => statusOf(contactId),
    (status) => status.status === 'finished',
    { seconds: 20 },
  )
  expect(finished.inactive_reason).toBe('clicked')
  const { emailer_campaign } = (await segue.get(`/emailer_campaigns/${sequenceId}`)).body
  expect(emailer_campaign).toMatchObject({
    unique_delivered: 1,
    unique_opened: 1,
    unique_clicked: 1,
    open_rate: 1,
    click_rate: 1,
    click_rate_tracked: 1,
  })
}, 90_000)
