/**
 * Reading a real mailbox over IMAP, from its cursors to its end, without leaving a trace: folders are opened read-only (EXAMINE) and
 * mails fetched with PEEK. `appendSent` is the only thing that writes.
 */
import type { FetchMessageObject, ImapFlow } from 'imapflow'
import { DAY, HOUR, type Instant } from '../core/clock.ts'
import { connectImap, type Folder, failureOf, foldersOf } from './imap-client.ts'
import {
  type Endpoint,
  type FetchedMail,
  type FolderCursor,
  type FolderRole,
  type FoundMail,
  MAIL_BYTES_READ_MAX,
  MAIL_TIMEOUTS,
  type MailTimeouts,
  type Reader,
  type ReadFailure,
  type ReadResult,
  type WaitResult,
} from './port.ts'

/** Mails held in memory at once: with `MAIL_BYTES_READ_MAX` at most 8 MB per mailbox that is being read. */
const MAILS_AT_ONCE = 8
/** How far before the last reading a renumbered folder is read again: clocks differ, and mail is filed late. */
const RENUMBERED_MARGIN_MS = HOUR
/** SEARCH SINCE compares dates only, in the server's zone: two days earlier misses nothing. */
const SINCE_MARGIN_MS = 2 * DAY

/** One waiting renews IDLE every minute or two and restarts it after each other command; more often means a server that does not wait. */
const IDLE_ROUNDS_MAX = 500

export interface ImapOptions {
  timeouts?: MailTimeouts
  /** Folders that a person picked, by path. */
  picked?: readonly string[]
}

type OnMail = (mail: FetchedMail) => Promise<void>

export class ImapReader implements Reader {
  private readonly endpoint: Endpoint
  private readonly timeouts: MailTimeouts
  private readonly picked: readonly string[]
  private opened: Promise<ImapFlow> | null = null
  private folders: Folder[] = []
  private closed = false

  constructor(endpoint: Endpoint, options: ImapOptions = {}) {
    this.endpoint = endpoint
    this.timeouts = options.timeouts ?? MAIL_TIMEOUTS
    this.picked = options.picked ?? []
  }

  async readAll(cursors: readonly FolderCursor[], now: Instant, onMail: OnMail): Promise<ReadResult> {
    const reached = new Map(cursors.map((cursor) => [cursor.folder, cursor]))
    const renumbered: string[] = []
    let mails = 0
    const counted: OnMail = async (mail) => {
      await calling(onMail(mail))
      mails++
    }
    const failure = await this.trying(async (client) => {
      for (const folder of this.folders) {
        const before = reached.get(folder.path)
        const cursor = before ?? appeared(folder, cursors)
        const after = await readFolder(client, { folder, cursor, now, onMail: counted, reached })
        if (before && before.uidValidity !== after.uidValidity) renumbered.push(folder.path)
        reached.set(folder.path, after)
      }
    })
    const all = [...reached.values()]
    return failure ? { ...failure, cursors: all, mails } : { kind: 'read', cursors: all, mails, renumbered }
  }

  async waitForMail(signal: AbortSignal): Promise<WaitResult> {
    let arrived = false
    const failure = await this.trying(async (client) => {
      const { promise: over, resolve: end } = Promise.withResolvers<void>()
      const onMail = ({ path, count, prevCount }: { path: string; count: number; prevCount: number }) => {
        if (path !== 'INBOX' || count <= prevCount) return
        arrived = true
        end()
      }
      const onAbort = () => end()
      client.on('exists', onMail)
      signal.addEventListener('abort', onAbort)
      try {
        for (let round = 0; !arrived && !signal.aborted; round++) {
          if (round >= IDLE_ROUNDS_MAX) throw new Error('the server ends IDLE again and again')
          await inFolder(client, 'INBOX', async () => undefined)
          if (arrived || signal.aborted) break
          const idle = idleOnce(client)
          // When the waiting is over first, how this IDLE ends is the next command's concern.
          idle.catch(() => undefined)
          await Promise.race([idle, over])
        }
      } finally {
        client.off('exists', onMail)
        signal.removeEventListener('abort', onAbort)
      }
    })
    return failure ?? { kind: arrived ? 'mail' : 'aborted' }
  }

