/** Snippets over HTTP: texts of the team that wordings put in as {{snippet:name}}. */
import { Type } from 'typebox'
import { createSnippet, removeSnippet, updateSnippet } from '../actions/write-snippet.ts'
import { type SnippetRow, type SnippetUse, snippetsOf, snippetUses } from '../store/snippets.ts'
import { actorOf } from './actor.ts'
import { defined } from './defined.ts'
import { refuse } from './errors.ts'
import { IdParameter } from './params.ts'
import { allowed } from './refusing.ts'
import { type Call, type Route, route } from './route.ts'
import { iso } from './wire/instant.ts'
import { UsedIn, usedInOnWire } from './wire/use.ts'

/** A little over what a snippet takes, so that its own sentence is the answer. */
const BODY_MAX = 100_000

const Snippet = Type.Object({
  id: Type.String(),
  name: Type.String({ description: 'Put in as {{snippet:name}}.' }),
  body_html: Type.String(),
  created_at: Type.String(),
  updated_at: Type.String(),
  used_in: UsedIn,
})
const One = Type.Object({ snippet: Snippet })

const name = Type.String({ maxLength: 200, description: 'Small letters, digits and underscores.' })
const body_html = Type.String({
  maxLength: BODY_MAX,
  description: 'HTML in the template language: variables and conditions, no snippets.',
})

const writing = (call: Call) => ({
  team: call.caller.teamId,
  userId: call.caller.userId,
  actor: actorOf(call),
  now: call.now,
  random: call.random,
})

function onWire(row: SnippetRow, uses: readonly SnippetUse[]) {
  return {
    id: row.id,
    name: row.name,
    body_html: row.bodyHtml,
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
    used_in: usedInOnWire(uses.filter((use) => use.name === row.name)),
  }
}

async function all({ db, caller }: Call) {
  const [rows, uses] = await Promise.all([snippetsOf(db, caller.teamId), snippetUses(db, caller.teamId)])
  return rows.map((row) => onWire(row, uses))
}

async function shown(call: Call, id: string) {
  return { snippet: (await all(call)).find((one) => one.id === id) ?? refuse(404, 'Record not found.') }
}

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/snippets',
    name: 'snippets/index',
    summary: 'All snippets of the team, and where each is used',
    extension: true,
    input: Type.Object({}),
    output: Type.Object({ snippets: Type.Array(Snippet) }),
    run: async (_input, call) => ({ snippets: await all(call) }),
  }),
  route({
    method: 'POST',
    path: '/snippets',
    name: 'snippets/create',
    summary: 'Create a snippet',
    description: 'People who were held for lack of it go on.',
    extension: true,
    input: Type.Object({ name, body_html }),
    output: One,
    async run(input, call) {
      const draft = { name: input.name, bodyHtml: input.body_html }
      return shown(call, allowed(await createSnippet(call.db, writing(call), draft)))
    },
  }),
  route({
    method: ['PUT', 'PATCH'],
    path: '/snippets/:id',
    name: 'snippets/update',
    summary: 'Change a snippet',
    description: 'Emails that are not written yet get the new text. The name stays while a wording uses it.',
    extension: true,
    input: Type.Object({ id: IdParameter, name: Type.Optional(name), body_html: Type.Optional(body_html) }),
    output: One,
    async run(input, call) {
      const changes = defined({ name: input.name, bodyHtml: input.body_html })
      return shown(call, allowed(await updateSnippet(call.db, writing(call), { id: input.id, changes })))
    },
  }),
  route({
    method: 'DELETE',
    path: '/snippets/:id',
    name: 'snippets/destroy',
    summary: 'Delete a snippet that no wording uses',
    extension: true,
    input: Type.Object({ id: IdParameter }),
    output: Type.Object({ snippet: Type.Object({ id: Type.String(), deleted: Type.Boolean() }) }),
    async run(input, call) {
      allowed(await removeSnippet(call.db, writing(call), input.id))
      return { snippet: { id: input.id, deleted: true } }
    },
  }),
]
