/** Deleting somebody of the team over HTTP: what that would touch, asked without doing it, and the act. */
import { type Static, Type } from 'typebox'
import { deleteUser, MAILBOX_CHOICES } from '../actions/delete-user.ts'
import { KEEP_READING_DAYS, KEEP_READING_DAYS_MAX, leavesAnswersUnread } from '../actions/remove-mailbox.ts'
import { mailboxUse } from '../store/mailbox-removal.ts'
import { successorOf, userUse } from '../store/user-removal.ts'
import { actorOf } from './actor.ts'
import { refuse } from './errors.ts'
import { IdParameter, oneOf } from './params.ts'
import { allowed } from './refusing.ts'
import { type Call, type Route, route } from './route.ts'

const Named = Type.Object({ id: Type.String(), name: Type.Union([Type.String(), Type.Null()]) })

const Preview = Type.Object({
  id: Type.String(),
  name: Type.String(),
  email: Type.String(),
  last_admin: Type.Boolean({ description: 'Then they cannot be deleted.' }),
  hand_to: Type.Union([Named, Type.Null()], { description: 'Who takes over, unless another is named.' }),
  mailboxes: Type.Array(
    Type.Object({
      id: Type.String(),
      email: Type.String(),
      people: Type.Integer({ description: 'In sequences from it: failed, moved, or handed over with it.' }),
      open_tasks: Type.Integer({ description: 'Of those people: cancelled when they fail.' }),
      answers_unread: Type.Boolean({ description: 'Moving its people needs unread_answers=accept.' }),
    }),
  ),
  people: Type.Integer(),
  sequences: Type.Array(Named),
  contacts: Type.Integer(),
  accounts: Type.Integer(),
  open_tasks: Type.Integer({ description: 'Given to them now.' }),
  api_keys: Type.Array(Type.String(), { description: 'Names of the keys that they made: they end.' }),
})

async function previewOf(id: string, call: Call): Promise<Static<typeof Preview>> {
  const team = call.caller.teamId
  const use = (await userUse(call.db, { team, id })) ?? refuse(404, 'Record not found.')
  const found = await Promise.all(use.mailboxes.map((one) => mailboxUse(call.db, { team, id: one.id })))
  const mailboxes = found.flatMap((one) => one ?? [])
  return {
    id: use.id,
    name: use.name,
    email: use.email,
    last_admin: use.lastAdmin,
    hand_to: (await successorOf(call.db, { team, id, named: null })) ?? null,
    mailboxes: mailboxes.map((one) => ({
      id: one.id,
      email: one.address,
      people: one.live,
      open_tasks: one.openTasks,
      answers_unread: leavesAnswersUnread(one, call.now),
    })),
    people: mailboxes.reduce((sum, one) => sum + one.live, 0),
    sequences: use.sequences,
    contacts: use.contacts,
    accounts: use.accounts,
    open_tasks: use.tasks,
    api_keys: use.keys,
  }
}

const Deleting = Type.Object({
  id: IdParameter,
  hand_to: Type.Optional(
    Type.Unsafe<string>({
      ...IdParameter,
      description:
        'Who takes over sequences, contacts, accounts and open tasks; without it the longest-standing other admin.',
    }),
  ),
  mailboxes: Type.Optional(
    oneOf(MAILBOX_CHOICES, {
      description:
        'fail (without it): they are removed, and their people fail with user_deleted. move: they are removed, and their people go on from move_to. hand_over: whoever takes over keeps them, and their people go on.',
    }),
  ),
  move_to: Type.Optional(Type.Union([IdParameter, Type.Array(IdParameter, { maxItems: 200 })])),
  unread_answers: Type.Optional(oneOf(['accept'] as const)),
  keep_reading_days: Type.Optional(Type.Integer({ minimum: 0, maximum: KEEP_READING_DAYS_MAX })),
})

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/users/:id/deletion',
    name: 'users/deletion',
    summary: 'What deleting somebody of the team would touch, without doing it',
    extension: true,
    input: Type.Object({ id: IdParameter }),
    output: Type.Object({ deletion: Preview }),
    run: async ({ id }, call) => ({ deletion: await previewOf(id, call) }),
  }),
  route({
    method: 'DELETE',
    path: '/users/:id',
    name: 'users/destroy',
    masterOnly: true,
    summary: 'Delete somebody of the team',
    description:
      'Whoever is in a sequence from their mailboxes fails with user_deleted, and open tasks about them are cancelled, unless mailboxes says otherwise. Their other open tasks and what they own pass to somebody; their sessions and the API keys that they made end. What they did stays in the numbers. The last admin stays.',
    extension: true,
    input: Deleting,
    output: Type.Object({
      user: Type.Object({ id: Type.String(), deleted: Type.Boolean() }),
      handed_to: Named,
      failed: Type.Integer(),
      moved: Type.Integer(),
      mailboxes_removed: Type.Integer(),
      tasks_handed_over: Type.Integer(),
      api_keys_ended: Type.Integer(),
    }),
    async run(input, call) {
      const { id } = input
      const { teamId: team, userId } = call.caller
      const { now, random } = call
      const deleted = allowed(
        await deleteUser(
          call.db,
          { team, userId, actor: actorOf(call), now, random },
          {
            id,
            handTo: input.hand_to ?? null,
            mailboxes: input.mailboxes ?? 'fail',
            moveTo: [input.move_to ?? []].flat(),
            acceptUnread: input.unread_answers === 'accept',
            keepReadingDays: input.keep_reading_days ?? KEEP_READING_DAYS,
          },
        ),
      )
      return {
        user: { id, deleted: true },
        handed_to: deleted.handedTo,
        failed: deleted.failed,
        moved: deleted.moved,
        mailboxes_removed: deleted.removedMailboxes,
        tasks_handed_over: deleted.tasksHandedOver,
        api_keys_ended: deleted.keysEnded,
      }
    },
  }),
]
