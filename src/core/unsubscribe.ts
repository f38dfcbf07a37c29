/**
 * Opting out: the headers and the text that offer it, and the words by which a person asks for it in a reply. Decides nothing: the suppression
 * itself is made by actions and by the engine.
 */
import { onlyForNow, optOutPhrases, takenBack } from './opt-out-phrases.ts'
import { escapeHtml } from './template.ts'

export interface OptOut {
  /** The public page of this message's token. Counts only if it begins with https://. */
  readonly pageUrl?: string | undefined
  /** The address that reads the replies. */
  readonly mailbox: string
  /** Random, kept with the message; letters, digits, "-" and "_". */
  readonly token: string
}

/** A person's own words fit in this; beyond it lies what they forwarded or pasted. */
const REPLY_MAX = 20_000
const SUBJECT_WORD = 'unsubscribe'
const TOKEN = /^[A-Za-z0-9_-]{1,200}$/
// Written by hand in html, or by an editor that escaped it.
const MARKER = /(?:<%|&lt;%)\s*([^<>%&][^<>%]{0,199}?)\s*(?:%>|%&gt;)/g

/**
 * List-Unsubscribe with the https page first (RFC 2369: left to right in order of preference) and the mailto way; List-Unsubscribe-Post only
 * with https, as RFC 8058 section 3.1 demands.
 */
export function optOutHeaders(optOut: OptOut): Record<string, string> {
  const mailto = `<${mailtoOf(optOut)}>`
  if (!hasPage(optOut)) return { 'List-Unsubscribe': mailto }
  return {
    'List-Unsubscribe': `<${optOut.pageUrl}>, ${mailto}`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  }
}

/** Where the link in the text leads: the https page, else a mail with the token in its subject. */
export function optOutHref(optOut: OptOut): string {
  return hasPage(optOut) ? optOut.pageUrl : mailtoOf(optOut)
}

/** The subject of the mail that the mailto link begins. */
export function optOutSubject(token: string): string {
  return `${SUBJECT_WORD} ${token}`
}

/** The token in the subject of such a mail, under any "Re:"; undefined in any other subject. */
export function optOutTokenIn(subject: string): string | undefined {
  return /(?:^|\s)unsubscribe\s+([A-Za-z0-9_-]{16,200})\s*$/i.exec(subject.slice(0, 1_000))?.[1]
}

/** The token in a `List-Unsubscribe` header of ours, as it stands in a mail that was returned. */
export function optOutTokenOfHeader(header: string): string | undefined {
  return /[?&]subject=unsubscribe(?:%20|\+|\s)([A-Za-z0-9_-]{16,200})/i.exec(header.slice(0, 2_000))?.[1]
}

export function hasOptOutMarker(html: string): boolean {
  return html.search(MARKER) >= 0
}

/** Every `<%words%>` becomes a link on those words. */
export function replaceOptOutMarkers(html: string, href: string): string {
  return html.replace(MARKER, (_, words: string) => `<a href="${escapeHtml(href)}">${words}</a>`)
}

/** The opt-out text of a message in both forms, for `{{opt_out_message}}`. The template is html with a marker. */
export function optOutMessage(template: string, href: string): { html: string; text: string } {
  const text = template
    .replace(MARKER, (_, words: string) => `${words} (${href})`)
    .replace(/<[^<>]*>/g, '')
    .trim()
  return { html: replaceOptOutMarkers(template, href), text }
}

/**
 * What an email offers. A mail that opts out goes where answers go: the sender's own address may be one that nobody reads. The page only under
 * https: a mail client warns of anything else, and RFC 8058 asks for it.
 */
export function optOutOf(o: {
  publicUrl: string | null
  teamPublicId: string
  from: string
  replyTo: string | null
  token: string
}): OptOut {
  const { publicUrl, teamPublicId, token } = o
  const mailbox = o.replyTo ?? o.from
  if (!publicUrl?.startsWith('https://')) return { mailbox, token }
  return { pageUrl: `${publicUrl}/u/${teamPublicId}/${token}`, mailbox, token }
}

function hasPage(optOut: OptOut): optOut is OptOut & { pageUrl: string } {
  return optOut.pageUrl?.startsWith('https://') === true && !/[\s<>,"]/.test(optOut.pageUrl)
}

/** Throws a TypeError for a token that could bend the header: tokens are ours. */
function mailtoOf({ mailbox, token }: OptOut): string {
  if (!TOKEN.test(token)) throw new TypeError('an opt-out token has letters, digits, "-" and "_" only')
  return `mailto:${encodeURIComponent(mailbox).replace('%40', '@')}?subject=${encodeURIComponent(optOutSubject(token))}`
}

/**
 * Does the person ask not to be written to again? Give only the text that they wrote: without the quote, which holds our own opt-out line,
 * and without their signature. Returns the words that say so and their language, or undefined.
 */
export function asksToOptOut(text: string): { phrase: string; language: string } | undefined {
  const said = text
    .slice(0, REPLY_MAX)
    .normalize('NFKC')
    .replace(/[’‘`´]/g, "'")
    .toLowerCase()
    .replace(/[^\S\n]+/g, ' ')
    .trim()
  for (const { language, pattern } of optOutPhrases)
    for (const match of said.matchAll(pattern)) {
      const before = said.slice(Math.max(0, match.index - 40), match.index)
      const after = said.slice(match.index + match[0].length, match.index + match[0].length + 40)
      if (!takenBack.test(before) && !onlyForNow.test(after)) return { phrase: match[0].trim(), language }
    }
  return undefined
}
