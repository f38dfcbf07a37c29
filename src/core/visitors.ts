/**
 * Programs that fetch the picture or the links of a mail although nobody looks at it, and ways in which they ask. Data: each entry with the
 * fact it rests on. A program that fetches when a person looks (the image proxies of Gmail and Yahoo) is no machine here.
 */

export interface KnownVisitor {
  name: string
  agent: RegExp
  /** What it is known by. */
  fact: string
  /** Whether it says something about pictures, links or both. */
  of: readonly ('open' | 'click')[]
}

const BOTH = ['open', 'click'] as const

export const KNOWN_VISITORS: readonly KnownVisitor[] = [
  {
    name: 'Apple Mail Privacy Protection',
    agent: /^Mozilla\/5\.0$/,
    fact: 'Apple Mail loads all pictures of a new mail through two proxies, looked at or not (support.apple.com, "Use Mail Privacy Protection"); they send this and nothing after it.',
    of: ['open'],
  },
  {
    name: 'Gmail, before it shows a mail',
    agent: /Chrome\/42\.0\.2311\.135 Safari\/537\.36 Edge\/12\.246 Mozilla\/5\.0$/,
    fact: 'SparkPost, "Update on the Gmail App Prefetching Images" (January 2022, over 9.8 billion opens): this agent fetches while a session is open, apart from the image proxy that fetches when the mail is opened.',
    of: ['open'],
  },
  {
    name: 'a mail gateway',
    agent:
      /\b(?:barracuda|mimecast|proofpoint|ironport|forcepoint|fireeye|trend ?micro|symantec|messagelabs|fortimail|zscaler|cloudmark|sophos|safelinks)\b/i,
    fact: 'Gateways that name themselves when they open what a mail links to; most do not, which is why there are rules of time, too.',
    of: BOTH,
  },
  {
    name: 'a robot that says so',
    agent: /(?<!cu)bot\b|\bbot|crawler|spider|urlscan|virustotal|headlesschrome|phantomjs|linkcheck/i,
    fact: 'Robots are asked to name themselves in the User-Agent (RFC 9309 section 2.2.1); Chrome without a window writes HeadlessChrome. (CUBOT is a telephone.)',
    of: BOTH,
  },
  {
    name: 'a preview in a chat',
    agent: /skypeuripreview|facebookexternalhit|whatsapp|slack-imgproxy|telegram|discord/i,
    fact: 'Chats fetch a pasted link to show a card of it: the agents that their documentation names.',
    of: BOTH,
  },
  {
    name: 'a program without a window',
    agent:
      /^(?:curl|wget|python|go-http-client|java\/|apache-httpclient|okhttp|libwww|node|axios|undici|ruby|php|perl|lynx|powershell)/i,
    fact: 'HTTP libraries under their own default names.',
    of: ['click'],
  },
]

/** A browser calls itself Mozilla (RFC 9110 section 10.1.5 names the habit); Opera Mini still says Opera. */
export const BROWSER = /^(?:Mozilla|Opera)\//

/** Request headers of a browser or proxy that fetches ahead of a person: name to what its value contains. */
export const AHEAD_HEADERS: readonly { name: string; value: RegExp; fact: string }[] = [
  { name: 'sec-purpose', value: /prefetch/i, fact: 'Fetch Standard: "Sec-Purpose: prefetch".' },
  {
    name: 'purpose',
    value: /prefetch|preview/i,
    fact: 'Chrome before Sec-Purpose, Safari for its top sites.',
  },
  { name: 'x-purpose', value: /preview|prefetch/i, fact: 'Safari: "X-Purpose: preview".' },
  { name: 'x-moz', value: /prefetch/i, fact: 'Firefox: "X-moz: prefetch".' },
]

export function knownVisitor(agent: string, kind: 'open' | 'click'): KnownVisitor | undefined {
  return KNOWN_VISITORS.find((one) => one.of.includes(kind) && one.agent.test(agent))
}
