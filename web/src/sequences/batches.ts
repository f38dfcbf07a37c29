/** Acting on many people: their ids are read first, then told to the API a batch at a time. */
import type { Skipped } from '../lib/sequence-types.ts'
import { type AddInput, addPeople, type EnrollmentSearch, searchEnrollments } from '../lib/sequences.ts'

/** What one call carries without keeping people waiting for its answer. */
export const BATCH = 500

export async function allMatching(search: EnrollmentSearch): Promise<string[]> {
  const ids: string[] = []
  for (let page = 1; ; page++) {
    const { enrollments, pagination } = await searchEnrollments({ ...search, page })
    ids.push(...enrollments.map((row) => row.contact.id))
    if (page >= pagination.total_pages || enrollments.length === 0) return ids
  }
}

export async function inBatches(
  ids: readonly string[],
  act: (batch: string[]) => Promise<unknown>,
  onProgress: (part: number) => void,
) {
  for (let from = 0; from < ids.length; from += BATCH) {
    await act(ids.slice(from, from + BATCH))
    onProgress(Math.min(1, (from + BATCH) / ids.length))
  }
}

export interface Added {
  added: number
  /** Of those added: who received emails of this sequence before; they begin again, or go on after what they received. */
  receivedBefore: number
  goOn: boolean
  skipped: Skipped[]
}

interface Adding {
  sequenceId: string
  ids: readonly string[]
  options: Omit<AddInput, 'contact_ids'>
  onProgress: (part: number) => void
}

/** Adds many people; the answers of the batches are put together. */
export async function addInBatches({ sequenceId, ids, options, onProgress }: Adding): Promise<Added> {
  const sum: Added = { added: 0, receivedBefore: 0, goOn: options.start_after_received ?? false, skipped: [] }
  const add = async (batch: string[]) => {
    const answer = await addPeople(sequenceId, { ...options, contact_ids: batch })
    sum.added += answer.contacts.length
    sum.receivedBefore += answer.received_before.length
    sum.skipped.push(...answer.skipped_contacts)
  }
  await inBatches(ids, add, onProgress)
  return sum
}
