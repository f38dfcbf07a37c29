/** One person's story: mails out, mails in, what happened between them, and where each of their sequences stands. */
import { setImmediate } from 'node:timers/promises'
import { Type } from 'typebox'
import { ACTIVITIES, type ActivityKind } from '../core/activity.ts'
import type { Instant } from '../core/clock.ts'
import { sentenceFor } from '../core/reason.ts'
import { sanitizeInbound } from '../render.ts'
import {
  type ActivityRow,
  activitiesOf,
  type ReceivedRow,
  receivedFrom,
  type SentRow,
  sentTo,
  TIMELINE_HTML_BYTES_MAX,
} from '../store/contact-timeline.ts'
import { contactById } from '../store/contacts.ts'
import { type EnrollmentRow, enrollmentsOfContacts } from '../store/enrollment-reads.ts'
import { contactsWire } from './contact-answers.ts'
import { refuse } from './errors.ts'
import { type Route, route } from './route.ts'
import { WireContact } from './wire/contact.ts'
import { shownState } from './wire/enrollment.ts'
import { iso, isoOrNull, WireInstantOrNull } from './wire/instant.ts'

const TextOrNull = Type.Union([Type.String(), Type.Null()])
const NumberOrNull = Type.Union([Type.Integer(), Type.Null()])

const PersonEnrollment = Type.Object({
  id: Type.String(),
  sequence_id: Type.String(),
  sequence_name: TextOrNull,
  state: Type.String({ description: 'active, paused, finished, failed, replied, bounced or held' }),
  reason: TextOrNull,
  sentence: Type.String(),
  step_position: NumberOrNull,
  num_steps: Type.Integer(),
  next_at: WireInstantOrNull,
})

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/contacts/:id/timeline',
    name: 'contacts/timeline',
    summary: 'What happened with a contact, oldest first',
    description:
      'At most the latest 500 mails out, 500 mails in and 500 activities. `kind` is sent, received or activity. The newest mails have their html, up to 200 mails and 1 MiB; of older ones `html` is empty, `html_left_out` true, and `text` says what they say.',
    extension: true,
    input: Type.Object({ id: Type.String() }),
    output: Type.Object({
      contact: WireContact,
      entries: Type.Array(
        Type.Object({ kind: Type.String(), at: Type.String() }, { additionalProperties: true }),
      ),
      enrollments: Type.Array(PersonEnrollment),
    }),
    async run({ id }, call) {
      const { db, caller } = call
      const asked = { team: caller.teamId, contactId: id }
      const row = await contactById(db, { team: caller.teamId, id })
      if (!row) refuse(422, 'Oops! This contact does not exist in Apollo.')
      const [[contact], sent, received, activities, enrollments] = await Promise.all([
        contactsWire(call, [id]),
        sentTo(db, asked),
        receivedFrom(db, asked),
        activitiesOf(db, asked),
        enrollmentsOfContacts(db, { team: caller.teamId, contactIds: [id] }),
      ])
      const shown = await shownHtml([...sent, ...received])
      return {
        contact: contact!,
        entries: inOrder([
          ...sent.map((one) => ({ ...sentEntry(one), ...htmlOf(one, shown) })),
          ...received.map((one) => ({ ...receivedEntry(one), ...htmlOf(one, shown) })),
          ...activities.map(activityEntry),
        ]),
        enrollments: enrollments.map(personEnrollment),
      }
    },
  }),
]

/** More than this nobody scrolls through; each has its own cost, however small it is. */
const HTML_MAILS_MAX = 200

type Mail = SentRow | ReceivedRow

/**
 * The sanitized html of the newest mails: at most HTML_MAILS_MAX, and together TIMELINE_HTML_BYTES_MAX or else the newest alone (cut at
 * 1 MiB). Sanitizing 1 MB takes about 0.3 s, on the thread that also sends: all of a contact with hundreds of newsletters took a minute.
 */
