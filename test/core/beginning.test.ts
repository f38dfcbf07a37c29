/** Where somebody who is added to a sequence begins. */
import { expect, test } from 'vitest'
import { beginningOf, type FirstStep } from '../../src/core/beginning.ts'
import { isFollowUp } from '../../src/core/enrollment.ts'

const NOW = Date.parse('2027-03-10T12:00:00Z')
const HOUR = 3_600_000
const step = (position: number, more: Partial<FirstStep> = {}): FirstStep => ({
  id: `step ${position}`,
  position,
  kind: 'auto_email',
  priority: null,
  waitAmount: 30,
  waitUnit: 'hour',
  businessDays: false,
  exactAt: null,
  ...more,
})
const STEPS = [step(1), step(2), step(4)]
const begins = (steps: FirstStep[], received: { stepPosition: number; hoursAgo: number } | null) =>
  beginningOf(steps, {
    now: NOW,
    schedule: null,
    zone: null,
    received: received && {
      stepPosition: received.stepPosition,
      sentAt: NOW - received.hoursAgo * HOUR,
      messageId: 'message',
      mailboxId: 'mailbox',
    },
  })

test('somebody new begins at the first step, and waits from now on', () => {
  const beginning = begins(STEPS, null)!
  expect(beginning).toMatchObject({
    stepId: 'step 1',
    enteredStepAt: NOW,
    waitEndsAt: NOW + 30 * HOUR,
    parentMessageId: null,
  })
  expect(isFollowUp(beginning.rank)).toBe(false)
})

test('whoever received a step begins at the next one that is there, as a follow-up, after what is left of its wait', () => {
  const beginning = begins(STEPS, { stepPosition: 2, hoursAgo: 10 })!
  expect(beginning).toMatchObject({
    stepId: 'step 4',
    enteredStepAt: NOW - 10 * HOUR,
    waitEndsAt: NOW + 20 * HOUR,
    parentMessageId: 'message',
  })
  expect(isFollowUp(beginning.rank)).toBe(true)
})

test('a wait that is over long ago ends now; a date stays that date', () => {
  expect(begins(STEPS, { stepPosition: 1, hoursAgo: 1_000 })!.waitEndsAt).toBe(NOW)
  const date = NOW - 50 * HOUR
  const dated = [step(1), step(2, { exactAt: date })]
  expect(begins(dated, { stepPosition: 1, hoursAgo: 60 })!.waitEndsAt).toBe(date)
})

test('whoever received the last step begins nowhere', () => {
  expect(begins(STEPS, { stepPosition: 4, hoursAgo: 1 })).toBeNull()
})
