/** A failed seed in words: how to replay it, what broke, and what happened last. */
import type { Outcome } from './world.ts'

const SHOWN_MAX = 8

export function report({ seed, violations, activities, simulatedDays, turns }: Outcome): string {
  const shown = [...new Set(violations.map((violation) => `- ${violation.message}`))].slice(0, SHOWN_MAX)
  const more = violations.length > SHOWN_MAX ? [`  and ${violations.length - SHOWN_MAX} more`] : []
  return [
    `seed ${seed} broke an invariant after ${simulatedDays} simulated days (${turns} turns). Replay: SEED=${seed} npx vitest run test/sim`,
    ...shown,
    ...more,
    'The stories of whom it names, then the last activities of all:',
    ...activities,
  ].join('\n')
}

export function summary(outcomes: readonly Outcome[], seconds: number): string {
  const sum = (of: (outcome: Outcome) => number) => outcomes.reduce((all, one) => all + of(one), 0)
  const [emails, turns] = [sum((one) => one.accepted), sum((one) => one.turns)]
  return `${outcomes.length} seeds in ${seconds.toFixed(0)} s: ${emails} emails, ${turns} turns, ${sum((one) => one.simulatedDays)} simulated days`
}
