/**
 * What mail servers of the world answer, word for word as their source texts and help pages give it, and what each answer means. One line
 * is one server's wording: `reason | reply`. They come as a report of Postfix would bring them, with the status that stands in the reply.
 */
import { describe, expect, test } from 'vitest'
import { classFor, readBounce } from '../../src/core/bounce.ts'
import { classOf } from '../../src/core/bounce-rules.ts'
import { parseMail } from '../../src/mail/parse.ts'
import { mail } from '../support/mails.ts'

type Command = 'RCPT TO' | 'end of DATA' | 'MAIL FROM' | 'EHLO'

/** As Postfix reports what it heard. */
async function verdict(reply: string, command?: Command) {
  const status =
    /(?:^|[\s#(])([245]\.\d{1,3}\.\d{1,3})/.exec(reply)?.[1] ??
    `${/\b4\d\d\b/.test(reply.slice(0, 4)) ? 4 : 5}.0.0`
  const said = command ? ` (in reply to ${command} command)` : ''
  const report = readBounce(
    await parseMail(
      Buffer.from(
        mail(
          {
            From: 'MAILER-DAEMON@mx.acme.test (Mail Delivery System)',
            Subject: 'Undelivered Mail Returned to Sender',
            'Content-Type': 'multipart/report; report-type=delivery-status; boundary=b',
          },
          `--b
Content-Type: text/plain

This is the mail system at host mx.acme.test.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<bob@client.test>: host mx.client.test[192.0.2.9] said: ${reply}${said}

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.acme.test

Final-Recipient: rfc822; bob@client.test
Action: failed
Status: ${status}
Remote-MTA: dns; mx.client.test
Diagnostic-Code: smtp; ${reply}

--b--`,
        ),
      ),
    ),
  )
  const found = classFor(report!, 'bob@client.test')!
  return { reason: found.reason, class: found.class }
}

function lines(table: string): [reason: string, reply: string][] {
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const cut = line.indexOf('|')
      return [line.slice(0, cut).trim(), line.slice(cut + 1).trim()]
    })
}

/** The class is a promise; the reason is what a person reads, and for a few wordings another is as good. */
function says(table: string, command?: Command): void {
  test.each(lines(table))('%s: %s', async (reason, reply) => {
    expect(await verdict(reply, command)).toEqual({
      reason,
      class: classOf(reason as Parameters<typeof classOf>[0]),
    })
  })
}

describe('an address that does not exist is hard where the reply says so by its code', () => {
  says(`
    user_unknown | 550-5.1.1 The email account that you tried to reach does not exist. Please try 550-5.1.1 double-checking the recipient's email address for typos or 550-5.1.1 unnecessary spaces. For more information, go to 550 5.1.1 https://support.google.com/mail/?p=NoSuchUser a1-2 - gsmtp
    user_unknown | 550 5.1.1 <bob@client.test>: Recipient address rejected: User unknown in virtual mailbox table
    user_unknown | 550 5.1.1 <bob@client.test>: Recipient address rejected: User unknown in local recipient table
    user_unknown | 550 5.1.1 <bob@client.test>: Recipient address rejected: undeliverable address: host mx2.client.test[192.0.2.10] said: 550 5.1.1 <bob@client.test> User doesn't exist: bob@client.test (in reply to RCPT TO command)
    user_unknown | 550 5.1.1 <bob@client.test>... User unknown
    user_unknown | 550 5.1.1 <bob@client.test> User doesn't exist: bob@client.test
    user_unknown | 550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient bob@client.test not found by SMTP address lookup
    user_unknown | 550 5.1.1 RESOLVER.ADR.ExRecipNotFound; not found
    user_unknown | 550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [DB5EUR01FT012.eop-EUR01.prod.protection.outlook.com]
    user_unknown | 550 5.4.1 [bob@client.test]: Recipient address rejected: Access denied [DB5EUR01FT012.eop-EUR01.prod.protection.outlook.com]
    user_unknown | 550 5.1.351 Remote server returned unknown recipient or mailbox unavailable -> 550 Invalid Recipient
    user_unknown | 550 5.1.1 Mailbox <bob@client.test> does not exist
    user_unknown | 550 5.1.1 <bob@client.test> Recipient not found. <http://x.co/irbounce>
    user_unknown | 550 5.1.1 Not our Customer
    user_unknown | 550 5.1.1 bob@client.test ...No such user here
    user_unknown | 550 5.1.1 sorry, no mailbox here by that name (#5.1.1 - chkuser)
    user_unknown | 550 5.1.1 Recipient unknown <bob@client.test>
    user_unknown | 550 5.1.1 <bob@client.test> User unknown; rejecting
    user_unknown | 550 5.1.1 unknown or illegal alias: bob@client.test
    user_unknown | 550 5.1.1 <bob@client.test>: inactive email address
    user_unknown | 550 5.1.1 <bob@client.test> is not a valid mailbox
    user_unknown | 550 5.1.1 The recipient address <bob@client.test> was not found in our directory
    user_unknown | 550 5.1.1 No such user bob@client.test - nsmtp
    user_unknown | 550 5.1.1 Unknown recipient address
    user_unknown | 550 5.1.1 RCP-P1 http://postmaster.facebook.com/response_codes?ip=192.0.2.1#rcp The attempted recipient address does not exist.
    user_unknown | 553 5.1.1 Sorry, no mailbox by that name here
    user_unknown | 550 5.1.1 Addressee unknown
    user_unknown | 550 5.1.1 <bob@client.test>: Email address could not be found, or was misspelled (G8)
    user_unknown | 554 5.1.1 Destination mailbox address invalid
    user_unknown | 501 5.1.3 Bad recipient address syntax
    user_unknown | 550 5.7.1 No such user!
    moved        | 551 5.1.6 User has moved; please try <bob@elsewhere.test>
    moved        | 550 5.1.6 recipient no longer on server: bob@client.test
    host_unknown | 550 5.1.2 <bob@client.test>... Host unknown (Name server: client.test: host not found)
    host_unknown | 550 5.4.310 DNS domain client.test does not exist [Message=InfoDomainNonexistent]
    host_unknown | 554 5.4.4 [internal] Domain Lookup Failed
    host_unknown | 550 5.4.4 SMTPSEND.DNS.NonExistentDomain; nonexistent domain
    host_unknown | 550 5.1.2 <bob@client.test>: Recipient address rejected: Domain not found
    accepts_no_mail | 556 5.1.10 <bob@client.test>: Recipient address rejected: Domain client.test does not accept mail (nullMX)
    accepts_no_mail | 550 5.1.10 Recipient domain has a null MX
  `)
})

