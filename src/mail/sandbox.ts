/**
 * The sandbox mailbox: a real SMTP server on an ephemeral loopback port inside every process that runs the engine, and a reader over
 * the answers that people write in the page. It keeps nothing itself: rows come and go through the functions it was given.
 */
import { SMTPServer } from 'smtp-server'
import { type Clock, type Instant, SECOND } from '../core/clock.ts'
import type { Random } from '../core/random.ts'
import {
  type FolderCursor,
  MAIL_BYTES_READ_MAX,
  type MailTimeouts,
  type Reader,
  type Sender,
} from './port.ts'
import { SmtpSender } from './smtp.ts'

export { type AnswerKind, type AnswerRequest, answerMail } from './sandbox-answer.ts'

/** What real submission servers take (Gmail: 25 MB). */
const MAIL_BYTES_MAX = 25 * 1_048_576
/** How often the rows are looked at for an answer written in another process; `announce` is at once. */
const LOOK_EVERY_MS = SECOND
/** How long closing waits for connections that are still open. */
const CLOSE_WITHIN_MS = 2 * SECOND
/** The one folder of a sandbox mailbox; it is never renumbered. */
const FOLDER = 'INBOX'
const UID_VALIDITY = 1

export interface SandboxEnvelope {
  mailboxId: string
  from: string
  to: string[]
}

export interface SandboxAnswer {
  /** Grows with every answer of a mailbox. */
  uid: number
  raw: Uint8Array
  writtenAt: Instant
}

export interface SandboxOptions {
  clock: Clock
  random: Random
  timeouts?: MailTimeouts
  /** Commits a mail that was sent; a failure is answered with 451 and the mail counts as not taken. */
  saveReceived: (raw: Buffer, envelope: SandboxEnvelope) => Promise<void>
  /** The answers of a mailbox with a larger uid, in uid order. */
  answersAfter: (mailboxId: string, uid: number) => Promise<SandboxAnswer[]>
  /** Whether a mail with this Message-ID was received: the evidence that settles an unknown send. */
  wasReceived?: (mailboxId: string, messageId: string) => Promise<boolean>
}

export interface Sandbox {
  readonly port: number
  openSender(mailboxId: string): Sender
  openReader(mailboxId: string): Reader
  /** Says that an answer was written in this process, so that waiting readers look at once. */
  announce(): void
  close(): Promise<void>
}

export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  // Other programs on this machine reach the port too: only who knows this password may put mails into the database.
  const password = options.random.hex(16)
  const listeners = new Set<() => void>()
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authMethods: ['PLAIN'],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    closeTimeout: CLOSE_WITHIN_MS,
    size: MAIL_BYTES_MAX,
    banner: 'Segue sandbox',
    onAuth: (auth, _session, done) =>
      auth.password === password
        ? done(null, { user: auth.username ?? '' })
        : done(new Error('only Segue itself may send here')),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        if (stream.sizeExceeded) return done(refused(552, '5.3.4 larger than 25 MB'))
        const { mailFrom, rcptTo } = session.envelope
        const envelope = {
          mailboxId: String(session.user),
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map((one) => one.address),
        }
        options.saveReceived(Buffer.concat(chunks), envelope).then(
          () => done(null, 'queued as sandbox'),
          (error: Error) => done(refused(451, `4.3.0 not saved: ${error.message}`)),
        )
      })
    },
  })
  // A client that goes away in the middle is the client's business; the server goes on.
  server.on('error', () => undefined)
  const port = await listening(server)
  return {
    port,
    openSender: (mailboxId) =>
      new SmtpSender(
        { host: '127.0.0.1', port, tls: 'none', user: mailboxId, password },
        { clock: options.clock, ...(options.timeouts ? { timeouts: options.timeouts } : {}) },
      ),
    openReader: (mailboxId) => sandboxReader(mailboxId, options, listeners),
    announce: () => {
      for (const wake of [...listeners]) wake()
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** The answers as a folder. It starts at its first answer, not at its end: nothing is older than the mailbox. */
function sandboxReader(mailboxId: string, options: SandboxOptions, listeners: Set<() => void>): Reader {
  let lastUid = 0
  return {
    async readAll(cursors, now, onMail) {
      lastUid = cursors.find((one) => one.folder === FOLDER)?.lastUid ?? 0
      let mails = 0
      for (const answer of await options.answersAfter(mailboxId, lastUid)) {
        const raw = answer.raw.subarray(0, MAIL_BYTES_READ_MAX)
        await onMail({
          folder: FOLDER,
          role: 'inbox',
          uidValidity: UID_VALIDITY,
          uid: answer.uid,
          internalDate: answer.writtenAt,
          raw,
          size: answer.raw.length,
          truncated: raw.length < answer.raw.length,
          maybeSeen: false,
        })
        lastUid = answer.uid
        mails++
      }
      const cursor: FolderCursor = {
        folder: FOLDER,
        role: 'inbox',
        uidValidity: UID_VALIDITY,
        lastUid,
        readAt: now,
      }
      return { kind: 'read', cursors: [cursor], mails, renumbered: [] }
    },

    async waitForMail(signal) {
      while (!signal.aborted) {
        if ((await options.answersAfter(mailboxId, lastUid)).length > 0) return { kind: 'mail' }
        await nextLook(options.clock, listeners, signal)
      }
      return { kind: 'aborted' }
    },

    // What was sent is on the sandbox page already.
    appendSent: async () => ({ kind: 'already_there' }),

    async findByMessageId(role, messageId) {
      const found = role === 'sent' && ((await options.wasReceived?.(mailboxId, messageId)) ?? false)
      return found
        ? { kind: 'found', mail: { folder: 'Sent', uid: 0, uidValidity: UID_VALIDITY } }
        : { kind: 'not_found' }
    },

    close: async () => undefined,
  }
}

async function nextLook(clock: Clock, listeners: Set<() => void>, signal: AbortSignal): Promise<void> {
  const woken = new AbortController()
  const wake = () => woken.abort()
  listeners.add(wake)
  await clock.sleep(LOOK_EVERY_MS, AbortSignal.any([signal, woken.signal]))
  listeners.delete(wake)
}

function refused(responseCode: number, words: string): Error {
  return Object.assign(new Error(words), { responseCode })
}

function listening(server: SMTPServer): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    const listener = server.listen(0, '127.0.0.1', () => {
      const address = listener.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })
}
