/**
 * What is this mail? An answer, an automatic reply, an absence, a bounce, a complaint, an opt-out, a confirmation, or something a person
 * of ours wrote by hand; with the evidence it was judged by. It looks at one mail alone: whose mail it answers is found with `matchKeys`.
 */
import { AUTOMATIC_AT, automaticSigns, isMailing } from './automatic.ts'
import { type BounceReport, readBounce } from './bounce.ts'
import { readSnsNotice } from './bounce-sns.ts'
import type { Instant } from './clock.ts'
import type { Evidence } from './evidence.ts'
import { type Meaning, meaningOf } from './meaning.ts'
import { calendarIn } from './meeting.ts'
import { baseSubject, hasReplyPrefix } from './message.ts'
import { type Absence, readAbsence } from './out-of-office.ts'
import { header, type ParsedMail } from './parsed-mail.ts'
import { ownWords } from './quote.ts'
import { asksToOptOut, optOutTokenIn } from './unsubscribe.ts'

export type { Evidence }

export type InboundKind =
  | 'reply'
  | 'auto_reply'
  | 'out_of_office'
  | 'bounce'
  | 'complaint'
  | 'opt_out'
  | 'delivered'
  | 'human_outbound'
  | 'other'

export interface InboundContext {
  /** When the mail was read. */
  now: Instant
  /** Addresses of the mailbox it was found in, with aliases, any case. */
  mailboxAddresses: readonly string[]
  /** `sent` and `all` hold the person's own mail. */
  folderRole: 'inbox' | 'junk' | 'sent' | 'all' | 'picked'
}

export interface InboundReading extends Meaning {
  kind: InboundKind
  evidence: Evidence[]
  /** 0 to 1: the strongest evidence. */
  confidence: number
  /** With `bounce` and `delivered`. */
  bounce: BounceReport | null
  /** With `out_of_office`. */
  absence: Absence | null
  /** The text the person wrote, without what they quoted. */
  ownWords: string
  /** ISO 639-1, of the words that were understood, else as the mail says of itself (Content-Language); null when neither says. */
  language: string | null
}

export function classify(mail: ParsedMail, context: InboundContext): InboundReading {
  const judged = judge(mail, context)
  const { kind, ownWords: words } = judged
  const meaning = meaningOf({ kind, words }, mail, context.mailboxAddresses)
  const doubt = meaning.senderDoubt
  return { ...judged, ...meaning, evidence: doubt ? [...judged.evidence, doubt] : judged.evidence }
}

type Judged = Omit<InboundReading, keyof Meaning>

function judge(mail: ParsedMail, context: InboundContext): Judged {
  const words = ownWords(mail.text)
  const reading = (kind: InboundKind, evidence: Evidence[], more: Partial<Judged> = {}) => ({
    kind,
    evidence,
    confidence: Math.max(0, ...evidence.map(({ score }) => score)),
    bounce: null,
    absence: null,
    ownWords: words,
    language: statedLanguage(mail),
    ...more,
  })

  const own = ownMail(mail, context)
  if (own) return reading('human_outbound', [own])

  const complaint = complaintIn(mail)
  if (complaint) return reading('complaint', [complaint])

  const bounce = readBounce(mail)
  if (bounce) {
    const delivered = bounce.recipients.every(({ action }) => action === 'delivered')
    return reading(delivered ? 'delivered' : 'bounce', bounceEvidence(bounce, mail), { bounce })
  }

  // Mail programs act on our List-Unsubscribe by themselves, and say so: still the person's wish.
  const wish = optOutByHeader(mail)
  if (wish) return reading('opt_out', [wish])

  // Below a "Re:" stands our own subject, which may speak of offices too.
  const titled = hasReplyPrefix(mail.subject) ? '' : mail.subject
  const absence = readAbsence({ subject: titled, words, now: context.now })
  const automatic = automaticSigns(mail, absence !== null)
  if (automatic.some(({ score }) => score >= AUTOMATIC_AT)) {
    if (absence === null) return reading('auto_reply', automatic)
    const value = absence.words ?? (titled || words.slice(0, 100))
    const evidence = [...automatic, { name: 'absence words', value, score: 0.9 }]
    return reading('out_of_office', evidence, { absence, language: absence.language })
  }
  return byAPerson(mail, words, reading)
}

