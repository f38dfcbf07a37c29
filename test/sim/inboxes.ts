/** The incoming side of a scripted mail server: folders with UIDs, a reader that may be refused or cut off, and announcements of new mail. */
import { DAY, type Instant, SECOND } from '../../src/core/clock.ts'
import type {
  FetchedMail,
  FolderCursor,
  FolderRole,
  Reader,
  ReadFailure,
  ReadResult,
  WaitResult,
} from '../../src/mail/port.ts'
import type { MailWorld } from './mail-servers.ts'
import type { Actor } from './scheduler.ts'

interface Stored {
  uid: number
  raw: Uint8Array
  arrivedAt: Instant
  /** Set once a reader's `onMail` for it has returned. */
  taken: boolean
}

type FolderName = 'INBOX' | 'Sent'

class Folder {
  readonly role: FolderRole
  uidValidity = 1
  mails: Stored[] = []
  #nextUid = 1

  constructor(role: FolderRole) {
    this.role = role
  }

  add(raw: Uint8Array, arrivedAt: Instant): Stored {
    const mail = { uid: this.#nextUid++, raw, arrivedAt, taken: false }
    this.mails.push(mail)
    return mail
  }

  renumber(): void {
    this.uidValidity++
    this.#nextUid = 1
    for (const mail of this.mails) mail.uid = this.#nextUid++
  }

  get lastUid(): number {
    return this.#nextUid - 1
  }
}

/** Of so many reads one is cut off in the middle. */
const CUT_ONE_IN = 40
/** A renumbered folder is read again from this long before it was last read, as the real reader does. */
const BEFORE_RENUMBERING_MS = DAY

export class Inbox {
  readonly #world: MailWorld
  readonly folders: Record<FolderName, Folder> = { INBOX: new Folder('inbox'), Sent: new Folder('sent') }
  awayUntil: Instant = Number.NEGATIVE_INFINITY
  refusesLoginUntil: Instant = Number.NEGATIVE_INFINITY
  calm = false
  /** When the last read that reached the end began. */
  readAt: Instant | null = null
  readonly #waiting = new Set<(result: WaitResult) => void>()
  #reads = 0

  constructor(world: MailWorld) {
    this.#world = world
  }

  put(folder: FolderName, raw: Uint8Array, at: Instant): Stored {
    const mail = this.folders[folder].add(raw, at)
    if (folder === 'INBOX') this.#announce({ kind: 'mail' })
    this.#world.scheduler.stir()
    return mail
  }

  goAway(until: Instant): void {
    this.awayUntil = until
    this.#announce({ kind: 'unreachable', detail: 'connection closed', cause: 'closed' })
  }

  refuseLogin(until: Instant): void {
    this.refusesLoginUntil = until
    this.#announce({ kind: 'unauthenticated', detail: 'AUTHENTICATIONFAILED' })
  }

  renumber(): void {
    for (const folder of Object.values(this.folders)) folder.renumber()
  }

  get hasUnread(): boolean {
    return Object.values(this.folders).some((folder) => folder.mails.some((mail) => !mail.taken))
  }

  get isReachable(): boolean {
    const { now } = this.#world.scheduler
    return this.awayUntil <= now && this.refusesLoginUntil <= now
  }

  reader(actor: Actor): Reader {
    return {
      readAll: (cursors, now, onMail) => this.#readAll(actor, { cursors, now, onMail }),
      waitForMail: (signal) => this.#waitForMail(actor, signal),
      appendSent: async (raw, messageId) => {
        await this.#world.scheduler.pause(actor, SECOND)
        const failure = this.#failure()
        if (failure) return failure
        if (this.#find(messageId)) return { kind: 'already_there' }
        this.put('Sent', raw, this.#world.scheduler.now)
        return { kind: 'filed' }
      },
      findByMessageId: async (_role, messageId) => {
        await this.#world.scheduler.pause(actor, SECOND)
        const failure = this.#failure()
        if (failure) return failure
        const found = this.#find(messageId)
        const { uidValidity } = this.folders.Sent
        return found
          ? { kind: 'found', mail: { folder: 'Sent', uid: found.uid, uidValidity } }
          : { kind: 'not_found' }
      },
      close: () => Promise.resolve(),
    }
  }

  #find(messageId: string): Stored | undefined {
    return this.folders.Sent.mails.find(({ raw }) => Buffer.from(raw).includes(messageId))
  }

  #announce(result: WaitResult): void {
    for (const tell of this.#waiting) tell(result)
  }

  #failure(): ReadFailure | null {
    const { now } = this.#world.scheduler
    if (this.awayUntil > now) return { kind: 'unreachable', detail: 'connection refused', cause: 'refused' }
    if (this.refusesLoginUntil > now) return { kind: 'unauthenticated', detail: 'AUTHENTICATIONFAILED' }
    return null
  }

