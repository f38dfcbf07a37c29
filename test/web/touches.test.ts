// Whom saving a live sequence touches: the sentences that a person reads before saving.
import { expect, test } from 'vitest'
import type { Step } from '../../web/src/lib/sequence-types.ts'
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
const saved = before.map(({ key }, index) => ({
  id: key,
  position: index + 1,
  counts: { active: [5, 3, 1][index], paused: 1 },
})) as Step[]

test('new wording reaches those who stand at the step or before it', () => {
  const after = before.map((each) => (each.key === 'two' ? step('two', '<p>new</p>') : each))
  expect(touches(saved, before, after)).toEqual([
    'The new wording of step 2 reaches 10 people who have not received it yet.',
  ])
})

test('people at a removed step move on', () => {
  expect(touches(saved, before, [before[0]!, before[2]!])).toEqual([
    'Step 2 is removed. 4 people standing at it move on to the next step.',
  ])
})

test('an inserted step is met only by those who are still before it', () => {
  const { draft } = withNewStep(before, 0)
  expect(touches(saved, before, draft)).toEqual([
    'The new step 2 reaches 6 people who are still before it, and everyone added later.',
  ])
})

test('another wait is said, and a step that did not change is not', () => {
  const after = withStep(before, 'three', { wait: 5 })
  expect(touches(saved, before, after)).toEqual([
    'The new wait before step 3 applies to 12 people who have not received it yet.',
  ])
})

test('other weights are said as such, and a change that is for those to come only says so', () => {
  const heavier = (key: string) =>
    before.map((each) =>
      each.key === key ? { ...each, variants: each.variants.map((one) => ({ ...one, weight: 3 })) } : each,
    )
  expect(touches(saved, before, heavier('two'))).toEqual([
    'The new weights of step 2 apply to 10 people who have not received it yet.',
  ])
  const nobody = saved.map((each) => ({ ...each, counts: {} })) as Step[]
  expect(touches(nobody, before, heavier('two'))).toEqual([
    'The new weights of step 2 apply to whoever is added later.',
  ])
})
