import { expect, test } from 'vitest'
import { classify, type InboundContext, type InboundKind, matchKeys } from '../../src/core/inbound.ts'
import { parseMail } from '../../src/mail/parse.ts'
import { mail } from '../support/mails.ts'

const context: InboundContext = {
  now: Date.UTC(2027, 2, 2, 9),
  mailboxAddresses: ['Sales@Acme.test', 'ann@acme.test'],
  folderRole: 'inbox',
}

async function judge(headers: Record<string, string>, body?: string, more: Partial<InboundContext> = {}) {
  const parsed = await parseMail(Buffer.from(mail(headers, body)))
  const reading = classify(parsed, { ...context, ...more })
  return { ...reading, keys: matchKeys(reading, parsed) }
}
const THREAD = { 'In-Reply-To': '<m2@acme.test>', References: '<m1@acme.test> <m2@acme.test>' }
const QUOTED =
  '\n\nOn Tue, 2 Mar 2027 at 09:00, Ann Acme <sales@acme.test> wrote:\n> Hello Bob\n> To unsubscribe, click here'

test('an answer in the thread is a reply, matched by In-Reply-To first and then by References, newest first', async () => {
  const reading = await judge(THREAD, `Yes please.${QUOTED}`)
  expect(reading).toMatchObject({ kind: 'reply', confidence: 1, ownWords: 'Yes please.' })
  expect(reading.keys.messageIds).toEqual([
    { id: '<m2@acme.test>', evidence: 'In-Reply-To' },
    { id: '<m1@acme.test>', evidence: 'References' },
  ])
})

test('an answer without thread headers is a reply by its subject, with less confidence', async () => {
  const reading = await judge({ Subject: 'AW: Re: Hello Bob' })
  expect(reading.kind).toBe('reply')
  expect(reading.confidence).toBeLessThan(0.7)
  expect(reading.keys).toMatchObject({
    messageIds: [],
    sender: { address: 'bob@client.test', subject: 'hello bob' },
  })
})

test('a mail that answers nothing is other', async () => {
  expect((await judge({ Subject: 'Our newsletter' })).kind).toBe('other')
})

const automatic: [string, Record<string, string>, string, InboundKind][] = [
  ['RFC 3834', { 'Auto-Submitted': 'auto-replied' }, 'We have received your request.', 'auto_reply'],
  [
    'Exchange',
    { Subject: 'Automatic reply: Hello Bob', 'Auto-Submitted': 'auto-generated' },
    'I am out of the office.',
    'out_of_office',
  ],
  ['an autoresponder header', { 'X-Autoreply': 'yes' }, 'Thanks, ticket 17.', 'auto_reply'],
  ['a subject alone', { Subject: 'Out of Office: Hello Bob' }, 'Back soon.', 'out_of_office'],
  [
    'German Outlook',
    { Subject: 'Automatische Antwort: Hello Bob' },
    'Ich bin bis zum 12. März im Urlaub.',
    'out_of_office',
  ],
  [
    'bulk precedence with an absence',
    { Precedence: 'bulk', ...THREAD },
    'I am on vacation until 12 March 2027.',
    'out_of_office',
  ],
  [
    'the null sender with an absence',
    { 'Return-Path': '<>', ...THREAD },
    'Je suis absente jusqu’au 12 mars 2027.',
    'out_of_office',
  ],
]
test.each(automatic)('an automatic answer is told by %s, and is no reply', async (_, headers, body, kind) => {
  expect((await judge(headers, body)).kind).toBe(kind)
})

test('Auto-Submitted: no is a person', async () => {
  expect((await judge({ 'Auto-Submitted': 'no', ...THREAD })).kind).toBe('reply')
})

test('a person who mentions a vacation in an answer is a reply', async () => {
  expect((await judge(THREAD, 'I am on vacation next week, call me after.')).kind).toBe('reply')
})

test('a person who writes from a mailing list or with bulk precedence is a reply', async () => {
  expect((await judge({ Precedence: 'list', ...THREAD }, 'Sounds good.')).kind).toBe('reply')
})

test('a request to be left alone is an opt-out', async () => {
  expect((await judge(THREAD, `Please remove me from your list.${QUOTED}`)).kind).toBe('opt_out')
})

test('our own footer in the quote is no opt-out', async () => {
  expect((await judge(THREAD, `Thanks!${QUOTED}`)).kind).toBe('reply')
})

test('the mailto way of our footer is an opt-out by its token', async () => {
  const reading = await judge({ Subject: 'unsubscribe abcdefghijklmnop1234' }, '')
  expect(reading).toMatchObject({ kind: 'opt_out', confidence: 1 })
  expect(reading.evidence[0]).toMatchObject({ name: 'opt-out token' })
})

test('the unsubscribe button of Apple Mail is an opt-out, though a program sent it', async () => {
  const headers = { 'Auto-Submitted': 'auto-replied', 'X-Apple-Unsubscribe': 'true', Subject: 'Stop' }
  expect((await judge(headers, 'Apple Mail sent this email.')).kind).toBe('opt_out')
})

test('an absence note that carries an unsubscribe line is an absence', async () => {
  const body = 'I am out of office.\nunsubscribe'
  expect((await judge({ 'Auto-Submitted': 'auto-replied' }, body)).kind).toBe('out_of_office')
})

test('mail of the mailbox itself in Sent is a person writing by hand', async () => {
  const own = { From: 'Ann <ANN@acme.test>', To: 'bob@client.test' }
  expect((await judge(own, 'Hi', { folderRole: 'sent' })).kind).toBe('human_outbound')
  expect((await judge(own, 'Hi', { folderRole: 'all' })).kind).toBe('human_outbound')
  expect((await judge({ ...own, Subject: 'Note' }, 'Hi', { folderRole: 'inbox' })).kind).toBe('other')
})

test('mail in Sent was written here, under an alias that nobody entered too; elsewhere such a mail is an answer', async () => {
  const alias = {
    From: 'Ann <ann.alias@acme.test>',
    To: 'bob@client.test',
    'In-Reply-To': '<ours@acme.test>',
  }
  expect((await judge(alias, 'Hi', { folderRole: 'sent' })).kind).toBe('human_outbound')
  expect((await judge(alias, 'Hi', { folderRole: 'all' })).kind).toBe('reply')
})

const report = (type: string, feedback: string) =>
  judge(
    {
      From: 'feedback@provider.test',
      'Content-Type': 'multipart/report; report-type=feedback-report; boundary=b',
      Subject: 'FW: Hello Bob',
    },
    `--b\nContent-Type: text/plain\n\nA report.\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: ${type}\n${feedback}\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <m1@acme.test>\nSubject: Hello Bob\n\nHello\n--b--`,
  )

test('a feedback report is a complaint about the mail it returns', async () => {
  const reading = await report('abuse', 'Version: 1')
  expect(reading.kind).toBe('complaint')
  expect(reading.keys).toMatchObject({
    messageIds: [{ id: '<m1@acme.test>', evidence: 'returned mail' }],
    sender: null,
  })
})

test('a DMARC failure report is no complaint of a reader', async () => {
  expect((await report('auth-failure', 'Version: 1')).kind).not.toBe('complaint')
})

test('a person who forwards a bounce or talks about one is no bounce', async () => {
  const body =
    'FYI this came back:\n550 5.1.1 <bob@client.test>... User unknown\nDelivery to the following recipient failed permanently'
  expect((await judge({ Subject: 'Fwd: Undelivered Mail Returned to Sender', ...THREAD }, body)).kind).toBe(
    'reply',
  )
})
