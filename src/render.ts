/**
 * From templates and values to the subject, html and text that are sent; the preview, "send me this" and the claim all come here, so they
 * cannot differ. Also makes mail that we received safe to show. Never looks anything up and never sends.
 */
import { createRequire } from 'node:module'
import { compile } from 'html-to-text'
import { DELETED_FILE } from './core/attachment.ts'
import type { Instant } from './core/clock.ts'
import { headerSafe } from './core/message.ts'
import {
  escapeHtml,
  fill,
  parseSubject,
  parseTemplate,
  type Snippets,
  type TemplateProblem,
  type Values,
} from './core/template.ts'
import type { Moment } from './core/template-operators.ts'
import {
  hasOptOutMarker,
  optOutHref,
  optOutMessage,
  optOutOf,
  replaceOptOutMarkers,
} from './core/unsubscribe.ts'
import { sanitizeInbound, sanitizeOutbound, shallow } from './sanitize.ts'

export { sanitizeInbound, sanitizeOutbound }

export interface Draft extends Moment {
  readonly subject: string
  readonly bodyHtml: string
  /** Put under the body as it is: variables in it are not filled. */
  readonly signatureHtml?: string | undefined
  /** Given when the message must offer to opt out: put where the body asks for it, else at the end. */
  readonly optOut?: { readonly template: string; readonly href: string } | undefined
  readonly values: Values
  /** Of those that the body uses, as far as the team has them. */
  readonly snippets?: Snippets | undefined
}

export interface Rendered {
  readonly kind: 'rendered'
  readonly subject: string
  readonly html: string
  readonly text: string
  /** Variables without a value, of subject and body: with one, the message must not be sent. */
  readonly missing: readonly string[]
}

/** One message for one contact. A template that cannot be read comes back as its problem. About 0.3 ms for an ordinary mail. */
export function renderMessage(draft: Draft): Rendered | TemplateProblem {
  const subject = parseSubject(draft.subject)
  if (subject.kind === 'problem') return subject
  const body = parseTemplate(draft.bodyHtml)
  if (body.kind === 'problem') return body

  const { now, zone, optOut, snippets = new Map() } = draft
  const message = optOut && optOutMessage(optOut.template, optOut.href)
  const values = { ...draft.values, opt_out_message: message }
  const filledSubject = fill(subject, values, { now, zone })
  const filledBody = fill(body, values, { now, zone, html: true, snippets })
  const { marked, tail } = withOptOut(filledBody.text, { draft, message, snippets })
  const signature =
    draft.signatureHtml === undefined || draft.signatureHtml.trim() === ''
      ? ''
      : `<br><div>${draft.signatureHtml}</div>`
  const html = sanitizeOutbound(inlined(withLines(marked, draft.bodyHtml) + signature + tail))
  return {
    kind: 'rendered',
    subject: headerSafe(filledSubject.text),
    html,
    text: textOf(html),
    missing: [...new Set([...filledSubject.missing, ...filledBody.missing])],
  }
}

/** A stored wording with all that it is filled from: `Wording` of the store, looked up for one contact. */
export interface Renderable {
  readonly teamPublicId: string
  readonly subject: string
  readonly bodyHtml: string
  readonly signatureHtml: string | undefined
  readonly optOutTemplate: string
  readonly from: { readonly address: string }
  readonly replyTo: string | null
  readonly zone: string
  readonly snippets: Snippets
  readonly lacksFile: boolean
  values(now: Instant, zone: string): Values
}

/** Stands in for the token of a real email: the link shows where it will lead and does nothing. */
export const PREVIEW_TOKEN = 'preview'

/** The one way from a stored wording to what is sent: the claim, the draft, the preview and "why not sent?" differ in the token alone. */
export function renderWording(
  renderable: Renderable,
  { now, publicUrl, optOutToken }: { now: Instant; publicUrl: string | null; optOutToken: string },
): Rendered | TemplateProblem {
  const { teamPublicId, from, replyTo, zone } = renderable
  const optOut = optOutOf({ publicUrl, teamPublicId, from: from.address, replyTo, token: optOutToken })
  const rendered = renderMessage({
    subject: renderable.subject,
    bodyHtml: renderable.bodyHtml,
    signatureHtml: renderable.signatureHtml,
    optOut: { template: renderable.optOutTemplate, href: optOutHref(optOut) },
    values: renderable.values(now, zone),
    snippets: renderable.snippets,
    now,
    zone,
  })
  if (rendered.kind === 'problem' || !renderable.lacksFile) return rendered
  return { ...rendered, missing: [...rendered.missing, DELETED_FILE] }
}

/** Links on the words that the wording marks for it; and the opt-out text for the end, unless it was printed in a place of its own. */
function withOptOut(
  filled: string,
  o: { draft: Draft; message: { html: string } | undefined; snippets: Snippets },
): { marked: string; tail: string } {
  const { optOut, bodyHtml } = o.draft
  if (optOut === undefined || o.message === undefined) return { marked: filled, tail: '' }
  // The wording decides, not the filled text: a contact's name can look like the marker.
  const hasMarker = [bodyHtml, ...o.snippets.values()].some(hasOptOutMarker)
  const marked = hasMarker ? replaceOptOutMarkers(filled, optOut.href) : filled
  const placed = marked !== filled || filled.includes(o.message.html)
  return { marked, tail: placed ? '' : `<br><div>${o.message.html}</div>` }
}

/** A body written without any tag is text: its lines are kept. The template decides, since values are escaped. */
function withLines(html: string, template: string): string {
  return /<[a-z!/]/i.test(template) ? html : html.replace(/\r\n?|\n/g, '<br>\n')
}

const require = createRequire(import.meta.url)
let juice: typeof import('juice')['default'] | undefined

/** Styles of a `<style>` element move to their elements, since many mail programs drop it. Slow, and loaded only then: few mails have one. */
function inlined(html: string): string {
  if (!/<style[\s>]/i.test(html)) return html
  juice ??= (require('juice') as typeof import('juice')).default
  return juice(html, { applyStyleTags: true, removeStyleTags: true, preserveImportant: true })
}

/** Deeper or longer than this is not a mail; what is over is cut, not read. */
const TEXT_MAX = 2 * 1024 * 1024

/** The converter drops `mailto:`; an address with a subject is of no use without it, as in the opt-out by mail. */
function pathRewrite(href: string, _metadata: unknown, link?: { attribs?: { href?: string } }): string {
  const isMail = /^mailto:/i.test(link?.attribs?.href ?? '')
  return isMail && href.includes('?') && !/^mailto:/i.test(href) ? `mailto:${href}` : href
}

const toText = compile({
  wordwrap: false,
  limits: { maxDepth: 100, maxInputLength: TEXT_MAX, ellipsis: '...' },
  selectors: [
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, linkBrackets: ['(', ')'], pathRewrite } },
    { selector: 'img', format: 'skip' },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: 'ul', options: { itemPrefix: '- ' } },
  ],
})

/** "acme.com (https://acme.com/)": the words are the link already. */
const SAME_LINK = /(?<!\S)(\S{1,200}) \(https?:\/\/\1\/?\)/g

/** The plain text of html: links behind their words, lists with dashes, no images. */
export function textOf(html: string): string {
  return toText(shallow(html.slice(0, TEXT_MAX))).replace(SAME_LINK, '$1')
}

/** Plain text as html: for mail that has no html part. */
export function htmlOf(text: string): string {
  return escapeHtml(text).replace(/\r\n?|\n/g, '<br>\n')
}
