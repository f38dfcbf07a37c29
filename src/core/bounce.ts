/**
 * A bounce read: who failed, at which stage, and whether it is `hard`, `soft` or `blocked`. Delivery status notifications (RFC 3464) by
 * their fields, others by the servers' wording. Only `hard` ever suppresses an address, so `hard` needs proof, never a guess.
 */
import {
  BOUNCE_RULES,
  type BounceClass,
  type BounceReason,
  type BounceRule,
  classOf,
  STATUS_REASONS,
} from './bounce-rules.ts'
import { isFromMailSystem, isReport, isWrittenUnder, looksLikeBounce } from './bounce-signs.ts'
import { readSnsNotice } from './bounce-sns.ts'
import { namesRecipient, passages, returnedInText, serverWords } from './bounce-text.ts'
import type { ParsedMail } from './parsed-mail.ts'
import { ownWords } from './quote.ts'

export type { BounceClass, BounceReason }

export type SmtpStageAtFault = 'connect' | 'mail' | 'rcpt' | 'data'

export interface FailedRecipient {
  /** The address that failed, lower case; empty when the bounce names none. */
  address: string
  /** The address the report says it was first sent to, when it differs. */
  originalAddress: string | null
  action: 'failed' | 'delayed' | 'delivered'
  class: BounceClass
  reason: BounceReason
  /** RFC 3463; null when neither the report nor the reply has one. */
  status: string | null
  /** SMTP reply code. */
  replyCode: string | null
  stage: SmtpStageAtFault | null
  /** What the server said, one line, at most 500 characters. */
  words: string
}

export interface BounceReport {
  recipients: FailedRecipient[]
  /** Of the mail that came back, with brackets. */
  originalMessageId: string | null
  originalSubject: string | null
  /** How it was recognized: the evidence shown to people. */
  form: 'dsn' | 'text' | 'notice'
}

const WORDS_MAX = 500
/** Rules are tried on this much of what a server said. */
const JUDGED_MAX = 8_000

/**
 * The class that counts for the address we wrote to. `hard` only when the failing recipient is that very address: a forwarding
 * behind it that broke says nothing about it (soft, DESIGN section 7).
 */
export function classFor(report: BounceReport, writtenTo: string): FailedRecipient | null {
  const wanted = writtenTo.toLowerCase()
  const direct = report.recipients.find(({ address }) => address === wanted)
  if (direct) return direct
  const first = report.recipients[0]
  if (!first) return null
  return first.class === 'hard' ? { ...first, class: 'soft' } : first
}

/**
 * A refusal heard while sending, judged by the same rules. `address`: the one recipient it was about; null when it was about the sender or
 * the mail, which is never hard.
 */
export function readRefusal(
  reply: string,
  at: { address: string | null; stage: SmtpStageAtFault },
): Pick<FailedRecipient, 'class' | 'reason' | 'status' | 'replyCode' | 'stage' | 'words'> {
  const address = at.address?.toLowerCase() ?? ''
  const verdict = judge({ said: reply, about: '', status: null, action: 'failed', address, stage: at.stage })
  return verdict.class === 'hard' && at.address === null
    ? { ...verdict, class: 'soft', reason: 'undefined' }
    : verdict
}

/** Null when the mail is no bounce. */
export function readBounce(received: ParsedMail): BounceReport | null {
  // Who answers a mail, postmasters too, may quote a bounce or attach one: only what they wrote themselves counts.
  const mail =
    isWrittenUnder(received) && !isReport(received)
      ? { ...received, text: ownWords(received.text), parts: [] }
      : received
  const notice = readSnsNotice(mail)
  if (notice)
    return notice.type === 'complaint'
      ? null
      : { ...notice, recipients: notice.recipients.map((one) => fromFields(one, '', true)), form: 'notice' }
  const words = serverWords(mail)
  const fields = statusFields(mail)
  if (fields.length > 0 && (isReport(mail) || isFromMailSystem(mail)))
    return {
      recipients: fields.map((group) => fromFields(group, words, fields.length === 1)),
      ...original(mail),
      form: 'dsn',
    }
  if (!looksLikeBounce(mail, words)) return null
  const found = passages(mail, words)
  const recipients =
    found.length > 0
      ? found.map((passage) => fromWords(passage.recipient, passage.words, mail.subject))
      : [fromWords('', words, mail.subject)]
  return { recipients, ...original(mail), form: 'text' }
}

type Fields = Record<string, string>

/** The per-recipient groups of a delivery status part (RFC 3464 2.3), also where a broken MIME left it in the text. */
function statusFields(mail: ParsedMail): Fields[] {
  const parts = mail.parts.filter(({ contentType }) =>
    /^message\/(?:global-)?delivery-status$/.test(contentType),
  )
  const sources = parts.length > 0 ? parts.map(({ text }) => text ?? '') : [embeddedStatus(mail)]
  return sources.flatMap((source) =>
    source
      .replace(/\r\n?/g, '\n')
      .replace(/\n[ \t]+(?=\S)/g, ' ')
      .split(/\n\s*\n/)
      .map(fieldsOf)
      .filter((group) => group['final-recipient'] !== undefined || group['action'] !== undefined),
  )
}

