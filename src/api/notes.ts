/** Notes over HTTP. The original documents reading them; writing is Segue's own. */
import { type Static, Type } from 'typebox'
import { changeNote, createNote } from '../actions/write-note.ts'
import type { Id } from '../core/ids.ts'
import { deleteNote, type NoteRow, type NoteSearch, noteById, searchNotes } from '../store/notes.ts'
import { teamById } from '../store/teams.ts'
import { defined } from './defined.ts'
import { refuse } from './errors.ts'
import { IdParameter } from './params.ts'
import { allowed } from './refusing.ts'
import { type Call, type Route, route } from './route.ts'
import { firstMomentOf } from './wire/day.ts'
import { iso } from './wire/instant.ts'

const LIMIT_DEFAULT = 25
/** Recorded. */
const LIMIT_MAX = 100

const TextOrNull = Type.Union([Type.String(), Type.Null()])
const Ids = Type.Array(Type.String())
const WireNote = Type.Object(
  {
    id: Type.String(),
    user_id: Type.String(),
    content: Type.String(),
    contact_id: TextOrNull,
    account_id: TextOrNull,
    contact_ids: Ids,
    account_ids: Ids,
    pinned_to_top: Type.Boolean(),
    created_at: Type.String(),
    updated_at: Type.String(),
  },
  { title: 'Note', additionalProperties: true },
)
const One = Type.Object({ note: WireNote })

function wireNote(note: NoteRow) {
  return {
    id: note.id,
    user_id: note.userId,
    content: note.content,
    updated_at: iso(note.updatedAt),
    created_at: iso(note.createdAt),
    contact_id: note.contactIds[0] ?? null,
    conversation_id: null,
    account_id: note.accountIds[0] ?? note.contactAccountId,
    pinned_to_top: note.pinned,
    system: false,
    opportunity_id: null,
    account_ids: note.accountIds,
    contact_ids: note.contactIds,
    opportunity_ids: [],
    calendar_event_ids: [],
    conversation_ids: [],
    is_org_chart_note: false,
    crm_notes: [],
  }
}

async function shown(call: Call, id: Id) {
  const note = await noteById(call.db, { team: call.caller.teamId, id })
  return { note: note ? wireNote(note) : refuse(404, 'Record not found.') }
}

const one = Type.Optional(IdParameter)
const Text = Type.Optional(Type.String({ maxLength: 100 }))
const many = Type.Optional(Type.Array(IdParameter, { maxItems: 1_000 }))
const NOT_KEPT = 'Segue keeps none: finds no note.'

const Search = Type.Object({
  contact_id: one,
  contact_ids: many,
  account_id: one,
  opportunity_id: Type.Optional(Type.String({ maxLength: 100, description: NOT_KEPT })),
  calendar_event_id: Type.Optional(Type.String({ maxLength: 100, description: NOT_KEPT })),
  conversation_id: Type.Optional(Type.String({ maxLength: 100, description: NOT_KEPT })),
  conversation_ids: Type.Optional(Type.Array(Type.String(), { maxItems: 1_000, description: NOT_KEPT })),
  start_date: Type.Optional(Type.String({ maxLength: 100, description: 'Written on this day or later.' })),
  sort_by_field: Text,
  sort_direction: Text,
  skip: Type.Optional(Type.Integer({ minimum: 0 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, description: `At most ${LIMIT_MAX}.` })),
})
type Asked = Static<typeof Search>

async function search(input: Asked, call: Call) {
  const team = call.caller.teamId
  const ordered = orderOf(input)
  const of = subjectsOf(input)
  const { timeZone: zone } = await teamById(call.db, team)
  const notes = await searchNotes(call.db, {
    ...{ team, of, ...ordered },
    from: firstMomentOf(input.start_date, { zone, parameter: 'start_date' }),
    offset: input.skip ?? 0,
    limit: limitOf(input, call),
  })
  return { notes: notes.map(wireNote) }
}

