/** Mailboxes that were removed and are not done with: which there are, another mailbox for whoever waits, the end of reading. */
import { Type } from 'typebox'
import { giveStranded } from '../actions/give-stranded.ts'
import { stopReading } from '../actions/remove-mailbox.ts'
import { removedMailboxes } from '../store/removed-mailboxes.ts'
import { actorOf } from './actor.ts'
import { IdParameter, oneOf } from './params.ts'
import { allowed } from './refusing.ts'
import { type Route, route } from './route.ts'
import { isoOrNull, WireInstantOrNull } from './wire/instant.ts'

/** As many mailboxes as a removal may name. */
const MOVE_TO_MAX = 200

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/email_accounts/removed',
    name: 'email_accounts/removed',
    summary: 'Removed mailboxes whose answers are still read, or whose people wait for another one',
    extension: true,
    input: Type.Object({}),
    output: Type.Object({
      email_accounts: Type.Array(
        Type.Object({
          id: Type.String(),
          email: Type.String(),
          reads_until: WireInstantOrNull,
          read_problem: Type.Union([Type.String(), Type.Null()]),
          people_waiting: Type.Integer({
            description: 'Held until somebody chooses another mailbox for them.',
          }),
        }),
      ),
    }),
    async run(_input, { db, caller }) {
      const removed = await removedMailboxes(db, caller.teamId)
      return {
        email_accounts: removed.map((one) => ({
          id: one.id,
          email: one.address,
          reads_until: isoOrNull(one.readsUntil),
          read_problem: one.readProblem,
          people_waiting: one.waiting,
        })),
      }
    },
  }),
  route({
    method: 'POST',
    path: '/email_accounts/:id/move_people',
    name: 'email_accounts/move_people',
    summary: 'Give everybody who waits since this mailbox was removed to others',
    description:
      'They are dealt by what each may send today, and their next email opens a new thread. Whoever is paused stays paused, and goes on from there when resumed.',
    extension: true,
    input: Type.Object({
      id: IdParameter,
      move_to: Type.Union([IdParameter, Type.Array(IdParameter, { maxItems: MOVE_TO_MAX })]),
      unread_answers: Type.Optional(
        oneOf(['accept'] as const, {
          description: 'Moves people although nobody reads what they answer there any more.',
        }),
      ),
    }),
    output: Type.Object({ moved: Type.Integer() }),
    async run({ id, move_to: moveTo, unread_answers: unread }, call) {
      const { db, caller, now, random } = call
      const moving = { team: caller.teamId, actor: actorOf(call), now, random }
      const giving = { mailboxId: id, moveTo: [moveTo].flat(), acceptUnread: unread === 'accept' }
      return { moved: allowed(await giveStranded(db, moving, giving)) }
    },
  }),
  route({
    method: 'POST',
    path: '/email_accounts/:id/end_reading',
    name: 'email_accounts/end_reading',
    summary: 'Stop reading a removed mailbox before its time',
    description: 'Its password is forgotten at once. Answers that arrive there are not known any more.',
    extension: true,
    input: Type.Object({ id: IdParameter }),
    output: Type.Object({ email_account: Type.Object({ id: Type.String(), deleted: Type.Boolean() }) }),
    async run({ id }, { db, caller, now, random }) {
      const acting = { team: caller.teamId, userId: caller.userId, now, random }
      allowed(await stopReading(db, acting, id))
      return { email_account: { id, deleted: true } }
    },
  }),
]
