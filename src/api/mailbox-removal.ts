/** Removing a mailbox over HTTP: whom each choice would touch, asked without doing it; and the act. */
import { type Static, Type } from 'typebox'
import {
  KEEP_READING_DAYS,
  KEEP_READING_DAYS_MAX,
  leavesAnswersUnread,
  PEOPLE_CHOICES,
  type PeopleChoice,
  removeMailbox,
  willBeRead,
} from '../actions/remove-mailbox.ts'
import { type MailboxUse, mailboxUse } from '../store/mailbox-removal.ts'
import { refuse } from './errors.ts'
import { IdParameter, oneOf } from './params.ts'
import { allowed } from './refusing.ts'
import { type Call, type Route, route } from './route.ts'
import { isoOrNull, WireInstantOrNull } from './wire/instant.ts'

const Choice = Type.Object({
  people: oneOf(PEOPLE_CHOICES),
  touches: Type.Integer({ description: 'People in sequences whom this choice changes.' }),
  sentence: Type.String(),
})

const Preview = Type.Object({
  id: Type.String(),
  email: Type.String(),
  people: Type.Object({
    total: Type.Integer({ description: 'Active, held or paused.' }),
    waiting: Type.Integer({ description: 'Of those, held or paused already.' }),
    in_thread: Type.Integer({
      description: 'Of those, who has got an email from it: moved, their next one opens a new thread.',
    }),
    failed: Type.Integer({ description: 'Whose enrollment failed, and can be tried again.' }),
  }),
  sequences: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.Union([Type.String(), Type.Null()]),
      people: Type.Integer(),
    }),
  ),
  open_tasks: Type.Integer(),
  drafts: Type.Integer(),
  queued_emails: Type.Integer({ description: 'Of no sequence: they are not sent.' }),
  still_sending: Type.Integer(),
  reads_for: Type.Array(
    Type.String({ description: 'Relays whose answers it reads: they stand in the way.' }),
  ),
  will_be_read: Type.Boolean({ description: 'Its answers can still be read after the removal.' }),
  keep_reading_days: Type.Integer(),
  answers_unread: Type.Boolean({
    description: 'It cannot be read now: moving its people needs unread_answers=accept.',
  }),
  read_problem: Type.Union([Type.String(), Type.Null()]),
  last_read_at: WireInstantOrNull,
  choices: Type.Array(Choice),
})

const counted = (n: number, one: string, many = `${one}s`) => (n === 1 ? `1 ${one}` : `${n} ${many}`)

function sentenceOf(use: MailboxUse, people: PeopleChoice): string {
  const { live, waiting, inThread, failed, openTasks } = use
  const all = counted(live, 'person', 'people')
  switch (people) {
    case 'move': {
      const threads = inThread === 0 ? '' : ` For ${inThread} of them the next email opens a new thread.`
      const again =
        failed === 0
          ? ''
          : ` ${counted(failed, 'failed person', 'failed people')} move along, to be tried again.`
      return `${all} ${live === 1 ? 'goes' : 'go'} on from another mailbox.${threads}${again}`
    }
    case 'finish': {
      const tasks =
        openTasks === 0
          ? ''
          : ` ${counted(openTasks, 'open task')} of theirs ${openTasks === 1 ? 'is' : 'are'} cancelled.`
      return `${all} ${live === 1 ? 'is' : 'are'} finished in their sequences, with "Mailbox removed" as the reason.${tasks}`
    }
    case 'hold': {
      const stay =
        waiting === 0 ? '' : ` ${waiting} ${waiting === 1 ? 'is' : 'are'} held or paused already and stay so.`
      return `${all} ${live === 1 ? 'waits' : 'wait'} until somebody chooses another mailbox for them.${stay}`
    }
  }
}

function touchedBy(use: MailboxUse, people: PeopleChoice): number {
  if (people === 'move') return use.live + use.failed
  return people === 'finish' ? use.live : use.live - use.held
}