async function shownHtml(mails: readonly Mail[]): Promise<Map<Mail, string>> {
  const shown = new Map<Mail, string>()
  let bytes = 0
  for (const mail of mails.toSorted((a, b) => b.at - a.at)) {
    if (mail.html === '') continue
    bytes += Buffer.byteLength(mail.html ?? '')
    const full = shown.size === HTML_MAILS_MAX || (shown.size > 0 && bytes > TIMELINE_HTML_BYTES_MAX)
    if (mail.html === null || full) break
    shown.set(mail, sanitizeInbound(mail.html))
    // Whoever else waits for this thread comes first.
    await setImmediate()
  }
  return shown
}

function htmlOf(mail: Mail, shown: ReadonlyMap<Mail, string>) {
  return { html: shown.get(mail) ?? '', html_left_out: mail.html !== '' && !shown.has(mail) }
}

/** Oldest first. What happened at one instant: first the mail, then what it led to. */
function inOrder<E extends { at: Instant; kind: string }>(entries: E[]) {
  const rank = (entry: E) => (entry.kind === 'activity' ? 1 : 0)
  return entries
    .toSorted((a, b) => a.at - b.at || rank(a) - rank(b))
    .map((entry) => ({ ...entry, at: iso(entry.at) }))
}

const STATUSES: Record<string, string> = {
  accepted: 'completed',
  rejected: 'failed',
  transmitting: 'scheduled',
}

function sentEntry(row: SentRow) {
  return {
    kind: 'sent',
    at: row.at,
    message_id: row.messageId,
    subject: row.subject,
    text: row.text,
    status: STATUSES[row.state] ?? row.state,
    mailbox: row.mailbox,
    sequence_id: row.sequenceId,
    step_position: row.stepPosition,
    opens: row.opens,
    clicks: row.clicks,
    machine_opens: row.machineOpens,
    scanner_clicks: row.scannerClicks,
  }
}

function receivedEntry(row: ReceivedRow) {
  const address = row.fromAddress ?? ''
  return {
    kind: 'received',
    at: row.at,
    inbound_id: row.inboundId,
    inbound_kind: row.kind,
    from: row.fromName ? `${row.fromName} <${address}>` : address,
    subject: row.subject,
    text: row.text,
    evidence: row.evidence.map(({ name, value }) => (value === '' ? name : `${name}: ${value}`)),
    confidence: row.confidence,
  }
}

/** "Finished. Answered.", in which sequence where that is known. */
function activityEntry(row: ActivityRow) {
  const what = Object.hasOwn(ACTIVITIES, row.kind) ? ACTIVITIES[row.kind as ActivityKind] : `${row.kind}.`
  const why = row.reason === null ? '' : sentenceFor(row.reason)
  // Reasons without a sentence of their own are codes, shown in `reason`.
  const because = /\s|\.$/.test(why) ? ` ${why}` : ''
  const where = row.sequenceName === null ? '' : `${row.sequenceName}: `
  return {
    kind: 'activity',
    at: row.at,
    sentence: `${where}${what}${because}${saidOfCall(row)}`,
    activity: row.kind,
    sequence_id: row.sequenceId,
    reason: row.reason,
    detail: row.detail,
  }
}

/** "Task completed. Left voicemail." "A call was logged. Connected: Again on Friday" */
function saidOfCall({ kind, detail }: ActivityRow): string {
  const { callOutcome, detail: note } = detail
  const said = typeof note === 'string' ? note : ''
  if (typeof callOutcome !== 'string') return kind === 'called' && said !== '' ? ` ${said}` : ''
  if (kind !== 'task_completed' && kind !== 'called') return ''
  return ` ${callOutcome}${said === '' ? '.' : `: ${said}`}`
}

function personEnrollment(row: EnrollmentRow) {
  return {
    id: row.id,
    sequence_id: row.sequenceId,
    sequence_name: row.sequenceName,
    ...shownState(row),
    step_position: row.stepPosition,
    num_steps: row.numSteps,
    next_at: isoOrNull(row.dueAt ?? row.taskDueAt),
  }
}