type Read = (kind: InboundKind, evidence: Evidence[], more?: Partial<Judged>) => Judged

/** What proves nothing stands there too, with a score of 0: whoever looks at a forged bounce sees why it suppressed nobody. */
function bounceEvidence(bounce: BounceReport, mail: ParsedMail): Evidence[] {
  const sender = mail.from?.address ?? ''
  const id = bounce.originalMessageId
  const written = new Set(
    (mail.returned?.['to']?.join(' ').toLowerCase() ?? '').match(/[^\s<>,;:"]+@[^\s<>,;:"]+/g),
  )
  const elsewhere = bounce.recipients.filter(({ address }) => written.size > 0 && !written.has(address))
  return [
    { name: 'bounce', value: bounce.form, score: bounce.form === 'text' ? 0.8 : 1 },
    { name: 'from', value: sender === '' ? '<>' : sender, score: bounce.form === 'text' ? 0.8 : 0.5 },
    id === null
      ? { name: 'no mail of ours', value: 'it quotes no Message-ID', score: 0 }
      : { name: 'returned mail', value: id, score: 0.9 },
    ...bounce.recipients
      .slice(0, EVIDENCE_MAX)
      .flatMap(({ address, words }) =>
        words === ''
          ? []
          : [{ name: `said of ${address || 'nobody named'}`, value: words.slice(0, 200), score: 0.5 }],
      ),
    ...elsewhere.slice(0, EVIDENCE_MAX).map(({ address }) => ({
      name: 'not who the mail was for',
      value: address || 'nobody named',
      score: 0,
    })),
  ]
}

/** A bounce of a list names hundreds. */
const EVIDENCE_MAX = 5

/** RFC 3282: Exchange and Outlook write it on every mail, as `de-DE`. */
function statedLanguage(mail: ParsedMail): string | null {
  return /^\s*([a-z]{2})(?:[-_,;\s]|$)/i.exec(header(mail, 'content-language'))?.[1]?.toLowerCase() ?? null
}

function byAPerson(mail: ParsedMail, words: string, reading: Read): Judged {
  const answers = mail.inReplyTo ?? mail.references.at(-1)
  // A mailing that is no answer to anything offers an "unsubscribe" of its own.
  if (answers === undefined && !hasReplyPrefix(mail.subject) && isMailing(mail)) return reading('other', [])
  const asked = asksToOptOut(words)
  if (asked)
    return reading('opt_out', [{ name: 'words', value: asked.phrase, score: 0.9 }], {
      language: asked.language,
    })
  const calendar = calendarIn(mail)
  // Somebody pressed a button in a calendar, or invites us.
  if (calendar && ['request', 'reply', 'counter'].includes(calendar.method)) {
    const value = [calendar.method, calendar.partstat].filter((one) => one !== null).join(' ')
    return reading('reply', [{ name: 'calendar', value, score: 0.9 }])
  }
  if (answers !== undefined) return reading('reply', [{ name: 'In-Reply-To', value: answers, score: 1 }])
  if (hasReplyPrefix(mail.subject))
    return reading('reply', [{ name: 'subject', value: mail.subject, score: 0.6 }])
  return reading('other', [])
}

function ownMail(mail: ParsedMail, context: InboundContext): Evidence | null {
  const from = mail.from?.address.toLowerCase() ?? ''
  const isOwn = context.mailboxAddresses.some((address) => address.toLowerCase() === from)
  // What lies in Sent was written here, whatever alias it names.
  const holdsOwn = context.folderRole === 'sent' || (context.folderRole === 'all' && isOwn)
  return holdsOwn ? { name: `from, in ${context.folderRole}`, value: from, score: 1 } : null
}

