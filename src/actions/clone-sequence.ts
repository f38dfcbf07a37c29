/** A copy of a sequence, turned off: the same settings, steps and words, nobody in it, on the usual schedule of the team. */
import type { Db } from '../core/db.ts'
import type { Id } from '../core/ids.ts'
import { notFound, type Result } from '../core/result.ts'
import { listsByIds } from '../store/lists.ts'
import { lockSequence } from '../store/sequence-writes.ts'
import { type SequenceRow, sequenceById } from '../store/sequences.ts'
import { type Tree, treeOf } from '../store/steps.ts'
import type { StepDraft, VariantDraft } from './plan-steps.ts'
import { createSequence, type Writing } from './write-sequence.ts'

/** The copy belongs to whoever calls. `name` left out: "Copy of" the other. Templates are copied with it: changing one leaves the other as it is. */
export async function cloneSequence(
  db: Db,
  writing: Writing,
  { id, name }: { id: Id; name: string | undefined },
): Promise<Result<Id>> {
  const { team } = writing
  return db.transaction(async (tx): Promise<Result<Id>> => {
    // Nobody rewrites it while it is read.
    await lockSequence(tx, { team, id })
    const row = await sequenceById(tx, { team, id })
    if (!row) return notFound()
    const lists = await listsByIds(tx, { team, ids: row.labelIds })
    const draft = {
      ...row,
      ...{ name: name ?? nameFrom(row), active: false, starredBy: [] },
      labelNames: lists.map((list) => list.name),
      steps: stepsFrom(await treeOf(tx, { team, sequenceId: id })),
    }
    // Dates of the past are to be changed before the copy is of any use; without the copy they could not be.
    return createSequence(tx, writing, draft, { pastDates: true })
  })
}

const nameFrom = ({ name }: SequenceRow) => (name === null ? null : `Copy of ${name}`)

function stepsFrom({ steps, variants, templates }: Tree): StepDraft[] {
  return steps.map(({ id, sequenceId: _, position: __, deletedAt: ___, ...step }) => ({
    ...step,
    variants: variants
      .filter((one) => one.stepId === id)
      .map(({ thread, approved, weight, includeSignature, attachmentIds, templateId }): VariantDraft => {
        const { subject = null, bodyHtml = null } = templates.find((one) => one.id === templateId) ?? {}
        const template = { subject, bodyHtml }
        return { thread, approved, weight, includeSignature, attachmentIds, template }
      }),
  }))
}
