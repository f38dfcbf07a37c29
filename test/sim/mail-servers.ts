/**
 * The mail servers of the world, scripted: each accepts, defers, refuses, hangs or breaks at the moment the seed says, and remembers what
 * it really took. They implement the mail port; what the recipients do with a mail is `recipients.ts`.
 */
import { type Instant, MINUTE, SECOND } from '../../src/core/clock.ts'
import type { MailboxAccess, MailPort, OutgoingMail, Sender, SendOutcome } from '../../src/mail/port.ts'
import { seededRandom } from '../../src/random.ts'
import { Inbox } from './inboxes.ts'
import { sentCopy } from './raw-mails.ts'
import type { Actor, Scheduler } from './scheduler.ts'

/** One granted mark, as the world saw it: from here on the mail may be out. */
export interface Sending {
  mailboxId: string
  mail: OutgoingMail
  worker: string
  markedAt: Instant
  /** What the receiving side knows; `open` until the dialogue is over. */
  truth: 'open' | 'accepted' | 'not accepted'
  /** What the sending process was told; null while it waits, or for ever if it died. */
  told: SendOutcome['kind'] | null
  acceptedAt: Instant | null
}

export interface MailWorld {
  seed: string
  scheduler: Scheduler
  count: (fault: string) => void
  /** Called when our mark has said yes, before the body goes. */
  onMark: (sending: Sending) => Promise<void>
  onAccepted: (sending: Sending, seenId: string) => void
}

export interface ServerTraits {
  mailboxId: string
  address: string
  keepsMessageId: boolean
  filesSentCopy: boolean
}

/** The outgoing and incoming server of one mailbox. */
export class MailServer {
  readonly traits: ServerTraits
  readonly inbox: Inbox
  smtpAwayUntil = Number.NEGATIVE_INFINITY
  smtpRefusesLoginUntil = Number.NEGATIVE_INFINITY

  constructor(world: MailWorld, traits: ServerTraits) {
    this.traits = traits
    this.inbox = new Inbox(world)
  }
}

/** Out of a thousand attempts; the rest is accepted. */
export const FATES = [
  ['recipient refused', 14],
  ['recipient deferred', 25],
  ['sender deferred', 8],
  ['hangs before DATA', 8],
  ['unreachable', 14],
  ['content refused', 4],
  ['broken before the dot', 14],
  ['accepted, answer lost', 12],
  ['not accepted, answer lost', 8],
  ['deferred after the dot', 12],
  ['refused after the dot', 5],
  ['answers late', 12],
] as const
type Fate = (typeof FATES)[number][0] | 'accepted'

export class MailServers {
  readonly world: MailWorld
  readonly servers = new Map<string, MailServer>()
  readonly sendings: Sending[] = []
  readonly #attempts = new Map<string, number>()
  calm = false

  constructor(world: MailWorld) {
    this.world = world
  }

  add(traits: ServerTraits): MailServer {
    const server = new MailServer(this.world, traits)
    this.servers.set(traits.mailboxId, server)
    return server
  }

  /** A port of one process: what it awaits is its turns. */
  portOf(actor: Actor): MailPort {
    return {
      openSender: (access) => this.#sender(actor, this.#serverOf(access)),
      openReader: (access) => this.#serverOf(access).inbox.reader(actor),
      check: () => Promise.reject(new Error('no mailbox is checked in the simulator')),
    }
  }

