/** Templates apart from the sequence they are written in: made, and given other words wherever they are used. */
import type { Db } from '../core/db.ts'
import { type Id, newId } from '../core/ids.ts'
import { done, notFound, type Refusal, type Result, refused } from '../core/result.ts'
import { hasContent, wordingProblem } from '../core/sequence.ts'
import { bumpSequences } from '../store/lanes.ts'
import { lockSequence } from '../store/sequence-writes.ts'
import { lockTemplate, saveTemplates, type TemplateRow } from '../store/templates.ts'
import { type TemplateUse, usesOfTemplate } from '../store/variants.ts'
import { EMPTY_WHEN_UPDATED } from './plan-steps.ts'
import { lookAgain } from './retime-people.ts'
import type { Writing } from './write-sequence.ts'

export type TemplateWords = Pick<TemplateRow, 'name' | 'subject' | 'bodyHtml'>

export async function createTemplate(
  db: Db,
  { team, userId, now, random }: Writing,
  words: TemplateWords,
): Promise<Result<Id>> {
  const template = { ...words, id: newId(now, random), ownerId: userId }
  const refusal = nameRefusal(words) ?? wordsRefusal(template)
  if (refusal) return { ok: false, refusal }
  await db.transaction((tx) => saveTemplates(tx, { team, templates: [template], now }))
  return done(template.id)
}

/** What is left out stays. All or nothing; whoever is held for the wording, in any sequence that uses it, is looked at again. */
export async function changeTemplate(
  db: Db,
  writing: Writing,
  { id, words }: { id: Id; words: Partial<TemplateWords> },
): Promise<Result<null>> {
  const { team, now } = writing
  const changed = await db.transaction(async (tx): Promise<Result<TemplateUse[]>> => {
    // In the order of locks sequences come before what they say.
    for (const { sequenceId } of await usesOfTemplate(tx, { team, id }))
      await lockSequence(tx, { team, id: sequenceId })
    const before = await lockTemplate(tx, { team, id })
    if (!before) return notFound()
    const uses = await usesOfTemplate(tx, { team, id })
    const template = { ...before, ...words }
    const refusal = nameRefusal(words) ?? wordsRefusal(template)
    if (refusal) return { ok: false, refusal }
    if (uses.some((use) => use.approved) && !hasContent(template.bodyHtml)) return refused(EMPTY_WHEN_UPDATED)
    await saveTemplates(tx, { team, templates: [template], now })
    await bumpSequences(tx, { team, sequenceIds: uses.map((use) => use.sequenceId), now })
    return done(uses)
  })
  if (!changed.ok) return changed
  for (const { sequenceId, stepIds } of changed.value)
    await lookAgain(db, { ...writing, sequenceId }, { stepIds, schedule: false })
  return done(null)
}

/** Of a name that is given; the words of single steps have none. */
function nameRefusal({ name }: Partial<TemplateWords>): Refusal | undefined {
  return name === undefined || name?.trim()
    ? undefined
    : refused('A template needs a name, such as "First contact".', { parameter: 'name' }).refusal
}

function wordsRefusal(words: TemplateWords): Refusal | undefined {
  const problem = wordingProblem(words, 'The template')
  if (problem === undefined) return undefined
  const { sentence, part, line, column } = problem
  return refused(sentence, { code: 'template_problem', part, line, column }).refusal
}
