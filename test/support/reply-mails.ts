/**
 * Replies as people send them, generated from a seed: languages, mail programs, posting styles, charsets, encodings, and quotes that hold a
 * bounce or our own footer. Each comes with the truth: what the person wrote.
 */
import type { Random } from '../../src/core/random.ts'
import { seededRandom } from '../../src/random.ts'
import { type Charset, canWrite, type Encoding, message, multipart, part } from './mime.ts'
import { TONGUES, type Tongue, TRAPS } from './reply-words.ts'

export interface GeneratedMail {
  raw: Buffer
  /** Shown when a test fails. */
  about: string
  /** What the person wrote, without the quote. */
  words: string
}

const FOOTER = [
  "If you don't want to hear from me again, please let me know (https://segue.acme.test/u/t1/abcdefghijklmnop).",
  'To unsubscribe, click here: https://segue.acme.test/u/t1/abcdefghijklmnop',
  'Unsubscribe',
  'Sie möchten keine E-Mails mehr von mir? Abmelden',
]
const QUOTED = [
  'Hello Bob,\n\nwould you have ten minutes next week?\n\nAnn',
  'Hi Bob,\nI saw that Client Ltd is hiring. We help teams like yours.\nBest, Ann',
]
const BOUNCE = `This is the mail system at host mx.acme.test.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

<bob@client.test>: host mx.client.test[192.0.2.9] said: 550 5.1.1
    <bob@client.test>: Recipient address rejected: User unknown

Final-Recipient: rfc822; bob@client.test
Action: failed
Status: 5.1.1`

type Client = 'gmail' | 'apple' | 'thunderbird' | 'outlook' | 'outlook web' | 'phone'
const CLIENTS: readonly Client[] = ['gmail', 'apple', 'thunderbird', 'outlook', 'outlook web', 'phone']
type Posting = 'top' | 'bottom' | 'inline' | 'none'

interface Plan {
  language: string
  tongue: Tongue
  words: string
  quoted: string
  client: Client
  posting: Posting
  random: Random
}

export function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random.next() * list.length)]!
}

/** `count` replies of which none is a bounce, an automatic reply or an opt-out. */
export function replies(seed: string, count: number): GeneratedMail[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, (_, at) => {
    const language = pick(random, Object.keys(TONGUES))
    const tongue = TONGUES[language]!
    const words = at % 5 === 0 ? pick(random, TRAPS) : pick(random, tongue.replies)
    return written(planOf(random, language, words))
  })
}

/** `count` replies in which a person asks not to be written to again, in the same dress. */
export function optOuts(seed: string, count: number): GeneratedMail[] {
  const random = seededRandom(seed)
  const all = Object.entries(TONGUES).flatMap(([language, { optOuts }]) =>
    optOuts.map((words) => ({ language, words })),
  )
  return Array.from({ length: count }, (_, at) => {
    const { language, words } = all[at % all.length]!
    return written(planOf(random, language, words))
  })
}

function planOf(random: Random, language: string, words: string): Plan {
  const client = pick(random, CLIENTS)
  const unmarked = client === 'outlook' || client === 'outlook web' || client === 'phone'
  const posting = pick<Posting>(
    random,
    unmarked ? ['top', 'top', 'none'] : ['top', 'top', 'bottom', 'inline', 'none'],
  )
  const quoted = pick(random, [...QUOTED, ...QUOTED, BOUNCE])
  return {
    language,
    tongue: TONGUES[language]!,
    words,
    quoted: `${quoted}\n\n${pick(random, FOOTER)}`,
    client,
    posting,
    random,
  }
}

function written(plan: Plan): GeneratedMail {
  const { language, words, client, posting, random } = plan
  const text = textOf(plan)
  const html = htmlOf(plan)
  const charset = pick(
    random,
    (['utf-8', 'iso-8859-1', 'windows-1251', 'utf-16le'] as Charset[]).filter((one) => canWrite(text, one)),
  )
  const encoding = pick<Encoding>(random, ['8bit', 'quoted-printable', 'base64'])
  const shape = pick(random, ['text', 'text', 'alternative', 'html', 'mixed'])
  const plain = part({ type: 'text/plain', content: text, charset, encoding })
  const rich = part({ type: 'text/html', content: html, encoding })
  const file = part({
    type: 'application/pdf; name="deck.pdf"',
    content: Buffer.from('%PDF-1.4 unsubscribe 550 5.1.1 User unknown'),
    encoding: 'base64',
    more: { 'Content-Disposition': 'attachment; filename="deck.pdf"' },
  })
  const boundary = `b${random.hex(8)}`
  const body =
    shape === 'text'
      ? plain
      : shape === 'html'
        ? rich
        : shape === 'mixed'
          ? multipart('multipart/mixed', [plain, file], boundary)
          : multipart('multipart/alternative', [plain, rich], boundary)
  return {
    raw: message(headersOf(plan), body),
    about: [language, client, posting, shape, charset, encoding, JSON.stringify(words)].join(', '),
    words,
  }
}

