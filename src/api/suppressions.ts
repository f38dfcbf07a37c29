/** The do-not-contact list: search, add, lift with a reason. */
import { Type } from 'typebox'
import { liftByHand, suppressValues, trySuppressing } from '../actions/suppress.ts'
import { type SuppressionRow, searchSuppressions } from '../store/suppression-lists.ts'
import { actorOf } from './actor.ts'
import { refuse } from './errors.ts'
import { Pagination, pageOf, pageParameters, paginationOf } from './paging.ts'
import { oneOf } from './params.ts'
import { type Call, type Route, route } from './route.ts'
import { iso, isoOrNull, WireInstant, WireInstantOrNull } from './wire/instant.ts'

const VALUES_MAX = 1000

const WireSuppression = Type.Object(
  {
    kind: Type.String({ description: 'address, domain or hash' }),
    value: Type.String(),
    reason: Type.String({ description: 'opt_out, hard_bounce, complaint, imported or manual' }),
    source: Type.String(),
    created_at: WireInstant,
    lifted_at: WireInstantOrNull,
    lift_reason: Type.Union([Type.String(), Type.Null()]),
  },
  { title: 'Suppression' },
)

function wireSuppression(row: SuppressionRow) {
  return {
    kind: row.kind,
    value: row.value,
    reason: row.reason,
    source: row.source,
    created_at: iso(row.createdAt),
    lifted_at: isoOrNull(row.liftedAt),
    lift_reason: row.liftReason,
  }
}

const doing = (call: Call) => ({
  team: call.caller.teamId,
  userId: call.caller.userId,
  actor: actorOf(call),
  now: call.now,
  random: call.random,
})

export const routes: Route[] = [
  route({
    method: ['GET', 'POST'],
    path: '/suppressions/search',
    name: 'suppressions/search',
    summary: 'Who is never written to',
    extension: true,
    input: Type.Object({ q: Type.Optional(Type.String({ maxLength: 300 })), ...pageParameters }),
    output: Type.Object({ suppressions: Type.Array(WireSuppression), pagination: Pagination }),
    async run(input, call) {
      const page = pageOf(input, call)
      const { suppressions, total } = await searchSuppressions(call.db, {
        team: call.caller.teamId,
        q: input.q ?? '',
        offset: page.offset,
        limit: page.perPage,
      })
      return { suppressions: suppressions.map(wireSuppression), pagination: paginationOf(page, total) }
    },
  }),
  route({
    method: 'POST',
    path: '/suppressions',
    name: 'suppressions/create',
    summary: 'Never write to these addresses and domains again',
    description: 'When it has answered, nothing leaves to them any more but the messages it names.',
    extension: true,
    input: Type.Object({
      values: Type.Array(Type.String({ maxLength: 1000 }), { maxItems: VALUES_MAX }),
      reason: Type.Optional(Type.String({ maxLength: 500, description: 'Kept with the entries.' })),
      dry_run: Type.Optional(
        Type.Boolean({ description: 'Only say what would be added and what cannot be read.' }),
      ),
    }),
    output: Type.Object({
      added: Type.Integer(),
      already: Type.Integer({ description: 'Were on the list before.' }),
      refused: Type.Array(Type.Object({ value: Type.String(), reason: Type.String() })),
      stopped: Type.Integer({ description: 'Enrollments that ended by it.' }),
      transmitting: Type.Array(
        Type.Object({
          emailer_message_id: Type.String(),
          to_email: Type.Union([Type.String(), Type.Null()]),
        }),
      ),
    }),
    async run(input, call) {
      const { values } = input
      const done = input.dry_run
        ? await trySuppressing(call.db, { team: call.caller.teamId, values })
        : await suppressValues(call.db, { ...doing(call), values, note: input.reason?.trim() || null })
      return {
        ...done,
        added: done.added.length,
        already: done.already.length,
        transmitting: done.transmitting.map(({ messageId, toAddress }) => ({
          emailer_message_id: messageId,
          to_email: toAddress,
        })),
      }
    },
  }),
  route({
    method: 'POST',
    path: '/suppressions/lift',
    name: 'suppressions/lift',
    summary: 'Allow writing to an address or domain again',
    description: 'Needs a reason. The entry stays, with the reason. Nothing that ended goes on by itself.',
    extension: true,
    input: Type.Object({
      kind: oneOf(['address', 'domain']),
      value: Type.String({ maxLength: 1000 }),
      reason: Type.String({ maxLength: 500 }),
    }),
    output: Type.Object({ suppression: WireSuppression }),
    async run(input, call) {
      const lifted = await liftByHand(call.db, { ...doing(call), ...input })
      if (lifted.kind === 'refused') refuse(422, lifted.sentence)
      if (lifted.kind === 'not_found')
        refuse(404, `${input.value} is not on the list, or was taken off it already.`)
      return { suppression: wireSuppression(lifted.row) }
    },
  }),
]
