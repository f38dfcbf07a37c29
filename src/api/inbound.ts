/** Mails that came in, over HTTP. */
import { Type } from 'typebox'
import { classifyReply } from '../actions/classify-reply.ts'
import { type Belongs, reattachMail } from '../actions/reattach-mail.ts'
import { REPLY_CLASSES } from '../core/reply-class.ts'
import { searchInbound } from '../store/inbound-reads.ts'
import { actorOf } from './actor.ts'
import { refuse } from './errors.ts'
import { Pagination, pageOf, pageParameters, paginationOf, wordsOfSearch } from './paging.ts'
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
        words: wordsOfSearch(input.q),
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
    path: '/inbound/:id/reattach',
    name: 'inbound/reattach',
    summary: "Say whose mail it is, or that it is nobody's",
    description:
      'Exactly one of `emailer_message_id`, `contact_campaign_status_id`, `contact_id` (the latest email that left there is the one it answers) or `nobody`. What it had done to whom it was taken for is undone: they go on, or are held when their next email fell due meanwhile; then it does the same to whom it belongs. Stages and numbers restate. `still_sending` names what had left already.',
    extension: true,
    input: Type.Object({
      id: IdParameter,
      emailer_message_id: Type.Optional(IdParameter),
      contact_campaign_status_id: Type.Optional(IdParameter),
      contact_id: Type.Optional(IdParameter),
      nobody: Type.Optional(Type.Boolean()),
    }),
    output: Type.Object({ still_sending: StillSending }),
    async run(input, call) {
      const { now, random, applyMail: apply } = call
      const reattaching = { team: call.caller.teamId, actor: actorOf(call), now, random, apply }
      const moved = await reattachMail(call.db, { ...reattaching, inboundId: input.id, to: belongs(input) })
      return { still_sending: stillSending(allowed(moved).transmitting) }
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

function belongs(input: {
  emailer_message_id?: string
  contact_campaign_status_id?: string
  contact_id?: string
  nobody?: boolean
}): Belongs {
  const ways: Belongs[] = [
    ...(input.emailer_message_id ? [{ messageId: input.emailer_message_id }] : []),
    ...(input.contact_campaign_status_id ? [{ enrollmentId: input.contact_campaign_status_id }] : []),
    ...(input.contact_id ? [{ contactId: input.contact_id }] : []),
    ...(input.nobody ? [null] : []),
  ]
  if (ways.length === 1) return ways[0]!
  return refuse(
    422,
    'Say whose mail it is: exactly one of emailer_message_id, contact_campaign_status_id, contact_id, or nobody: true.',
  )
}
