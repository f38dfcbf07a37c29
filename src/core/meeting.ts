/**
 * A meeting in a mail: the invitation or the answer that a calendar program sends (RFC 5545, RFC 5546, RFC 6047). It only reads; that a
 * meeting ends a sequence is decided elsewhere.
 */
import type { ParsedMail } from './parsed-mail.ts'

export type CalendarMethod = 'request' | 'reply' | 'counter' | 'cancel' | 'other'
export type Partstat = 'accepted' | 'declined' | 'tentative' | 'delegated' | 'needs_action'

export interface CalendarMail {
  method: CalendarMethod
  /** Of the sender; of the only attendee when the sender is not among them; null in what is no answer. */
  partstat: Partstat | null
  /** Lower case, each once, at most 100, without the organizer unless listed. */
  attendees: string[]
  organizer: string | null
  summary: string | null
}

/** Somebody invites us, or accepts. A refusal, or another time, is an answer like any other. */
export function isMeeting({ method, partstat }: CalendarMail): boolean {
  return method === 'request' || (method === 'reply' && partstat === 'accepted')
}

const ATTENDEES_MAX = 100
const LINES_MAX = 2_000

/** Null when the mail carries no calendar object. */
export function calendarIn(mail: ParsedMail): CalendarMail | null {
  const part = mail.parts.find(
    ({ contentType, text, filename }) =>
      text !== null &&
      (/^(?:text\/calendar|application\/ics)$/.test(contentType) || /\.ics$/i.test(filename ?? '')),
  )
  const source = part?.text ?? (mail.contentType === 'text/calendar' ? mail.text : '')
  if (!/^BEGIN:VCALENDAR/im.test(source)) return null
  const lines = contentLines(source)
  const value = (name: string) => lines.find((line) => line.name === name)?.value ?? null
  const attendees = lines.filter(({ name }) => name === 'ATTENDEE')
  const method = methodOf(value('METHOD'))
  const organizer = value('ORGANIZER')
  return {
    method,
    partstat: method === 'reply' || method === 'counter' ? partstatOf(attendees, mail.from?.address) : null,
    attendees: [...new Set(attendees.map((line) => addressOf(line.value)))]
      .filter((address) => address !== '')
      .slice(0, ATTENDEES_MAX),
    organizer: organizer === null ? null : addressOf(organizer) || null,
    summary: value('SUMMARY'),
  }
}

interface ContentLine {
  name: string
  parameters: string
  value: string
}

/** RFC 5545 section 3.1: folded lines, parameters that may be quoted. */
function contentLines(source: string): ContentLine[] {
  return source
    .replace(/\r?\n[ \t]/g, '')
    .split(/\r?\n/)
    .slice(0, LINES_MAX)
    .flatMap((line) => {
      const match = /^([A-Za-z-]{1,40})((?:;[^:;"]{0,200}(?:"[^"]{0,200}"[^:;"]{0,200})?){0,20}):(.*)$/.exec(
        line,
      )
      return match ? [{ name: match[1]!.toUpperCase(), parameters: match[2]!, value: match[3]!.trim() }] : []
    })
}

function methodOf(value: string | null): CalendarMethod {
  const method = value?.toLowerCase()
  return method === 'request' || method === 'reply' || method === 'counter' || method === 'cancel'
    ? method
    : 'other'
}

function partstatOf(attendees: readonly ContentLine[], from: string | undefined): Partstat | null {
  const sender = attendees.find(({ value }) => addressOf(value) === from?.toLowerCase())
  const answering = sender ?? (attendees.length === 1 ? attendees[0] : undefined)
  const stated = /;PARTSTAT="?([A-Z-]+)/i
    .exec(answering?.parameters ?? '')?.[1]
    ?.toLowerCase()
    .replace('-', '_')
  return PARTSTATS.find((one) => one === stated) ?? null
}

const PARTSTATS: readonly Partstat[] = ['accepted', 'declined', 'tentative', 'delegated', 'needs_action']

function addressOf(value: string): string {
  const address = value
    .replace(/^mailto:/i, '')
    .trim()
    .toLowerCase()
  return address.includes('@') ? address : ''
}
