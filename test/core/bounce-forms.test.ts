/** Bounces that are written for people, in the form of each mail system: they are recognized, and say who failed and why. */
import { expect, test } from 'vitest'
import { classify } from '../../src/core/inbound.ts'
import { parseMail } from '../../src/mail/parse.ts'
import { mail } from '../support/mails.ts'

async function read(headers: Record<string, string>, body: string) {
  const parsed = await parseMail(Buffer.from(mail({ To: 'sales@acme.test', ...headers }, body)))
  const { kind, bounce } = classify(parsed, {
    now: Date.UTC(2027, 2, 2),
    mailboxAddresses: ['sales@acme.test'],
    folderRole: 'inbox',
  })
  return {
    kind,
    recipients: bounce?.recipients.map((one) => [one.address, one.class, one.reason]) ?? [],
    id: bounce?.originalMessageId,
  }
}

/** System, headers, text, the class and the reason for bob@client.test. */
const forms: [string, Record<string, string>, string, string, string][] = [
  [
    'MailMarshal',
    { From: 'postmaster@mx.client.test', Subject: 'Undeliverable Mail: "Hello Bob"' },
    `Your message:
    From:       sales@acme.test
    Subject:    Hello Bob

Could not be delivered because of

550 5.1.1 User unknown

The following recipients were affected:
    bob@client.test`,
    'hard',
    'user_unknown',
  ],
  [
    'InterScan',
    { From: '"InterScan MSS" <postmaster@mx.acme.test>', Subject: 'Mail could not be delivered' },
    `****** Message from InterScan Messaging Security Suite ******

Sent <<< RCPT TO:<bob@client.test>
Received >>> 550 5.1.1 <bob@client.test>... user unknown

Unable to deliver message to <bob@client.test>.`,
    'hard',
    'user_unknown',
  ],
  [
    'Biglobe',
    { From: 'postmaster@biglobe.test', Subject: 'Returned mail: The message was not delivered' },
    `   ----- The following addresses had delivery problems -----
bob@client.test    (unrecoverable error)

   ----- Non-delivered information -----
The number of messages in recipient's mailbox exceeded the local limit.`,
    'soft',
    'mailbox_full',
  ],
  [
    'Exchange 2003, in German',
    {
      From: 'Systemadministrator <postmaster@client.test>',
      Subject: 'Unzustellbar: Hello Bob',
    },
    `Ihre Nachricht hat einige oder alle Empfänger nicht erreicht.

      Betreff:	Hello Bob
      Gesendet am:	02.03.2027 09:00

Folgende(r) Empfänger kann/können nicht erreicht werden:

      bob@client.test am 02.03.2027 09:01
            Das E-Mail-Konto ist nicht in der Organisation vorhanden. The e-mail account does not exist at the organization this message was sent to.
            <mx.client.test #5.1.1>`,
    'hard',
    'user_unknown',
  ],
  [
    'Domino',
    {
      From: 'Postmaster@client.test',
      Subject: 'DELIVERY FAILURE: User bob (bob@client.test) not listed in Domino Directory',
    },
    `Your message

  Subject: Hello Bob

was not delivered to:

  bob@client.test

because:

  User bob (bob@client.test) not listed in Domino Directory`,
    'hard',
    'user_unknown',
  ],
  [
    'GroupWise',
    { From: 'Mailer-Daemon@client.test', Subject: 'Message status - undeliverable' },
    `The message that you sent was undeliverable to the following:
	bob@client.test (mailbox full)`,
    'soft',
    'mailbox_full',
  ],
  [
    'MDaemon',
    { From: 'MDaemon at mx.acme.test <MDaemon@mx.acme.test>', Subject: 'Permanent Delivery Failure' },
    `The attached message had PERMANENT fatal delivery errors!

--> RCPT To:<bob@client.test>
<-- 550 5.1.1 <bob@client.test>: Recipient address rejected: User unknown in virtual mailbox table

Failed address: bob@client.test`,
    'hard',
    'user_unknown',
  ],
  [
    'hMailServer',
    { From: 'mailer-daemon@mx.acme.test', Subject: 'Message undeliverable: Hello Bob' },
    `Your message did not reach some or all of the intended recipients.

   Sent: Tue, 2 Mar 2027 09:00:00 +0000
   Subject: Hello Bob

The following recipient(s) could not be reached:

bob@client.test
   Error Type: SMTP
   Remote server (192.0.2.9) issued an error.
   hMailServer sent: RCPT TO:<bob@client.test>
   Remote server replied: 550 Unknown user

hMailServer`,
    'hard',
    'user_unknown',
  ],
  [
    'Courier',
    {
      From: '"Courier mail server at mx.acme.test" <postmaster@mx.acme.test>',
      Subject: 'NOTICE: mail delivery status.',
    },
    `This is a delivery status notification from mx.acme.test,
running the Courier mail server, version 0.65.2.

                           UNDELIVERABLE MAIL

Your message to the following recipients cannot be delivered:

<bob@client.test>:
    mx.client.test [192.0.2.9]:
>>> RCPT TO:<bob@client.test>
<<< 550 5.1.1 <bob@client.test>... User Unknown`,
    'hard',
    'user_unknown',
  ],
  [
    'the null sender alone',
    { From: 'noreply@mx.client.test', 'Return-Path': '<>', Subject: 'Mail delivery failed' },
    'Delivery to the following recipient failed permanently:\n\n  bob@client.test\n\n552 5.2.2 mailbox full',
    'soft',
    'mailbox_full',
  ],
  [
    'a list manager (fml)',
    {
      From: 'team-admin@lists.client.test',
      'X-MLServer': 'fml [fml 4.0.3 release]',
      Subject: 'Loop Alert: Duplicated Message-ID (team ML)',
      'In-Reply-To': '<m1@acme.test>',
    },
    'Duplicated Message-ID in <bob@client.test>.',
    'soft',
    'system',
  ],
]
test.each(forms)('%s', async (_, headers, body, cls, reason) => {
  const copy =
    '\n\n------ This is a copy of the message ------\n\nMessage-ID: <m1@acme.test>\nTo: bob@client.test\nSubject: Hello Bob\n'
  const found = await read(headers, body + copy)
  expect(found).toMatchObject({ kind: 'bounce', recipients: [['bob@client.test', cls, reason]] })
  expect(found.id).toBe('<m1@acme.test>')
})