  /** The host of an access is the id of its mailbox. */
  #serverOf(access: MailboxAccess): MailServer {
    const host = access.kind === 'server' ? access.smtp.host : access.mailboxId
    const server = this.servers.get(host)
    if (!server) throw new Error(`no server for ${host}`)
    return server
  }

  #sender(actor: Actor, server: MailServer): Sender {
    return {
      send: (mail, mark) => this.#send(actor, { server, mail, mark }),
      close: () => Promise.resolve(),
    }
  }

  #fateOf(mail: OutgoingMail): { fate: Fate; delay: (from: number, to: number) => number } {
    const attempt = (this.#attempts.get(mail.messageId) ?? 0) + 1
    this.#attempts.set(mail.messageId, attempt)
    const random = seededRandom(`${this.world.seed} ${mail.messageId} ${attempt}`)
    const delay = (from: number, to: number) => Math.round(from + random.next() * (to - from))
    if (this.calm) return { fate: 'accepted', delay }
    let lot = random.next() * 1_000
    for (const [fate, weight] of FATES) {
      lot -= weight
      if (lot < 0) return { fate, delay }
    }
    return { fate: 'accepted', delay }
  }

  async #send(actor: Actor, o: Attempt): Promise<SendOutcome> {
    const { scheduler, count } = this.world
    const { fate, delay } = this.#fateOf(o.mail)
    await scheduler.pause(actor, delay(20, 3 * SECOND))
    const refused = await this.#beforeData(actor, o.server, fate)
    if (refused) {
      count(`SMTP: ${refused.fault}`)
      return refused.outcome
    }
    let mayGo: boolean
    try {
      mayGo = await o.mark()
    } catch (error) {
      return { kind: 'refused_mark', error }
    }
    if (!mayGo) {
      count('the mark was refused')
      return { kind: 'refused_mark' }
    }
    const sending = await this.#granted(actor, o)
    await scheduler.pause(actor, delay(10, 2 * SECOND))
    const outcome = await this.#data(actor, { ...o, sending, fate, delay })
    sending.told = outcome.kind
    return outcome
  }

  async #granted(actor: Actor, { server, mail }: Attempt): Promise<Sending> {
    const { scheduler, onMark } = this.world
    const { mailboxId } = server.traits
    const started = { truth: 'open', told: null, acceptedAt: null } as const
    const sending: Sending = { mailboxId, mail, worker: actor.name, markedAt: scheduler.now, ...started }
    this.sendings.push(sending)
    // A process that dies before the dot has sent nothing.
    void actor.end.then(() => {
      if (sending.truth === 'open') sending.truth = 'not accepted'
    })
    await scheduler.look(() => onMark(sending))
    return sending
  }

  /** What ends an attempt before our mark is asked. */
  async #beforeData(
    actor: Actor,
    server: MailServer,
    fate: Fate,
  ): Promise<{ fault: string; outcome: SendOutcome } | null> {
    const { scheduler } = this.world
    const end = (fault: string, outcome: SendOutcome) => ({ fault, outcome })
    if (server.smtpAwayUntil > scheduler.now)
      return end('server away', {
        kind: 'unreachable',
        detail: 'connection refused',
        stage: 'connect',
        cause: 'refused',
      })
    if (server.smtpRefusesLoginUntil > scheduler.now)
      return end('login refused', {
        kind: 'unauthenticated',
        reply: '535 5.7.8 Authentication credentials invalid',
      })
    switch (fate) {
      case 'unreachable':
        return end(fate, { kind: 'unreachable', detail: 'ECONNRESET', stage: 'connect', cause: 'network' })
      case 'hangs before DATA':
        await scheduler.pause(actor, 2 * MINUTE)
        return end(fate, {
          kind: 'unreachable',
          detail: 'no answer to MAIL',
          stage: 'mail',
          cause: 'timeout',
        })
      case 'sender deferred':
        return end(fate, deferral('mail', '451 4.7.1 Try again later'))
      case 'recipient deferred':
        return end(fate, deferral('rcpt', '450 4.2.0 Greylisted'))
      case 'recipient refused':
        return end(fate, refusal('rcpt', '550 5.1.1 No such user'))
      case 'content refused':
        return end(fate, refusal('data', '554 5.7.1 Not accepted from here'))
      default:
        return null
    }
  }

  async #data(
    actor: Actor,
    o: Attempt & { sending: Sending; fate: Fate; delay: Delay },
  ): Promise<SendOutcome> {
    const { scheduler, count } = this.world
    const { fate, sending, delay } = o
    if (fate !== 'accepted') count(`SMTP: ${fate}`)
    switch (fate) {
      case 'broken before the dot':
        sending.truth = 'not accepted'
        return { kind: 'unreachable', detail: 'connection closed', stage: 'data', cause: 'closed' }
      case 'not accepted, answer lost':
        sending.truth = 'not accepted'
        await scheduler.pause(actor, delay(SECOND, MINUTE))
        return { kind: 'unknown', detail: 'no answer after the dot' }
      case 'deferred after the dot':
        sending.truth = 'not accepted'
        return deferral('final', '452 4.3.1 Insufficient system storage')
      case 'refused after the dot':
        sending.truth = 'not accepted'
        return refusal('final', '554 5.7.1 Message rejected')
      default:
        return this.#accept(actor, o)
    }
  }

  /** Another one each time: a relay does not know that it had the mail before. */
  #ownId(messageId: string): string {
    const times = this.sendings.filter((one) => one.mail.messageId === messageId && one.truth === 'accepted')
    return `<srv-${messageId.slice(1, 13)}-${times.length}@relay.example>`
  }

  async #accept(
    actor: Actor,
    o: Attempt & { sending: Sending; fate: Fate; delay: Delay },
  ): Promise<SendOutcome> {
    const { scheduler, onAccepted, count } = this.world
    const { fate, sending, server, mail, delay } = o
    const { keepsMessageId, filesSentCopy, address } = server.traits
    sending.truth = 'accepted'
    sending.acceptedAt = scheduler.now
    const seenId = keepsMessageId ? mail.messageId : this.#ownId(mail.messageId)
    if (filesSentCopy) {
      const copy = {
        id: seenId,
        from: address,
        to: mail.to[0]!.address,
        subject: mail.subject,
        at: scheduler.now,
      }
      server.inbox.put('Sent', sentCopy(copy), scheduler.now)
    }
    onAccepted(sending, seenId)
    if (fate === 'accepted, answer lost') {
      await scheduler.pause(actor, 10 * MINUTE)
      return { kind: 'unknown', detail: 'no answer after the dot' }
    }
    await scheduler.pause(actor, fate === 'answers late' ? delay(2 * MINUTE, 9 * MINUTE) : delay(5, SECOND))
    if (actor.dead) count('worker killed after the dot')
    const accepted = { kind: 'accepted' as const, reply: '250 2.0.0 Ok', refusedCopies: [] }
    return keepsMessageId ? accepted : { ...accepted, serverMessageId: seenId }
  }
}

type Delay = (from: number, to: number) => number

interface Attempt {
  server: MailServer
  mail: OutgoingMail
  mark: () => Promise<boolean>
}

type Stage = 'mail' | 'rcpt' | 'data' | 'final'

function answer(stage: Stage, reply: string) {
  const [code, enhanced] = reply.split(' ')
  return { reply, code: Number(code), enhanced: enhanced!, stage, recipients: [] }
}

function deferral(stage: Stage, reply: string): SendOutcome {
  return { kind: 'deferred', ...answer(stage, reply) }
}

function refusal(stage: Stage, reply: string): SendOutcome {
  return { kind: 'rejected', ...answer(stage, reply) }
}
