import { expect, test } from 'vitest'
import { type BounceReport, classFor, readBounce, readRefusal } from '../../src/core/bounce.ts'
import { parseMail } from '../../src/mail/parse.ts'
import { mail } from '../support/mails.ts'

const DAEMON = {
  From: 'Mail Delivery System <MAILER-DAEMON@mx.acme.test>',
  'Return-Path': '<>',
  Subject: 'Undelivered Mail Returned to Sender',
}

async function bounce(headers: Record<string, string>, body: string): Promise<BounceReport | null> {
  return readBounce(await parseMail(Buffer.from(mail({ ...DAEMON, ...headers }, body))))
}

/** As Postfix writes it: a text for people, the fields, and the headers that came back. */
function dsn(fields: string, text = 'Sorry.'): Promise<BounceReport | null> {
  return bounce(
    { 'Content-Type': 'multipart/report; report-type=delivery-status; boundary=b' },
    [
      `--b\nContent-Type: text/plain\n\n${text}`,
      `--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.acme.test\n\n${fields}\n`,
      '--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <m1@acme.test>\nSubject: Hello Bob\nTo: bob@client.test\n\n--b--',
    ].join('\n'),
  )
}

const failed = (diagnostic: string, status = '5.0.0', address = 'bob@client.test') =>
  `Final-Recipient: rfc822; ${address}\nAction: failed\nStatus: ${status}\nDiagnostic-Code: smtp; ${diagnostic}`

test('an unknown user is hard, with the mail it was about', async () => {
  const report = await dsn(failed('550 5.1.1 <bob@client.test>... User unknown', '5.1.1'))
  expect(report).toMatchObject({
    form: 'dsn',
    originalMessageId: '<m1@acme.test>',
    originalSubject: 'Hello Bob',
  })
  expect(classFor(report!, 'Bob@Client.test')).toMatchObject({
    class: 'hard',
    reason: 'user_unknown',
    status: '5.1.1',
    replyCode: '550',
    action: 'failed',
  })
})

test('an unknown user behind a forwarding is soft for the address we wrote to', async () => {
  const report = await dsn(
    failed('550 5.1.1 <old@elsewhere.test>... User unknown', '5.1.1', 'old@elsewhere.test'),
  )
  expect(report!.recipients[0]!.class).toBe('hard')
  expect(classFor(report!, 'bob@client.test')).toMatchObject({ class: 'soft', address: 'old@elsewhere.test' })
})

test('the actual recipient counts where the report names one', async () => {
  const report = await dsn(
    `X-Actual-Recipient: rfc822; old@elsewhere.test\n${failed('550 5.1.1 User unknown', '5.1.1')}`,
  )
  expect(classFor(report!, 'bob@client.test')).toMatchObject({ class: 'soft' })
})

test('each recipient of a report is judged by its own words', async () => {
  const report = await dsn(
    `${failed('550 5.1.1 <a@client.test>... User unknown', '5.1.1', 'a@client.test')}\n\n${failed('552 5.2.2 <b@client.test> Quota exceeded (mailbox for user is full)', '5.2.2', 'b@client.test')}`,
  )
  expect(report!.recipients.map((one) => [one.address, one.class, one.reason])).toEqual([
    ['a@client.test', 'hard', 'user_unknown'],
    ['b@client.test', 'soft', 'mailbox_full'],
  ])
})

const verdicts: [string, string, string, string][] = [
  ["552-5.2.2 The recipient's inbox is out of storage space and inactive.", '5.2.2', 'soft', 'mailbox_full'],
  ['550 5.2.1 The email account that you tried to reach is disabled.', '5.2.1', 'soft', 'disabled'],
  [
    '550-5.7.26 This mail has been blocked because the sender is unauthenticated.',
    '5.7.26',
    'blocked',
    'authentication',
  ],
  [
    '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org',
    '5.7.1',
    'blocked',
    'blocked',
  ],
  [
    '421 4.7.0 [TSS04] Messages from 192.0.2.25 temporarily deferred due to unexpected volume or user complaints',
    '4.7.0',
    'blocked',
    'reputation',
  ],
  ['554 5.7.1 <bob@client.test>: Relay access denied', '5.7.1', 'blocked', 'relaying'],
  [
    '553 5.1.8 <sales@acme.test>... Domain of sender address sales@acme.test does not exist',
    '5.1.8',
    'blocked',
    'sender_rejected',
  ],
  [
    '550 5.4.1 [bob@client.test]: Recipient address rejected: Access denied [AM1.eurprd01.prod.protection.outlook.com]',
    '5.4.1',
    'hard',
    'user_unknown',
  ],
  [
    '550-5.1.1 The email account that you tried to reach does not exist. Please try 550 5.1.1 double-checking',
    '5.1.1',
    'hard',
    'user_unknown',
  ],
  [
    '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup',
    '5.1.10',
    'hard',
    'user_unknown',
  ],
  ['550 5.1.6 recipient no longer on server: bob@client.test', '5.1.6', 'hard', 'moved'],
  ['550 5.7.1 <bob@client.test>: Recipient address rejected: User unknown', '5.7.1', 'soft', 'filtered'],
  [
    '450 4.1.1 <bob@client.test>: Recipient address rejected: unverified address: User unknown',
    '4.1.1',
    'soft',
    'filtered',
  ],
]
test.each(verdicts)('%s (%s) is %s', async (diagnostic, status, cls, reason) => {
  const report = await dsn(failed(diagnostic, status))
  expect(report!.recipients[0]).toMatchObject({ class: cls, reason })
})

