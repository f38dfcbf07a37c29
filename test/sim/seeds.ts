/** Which seeds run: named ones that once found a bug, then numbers. SEED=name replays one; SEEDS=1000 runs that many. */

/** Each found a bug; what it was. */
export const NAMED_SEEDS: Readonly<Record<string, string>> = {}

/** Enough that every fault and every gate occurs, and as much as a test run may take on one core. */
const SEEDS_BY_DEFAULT = 12
/** In CI seeds go on for so long. */
const CI_BUDGET_MS = 240_000

export interface Plan {
  seeds: string[]
  /** Ends early when so much real time has passed; null: every seed. */
  budgetMs: number | null
  /** One seed alone need not meet every fault. */
  expectsAll: boolean
}

export function planOf(env: Readonly<Record<string, string | undefined>>): Plan {
  const numbered = (n: number) => [...Object.keys(NAMED_SEEDS), ...Array.from({ length: n }, (_, i) => String(i + 1))]
  if (env['SEED']) return { seeds: env['SEED'].split(','), budgetMs: null, expectsAll: false }
  if (env['SEEDS']) return { seeds: numbered(Number(env['SEEDS'])), budgetMs: null, expectsAll: true }
  if (env['SEGUE_CI']) return { seeds: numbered(10_000), budgetMs: CI_BUDGET_MS, expectsAll: true }
  return { seeds: numbered(SEEDS_BY_DEFAULT), budgetMs: null, expectsAll: true }
}
