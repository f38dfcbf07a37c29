/**
 * Sending for one leased mailbox: a few connections kept open while it has mail to send. It transmits and reports; it never retries a
 * mail that the server has seen, and never decides.
 */
import type { Clock } from '../core/clock.ts'
import { composeRaw, envelopeAddress, recipientsOf } from './compose.ts'
import {
  type Endpoint,
  MAIL_TIMEOUTS,
  type MailTimeouts,
  type OutgoingMail,
  type Sender,
  type SendOutcome,
} from './port.ts'
import { SmtpLink, type Transfer } from './smtp-connection.ts'

/** Two connections serve any mailbox limit, and stay below what Gmail (10) and Microsoft 365 (3) allow. */
const CONNECTIONS_MAX = 2
/** Servers end long sessions (Postfix after 100 mails by default). */
const MAILS_PER_CONNECTION_MAX = 90
/** Submission servers close idle sessions after 1 to 5 minutes; leaving first avoids losing the race. */
const IDLE_MS = 30_000
/** RFC 5321 4.5.3.1.8: servers must take at least 100 recipients; more is a mistake of ours. */
const RECIPIENTS_MAX = 100

export interface SmtpOptions {
  clock: Clock
  connections?: number
  timeouts?: MailTimeouts
}

type OpenFailure = Extract<SendOutcome, { kind: 'unreachable' | 'unauthenticated' }>

export class SmtpSender implements Sender {
  private readonly endpoint: Endpoint
  private readonly clock: Clock
  private readonly limit: number
  private readonly timeouts: MailTimeouts
  private readonly idle = new Map<SmtpLink, AbortController>()
  private readonly waiting: (() => void)[] = []
  private readonly running = new Set<Promise<unknown>>()
  private busy = 0
  private closed = false

  constructor(endpoint: Endpoint, options: SmtpOptions) {
    this.endpoint = endpoint
    this.clock = options.clock
    this.limit = options.connections ?? CONNECTIONS_MAX
    this.timeouts = options.timeouts ?? MAIL_TIMEOUTS
  }

  /** Throws only for a mail that cannot be composed, before any connection is used. */
  async send(mail: OutgoingMail, mark: () => Promise<boolean>): Promise<SendOutcome> {
    const raw = await composeRaw(mail)
    const { to, all } = recipientsOf(mail)
    if (all.length > RECIPIENTS_MAX) throw new Error(`a mail to ${all.length} recipients`)
    const transfer = { envelopeFrom: envelopeAddress(mail.envelopeFrom), to, recipients: all, raw, mark }
    const run = this.deliver(transfer)
    this.running.add(run)
    return run.finally(() => this.running.delete(run))
  }

  async close(): Promise<void> {
    this.closed = true
    await Promise.allSettled(this.running)
    for (const link of [...this.idle.keys()]) this.retire(link)
  }

  private async deliver(transfer: Transfer): Promise<SendOutcome> {
    await this.turn()
    try {
      const kept = this.takeIdle()
      let asked = false
      const mark = () => {
        asked = true
        return transfer.mark()
      }
      const first = kept ? await this.transferOn(kept, { ...transfer, mark }) : null
      if (first && (asked || !this.isStale(first))) return first
      const fresh = await SmtpLink.open(this.endpoint, this.timeouts)
      return fresh instanceof SmtpLink
        ? await this.transferOn(fresh, transfer)
        : (fresh satisfies OpenFailure)
    } finally {
      this.busy--
      this.waiting.shift()?.()
    }
  }

  /** A kept session that its server has ended, or whose token has ended: nothing was asked, so a fresh one may try. */
  private isStale(outcome: SendOutcome): boolean {
    if (outcome.kind === 'unauthenticated') return this.endpoint.oauth !== undefined
    return outcome.kind === 'unreachable' && outcome.cause === 'closed'
  }

  private async transferOn(link: SmtpLink, transfer: Transfer): Promise<SendOutcome> {
    const outcome = await link.transfer(transfer)
    if (!link.alive) return outcome
    if (this.closed || link.transfers >= MAILS_PER_CONNECTION_MAX) link.quit()
    else this.keep(link)
    return outcome
  }

  private async turn(): Promise<void> {
    while (this.busy >= this.limit) await new Promise<void>((resolve) => this.waiting.push(resolve))
    this.busy++
  }

  private takeIdle(): SmtpLink | null {
    for (const [link, timer] of this.idle) {
      timer.abort()
      this.idle.delete(link)
      if (link.alive) return link
    }
    return null
  }

  private keep(link: SmtpLink): void {
    const timer = new AbortController()
    this.idle.set(link, timer)
    void this.clock.sleep(IDLE_MS, timer.signal).then(() => {
      if (!timer.signal.aborted) this.retire(link)
    })
  }

  private retire(link: SmtpLink): void {
    this.idle.get(link)?.abort()
    this.idle.delete(link)
    link.quit()
  }
}