  async #readAll(actor: Actor, o: Reading): Promise<ReadResult> {
    const { scheduler, count } = this.#world
    await scheduler.pause(actor, 50)
    const startedAt = scheduler.now
    const failure = this.#failure()
    if (failure) {
      count(failure.kind === 'unreachable' ? 'IMAP: away' : 'IMAP: login refused')
      return { ...failure, cursors: [...o.cursors], mails: 0 }
    }
    const cut = !this.calm && ++this.#reads % CUT_ONE_IN === 0
    const cursors: FolderCursor[] = []
    const renumbered: string[] = []
    let mails = 0
    for (const name of ['INBOX', 'Sent'] as const) {
      const folder = this.folders[name]
      const cursor = o.cursors.find((one) => one.folder === name)
      if (cursor && cursor.uidValidity !== folder.uidValidity) renumbered.push(name)
      for (const mail of this.#unread(folder, cursor)) {
        await o.onMail(fetched(name, folder, { mail, maybeSeen: renumbered.includes(name) }))
        mail.taken = true
        mails++
        if (cut) {
          count('IMAP: cut off in a read')
          return { kind: 'unreachable', detail: 'connection closed', cause: 'closed', cursors, mails }
        }
      }
      const { uidValidity, role } = folder
      const lastUid = Math.max(folder.lastUid, 0)
      cursors.push({ folder: name, role, uidValidity, lastUid, readAt: o.now })
    }
    // Also what a process took that died before it could say so: the cursor is behind it.
    for (const folder of Object.values(this.folders)) for (const mail of folder.mails) mail.taken = true
    this.readAt = startedAt
    return { kind: 'read', cursors, mails, renumbered }
  }

  /** What a reader is handed: nothing for a folder it has never seen, which starts at its end. Also what arrives meanwhile. */
  *#unread(folder: Folder, cursor: FolderCursor | undefined): Generator<Stored> {
    if (!cursor) return
    const isRenumbered = cursor.uidValidity !== folder.uidValidity
    for (let i = 0; i < folder.mails.length; i++) {
      const mail = folder.mails[i]!
      const isNew = isRenumbered
        ? mail.arrivedAt >= cursor.readAt - BEFORE_RENUMBERING_MS
        : mail.uid > cursor.lastUid
      if (isNew) yield mail
    }
  }

  #waitForMail(actor: Actor, signal: AbortSignal): Promise<WaitResult> {
    if (signal.aborted) return Promise.resolve({ kind: 'aborted' })
    const failure = this.#failure()
    if (failure) return Promise.resolve(failure)
    return new Promise((resolve) => {
      const tell = (result: WaitResult) => {
        this.#waiting.delete(tell)
        signal.removeEventListener('abort', abort)
        if (!actor.dead) resolve(result)
      }
      const abort = () => tell({ kind: 'aborted' })
      this.#waiting.add(tell)
      signal.addEventListener('abort', abort, { once: true })
    })
  }
}

interface Reading {
  cursors: readonly FolderCursor[]
  now: Instant
  onMail: (mail: FetchedMail) => Promise<void>
}

function fetched(
  name: string,
  folder: Folder,
  { mail, maybeSeen }: { mail: Stored; maybeSeen: boolean },
): FetchedMail {
  const { raw, uid, arrivedAt } = mail
  const { role, uidValidity } = folder
  const size = raw.length
  return {
    folder: name,
    role,
    uidValidity,
    uid,
    internalDate: arrivedAt,
    raw,
    size,
    truncated: false,
    maybeSeen,
  }
}
