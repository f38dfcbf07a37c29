/**
 * What a mail of a person, or of their program, means beyond its kind: a meeting, a departure, somebody else to write to, a fixed phrase; and
 * whether its sender is doubtful. The rules for stopping use it; nothing here stops anything.
 */
import type { Evidence } from './evidence.ts'
import { type LeftCompany, leftCompanyIn, type Referral, referralIn } from './left-company.ts'
import { type CalendarMail, calendarIn } from './meeting.ts'
import { header, type ParsedMail } from './parsed-mail.ts'
import { type ClassedReply, replyClassIn } from './reply-phrases.ts'

export interface Meaning {
  /** The invitation or the answer of a calendar program; null without one. */
  calendar: CalendarMail | null
  /** The person we wrote to works there no longer. */
  leftCompany: LeftCompany | null
  /** Who is named to write to instead; for an absence note only when the person is gone for good. */
  referral: Referral | null
  /** By fixed phrases alone; null where people must decide. */
  replyClass: ClassedReply | null
  /** Why the sender may be another than who it says; null when nothing speaks against it. */
  senderDoubt: Evidence | null
}

/** `ours`: addresses of the mailbox. */
export function meaningOf(
  { kind, words }: { kind: string; words: string },
  mail: ParsedMail,
  ours: readonly string[],
): Meaning {
  const senderDoubt = doubtOf(mail)
  if (!SPEAKING.has(kind))
    return { calendar: null, leftCompany: null, referral: null, replyClass: null, senderDoubt }
  const calendar = calendarIn(mail)
  const leftCompany = leftCompanyIn(words)
  const not = [...ours, ...[mail.from, ...mail.to].flatMap((one) => (one ? [one.address] : []))]
  const referral = kind === 'out_of_office' && !leftCompany ? null : referralIn(words, not)
  const replyClass = replyClassIn({ kind, words, calendar, leftCompany, referral })
  return { calendar, leftCompany, referral, replyClass, senderDoubt }
}

/** Kinds in which somebody, or their program, speaks to us. */
const SPEAKING: ReadonlySet<string> = new Set(['reply', 'auto_reply', 'out_of_office', 'opt_out', 'other'])

/**
 * RFC 8601: what the server that took the mail in says of its sender. Only the topmost field is its own; those below came with the mail, from
 * whoever wrote it. SPF fails for mail that was forwarded, too: without DMARC it counts only where no signature holds. A server that says
 * nothing doubts nobody: an opt-out must not be lost because a mail server checks no senders.
 */
function doubtOf(mail: ParsedMail): Evidence | null {
  const results = header(mail, 'authentication-results').slice(0, 4_000)
  const said = (pattern: RegExp) => pattern.exec(results)?.[0]
  const isProved = said(/\b(?:dmarc|dkim|compauth)\s*=\s*pass\b/i) !== undefined
  const failed =
    said(/\bdmarc\s*=\s*fail\b/i) ??
    said(/\bcompauth\s*=\s*fail\b/i) ??
    (isProved ? undefined : said(/\bspf\s*=\s*(?:hard|soft)?fail\b/i))
  return failed === undefined ? null : { name: 'sender not proved', value: failed, score: 0 }
}
