import { afterAll, beforeAll, expect, test } from 'vitest'
import { composeRaw } from '../../src/mail/compose.ts'
import { parseMail } from '../../src/mail/parse.ts'
import { answerMail } from '../../src/mail/sandbox.ts'
import { answersAfter, saveReceived } from '../../src/store/sandbox-box.ts'
import { startApi } from '../support/api.ts'
import { newContact, sandboxId } from '../support/outreach.ts'

let announced = 0
const api = await startApi({
  context: () => ({
    sandbox: {
      parse: parseMail,
      compose: answerMail,
      announce: () => {
        announced++
      },
    },
  }),
})
afterAll(() => api.close())

const TEAM = 1
let contact: string
let mailbox: string

beforeAll(async () => {
  contact = await newContact(api, { email: 'ana@client.test' })
  mailbox = await sandboxId(api)
  const raw = await composeRaw({
    messageId: '<first@segue.test>',
    from: { address: 'sandbox@segue.test', name: 'Maria Ortiz' },
    envelopeFrom: 'sandbox@segue.test',
    to: [{ address: 'ana@client.test', name: 'Ana' }],
    cc: [],
    bcc: [],
    subject: 'Hello Ana',
    html: '<p>Hi Ana</p><script>alert(1)</script>',
    text: 'Hi Ana',
    references: [],
    headers: {
      listUnsubscribe: '<https://segue.test/u/1/2>, <mailto:sandbox@segue.test?subject=unsubscribe>',
      listUnsubscribePost: 'List-Unsubscribe=One-Click',
    },
    date: api.clock.now(),
  })
  await saveReceived(api.db, {
    team: TEAM,
    mailboxId: mailbox,
    rfcId: '<first@segue.test>',
    from: 'sandbox@segue.test',
    to: 'ana@client.test',
    subject: 'Hello Ana',
    raw,
    now: api.clock.now(),
    random: api.context.random,
  })
})

const list = async (q = '') => (await api.post('/sandbox/search', { q })).body.mails

test('what was received is listed, with the contact it went to', async () => {
  expect(await list('hello ana@client')).toEqual([
    expect.objectContaining({
      from: 'sandbox@segue.test',
      to: 'ana@client.test',
      subject: 'Hello Ana',
      direction: 'received',
      contact_id: contact,
      answered: false,
    }),
  ])
  expect(await list('goodbye')).toEqual([])
})

test('one mail is shown as the recipient sees it, without scripts, with its source and headers in words', async () => {
  const [{ id }] = await list()
  const { body } = await api.get(`/sandbox/mails/${id}`)
  expect(body.mail.html).toContain('Hi Ana')
  expect(body.mail.html).not.toContain('script')
  expect(body.mail.raw).toContain('Message-ID: <first@segue.test>')
  expect(body.mail.headers).toMatchObject({
    message_id: '<first@segue.test>',
    opts_out_by: 'one click, a page, a mail',
    threads_with: null,
  })
  expect(body.thread).toHaveLength(1)
})

test.each([
  ['answer', { text: 'Sounds good' }, /In-Reply-To: <first@segue\.test>[\s\S]*Sounds good/],
  ['away', { returns_on: '2027-02-01' }, /Auto-Submitted: auto-replied[\s\S]*1 =?\s*February 2027/],
  ['bounce', {}, /Final-Recipient: rfc822; ana@client\.test/],
  ['opt_out', {}, /Please unsubscribe me/],
  ['complaint', {}, /Feedback-Type: abuse/],
])('%s becomes a raw mail in the sandbox inbox, and readers are told', async (kind, more, words) => {
  const { id } = (await list()).find((each: { direction: string }) => each.direction === 'received')
  const before = announced
  const { status, body } = await api.post(`/sandbox/mails/${id}/answer`, { kind, ...more })
  expect(status).toBe(200)
  expect(body.mail.direction).toBe('answer')
  expect(announced).toBe(before + 1)
  const answers = await answersAfter(api.db, { team: TEAM, mailboxId: mailbox, uid: 0, limit: 100 })
  expect(Buffer.from(answers.at(-1)!.raw).toString()).toMatch(words)
  const shown = await api.get(`/sandbox/mails/${id}`)
  expect(shown.body.mail.answered).toBe(true)
  expect(shown.body.thread.map((each: { id: string }) => each.id)).toContain(body.mail.id)
})

test('an answer is not answered, a date must be one, and a kind must be known', async () => {
  const mails = await list()
  const received = mails.find((each: { direction: string }) => each.direction === 'received')
  const answer = mails.find((each: { direction: string }) => each.direction === 'answer')
  expect((await api.post(`/sandbox/mails/${answer.id}/answer`, { kind: 'answer' })).status).toBe(422)
  const away = await api.post(`/sandbox/mails/${received.id}/answer`, { kind: 'away', returns_on: 'soon' })
  expect(away.body.error).toMatch(/"soon" is not a date/)
  const kind = await api.post(`/sandbox/mails/${received.id}/answer`, { kind: 'shout' })
  expect(kind.body.parameter).toBe('kind')
  expect((await api.get(`/sandbox/mails/${'a'.repeat(24)}`)).status).toBe(404)
})

test('nothing came in yet: the list of inbound mails is empty and paged', async () => {
  const { body } = await api.get('/inbound/search?kind=reply')
  expect(body).toMatchObject({ inbound: [], pagination: { total_entries: 0 } })
})
