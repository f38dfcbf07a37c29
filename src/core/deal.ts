/** Deals new people to several mailboxes by what each has left to give. Whoever got a mailbox stays with it. */
import type { Id } from './ids.ts'

export interface Hand {
  mailboxId: Id
  /** What it may send in 24 hours today: of a young mailbox, what its ramp-up allows. */
  dailyLimit: number
  /** People who already wait for an email from it. */
  waiting: number
}

/**
 * Who sends to the next `count` people: each goes to the mailbox whose queue, in days of its limit, is shortest; equal ones in the
 * order given. A limit of 0 gets nobody unless all are 0.
 */
export function deal(mailboxes: readonly Hand[], count: number): Id[] {
  if (mailboxes.length === 0) throw new Error('nobody to deal to')
  const open = mailboxes.some((one) => one.dailyLimit > 0)
    ? mailboxes.filter((one) => one.dailyLimit > 0)
    : mailboxes
  const queues = open.map((one) => ({ id: one.mailboxId, length: one.waiting, limit: one.dailyLimit || 1 }))
  const dealt: Id[] = []
  for (let i = 0; i < count; i++) {
    let best = queues[0]!
    for (const queue of queues)
      if ((queue.length + 1) / queue.limit < (best.length + 1) / best.limit) best = queue
    best.length++
    dealt.push(best.id)
  }
  return dealt
}

/**
 * `before`: who wrote to each of them until now, null for nobody. Whoever goes on stays with that mailbox, if it is one of these; the
 * others are dealt. Everybody waits in the queue of theirs from then on.
 */
export function dealOrKeep(hands: Hand[], before: readonly (Id | null)[]): Id[] {
  const kept = before.map((id) => (hands.some((hand) => hand.mailboxId === id) ? id : null))
  seat(hands, kept)
  const dealt = deal(hands, kept.filter((id) => id === null).length)
  seat(hands, dealt)
  const next = dealt.values()
  return kept.map((id) => id ?? next.next().value!)
}

function seat(hands: Hand[], ids: readonly (Id | null)[]): void {
  for (const hand of hands) hand.waiting += ids.filter((id) => id === hand.mailboxId).length
}
