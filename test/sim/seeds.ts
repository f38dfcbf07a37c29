/** Which seeds run: named ones that once found a bug, then numbers. SEED=name replays one; SEEDS=1000 runs that many, from FROM; GO_ON=1 shows every seed that fails. */

/** Each found a bug; what it was. */
export const NAMED_SEEDS: Readonly<Record<string, string>> = {
  '514': 'an email refused for its content twice counted as two',
  '11': 'a daily cap that was set in the middle of a day did not count what had been sent that day',
  '8': 'a bounce that came before the server had told its own Message-ID proved nothing, and the dead address was written to again',
}

/** Enough that every fault and every gate occurs, and as much as a test run may take on one core. */
export const SEEDS_BY_DEFAULT = 8
/** In CI seeds go on for so long. */
const CI_BUDGET_MS = 240_000

export interface Plan {
  seeds: string[]
  /** Ends early when so much real time has passed and the usual number was run; null: every seed. */
  budgetMs: number | null
  /** One seed alone need not meet every fault. */
  expectsAll: boolean
  /** After a seed that failed. */
  goesOn: boolean
  tellsEach: boolean
}

export function planOf(env: Readonly<Record<string, string | undefined>>): Plan {
  const from = Number(env['FROM'] ?? 1)
  const numbered = (n: number) => {
    const numbers = Array.from({ length: n }, (_, i) => String(from + i))
    return [...new Set([...Object.keys(NAMED_SEEDS), ...numbers])]
  }
  const goesOn = env['GO_ON'] !== undefined
  const asked = { budgetMs: null, goesOn, tellsEach: true }
  if (env['SEED']) return { ...asked, seeds: env['SEED'].split(','), expectsAll: false }
  if (env['SEEDS']) return { ...asked, seeds: numbered(Number(env['SEEDS'])), expectsAll: true }
  const short = { goesOn, tellsEach: false, expectsAll: true }
  if (env['SEGUE_CI']) return { ...short, seeds: numbered(10_000), budgetMs: CI_BUDGET_MS }
  return { ...short, seeds: numbered(SEEDS_BY_DEFAULT), budgetMs: null }
}