describe('an address that does not exist is hard where the server refuses it at RCPT', () => {
  says(
    `
    user_unknown | 550 Requested action not taken: mailbox unavailable
    user_unknown | 550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302). [BN8NAM12FT012.eop-nam12.prod.protection.outlook.com]
    user_unknown | 550 Requested action not taken: mailbox unavailable For explanation visit https://postmaster.gmx.net/en/case?c=r0301
    user_unknown | 550 Invalid Recipient - https://community.mimecast.com/docs/DOC-1369#550 [x1]
    user_unknown | 550 No such user here
    user_unknown | 550 No Such User Here
    user_unknown | 550 Unrouteable address
    user_unknown | 550 unknown user
    user_unknown | 550 User unknown
    user_unknown | 550 Unknown user bob@client.test
    user_unknown | 550 <bob@client.test>, Recipient unknown
    user_unknown | 550 bob@client.test unknown user account
    user_unknown | 550 bob@client.test... No such user
    user_unknown | 550 <bob@client.test> No such user here
    user_unknown | 550 Mailbox not found. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000728
    user_unknown | 550 User not found: bob@client.test
    user_unknown | 550 Message was not accepted -- invalid mailbox. Local mailbox bob@client.test is unavailable: user not found
    user_unknown | 550 Invalid recipient: <bob@client.test>
    user_unknown | 550 Invalid recipient bob@client.test
    user_unknown | 550 <bob@client.test>: Recipient address rejected: Usuario desconocido
    user_unknown | 550 <bob@client.test>: Recipient address rejected: User unknown in relay recipient table
    user_unknown | 550 No such recipient here
    user_unknown | 550 No such recipient
    user_unknown | 550 No such person at this address.
    user_unknown | 550 That email address does not exist here
    user_unknown | 550 Address unknown
    user_unknown | 550 unknown address <bob@client.test>
    user_unknown | 550 bob@client.test: no such address here
    user_unknown | 550 The recipient cannot be verified. Please check all recipients of this message to verify they are valid.
    user_unknown | 550 sorry, no mailbox here by that name. (#5.7.17)
    user_unknown | 511 sorry, no mailbox here by that name (#5.1.1 - chkuser)
    user_unknown | 552 1 Requested mail action aborted, mailbox not found
    user_unknown | 554 delivery error: dd This user doesn't have a yahoo.com account (bob@yahoo.com) [0] - mta1.mail.test
    user_unknown | 550 Recipient does not exist
    user_unknown | 550 user does not exist
    user_unknown | 550 bob@client.test is not a known user
    user_unknown | 550 5.2.1 Mailbox unavailable. Your IP address 192.0.2.1 is fine, the address is not known
    user_unknown | 550 Unknown local part bob in <bob@client.test>
    user_unknown | 550 no such mailbox
    user_unknown | 550 Not a local user
    host_unknown | 553 5.1.2 We weren't able to find the recipient domain. Please check for any spelling errors
    user_unknown | 550 <bob@client.test> is not a valid recipient
    user_unknown | 550 Invalid mailbox: bob@client.test
    user_unknown | 550 Mailbox does not exist
    user_unknown | 550 recipient rejected: no such account
    user_unknown | 550 Benutzer unbekannt
    user_unknown | 550 Utilisateur inconnu
    user_unknown | 550 Destinatario sconosciuto
    user_unknown | 550 Usuario inexistente
    user_unknown | 550 Нет такого пользователя
    user_unknown | 553 sorry, that recipient is not in my validrcptto list (#5.1.1)
    user_unknown | 553 5.3.0 <bob@client.test>... No such user here
    accepts_no_mail | 521 5.3.2 Host does not accept mail: MX 0 .
    host_unknown | 550 Unknown host
  `,
    'RCPT TO',
  )
})

