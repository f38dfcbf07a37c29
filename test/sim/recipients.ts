/** What the people who receive our mails do with them: answer, bounce, are away, opt out, complain; at a moment that the seed chooses. */
import { DAY, HOUR, type Instant, MINUTE } from '../../src/core/clock.ts'
import type { Random } from '../../src/core/random.ts'
import { seededRandom } from '../../src/random.ts'
import type { Inbox } from './inboxes.ts'
import type { Sending } from './mail-servers.ts'
import * as raw from './raw-mails.ts'
import type { Scheduler } from './scheduler.ts'

/** Out of a thousand accepted mails. */
export const REACTIONS = [
  ['reply', 30],
  ['reply by a colleague', 8],
  ['reply without thread', 6],
  ['automatic reply', 14],
  ['away with a date', 16],
  ['away without a date', 6],
  ['hard bounce', 10],
  ['soft bounce', 14],
  ['blocked', 6],
  ['remove me', 7],
  ['opt-out by mail', 6],
  ['opt-out by page', 6],
  ['complaint', 5],
] as const
export type Reaction = (typeof REACTIONS)[number][0]

/** A mail that must stop something, and whom it concerns. */
export interface StoppingMail {
  kind: 'reply' | 'opt-out' | 'hard bounce' | 'complaint'
  /** Of the mail that was answered. */
  messageId: string
  /** Under which its recipient knows that mail. */
  seenId: string
  address: string
  mailboxId: string
  folderMail: { uid: number; taken: boolean }
  arrivedAt: Instant
}

export interface RecipientsOptions {
  seed: string
  scheduler: Scheduler
  /** Where the answers to this mailbox arrive. */
  inboxOf: (mailboxId: string) => { inbox: Inbox; mailboxId: string }
  count: (fault: string) => void
  /** The public page: acts like the API. */
  optOutByPage: (sending: Sending) => void
}

export class Recipients {
  readonly #options: RecipientsOptions
  /** Addresses that do not exist, and mailboxes that are full. */
  readonly dead = new Set<string>()
  readonly full = new Set<string>()
  readonly stopping: StoppingMail[] = []
  calm = false
  #mails = 0

  constructor(options: RecipientsOptions) {
    this.#options = options
  }

  receive(sending: Sending, seenId: string): void {
    const { seed, scheduler } = this.#options
    const random = seededRandom(`${seed} to ${sending.mail.messageId}`)
    const reaction = this.#reactionTo(sending, random)
    if (reaction === null) return
    scheduler.at(scheduler.now + delayOf(reaction, random), () =>
      this.#react(reaction, { sending, seenId, random }),
    )
  }

  #reactionTo({ mail }: Sending, random: Random): Reaction | null {
    const address = mail.to[0]!.address
    if (this.dead.has(address)) return 'hard bounce'
    if (this.full.has(address)) return 'soft bounce'
    if (this.calm) return null
    let lot = random.next() * 1_000
    for (const [reaction, weight] of REACTIONS) {
      lot -= weight
      if (lot < 0) return reaction
    }
    return null
  }

  #react(reaction: Reaction, o: { sending: Sending; seenId: string; random: Random }): void {
    const { count, optOutByPage, scheduler, inboxOf } = this.#options
    const { sending, seenId, random } = o
    count(`mail: ${reaction}`)
    const address = sending.mail.to[0]!.address
    if (reaction === 'hard bounce') this.dead.add(address)
    if (reaction === 'opt-out by page') {
      optOutByPage(sending)
      return
    }
    const id = `in${++this.#mails}`
    const at = scheduler.now
    const source = this.#sourceOf(reaction, { answer: { original: sending.mail, seenId, id, at }, random })
    if (!source) return
    const { inbox, mailboxId } = inboxOf(sending.mailboxId)
    const folderMail = inbox.put('INBOX', source, at)
    const kind = STOPPING[reaction]
    const { messageId } = sending.mail
    // Where the server gave the mail an id of its own and its answer was lost, nobody can prove what is answered.
    const isKnown = seenId === messageId || sending.told === 'accepted'
    if (kind && isKnown)
      this.stopping.push({ kind, messageId, seenId, address, mailboxId, folderMail, arrivedAt: at })
  }

  #sourceOf(
    reaction: Reaction,
    { answer, random }: { answer: raw.Answer; random: Random },
  ): Uint8Array | undefined {
    const address = answer.original.to[0]!.address
    switch (reaction) {
      case 'reply':
        return raw.reply(answer)
      case 'reply by a colleague':
        return raw.reply(answer, `boss@${address.split('@')[1]}`)
      case 'reply without thread':
        return raw.replyWithoutThread(answer)
      case 'automatic reply':
        return raw.ticket(answer)
      case 'away with a date':
        return raw.away(
          answer,
          new Date(answer.at + (1 + Math.floor(random.next() * 6)) * DAY).toISOString().slice(0, 10),
        )
      case 'away without a date':
        return raw.away(answer, null)
      case 'hard bounce':
        return raw.bounce(answer, 'hard')
      case 'soft bounce':
        return raw.bounce(answer, 'soft')
      case 'blocked':
        return raw.bounce(answer, 'blocked')
      case 'remove me':
        return raw.removeMe(answer)
      case 'opt-out by mail':
        return raw.mailtoOptOut(answer)
      case 'complaint':
        return raw.complaint(answer)
      case 'opt-out by page':
        return undefined
    }
  }
}

const STOPPING: Partial<Record<Reaction, StoppingMail['kind']>> = {
  reply: 'reply',
  'reply by a colleague': 'reply',
  'remove me': 'opt-out',
  'opt-out by mail': 'opt-out',
  'hard bounce': 'hard bounce',
  complaint: 'complaint',
}

/** Machines answer within minutes, people within days. */
function delayOf(reaction: Reaction, random: Random): number {
  const machine = [
    'automatic reply',
    'away with a date',
    'away without a date',
    'hard bounce',
    'soft bounce',
    'blocked',
  ]
  const most = machine.includes(reaction) ? 10 * MINUTE : random.next() < 0.4 ? HOUR : 3 * DAY
  return Math.round(2_000 + random.next() * most)
}
