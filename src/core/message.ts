/**
 * The headers that make a message one of ours and a follow-up part of its thread: Message-ID, subject, References. Only values: the composer
 * in `mail/` builds the message, and encodes what is not ASCII.
 */
import type { Random } from './random.ts'

/** The mail that is answered, as its headers say. */
export interface Parent {
  readonly messageId: string
  /** Its own References, oldest first; empty for the mail that began the thread. */
  readonly references: readonly string[]
}

export interface ThreadHeaders {
  readonly inReplyTo: string
  readonly references: string[]
}

/** RFC 5322 section 2.1.1 allows lines of 998 octets, folded or not; no reader shows a subject of half of that. */
export const SUBJECT_MAX = 500
/**
 * How many ids References may carry. RFC 5322 section 3.6.4 wants all of them; RFC 5537 section 3.4.4 says what to keep of a chain that is
 * too long: the first, since it names the thread, and the last ones.
 */
export const REFERENCES_MAX = 20
/** Longer ids are not passed on: some servers refuse a header line that cannot be folded below 998 octets. */
const ID_MAX = 250
/** Headers of other people's mail are read no further. */
const HEADER_MAX = 64 * 1024

const MESSAGE_ID = /^<[^<>\s\u0000-\u001f\u007f]+@[^<>\s\u0000-\u001f\u007f]+>$/

/** A Message-ID that has never been: 128 bits of chance at the sender's own domain. RFC 5322 section 3.6.4. */
export function newMessageId(random: Random, domain: string): string {
  return `<${random.hex(16)}@${domain}>`
}

/** Is this one id in angle brackets, safe to stand in a header of ours? */
export function isMessageId(text: string): boolean {
  return text.length <= ID_MAX && MESSAGE_ID.test(text)
}

/** All ids in a References, In-Reply-To or Message-ID header, however it is folded or separated, in order, each once. */
export function messageIdsIn(header: string): string[] {
  const found = header.slice(0, HEADER_MAX).match(/<[^<>\s]{1,250}>/g) ?? []
  return [...new Set(found.filter(isMessageId))]
}

/** In-Reply-To and References of an answer: the parent's chain and the parent itself. */
export function threadHeaders({ messageId, references }: Parent): ThreadHeaders {
  const chain = [...references.filter((id) => id !== messageId && isMessageId(id)), messageId]
  const whole = [...new Set(chain)]
  if (whole.length <= REFERENCES_MAX) return { inReplyTo: messageId, references: whole }
  return { inReplyTo: messageId, references: [whole[0]!, ...whole.slice(1 - REFERENCES_MAX)] }
}

// "Re" as mail programs write it around the world, with its counter ("Re[2]:", "RE(3):"), and the marks of forwarding.
const REPLY = 're|aw|antw|antwort|sv|vs|ref|rif|r|odp\\.?|ynt|tr|回复|回覆|答复|返信'
const FORWARD = 'fwd?|wg|tr|rv|enc|i|vl|vb|doorst|pd|转发|轉寄'
const PREFIX = new RegExp(`^(?:${REPLY}|${FORWARD})\\s?(?:[[(]\\d{1,3}[\\])])?\\s?[:：]\\s*`, 'iu')
const RE = /^re\s?(?:[[(]\d{1,3}[\])])?\s?[:：]\s*/i

/** The subject of a follow-up in a thread: the parent's under one "Re:". */
export function replySubject(subject: string): string {
  let rest = headerSafe(subject)
  while (RE.test(rest)) rest = rest.replace(RE, '')
  return rest === '' ? 'Re:' : `Re: ${rest}`
}

/** Whether the subject begins with "Re:", "Fwd:", "AW:" or the like: then the rest of it is somebody else's. */
export function hasReplyPrefix(subject: string): boolean {
  return PREFIX.test(headerSafe(subject))
}

/** The subject without any "Re:", "Fwd:", "AW:" and the like, as it was written otherwise. */
export function bareSubject(subject: string): string {
  let rest = headerSafe(subject)
  while (PREFIX.test(rest)) rest = rest.replace(PREFIX, '')
  return rest
}

/** The same in lower case: two mails of one thread have the same. For comparing, not for showing. */
export function baseSubject(subject: string): string {
  return bareSubject(subject).toLowerCase()
}

/**
 * A text that cannot end its header or begin another: line breaks and controls (C0, C1, line and paragraph separators) become one space,
 * the marks that turn text around on the screen go, the ends are trimmed, broken surrogates replaced, and what is over SUBJECT_MAX characters is cut.
 */
export function headerSafe(text: string): string {
  const line = text
    .slice(0, 2 * SUBJECT_MAX)
    .replace(/[\s\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
  return line.slice(0, SUBJECT_MAX).toWellFormed().trim()
}