test('an unknown user in answer to RCPT is hard, in answer to the whole mail it is not', async () => {
  const said = (stage: string) =>
    dsn(
      failed('550 User unknown'),
      `<bob@client.test>: host mx.client.test said: 550\n    User unknown (in reply to\n    ${stage} command)`,
    )
  expect((await said('RCPT TO'))!.recipients[0]).toMatchObject({ class: 'hard', stage: 'rcpt' })
  expect((await said('end of DATA'))!.recipients[0]).toMatchObject({ class: 'soft', stage: 'data' })
})

test('a domain that does not exist is hard; a name server that does not answer is not', async () => {
  const none =
    'Final-Recipient: rfc822; bob@client.test\nAction: failed\nStatus: 5.4.4\nDiagnostic-Code: X-Postfix; Host or domain name not found. Name service error for name=client.test type=A: '
  expect((await dsn(`${none}Host not found`))!.recipients[0]).toMatchObject({
    class: 'hard',
    reason: 'host_unknown',
  })
  expect((await dsn(`${none}Host not found, try again`))!.recipients[0]!.class).toBe('soft')
})

test('a delay is never hard', async () => {
  const report = await dsn(failed('550 5.1.1 User unknown', '5.1.1').replace('failed', 'delayed'))
  expect(report!.recipients[0]).toMatchObject({ action: 'delayed', class: 'soft' })
})

test('a success notification is delivered', async () => {
  const report = await dsn('Final-Recipient: rfc822; bob@client.test\nAction: relayed\nStatus: 2.0.0')
  expect(report!.recipients[0]!.action).toBe('delivered')
})

test('a qmail bounce without fields: every recipient by its own passage, the id from the copy below', async () => {
  const report = await bounce(
    { Subject: 'failure notice' },
    `Hi. This is the qmail-send program at mx.acme.test.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<bob@client.test>:
192.0.2.9 does not like recipient.
Remote host said: 550 5.1.1 <bob@client.test>: Recipient address rejected: User unknown
Giving up on 192.0.2.9.

<eve@client.test>:
192.0.2.9 failed after I sent the message.
Remote host said: 554 5.7.1 Message rejected as spam

--- Below this line is a copy of the message.

Return-Path: <sales@acme.test>
Message-ID: <m1@acme.test>
Subject: Hello Bob
`,
  )
  expect(report).toMatchObject({
    form: 'text',
    originalMessageId: '<m1@acme.test>',
    originalSubject: 'Hello Bob',
  })
  expect(report!.recipients.map((one) => [one.address, one.class, one.stage])).toEqual([
    ['bob@client.test', 'hard', 'rcpt'],
    ['eve@client.test', 'blocked', 'data'],
  ])
})

test('an Exim bounce is read by its words and its X-Failed-Recipients', async () => {
  const report = await bounce(
    {
      'X-Failed-Recipients': 'bob@client.test',
      Subject: 'Mail delivery failed: returning message to sender',
    },
    `This message was created automatically by mail delivery software.

  bob@client.test
    host mx.client.test [192.0.2.9]
    SMTP error from remote mail server after RCPT TO:<bob@client.test>:
    550 No such user here

------ This is a copy of the message, including all the headers. ------

Message-ID: <m1@acme.test>
Subject: Hello Bob
`,
  )
  expect(report!.recipients).toMatchObject([
    { address: 'bob@client.test', class: 'hard', stage: 'rcpt', replyCode: '550' },
  ])
})

test('a text that only says it failed is soft', async () => {
  const report = await bounce(
    { Subject: 'Undeliverable' },
    'Your message to bob@client.test could not be delivered.',
  )
  expect(report!.recipients).toMatchObject([
    { address: 'bob@client.test', class: 'soft', reason: 'undefined' },
  ])
})

test('mail of a postmaster who answers as a person is no bounce', async () => {
  const headers = {
    From: 'Postmaster <postmaster@client.test>',
    Subject: 'Re: Hello',
    'Return-Path': '<postmaster@client.test>',
  }
  expect(await bounce(headers, 'Thanks, we will look into it.')).toBeNull()
})

test('a refusal heard at RCPT is judged like a bounce, one of the sender or of the mail is never hard', () => {
  const unknown =
    '550 5.1.1 <bob@client.test>: Recipient address rejected: User unknown in relay recipient table'
  expect(readRefusal(unknown, { address: 'bob@client.test', stage: 'rcpt' })).toMatchObject({
    class: 'hard',
    status: '5.1.1',
  })
  expect(readRefusal('550 User unknown', { address: null, stage: 'mail' }).class).toBe('blocked')
  expect(readRefusal(unknown, { address: null, stage: 'data' }).class).toBe('soft')
  expect(readRefusal('452 4.2.2 mailbox full', { address: 'bob@client.test', stage: 'rcpt' })).toMatchObject({
    class: 'soft',
    reason: 'mailbox_full',
  })
})