/** Recorded, with a 400. */
function orderOf({ sort_by_field: field = 'created_at', sort_direction: way = 'desc' }: Asked): {
  order: NoteSearch['order']
  ascending: boolean
} {
  if (way !== 'asc' && way !== 'desc') return refuse(400, 'sort_direction must be "asc" or "desc"')
  if (field !== 'created_at' && field !== 'updated_at')
    return refuse(400, 'sort_by_field must be one of: created_at, updated_at')
  return { order: field, ascending: way === 'asc' }
}

/** Null where only a day is asked for. */
function subjectsOf(input: Asked): { contactIds: Id[]; accountIds: Id[] } | null {
  const contactIds = [...(input.contact_ids ?? []), ...((input.contact_id ?? '') ? [input.contact_id!] : [])]
  const accountIds = input.account_id ? [input.account_id] : []
  const others = [
    input.opportunity_id,
    input.calendar_event_id,
    input.conversation_id,
    ...(input.conversation_ids ?? []),
  ]
  const isAsked = contactIds.length + accountIds.length > 0 || others.some((one) => one)
  if (!isAsked && !input.start_date) return refuse(400, 'At least one argument is required')
  return isAsked ? { contactIds, accountIds } : null
}

function limitOf({ limit = LIMIT_DEFAULT }: Asked, call: Call): number {
  if (limit > LIMIT_MAX) call.warn(`limit is at most ${LIMIT_MAX}; ${limit} was read as ${LIMIT_MAX}.`)
  return Math.min(limit, LIMIT_MAX)
}

const content = Type.Optional(Type.String({ maxLength: 100_000 }))
const pinned = Type.Optional(Type.Boolean())

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/notes',
    name: 'notes/index',
    summary: 'Notes about contacts and accounts',
    description:
      'Those of an account are those about it and about its people. Without an envelope of pages: `skip` and `limit`.',
    input: Search,
    output: Type.Object({ notes: Type.Array(WireNote) }),
    run: search,
  }),
  route({
    method: 'POST',
    path: '/notes',
    name: 'notes/create',
    summary: 'Write a note about contacts or accounts',
    extension: true,
    input: Type.Object({
      content,
      contact_id: one,
      contact_ids: many,
      account_id: one,
      account_ids: many,
      pinned_to_top: pinned,
    }),
    output: One,
    async run(input, call) {
      const all = (one: string | undefined, list: string[] = []) => [
        ...new Set([...(one ? [one] : []), ...list]),
      ]
      const { caller, now, random } = call
      const noting = { team: caller.teamId, userId: caller.userId, now, random }
      const note = {
        content: input.content ?? '',
        contactIds: all(input.contact_id, input.contact_ids),
        accountIds: all(input.account_id, input.account_ids),
        pinned: input.pinned_to_top ?? false,
      }
      return shown(call, allowed(await createNote(call.db, noting, note)))
    },
  }),
  route({
    method: ['PUT', 'PATCH'],
    path: '/notes/:id',
    name: 'notes/update',
    summary: 'Change the words of a note, or pin it',
    extension: true,
    input: Type.Object({ id: IdParameter, content, pinned_to_top: pinned }),
    output: One,
    async run({ id, ...input }, call) {
      const changes = defined({ content: input.content, pinned: input.pinned_to_top })
      allowed(await changeNote(call.db, { team: call.caller.teamId, now: call.now }, { id, changes }))
      return shown(call, id)
    },
  }),
  route({
    method: 'DELETE',
    path: '/notes/:id',
    name: 'notes/destroy',
    summary: 'Delete a note for ever',
    extension: true,
    input: Type.Object({ id: IdParameter }),
    output: Type.Object({ note: Type.Object({ id: Type.String(), deleted: Type.Boolean() }) }),
    async run({ id }, call) {
      const isGone = await deleteNote(call.db, { team: call.caller.teamId, id })
      return isGone ? { note: { id, deleted: true } } : refuse(404, 'Record not found.')
    },
  }),
]
