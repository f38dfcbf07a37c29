/** What an A/B test shows, with how much certainty, and that no winner is declared early. */
import { expect, test } from 'vitest'
import { AB_DELIVERED_MIN, compare, estimate } from '../../src/core/ab-test.ts'
import { seededRandom } from '../../src/random.ts'

test.each([
  // Published values of the Wilson score interval: Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])('%i of %i lies between %d and %d with 95 percent certainty', (n, of, low, high) => {
  const got = estimate(n, of)
  expect(got.rate).toBe(n / of)
  expect(got.low).toBeCloseTo(low, 4)
  expect(got.high).toBeCloseTo(high, 4)
})

test('without a single email there is no rate, and it may be anything', () => {
  expect(estimate(0, 0)).toEqual({ n: 0, of: 0, rate: null, low: 0, high: 1 })
})

const arms = (...of: [number, number][]) =>
  of.map(([n, sent], i) => ({ name: 'ABC'[i]!, replied: estimate(n, sent) }))

test('nothing is said before each wording has its least number of emails, however far apart they look', () => {
  const verdict = compare(arms([60, 600], [0, AB_DELIVERED_MIN - 1]))
  expect(verdict.state).toBe('too_few')
  expect(verdict.sentence).toBe(
    'No difference shown yet: each wording needs 200 delivered emails, B has 199.',
  )
})

test('while the intervals overlap no difference is shown, in words', () => {
  const verdict = compare(arms([12, 400], [20, 400]))
  expect(verdict.state).toBe('no_difference')
  expect(verdict.sentence).toContain('No difference shown yet')
  expect(verdict.sentence).toContain('A 1.7 % to 5.2 %')
})

test('a wording whose interval lies above all others is said to be answered more often', () => {
  expect(compare(arms([12, 400], [48, 400], [10, 400]))).toMatchObject({ state: 'difference', leader: 'B' })
  expect(compare(arms([12, 400], [48, 400], [40, 400])).state).toBe('no_difference')
})

test('two equal wordings, looked at after every email, are rarely called different', () => {
  const random = seededRandom('equal wordings')
  const [tests, until, rate] = [300, 2_000, 0.05]
  let wrong = 0
  for (let i = 0; i < tests; i++) {
    const replied: [number, number] = [0, 0]
    for (let sent = 1; sent <= until; sent++) {
      for (const arm of [0, 1] as const) if (random.next() < rate) replied[arm]++
      if (compare(arms([replied[0], sent], [replied[1], sent])).state !== 'difference') continue
      wrong++
      break
    }
  }
  console.log(`${wrong} of ${tests} pairs of equal wordings were called different`)
  expect(wrong / tests).toBeLessThan(0.06)
})
