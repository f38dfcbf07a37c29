/**
 * A mail taken apart: the structure that the rules of `inbound.ts` and `bounce.ts` judge. `mail/parse.ts` makes it from raw bytes;
 * nothing here knows MIME.
 */
import type { Instant } from './clock.ts'

export interface MailAddress {
  /** As written, trimmed, not lower-cased. */
  address: string
  name: string
}

export interface MailPart {
  /** Lower case, without parameters: `message/delivery-status`, `text/plain`. */
  contentType: string
  /** Decoded text of the parts that rules read (text, delivery-status, feedback-report, returned headers); null for all other attachments. */
  text: string | null
  filename: string | null
}

export interface ParsedMail {
  /** Lower-case name to its values, in the order they stand; values unfolded and decoded. */
  headers: Record<string, string[]>
  /** The full media type of the whole mail, lower case, with the `report-type` parameter apart. */
  contentType: string
  reportType: string | null
  from: MailAddress | null
  replyTo: MailAddress[]
  to: MailAddress[]
  cc: MailAddress[]
  /** The null sender `<>` of Return-Path is the empty string; null when there is no such header. */
  returnPath: string | null
  subject: string
  /** With angle brackets, as written; null when absent. */
  messageId: string | null
  inReplyTo: string | null
  references: string[]
  date: Instant | null
  /** What a person would read: the text part, or the HTML part reduced to text. Never null. */
  text: string
  html: string | null
  parts: MailPart[]
  /** Headers of the mail that was returned to us (message/rfc822 or text/rfc822-headers), like `headers`; null when none came back. */
  returned: Record<string, string[]> | null
  /** True when only a first part of the mail was read. */
  truncated: boolean
}

/** The first value of a header, or the empty string. */
export function header(mail: Pick<ParsedMail, 'headers'>, name: string): string {
  return mail.headers[name]?.[0] ?? ''
}
