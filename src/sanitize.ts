/**
 * Which html may leave in a mail, and which of a received mail may be shown. An allowlist of what mail programs show anyway; no script, form, frame
 * or style sheet comes through, and of received mail nothing that would tell the sender that it was opened.
 */
import sanitize from 'sanitize-html'

const TAGS =
  'a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s samp section small span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr'.split(
    ' ',
  )
/** Whose content is no text for people either. */
const SILENT_TAGS =
  'script style title textarea option select xmp noscript template svg math object iframe noembed noframes'.split(
    ' ',
  )
const ATTRIBUTES = 'style dir lang title align valign width height bgcolor role aria-label aria-hidden'.split(
  ' ',
)

/** More than this of a mail is not shown; the whole mail can be downloaded. */
export const INBOUND_MAX = 1024 * 1024
const NESTING_MAX = 100

const LINK = /^(?:https?:\/\/|mailto:|tel:)/i
const PICTURE = /^(?:https?:\/\/|cid:|data:image\/(?:png|jpeg|gif|webp);base64,)/i
const LOCAL_PICTURE = /^(?:cid:|data:image\/(?:png|jpeg|gif|webp);base64,)/i
const BARE_HOST = /^(?:[a-z0-9-]+\.)+[a-z]{2,}(?:[/?#]|$)/i
/** Styles that run something, or hide what they are behind an escape. */
const ACTIVE_STYLE =
  /expression|javascript|vbscript|behaviou?r|-moz-binding|@|\\|<|url\s*\(\s*["']?\s*(?!https?:|cid:|data:image\/)/i
/** Styles that fetch something, or lay themselves over the page. */
const FETCHING_STYLE = /url|image|src\s*\(|cross-fade|element\s*\(|position\s*:\s*(?:fixed|sticky)/i

/** Unclosed elements inside each other. The parser's time grows with the square of it: 350,000 of them took 30 s, 5,000 take 0.3 s. */
const UNCLOSED_MAX = 5_000

/** The html up to where too many elements stand open. Counted by name without parsing, so that ends of what never began hide nothing. */
export function shallow(html: string): string {
  const open = new Map<string, number>()
  let unclosed = 0
  for (const { 1: end, 2: name = '', index } of html.matchAll(/<(\/?)([a-z][^\s/>]{0,30})/gi)) {
    const tag = name.toLowerCase()
    if (VOID_TAGS.has(tag)) continue
    const count = open.get(tag) ?? 0
    if (end === '/' && count === 0) continue
    open.set(tag, end === '/' ? count - 1 : count + 1)
    unclosed += end === '/' ? -1 : 1
    if (unclosed > UNCLOSED_MAX) return html.slice(0, index)
  }
  return html
}
const VOID_TAGS = new Set('area base br col embed hr img input link meta param source track wbr'.split(' '))

/** The html of a message that we send. Links without a scheme ("www.acme.com") get https. */
export function sanitizeOutbound(html: string): string {
  return sanitize(shallow(html), outbound)
}

/**
 * The html of a message that we received, to be shown in a sandboxed frame. Without `remoteContent` pictures from the network lose their
 * address, so that looking at a mail tells nobody; pictures inside the mail (cid:) stay.
 */
export function sanitizeInbound(
  html: string,
  { remoteContent = false }: { remoteContent?: boolean } = {},
): string {
  return sanitize(shallow(html.slice(0, INBOUND_MAX)), remoteContent ? inboundWithPictures : inbound)
}

type Attributes = Record<string, string>

function options(change: (tag: string, attributes: Attributes) => Attributes): sanitize.IOptions {
  return {
    allowedTags: TAGS,
    nonTextTags: SILENT_TAGS,
    allowedAttributes: {
      '*': ATTRIBUTES,
      a: ['href', 'name', 'target', 'rel'],
      img: ['src', 'alt', 'border', 'hspace', 'vspace'],
      font: ['color', 'face', 'size'],
      table: ['border', 'cellpadding', 'cellspacing'],
      td: ['colspan', 'rowspan', 'nowrap'],
      th: ['colspan', 'rowspan', 'nowrap', 'scope'],
      col: ['span'],
      colgroup: ['span'],
      ol: ['start', 'type', 'reversed'],
      ul: ['type'],
      li: ['value', 'type'],
      time: ['datetime'],
      hr: ['size', 'color', 'noshade'],
    },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    allowedSchemesByTag: { img: ['http', 'https', 'cid', 'data'] },
    allowProtocolRelative: false,
    // Styles are filtered in `change`: parsing each one with a CSS parser took ten times as long as all the rest.
    parseStyleAttributes: false,
    nestingLimit: NESTING_MAX,
    enforceHtmlBoundary: false,
    transformTags: { '*': (tagName, attribs) => ({ tagName, attribs: change(tagName, attribs) }) },
  }
}

function keep(attributes: Attributes, name: string, value: string | undefined): void {
  if (value === undefined || value === '') delete attributes[name]
  else attributes[name] = value
}

/** The address without what browsers skip inside it, if it begins as it may. */
function address(value: string | undefined, allowed: RegExp): string | undefined {
  const plain = value?.replace(/[\u0000-\u001f\u007f]/g, '').trim()
  return plain !== undefined && allowed.test(plain) ? plain : undefined
}

function styles(value: string, ...refused: RegExp[]): string {
  return value
    .replace(/\/\*.*?\*\//gs, '')
    .split(';')
    .filter(
      (declaration) => declaration.includes(':') && !refused.some((pattern) => pattern.test(declaration)),
    )
    .join(';')
}

const outbound = options((tag, attributes) => {
  if (attributes['style'] !== undefined) keep(attributes, 'style', styles(attributes['style'], ACTIVE_STYLE))
  if (tag === 'a' && attributes['href'] !== undefined) {
    const bare = address(attributes['href'], BARE_HOST)
    keep(attributes, 'href', bare === undefined ? address(attributes['href'], LINK) : `https://${bare}`)
  }
  if (tag === 'img') keep(attributes, 'src', address(attributes['src'], PICTURE))
  return attributes
})

function inboundOptions(pictures: RegExp): sanitize.IOptions {
  return options((tag, attributes) => {
    if (attributes['style'] !== undefined)
      keep(attributes, 'style', styles(attributes['style'], ACTIVE_STYLE, FETCHING_STYLE))
    if (tag === 'img') keep(attributes, 'src', address(attributes['src'], pictures))
    if (tag !== 'a') return attributes
    keep(attributes, 'href', address(attributes['href'], LINK))
    return { ...attributes, target: '_blank', rel: 'noopener noreferrer nofollow' }
  })
}

const inbound = inboundOptions(LOCAL_PICTURE)
const inboundWithPictures = inboundOptions(PICTURE)
