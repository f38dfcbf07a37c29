/**
 * What a contact of the sandbox does, or their server, as the mail that a real world would send: an answer, a bounce, an out-of-office note,
 * an invitation, an opt-out, a complaint. Each is a raw RFC 5322 mail that enters at the reading port like any other.
 */
import MimeNode from 'nodemailer/lib/mime-node'
import { domainOf } from '../core/address.ts'
import { DAY, HOUR, type Instant } from '../core/clock.ts'
import type { MailAddress, ParsedMail } from '../core/parsed-mail.ts'
import type { Random } from '../core/random.ts'
import { rfc5322Date } from './compose.ts'

export type AnswerKind = 'answer' | 'away' | 'meeting' | 'opt_out' | 'complaint' | keyof typeof RETURNED

export interface AnswerRequest {
  /** The mail that is answered, as it was received in the sandbox. */
  original: ParsedMail
  /** Who answers: the contact it was sent to. */
  as: MailAddress
  kind: AnswerKind
  /** The words of an `answer`, or of an `away` note in place of the usual ones. */
  text?: string
  /** `2027-03-12`, for `away`. */
  returnsOn?: string
  now: Instant
  random: Random
}

export function answerMail(request: AnswerRequest): Promise<Buffer> {
  switch (request.kind) {
    case 'answer':
      return reply(request, request.text ?? 'Thanks, tell me more.')
    case 'opt_out':
      return reply(request, 'Please unsubscribe me.')
    case 'away':
      return away(request)
    case 'meeting':
      return invitation(request)
    case 'bounce':
    case 'mailbox_full':
    case 'blocked':
      return bounce(request, RETURNED[request.kind])
    case 'complaint':
      return complaint(request)
  }
}

interface Returned {
  status: string
  reply: (address: string) => string
  command: string
}

/** Why a server sends a mail back: for good, for now, for its content. In the words of Postfix and Dovecot. */
const RETURNED = {
  bounce: {
    status: '5.1.1',
    reply: (address: string) =>
      `550 5.1.1 <${address}>: Recipient address rejected: User unknown in virtual mailbox table`,
    command: 'RCPT TO',
  },
  mailbox_full: {
    status: '5.2.2',
    reply: (address: string) => `552 5.2.2 <${address}> Quota exceeded (mailbox for user is full)`,
    command: 'end of DATA',
  },
  blocked: {
    status: '5.7.1',
    reply: () => '554 5.7.1 Spam message rejected',
    command: 'end of DATA',
  },
} satisfies Record<string, Returned>

function reply(request: AnswerRequest, words: string): Promise<Buffer> {
  const { original, as } = request
  const node = letter(request, 'text/plain; charset=utf-8', {
    from: as,
    subject: `Re: ${bare(original.subject)}`,
  })
  node.setHeader(threadHeaders(original))
  const intro = `On ${day(original.date ?? request.now)}, ${original.from?.name || original.from?.address} wrote:`
  const quoted = original.text
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => `> ${line}`)
  node.setContent([words, '', intro, ...quoted, ''].join('\r\n'))
  return node.build()
}

/** RFC 3834: an automatic reply says so in Auto-Submitted. */
function away(request: AnswerRequest): Promise<Buffer> {
  const { original, as, returnsOn } = request
  const back = returnsOn === undefined ? '' : ` I will be back on ${spelled(returnsOn)}.`
  const node = letter(request, 'text/plain; charset=utf-8', {
    from: as,
    subject: `Automatic reply: ${bare(original.subject)}`,
  })
  node.setHeader({ ...threadHeaders(original), 'Auto-Submitted': 'auto-replied', Precedence: 'bulk' })
  node.setContent(request.text ?? `Thank you for your mail. I am out of the office.${back}\r\n`)
  return node.build()
}

/** RFC 3464, as Postfix writes it. */
function bounce(request: AnswerRequest, { status, reply: replyTo, command }: Returned): Promise<Buffer> {
  const { original, as, now } = request
  const host = `mx.${domainOf(as.address)}`
  const daemon = { name: 'Mail Delivery System', address: `MAILER-DAEMON@${host}` }
  const type = 'multipart/report; report-type=delivery-status'
  const node = letter(request, type, { from: daemon, subject: 'Undelivered Mail Returned to Sender' })
  node.setHeader({ 'Auto-Submitted': 'auto-replied', 'Return-Path': '<>' })
  const reason = replyTo(as.address)
  node
    .createChild('text/plain; charset=us-ascii')
    .setContent(
      `This is the mail system at host ${host}.\r\n\r\nI'm sorry to have to inform you that your message could not\r\n` +
        `be delivered to one or more recipients.\r\n\r\n<${as.address}>: host ${host} said: ${reason}\r\n` +
        `    (in reply to ${command} command)\r\n`,
    )
  node
    .createChild('message/delivery-status')
    .setContent(
      `Reporting-MTA: dns; ${host}\r\nArrival-Date: ${rfc5322Date(now)}\r\n\r\n` +
        `Final-Recipient: rfc822; ${as.address}\r\nOriginal-Recipient: rfc822;${as.address}\r\nAction: failed\r\n` +
        `Status: ${status}\r\nRemote-MTA: dns; ${host}\r\nDiagnostic-Code: smtp; ${reason}\r\n`,
    )
  node.createChild('text/rfc822-headers').setContent(originalHeaders(original))
  return node.build()
}

