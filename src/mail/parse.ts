/**
 * Raw bytes of a received mail taken apart into what the rules read. Whatever arrives, something comes out: malformed MIME never throws.
 * It judges nothing.
 */
import { htmlToText } from 'html-to-text'
import PostalMime, { type Address, type Attachment, decodeWords, type Email } from 'postal-mime'
import type { MailAddress, MailPart, ParsedMail } from '../core/parsed-mail.ts'

/** What a person writes fits many times over; what is longer is a mail bomb or a log. */
const TEXT_CHARS_MAX = 200_000
const HTML_CHARS_MAX = 500_000
const PARTS_MAX = 50
const REFERENCES_MAX = 100
/** Headers of other people's mail are read no further. */
const ID_HEADER_CHARS_MAX = 65_536
const HEADER_VALUES_MAX = 2_000
/** An attachment of a megabyte has 14,000 lines; the words of a person stand above it. */
const LINES_MAX = 30_000
/** Deep enough for forwards of forwards of reports. */
const NESTING_MAX = 30

/** `truncated`: only the first part of the mail was read. */
export async function parseMail(
  whole: Uint8Array,
  options: { truncated?: boolean } = {},
): Promise<ParsedMail> {
  const raw = firstLines(whole)
  const email = await structure(raw)
  const headers = headerMap(email.headers.map(({ key, value }) => [key, value]))
  const [contentType, reportType] = mediaType(headers['content-type']?.[0] ?? 'text/plain')
  const html = email.html?.slice(0, HTML_CHARS_MAX) ?? null
  const parts = email.attachments.slice(0, PARTS_MAX).map(part)
  return {
    headers,
    contentType,
    reportType,
    from: people(email.from ? [email.from] : [])[0] ?? null,
    replyTo: people(email.replyTo),
    to: people(email.to),
    cc: people(email.cc),
    returnPath: returnPath(headers),
    subject: email.subject ?? '',
    messageId: messageIds(headers['message-id'])[0] ?? null,
    inReplyTo: messageIds(headers['in-reply-to'])[0] ?? null,
    references: messageIds(headers['references']).slice(-REFERENCES_MAX),
    date: instant(headers['date']?.[0]),
    text: readable(email.text, html) || orphaned(raw, parts),
    html,
    parts,
    returned: returnedHeaders(parts),
    truncated: options.truncated === true || raw.length < whole.length,
  }
}

/** A megabyte of line breaks would keep the parser busy for half a minute: it takes some 30 microseconds a line. */
function firstLines(raw: Uint8Array): Uint8Array {
  let end = -1
  for (let line = 0; line < LINES_MAX; line += 1) {
    end = raw.indexOf(0x0a, end + 1)
    if (end < 0) return raw
  }
  return raw.subarray(0, end + 1)
}

async function structure(raw: Uint8Array): Promise<Email> {
  try {
    return await PostalMime.parse(raw, {
      forceRfc822Attachments: true,
      maxNestingDepth: NESTING_MAX,
      attachmentEncoding: 'arraybuffer',
    })
  } catch {
    // The parser gives up on nesting and header bombs; their headers can still be read, and the body as it stands.
    return flat(raw)
  }
}

function flat(raw: Uint8Array): Email {
  const source = Buffer.from(raw).toString('latin1')
  const [head, body] = splitHead(source)
  const headers = Object.entries(headerLines(head)).flatMap(([key, values]) =>
    values.map((value) => ({ key, originalKey: key, value })),
  )
  const subject = headers.find(({ key }) => key === 'subject')?.value
  return { headers, headerLines: [], subject, text: body.slice(0, TEXT_CHARS_MAX), attachments: [] }
}

/** A multipart whose boundaries were lost on the way has no parts; its body still holds words. */
function orphaned(raw: Uint8Array, parts: MailPart[]): string {
  return parts.length > 0 ? '' : splitHead(Buffer.from(raw).toString('latin1'))[1].slice(0, TEXT_CHARS_MAX)
}

