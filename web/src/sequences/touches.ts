/** Whom saving the steps of a live sequence touches, as sentences. The numbers are the server's. */
import type { ForeseenUpdate } from '../lib/sequence-types.ts'
import { counted } from '../lib/words.ts'
import type { Draft, DraftStep } from './draft.ts'

const people = (n: number) => counted(n, 'person', 'people')

const weights = (step: DraftStep | undefined) => step?.variants.map(({ weight }) => weight).join()

const withoutWeights = (step: DraftStep | undefined) =>
  JSON.stringify(step?.variants.map((variant) => ({ ...variant, weight: 0 })))

const waits = (step: DraftStep | undefined) => [step?.wait, step?.unit, step?.businessDays].join()

/** Where nobody is before it: those to come. */
const whom = (n: number) => (n === 0 ? 'whoever is added later' : `${people(n)} who have not received it yet`)

interface Drafts {
  before: Draft
  after: Draft
}

export function touches({ before, after }: Drafts, foreseen: ForeseenUpdate): string[] {
  const stepOf = (draft: Draft, id: string) => draft.find(({ key }) => key === id)
  const sentences = [
    ...foreseen.inserted_steps.map(inserted),
    ...foreseen.reworded_steps.map(({ step_id, position, people: n }) => {
      const [was, is] = [stepOf(before, step_id), stepOf(after, step_id)]
      const isDealing = weights(was) !== weights(is) && withoutWeights(was) === withoutWeights(is)
      return isDealing
        ? `The new weights of step ${position} apply to ${whom(n)}.`
        : `The new wording of step ${position} reaches ${whom(n)}.`
    }),
    ...foreseen.retimed_steps.map(({ step_id, position, people: n }) => {
      const isWait = waits(stepOf(before, step_id)) !== waits(stepOf(after, step_id))
      if (n === 0)
        return `The ${isWait ? 'new wait before' : 'change of'} step ${position} applies to everyone who comes to it later. Nobody stands at it now.`
      return isWait
        ? `The new wait before step ${position} gives another time to ${people(n)} standing at it; everyone else has it when they come to it.`
        : `The change of step ${position} applies to ${people(n)} standing at it, and to everyone who comes to it later.`
    }),
    ...foreseen.deleted_steps.map((one) => deleted(one, before)),
    ...drafts(foreseen),
  ]
  return sentences.length > 0 ? sentences : ['Nobody gets another email or another time by it.']
}

function inserted({ position, met_by, not_met_by }: ForeseenUpdate['inserted_steps'][number]): string {
  const passed = not_met_by === 0 ? '' : ` ${people(not_met_by)} will not get it, being past it.`
  return `The new step ${position} reaches ${people(met_by)} who are still before it, and everyone added later.${passed}`
}

function deleted(
  { step_id, goes_on_with_position, people: n }: ForeseenUpdate['deleted_steps'][number],
  before: Draft,
): string {
  const position = before.findIndex(({ key }) => key === step_id) + 1
  const which =
    position === 0 ? 'A step that was added meanwhile, and that this page does not show,' : `Step ${position}`
  const removed = `${which} is removed.`
  if (n === 0) return `${removed} Nobody stands at it now.`
  return goes_on_with_position === null
    ? `${removed} ${people(n)} standing at it will finish: no step comes after it.`
    : `${removed} ${people(n)} standing at it will go on with the step after it.`
}

function drafts({ drafts_following: follow, drafts_keeping_their_text: keep }: ForeseenUpdate): string[] {
  const draftsOf = (n: number) => counted(n, 'draft', 'drafts')
  return [
    ...(follow > 0 ? [`${draftsOf(follow)} waiting to be sent by hand will take the new wording.`] : []),
    ...(keep > 0 ? [`The text of ${draftsOf(keep)} edited by hand stays.`] : []),
  ]
}
