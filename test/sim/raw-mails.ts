/** The mails that arrive in a simulated inbox, as raw RFC 822 bytes, in the forms that real servers and people write. */
import type { Instant } from '../../src/core/clock.ts'
import type { OutgoingMail } from '../../src/mail/port.ts'

export interface Answer {
  original: OutgoingMail
  /** The Message-ID that the recipient saw. */
  seenId: string
  id: string
  at: Instant
}

const encode = (lines: string[]): Uint8Array => Buffer.from(`${lines.join('\r\n')}\r\n`)
const date = (at: Instant): string => new Date(at).toUTCString().replace('GMT', '+0000')
const writtenTo = ({ original }: Answer): string => original.to[0]!.address
const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1)

function head(answer: Answer, more: { from?: string; subject?: string; headers?: string[] } = {}): string[] {
  const { original, id, at } = answer
  return [
    `From: ${more.from ?? `Somebody <${writtenTo(answer)}>`}`,
    `To: <${original.replyTo?.address ?? original.from.address}>`,
    `Subject: ${more.subject ?? `Re: ${original.subject}`}`,
    `Message-ID: <${id}@${domainOf(writtenTo(answer))}>`,
    `Date: ${date(at)}`,
    'MIME-Version: 1.0',
    ...(more.headers ?? []),
  ]
}

function thread({ original, seenId }: Answer): string[] {
  return [`In-Reply-To: ${seenId}`, `References: ${[...original.references, seenId].join(' ')}`]
}

function plain(
  answer: Answer,
  text: string[],
  more: { from?: string; subject?: string; headers?: string[] } = {},
) {
  const headers = [...thread(answer), 'Content-Type: text/plain; charset=utf-8', ...(more.headers ?? [])]
  return encode([...head(answer, { ...more, headers }), '', ...text])
}

export function reply(answer: Answer, from?: string): Uint8Array {
  const text = [
    'Thank you, this is interesting. Can you call me next week?',
    '',
    `> ${answer.original.subject}`,
  ]
  return plain(answer, text, from === undefined ? {} : { from: `A Colleague <${from}>` })
}

/** Some programs keep no thread: only the sender and the subject say what is answered. */
export function replyWithoutThread(answer: Answer): Uint8Array {
  return encode([...head(answer), 'Content-Type: text/plain', '', 'Please tell me more about it.'])
}

export function ticket(answer: Answer): Uint8Array {
  const headers = ['Auto-Submitted: auto-replied']
  return plain(answer, ['We have received your mail. Your ticket is 4711.'], {
    headers,
    subject: 'Your request 4711',
  })
}

/** `returnsOn` as YYYY-MM-DD; null: the note does not say. */
export function away(answer: Answer, returnsOn: string | null): Uint8Array {
  const headers = ['Auto-Submitted: auto-replied', 'Precedence: bulk']
  const back = returnsOn === null ? '' : ` I am back on ${spelled(returnsOn)}.`
  const subject = `Automatic reply: ${answer.original.subject}`
  return plain(answer, [`Thank you for your mail. I am out of the office.${back}`], { headers, subject })
}

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
)

function spelled(day: string): string {
  const [year, month, dayOfMonth] = day.split('-').map(Number)
  return `${dayOfMonth} ${MONTHS[month! - 1]} ${year}`
}

export function removeMe(answer: Answer): Uint8Array {
  return plain(answer, ['Please remove me from your list.'])
}

/** What the mailto way of the opt-out link sends. Undefined when the mail offered none. */
export function mailtoOptOut(answer: Answer): Uint8Array | undefined {
  const subject = /subject=([^>&\s]+)/.exec(answer.original.headers.listUnsubscribe ?? '')?.[1]
  if (subject === undefined) return undefined
  const headers = ['Content-Type: text/plain']
  return encode([...head(answer, { subject: decodeURIComponent(subject), headers }), '', ''])
}

export type BounceClass = 'hard' | 'soft' | 'blocked'

