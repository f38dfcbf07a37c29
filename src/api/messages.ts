/** Emails over HTTP: what was sent, what will be, what nobody knows the fate of. */
import { type Static, Type } from 'typebox'
import { resolveUnknown } from '../actions/resolve-unknown.ts'
import {
  MESSAGE_STATS,
  type MessageRow,
  type MessageSearch,
  searchMessages,
  unknownMessages,
} from '../store/message-reads.ts'
import { teamById } from '../store/teams.ts'
import { actorOf } from './actor.ts'
import { refuse, shorten } from './errors.ts'
import { Pagination, pageOf, pageParameters, paginationOf, wordsOfSearch } from './paging.ts'
import { IdParameter, oneOf } from './params.ts'
import { allowed } from './refusing.ts'
import { type Call, type Route, route } from './route.ts'
import { firstMomentOf } from './wire/day.ts'
import { EmailerMessage, FAILED_HOLDS, wireMessage, wireStepOf } from './wire/message.ts'

const ids = () => Type.Optional(Type.Array(IdParameter, { maxItems: 1_000 }))
const Search = Type.Object({
  emailer_message_stats: Type.Optional(Type.Array(oneOf(MESSAGE_STATS))),
  emailer_message_reply_classes: Type.Optional(Type.Array(Type.String())),
  user_ids: ids(),
  email_account_id_and_aliases: Type.Optional(
    Type.String({ description: '<mailbox id>, or <mailbox id>***<alias>' }),
  ),
  emailer_campaign_ids: ids(),
  emailer_campaign_id: Type.Optional(IdParameter),
  not_emailer_campaign_ids: ids(),
  contact_ids: ids(),
  contact_id: Type.Optional(IdParameter),
  emailer_message_date_range_mode: Type.Optional(oneOf(['due_at', 'completed_at'] as const)),
  emailer_message_date_range: Type.Optional(
    Type.Object({ min: Type.Optional(Type.String()), max: Type.Optional(Type.String()) }),
  ),
  not_sent_reason_cds: Type.Optional(Type.Array(Type.String())),
  q_keywords: Type.Optional(Type.String({ maxLength: 500 })),
  sort_by_field: Type.Optional(Type.String()),
  ...pageParameters,
})

/** A person resolves them one by one; more than this at once is a failure of another kind, seen on the alerts. */
const UNKNOWN_MAX = 500

async function search(input: Static<typeof Search>, call: Call) {
  if (input.sort_by_field !== undefined)
    refuse(422, `No mapping found for [${shorten(input.sort_by_field)}] in order to sort on`)
  const page = pageOf(input, call)
  const { messages, total } = await searchMessages(call.db, {
    ...(await filtersOf(input, call)),
    offset: page.offset,
    limit: page.perPage,
  })
  return {
    breadcrumbs: [],
    emailer_messages: messages.map(wireMessage),
    emailer_steps: stepsOf(messages),
    num_fetch_result: null,
    pagination: paginationOf(page, total),
  }
}

async function filtersOf(
  input: Static<typeof Search>,
  call: Call,
): Promise<Omit<MessageSearch, 'offset' | 'limit'>> {
  const [mailboxId, alias] = (input.email_account_id_and_aliases ?? '').split('***')
  const range = input.emailer_message_date_range
  const zone = range ? (await teamById(call.db, call.caller.teamId)).timeZone : 'UTC'
  const one = (id: string | undefined) => (id === undefined ? null : [id])
  return {
    team: call.caller.teamId,
    stats: input.emailer_message_stats ?? [],
    failedHolds: FAILED_HOLDS,
    sequenceIds: input.emailer_campaign_ids ?? one(input.emailer_campaign_id),
    notSequenceIds: input.not_emailer_campaign_ids ?? [],
    contactIds: input.contact_ids ?? one(input.contact_id),
    userIds: input.user_ids ?? null,
    mailboxId: mailboxId || null,
    fromAddress: alias || null,
    replyClasses: input.emailer_message_reply_classes ?? null,
    notSentReasons: input.not_sent_reason_cds ?? null,
    words: wordsOfSearch(input.q_keywords),
    dateMode: input.emailer_message_date_range_mode ?? 'completed_at',
    from: firstMomentOf(range?.min, { zone, parameter: 'emailer_message_date_range[min]' }),
    to: firstMomentOf(range?.max, { zone, parameter: 'emailer_message_date_range[max]', plus: 1 }),
  }
}

function stepsOf(messages: readonly MessageRow[]) {
  const steps = new Map<string, NonNullable<ReturnType<typeof wireStepOf>>>()
  for (const message of messages) {
    const step = wireStepOf(message)
    if (step) steps.set(step.id, step)
  }
  return [...steps.values()]
}

export const routes: Route[] = [
  route({
    method: ['GET', 'POST'],
    path: '/emailer_messages/search',
    name: 'emailer_messages/search',
    summary: 'Search emails, sent and scheduled',
    description: 'pagination is an extra key. Scheduled ones are the next email of each live person.',
    input: Search,
    output: Type.Object({
      breadcrumbs: Type.Array(Type.Unknown()),
      emailer_messages: Type.Array(EmailerMessage),
      emailer_steps: Type.Array(Type.Unknown()),
      num_fetch_result: Type.Null(),
      pagination: Pagination,
    }),
    run: search,
  }),
  route({
    method: 'GET',
    path: '/emailer_messages/unknown',
    name: 'emailer_messages/unknown',
    summary: 'Emails of which nobody knows whether they arrived',
    extension: true,
    input: Type.Object({}),
    output: Type.Object({ emailer_messages: Type.Array(EmailerMessage) }),
    run: async (_input, call) => ({
      emailer_messages: (
        await unknownMessages(call.db, { team: call.caller.teamId, limit: UNKNOWN_MAX })
      ).map(wireMessage),
    }),
  }),
  route({
    method: 'POST',
    path: '/emailer_messages/:id/resolve',
    name: 'emailer_messages/resolve',
    summary: 'Say what became of such an email: it was sent, or send it again',
    extension: true,
    input: Type.Object({ id: IdParameter, as: oneOf(['sent', 'send_again'] as const) }),
    output: Type.Object({ emailer_message: Type.Object({ id: Type.String(), resolved_as: Type.String() }) }),
    async run({ id, as }, call) {
      const { db, now, random } = call
      const team = call.caller.teamId
      allowed(await resolveUnknown(db, { team, messageId: id, as, actor: actorOf(call), now, random }))
      return { emailer_message: { id, resolved_as: as } }
    },
  }),
]
