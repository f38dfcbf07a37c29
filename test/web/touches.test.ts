// Whom saving a live sequence touches: the sentences that a person reads before saving, from the numbers of the server.
import { expect, test } from 'vitest'
import type { ForeseenUpdate } from '../../web/src/lib/sequence-types.ts'
import { type Draft, type DraftStep, withNewStep, withStep } from '../../web/src/sequences/draft.ts'
import { touches } from '../../web/src/sequences/touches.ts'

const step = (key: string, html: string): DraftStep => ({
  key,
  saved: true,
  kind: 'auto_email',
  wait: 2,
  unit: 'day',
  businessDays: false,
  note: '',
  priority: 'medium',
  autoSkipDays: 0,
  variants: [
    {
      key: `variant of ${key}`,
      saved: true,
      templateId: 'template',
      thread: 'new_thread',
      approved: true,
      signature: true,
      weight: 1,
      attachmentIds: [],
      subject: 'Hello',
      html,
    },
  ],
})
const before: Draft = [step('one', '<p>1</p>'), step('two', '<p>2</p>'), step('three', '<p>3</p>')]

const foreseen = (parts: Partial<ForeseenUpdate>): ForeseenUpdate => ({
  deleted_steps: [],
  inserted_steps: [],
  retimed_steps: [],
  reworded_steps: [],
  drafts_following: 0,
  drafts_keeping_their_text: 0,
  ...parts,
})
const onTwo = (people: number) => [{ step_id: 'two', position: 2, people }]

test('new wording reaches those who stand at the step or before it, and drafts follow or keep their text', () => {
  const after = before.map((each) => (each.key === 'two' ? step('two', '<p>new</p>') : each))
  const drafts = { drafts_following: 2, drafts_keeping_their_text: 1 }
  expect(touches({ before, after }, foreseen({ reworded_steps: onTwo(10), ...drafts }))).toEqual([
    'The new wording of step 2 reaches 10 people who have not received it yet.',
    '2 drafts waiting to be sent by hand will take the new wording.',
    'The text of 1 draft edited by hand stays.',
  ])
})

test('people at a removed step go on with the next one, or finish where there is none', () => {
  const after = [before[0]!, before[2]!]
  const gone = (goes_on_with_position: number | null, people: number) =>
    touches(
      { before, after },
      foreseen({ deleted_steps: [{ step_id: 'two', goes_on_with_position, people }] }),
    )
  expect(gone(2, 4)).toEqual([
    'Step 2 is removed. 4 people standing at it will go on with the step after it.',
  ])
  expect(gone(null, 4)).toEqual([
    'Step 2 is removed. 4 people standing at it will finish: no step comes after it.',
  ])
  expect(gone(2, 0)).toEqual(['Step 2 is removed. Nobody stands at it now.'])
  const unseen = { step_id: 'added by somebody', goes_on_with_position: null, people: 0 }
  expect(touches({ before, after: before }, foreseen({ deleted_steps: [unseen] }))).toEqual([
    'A step that was added meanwhile, and that this page does not show, is removed. Nobody stands at it now.',
  ])
})

test('an inserted step is met only by those who are still before it', () => {
  const { draft: after } = withNewStep(before, 0)
  const met = (not_met_by: number) =>
    touches({ before, after }, foreseen({ inserted_steps: [{ position: 2, met_by: 6, not_met_by }] }))
  expect(met(0)).toEqual([
    'The new step 2 reaches 6 people who are still before it, and everyone added later.',
  ])
  expect(met(1)).toEqual([
    'The new step 2 reaches 6 people who are still before it, and everyone added later. 1 person will not get it, being past it.',
  ])
})

test('another wait is said of those who wait for the step now', () => {
  const after = withStep(before, 'two', { wait: 5 })
  expect(touches({ before, after }, foreseen({ retimed_steps: onTwo(4) }))).toEqual([
    'The new wait before step 2 gives another time to 4 people standing at it; everyone else has it when they come to it.',
  ])
  expect(touches({ before, after: before }, foreseen({ retimed_steps: onTwo(0) }))).toEqual([
    'The change of step 2 applies to everyone who comes to it later. Nobody stands at it now.',
  ])
})

test('other weights are said as such, and a change that is for those to come only says so', () => {
  const after = before.map((each) =>
    each.key === 'two' ? { ...each, variants: each.variants.map((one) => ({ ...one, weight: 3 })) } : each,
  )
  expect(touches({ before, after }, foreseen({ reworded_steps: onTwo(10) }))).toEqual([
    'The new weights of step 2 apply to 10 people who have not received it yet.',
  ])
  expect(touches({ before, after }, foreseen({ reworded_steps: onTwo(0) }))).toEqual([
    'The new weights of step 2 apply to whoever is added later.',
  ])
})

test('what touches nobody says so', () => {
  const after = withStep(before, 'two', { note: 'Call in the morning' })
  expect(touches({ before, after }, foreseen({}))).toEqual([
    'Nobody gets another email or another time by it.',
  ])
})
