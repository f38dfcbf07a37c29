/** How a task ends over HTTP: completed or skipped; and the draft of a manual email, read, edited and sent off. */
import { type Static, Type } from 'typebox'
import { type Draft, readDraft } from '../actions/read-draft.ts'
import { readStepText } from '../actions/read-step-text.ts'
import { editDraft, sendDraft } from '../actions/write-draft.ts'
import { endCall, endTask } from '../actions/write-task.ts'
import { PHONE_MAX } from '../core/phone.ts'
import type { TaskEnd } from '../store/task-ends.ts'
import { type TaskRow, taskById } from '../store/tasks.ts'
import { actorOf } from './actor.ts'
import { refuse } from './errors.ts'
import { IdParameter } from './params.ts'
import { allowed } from './refusing.ts'
import { type Call, type Route, route } from './route.ts'
import { tasksWire } from './task-answers.ts'
import { isoOrNull, WireInstantOrNull } from './wire/instant.ts'
import { WireTask } from './wire/task.ts'

const TextOrNull = Type.Union([Type.String(), Type.Null()])
const Note = Type.Optional(
  Type.String({ maxLength: 10_000, description: 'What came of it; kept with the task.' }),
)

const WireDraft = Type.Object({
  subject: Type.String(),
  body_html: Type.String({ description: 'The text to edit: without signature and opt-out.' }),
  edited: Type.Boolean({ description: 'A person has written it; else it follows the wording of the step.' }),
  subject_fixed: Type.Boolean({ description: 'A follow-up keeps the subject of its thread.' }),
  from_email: Type.String(),
  to_email: Type.String(),
  to_name: TextOrNull,
  preview: Type.Union([
    Type.Object({ subject: Type.String(), html: Type.String(), text: Type.String() }),
    Type.Null(),
  ]),
  attachments: Type.Array(
    Type.Object({ id: Type.String(), file_name: Type.String(), size: Type.Integer() }),
    { description: 'Files that it carries; a draft that was edited keeps those it had.' },
  ),
  missing: Type.Array(Type.String(), { description: 'Variables without a value: with one it is not sent.' }),
  problem: TextOrNull,
  /** What sending would come to. */
  waits_for: Type.Union([
    Type.Object({ name: Type.String(), sentence: Type.String(), until: WireInstantOrNull }),
    Type.Null(),
  ]),
})

function draftOnWire(draft: Draft): Static<typeof WireDraft> {
  const { rendered, closed } = draft
  return {
    subject: draft.subject,
    body_html: draft.bodyHtml,
    edited: draft.edited,
    subject_fixed: draft.subjectFixed,
    from_email: draft.from.address,
    to_email: draft.to.address,
    to_name: draft.to.name,
    preview: rendered && { subject: rendered.subject, html: rendered.html, text: rendered.text },
    attachments: draft.attachments.map(({ id, name, size }) => ({ id, file_name: name, size })),
    missing: [...(rendered?.missing ?? [])],
    problem: draft.problem,
    waits_for: closed && { name: closed.gate, sentence: closed.sentence, until: isoOrNull(closed.until) },
  }
}

const taskingOf = (call: Call) => ({
  team: call.caller.teamId,
  actor: actorOf(call),
  now: call.now,
  random: call.random,
})
const draftingOf = (call: Call, taskId: string) => ({
  ...taskingOf(call),
  taskId,
  publicUrl: call.settings.publicUrl,
})

const Gone = Type.Object({ id: Type.String(), deleted: Type.Boolean() })

/** Recorded: a task that is gone is answered so, with 200. */
async function ended(call: Call, id: string, result: Awaited<ReturnType<typeof endTask>>) {
  return allowed(result) === 'gone' ? { id, deleted: true } : taskOnWire(call, id)
}

const Completing = Type.Object({
  id: IdParameter,
  note: Note,
  finish: Type.Optional(Type.Boolean()),
  phone_call_outcome_id: Type.Optional(
    Type.String({ description: 'Extension. Of a call: what it came to, by GET /phone_call_outcomes.' }),
  ),
  to_number: Type.Optional(
    Type.String({
      maxLength: PHONE_MAX,
      description: 'Extension. The number that was called, where it is not the first of the contact.',
    }),
  ),
})

async function complete(given: Static<typeof Completing>, call: Call) {
  const { id, note, finish, phone_call_outcome_id: outcomeId, to_number: toNumber } = given
  const about = { finish: finish ?? false }
  if (!outcomeId)
    return ended(
      call,
      id,
      await endTask(call.db, taskingOf(call), {
        id,
        end: { as: 'completed', outcome: note || null, ...about },
      }),
    )
  const made = { taskId: id, outcomeId, note: note || null, toNumber: toNumber || null, ...about }
  return ended(call, id, await endCall(call.db, { ...taskingOf(call), userId: call.caller.userId }, made))
}

