/** Tasks over HTTP: search, show, make, change. How one ends is in task-ends.ts. */
import { type Static, Type } from 'typebox'
import { createTasks, updateTask } from '../actions/write-task.ts'
import type { Instant } from '../core/clock.ts'
import type { Priority } from '../core/sequence.ts'
import { TASKS_AT_ONCE_MAX, type TaskKind } from '../core/task.ts'
import { searchTasks, type TaskFields, taskById, tasksByIds } from '../store/tasks.ts'
import { actorOf } from './actor.ts'
import { refuse, shorten } from './errors.ts'
import { Breadcrumb, Pagination, pageOf, pageParameters, paginationOf, wordsOfSearch } from './paging.ts'
import { clearable, IdParameter, oneOf } from './params.ts'
import { allowed } from './refusing.ts'
import { type Call, type Route, route } from './route.ts'
import { tasksWire } from './task-answers.ts'
import { instantOf } from './wire/instant.ts'
import { kindOf, stateOf, TASK_STATUSES, TASK_TYPES, WireTask, wireFaceting } from './wire/task.ts'

const Text = Type.Optional(Type.String())
const PRIORITIES = ['high', 'medium', 'low'] as const
const ids = Type.Optional(Type.Array(IdParameter, { maxItems: 1_000 }))

const Search = Type.Object({
  sort_by_field: Type.Optional(Type.String({ description: 'task_due_at (default) or task_priority.' })),
  sort_ascending: Type.Optional(Type.Boolean({ description: 'Default true.' })),
  open_factor_names: Type.Optional(
    Type.Array(Type.String(), { description: 'Accepted; facets come always.' }),
  ),
  task_statuses: Type.Optional(Type.Array(oneOf(TASK_STATUSES), { description: 'Default: all of them.' })),
  task_types: Type.Optional(Type.Array(Type.String(), { description: TASK_TYPES.join(', ') })),
  task_priorities: Type.Optional(Type.Array(oneOf(PRIORITIES))),
  user_ids: ids,
  contact_ids: ids,
  emailer_campaign_ids: ids,
  q_keywords: Type.Optional(Type.String({ maxLength: 500 })),
  due_at_range: Type.Optional(
    Type.Object({ min: Text, max: Text }, { description: 'Times; max is exclusive.' }),
  ),
  ...pageParameters,
})

const PER_PAGE = 10

async function search(input: Static<typeof Search>, call: Call) {
  const page = pageOf(input, call, PER_PAGE)
  const at = (text: string | undefined, name: string) => (text ? instantOf(text, name) : null)
  const found = await searchTasks(call.db, {
    team: call.caller.teamId,
    states: (input.task_statuses ?? TASK_STATUSES).map(stateOf),
    kinds: input.task_types?.map((type) => kindFrom(type, 'task_types')) ?? null,
    priorities: input.task_priorities ?? null,
    userIds: input.user_ids ?? null,
    contactIds: input.contact_ids ?? null,
    sequenceIds: input.emailer_campaign_ids ?? null,
    words: wordsOfSearch(input.q_keywords),
    dueFrom: at(input.due_at_range?.min, 'due_at_range[min]'),
    dueBefore: at(input.due_at_range?.max, 'due_at_range[max]'),
    order: orderOf(input.sort_by_field, call),
    ascending: input.sort_ascending ?? true,
    offset: page.offset,
    limit: page.perPage,
  })
  return {
    tasks: await tasksWire(call, found.tasks),
    breadcrumbs: [],
    pagination: paginationOf(page, found.total),
    faceting: wireFaceting(found.kinds),
    pipeline_total: found.total,
    num_fetch_result: null,
  }
}

function orderOf(field: string | undefined, call: Call): 'due' | 'priority' | 'ended' {
  if (field === 'task_priority') return 'priority'
  if (field === 'task_ended_at') return 'ended'
  if (field !== undefined && field !== 'task_due_at')
    call.warn(`sort_by_field "${shorten(field)}" is not known; tasks are sorted by task_due_at.`)
  return 'due'
}

function kindFrom(type: string, parameter: string): TaskKind {
  return (
    kindOf(type) ??
    refuse(
      422,
      `The parameter "${parameter}" is "${shorten(type)}"; expected one of ${TASK_TYPES.join(', ')}.`,
      {
        parameter,
      },
    )
  )
}

const parameters = {
  user_id: Type.Optional(IdParameter),
  type: Text,
  priority: Text,
  status: Type.Optional(oneOf(TASK_STATUSES)),
  due_at: Text,
  title: clearable(Type.String({ maxLength: 500 })),
  note: clearable(Type.String({ maxLength: 10_000 })),
}

const Create = Type.Object({ ...parameters, contact_id: Type.Optional(IdParameter) })
const BulkCreate = Type.Object({
  ...parameters,
  contact_ids: Type.Array(IdParameter, { maxItems: TASKS_AT_ONCE_MAX }),
})

type Given = Static<typeof Create>

