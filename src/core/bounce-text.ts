/**
 * Bounces that are written for people (qmail, Exim, Sendmail, Exchange and others): which part is about whom, and where the returned mail
 * begins. It finds the passages; what they mean is judged in `bounce.ts`.
 */
import type { ParsedMail } from './parsed-mail.ts'

/** Lines that announce the returned mail, each as its server writes it; everything below is not the server's word. */
const RETURNED_FROM: readonly RegExp[] = [
  // qmail, Yahoo
  /^--- Below this line is a copy of (?:the|your) message/m,
  // Exim; 1&1
  /^-{3,}\s*This is a copy of (?:the|your) message/m,
  /^--- The header of the original message is following/m,
  // Gmail
  /^----- Original message -----/m,
  // Sendmail 5
  /^[ \t]*----- (?:Unsent|Original|Returned) message follows/im,
  // IMail, DragonFly, X2
  /^(?:--- )?(?:Original message|Message headers) follows?\.?/m,
  // m-FILTER
  /^-{3,}original m(?:essage|ail info)/m,
  // OpenSMTPD, MXLogic
  /^[ \t]*Below is a copy of the original message/m,
  /^Included is a copy of the message header/m,
  // Lotus Notes, Exim 3 at smail sites
  /^-{3,} Returned Message -{3,}/m,
  /^\|-+ Message text follows/m,
  // a returned mail without any announcement
  /^(?:Received|Return-Path)\s*:.*\n(?:[ \t].*\n)*(?:[\w-]+\s*:.*\n)/im,
]

const ADDRESS = /[^\s<>"'(),:;[\]@\\]+@[^\s<>"'(),:;[\]@\\]+\.[A-Za-z0-9-]{2,}/
/** A line that begins with the failed address, as `<a@b>:`, `  a@b`, `>>> a@b <a@b>`, `a@b: 550 ...`, `a@b on Thu, ...`. */
const LEADING = new RegExp(`^[ \\t]*(?:>>> )?(?:\\d{3} )?[<"]?(${ADDRESS.source})[>"]?(?=[\\s:,.]|$)`, 'gm')

/** A bounce says what it has to say at its beginning; what is longer is the returned mail. */
const WORDS_MAX = 30_000

/** The server's own words: the text above the returned mail. */
export function serverWords(mail: ParsedMail): string {
  const text = mail.text.replace(/\r\n?/g, '\n').slice(0, WORDS_MAX)
  const cuts = RETURNED_FROM.map((line) => text.search(line)).filter((at) => at > 0)
  return text.slice(0, Math.min(text.length, ...cuts))
}

/** The headers of a mail that was returned inside the text, lower-case name to first value. */
export function returnedInText(mail: ParsedMail): Record<string, string> {
  const text = mail.text.replace(/\r\n?/g, '\n').slice(serverWords(mail).length)
  const headers: Record<string, string> = {}
  for (const match of text.replace(/\n[ \t]+/g, ' ').matchAll(/^([A-Za-z][\w-]*)[ \t]*:[ \t]*(.*)$/gm)) {
    const name = match[1]!.toLowerCase()
    headers[name] ??= match[2]!.trim()
  }
  return headers
}

export interface Passage {
  recipient: string
  words: string
}

/** Whether the server itself says about whom it writes. */
export function namesRecipient(mail: ParsedMail, words: string): boolean {
  return listed(mail).length > 0 || leading(words, ownAddresses(mail)).length > 0
}

/** Whose mail system wrote, and to whom: not the ones that failed. */
function ownAddresses(mail: ParsedMail): Set<string> {
  return new Set(
    [mail.from, ...mail.to, ...mail.cc].flatMap((one) => (one ? [one.address.toLowerCase()] : [])),
  )
}

/** Exim's header, also written by Google. */
function listed(mail: ParsedMail): string[] {
  return (mail.headers['x-failed-recipients'] ?? []).flatMap(
    (value) => value.match(new RegExp(ADDRESS, 'g')) ?? [],
  )
}

function leading(words: string, own: ReadonlySet<string>): { recipient: string; at: number }[] {
  return [...words.matchAll(LEADING)]
    .map((match) => ({ recipient: match[1]!.replace(/\.+$/, ''), at: match.index }))
    .filter(({ recipient }) => !own.has(recipient.toLowerCase()))
}

/** The failed recipients that the server names, each with the words about it. */
export function passages(mail: ParsedMail, words: string): Passage[] {
  const own = ownAddresses(mail)
  const starts = leading(words, own)
  const named = new Map<string, string>()
  starts.forEach(({ recipient, at }, index) => {
    const key = recipient.toLowerCase()
    // A transcript line that begins with a code is complete in itself (Sendmail 5); other passages run on to the next address.
    const end = /^\s*\d{3} /.test(words.slice(at, at + 6))
      ? words.indexOf('\n', at)
      : (starts[index + 1]?.at ?? -1)
    const passage = words.slice(at, end < 0 ? words.length : end)
    named.set(key, `${named.get(key) ?? ''}${passage}`)
  })
  const found = [...named].map(([recipient, passage]) => ({ recipient, words: passage }))
  if (found.length === 1) return [{ recipient: found[0]!.recipient, words }]
  if (found.length > 1) return found
  return [...new Set([...listed(mail), ...mentioned(mail, words, own)])]
    .slice(0, 1)
    .map((recipient) => ({ recipient, words }))
}

/** Somewhere in the words; or, when they name nobody, the one the returned mail was for. */
function mentioned(mail: ParsedMail, words: string, own: Set<string>): string[] {
  const text = new RegExp(ADDRESS, 'g')
  const found = (words.match(text) ?? []).filter((address) => !own.has(address.toLowerCase()))
  const returned = mail.returned?.['to']?.[0] ?? returnedInText(mail)['to'] ?? ''
  return [...found, ...(returned.match(text) ?? [])]
}