describe('"user unknown" after the mail was given over is what filters say of people who exist: soft', () => {
  says(
    `
    filtered | 550 Unknown user bob@client.test
    filtered | 550 User unknown
    filtered | 550 No such user here
  `,
    'end of DATA',
  )
})

describe('what may work later is soft', () => {
  says(`
    mailbox_full | 552 5.2.2 <bob@client.test> Quota exceeded (mailbox for user is full)
    mailbox_full | 552-5.2.2 The recipient's inbox is out of storage space. Please direct the 552-5.2.2 recipient to 552 5.2.2 https://support.google.com/mail/?p=OverQuotaPerm a1-2 - gsmtp
    mailbox_full | 452 4.2.2 The email account that you tried to reach is over quota.
    mailbox_full | 554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded
    mailbox_full | 552 5.2.2 Mailbox size limit exceeded 1700000000-abc
    mailbox_full | 550 bob@client.test account is full (quota exceeded)
    mailbox_full | 552 Requested mail action aborted: exceeded storage allocation
    mailbox_full | 550 5.2.2 <bob@client.test>: user is over quota
    mailbox_full | 522 5.2.2 Recipient's mailbox is full, message returned to sender. (#5.2.2)
    mailbox_full | 552 5.2.2 The users mailfolder is over the allowed quota (size). (#5.2.2)
    mailbox_full | 5.2.2 cannot update mailbox /var/mail/bob for user bob. error writing message: File too large
    mailbox_full | 552 5.1.1 Mailbox delivery failure policy error: mailbox is over its quota
    mailbox_full | 550 5.7.1 bob@client.test: mailbox quota exceeded
    disabled | 550 5.2.1 The email account that you tried to reach is disabled. Learn more at https://support.google.com/mail/?p=DisabledUser a1-2 - gsmtp
    disabled | 550-5.2.1 The email account that you tried to reach is inactive.
    disabled | 554 5.2.1 mailbox disabled; STOREDRV.Deliver.Exception:AccountDisabledException
    disabled | 554 30 Sorry, your message to bob@yahoo.com cannot be delivered. This mailbox is disabled (554.30).
    disabled | 550 Message was not accepted -- invalid mailbox. Local mailbox bob@client.test is unavailable: account is disabled
    disabled | 550 5.2.1 This mailbox has been blocked due to inactivity (UserSearch)
    disabled | 525 5.7.13 Disabled recipient address
    disabled | 550 5.2.1 <bob@client.test>: Recipient address rejected: account suspended
    disabled | 550 bob@client.test account disabled
    disabled | 550 Account not available
    too_big | 552 5.3.4 Message size exceeds fixed limit
    too_big | 552 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient
    too_big | 552 5.3.4 Error: message file too big
    too_big | 550 5.3.4 ROUTING.SizeLimit; message size exceeds fixed maximum size for route
    too_big | 552 message exceeds maximum message size
    too_big | 554 Maximum email size exceeded
    on_hold | 450 4.2.0 <bob@client.test>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/client.test.html
    on_hold | 451 4.7.1 Greylisting in action, please come back later
    on_hold | 451 Temporary local problem - please try later: greylisted
    expired | 550 4.4.7 QUEUE.Expired; message expired
    expired | 550 5.4.316 Message expired, connection refused(Socket error code 10061)
    expired | 550 5.4.300 Message expired -> 451 4.7.500 Server busy
    expired | connect to mx.client.test[192.0.2.9]:25: Connection timed out
    expired | connect to mx.client.test[192.0.2.9]:25: No route to host
    network | 554 5.4.14 Hop count exceeded - possible mail loop ATTR34
    network | 554 5.4.6 Too many hops 26 (25 max): from <a@acme.test> via mx, to <bob@client.test>
    network | 5.4.6 mail for client.test loops back to myself
    system | 451 4.3.0 Error: queue file write error
    system | 451 4.3.0 Internal server error
    system_full | 452 4.3.1 Insufficient system storage
    mailer | x-unix; 75
    mailer | 5.3.0 Command died with status 2: "/usr/bin/procmail"
  `)
})

