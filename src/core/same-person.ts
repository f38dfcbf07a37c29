/**
 * Of several enrollments of one person in one sequence, which goes on: contacts were merged, or somebody has the address of another contact
 * now. Decides; ends nothing.
 */
import { type EnrollmentState, LIVE } from './enrollment.ts'
import type { Id } from './ids.ts'

export interface Standing {
  id: Id
  sequenceId: Id
  contactId: Id
  state: EnrollmentState
  /** Of the step it stands on, or stood on last; 0: of none. */
  stepPosition: number
  /** Emails that left, or may have. */
  sent: number
}

/**
 * Who has come to the end of a sequence, or was stopped in it, is not brought back into it; what failed stands behind what is alive, since a
 * failure is of an address or a mailbox and not of the person.
 */
const ORDER: Record<EnrollmentState, number> = { finished: 2, active: 1, paused: 1, failed: 0 }

export interface MergePlan {
  /** Live ones that end, since the person goes on elsewhere. */
  ending: Id[]
  /** Those behind another one of the same contact: one of each sequence is shown. */
  hiding: Id[]
}

/**
 * Per sequence the most advanced stays: by its state, then by the step it reached, then by what was sent; of equals the kept contact's.
 * `taken` are the sequences in which yet another contact with the kept one's address is: nobody joins them there. Those of the kept contact
 * that were there already are not asked, unless its address is new (`newAddress`).
 */
export function planMerge(
  standings: readonly Standing[],
  { keptId, taken, newAddress }: { keptId: Id; taken: ReadonlySet<Id>; newAddress: boolean },
): MergePlan {
  const plan: MergePlan = { ending: [], hiding: [] }
  const bySequence = Map.groupBy(standings, (one) => one.sequenceId)
  for (const [sequenceId, all] of bySequence) {
    const [first, ...others] = all.toSorted((a, b) => further(a, b, keptId))
    const joins = first!.contactId !== keptId || newAddress
    const ending = taken.has(sequenceId) && joins ? all : others
    plan.ending.push(...ending.filter((one) => LIVE.includes(one.state)).map((one) => one.id))
    plan.hiding.push(...others.map((one) => one.id))
  }
  return { ending: plan.ending.sort(), hiding: plan.hiding.sort() }
}

function further(a: Standing, b: Standing, keptId: Id): number {
  const own = (one: Standing) => Number(one.contactId === keptId)
  return (
    ORDER[b.state] - ORDER[a.state] ||
    b.stepPosition - a.stepPosition ||
    b.sent - a.sent ||
    own(b) - own(a) ||
    (a.id < b.id ? -1 : 1)
  )
}