/**
 * Not from the mail that came back, which may be a report itself; but gateways wrap other servers' reports in a text that names nobody, and
 * then the report inside is the one.
 */
function embeddedStatus(mail: ParsedMail): string {
  const words = serverWords(mail)
  const isReturned = ({ contentType }: { contentType: string }) => /rfc822|message\/global$/.test(contentType)
  const own = mail.parts.filter((part) => !isReturned(part))
  const outer = [words, ...own.map(({ text }) => text ?? '')].join('\n\n')
  if (hasStatusFields(outer)) return outer
  const whole = [mail.text, ...mail.parts.map(({ text }) => text ?? '')].join('\n\n')
  return hasStatusFields(whole) && !namesRecipient(mail, words) ? whole : ''
}

function hasStatusFields(text: string): boolean {
  return /^(?:Final|Original)-Recipient:/im.test(text) && /^Action:/im.test(text)
}

function fieldsOf(block: string): Fields {
  const fields: Fields = {}
  for (const line of block.split('\n')) {
    const match = /^([A-Za-z][\w-]*)[ \t]*:[ \t]*(.*)$/.exec(line)
    if (match) fields[match[1]!.toLowerCase()] ??= match[2]!.trim()
  }
  return fields
}

function fromFields(fields: Fields, words: string, alone: boolean): FailedRecipient {
  const final = addressIn(fields['final-recipient']) || addressIn(fields['original-recipient'])
  const actual = addressIn(fields['x-actual-recipient'])
  const address = actual || final
  const original = addressIn(fields['original-recipient']) || final
  const diagnostic = (fields['diagnostic-code'] ?? '').trim()
  const about = alone ? words : passageAbout(address, words)
  const action = actionOf(fields['action'] ?? 'failed')
  return {
    address,
    originalAddress: original !== address ? original : null,
    action,
    ...judge({ said: diagnostic, about, status: statusIn(fields['status']), action, address }),
  }
}

function fromWords(recipient: string, words: string, subject: string): FailedRecipient {
  const delayed =
    /delay|warning/i.test(subject) && /will (?:be retried|continue|keep)|has been delayed/i.test(words)
  const action = delayed ? 'delayed' : 'failed'
  return {
    address: recipient.toLowerCase(),
    originalAddress: null,
    action,
    ...judge({
      said: words,
      about: words,
      status: null,
      action,
      address: isTranscriptLine(words) ? recipient.toLowerCase() : '',
    }),
  }
}

/** Sendmail's line for one recipient, `550 <a@b>... User unknown`: with dots it is the answer to that RCPT. */
function isTranscriptLine(words: string): boolean {
  return /^\s*\d{3} (?:\d\.\d\.\d )?<?[^\s<>]{1,300}>?\.\.\. [^\n]*$/.test(words)
}

function addressIn(value: string | undefined): string {
  const address = (value ?? '')
    .replace(/^\s*[\w-]+\s*;/, '')
    .trim()
    .replace(/^<|>$/g, '')
  return address.includes('@') ? address.toLowerCase() : ''
}

function actionOf(value: string): FailedRecipient['action'] {
  const action = value.trim().toLowerCase()
  if (action.startsWith('delayed')) return 'delayed'
  return /^(?:delivered|relayed|expanded)/.test(action) ? 'delivered' : 'failed'
}

/** What the human part says about one recipient: Postfix writes only there at which command it was refused. */
function passageAbout(address: string, words: string): string {
  const at = address === '' ? -1 : words.toLowerCase().indexOf(address)
  if (at < 0) return ''
  const next = words.slice(at).search(/\n[ \t]*<[^<>\s]+@[^<>\s]+>:/)
  return words.slice(at, next < 0 ? words.length : at + next)
}

interface Said {
  said: string
  /** The failing address when `said` is the server's bare reply; empty when it is a whole text. */
  address: string
  about: string
  status: string | null
  action: FailedRecipient['action']
  /** When it is known, and need not be read from the words. */
  stage?: SmtpStageAtFault
}

type Verdict = Pick<FailedRecipient, 'class' | 'reason' | 'status' | 'replyCode' | 'stage' | 'words'>