/** RFC 5965: a feedback report. `auth-failure` (RFC 6591) is about DMARC, not about a reader. */
function complaintIn(mail: ParsedMail): Evidence | null {
  const report = mail.parts.find(({ contentType }) => contentType === 'message/feedback-report')
  const isReport = report !== undefined || mail.reportType === 'feedback-report'
  const type = /^Feedback-Type:\s*([\w-]+)/im.exec(`${report?.text ?? ''}\n${mail.text}`)?.[1]?.toLowerCase()
  // RFC 6430: somebody took a mail out of the spam folder.
  if (isReport && (type === 'auth-failure' || type === 'not-spam')) return null
  if (isReport) return { name: 'feedback report', value: type ?? 'abuse', score: 1 }
  if (readSnsNotice(mail)?.type === 'complaint') return { name: 'SES complaint', value: 'abuse', score: 1 }
  // Microsoft's Junk Mail Reporting Program sends the mail itself, with a header of its own.
  if (/^(?:staff@hotmail\.com|complaints@)/i.test(mail.from?.address ?? '') && mail.returned)
    return { name: 'junk mail report', value: mail.from?.address ?? '', score: 0.9 }
  return null
}

/** The mailto way of our own footer (its token stands in the subject), and the mails that Apple Mail sends for its button. */
function optOutByHeader(mail: ParsedMail): Evidence | null {
  const token = optOutTokenIn(mail.subject)
  if (token !== undefined) return { name: 'opt-out token', value: token, score: 1 }
  if (header(mail, 'x-apple-unsubscribe') !== '')
    return { name: 'X-Apple-Unsubscribe', value: mail.subject, score: 1 }
  if (/^\W*(?:unsubscribe|opt[- ]?out|remove me)\W*$/i.test(baseSubject(mail.subject)))
    return { name: 'subject', value: mail.subject, score: 0.95 }
  return null
}

export interface MatchKeys {
  /** Message-IDs with brackets, best evidence first, each once. */
  messageIds: { id: string; evidence: 'returned mail' | 'In-Reply-To' | 'References' }[]
  /** For when no id is known: lower confidence, shown as such. Null for bounces, whose sender is a machine. */
  sender: { address: string; subject: string } | null
  /** Addresses that failed, for bounces. */
  failed: string[]
}

/** Where to look for the mail that this one answers, best evidence first (DESIGN section 7). */
export function matchKeys(reading: InboundReading, mail: ParsedMail): MatchKeys {
  const ids: MatchKeys['messageIds'] = []
  const add = (id: string | null | undefined, evidence: MatchKeys['messageIds'][number]['evidence']) => {
    if (id && !ids.some((one) => one.id === id)) ids.push({ id, evidence })
  }
  add(reading.bounce?.originalMessageId, 'returned mail')
  if (reading.kind === 'complaint') add(complainedId(mail), 'returned mail')
  add(mail.inReplyTo, 'In-Reply-To')
  // The newest first: a reply answers the last mail of its thread.
  for (const id of [...mail.references].reverse()) add(id, 'References')
  const byMachine = reading.kind === 'bounce' || reading.kind === 'delivered' || reading.kind === 'complaint'
  return {
    messageIds: ids,
    sender:
      byMachine || !mail.from
        ? null
        : { address: mail.from.address.toLowerCase(), subject: comparableSubject(mail.subject) },
    failed:
      reading.bounce?.recipients.map(({ address }) => address).filter((address) => address !== '') ?? [],
  }
}

function complainedId(mail: ParsedMail): string | null {
  const returned = /<[^<>\s]+>/.exec(mail.returned?.['message-id']?.[0] ?? '')?.[0]
  return returned ?? readSnsNotice(mail)?.originalMessageId ?? null
}

/** Subject without the prefixes that replies and programs put before it, lower case, for comparing. */
export function comparableSubject(subject: string): string {
  return baseSubject(subject.replace(AUTOMATIC_PREFIX, '')).trim().toLowerCase()
}

const AUTOMATIC_PREFIX =
  /^\s*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|automatische antwort|réponse automatique|respuesta automática|resposta automática|risposta automatica|automatisch antwoord|out of (?:the )?office)\s*:\s*/i
