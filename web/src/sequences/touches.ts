/** Whom saving the steps of a live sequence touches, as sentences. */
import type { Step } from '../lib/sequence-types.ts'
import { counted } from '../lib/words.ts'
import { countAt, type Draft, type DraftStep } from './draft.ts'

const people = (n: number) => counted(n, 'person', 'people')

const wording = (step: DraftStep) =>
  JSON.stringify(
    step.variants.map(({ thread, approved, signature, attachmentIds, subject, html }) => [
      thread,
      approved,
      signature,
      attachmentIds,
      subject,
      html,
    ]),
  )

const weights = (step: DraftStep) => step.variants.map(({ weight }) => weight).join()

/** Where nobody is before it: those to come. */
const whom = (n: number) => (n === 0 ? 'whoever is added later' : `${people(n)} who have not received it yet`)

/** People whose current step is this one or an earlier one, so who have still to receive it. */
function stillToCome(saved: readonly Step[], position: number): number {
  return saved.filter((step) => step.position <= position).reduce((sum, step) => sum + countAt(step), 0)
}

export function touches(saved: readonly Step[], before: Draft, after: Draft): string[] {
  const positions = new Map(saved.map((step) => [step.id, step.position]))
  const old = new Map(before.map((step) => [step.key, step]))
  const sentences: string[] = []
  for (const [index, step] of after.entries()) {
    const was = old.get(step.key)
    const position = positions.get(step.key)
    if (!was || position === undefined) {
      const previous = after.slice(0, index).findLast((each) => positions.has(each.key))
      const n = stillToCome(saved, previous ? (positions.get(previous.key) ?? 0) : 0)
      sentences.push(
        `The new step ${index + 1} reaches ${people(n)} who are still before it, and everyone added later.`,
      )
      continue
    }
    const n = stillToCome(saved, position)
    if (wording(step) !== wording(was))
      sentences.push(`The new wording of step ${index + 1} reaches ${whom(n)}.`)
    else if (weights(step) !== weights(was))
      sentences.push(`The new weights of step ${index + 1} apply to ${whom(n)}.`)
    if (step.wait !== was.wait || step.unit !== was.unit || step.businessDays !== was.businessDays)
      sentences.push(`The new wait before step ${index + 1} applies to ${whom(n)}.`)
  }
  for (const step of before) {
    if (after.some((each) => each.key === step.key)) continue
    const n = countAt(saved.find((each) => each.id === step.key))
    const position = positions.get(step.key) ?? 0
    sentences.push(
      `Step ${position} is removed. ${n === 0 ? 'Nobody stands at it now.' : `${people(n)} standing at it move on to the next step.`}`,
    )
  }
  return sentences
}
