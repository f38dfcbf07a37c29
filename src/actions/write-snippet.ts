/** Writes the snippets of a team. What was written into an email stays; whoever waits for one, or has a draft with one, is looked at again. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { done, notFound, type Result, refused } from '../core/result.ts'
import { SNIPPETS_MAX, snippetBodyProblem, snippetNameProblem } from '../core/snippet.ts'
import { placesInWords } from '../core/use.ts'
import {
  deleteSnippet,
  insertSnippet,
  lockSnippet,
  type SnippetUse,
  saveSnippet,
  snippetsOf,
  snippetUses,
} from '../store/snippets.ts'
import { lookAgain } from './retime-people.ts'

export interface SnippetWriting {
  team: TeamId
  userId: Id
  actor: string
  now: Instant
  random: Random
}

export interface SnippetDraft {
  name: string
  bodyHtml: string
}

/** The id of the new snippet. People who were held for lack of it go on. */
export async function createSnippet(db: Db, o: SnippetWriting, draft: SnippetDraft): Promise<Result<Id>> {
  const problem = problemOf(draft)
  if (problem) return problem
  const all = await snippetsOf(db, o.team)
  if (all.length >= SNIPPETS_MAX)
    return refused(`There are ${all.length} snippets, the most there can be. Delete one that nobody uses.`)
  const id = newId(o.now, o.random)
  if (!(await insertSnippet(db, { ...o, ...draft, id }))) return nameTaken(draft.name)
  await lookAgainAt(db, o, await usesOf(db, o.team, draft.name))
  return done(id)
}

/** What is left out stays. A name that wordings use stays too: they would lose their text. */
export async function updateSnippet(
  db: Db,
  o: SnippetWriting,
  { id, changes }: { id: Id; changes: Partial<SnippetDraft> },
): Promise<Result<Id>> {
  const saved = await db.transaction(async (tx): Promise<Result<string[]>> => {
    const before = await lockSnippet(tx, { team: o.team, id })
    if (!before) return notFound()
    const draft = { name: changes.name ?? before.name, bodyHtml: changes.bodyHtml ?? before.bodyHtml }
    const problem = problemOf(draft)
    if (problem) return problem
    const uses = draft.name === before.name ? [] : await usesOf(tx, o.team, before.name)
    if (uses.length > 0) return inUse(before.name, uses, 'Write the new name there first')
    if (!(await saveSnippet(tx, { ...o, ...draft, id }))) return nameTaken(draft.name)
    return done([draft.name])
  })
  if (!saved.ok) return saved
  for (const name of saved.value) await lookAgainAt(db, o, await usesOf(db, o.team, name))
  return done(id)
}

/** Refused while a wording uses it, with the places. One that is gone all the same (a wording of an archived sequence) holds people by its name. */
export async function removeSnippet(db: Db, { team }: SnippetWriting, id: Id): Promise<Result<null>> {
  return db.transaction(async (tx): Promise<Result<null>> => {
    const snippet = await lockSnippet(tx, { team, id })
    if (!snippet) return notFound()
    const uses = await usesOf(tx, team, snippet.name)
    if (uses.length > 0) return inUse(snippet.name, uses, 'Take it out there first')
    await deleteSnippet(tx, { team, id })
    return done(null)
  })
}

async function usesOf(db: Db, team: TeamId, name: string): Promise<SnippetUse[]> {
  return (await snippetUses(db, team)).filter((use) => use.name === name)
}

async function lookAgainAt(db: Db, o: SnippetWriting, uses: readonly SnippetUse[]): Promise<void> {
  for (const [sequenceId, steps] of Map.groupBy(uses, (use) => use.sequenceId)) {
    const stepIds = steps.map((use) => use.stepId)
    await lookAgain(db, { ...o, sequenceId }, { stepIds, schedule: false })
  }
}

function problemOf({ name, bodyHtml }: SnippetDraft) {
  const named = snippetNameProblem(name)
  if (named !== undefined) return refused(named, { parameter: 'name' })
  const body = snippetBodyProblem(bodyHtml)
  return body === undefined ? undefined : refused(body, { code: 'template_problem', parameter: 'body_html' })
}

const nameTaken = (name: string) =>
  refused(`There is a snippet named ${name} already. Change that one, or choose another name.`, {
    parameter: 'name',
  })

function inUse(name: string, uses: readonly SnippetUse[], wayOut: string) {
  return refused(`The snippet ${name} is used by ${placesInWords(uses)}. ${wayOut}.`, {
    code: 'snippet_in_use',
  })
}