  async appendSent(
    raw: Uint8Array,
    messageId: string,
  ): Promise<{ kind: 'filed' | 'already_there' | 'absent' } | ReadFailure> {
    let kind: 'filed' | 'already_there' | 'absent' = 'absent'
    const failure = await this.trying(async (client) => {
      const sent = this.folders.find(({ role }) => role === 'sent')
      if (!sent) return
      if (await findIn(client, sent, messageId)) {
        kind = 'already_there'
        return
      }
      await client.append(sent.path, raw, ['\\Seen'])
      kind = 'filed'
    })
    return failure ?? { kind }
  }

  async findByMessageId(
    role: FolderRole,
    messageId: string,
  ): Promise<{ kind: 'found'; mail: FoundMail } | { kind: 'not_found' } | ReadFailure> {
    let mail: FoundMail | null = null
    const failure = await this.trying(async (client) => {
      for (const folder of this.folders)
        if (folder.role === role) mail ??= await findIn(client, folder, messageId)
    })
    return failure ?? (mail ? { kind: 'found', mail } : { kind: 'not_found' })
  }

  /** The folders that are read, for the mailbox check. */
  async foldersRead(): Promise<Folder[] | ReadFailure> {
    return (await this.trying(async () => undefined)) ?? this.folders
  }

  async close(): Promise<void> {
    this.closed = true
    const client = await this.opened?.catch(() => null)
    // LOGOUT may hang with the server; closing is enough, nothing is pending.
    client?.close()
  }

  /** Runs on the open connection, or on a new one when it broke. Server failures come back typed; errors of `onMail` are thrown on. */
  private async trying(work: (client: ImapFlow) => Promise<void>): Promise<ReadFailure | null> {
    try {
      await work(await this.client())
      return null
    } catch (error) {
      if (error instanceof CallerError) throw error.cause
      return failureOf(error, this.endpoint)
    }
  }

  private async client(): Promise<ImapFlow> {
    if (this.closed) throw Object.assign(new Error('this reader was closed'), { code: 'NoConnection' })
    const open = await this.opened?.catch(() => null)
    if (open?.usable) return open
    open?.close()
    this.opened = connectImap(this.endpoint, this.timeouts)
    const client = await this.opened
    this.folders = await foldersOf(client, this.picked)
    return client
  }
}

/** One IDLE, ended by the server, by the renewal or by the next command: whoever stops waiting leaves it running until then. */
async function idleOnce(client: ImapFlow): Promise<void> {
  await client.idle({ whenFree: true })
  if (!client.usable) throw Object.assign(new Error('the connection was closed'), { code: 'NoConnection' })
}

/**
 * A folder that appeared after the first reading (many servers make Junk with its first mail) is read from the last time everything
 * was read; in a mailbox that was never read, every folder starts at its end.
 */
function appeared(folder: Folder, cursors: readonly FolderCursor[]): FolderCursor | undefined {
  if (cursors.length === 0) return undefined
  const readAt = Math.min(...cursors.map((cursor) => cursor.readAt))
  return { folder: folder.path, role: folder.role, uidValidity: 0, lastUid: 0, readAt }
}

/** Carries what `onMail` threw past the sorting of server failures. */
class CallerError extends Error {}

async function calling(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (cause) {
    throw new CallerError('the reader of the mails failed', { cause })
  }
}

interface FolderReading {
  folder: Folder
  cursor: FolderCursor | undefined
  now: Instant
  onMail: OnMail
  /** Kept up to date mail by mail, so that a broken connection loses no ground. */
  reached: Map<string, FolderCursor>
}

