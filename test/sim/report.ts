/** A failed seed in words: how to replay it, what broke, and what happened last. */
import { TIMES } from './database.ts'
import { PROF } from './scheduler.ts'
import type { Outcome } from './world.ts'

const SHOWN_MAX = 8

export function report({ seed, violations, activities, simulatedDays, turns }: Outcome): string {
  const shown = [...new Set(violations.map((violation) => `- ${violation.message}`))].slice(0, SHOWN_MAX)
  const more = violations.length > SHOWN_MAX ? [`  and ${violations.length - SHOWN_MAX} more`] : []
  if (process.env['PROF']) console.log([...PROF].sort((a, b) => b[1] - a[1]).slice(0, 10).map(([k, n]) => `${n} ${k}`).join('\n'), [...TIMES].sort((a, b) => b[1][1] - a[1][1]).slice(0, 40).map(([k, [n, t]]) => `${t.toFixed(0)} ms ${n} ${(t/n).toFixed(2)} ${k}`).join('\n'), [...TIMES].reduce((a, [, [, t]]) => a + t, 0))
  return [
    `seed ${seed} broke an invariant after ${simulatedDays} simulated days (${turns} turns). Replay: SEED=${seed} npx vitest run test/sim`,
    ...shown,
    ...more,
    'The last activities:',
    ...activities,
  ].join('\n')
}
