/**
 * Files a copy of each accepted email in the Sent folder of mailboxes whose server does not. Sending never waits for it, and a copy that
 * cannot be filed is tried again later; it never sends anything.
 */
import type { Clock } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Log } from '../log.ts'
import type { MailboxAccess, MailPort, Reader } from '../mail/port.ts'
import { fileSentCopy } from '../mail/sent-copy.ts'
import { readOutgoing } from '../store/claimed-messages.ts'
import { clearSentCopies, type SentCopy, takeSentCopies } from '../store/sent-copies.ts'
import { isUnavailable } from '../store/unavailable.ts'
import type { MailFiles } from './mail-files.ts'
import { outgoingMail } from './send-step.ts'

const LOOK_EVERY_MS = 1_000
/** Mailboxes at once, each with one connection. A server that hangs keeps its place for a minute or two. */
const MAILBOXES_AT_ONCE = 8
/** Copies taken at once, of all mailboxes. */
const TAKEN_AT_ONCE = 100

export interface SentCopyOptions {
  /** The claim pool. */
  db: Db
  mail: Pick<MailPort, 'openReader'>
  access: (team: TeamId, mailboxId: Id) => Promise<MailboxAccess>
  clock: Clock
  log: Log
  publicUrl: string | null
  /** The same that sending reads its files through, so that both together stay within its bound. */
  files: MailFiles
}

export function startSentCopies(options: SentCopyOptions): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const running = new Rounds(options).run(stopping.signal)
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}

class Rounds {
  readonly #options: SentCopyOptions
  readonly #filing = new Map<Id, Promise<void>>()

  constructor(options: SentCopyOptions) {
    this.#options = options
  }

  /** Resolves when it was told to stop and the copies in hand are done. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options
    while (!signal.aborted) {
      try {
        await this.#round(signal)
      } catch (error) {
        if (!isUnavailable(error))
          log.error({ bug: 'sent copies', err: error }, 'a round of sent copies failed')
      }
      await clock.sleep(LOOK_EVERY_MS, signal)
    }
    await Promise.all(this.#filing.values())
  }

  async #round(signal: AbortSignal): Promise<void> {
    const { db, clock } = this.#options
    const mailboxes = MAILBOXES_AT_ONCE - this.#filing.size
    if (mailboxes <= 0) return
    const but = [...this.#filing.keys()]
    const taken = await takeSentCopies(db, { now: clock.now(), limit: TAKEN_AT_ONCE, mailboxes, but })
    for (const [mailboxId, copies] of Map.groupBy(taken, (copy) => copy.mailboxId)) {
      const filing = fileCopies(copies, this.#options, signal).finally(() => this.#filing.delete(mailboxId))
      this.#filing.set(mailboxId, filing)
    }
  }
}

/** The copies of one mailbox over one connection. What stays unfiled is due again by itself. */
async function fileCopies(
  copies: readonly SentCopy[],
  options: SentCopyOptions,
  signal: AbortSignal,
): Promise<void> {
  const { mail, access, log } = options
  const { team, mailboxId } = copies[0]!
  let reader: Reader | null = null
  try {
    reader = mail.openReader(await access(team, mailboxId))
    const settled =
      reader === null
        ? copies.map((one) => one.messageId)
        : await file(copies, reader, { ...options, signal })
    await clearSentCopies(options.db, { team, messageIds: settled })
  } catch (error) {
    if (!isUnavailable(error))
      log.warn({ mailboxId, err: error }, 'sent copies could not be filed; trying again later')
  } finally {
    await reader?.close()
  }
}

/** The ids that owe no copy any more: filed, there already, erased, or without a folder to file them in. */
async function file(
  copies: readonly SentCopy[],
  reader: Reader,
  { db, files, publicUrl, log, signal }: SentCopyOptions & { signal: AbortSignal },
): Promise<Id[]> {
  const { team, mailboxId } = copies[0]!
  const ids = copies.map((one) => one.messageId)
  const messages = new Map(
    (await readOutgoing(db, { team, ids, state: 'accepted' })).map((one) => [one.id, one]),
  )
  const settled: Id[] = []
  for (const { messageId, markedAt, seenRfcId } of copies) {
    if (signal.aborted) break
    const message = messages.get(messageId)
    if (message) {
      const asSeen = { ...message, rfcId: seenRfcId ?? message.rfcId }
      const outcome = await files.with({ team, files: message.attachments }, (attachments) =>
        fileSentCopy(reader, {
          ...outgoingMail(asSeen, { publicUrl, now: markedAt, track: null }),
          attachments,
        }),
      )
      if ('detail' in outcome) {
        log.warn(
          { mailboxId, problem: outcome.detail },
          'the Sent folder is out of reach; copies are filed later',
        )
        break
      }
    }
    settled.push(messageId)
  }
  return settled
}
