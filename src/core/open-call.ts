/** Whoever has opened an email of a sequence so often is worth a call, where the sequence says so. Decides only; openings of machines are none. */
import type { EnrollmentState } from './enrollment.ts'

/** As recorded of sequences that were written by hand. */
export const OPENINGS_FOR_CALL = 3

export interface Opened {
  /** By people, of this email. */
  openings: number
  /** Of the sequence; null: the usual one. 0 is the first opening. */
  threshold: number | null
  state: EnrollmentState
  reason: string | null
  removed: boolean
  /** The contact, as people call them. */
  who: string
  subject: string
  stepPosition: number | null
  sequenceName: string | null
}

export interface OpenCall {
  title: string
  note: string
}

/** Came to the end, or followed a link: nobody has decided anything about them. All others that are over were ended for a reason. */
const STILL_WORTH_IT: readonly (string | null)[] = ['completed', 'clicked']

/** A task is one line. */
const TITLE_MAX = 200

/** Null: no call. */
export function callForOpens(opened: Opened): OpenCall | null {
  const { openings, threshold, state, reason, removed, who, subject, stepPosition, sequenceName } = opened
  if (openings < Math.max(1, threshold ?? OPENINGS_FOR_CALL) || removed) return null
  const over = state === 'finished' || state === 'failed'
  if (over && !STILL_WORTH_IT.includes(reason)) return null
  const times = openings === 1 ? 'once' : `${openings} times`
  const step = stepPosition === null ? 'an email' : `step ${stepPosition}`
  return {
    title: `Call ${who}: opened your email ${times}`.slice(0, TITLE_MAX),
    note: `"${subject || 'No subject'}", ${step} of ${sequenceName ?? 'a nameless sequence'}, was opened ${times}. The sequence asks for a call when that happens; it goes on meanwhile.`,
  }
}
