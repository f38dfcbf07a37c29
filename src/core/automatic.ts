/**
 * Which signs say that a program wrote a mail, not a person: RFC 3834 section 5 first, then what servers, calendars and ticket systems
 * really send. It only collects; `inbound.ts` decides.
 */
import type { Evidence } from './evidence.ts'
import { absenceSubject } from './out-of-office.ts'
import { header, type ParsedMail } from './parsed-mail.ts'

/** Signs at or above this make a mail automatic; weaker ones are shown but do not decide. */
export const AUTOMATIC_AT = 0.7

/** A header, what its value must look like, and how much it counts. */
const HEADERS: readonly (readonly [name: string, value: RegExp, score: number])[] = [
  ['Auto-Submitted', /^\s*auto-(?:replied|generated|notified)/i, 1],
  ['X-Autoreply', /^(?!no)/i, 1],
  ['X-Autorespond', /./, 1],
  ['X-Auto-Response', /./, 1],
  ['X-AutoReply-From', /./, 1],
  ['X-Mail-Autoreply', /./, 1],
  ['X-MS-Exchange-Inbox-Rules-Loop', /./, 1],
  ['X-Cron-Env', /./, 0.9],
  ['Precedence', /^\s*auto[_-]?reply/i, 0.9],
  // Ticket systems
  ['X-ServiceNow-Generated', /true/i, 0.9],
  ['X-FreshDesk-Auto', /true/i, 0.9],
  ['X-RT-Loop-Prevention', /./, 0.9],
  ['X-OTRS-Loop', /./, 0.9],
  ['X-Zammad-Ticket-ID', /./, 0.8],
  // Mailman, to whom posts that wait for a moderator
  ['X-List-Administrivia', /^\s*yes/i, 0.9],
  // Servers and ticket systems ask others not to answer them; so does the mail of whole companies.
  ['X-Auto-Response-Suppress', /./, 0.4],
]

/** `absence`: the mail speaks of one; with it, weak signs say that no person pressed a key. */
export function automaticSigns(mail: ParsedMail, absence: boolean): Evidence[] {
  const signs: Evidence[] = HEADERS.flatMap(([name, accept, score]) => {
    const value = header(mail, name.toLowerCase())
    return value !== '' && accept.test(value) ? [{ name, value, score }] : []
  })
  // RFC 8098: a receipt says that a mail was shown or deleted, not what the reader thinks of it.
  if (mail.reportType === 'disposition-notification')
    signs.push({ name: 'report type', value: 'disposition-notification', score: 1 })
  const bulk = /^\s*(?:bulk|junk)/i.exec(header(mail, 'precedence'))?.[0].trim().toLowerCase()
  const isNullSender = mail.returnPath === ''
  // `bulk` and `junk` stand on newsletters too, the null sender on what a forwarder passed on; together nobody but a program writes them.
  const score = absence || (isNullSender && bulk !== undefined) ? 0.8 : 0.4
  if (bulk !== undefined) signs.push({ name: 'Precedence', value: bulk, score })
  if (isNullSender) signs.push({ name: 'Return-Path', value: '<>', score })
  const sender = NOBODY.exec(mail.from?.address ?? '')
  if (sender) signs.push({ name: 'sender', value: sender[0], score: 0.8 })
  const subject = AUTOMATIC_SUBJECT.exec(mail.subject)?.[0] ?? absenceSubject(mail.subject)
  if (subject) signs.push({ name: 'subject', value: subject, score: 0.9 })
  return signs
}

/** Addresses that say themselves that nobody reads them, in the languages of shops and banks. */
const NOBODY =
  /^(?:[\w.+-]*[._+-])?(?:no[._-]?reply|do[._-]?not[._-]?reply|nepasrepondre|ne[._-]?pas[._-]?repondre|keine[._-]?antwort|nicht[._-]?antworten|no[._-]?responder|n[aã]o[._-]?responda|non[._-]?rispondere|niet[._-]?beantwoorden)[\w.+-]*@/i

/** Subjects that programs write in front of ours, as sent by Exchange, Gmail, Notes, GroupWise, Lotus and ticket systems in their languages. */
const AUTOMATIC_SUBJECT =
  /^\s*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response|respon[sd]er|antwort)|automatische antwort|abwesenheits\w*|réponse automatique|respuesta automática|resposta automática|risposta automatica|automatisch antwoord|out of (?:the )?office|ooo\b|i(?: a|')m (?:away|out)|away (?:until|from)|autosvar|automatyczna odpowiedź|автоответ|自動応答|vacation (?:reply|response|message)|absence du bureau|message d'absence|afwezig\w*|fuera de (?:la )?oficina|fuori sede|fora do escrit)/i

/** A newsletter, a list or a shop. RFC 2369 and RFC 2919. */
export function isMailing(mail: ParsedMail): boolean {
  return (
    ['list-id', 'list-unsubscribe', 'list-post'].some((name) => header(mail, name) !== '') ||
    /^\s*(?:bulk|list|junk)/i.test(header(mail, 'precedence'))
  )
}
