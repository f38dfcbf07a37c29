/**
 * Deals the wordings of A/B tests among what a claim has found, in the order in which it decides. Whoever deals holds the mailboxes' rows, so that
 * no two claims deal from one count; what was dealt is counted with the message itself (`store/variant-deals.ts`).
 */
import type { Db } from '../core/db.ts'
import type { TeamId } from '../core/ids.ts'
import { nextWording } from '../core/wording-deal.ts'
import type { DueEnrollment } from '../store/due-enrollments.ts'
import { lockedRevs } from '../store/locks.ts'
import { type Hand, handName, readHands } from '../store/variant-deals.ts'

export interface Dealing {
  hands: Hands
  /** Whoever is still as the claim has read them. */
  due: DueEnrollment[]
  changed: DueEnrollment[]
}

/**
 * Locks the enrollments where any is dealt to: one that slipped away between the deal and its lease would leave a gap in the order. All that
 * were found, so that writing what is decided about the others locks none out of order. The locks of mailboxes and counters come before.
 */
export async function deal(tx: Db, team: TeamId, found: readonly DueEnrollment[]): Promise<Dealing> {
  const tested = found.filter((one) => one.choices.length > 0)
  if (tested.length === 0) return { hands: new Hands(new Map()), due: [...found], changed: [] }
  const revs = await lockedRevs(
    tx,
    team,
    found.map((one) => one.facts.enrollment.id),
  )
  const changed = tested.filter((one) => revs.get(one.facts.enrollment.id) !== one.rev)
  const due = found.filter((one) => !changed.includes(one))
  const wanted = new Map(
    tested.map(({ stepId, mailboxId, choices }) => {
      const shares = choices.map(({ facts, weight }) => ({ id: facts.step.variant!.id, weight }))
      return [handName({ stepId, mailboxId }), { stepId, mailboxId, shares }]
    }),
  )
  return { hands: new Hands(await readHands(tx, { team, hands: [...wanted.values()] })), due, changed }
}

export class Hands {
  readonly #hands: ReadonlyMap<string, Hand>

  constructor(hands: ReadonlyMap<string, Hand>) {
    this.#hands = hands
  }

  /** The enrollment with the wording that it is dealt, if its email is written now. */
  pick(due: DueEnrollment): DueEnrollment {
    const hand = this.#handOf(due)
    if (hand === null) return due
    const id = nextWording(hand.shares, hand.dealt)
    const choice = due.choices.find(({ facts }) => facts.step.variant!.id === id)!
    const { round, shares } = hand
    return { ...due, ...choice, dealRound: round, deal: { round, shares } }
  }

  /** Its email is written. */
  take(due: DueEnrollment): void {
    const hand = this.#handOf(due)
    if (hand === null) return
    const { id } = due.facts.step.variant!
    hand.dealt.set(id, hand.dealt.get(id)! + 1)
  }

  #handOf(due: DueEnrollment): Hand | null {
    return due.choices.length === 0 ? null : (this.#hands.get(handName(due)) ?? null)
  }
}
