/** What a person must do: the kinds of tasks. A step's own kind is one, but for the automatic email. */
import type { StepKind } from './sequence.ts'

export type TaskKind = Exclude<StepKind, 'auto_email'>

/** One call makes at most so many at once. */
export const TASKS_AT_ONCE_MAX = 1_000