describe('a filter, a policy, the reputation or the authentication of the sender is blocked, never hard', () => {
  says(`
    authentication | 550-5.7.26 This mail has been blocked because the sender is unauthenticated. Gmail requires all senders to authenticate with either SPF or DKIM.
    authentication | 550-5.7.26 Unauthenticated email from acme.test is not accepted due to domain's DMARC policy.
    authentication | 550 5.7.509 Access denied, sending domain ACME.TEST does not pass DMARC verification and has a DMARC policy of reject.
    authentication | 550 5.7.23 The message was rejected because of Sender Policy Framework violation -> 550 5.7.23
    authentication | 553-SPF (Sender Policy Framework) domain authentication 553 fail. Refer to the Troubleshooting page at http://www.symanteccloud.com/troubleshooting for more information. (#5.7.1)
    authentication | 550 DMARC Sender Invalid - envelope rejected - https://community.mimecast.com/docs/DOC-1369#550
    authentication | 550 5.7.1 <bob@client.test>: Recipient address rejected: Message rejected due to: SPF fail - not authorized. Please see http://www.openspf.net/Why
    authentication | 550 5.7.1 rejecting for Sender Policy Framework
    authentication | 554 5.7.5 Permanent error evaluating DMARC policy
    authentication | 550 5.7.20 No passing DKIM signature found
    reverse_dns | 550 5.7.25 [192.0.2.1] The IP address sending this message does not have a PTR record setup
    reverse_dns | 554-gmx.net (mxgmx016) Nemesis ESMTP Service not available 554-No SMTP service 554-Bad DNS PTR resource record. 554 For explanation visit https://postmaster.gmx.net
    reverse_dns | 450 4.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.1]
    reverse_dns | 550 5.7.1 Client host rejected: cannot find your hostname, [192.0.2.1]
    reverse_dns | 421 Temporarily rejected. Reverse DNS for 192.0.2.1 failed. IB108
    reverse_dns | 554 PTR lookup failure
    reverse_dns | 554 5.7.1 Connection refused. IP name lookup failed for 192.0.2.1
    reputation | 421 4.7.0 [TSS04] Messages from 192.0.2.25 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1
    reputation | 550-5.7.1 [192.0.2.1 19] Gmail has detected that this message is likely suspicious due to the very low reputation of the sending domain.
    reputation | 550 csi.mimecast.org Poor Reputation Sender. - https://community.mimecast.com/docs/DOC-1369#550
    blocked | 550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3140).
    blocked | 550 5.7.606 Access denied, banned sending IP [192.0.2.1]. To request removal from this list please visit https://sender.office.com/
    blocked | 553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1, because the ip is in Spamhaus's list; see https://postmaster.yahooinc.com/error-codes
    blocked | 554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org
    blocked | 550 5.7.513 Service unavailable, Client host [192.0.2.1] blocked by client.test using Customer Block list (AS16012612)
    blocked | 554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using Barracuda Reputation; http://www.barracudanetworks.com/reputation/
    blocked | 554 Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.1
    blocked | 553 5.3.0 flpd575 DNSBL:RBL 521< 192.0.2.1 >_is_blocked.For assistance forward this error to abuse_rbl@abuse-att.net
    blocked | 554 resimta-po-01v.sys.comcast.net comcast 192.0.2.1 Comcast block for spam. Please see http://postmaster.comcast.net/smtp-error-codes.php#BL000001
    blocked | 521 5.2.1 : AOL will not accept delivery of this message.
    blocked | 550 You have been blocked by the recipient
    blocked | 421 4.3.2 Your ip blocked from this server
    blocked | 550 SC-001 (BAY004-MC1F1) Unfortunately, messages from 192.0.2.1 weren't sent.
    too_fast | 421 4.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your IP address.
    too_fast | 450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages from being delivered.
    too_fast | 421 4.7.0 Too many connections from your IP
    too_fast | 550 5.2.122 The recipient has exceeded their limit for the number of messages they can receive per hour
    too_fast | 421 RL000003 Too many sessions opened
    too_fast | Domain acme.test has exceeded the max emails per hour (150/150 (100%)) allowed. Message discarded.
    spam | 554 5.7.1 [2] Message rejected under suspicion of SPAM; https://ya.cc/1IrBc 1700000000-abc
    spam | 550 spam message rejected. Please visit http://help.mail.ru/notspam-support/id?c=abc
    spam | 550-5.7.1 Our system has detected that this message is likely unsolicited mail. To reduce the amount of spam sent to Gmail, this message has been blocked.
    spam | 554 5.7.1 Message content rejected, id=1-2, from MTA: spam score 12.3
    spam | 554 5.7.1 The message was classified as spam and may not be delivered
    spam | 550 High probability of spam
    spam | 554 DT:SPM 163 smtp1,abc http://mail.163.com/help/help_spam_16.htm
    spam | 550 5.7.501 Access denied, spam abuse detected from IP range.
    spam | 550 5.7.0 Mail contained a URL rejected by SURBL
    virus | 554 5.7.1 virus Eicar-Test-Signature detected by ClamAV
    virus | 553 Virus Signature Detected - https://community.mimecast.com/docs/DOC-1369#553
    content | 550 5.7.1 Message rejected due to content restrictions
    content | 550 Message bounced due to Content Examination Policy
    content | 552-5.7.0 This message was blocked because its content presents a potential 552-5.7.0 security issue. Please visit https://support.google.com/mail/?p=BlockedMessage
    content | 550 Mail content denied. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000726
    content | 554 5.6.0 Message with invalid header rejected
    not_compliant | 550 5.7.1 Messages missing a valid messageId header are not accepted.
    not_compliant | 550-5.7.1 Messages with multiple addresses in From: header are not accepted.
    not_compliant | 550 5.7.512 Access denied, message must be RFC 5322 section 3.6.2 compliant and include a valid From address
    policy | 554 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes
    policy | 550 5.7.0 Local Policy Violation
    policy | 554 5.7.1 [CS01] Message rejected due to local policy.
    policy | 554 Transaction failed Reject due to policy restrictions.
    policy | 550 Administrative prohibition
    policy | 554 Email rejected due to security policies - https://community.mimecast.com/docs/DOC-1369#554
    relaying | 554 5.7.1 <bob@client.test>: Relay access denied
    relaying | 550 5.7.64 TenantAttribution; Relay Access Denied
    relaying | 550 5.7.1 <bob@client.test>... Relaying denied. Proper authentication required.
    relaying | 550 bob@client.test we do not relay
    relaying | 553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)
    relaying | 550-mx.acme.test [192.0.2.1] is currently not permitted to relay through this server.
    relaying | 553 you are trying to use me [server-1.tower-1.messagelabs.com] as a relay, but I have not been configured to let you
    sender_rejected | 550 5.1.8 <sales@acme.test>: Sender address rejected: Domain not found
    sender_rejected | 450 4.1.8 <sales@acme.test>: Sender address rejected: Domain not found
    sender_rejected | 550 5.1.0 <sales@acme.test>: Sender address rejected: User unknown in virtual mailbox table
    sender_rejected | 553 5.1.8 Domain of sender address sales@acme.test does not exist
    sender_rejected | 550 Sender verify failed
    sender_rejected | 553 5.1.8 The domain acme.test does not exist
    sender_rejected | 550-Verification failed for <sales@acme.test> 550-No Such User Here 550 Sender verify failed
    sender_rejected | 550-Callback setup failed while verifying <sales@acme.test> 550 Sender verify failed
    sender_rejected | 550 5.7.1 Sender rejected
    sender_rejected | 550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Delivery restriction check failed because the sender was not authenticated when sending to this group
    sender_rejected | 550 5.7.124 RESOLVER.RST.NotAuthorized; sender not in allowed-senders list
    sender_rejected | 550 5.7.511 Access denied, banned sender
    sender_rejected | 550 5.1.8 Access denied, bad outbound sender
    security | 530 5.7.0 Authentication required
    security | 530 5.7.0 Must issue a STARTTLS command first
  `)
})

describe('the host that greets or helps itself is ours, not theirs: never hard', () => {
  says(
    `
    blocked | 550 5.7.1 <mx.acme.test>: Helo command rejected: Host not found
    blocked | 504 5.5.2 <mx>: Helo command rejected: need fully-qualified hostname
    blocked | 550 5.7.506 Access Denied, Bad HELO
    blocked | 550 Invalid HELO name (See RFC2821 4.1.1.1)
    blocked | 554 mx1.client.test
  `,
    'EHLO',
  )
})