const ANSWERED = [
  'Hello Bob',
  'Delivery failed? Not with us',
  'Unsubscribe rates of 2027',
  'Out of office and still selling',
]

function headersOf({ random }: Plan): Record<string, string> {
  const prefix = pick(random, [
    'Re: ',
    'AW: ',
    'RE: ',
    'Sv: ',
    'Odp.: ',
    'Antw: ',
    'RIF: ',
    'Ynt: ',
    '回复: ',
  ])
  const thread = { 'In-Reply-To': '<m2@acme.test>', References: '<m1@acme.test> <m2@acme.test>' }
  const more = pick<Record<string, string>>(random, [
    {},
    {},
    { 'Auto-Submitted': 'no' },
    { 'X-Spam-Status': 'No', Precedence: 'list' },
    { 'List-Unsubscribe': '<mailto:leave@client.test>' },
    { 'Return-Path': '<bob@client.test>' },
    { Importance: 'high', 'X-Auto-Response-Suppress': 'DR, RN, NRN, OOF, AutoReply' },
  ])
  return {
    From: pick(random, [
      'Bob <bob@client.test>',
      '"Müller, Bob" <bob@client.test>',
      'Postmaster Jones <jones@client.test>',
    ]),
    To: 'Ann Acme <ann@acme.test>',
    Subject: prefix + pick(random, ANSWERED),
    Date: 'Tue, 02 Mar 2027 10:00:00 +0100',
    'Message-ID': `<${random.hex(8)}@client.test>`,
    ...thread,
    ...more,
  }
}

function textOf({ tongue, words, quoted, client, posting, random }: Plan): string {
  const marked = quoted
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n')
  const signature = pick(random, [
    '',
    '',
    '\n\n-- \nBob\nClient Ltd, to unsubscribe from our newsletter write to us',
    `\n\n${tongue.phone}`,
  ])
  if (posting === 'none') return `${words}${signature}`
  const [from, sent, to, subject] = tongue.block
  const block = `${from}: Ann Acme <ann@acme.test>\n${sent}: Tuesday, March 2, 2027 9:00 AM\n${to}: Bob\n${subject}: Hello Bob`
  if (client === 'outlook') return `${words}${signature}\n\n${block}\n\n${quoted}`
  if (client === 'outlook web') return `${words}${signature}\n\n${'_'.repeat(32)}\n${block}\n\n${quoted}`
  if (client === 'phone') return `${words}\n\n${tongue.phone}\n\n${tongue.attribution}\n\n${quoted}`
  if (posting === 'bottom') return `${tongue.attribution}\n${marked}\n\n${words}${signature}`
  if (posting === 'inline') {
    const lines = marked.split('\n')
    return [tongue.attribution, ...lines.slice(0, 2), '', words, '', ...lines.slice(2)].join('\n')
  }
  return `${words}${signature}\n\n${tongue.attribution}\n${marked}`
}

function htmlOf({ tongue, words, quoted, client, posting }: Plan): string {
  const said = `<div>${escaped(words)}</div>`
  const inner = escaped(quoted)
  const [from, sent, to] = tongue.block
  const block = `<b>${from}:</b> Ann Acme &lt;ann@acme.test&gt;<br><b>${sent}:</b> Tuesday, March 2, 2027 9:00 AM<br><b>${to}:</b> Bob<br>`
  if (posting === 'none') return `<html><body>${said}</body></html>`
  if (client === 'outlook' || client === 'outlook web')
    return `<html><body>${said}<hr tabindex="-1"><div id="divRplyFwdMsg">${block}</div><div>${inner}</div></body></html>`
  const quote = `<blockquote type="cite" style="margin:0 0 0 .8ex">${inner}</blockquote>`
  const line = `<div>${escaped(tongue.attribution)}<br></div>`
  if (posting === 'bottom') return `<html><body>${line}${quote}<br>${said}</body></html>`
  if (posting === 'inline')
    return `<html><body>${line}<blockquote type="cite">Hello Bob,</blockquote>${said}${quote}</body></html>`
  return `<html><body>${said}<br><div class="gmail_quote">${line}${quote}</div></body></html>`
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\n', '<br>')
}
