/** Chance: the machine's, and the seeded stream that a run replays from. */
import { expect, test } from 'vitest'
import { seededRandom, systemRandom } from '../src/random.ts'

test('the same seed gives the same stream, on every machine and in every version', () => {
  const random = seededRandom('2027-03-14')
  const stream = [random.next(), random.next(), random.hex(4)]
  const again = seededRandom('2027-03-14')
  expect([again.next(), again.next(), again.hex(4)]).toEqual(stream)
  expect(stream).toEqual([0.3558998117223382, 0.87389667914249, '35832a68'])
})

test('another seed gives another stream', () => {
  expect(seededRandom('a').hex(16)).not.toBe(seededRandom('b').hex(16))
})

test('numbers lie in [0, 1) and spread over it', () => {
  for (const random of [seededRandom('spread'), systemRandom()]) {
    const tenths = Array<number>(10).fill(0)
    for (let i = 0; i < 10_000; i++) tenths[Math.floor(random.next() * 10)]!++
    // 1,000 each; six standard deviations are 180.
    for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(180)
  }
})

test('hex has two letters for each byte', () => {
  for (const random of [seededRandom('hex'), systemRandom()]) expect(random.hex(12)).toMatch(/^[0-9a-f]{24}$/)
})
