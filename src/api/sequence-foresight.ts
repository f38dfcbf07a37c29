/** Whom an update of a sequence would touch, as `dry_run` answers it. */
import { Type } from 'typebox'
import { foreseeUpdate } from '../actions/foresee-update.ts'
import type { Id } from '../core/ids.ts'
import { allowed } from './refusing.ts'
import type { Call } from './route.ts'
import { writingOf } from './sequence-answers.ts'
import { draftOf, type SettingsInput } from './sequence-input.ts'

const OnStep = Type.Object({
  step_id: Type.String(),
  position: Type.Integer({ description: 'After the update.' }),
  people: Type.Integer(),
})

/**
 * People are those who are active or paused; the numbers are of this moment. Who has passed an inserted step does not meet it; another
 * wording applies to what is not yet sent; drafts that a person has edited keep their text.
 */
export const Foreseen = Type.Object({
  dry_run: Type.Literal(true),
  people: Type.Integer(),
  finishes_everybody: Type.Boolean({ description: 'The sequence is archived by it.' }),
  turns_off: Type.Boolean({ description: 'Nobody is rewritten: they go on once it is on again.' }),
  rescheduled: Type.Boolean({ description: 'Everybody who waits gets a new moment.' }),
  deleted_steps: Type.Array(
    Type.Object({
      step_id: Type.String(),
      goes_on_with_position: Type.Union([Type.Integer(), Type.Null()], {
        description:
          'The place of the next step after the update. Null: who stands on the step has received everything, and is finished.',
      }),
      people: Type.Integer(),
    }),
  ),
  inserted_steps: Type.Array(
    Type.Object({
      position: Type.Integer(),
      met_by: Type.Integer(),
      not_met_by: Type.Integer({ description: 'They have passed it.' }),
    }),
  ),
  retimed_steps: Type.Array(OnStep),
  reworded_steps: Type.Array(OnStep, {
    description: 'With everybody who has not received the step yet.',
  }),
  drafts_following: Type.Integer(),
  drafts_keeping_their_text: Type.Integer(),
})

/** Refuses what the update would refuse. */
export async function foreseen({ id, ...input }: { id: Id } & SettingsInput, call: Call) {
  const touched = allowed(await foreseeUpdate(call.db, writingOf(call), { id, draft: draftOf(input) }))
  const onStep = (one: { stepId: string; position: number; people: number }) => ({
    step_id: one.stepId,
    position: one.position,
    people: one.people,
  })
  return {
    dry_run: true as const,
    people: touched.people,
    finishes_everybody: touched.finishes,
    turns_off: touched.turnsOff,
    rescheduled: touched.rescheduled,
    deleted_steps: touched.deleted.map((one) => ({
      step_id: one.stepId,
      goes_on_with_position: one.goesOnAt,
      people: one.people,
    })),
    inserted_steps: touched.inserted.map((one) => ({
      position: one.position,
      met_by: one.metBy,
      not_met_by: one.notMetBy,
    })),
    retimed_steps: touched.retimed.map(onStep),
    reworded_steps: touched.reworded.map(onStep),
    drafts_following: touched.drafts.follow,
    drafts_keeping_their_text: touched.drafts.keep,
  }
}