async function readFolder(client: ImapFlow, reading: FolderReading): Promise<FolderCursor> {
  const { folder, cursor, now, onMail, reached } = reading
  return inFolder(client, folder.path, async ({ uidValidity, uidNext }) => {
    const at = (lastUid: number, readAt: Instant): FolderCursor => ({
      folder: folder.path,
      role: folder.role,
      uidValidity,
      lastUid,
      readAt,
    })
    if (!cursor) return at(uidNext - 1, now)
    const maybeSeen = cursor.uidValidity !== uidValidity
    const uids = maybeSeen
      ? await client.search({ since: new Date(cursor.readAt - SINCE_MARGIN_MS) }, { uid: true })
      : await client.search({ uid: `${cursor.lastUid + 1}:*` }, { uid: true })
    if (!Array.isArray(uids)) throw new Error(`${folder.path}: the server refused SEARCH`)
    // `n:*` names the newest mail even when its UID is below n (RFC 3501 6.4.8).
    const unread = uids.filter((uid) => maybeSeen || uid > cursor.lastUid).sort((a, b) => a - b)
    let lastUid = maybeSeen ? 0 : cursor.lastUid
    for (let start = 0; start < unread.length; start += MAILS_AT_ONCE) {
      for (const one of await fetchSome(client, unread.slice(start, start + MAILS_AT_ONCE))) {
        const mail = asFetched(one, { folder, uidValidity, maybeSeen })
        const isOld = maybeSeen && (mail.internalDate ?? now) < cursor.readAt - RENUMBERED_MARGIN_MS
        if (!isOld) await onMail(mail)
        lastUid = one.uid
        reached.set(folder.path, at(lastUid, cursor.readAt))
      }
    }
    // After a renumbering everything older counts as read; otherwise never beyond what was handed over, so that what came meanwhile is next.
    return at(maybeSeen ? Math.max(lastUid, uidNext - 1) : lastUid, now)
  })
}

async function fetchSome(client: ImapFlow, uids: number[]): Promise<FetchMessageObject[]> {
  const source = { start: 0, maxLength: MAIL_BYTES_READ_MAX }
  const found = await client.fetchAll(
    uids.join(','),
    { uid: true, size: true, internalDate: true, source },
    { uid: true },
  )
  return found.sort((a, b) => a.uid - b.uid)
}

function asFetched(
  one: FetchMessageObject,
  at: { folder: Folder; uidValidity: number; maybeSeen: boolean },
): FetchedMail {
  const raw = one.source ?? Buffer.alloc(0)
  const size = one.size ?? raw.length
  const date = one.internalDate === undefined ? Number.NaN : new Date(one.internalDate).getTime()
  return {
    folder: at.folder.path,
    role: at.folder.role,
    uidValidity: at.uidValidity,
    uid: one.uid,
    internalDate: Number.isNaN(date) ? null : date,
    raw,
    size,
    truncated: raw.length >= MAIL_BYTES_READ_MAX && size > raw.length,
    maybeSeen: at.maybeSeen,
  }
}

/** Opens a folder read-only and brings it up to date: a folder that stayed open tells of new mail only with a command. */
async function inFolder<T>(
  client: ImapFlow,
  path: string,
  work: (state: { uidValidity: number; uidNext: number }) => Promise<T>,
): Promise<T> {
  const lock = await client.getMailboxLock(path, { readOnly: true })
  try {
    await client.noop()
    const { mailbox } = client
    if (!mailbox) throw Object.assign(new Error(`${path} could not be opened`), { code: 'NoConnection' })
    return await work({ uidValidity: Number(mailbox.uidValidity), uidNext: mailbox.uidNext })
  } finally {
    lock.release()
  }
}

async function findIn(client: ImapFlow, folder: Folder, messageId: string): Promise<FoundMail | null> {
  return inFolder(client, folder.path, async ({ uidValidity }) => {
    const uids = await client.search({ header: { 'Message-ID': messageId } }, { uid: true })
    if (!Array.isArray(uids)) throw new Error(`${folder.path}: the server refused SEARCH`)
    const uid = uids.at(-1)
    return uid === undefined ? null : { folder: folder.path, uid, uidValidity }
  })
}
