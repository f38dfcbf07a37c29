/** When sending stops by itself: rates over a window, with a smallest sample. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  isBlockedTooOften,
  REPUTATION_RULES,
  reputationOf,
  rulesProblem,
  type SendingRecord,
  warningOf,
} from '../../src/core/reputation.ts'

const judged = (record: Partial<SendingRecord>) =>
  reputationOf({ sent: 1_000, cameBack: 0, complained: 0, ...record }, REPUTATION_RULES)

test.each([
  [69, 'good'],
  [70, 'warning'],
  [99, 'warning'],
  [100, 'bad'],
] as const)('%i of 1,000 that came back are %s', (cameBack, kind) => {
  expect(judged({ cameBack })).toMatchObject({ kind })
})

test('below the smallest sample nothing is judged: 199 emails that all came back are chance', () => {
  expect(judged({ sent: 199, cameBack: 199, complained: 199 })).toEqual({ kind: 'good' })
  expect(judged({ sent: 200, cameBack: 20 })).toEqual({
    ...{ kind: 'bad', cause: 'bounces', rate: 10, limit: 10 },
    words: '20 of 200 emails in 7 days came back',
  })
})

test('three in a thousand that report spam are too many, two people never are', () => {
  expect(judged({ complained: 3 })).toEqual({
    ...{ kind: 'bad', cause: 'complaints', rate: 0.3, limit: 0.3 },
    words: '3 of 1000 emails in 7 days were reported as spam',
  })
  expect(judged({ sent: 200, complained: 2 })).toMatchObject({ kind: 'warning' })
  expect(judged({ sent: 2_000, complained: 5 })).toMatchObject({ kind: 'warning' })
})

test('one in a thousand that report spam is a warning, one person never is', () => {
  expect(judged({ sent: 2_000, complained: 2 })).toMatchObject({ kind: 'warning', cause: 'complaints' })
  expect(judged({ sent: 2_001, complained: 2 })).toEqual({ kind: 'good' })
  expect(judged({ sent: 200, complained: 1 })).toEqual({ kind: 'good' })
})

test('a warning says the number, what it is a share of, and what happens at which rate', () => {
  const warned = (stopsByItself: boolean, record: Partial<SendingRecord>) =>
    warningOf(judged(record), { stopsByItself })
  expect(warned(true, { sent: 210, cameBack: 15 })).toBe(
    '15 of 210 emails in 7 days came back (7.1 %). At 10 % it is stopped by itself.',
  )
  expect(warned(true, { complained: 2 })).toBe(
    '2 of 1000 emails in 7 days were reported as spam (0.2 %). At 0.3 % it is stopped by itself.',
  )
  expect(warned(false, { cameBack: 120 })).toBe(
    '120 of 1000 emails in 7 days came back (12 %). The limit is 10 %, and it is not stopped by itself.',
  )
  expect(warned(true, { cameBack: 69 })).toBeNull()
})

test('a record never gets better by more that comes back', () => {
  const worse = ['good', 'warning', 'bad']
  const count = fc.integer({ min: 0, max: 2_000 })
  fc.assert(
    fc.property(count, count, count, (sent, cameBack, complained) => {
      const before = worse.indexOf(judged({ sent, cameBack, complained }).kind)
      expect(worse.indexOf(judged({ sent, cameBack: cameBack + 1, complained }).kind)).toBeGreaterThanOrEqual(
        before,
      )
      expect(
        worse.indexOf(judged({ sent, cameBack, complained: complained + 1 }).kind),
      ).toBeGreaterThanOrEqual(before)
    }),
  )
})

test('as many refusals for content or reputation in a day as the team has set pause the mailbox', () => {
  expect([isBlockedTooOften(4, 5), isBlockedTooOften(5, 5)]).toEqual([false, true])
})

test('rules that cannot be meant are refused with the number', () => {
  expect(rulesProblem(REPUTATION_RULES)).toBeUndefined()
  expect(rulesProblem({ ...REPUTATION_RULES, windowDays: 31 })).toContain('31 days')
  expect(rulesProblem({ ...REPUTATION_RULES, warnPct: 12 })).toContain('12 %')
  expect(rulesProblem({ ...REPUTATION_RULES, minVolume: 0 })).toContain('is 0')
})
