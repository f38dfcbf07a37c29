/** The only door to chance: the machine's for real runs, a seeded stream that replays to the letter for tests and `segue replay`. */
import { createHash, randomBytes, randomInt } from 'node:crypto'
import type { Random } from './core/random.ts'

const TWO_TO_32 = 2 ** 32
/** The largest range `randomInt` takes. */
const TWO_TO_48 = 2 ** 48 - 1

export function systemRandom(): Random {
  return {
    next: () => randomInt(TWO_TO_48) / TWO_TO_48,
    hex: (count) => randomBytes(count).toString('hex'),
  }
}

/** sfc32 (Chris Doty-Humphrey, PractRand), its state taken from sha-256 of the seed: the same seed gives the same stream everywhere. */
export function seededRandom(seed: string): Random {
  const digest = createHash('sha256').update(seed).digest()
  let a = digest.readInt32LE(0)
  let b = digest.readInt32LE(4)
  let c = digest.readInt32LE(8)
  let counter = digest.readInt32LE(12)
  const word = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return sum >>> 0
  }
  for (let i = 0; i < 12; i++) word()
  return {
    next: () => word() / TWO_TO_32,
    hex: (count) =>
      Array.from({ length: count }, () => (word() & 255).toString(16).padStart(2, '0')).join(''),
  }
}
