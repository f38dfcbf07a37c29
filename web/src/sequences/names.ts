/** What a sequence is called on the page. */
import type { Sequence } from '../lib/sequence-types.ts'

export const titleOf = (sequence: Pick<Sequence, 'name'>) => sequence.name?.trim() || 'Untitled sequence'