/** Recorded: type and user may not be blank; without a status the task has none. */
function fieldsOf(input: Omit<Given, 'contact_id'>, call: Call): Omit<TaskFields, 'contactId'> {
  if (!input.type || !input.user_id) refuse(422, 'type and user can not be blank')
  return {
    kind: kindFrom(input.type, 'type'),
    statusGiven: input.status !== undefined,
    state: stateOf(input.status ?? 'scheduled'),
    priority: priorityOf(input.priority),
    title: input.title ?? null,
    note: input.note ?? null,
    userId: input.user_id,
    creatorId: call.caller.userId,
    dueAt: input.due_at ? instantOf(input.due_at, 'due_at') : call.now,
  }
}

/** Recorded of steps, and accepted here: "A" and "B". */
function priorityOf(text: string | undefined): Priority {
  const word =
    { a: 'high', b: 'medium', c: 'low' }[text?.toLowerCase() ?? ''] ?? text?.toLowerCase() ?? 'medium'
  if ((PRIORITIES as readonly string[]).includes(word)) return word as Priority
  return refuse(422, `The parameter "priority" is "${shorten(text)}"; expected high, medium or low.`, {
    parameter: 'priority',
  })
}

const taskingOf = (call: Call) => ({
  team: call.caller.teamId,
  actor: actorOf(call),
  now: call.now as Instant,
  random: call.random,
})
const madeFrom = ({ caller }: Call) => (caller.via === 'key' ? 'api' : 'page')

async function shown(call: Call, id: string) {
  const task = await taskById(call.db, { team: call.caller.teamId, id })
  const [wire] = task ? await tasksWire(call, [task]) : []
  return wire ?? refuse(422, 'This task has been deleted. Please refresh your page.')
}

export const routes: Route[] = [
  route({
    method: ['GET', 'POST'],
    path: '/tasks/search',
    name: 'tasks/search',
    summary: 'Search tasks',
    input: Search,
    output: Type.Object({
      tasks: Type.Array(WireTask),
      breadcrumbs: Type.Array(Breadcrumb),
      pagination: Pagination,
      faceting: Type.Record(Type.String(), Type.Array(Type.Unknown())),
      pipeline_total: Type.Integer(),
      num_fetch_result: Type.Null(),
    }),
    run: search,
  }),
  route({
    method: 'POST',
    path: '/tasks',
    name: 'tasks/create',
    summary: 'Create a task',
    input: Create,
    output: Type.Object({ task: WireTask }),
    async run(input, call) {
      const made = await createTasks(call.db, taskingOf(call), {
        fields: fieldsOf(input, call),
        contactIds: input.contact_id === undefined ? null : [input.contact_id],
        from: madeFrom(call),
      })
      return { task: await shown(call, allowed(made)[0]!) }
    },
  }),
  route({
    method: 'POST',
    path: '/tasks/bulk_create',
    name: 'tasks/bulk_create',
    summary: 'Create one task for each of some contacts',
    input: BulkCreate,
    output: Type.Object({ success: Type.Boolean(), tasks: Type.Array(WireTask) }),
    async run(input, call) {
      const made = await createTasks(call.db, taskingOf(call), {
        fields: fieldsOf(input, call),
        contactIds: input.contact_ids,
        from: madeFrom(call),
      })
      const rows = await tasksByIds(call.db, { team: call.caller.teamId, ids: allowed(made) })
      return { success: true, tasks: await tasksWire(call, rows) }
    },
  }),
  route({
    method: 'GET',
    path: '/tasks/:id',
    name: 'tasks/show',
    summary: 'Show a task',
    input: Type.Object({ id: IdParameter }),
    output: Type.Object({ task: WireTask }),
    async run({ id }, call) {
      const task = await taskById(call.db, { team: call.caller.teamId, id })
      if (!task || task.state === 'cancelled')
        return refuse(422, 'This task or emailer message has been deleted. Please refresh your page.')
      return { task: await shown(call, id) }
    },
  }),
  route({
    method: ['PATCH', 'PUT'],
    path: '/tasks/:id',
    name: 'tasks/update',
    summary: 'Change a task',
    description: 'Unlike the original, leaving priority or creator_id out keeps them.',
    input: Type.Object({ id: IdParameter, ...Create.properties, creator_id: Type.Optional(IdParameter) }),
    output: Type.Object({ task: WireTask }),
    async run({ id, ...input }, call) {
      const fields: Partial<TaskFields> = {
        ...(input.type && { kind: kindFrom(input.type, 'type') }),
        ...(input.status && { state: stateOf(input.status), statusGiven: true }),
        ...(input.priority && { priority: priorityOf(input.priority) }),
        ...(input.title !== undefined && { title: input.title }),
        ...(input.note !== undefined && { note: input.note }),
        ...(input.contact_id && { contactId: input.contact_id }),
        ...(input.user_id && { userId: input.user_id }),
        ...(input.creator_id && { creatorId: input.creator_id }),
        ...(input.due_at && { dueAt: instantOf(input.due_at, 'due_at') }),
      }
      const changed = await updateTask(call.db, taskingOf(call), { id, fields })
      if (!changed.ok && changed.refusal.kind === 'not_found')
        return refuse(422, 'This task has been deleted. Please refresh your page.')
      allowed(changed)
      return { task: await shown(call, id) }
    },
  }),
]