function part(file: Attachment): MailPart {
  const readableType = /^(?:text\/|message\/|application\/ics$)/.test(file.mimeType)
  return {
    contentType: file.mimeType,
    filename: file.filename,
    text: readableType ? Buffer.from(file.content as ArrayBuffer).toString('utf8', 0, TEXT_CHARS_MAX) : null,
  }
}

/** The headers of the mail that came back with a report: of the first part that holds a mail or its headers. */
function returnedHeaders(parts: MailPart[]): Record<string, string[]> | null {
  const found = parts.find(
    ({ contentType, text }) =>
      text !== null &&
      /^(message\/(rfc822|global|rfc822-headers|global-headers)|text\/rfc822-headers)$/.test(contentType),
  )
  if (!found?.text) return null
  const headers = headerLines(splitHead(found.text.replace(/^\s+/, ''))[0])
  return Object.keys(headers).length === 0 ? null : headers
}

function splitHead(source: string): [head: string, body: string] {
  const blank = /\r?\n\r?\n/.exec(source)
  return blank ? [source.slice(0, blank.index), source.slice(blank.index + blank[0].length)] : [source, '']
}

function headerLines(head: string): Record<string, string[]> {
  const lines = head
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/)
    .slice(0, HEADER_VALUES_MAX)
  return headerMap(
    lines.flatMap((line) => {
      const match = /^([!-9;-~]+)[ \t]*:\s*(.*)$/.exec(line)
      return match ? [[match[1]!.toLowerCase(), match[2]!] as [string, string]] : []
    }),
  )
}

function headerMap(entries: [string, string][]): Record<string, string[]> {
  // No prototype: a header named `constructor` is a header.
  const map: Record<string, string[]> = Object.create(null)
  for (const [key, value] of entries.slice(0, HEADER_VALUES_MAX)) {
    const list = map[key] ?? []
    list.push(decodeWords(value).trim())
    map[key] = list
  }
  return map
}

function mediaType(value: string): [contentType: string, reportType: string | null] {
  const type = /^\s*([\w!#$&^.+-]+\/[\w!#$&^.+-]+)/.exec(value)?.[1]?.toLowerCase() ?? 'text/plain'
  return [type, /report-type\s*=\s*"?([\w-]+)/i.exec(value)?.[1]?.toLowerCase() ?? null]
}

function people(list: Address[] | undefined): MailAddress[] {
  return (list ?? [])
    .flatMap((one) => one.group ?? [one])
    .flatMap((one) => (one.address ? [{ address: one.address.trim(), name: one.name.trim() }] : []))
}

/** Ids with their brackets. Some clients leave the brackets out, or put a comment beside; a word with `@` is taken then. */
function messageIds(values: string[] | undefined): string[] {
  const text = (values ?? []).join(' ').slice(0, ID_HEADER_CHARS_MAX)
  const bracketed = text.match(/<[^<>\s]+>/g)
  if (bracketed) return [...new Set(bracketed)]
  return [...new Set(text.match(/[^\s<>"(),;]+@[^\s<>"(),;]+/g) ?? [])].map((id) => `<${id}>`)
}

function returnPath(headers: Record<string, string[]>): string | null {
  const value = headers['return-path']?.[0]
  return value === undefined ? null : (/<([^<>]*)>/.exec(value)?.[1] ?? value).trim()
}

function instant(value: string | undefined): number | null {
  const ms = Date.parse(value ?? '')
  return Number.isNaN(ms) ? null : ms
}

function readable(text: string | undefined, html: string | null): string {
  if (text !== undefined && (text.trim() !== '' || html === null)) return text.slice(0, TEXT_CHARS_MAX)
  if (html === null) return ''
  try {
    return htmlToText(html, {
      wordwrap: false,
      limits: { maxInputLength: HTML_CHARS_MAX },
      selectors: [
        { selector: 'img', format: 'skip' },
        { selector: 'a', options: { ignoreHref: true } },
      ],
    }).slice(0, TEXT_CHARS_MAX)
  } catch {
    // A tag soup that the converter cannot walk: the words without the tags still tell what was meant.
    return html.replace(/<[^>]*>/g, ' ').slice(0, TEXT_CHARS_MAX)
  }
}
