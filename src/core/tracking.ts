/**
 * Whether an email may be tracked, and its html with the links that come back to us first. The links of a mail are numbered as they stand in
 * its stored wording, and followed by looking them up there: so there is no address in a link that anybody could change.
 */
import { escapeHtml } from './template.ts'

export interface Tracked {
  opens: boolean
  clicks: boolean
}

/** A link of more characters stays as it is: 2,000 is what mail programs and gateways pass on whole. */
const LINK_MAX = 2_000
/** A mail of more links is a newsletter: those behind stay as they are. */
const LINKS_MAX = 200

/** Where tracked links and the picture of a mailbox lead. `ownUrl`: where this process answers by itself, good enough to try it in the sandbox. */
export interface TrackingAddress {
  publicUrl: string | null
  ownUrl: string | null
  sandbox: boolean
}

/** Null: this mailbox tracks nothing. A recipient can reach nothing but https, and mail programs warn of anything else. */
export function trackingBase({ publicUrl, ownUrl, sandbox }: TrackingAddress): string | null {
  if (isHttps(publicUrl)) return publicUrl
  return sandbox ? (publicUrl ?? ownUrl) : null
}

export const isHttps = (url: string | null): url is string => url?.startsWith('https://') === true

/** Why recipients of that mailbox cannot be tracked, with the way out. */
export function trackingProblem(publicUrl: string | null, mailbox: string): string {
  const now = publicUrl === null ? 'is not set' : `is ${publicUrl}`
  return `Mail from ${mailbox} cannot be tracked: its recipients reach Segue over https alone, and SEGUE_PUBLIC_URL ${now}. Set it to the https address of this Segue and start Segue again; without it, tracking can be tried with the sandbox as the only mailbox.`
}

/** What somebody should know who turns the sequence on. `cannot`: the problem of above, where there is one. */
export function trackingWarnings(o: {
  tracked: Tracked
  finishOnClick: boolean
  /** Openings ask for a call. */
  taskOnOpens: boolean
  cannot: string | null
}): string[] {
  const { tracked, finishOnClick, taskOnOpens, cannot } = o
  return [
    ...((tracked.opens || tracked.clicks) && cannot !== null ? [cannot] : []),
    ...(finishOnClick && !tracked.clicks
      ? [
          'A click ends the sequence for a person, but clicks are not tracked. Track clicks, or nobody ends that way.',
        ]
      : []),
    ...(taskOnOpens && !tracked.opens
      ? [
          'An email that is opened often is to give somebody a call, but openings are not tracked. Track openings, or there will be no such call.',
        ]
      : []),
  ]
}

export interface TrackedMessage {
  base: string
  teamPublicId: string
  messageId: string
  /** Proves that whoever asks holds the mail. */
  token: string
}

/** Of the picture, and of each link by its number. */
export function trackingUrl(
  { base, teamPublicId, messageId, token }: TrackedMessage,
  what: 'open' | number,
): string {
  return `${base.replace(/\/+$/, '')}/t/${teamPublicId}/${messageId}/${token}/${what === 'open' ? 'o.gif' : what}`
}

// The html is our sanitizer's: attributes stand in double quotes, and what could end one is escaped.
const HREF = /(<a(?:\s+[^\s="<>]+(?:="[^"<>]*")?)*?\s+href=")([^"<>]*)(?=")/gi

/** The target of the link of that number in the stored wording; undefined: there is none, or it is no page. */
export function linkTarget(html: string, number: number): string | undefined {
  let count = 0
  for (const { 2: escaped = '' } of html.matchAll(HREF)) {
    if (count === number) return pageOf(unescaped(escaped))
    count += 1
  }
  return undefined
}

/**
 * The html as it leaves. `untouched`: addresses that are never tracked, as the opt-out link. Mail, telephone and other links stay as they are;
 * the text part is not made from this.
 */
export function trackedHtml(
  html: string,
  {
    message,
    tracked,
    untouched,
  }: { message: TrackedMessage; tracked: Tracked; untouched: readonly string[] },
): string {
  const linked = tracked.clicks ? withLinks(html, message, untouched) : html
  return tracked.opens ? `${linked}${picture(message)}` : linked
}

function withLinks(html: string, message: TrackedMessage, untouched: readonly string[]): string {
  let count = -1
  return html.replace(HREF, (whole, before: string, escaped: string) => {
    count += 1
    const target = pageOf(unescaped(escaped))
    if (target === undefined || count >= LINKS_MAX || target.length > LINK_MAX) return whole
    if (untouched.includes(target)) return whole
    return `${before}${escapeHtml(trackingUrl(message, count))}`
  })
}

/** Without words for those who see no pictures: it shows nothing. */
function picture(message: TrackedMessage): string {
  return `<img src="${escapeHtml(trackingUrl(message, 'open'))}" width="1" height="1" alt="" style="width:1px;height:1px;border:0" />`
}

/** A whole http(s) address that a browser can be sent to. */
function pageOf(address: string): string | undefined {
  if (!/^https?:\/\//i.test(address)) return undefined
  return URL.canParse(address) ? address : undefined
}

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" }

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39|#x27);/gi, (_, name: string) => NAMED[name.toLowerCase()]!)
}