/** RFC 6047: half an hour, two days from now. */
function invitation(request: AnswerRequest): Promise<Buffer> {
  const { original, as, now, random } = request
  const starts = Math.floor(now / HOUR) * HOUR + 2 * DAY
  const subject = `Invitation: ${bare(original.subject)}`
  const node = letter(request, 'multipart/alternative', { from: as, subject })
  node
    .createChild('text/plain; charset=utf-8')
    .setContent(`${as.name || as.address} invites you to a meeting on ${day(starts)}.\r\n`)
  const us = (original.replyTo[0] ?? original.from ?? as).address
  node
    .createChild('text/calendar; charset=utf-8; method=REQUEST')
    .setContent(
      [
        ...[
          'BEGIN:VCALENDAR',
          'PRODID:-//Segue//Sandbox//EN',
          'VERSION:2.0',
          'METHOD:REQUEST',
          'BEGIN:VEVENT',
        ],
        ...[`UID:${random.hex(12)}@${domainOf(as.address)}`, `DTSTAMP:${basic(now)}`, 'SEQUENCE:0'],
        ...[
          `DTSTART:${basic(starts)}`,
          `DTEND:${basic(starts + HOUR / 2)}`,
          `ORGANIZER:mailto:${as.address}`,
        ],
        ...[`ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:${us}`, `SUMMARY:${bare(original.subject)}`],
        ...['END:VEVENT', 'END:VCALENDAR', ''],
      ].join('\r\n'),
    )
  return node.build()
}

/** An instant as RFC 5545 writes it: `20270302T090000Z`. */
const basic = (instant: Instant) => new Date(instant).toISOString().replace(/[-:]|\.\d+/g, '')

/** RFC 5965, as the feedback loops of large providers write it. */
function complaint(request: AnswerRequest): Promise<Buffer> {
  const { original, as, now } = request
  const domain = domainOf(as.address)
  const loop = { name: 'Feedback Loop', address: `feedback@${domain}` }
  const type = 'multipart/report; report-type=feedback-report'
  const node = letter(request, type, { from: loop, subject: `FW: ${bare(original.subject)}` })
  node
    .createChild('text/plain; charset=us-ascii')
    .setContent('This is an email abuse report for a message that was marked as spam by its reader.\r\n')
  node
    .createChild('message/feedback-report')
    .setContent(
      `Feedback-Type: abuse\r\nUser-Agent: Segue-Sandbox/1.0\r\nVersion: 1\r\nOriginal-Mail-From: ${original.from?.address ?? ''}\r\n` +
        `Original-Rcpt-To: ${as.address}\r\nArrival-Date: ${rfc5322Date(now)}\r\n`,
    )
  node.createChild('message/rfc822').setContent(`${originalHeaders(original)}\r\n(text removed)\r\n`)
  return node.build()
}

function letter(
  request: AnswerRequest,
  type: string,
  { from, subject }: { from: MailAddress; subject: string },
): MimeNode {
  const { original, as, now, random } = request
  const id = random.hex(12)
  const to = original.replyTo[0] ?? original.from ?? as
  const node = new MimeNode(type, { baseBoundary: id, boundaryPrefix: '--sandbox', newline: 'win' })
  node.setHeader({
    From: { name: from.name, address: from.address },
    To: { name: to.name, address: to.address },
    Subject: subject,
    'Message-ID': `<${id}@${domainOf(from.address)}>`,
    Date: rfc5322Date(now),
    'MIME-Version': '1.0',
  })
  return node
}

function threadHeaders(original: ParsedMail): Record<string, string> {
  if (original.messageId === null) return {}
  return {
    'In-Reply-To': original.messageId,
    References: [...original.references, original.messageId].join(' '),
  }
}

function originalHeaders(original: ParsedMail): string {
  const headers = new MimeNode('text/plain', { newline: 'win' })
  headers.setHeader({
    ...(original.from ? { From: { name: original.from.name, address: original.from.address } } : {}),
    To: original.to.map(({ name, address }) => ({ name, address })),
    Subject: original.subject,
    'Message-ID': original.messageId ?? '',
    Date: rfc5322Date(original.date ?? 0),
  })
  return headers.buildHeaders().replace(/\r?\n/g, '\r\n').concat('\r\n')
}

function bare(subject: string): string {
  return subject.replace(/^(?:\s*(?:re|aw|sv|antw|fwd?)\s*:\s*)+/i, '').trim()
}

function day(instant: Instant): string {
  return new Date(instant).toUTCString().slice(0, 22)
}

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
)

function spelled(date: string): string {
  const [year, month, dayOfMonth] = date.split('-').map(Number)
  return `${dayOfMonth} ${MONTHS[(month ?? 1) - 1]} ${year}`
}
