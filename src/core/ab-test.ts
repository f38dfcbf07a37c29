/**
 * What an A/B test shows: how sure each rate is, and whether one wording is answered more often than the others. Says nothing early: chance alone
 * makes one of two equal wordings look twice as good for a while, and people look every day.
 */

export interface Estimate {
  n: number
  of: number
  /** Fractions; null while there is nothing to divide by. */
  rate: number | null
  low: number
  high: number
}

/** 95 % of the normal distribution lie within as many standard deviations. */
const Z = 1.959964

/** The Wilson score interval of 95 % (Wilson 1927): unlike rate ± 1.96 errors it holds for rates near 0, which rates of answers are. */
export function estimate(n: number, of: number): Estimate {
  if (of <= 0) return { n, of: 0, rate: null, low: 0, high: 1 }
  const p = n / of
  const spread = Z * Math.sqrt((p * (1 - p)) / of + (Z * Z) / (4 * of * of))
  const [middle, scale] = [p + (Z * Z) / (2 * of), 1 + (Z * Z) / of]
  return {
    n,
    of,
    rate: p,
    low: Math.max(0, (middle - spread) / scale),
    high: Math.min(1, (middle + spread) / scale),
  }
}

/**
 * Delivered emails that each wording needs before two are compared. At 3 to 5 % answers, which is usual, 200 emails are 6 to 10 answers: with
 * fewer a single one more or less changes the picture. From there on a difference counts only when the intervals do not touch, which is stricter
 * than a test at 5 % (about 0.6 % at a single look), since somebody who looks after every email tests hundreds of times: of pairs of equal
 * wordings, looked at after each of 2,000 emails, about four in a hundred are ever called different (measured in test/core/ab-test.test.ts).
 */
export const AB_DELIVERED_MIN = 200

export interface Arm {
  /** As people see it: A, B. */
  name: string
  replied: Estimate
}

export type Verdict =
  | { state: 'too_few'; sentence: string }
  | { state: 'no_difference'; sentence: string }
  | { state: 'difference'; leader: string; sentence: string }

/** `arms`: the wordings that are switched on. */
export function compare(arms: readonly Arm[]): Verdict {
  const few = arms.filter((one) => one.replied.of < AB_DELIVERED_MIN)
  if (few.length > 0) {
    const have = few.map((one) => `${one.name} has ${one.replied.of}`).join(', ')
    return {
      state: 'too_few',
      sentence: `No difference shown yet: each wording needs ${AB_DELIVERED_MIN} delivered emails, ${have}.`,
    }
  }
  const sorted = [...arms].sort((a, b) => b.replied.low - a.replied.low)
  const [best, ...others] = sorted
  const said = sorted.map(({ name, replied }) => `${name} ${between(replied)}`).join(', ')
  if (!best || others.some((one) => one.replied.high >= best.replied.low))
    return {
      state: 'no_difference',
      sentence: `No difference shown yet: the true reply rates lie between these with 95 % certainty, and they overlap: ${said}.`,
    }
  return {
    state: 'difference',
    leader: best.name,
    sentence: `${best.name} is answered more often: ${said}, with 95 % certainty each.`,
  }
}

const percent = (rate: number) => `${(rate * 100).toFixed(1)} %`
const between = ({ low, high }: Estimate) => `${percent(low)} to ${percent(high)}`