const REPLIES: Record<BounceClass, { status: string; reply: string }> = {
  hard: {
    status: '5.1.1',
    reply: '550 5.1.1 Recipient address rejected: User unknown in virtual mailbox table',
  },
  soft: { status: '4.2.2', reply: '452 4.2.2 The email account that you tried to reach is over quota' },
  blocked: { status: '5.7.1', reply: '554 5.7.1 Message rejected: spam content detected' },
}

/** RFC 3464, as Postfix writes it. */
/** Servers return all headers of a mail. */
const listHeader = ({ original: { headers } }: Answer) =>
  headers.listUnsubscribe === undefined ? [] : [`List-Unsubscribe: ${headers.listUnsubscribe}`]

export function bounce(answer: Answer, kind: BounceClass): Uint8Array {
  const { original, seenId } = answer
  const to = writtenTo(answer)
  const { status, reply: words } = REPLIES[kind]
  const type = 'Content-Type: multipart/report; report-type=delivery-status; boundary="b0"'
  const from = `Mail Delivery System <MAILER-DAEMON@mx.${domainOf(to)}>`
  const headers = ['Auto-Submitted: auto-replied', 'Return-Path: <>', type]
  return encode([
    ...head(answer, { from, subject: 'Undelivered Mail Returned to Sender', headers }),
    ...['', '--b0', 'Content-Type: text/plain', '', `<${to}>: host mx.${domainOf(to)} said: ${words}`],
    ...[
      '',
      '--b0',
      'Content-Type: message/delivery-status',
      '',
      `Reporting-MTA: dns; mx.${domainOf(to)}`,
      '',
    ],
    ...[
      `Final-Recipient: rfc822; ${to}`,
      'Action: failed',
      `Status: ${status}`,
      `Diagnostic-Code: smtp; ${words}`,
    ],
    ...[
      '',
      '--b0',
      'Content-Type: text/rfc822-headers',
      '',
      `From: <${original.from.address}>`,
      `To: <${to}>`,
    ],
    ...[`Subject: ${original.subject}`, `Message-ID: ${seenId}`, ...listHeader(answer), '', '--b0--'],
  ])
}

/** RFC 5965, as the feedback loops of large providers write it. */
export function complaint(answer: Answer): Uint8Array {
  const { original, seenId } = answer
  const to = writtenTo(answer)
  const type = 'Content-Type: multipart/report; report-type=feedback-report; boundary="b0"'
  const from = `Feedback Loop <feedback@${domainOf(to)}>`
  return encode([
    ...head(answer, { from, subject: `FW: ${original.subject}`, headers: [type] }),
    ...['', '--b0', 'Content-Type: text/plain', '', 'This is an email abuse report.'],
    ...['', '--b0', 'Content-Type: message/feedback-report', '', 'Feedback-Type: abuse', 'Version: 1'],
    ...['User-Agent: Simulated/1', `Original-Rcpt-To: ${to}`, '', '--b0', 'Content-Type: message/rfc822', ''],
    ...[`From: <${original.from.address}>`, `To: <${to}>`, `Subject: ${original.subject}`],
    ...[`Message-ID: ${seenId}`, ...listHeader(answer), '', '(text removed)', '', '--b0--'],
  ])
}

/** The copy of a sent mail that stands in the Sent folder; also what a person wrote by hand. */
export function sentCopy(mail: {
  id: string
  from: string
  to: string
  subject: string
  at: Instant
}): Uint8Array {
  return encode([
    `From: <${mail.from}>`,
    `To: <${mail.to}>`,
    `Subject: ${mail.subject}`,
    `Message-ID: ${mail.id}`,
    `Date: ${date(mail.at)}`,
    'Content-Type: text/plain',
    '',
    'As sent.',
  ])
}

/** A newsletter or a stranger: nothing that concerns anybody we write to. */
export function stranger(o: { id: string; to: string; at: Instant }): Uint8Array {
  const from = `news@elsewhere.example`
  return sentCopy({ id: `<${o.id}@elsewhere.example>`, from, to: o.to, subject: 'Our news', at: o.at })
}