async function taskOnWire(call: Call, id: string) {
  const task = await taskById(call.db, { team: call.caller.teamId, id })
  const [wire] = task ? await tasksWire(call, [task]) : []
  return wire ?? refuse(422, 'This task has been deleted. Please refresh your page.')
}

async function openOrEnded(call: Call, id: string): Promise<TaskRow> {
  const task = await taskById(call.db, { team: call.caller.teamId, id })
  return task && task.state !== 'cancelled'
    ? task
    : refuse(422, 'This task or emailer message has been deleted. Please refresh your page.')
}

async function draftOf(call: Call, id: string) {
  const { team, now } = taskingOf(call)
  const task = await openOrEnded(call, id)
  const draft = await readDraft(call.db, { team, task, now, publicUrl: call.settings.publicUrl })
  return draft
    ? draftOnWire(draft)
    : refuse(422, 'This task has no draft: its step is no email, or its contact has no address.', {
        code: 'no_draft',
      })
}

export const routes: Route[] = [
  route({
    method: 'POST',
    path: '/tasks/:id/complete',
    name: 'tasks/complete',
    summary: 'Complete a task; its person goes on with the next step',
    description:
      'For the task of a manual email: it was written elsewhere, and the draft is not sent. `finish` ends the sequence for this person. A call with `phone_call_outcome_id` does what the outcome says.',
    input: Completing,
    output: Type.Object({ task: Type.Union([WireTask, Gone]) }),
    run: async (input, call) => ({ task: await complete(input, call) }),
  }),
  route({
    method: 'POST',
    path: '/tasks/:id/skip',
    name: 'tasks/skip',
    summary: 'Skip a task; its person goes on with the next step',
    input: Type.Object({ id: IdParameter, note: Note, on_task_page: Type.Optional(Type.Boolean()) }),
    output: Type.Object({
      task: Type.Union([
        Type.Object({
          id: Type.String(),
          status: Type.String(),
          note: TextOrNull,
          completed: Type.Boolean(),
        }),
        Gone,
      ]),
    }),
    async run({ id, note }, call) {
      const end: TaskEnd = { as: 'skipped', reason: 'skipped_by_person', outcome: note || null }
      const task = await ended(call, id, await endTask(call.db, taskingOf(call), { id, end }))
      if ('deleted' in task) return { task }
      return { task: { id, status: 'skipped', note: note || null, completed: false } }
    },
  }),
  route({
    method: 'GET',
    path: '/tasks/:id/text',
    name: 'tasks/text',
    summary: 'What a LinkedIn step says to its person, to be copied',
    extension: true,
    input: Type.Object({ id: IdParameter }),
    output: Type.Object({
      text: Type.Union([Type.String(), Type.Null()], { description: 'Null: the step says nothing.' }),
      missing: Type.Array(Type.String(), {
        description: 'Variables and snippets without a value: their places in the text are empty.',
      }),
    }),
    async run({ id }, call) {
      const words = await readStepText(call.db, {
        ...{ team: call.caller.teamId, now: call.now },
        task: await openOrEnded(call, id),
      })
      return { text: words?.text ?? null, missing: [...(words?.missing ?? [])] }
    },
  }),
  route({
    method: 'GET',
    path: '/tasks/:id/draft',
    name: 'tasks/draft',
    summary: 'The draft of a manual email, as it would leave, and what it would wait for',
    extension: true,
    input: Type.Object({ id: IdParameter }),
    output: Type.Object({ draft: WireDraft }),
    run: async ({ id }, call) => ({ draft: await draftOf(call, id) }),
  }),
  route({
    method: 'PUT',
    path: '/tasks/:id/draft',
    name: 'tasks/update_draft',
    summary: 'Edit the draft of a manual email; null takes the wording of the step again',
    extension: true,
    input: Type.Object({
      id: IdParameter,
      subject: Type.Optional(TextOrNull),
      body_html: Type.Union([Type.String({ maxLength: 500_000 }), Type.Null()]),
    }),
    output: Type.Object({ draft: WireDraft }),
    async run({ id, subject, body_html }, call) {
      const written = { subject: subject ?? null, html: body_html }
      allowed(await editDraft(call.db, draftingOf(call, id), written))
      return { draft: await draftOf(call, id) }
    },
  }),
  route({
    method: 'POST',
    path: '/tasks/:id/send',
    name: 'tasks/send',
    summary: 'Send off the draft of a manual email: at any hour, within the limits of its mailbox',
    extension: true,
    input: Type.Object({ id: IdParameter }),
    output: Type.Object({ task: WireTask, waits_for: WireDraft.properties.waits_for }),
    async run({ id }, call) {
      const { closed } = allowed(await sendDraft(call.db, draftingOf(call, id)))
      return {
        task: await taskOnWire(call, id),
        waits_for: closed && { name: closed.gate, sentence: closed.sentence, until: isoOrNull(closed.until) },
      }
    },
  }),
]
