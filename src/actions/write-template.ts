/** Templates apart from the sequence they are written in: made, and given other words wherever they are used. */
import type { Db } from '../core/db.ts'
import { type Id, newId } from '../core/ids.ts'
import { done, notFound, type Refusal, type Result, refused } from '../core/result.ts'
import { hasContent, wordingProblem } from '../core/sequence.ts'
import { saveTemplates, type TemplateRow, templatesByIds } from '../store/templates.ts'
import { usesOfTemplate } from '../store/variants.ts'
import { EMPTY_WHEN_UPDATED } from './plan-steps.ts'
import { lookAgain } from './retime-people.ts'
import { updateSequence, type Writing } from './write-sequence.ts'

export type TemplateWords = Pick<TemplateRow, 'name' | 'subject' | 'bodyHtml'>

export async function createTemplate(
  db: Db,
  { team, userId, now, random }: Writing,
  words: TemplateWords,
): Promise<Result<Id>> {
  const template = { ...words, id: newId(now, random), ownerId: userId }
  const refusal = wordsRefusal(template)
  if (refusal) return { ok: false, refusal }
  await db.transaction((tx) => saveTemplates(tx, { team, templates: [template], now }))
  return done(template.id)
}

/** What is left out stays. Whoever is held for the wording, in any sequence that uses it, is looked at again. */
export async function changeTemplate(
  db: Db,
  writing: Writing,
  { id, words }: { id: Id; words: Partial<TemplateWords> },
): Promise<Result<null>> {
  const { team, now } = writing
  const [before] = await templatesByIds(db, { team, ids: [id] })
  if (!before) return notFound()
  const template = { ...before, ...words }
  const uses = await usesOfTemplate(db, { team, id })
  const refusal = wordsRefusal(template)
  if (refusal) return { ok: false, refusal }
  if (uses.some((use) => use.approved) && !hasContent(template.bodyHtml)) return refused(EMPTY_WHEN_UPDATED)
  // In the order of locks sequences come before what they say.
  for (const { sequenceId, stepIds } of uses) {
    const { subject, bodyHtml } = template
    const updated = await updateSequence(db, writing, {
      id: sequenceId,
      draft: {},
      edit: (tree) =>
        done(
          tree.steps.map((step) => ({
            id: step.id,
            variants: tree.variants
              .filter((one) => one.stepId === step.id)
              .map((one) => ({
                id: one.id,
                ...(one.templateId === id && { template: { subject, bodyHtml } }),
              })),
          })),
        ),
    })
    if (!updated.ok) return updated
    // The first of them has written the words; for the others they are no news.
    await lookAgain(db, { ...writing, sequenceId }, { stepIds, schedule: false })
  }
  if (uses.length === 0 || template.name !== before.name)
    await db.transaction((tx) => saveTemplates(tx, { team, templates: [template], now }))
  return done(null)
}

function wordsRefusal(words: TemplateWords): Refusal | undefined {
  const problem = wordingProblem(words, 'The template')
  if (problem === undefined) return undefined
  const { sentence, part, line, column } = problem
  return refused(sentence, { code: 'template_problem', part, line, column }).refusal
}
