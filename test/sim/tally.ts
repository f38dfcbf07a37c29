/** How often each fault and each gate occurred in a run of seeds; a run in which one never did has tested less than it says. */
import { GATES } from '../../src/core/gates.ts'

export class Tally {
  readonly counts = new Map<string, number>()

  count(what: string, n = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + n)
  }

  add(other: ReadonlyMap<string, number>): void {
    for (const [what, n] of other) this.count(what, n)
  }

  missing(expected: readonly string[]): string[] {
    return expected.filter((what) => !this.counts.has(what))
  }

  toString(): string {
    const rows = [...this.counts].sort(([a], [b]) => (a < b ? -1 : 1))
    return rows.map(([what, n]) => `${String(n).padStart(9)}  ${what}`).join('\n')
  }
}

/** Every verdict of a gate that says "closed" is counted from now on; returns what ends that. */
export function countGates(count: (what: string) => void): () => void {
  type Law = (typeof GATES)[number]
  const laws = GATES as unknown as { name: string; judge: Law['judge'] }[]
  const judges = laws.map((law) => law.judge)
  for (const law of laws) {
    const { judge } = law
    law.judge = (facts, now) => {
      const verdict = judge(facts, now)
      if (verdict) count(`gate: ${law.name}`)
      return verdict
    }
  }
  return () => {
    for (const [i, law] of laws.entries()) law.judge = judges[i]!
  }
}

/**
 * Never met by a claim, which reads only active enrollments that are due; and one that takes a step deleted in the seconds in which its
 * email is on the wire, and a server that defers it: `test/engine/skipped-steps.test.ts` makes that happen. Nor one that takes somebody who is
 * added in the very moment of their deletion: `test/when-things-change/deleted-contact.test.ts`.
 */
const NEVER_CLAIMED = ['enrollment_active', 'step_present', 'contact_present']

export const EXPECTED_GATES = GATES.map((law) => law.name)
  .filter((name) => !NEVER_CLAIMED.includes(name))
  .map((name) => `gate: ${name}`)
