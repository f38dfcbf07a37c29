/** One email for programs that wait for it: what it says, and how far it is. */
import { Type } from 'typebox'
import type { Instant } from '../core/clock.ts'
import { isId } from '../core/ids.ts'
import { type MessageRow, shownMessages } from '../store/message-reads.ts'
import { refuse } from './errors.ts'
import { oneOf } from './params.ts'
import { type Route, route } from './route.ts'
import { iso, isoWithOffset, WireInstant } from './wire/instant.ts'
import { FAILED_HOLDS, wireMessage } from './wire/message.ts'

/** Of more ids the first are answered, as recorded. */
const CONTENTS_MAX = 10
/** What the answer advises while the email is under way; while it waits for its day, until then, but no longer than the second. */
const RETRY_AFTER_S = 10
const RETRY_AFTER_MAX_S = 3_600

const Recipient = Type.Object({ email: Type.String(), type: Type.String() })

export const routes: Route[] = [
  route({
    method: 'POST',
    path: '/emailer_messages/get_content',
    name: 'emailer_messages/get_content',
    summary: 'What emails say that were sent',
    description: `Of the first ${CONTENTS_MAX} ids. What was not sent, and what is unknown, is left out.`,
    input: Type.Object({
      ids: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 1_000 })),
      body_format: Type.Optional(oneOf(['plain', 'html'] as const, { description: 'plain unless said.' })),
    }),
    output: Type.Object({
      emailer_messages: Type.Array(
        Type.Object({
          id: Type.String(),
          subject: Type.Union([Type.String(), Type.Null()]),
          body: Type.String(),
          body_format: Type.String(),
          status: Type.String(),
          sent_at: Type.String(),
          recipients: Type.Array(Recipient),
        }),
      ),
    }),
    async run({ ids, body_format: format = 'plain' }, { db, caller }) {
      if (!ids?.length) refuse(422, 'Missing required parameter: ids', { parameter: 'ids' })
      const asked = [...new Set(ids.slice(0, CONTENTS_MAX))].filter(isId)
      const rows = await shownMessages(db, { team: caller.teamId, ids: asked, failedHolds: FAILED_HOLDS })
      const sent = asked.flatMap((id) => rows.get(id) ?? []).filter((row) => row.completedAt !== null)
      return { emailer_messages: sent.map((row) => contentOf(row, format)) }
    },
  }),
  route({
    method: 'POST',
    path: '/emailer_messages/email_send_status',
    name: 'emailer_messages/email_send_status',
    summary: 'How far an email is',
    description:
      '`due_at`, `bounce`, `spam_blocked` and `unknown` are extra keys. An email that waits for its day is "scheduled" until then, and `retry_after_seconds` says so, up to an hour.',
    input: Type.Object({ id: Type.Optional(Type.String({ maxLength: 100 })) }),
    output: Type.Object({
      id: Type.String(),
      status: Type.String({ description: 'drafted, scheduled, completed or failed.' }),
      message: Type.String(),
      completed_at: Type.Optional(WireInstant),
      bounce: Type.Optional(Type.Boolean()),
      spam_blocked: Type.Optional(Type.Boolean()),
      not_sent_reason: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      failure_reason: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      failed_at: Type.Optional(WireInstant),
      due_at: Type.Optional(Type.Union([WireInstant, Type.Null()])),
      unknown: Type.Optional(Type.Boolean()),
      retry_after_seconds: Type.Optional(Type.Integer()),
    }),
    async run({ id }, { db, caller, now }) {
      if (!id) return refuse(422, 'Missing required parameter: id', { parameter: 'id' })
      const ids = isId(id) ? [id] : []
      const rows = await shownMessages(db, { team: caller.teamId, ids, failedHolds: FAILED_HOLDS })
      const row = rows.get(id) ?? refuse(404, 'Email message not found')
      return { id, status: row.status, ...progressOf(row, now) }
    },
  }),
]

function contentOf(row: MessageRow, format: 'plain' | 'html') {
  const { id, subject, body_html, body_text, status, recipients } = wireMessage(row)
  return {
    id,
    subject,
    body: format === 'html' ? body_html : body_text,
    body_format: format,
    status,
    sent_at: isoWithOffset(row.completedAt!),
    recipients: recipients.map((one) => ({ email: one.email, type: one.recipient_type_cd })),
  }
}

function progressOf(row: MessageRow, now: Instant) {
  const { completedAt, failedAt, status } = row
  if (completedAt !== null)
    return {
      message: row.bounce === null ? 'Email delivered successfully.' : 'Email was sent and came back.',
      completed_at: iso(completedAt),
      ...(row.bounce !== null && (row.bounce === 'blocked' ? { spam_blocked: true } : { bounce: true })),
    }
  if (status === 'failed') {
    const { not_sent_reason, failure_reason } = wireMessage(row)
    return {
      message: 'Email failed to send.',
      not_sent_reason,
      failure_reason,
      ...(failedAt !== null && { failed_at: iso(failedAt) }),
    }
  }
  if (status === 'drafted') return { message: 'Email is a draft. A person sends it.' }
  const due_at = row.dueAt === null ? null : iso(row.dueAt)
  const waitMs = row.dueAt === null ? Number.POSITIVE_INFINITY : row.dueAt - now
  if (row.state === 'unknown')
    return { message: 'Nobody knows whether this email arrived. A person says so.', due_at, unknown: true }
  return {
    message: 'Email is still being processed. Try again in 10-20 seconds.',
    due_at,
    retry_after_seconds: Math.min(Math.max(RETRY_AFTER_S, Math.ceil(waitMs / 1_000)), RETRY_AFTER_MAX_S),
  }
}