function judge({ said, about, status, action, address, stage: heardAt }: Said): Verdict {
  const words = (oneLine(said) || oneLine(about)).slice(0, JUDGED_MAX)
  const inWords = statusIn(/(?:^|[\s#(:;-])([245]\.\d{1,3}\.\d{1,3})(?=[\s).,:;<-]|$)/.exec(words)?.[1])
  const code =
    status === null || (/^\d\.0\.0$/.test(status) && inWords !== null) ? (inWords ?? status) : status
  const replyCode = /(?:^|[\s:;'"<[(])([45]\d\d)(?=[\s:-])/.exec(words)?.[1] ?? null
  const stage = heardAt ?? stageOf(`${words} ${oneLine(about)}`)
  const reason = reasonOf(words, {
    status: code,
    replyCode,
    stage,
    action,
    names: namesFirst(words, address),
  })
  return {
    class: classOf(reason),
    reason,
    status: code,
    replyCode,
    stage,
    words: words.slice(0, WORDS_MAX),
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

/** A reply that begins with the address it refuses, as `550 5.1.1 <a@b>... User unknown`: the answer to a RCPT of that address. */
function namesFirst(words: string, address: string): boolean {
  const named =
    /^(?:[\w-]+; ?)?55[0134][ -](?:5\.\d+\.\d+ )?[<[]?([^\s<>[\]]+@[^\s<>[\]:]+?)[>\]]?(?::|\.\.\.)/i.exec(
      words,
    )
  return address !== '' && named?.[1]?.toLowerCase() === address
}

function statusIn(value: string | undefined): string | null {
  return /([245]\.\d{1,3}\.\d{1,3})/.exec(value ?? '')?.[1] ?? null
}

/** At which command the server refused, in the words of Postfix, Exim, Sendmail, qmail, Yahoo, DragonFly, 1&1, Lotus and those that show the dialog. */
const STAGES: readonly [SmtpStageAtFault, RegExp][] = [
  [
    'rcpt',
    /in reply to RCPT TO|(?:sent|>>>|-->|<<<|command)[: ]{1,3}"?RCPT TO|after RCPT (?:TO|command)|does not like recipient|not like our RCPT|\[RCPT_TO\]|>>> RCPT To|SMTP:RCPT|following RCPT/i,
  ],
  [
    'data',
    /in reply to (?:end of )?DATA|after (?:end of data|DATA|sending|pipelined end of data)|failed after I sent|our final DATA|\(DATA\)|for TEXT command|>>> DATA/i,
  ],
  [
    'mail',
    /in reply to MAIL FROM|after MAIL FROM|sender was rejected|>>> MAIL From|not like our MAIL|for MAIL command/i,
  ],
  [
    'connect',
    /initial connection|in reply to (?:EHLO|HELO)|refused to talk to me|after (?:EHLO|HELO)|>>> (?:EHLO|HELO)/i,
  ],
]

function stageOf(words: string): SmtpStageAtFault | null {
  return STAGES.find(([, pattern]) => pattern.test(words))?.[0] ?? null
}

interface Circumstances {
  status: string | null
  replyCode: string | null
  stage: SmtpStageAtFault | null
  action: FailedRecipient['action']
  names: boolean
}

function reasonOf(words: string, at: Circumstances): BounceReason {
  const rule = BOUNCE_RULES.find((one) => one.words.test(words))
  const reason = rule?.reason ?? statusReason(at.status) ?? byReply(at)
  return classOf(reason) === 'hard' && !isProven(reason, rule, at) ? doubted(reason, at) : reason
}

function statusReason(status: string | null): BounceReason | undefined {
  if (status === null) return undefined
  const detail = status.slice(2)
  return STATUS_REASONS[detail] ?? STATUS_REASONS[`${detail.split('.')[0]}.`]
}

function byReply({ replyCode, stage, action }: Circumstances): BounceReason {
  if (action === 'delayed') return 'expired'
  if (stage === 'connect' || stage === 'mail') return 'blocked'
  return replyCode === null ? 'undefined' : replyCode.startsWith('4') ? 'on_hold' : 'undefined'
}

/**
 * Proof of a hard bounce: the failure is final and not about the sender, and the status code says so, or the server that owns the
 * address does, or it was refused at RCPT. "User unknown" after DATA is what filters of mobile carriers say of people who exist.
 */
function isProven(reason: BounceReason, rule: BounceRule | undefined, at: Circumstances): boolean {
  if (at.action !== 'failed' || at.stage === 'mail' || at.stage === 'connect') return false
  if (at.status?.startsWith('4.') || at.replyCode?.startsWith('4')) return false
  if (rule?.certain || reason === 'accepts_no_mail') return true
  // Of the sender's address or domain (RFC 3463), or of security. 5.7.17 (RFC 7293): the mailbox has another owner now.
  if (/^5\.(?:1\.[78]|7\.(?!17$)\d+)$/.test(at.status ?? '')) return false
  if (reason === 'host_unknown' || reason === 'moved') return true
  if (/^5\.1\.(?:[13]|10|351)$/.test(at.status ?? '')) return true
  return at.stage === 'rcpt' || (at.names && at.stage !== 'data')
}

function doubted(reason: BounceReason, at: Circumstances): BounceReason {
  if (at.action === 'delayed') return 'expired'
  if (at.stage === 'mail' || /^5\.1\.[78]$/.test(at.status ?? '')) return 'sender_rejected'
  if (at.stage === 'connect') return 'blocked'
  return reason === 'user_unknown' ? 'filtered' : 'on_hold'
}

function original(mail: ParsedMail): Pick<BounceReport, 'originalMessageId' | 'originalSubject'> {
  const inText = mail.returned ? {} : returnedInText(mail)
  const id = mail.returned?.['message-id']?.[0] ?? inText['message-id'] ?? ''
  return {
    originalMessageId: /<[^<>\s]+>/.exec(id)?.[0] ?? null,
    originalSubject: mail.returned?.['subject']?.[0] ?? inText['subject'] ?? null,
  }
}
