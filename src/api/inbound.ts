/** Mails that came in, over HTTP. */
import { Type } from 'typebox'
import { classifyReply } from '../actions/classify-reply.ts'
import { REPLY_CLASSES } from '../core/reply-class.ts'
import { searchInbound } from '../store/inbound-reads.ts'
import { actorOf } from './actor.ts'
import { Pagination, pageOf, pageParameters, paginationOf } from './paging.ts'
import { IdParameter, oneOf } from './params.ts'
import { allowed } from './refusing.ts'
import { type Route, route } from './route.ts'
import { StillSending, stillSending } from './sequence-state.ts'
import { iso, WireInstant } from './wire/instant.ts'

const TextOrNull = Type.Union([Type.String(), Type.Null()])
const Inbound = Type.Object({
  id: Type.String(),
  kind: Type.String(),
  class: TextOrNull,
  from: Type.Object({ email: TextOrNull, name: TextOrNull }),
  subject: Type.String(),
  text: Type.String(),
  received_at: WireInstant,
  contact_id: TextOrNull,
  sequence_name: TextOrNull,
  evidence: Type.Array(Type.Unknown()),
  confidence: Type.Integer(),
  reply_class: TextOrNull,
})

const WORDS_MAX = 20

export const routes: Route[] = [
  route({
    method: ['GET', 'POST'],
    path: '/inbound/search',
    name: 'inbound/search',
    summary: 'Replies, absences, bounces and opt-outs that were read, the latest first',
    extension: true,
    input: Type.Object({
      q: Type.Optional(Type.String({ maxLength: 500 })),
      kind: Type.Optional(Type.String({ maxLength: 40 })),
      contact_id: Type.Optional(IdParameter),
      ...pageParameters,
    }),
    output: Type.Object({ inbound: Type.Array(Inbound), pagination: Pagination }),
    async run(input, call) {
      const page = pageOf(input, call)
      const { inbound, total } = await searchInbound(call.db, {
        team: call.caller.teamId,
        words: (input.q ?? '').split(/\s+/).filter(Boolean).slice(0, WORDS_MAX),
        kind: input.kind || null,
        contactId: input.contact_id ?? null,
        offset: page.offset,
        limit: page.perPage,
      })
      return {
        inbound: inbound.map((row) => ({
          id: row.id,
          kind: row.kind,
          class: row.class,
          from: { email: row.from, name: row.fromName },
          subject: row.subject,
          text: row.text,
          received_at: iso(row.receivedAt),
          contact_id: row.contactId,
          sequence_name: row.sequenceName,
          evidence: row.evidence,
          confidence: row.confidence,
          reply_class: row.replyClass,
        })),
        pagination: paginationOf(page, total),
      }
    },
  }),
  route({
    method: 'POST',
    path: '/inbound/:id/reply_class',
    name: 'inbound/reply_class',
    summary: 'Say what an answer means',
    description:
      '`willing_to_meet` moves the contact to Interested and ends the sequences that say so; `not_interested` and `already_left_company_or_not_right_person` end all; `unsubscribe` is an opt-out. null takes it back and undoes nothing. `still_sending` names what had left already.',
    extension: true,
    input: Type.Object({
      id: IdParameter,
      reply_class: Type.Union([oneOf(REPLY_CLASSES), Type.Null()]),
    }),
    output: Type.Object({ still_sending: StillSending }),
    async run(input, call) {
      const { now, random } = call
      const classifying = { team: call.caller.teamId, actor: actorOf(call), now, random }
      const said = { inboundId: input.id, replyClass: input.reply_class }
      const { transmitting } = allowed(await classifyReply(call.db, classifying, said))
      return { still_sending: stillSending(transmitting) }
    },
  }),
]
