/** Says whom an update of a sequence would touch, without doing it: by the same plan, from the same rows. */
import type { Db } from '../core/db.ts'
import { type Foreseen, foreseeEdit } from '../core/foresee-edit.ts'
import type { Id } from '../core/ids.ts'
import { done, type Result } from '../core/result.ts'
import { openDraftsOn, peopleOnSteps } from '../store/edited-steps.ts'
import { planUpdate, type SequenceDraft, type Writing } from './write-sequence.ts'

export interface WhomItTouches extends Foreseen {
  /** Everybody active or paused in the sequence. */
  people: number
  /** Of another schedule: everybody who waits gets a new moment. */
  rescheduled: boolean
  /** It is archived by this: everybody is finished. */
  finishes: boolean
  /** It is turned off by this: nobody is rewritten, and nobody is written to. */
  turnsOff: boolean
  /** Drafts of reworded steps that follow, and those that a person has edited, which keep their text. */
  drafts: { follow: number; keep: number }
}

export async function foreseeUpdate(
  db: Db,
  writing: Writing,
  { id, draft }: { id: Id; draft: SequenceDraft },
): Promise<Result<WhomItTouches>> {
  // Lists would be made by their names.
  const { labelNames: _, ...asked } = draft
  const update = await planUpdate(db, writing, { id, draft: asked })
  if (!update.ok) return update
  const { team } = writing
  const { plan, steps, tree, rescheduled, locked, before } = update.value
  const people = await peopleOnSteps(db, { team, sequenceId: id })
  const liveIds = steps.filter((step) => step.deletedAt === null).map((step) => step.id)
  const foreseen = foreseeEdit(
    {
      steps,
      knownIds: new Set(tree.steps.map((step) => step.id)),
      deletedIds: plan.deletedStepIds,
      retimedIds: rescheduled ? liveIds : plan.retimedStepIds,
      rewordedIds: plan.rewordedStepIds,
    },
    people,
  )
  return done({
    ...foreseen,
    people: [...people.values()].reduce((total, n) => total + n, 0),
    rescheduled,
    finishes: draft.archived === true && before.archivedAt === null,
    turnsOff: draft.active === false && locked.active,
    drafts: await openDraftsOn(db, { team, stepIds: plan.rewordedStepIds }),
  })
}
