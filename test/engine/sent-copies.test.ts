/** The copy in Sent, from a real SMTP server to a real Dovecot: filed once where the server files none, later when it is out of reach. */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, MINUTE } from '../../src/core/clock.ts'
import { at, kysely } from '../../src/store/db.ts'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.ts'
import { type RunningSegue, startRunning } from '../support/running.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { until } from '../support/until.ts'

let dovecot: Dovecot
let sink: SmtpSink
let segue: RunningSegue
let sequenceId: string
let alwaysId: string

beforeAll(async () => {
  if (!hasDovecot) return
  dovecot = await startDovecot({ users: ['rae', 'hand', 'own', 'cut', 'old'] })
  sink = await startSmtpSink()
  segue = await startRunning()
  await segue.call('PATCH', '/team', { legal_name: 'Acme Ltd', postal_address: '1 Main St, Berlin' })
  const { body } = await segue.get('/emailer_schedules')
  alwaysId = body.emailer_schedules.find((one: { name: string }) => one.name === 'Always').id
  const touch = { status: 'approved', emailer_template: { subject: 'Grüße', body_html: '<p>Hello.</p>' } }
  const steps = [0, 5].map((wait_time) => ({
    type: 'auto_email',
    wait_time,
    wait_mode: 'day',
    emailer_touches: [touch],
  }))
  const made = await segue.post('/sequences', {
    name: 'Copies',
    emailer_schedule_id: alwaysId,
    emailer_steps: steps,
  })
  sequenceId = made.body.emailer_campaign.id
  await segue.post(`/emailer_campaigns/${sequenceId}/approve`)
  await segue.post(`/sequences/${sequenceId}/confirm_always`)
}, 60_000)

afterAll(async () => {
  await segue?.stop()
  await sink?.close()
  await dovecot?.stop()
})

const db = () => kysely(segue.house.pools.api)

/** A connected mailbox of that Dovecot user, as its check would have left it. */
async function mailbox(user: string, learned: { filesSentCopy: boolean }): Promise<string> {
  const { host, port, password } = dovecot.imap(user)
  const { body } = await segue.post('/email_accounts', {
    email: `${user}@acme.test`,
    smtp: { host: '127.0.0.1', port: sink.port, tls: 'none' },
    imap: { host, port, tls: 'none', user, password },
    seconds_delay_between_emails: 0,
  })
  const { id } = body.email_account
  await sql`
    update mailboxes set state = 'connected', files_sent_copy = ${learned.filesSentCopy}, keeps_message_id = true,
      wake_at = ${at(segue.house.clock.now())} where id = ${id}`.execute(db())
  return id
}

/** The mail that left for a new person. */
async function writeTo(name: string, mailboxId: string) {
  const email = `${name}@client.test`
  const { body } = await segue.post('/contacts', { first_name: name, email })
  const added = await segue.post(`/emailer_campaigns/${sequenceId}/add_contact_ids`, {
    emailer_campaign_id: sequenceId,
    contact_ids: [body.contact.id],
    send_email_from_email_account_id: mailboxId,
  })
  expect(added.body.skipped_contact_ids, JSON.stringify(added.body)).toEqual({})
  await sink.until(() => sink.mails.some((mail) => mail.recipients.includes(email)))
  return sink.mails.find((mail) => mail.recipients.includes(email))!
}

const dueOf = async (rfcId: string) =>
  (
    await sql<{ state: string; due: number | null }>`
      select state, sent_copy_due as due from messages where rfc_id = ${rfcId}`.execute(db())
  ).rows[0]!
const makeDue = (rfcId: string) =>
  sql`update messages set sent_copy_due = ${at(segue.house.clock.now())} where rfc_id = ${rfcId}`.execute(
    db(),
  )
const settled = (rfcId: string) =>
  until(
    () => dueOf(rfcId),
    (seen) => seen.state === 'accepted' && seen.due === null,
  )
const withoutDate = (raw: string) =>
  raw
    .replace(/^date: .*\r?\n/im, '')
    .replace(/\r\n/g, '\n')
    .trim()

test.runIf(hasDovecot)(
  'a server that files no copy gets one in Sent, word for word, read, and only once',
  async () => {
    const sent = await writeTo('ann', await mailbox('rae', { filesSentCopy: false }))
    await settled(sent.messageId)
    const copies = await dovecot.sources('rae', 'Sent')
    expect(copies).toHaveLength(1)
    expect(withoutDate(copies[0]!)).toBe(withoutDate(sent.raw))
    expect(await dovecot.admin('-f', 'flow', 'fetch', '-u', 'rae', 'flags', 'mailbox', 'Sent')).toContain(
      '\\Seen',
    )
    await makeDue(sent.messageId)
    await settled(sent.messageId)
    expect(await dovecot.sources('rae', 'Sent')).toHaveLength(1)
  },
)

test.runIf(hasDovecot)('its own copy is not taken for a mail that the rep wrote by hand', async () => {
  const id = await mailbox('hand', { filesSentCopy: false })
  const readUpTo = async () => {
    const { rows } = await sql<{ uid: number }>`
      select last_uid as uid from folders where mailbox_id = ${id} and role = 'sent'`.execute(db())
    return rows[0]?.uid
  }
  await until(readUpTo, (uid) => uid === 0)
  const sent = await writeTo('hal', id)
  await settled(sent.messageId)
  await sql`update mailboxes set read_wanted_at = ${at(segue.house.clock.now())} where id = ${id}`.execute(
    db(),
  )
  await until(readUpTo, (uid) => uid === 1)
  const { body } = await segue.post('/enrollments/search', { sequence_id: sequenceId, q: 'hal@client.test' })
  expect(body.enrollments[0]).toMatchObject({ state: 'active', reason: null, step_position: 2 })
})

test.runIf(hasDovecot)('a server that files copies by itself is left alone', async () => {
  const sent = await writeTo('bob', await mailbox('own', { filesSentCopy: true }))
  await settled(sent.messageId)
  expect(await dovecot.sources('own', 'Sent')).toEqual([])
})

test.runIf(hasDovecot)(
  'while the Sent folder is out of reach the copy stays owed, and is filed later',
  async () => {
    const id = await mailbox('cut', { filesSentCopy: false })
    await dovecot.cut()
    const sent = await writeTo('cleo', id)
    const now = segue.house.clock.now()
    const waiting = await until(
      () => dueOf(sent.messageId),
      (seen) => seen.due !== null && seen.due > now + MINUTE,
    )
    expect(waiting.state).toBe('accepted')
    await dovecot.restore()
    await makeDue(sent.messageId)
    await settled(sent.messageId)
    expect(await dovecot.sources('cut', 'Sent')).toHaveLength(1)
  },
)

test.runIf(hasDovecot)('after a day it is owed no more', async () => {
  const id = await mailbox('old', { filesSentCopy: false })
  await dovecot.cut()
  const sent = await writeTo('dan', id)
  await until(
    () => dueOf(sent.messageId),
    (seen) => seen.due !== null,
  )
  await sql`update messages set marked_at = ${at(segue.house.clock.now() - 2 * DAY)} where rfc_id = ${sent.messageId}`.execute(
    db(),
  )
  await makeDue(sent.messageId)
  await settled(sent.messageId)
  await dovecot.restore()
  expect(await dovecot.sources('old', 'Sent')).toEqual([])
})
