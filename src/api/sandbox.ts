/** The sandbox over HTTP: its mails as the recipient sees them, and answers written as the contact. */
import { Type } from 'typebox'
import { ANSWER_KINDS, answerSandboxMail } from '../actions/answer-sandbox-mail.ts'
import type { Id } from '../core/ids.ts'
import { header, type ParsedMail } from '../core/parsed-mail.ts'
import { htmlOf, sanitizeInbound } from '../render.ts'
import {
  type SandboxMailRow,
  sandboxMailById,
  sandboxThread,
  searchSandboxMails,
} from '../store/sandbox-mails.ts'
import { refuse } from './errors.ts'
import { Pagination, pageOf, pageParameters, paginationOf, wordsOfSearch } from './paging.ts'
import { IdParameter, oneOf } from './params.ts'
import { allowed } from './refusing.ts'
import { type Call, type Route, route } from './route.ts'
import { iso, WireInstant } from './wire/instant.ts'

const TextOrNull = Type.Union([Type.String(), Type.Null()])
const row = {
  id: Type.String(),
  from: Type.String(),
  to: Type.String(),
  subject: Type.String(),
  received_at: WireInstant,
  direction: Type.String({ description: 'received: we sent it; answer: written as the contact.' }),
  contact_id: TextOrNull,
  message_id: TextOrNull,
  answered: Type.Boolean(),
}
const Mail = Type.Object({
  ...row,
  html: Type.String(),
  text: Type.String(),
  raw: Type.String(),
  headers: Type.Object({
    threads_with: TextOrNull,
    opts_out_by: TextOrNull,
    list_unsubscribe: TextOrNull,
    message_id: TextOrNull,
    in_reply_to: TextOrNull,
    references: Type.Array(Type.String()),
  }),
})

/** The page shows the source as text; beyond this nobody reads it. */
const RAW_SHOWN_MAX = 200_000
const THREAD_MAX = 200

function rowOnWire(mail: SandboxMailRow) {
  return {
    id: mail.id,
    from: mail.from,
    to: mail.to,
    subject: mail.subject,
    received_at: iso(mail.receivedAt),
    direction: mail.direction,
    contact_id: mail.contactId,
    message_id: mail.messageId,
    answered: mail.answered,
  }
}

async function mailOnWire(call: Call, id: Id) {
  const mail = await sandboxMailById(call.db, { team: call.caller.teamId, id })
  if (!mail) return refuse(404, 'Record not found.')
  const parsed = await call.sandbox.parse(mail.raw)
  const thread = await sandboxThread(call.db, { team: call.caller.teamId, mail, limit: THREAD_MAX })
  return {
    mail: {
      ...rowOnWire(mail),
      html: sanitizeInbound(parsed.html ?? htmlOf(parsed.text)),
      text: parsed.text,
      raw: Buffer.from(mail.raw).toString('utf8').slice(0, RAW_SHOWN_MAX).toWellFormed(),
      headers: headersOnWire(parsed),
    },
    thread: thread.map((one) => ({
      id: one.id,
      direction: one.direction,
      from: one.from,
      subject: one.subject,
      received_at: iso(one.receivedAt),
    })),
  }
}

/** The headers that decide how a mail program treats it, in plain words beside the values. */
function headersOnWire(parsed: ParsedMail) {
  const unsubscribe = header(parsed, 'list-unsubscribe')
  return {
    threads_with: parsed.inReplyTo === null ? null : `the mail ${parsed.inReplyTo}`,
    opts_out_by: optsOutBy(unsubscribe, header(parsed, 'list-unsubscribe-post')),
    list_unsubscribe: unsubscribe || null,
    message_id: parsed.messageId,
    in_reply_to: parsed.inReplyTo,
    references: parsed.references,
  }
}

function optsOutBy(unsubscribe: string, post: string): string | null {
  if (unsubscribe === '') return null
  const ways = [
    ...(post !== '' && unsubscribe.includes('https:') ? ['one click'] : []),
    ...(unsubscribe.includes('http') ? ['a page'] : []),
    ...(unsubscribe.includes('mailto:') ? ['a mail'] : []),
  ]
  return ways.join(', ')
}

export const routes: Route[] = [
  route({
    method: ['GET', 'POST'],
    path: '/sandbox/search',
    name: 'sandbox/search',
    summary: 'Mails of the sandbox, the latest first',
    extension: true,
    input: Type.Object({ q: Type.Optional(Type.String({ maxLength: 500 })), ...pageParameters }),
    output: Type.Object({ mails: Type.Array(Type.Object(row)), pagination: Pagination }),
    async run(input, call) {
      const page = pageOf(input, call)
      const { mails, total } = await searchSandboxMails(call.db, {
        team: call.caller.teamId,
        words: wordsOfSearch(input.q),
        offset: page.offset,
        limit: page.perPage,
      })
      return { mails: mails.map(rowOnWire), pagination: paginationOf(page, total) }
    },
  }),
  route({
    method: 'GET',
    path: '/sandbox/mails/:id',
    name: 'sandbox/show',
    summary: 'One mail as its recipient sees it, with its source and its thread',
    extension: true,
    input: Type.Object({ id: IdParameter }),
    output: Type.Object({ mail: Mail, thread: Type.Array(Type.Unknown()) }),
    run: ({ id }, call) => mailOnWire(call, id),
  }),
  route({
    method: 'POST',
    path: '/sandbox/mails/:id/answer',
    name: 'sandbox/answer',
    summary:
      'Answer as the contact, or as their server: a reply, an absence, an invitation, an opt-out, a complaint, a bounce',
    description:
      'Each is a real mail that enters where mails are read. `bounce`: the address does not exist; `mailbox_full`: not now; `blocked`: refused as spam.',
    extension: true,
    input: Type.Object({
      id: IdParameter,
      kind: oneOf(ANSWER_KINDS),
      text: Type.Optional(Type.String({ maxLength: 50_000 })),
      returns_on: Type.Optional(Type.String({ maxLength: 40, description: 'YYYY-MM-DD, for an absence.' })),
    }),
    output: Type.Object({ mail: Mail, thread: Type.Array(Type.Unknown()) }),
    async run(input, call) {
      const { db, sandbox, now, random } = call
      const written = await answerSandboxMail(db, {
        team: call.caller.teamId,
        mailId: input.id,
        answer: {
          kind: input.kind,
          ...(input.text ? { text: input.text } : {}),
          ...(input.returns_on ? { returnsOn: input.returns_on } : {}),
        },
        sandbox,
        now,
        random,
      })
      return mailOnWire(call, allowed(written))
    },
  }),
]
