/** Wordings of an A/B test are dealt evenly by their weights, after every single email. */
import { expect, test } from 'vitest'
import { isDealt, nextWording, type Share, WEIGHT_MAX } from '../../src/core/wording-deal.ts'
import { seededRandom } from '../../src/random.ts'

const sharesOf = (...weights: number[]): Share[] => weights.map((weight, i) => ({ id: `v${i}`, weight }))

function dealOne(shares: readonly Share[], dealt: Map<string, number>): string {
  const id = nextWording(shares, dealt)
  dealt.set(id, (dealt.get(id) ?? 0) + 1)
  return id
}

/** How far the wording that is furthest off is from its share. */
function offBy(shares: readonly Share[], dealt: ReadonlyMap<string, number>): number {
  const total = shares.reduce((sum, one) => sum + one.weight, 0)
  const n = [...dealt.values()].reduce((sum, one) => sum + one, 0)
  return Math.max(...shares.map(({ id, weight }) => Math.abs((dealt.get(id) ?? 0) - (n * weight) / total)))
}

test('two wordings of equal weight take turns', () => {
  const dealt = new Map<string, number>()
  expect(Array.from({ length: 6 }, () => dealOne(sharesOf(1, 1), dealt))).toEqual([
    'v0',
    'v1',
    'v0',
    'v1',
    'v0',
    'v1',
  ])
})

test('after any number of emails each wording is within one of its weighted share, whatever the weights', () => {
  const random = seededRandom('wording deal')
  const upTo = (n: number) => 1 + Math.floor(random.next() * n)
  for (let round = 0; round < 300; round++) {
    const largest = [3, 10, WEIGHT_MAX][round % 3]!
    const shares = sharesOf(
      ...Array.from({ length: 1 + upTo(round % 10 === 0 ? 19 : 5) }, () => upTo(largest)),
    )
    const dealt = new Map<string, number>()
    for (let n = 1; n <= 400; n++) {
      dealOne(shares, dealt)
      expect(offBy(shares, dealt), `${shares.map((one) => one.weight)} after ${n}`).toBeLessThan(1)
    }
  }
})

test('what was dealt in vain is made up for first', () => {
  const shares = sharesOf(1, 1)
  const dealt = new Map([
    ['v0', 5],
    ['v1', 2],
  ])
  expect(Array.from({ length: 4 }, () => dealOne(shares, dealt))).toEqual(['v1', 'v1', 'v1', 'v0'])
})

test('a wording that is switched off, or was not reviewed, is not dealt', () => {
  expect(isDealt({ approved: true, weight: 1 })).toBe(true)
  expect(isDealt({ approved: true, weight: 0 })).toBe(false)
  expect(isDealt({ approved: false, weight: 1 })).toBe(false)
})