test('an Exchange report that a person would read in her own language is read by its fields', async () => {
  const found = await read(
    {
      From: 'MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@client.test',
      Subject: 'Non remis : Hello Bob',
      'Content-Type': 'multipart/report; report-type=delivery-status; boundary=b',
    },
    `--b
Content-Type: text/plain; charset=utf-8

Votre message n'a pas pu être remis à bob@client.test.

Informations de diagnostic pour les administrateurs :
--b
Content-Type: message/delivery-status

Reporting-MTA: dns;mx.client.test

Final-recipient: RFC822; bob@client.test
Action: failed
Status: 5.1.10
Diagnostic-code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient bob@client.test not found by SMTP address lookup

--b--`,
  )
  expect(found).toMatchObject({ kind: 'bounce', recipients: [['bob@client.test', 'hard', 'user_unknown']] })
})

test('a bounce of a bounce is about its own recipient, whatever the returned one says', async () => {
  const found = await read(
    {
      From: 'MAILER-DAEMON@mx.acme.test',
      Subject: 'Mail delivery failed: returning message to sender',
      'X-Failed-Recipients': 'bob@client.test',
      'Content-Type': 'multipart/mixed; boundary=b',
    },
    `--b
Content-Type: text/plain

A message that you sent could not be delivered to one or more of its recipients.

  bob@client.test
    host mx.client.test [192.0.2.9]
    SMTP error from remote mail server after end of data:
    552 5.2.2 mailbox full

--b
Content-Type: message/rfc822

From: MAILER-DAEMON@other.test
Message-ID: <m1@acme.test>
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=c

--c
Content-Type: message/delivery-status

Final-Recipient: rfc822; eve@elsewhere.test
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--c--

--b--`,
  )
  expect(found).toMatchObject({ kind: 'bounce', recipients: [['bob@client.test', 'soft', 'mailbox_full']] })
})

test('a report that returns another report is about the outer recipient alone', async () => {
  const found = await read(
    {
      From: 'MAILER-DAEMON@mx.acme.test',
      Subject: 'Undelivered Mail Returned to Sender',
      'Content-Type': 'multipart/report; report-type=delivery-status; boundary=b',
    },
    `--b
Content-Type: text/plain

Sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.acme.test

Final-Recipient: rfc822; bob@client.test
Action: failed
Status: 4.4.7

--b
Content-Type: message/rfc822

From: MAILER-DAEMON@other.test
Message-ID: <m1@acme.test>
Content-Type: multipart/report; report-type=delivery-status; boundary=c

--c
Content-Type: message/delivery-status

Final-Recipient: rfc822; eve@elsewhere.test
Action: failed
Status: 5.1.1

--c--

--b--`,
  )
  expect(found).toMatchObject({ kind: 'bounce', recipients: [['bob@client.test', 'soft', 'expired']] })
})
