/**
 * The notifications of Amazon SES that arrive by mail through Amazon SNS: JSON in the text, inside a second JSON or alone. It brings them
 * into the fields of RFC 3464, so that they are judged like any other report.
 */
import type { ParsedMail } from './parsed-mail.ts'

export interface SnsNotice {
  type: 'bounce' | 'complaint' | 'delivery'
  /** One group of RFC 3464 fields per recipient, names in lower case. */
  recipients: Record<string, string>[]
  originalMessageId: string | null
  originalSubject: string | null
}

/** Null when the mail is none. */
export function readSnsNotice(mail: ParsedMail): SnsNotice | null {
  if (!/@sns\.amazonaws\.com$/i.test(mail.from?.address ?? '')) return null
  const outer = jsonIn(mail.text)
  const notice = typeof outer?.['Message'] === 'string' ? jsonIn(outer['Message']) : outer
  const type = text(notice?.['notificationType'] ?? notice?.['eventType']).toLowerCase()
  if (!notice || (type !== 'bounce' && type !== 'complaint' && type !== 'delivery')) return null
  const headers = object(object(notice['mail'])['commonHeaders'])
  return {
    type,
    recipients: recipientsOf(type, object(notice[type])),
    originalMessageId: /<[^<>\s]+>/.exec(text(headers['messageId']))?.[0] ?? null,
    originalSubject: text(headers['subject']) || null,
  }
}

function recipientsOf(type: SnsNotice['type'], details: Json): Record<string, string>[] {
  if (type === 'delivery')
    return list(details['recipients']).map((one) => ({ 'final-recipient': text(one), action: 'delivered' }))
  if (type === 'complaint')
    return list(details['complainedRecipients']).map((one) => ({
      'final-recipient': text(object(one)['emailAddress']),
    }))
  // SES holds back what its own list of bad addresses names; that list is Amazon's opinion, not the server's answer.
  const transient =
    text(details['bounceType']) !== 'Permanent' || text(details['bounceSubType']) === 'Suppressed'
  return list(details['bouncedRecipients']).map((one) => {
    const { emailAddress, status, diagnosticCode } = object(one)
    return {
      'final-recipient': text(emailAddress),
      action: transient ? 'delayed' : 'failed',
      status: text(status),
      'diagnostic-code': text(diagnosticCode),
    }
  })
}

type Json = Record<string, unknown>

function jsonIn(source: string): Json | null {
  try {
    // SNS breaks its long lines at the limit of SMTP, in the middle of strings.
    const whole = source.slice(source.indexOf('{'), source.lastIndexOf('}') + 1).replace(/\r?\n/g, '')
    return object(JSON.parse(whole))
  } catch {
    // Not JSON after all: then it is a mail like any other.
    return null
  }
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {}
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
