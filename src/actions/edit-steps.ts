/**
 * One step or one wording of a sequence: the whole list is declared anew with that one another, under the lock of the sequence. So people
 * in it follow as they do whatever way it is written.
 */
import type { Db } from '../core/db.ts'
import type { Id } from '../core/ids.ts'
import { done, notFound, type Result, refused } from '../core/result.ts'
import { sequenceOfStep, type Tree } from '../store/steps.ts'
import { stepOfVariant, type VariantRow } from '../store/variants.ts'
import type { StepDraft, VariantDraft } from './plan-steps.ts'
import { type StepEdit, type Updated, updateSequence, type Writing } from './write-sequence.ts'

const ONLY_STEP =
  'This is the only step of its sequence, and a sequence keeps one. Change it, or archive the sequence.'

/** `position`: from 1; those from there on move back. Left out, or beyond the last: at the end. */
export async function addStep(
  db: Db,
  writing: Writing,
  { sequenceId, step: { position, ...step } }: { sequenceId: Id; step: StepDraft },
): Promise<Result<Id>> {
  let place = 0
  const updated = await updateSequence(db, writing, {
    id: sequenceId,
    draft: {},
    edit(tree) {
      place = Math.min(position ?? Number.POSITIVE_INFINITY, tree.steps.length + 1) - 1
      return done(asTheyAre(tree).toSpliced(place, 0, step))
    },
  })
  return updated.ok ? done(updated.value.plan.steps[place]!.id) : updated
}

/** What is left out stays. With another position the step moves there. */
export async function changeStep(
  db: Db,
  writing: Writing,
  { id, step: { position, ...changes } }: { id: Id; step: StepDraft },
): Promise<Result<Updated>> {
  return editAround(db, writing, {
    stepId: id,
    edit(tree, place) {
      const others = asTheyAre(tree).toSpliced(place, 1)
      const to = position === undefined ? place : Math.min(position - 1, others.length)
      return done(others.toSpliced(to, 0, { id, ...changes }))
    },
  })
}

export async function deleteStep(db: Db, writing: Writing, id: Id): Promise<Result<Updated>> {
  return editAround(db, writing, {
    stepId: id,
    edit: (tree, place) =>
      tree.steps.length === 1 ? refused(ONLY_STEP) : done(asTheyAre(tree).toSpliced(place, 1)),
  })
}

/** One more wording of the step: from then on an A/B test. */
export async function addVariant(
  db: Db,
  writing: Writing,
  { stepId, variant }: { stepId: Id; variant: VariantDraft },
): Promise<Result<Id>> {
  const updated = await editAround(db, writing, {
    stepId,
    edit: (tree, place) => done(withVariants(tree, place, (before) => [...before, variant])),
  })
  if (!updated.ok) return updated
  const written = updated.value.plan.variants.filter((one) => one.stepId === stepId && one.deletedAt === null)
  return done(written.at(-1)!.id)
}

/** What is left out stays. */
export async function changeVariant(
  db: Db,
  writing: Writing,
  { id, variant }: { id: Id; variant: Omit<VariantDraft, 'id'> },
): Promise<Result<Updated>> {
  const stepId = await stepOfVariant(db, { team: writing.team, id })
  if (stepId === undefined) return notFound()
  return editAround(db, writing, {
    stepId,
    edit(tree, place) {
      const changed = (one: VariantDraft) => (one.id === id ? { ...one, ...variant } : one)
      return tree.variants.some((one) => one.id === id)
        ? done(withVariants(tree, place, (before) => before.map(changed)))
        : notFound()
    },
  })
}

/** Of the sequence of a step, whose place is given. */
async function editAround(
  db: Db,
  writing: Writing,
  { stepId, edit }: { stepId: Id; edit: (tree: Tree, place: number) => ReturnType<StepEdit> },
): Promise<Result<Updated>> {
  const id = await sequenceOfStep(db, { team: writing.team, id: stepId })
  if (id === undefined) return notFound()
  return updateSequence(db, writing, {
    id,
    draft: {},
    edit(tree) {
      const place = tree.steps.findIndex((step) => step.id === stepId)
      return place === -1 ? notFound() : edit(tree, place)
    },
  })
}

/** Every step named by its id alone: it stays as it is. */
const asTheyAre = (tree: Tree): StepDraft[] => tree.steps.map(({ id }) => ({ id }))

function withVariants(
  tree: Tree,
  place: number,
  how: (before: VariantDraft[]) => VariantDraft[],
): StepDraft[] {
  const { id } = tree.steps[place]!
  const before = tree.variants.filter((one: VariantRow) => one.stepId === id).map((one) => ({ id: one.id }))
  return asTheyAre(tree).with(place, { id, variants: how(before) })
}
