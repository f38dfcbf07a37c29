/**
 * An outgoing mail as bytes. The same mail gives the same bytes (boundaries come from the Message-ID, the date from the mail), so that a
 * retry is the same letter. No header is ever built from text that was not checked here.
 */
import { domainToASCII } from 'node:url'
import MailComposer from 'nodemailer/lib/mail-composer'
import type { MailAddress } from '../core/parsed-mail.ts'
import type { OutgoingMail } from './port.ts'

/** References keeps the first id and the newest: RFC 5322 3.6.4 allows trimming, and servers refuse headers of many kilobytes. */
const REFERENCES_MAX = 30
/** RFC 5322 2.1.1 limits a line to 998 octets; a longer subject is a bug in a template, not a letter. */
const SUBJECT_MAX = 900

const MESSAGE_ID = /^<[^<>\s]{1,990}>$/
const HEADER_NAME = /^[!-9;-~]{1,70}$/
const ADDRESS = /^[^\s<>"(),:;\\]+@[^\s<>"(),:;\\@]+$/u

/** The complete source with CRLF line ends. Throws an Error naming the field when the mail itself is wrong: that is a bug of the caller. */
export async function composeRaw(mail: OutgoingMail): Promise<Buffer> {
  const html = mail.html === null ? {} : { html: mail.html }
  const node = new MailComposer({
    from: person(mail.from),
    to: mail.to.map(person),
    cc: mail.cc.map(person),
    ...(mail.replyTo === undefined ? {} : { replyTo: person(mail.replyTo) }),
    subject: oneLine(mail.subject).slice(0, SUBJECT_MAX),
    messageId: messageId(mail.messageId),
    ...(mail.inReplyTo === undefined ? {} : { inReplyTo: messageId(mail.inReplyTo) }),
    ...(mail.references.length === 0 ? {} : { references: trimmed(mail.references).map(messageId) }),
    date: rfc5322Date(mail.date),
    headers: extraHeaders(mail),
    text: mail.text,
    ...html,
    attachments: (mail.attachments ?? []).map((file) => ({
      filename: oneLine(file.filename),
      contentType: oneLine(file.contentType),
      content: Buffer.from(file.content),
    })),
    baseBoundary: mail.messageId.replace(/[^0-9a-zA-Z]/g, '').slice(0, 40),
    boundaryPrefix: '--segue',
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile()
  return node.build()
}

/** RCPT TO addresses in order, each once, domains in ASCII (RFC 5891); `to` are those that must all be taken. */
export function recipientsOf(mail: OutgoingMail): { to: string[]; all: string[] } {
  const to = unique(mail.to.map((one) => envelopeAddress(one.address)))
  return { to, all: unique([...to, ...[...mail.cc, ...mail.bcc].map((one) => envelopeAddress(one.address))]) }
}

export function envelopeAddress(address: string): string {
  const at = address.lastIndexOf('@')
  const domain = domainToASCII(address.slice(at + 1))
  return domain === '' ? address : `${address.slice(0, at)}@${domain}`
}

/** `Tue, 02 Mar 2027 09:00:00 +0000` */
export function rfc5322Date(instant: number): string {
  return new Date(instant).toUTCString().replace('GMT', '+0000')
}

function extraHeaders(mail: OutgoingMail): Record<string, string> {
  const headers: Record<string, string> = {}
  if (mail.headers.listUnsubscribe !== undefined) headers['List-Unsubscribe'] = mail.headers.listUnsubscribe
  if (mail.headers.listUnsubscribePost !== undefined)
    headers['List-Unsubscribe-Post'] = mail.headers.listUnsubscribePost
  Object.assign(headers, mail.headers.extra)
  for (const [name, value] of Object.entries(headers)) {
    if (!HEADER_NAME.test(name)) throw new Error(`header name ${JSON.stringify(name)} is not valid`)
    headers[name] = oneLine(value)
  }
  return headers
}

function person(one: MailAddress): { name: string; address: string } {
  if (!ADDRESS.test(one.address)) throw new Error(`address ${JSON.stringify(one.address)} is not valid`)
  return { name: oneLine(one.name), address: one.address }
}

function messageId(id: string): string {
  if (!MESSAGE_ID.test(id)) throw new Error(`Message-ID ${JSON.stringify(id)} is not valid`)
  return id
}

function trimmed(references: string[]): string[] {
  return references.length <= REFERENCES_MAX
    ? references
    : [references[0]!, ...references.slice(1 - REFERENCES_MAX)]
}

function oneLine(text: string): string {
  return text.replace(/[\x00-\x1f\x7f\u2028\u2029]+/g, ' ').trim()
}

function unique(list: string[]): string[] {
  return [...new Set(list)]
}
