/** Lists ("labels"): all of them, a new one, another name, and who is on them. */
import { type Static, Type } from 'typebox'
import { addToNamedLists, type ListMembers, takeOffNamedLists } from '../actions/write-lists.ts'
import { isId, newId } from '../core/ids.ts'
import { createList, isListNameTaken, type ListRow, listsOf, renameList } from '../store/lists.ts'
import { writerOf } from './actor.ts'
import { refuse, refuseId, shorten } from './errors.ts'
import { allowed } from './refusing.ts'
import { type Call, type Route, route } from './route.ts'
import { modalityOf, WireLabel, wireLabel, wireLabelInIndex } from './wire/label.ts'

const NAME_MAX = 255
/** Contacts or accounts in one call, names of lists, and what that comes to: rows that one statement writes in seconds. */
const MEMBERS_MAX = 10_000
const NAMES_MAX = 100
const PLACES_MAX = 100_000

const book = Type.Optional(Type.Boolean({ description: 'Accepted and not used.' }))

const membership = {
  input: Type.Object({
    entity_ids: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: MEMBERS_MAX })),
    label_names: Type.Optional(Type.Array(Type.String({ maxLength: NAME_MAX }), { maxItems: NAMES_MAX })),
    modality: Type.Optional(Type.String({ maxLength: 50, description: 'contacts or accounts' })),
    async: Type.Optional(
      Type.Boolean({ description: 'Answers with a job; it is done when the call returns all the same.' }),
    ),
  }),
  output: Type.Object({
    labels: Type.Optional(Type.Array(WireLabel)),
    message: Type.Optional(Type.String({ description: 'There was nothing to do.' })),
    entity_progress_job: Type.Optional(
      Type.Object({
        id: Type.String(),
        user_id: Type.String(),
        job_type: Type.String(),
        entity_ids: Type.Array(Type.String()),
        params: Type.Object({ modality: Type.String(), label_names: Type.Array(Type.String()) }),
        progress: Type.Number({ description: '1: done.' }),
        batch_size: Type.Null(),
      }),
    ),
  }),
}

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/labels',
    name: 'labels/index',
    summary: 'All lists, without an envelope',
    input: Type.Object({}),
    output: Type.Array(WireLabel),
    async run(_input, { db, caller }) {
      const lists = await listsOf(db, { team: caller.teamId })
      return lists.map((list) => wireLabelInIndex(list, caller.teamPublicId))
    },
  }),
  route({
    method: 'POST',
    path: '/labels',
    name: 'labels/create',
    summary: 'Create a list',
    input: Type.Object({
      name: Type.Optional(Type.String({ maxLength: NAME_MAX })),
      modality: Type.Optional(
        Type.String({ maxLength: 50, description: 'contacts, accounts or emailer_campaigns' }),
      ),
      book_of_business: book,
    }),
    output: Type.Object({ label: WireLabel }),
    async run(input, { db, caller, now, random }) {
      const name = input.name?.trim() ?? ''
      if (name === '') refuse(422, 'Please enter a non-empty name!')
      if (!input.modality) refuse(422, 'Please enter a non-empty modality!')
      const modality = modalityOf(input.modality)
      if (!modality) refuse(422, 'Please enter a valid modality!')
      const made = await createList(db, {
        team: caller.teamId,
        modality,
        name,
        userId: caller.userId,
        now,
        random,
      })
      if (!made) refuseTaken(name)
      return { label: { ...wireLabel(made), book_of_business: input.book_of_business ?? null } }
    },
  }),
  route({
    method: ['PUT', 'PATCH'],
    path: '/labels/:id',
    name: 'labels/update',
    summary: 'Rename a list',
    input: Type.Object({
      id: Type.String(),
      name: Type.Optional(Type.String({ maxLength: NAME_MAX })),
      book_of_business: book,
    }),
    output: Type.Object({ label: WireLabel }),
    async run(input, { db, caller, now }) {
      const { id } = input
      const name = input.name?.trim() ?? ''
      if (name === '') refuse(422, 'Please enter a non-empty name!')
      const renaming = { team: caller.teamId, id, name, now }
      const renamed = await db
        .transaction((tx) => renameList(tx, renaming))
        .catch((error: unknown) => {
          if (isListNameTaken(error)) refuseTaken(name)
          throw error
        })
      // The recorded 404 says more than the usual one.
      if (!renamed)
        return refuse(404, 'Record not found.', { message: `Could not find label with id ${shorten(id)}` })
      return { label: { ...wireLabel(renamed), book_of_business: input.book_of_business ?? null } }
    },
  }),
  route({
    method: 'POST',
    path: '/labels/add_entity_ids_to_label_names',
    name: 'labels/add_entity_ids_to_label_names',
    summary: 'Put contacts or accounts on lists',
    description: 'Lists that are not there are made.',
    ...membership,
    run: (input, call) =>
      changeMembers(call, input, {
        job: 'add_entities_to_labels',
        act: async (asked) => allowed(await addToNamedLists(call.db, writerOf(call), asked)),
      }),
  }),
  route({
    method: 'POST',
    path: '/labels/remove_entity_ids_from_label_names',
    name: 'labels/remove_entity_ids_from_label_names',
    summary: 'Take contacts or accounts off lists',
    ...membership,
    run: (input, call) =>
      changeMembers(call, input, {
        job: 'remove_entities_from_labels',
        act: (asked) => takeOffNamedLists(call.db, writerOf(call), asked),
      }),
  }),
]

function refuseTaken(name: string): never {
  return refuse(422, `${name} already exists`, { skip_alert_dialog: true })
}

async function changeMembers(
  { caller, now, random }: Call,
  input: Static<(typeof membership)['input']>,
  { job, act }: { job: string; act: (asked: ListMembers) => Promise<ListRow[]> },
) {
  const { entity_ids: memberIds = [], label_names: names = [], modality: word = '' } = input
  const modality = modalityOf(word)
  if (!modality || modality === 'sequences') refuse(422, `Invalid modality: ${shorten(word)}.`)
  for (const id of memberIds) if (!isId(id)) refuseId(id)
  const places = memberIds.length * names.length
  if (places > PLACES_MAX)
    refuse(
      422,
      `${memberIds.length} records and ${names.length} lists are ${places} places; one call changes at most ${PLACES_MAX}. Send them in parts.`,
      { parameter: 'entity_ids' },
    )
  const isAsked = memberIds.length > 0 && names.some((name) => name.trim() !== '')
  const lists = isAsked ? await act({ modality, memberIds, names }) : []
  if (lists.length === 0) return { message: 'No Models or Lists provided' }
  if (!input.async) return { labels: lists.map((list) => ({ ...wireLabel(list), book_of_business: null })) }
  return {
    entity_progress_job: {
      id: newId(now, random),
      user_id: caller.userId,
      job_type: job,
      entity_ids: memberIds,
      params: { modality: word, label_names: names },
      progress: 1,
      batch_size: null,
    },
  }
}