function previewOf(use: MailboxUse, call: Call): Static<typeof Preview> {
  return {
    id: use.id,
    email: use.address,
    people: { total: use.live, waiting: use.waiting, in_thread: use.inThread, failed: use.failed },
    sequences: use.sequences,
    open_tasks: use.openTasks,
    drafts: use.drafts,
    queued_emails: use.queued,
    still_sending: use.transmitting,
    reads_for: use.readsFor,
    will_be_read: willBeRead(use),
    keep_reading_days: KEEP_READING_DAYS,
    answers_unread: leavesAnswersUnread(use, call.now),
    read_problem: use.problem,
    last_read_at: isoOrNull(use.readAt),
    choices:
      use.live + use.failed === 0
        ? []
        : PEOPLE_CHOICES.map((people) => ({
            people,
            touches: touchedBy(use, people),
            sentence: sentenceOf(use, people),
          })),
  }
}

const acting = (call: Call) => {
  const { now, random } = call
  const { teamId: team, userId } = call.caller
  return { team, userId, now, random }
}

const Removing = Type.Object({
  id: IdParameter,
  people: Type.Optional(
    oneOf(PEOPLE_CHOICES, {
      description:
        'What becomes of its people: move (their next email opens a new thread), finish, or hold until somebody chooses a mailbox for them.',
    }),
  ),
  move_to: Type.Optional(
    Type.Union([IdParameter, Type.Array(IdParameter, { maxItems: 200 })], {
      description:
        'With people=move: one mailbox, or several, to which they are dealt by what each may send.',
    }),
  ),
  unread_answers: Type.Optional(
    oneOf(['accept'] as const, {
      description: 'Moves people although its inbox cannot be read: who has answered since is not known.',
    }),
  ),
  keep_reading_days: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: KEEP_READING_DAYS_MAX,
      description: `For how long answers that still arrive there are read; then its password is forgotten. ${KEEP_READING_DAYS} without it; 0 forgets it at once.`,
    }),
  ),
})

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/email_accounts/:id/removal',
    name: 'email_accounts/removal',
    summary: 'Whom removing a mailbox would touch, without doing it',
    extension: true,
    input: Type.Object({ id: IdParameter }),
    output: Type.Object({ removal: Preview }),
    async run({ id }, call) {
      const use = await mailboxUse(call.db, { team: call.caller.teamId, id })
      return use ? { removal: previewOf(use, call) } : refuse(404, 'Record not found.')
    },
  }),
  route({
    method: 'DELETE',
    path: '/email_accounts/:id',
    name: 'email_accounts/destroy',
    summary: 'Remove a mailbox, and say what becomes of its people',
    description:
      'It sends nothing more from the first moment on. The ledger and the numbers stay, and its inbox is read for a while, since answers still arrive there. A mailbox that reads for a relay stays until another one does. The default schedule stays as it is.',
    extension: true,
    input: Removing,
    output: Type.Object({
      email_account: Type.Object({ id: Type.String(), deleted: Type.Boolean() }),
      moved: Type.Integer(),
      finished: Type.Integer(),
      held: Type.Integer(),
      not_sent: Type.Integer({ description: 'Emails of no sequence that waited there.' }),
      reads_until: WireInstantOrNull,
    }),
    async run(input, call) {
      const { id } = input
      const {
        readsUntil,
        notSent,
        failed: _,
        ...gone
      } = allowed(
        await removeMailbox(call.db, acting(call), {
          id,
          people: input.people ?? null,
          moveTo: [input.move_to ?? []].flat(),
          acceptUnread: input.unread_answers === 'accept',
          keepReadingDays: input.keep_reading_days ?? KEEP_READING_DAYS,
        }),
      )
      return {
        email_account: { id, deleted: true },
        ...gone,
        not_sent: notSent,
        reads_until: isoOrNull(readsUntil),
      }
    },
  }),
]
