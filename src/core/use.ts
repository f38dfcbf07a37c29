/** Where something that emails share (a snippet, a file) is used, and how that is said. */
import type { Id } from './ids.ts'

export interface Use {
  sequenceId: Id
  sequenceName: string | null
  stepId: Id
  position: number
}

/** Enough to find them; the lists have all. */
const PLACES_SHOWN = 3

/** "step 1 of Spring, step 2 of Autumn and 4 more" */
export function placesInWords(uses: readonly Use[]): string {
  const shown = uses
    .slice(0, PLACES_SHOWN)
    .map((use) => `step ${use.position} of ${use.sequenceName ?? 'a nameless sequence'}`)
  const more = uses.length - shown.length
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
