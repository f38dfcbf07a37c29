/** What a person must do: the kinds of tasks. A step's own kind is one, but for the automatic email. */
import { STEP_KINDS, type StepKind } from './sequence.ts'

export type TaskKind = Exclude<StepKind, 'auto_email'>
export const TASK_KINDS = STEP_KINDS.filter((kind): kind is TaskKind => kind !== 'auto_email')

/** One call makes at most so many at once. */
export const TASKS_AT_ONCE_MAX = 1_000
