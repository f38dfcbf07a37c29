/**
 * Reads the team's mailboxes: whichever poll is due, whichever a follow-up waits for, whichever server announces new mail. Keeps a
 * bounded number of connections open; the rest is opened for each poll. What a mail means is `inbound.ts`.
 */
import type { Clock, Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import type { Log } from '../log.ts'
import type { MailboxAccess, MailPort, Reader } from '../mail/port.ts'
import {
  anyWanted,
  leaseForReading,
  type MailboxToRead,
  type ReadingLease,
  releaseLeases,
  renewLeases,
} from '../store/reading.ts'
import { mayPass } from '../store/unavailable.ts'
import { takeMail } from './inbound.ts'
import { LEASE_MS, noteProblem, type ReadingTools, readMailbox } from './read-mailbox.ts'

/** Reads under way at once, each with at most 8 MB of mail in hand. A server that hangs keeps one of them for a minute or two. */
const READS_AT_ONCE_MAX = 8
/** Open connections that wait for mail, of the busiest mailboxes; the others are polled, and read just before each of their follow-ups. Each costs a socket and about 0.3 MB; servers allow few per account (Gmail 15), and we use one. */
const CONNECTIONS_MAX = 200
/** How soon a follow-up's wish to have its inbox read is noticed, unless `poke` says so. */
const LOOK_EVERY_MS = 250
/** Renewing the leases of open connections: often enough to miss one and keep them. */
const HEARTBEAT_EVERY_MS = LEASE_MS / 3
/** After a connection that waited for mail broke: soon, since follow-ups must not rest on what was read before. */
const READ_AFTER_BREAK_MS = 500
/** After a database error. */
const TRY_AGAIN_MS = 1_000
/** How often `idle` looks. */
const SETTLE_MS = 5

export interface ReadingOptions {
  /** The claim pool. */
  db: Db
  mail: Pick<MailPort, 'openReader'>
  /** How a mailbox is reached, with its secrets opened. Throws with a sentence when they cannot be. */
  access: (team: TeamId, mailboxId: Id) => Promise<MailboxAccess>
  clock: Clock
  random: Random
  log: Log
  /** A read came to its end and woke its mailboxes: the engine looks at once. */
  onRead?: () => void
  /** Default: CONNECTIONS_MAX. */
  connectionsMax?: number
}

export interface ReadingHandle {
  /** Ends after the mail in hand; closes all connections and gives the leases back. */
  stop(): Promise<void>
  /** Resolves when nothing is being read and no follow-up waits for a read. */
  idle(): Promise<void>
  /** Look now: a read is wanted, or the clock has moved. */
  poke(): void
}

export function startReading(options: ReadingOptions): ReadingHandle {
  const inboxes = new Inboxes(options)
  const running = inboxes.run()
  return {
    stop: () => inboxes.stop(running),
    idle: () => inboxes.idle(),
    poke: () => inboxes.poke(),
  }
}

interface Connection {
  reader: Reader
  lease: ReadingLease
  /** Of the mailbox row when the connection was opened. */
  rev: number
  /** How busy its mailbox was at its last read. */
  sends: number
  /** Ends the waiting for mail, so that the connection can read; false when it broke meanwhile and is closed. */
  stopWaiting: () => Promise<boolean>
}

class Stopped extends Error {
  override readonly name = 'Stopped'
}

class Inboxes {
  readonly #options: ReadingOptions
  readonly #tools: ReadingTools
  readonly #stopping = new AbortController()
  readonly #connections = new Map<Id, Connection>()
  readonly #reads = new Map<Id, Promise<void>>()
  /** Their servers have announced mail. */
  readonly #eager = new Set<Id>()
  #nap = new AbortController()
  #looking = false
  /** Reads under way whose connection stays open afterwards. */
  #keeping = 0
  #renewAt: Instant = 0

  constructor(options: ReadingOptions) {
    this.#options = options
    this.#tools = {
      ...options,
      take: async (mailbox, mail) => {
        if (this.#stopping.signal.aborted) throw new Stopped()
        await takeMail(options, mailbox, mail)
      },
    }
  }

  poke(): void {
    this.#nap.abort()
  }

  async run(): Promise<void> {
    const { clock, log } = this.#options
    const { signal } = this.#stopping
    while (!signal.aborted) {
      this.#nap = new AbortController()
      let pauseMs = LOOK_EVERY_MS
      try {
        await this.#keepLeases()
        await this.#look()
      } catch (error) {
        log.warn({ err: error }, 'mailboxes cannot be looked at for now; trying again')
        pauseMs = TRY_AGAIN_MS
      }
      await clock.sleep(pauseMs, AbortSignal.any([signal, this.#nap.signal]))
    }
  }

  /** The heartbeat of the connections that wait. One whose lease somebody else has is closed. */
  async #keepLeases(): Promise<void> {
    const { db, clock } = this.#options
    const real = clock.real()
    if (real < this.#renewAt) return
    const until = real + LEASE_MS
    const waiting = [...this.#connections.values()]
    const renewed = await renewLeases(db, this.#waiting(), until)
    for (const connection of waiting) {
      if (renewed.has(connection.lease.id)) connection.lease.busyUntil = until
      else if (await connection.stopWaiting()) await this.#drop(connection)
    }
    this.#renewAt = real + HEARTBEAT_EVERY_MS
  }

  #waiting(): ReadingLease[] {
    return [...this.#connections.values()].map(({ lease }) => lease)
  }

  async #look(): Promise<void> {
    const { db, clock } = this.#options
    const limit = READS_AT_ONCE_MAX - this.#reads.size
    if (limit <= 0) return
    this.#looking = true
    try {
      const real = clock.real()
      const [held, eager, reading] = [this.#waiting(), [...this.#eager], [...this.#reads.keys()]]
      const now = clock.now()
      const due = await leaseForReading(db, {
        real,
        now,
        until: real + LEASE_MS,
        limit,
        held,
        eager,
        reading,
      })
      for (const mailbox of due) this.#begin(mailbox)
    } finally {
      this.#looking = false
    }
  }

  #begin(mailbox: MailboxToRead): void {
    this.#eager.delete(mailbox.id)
    const read = this.#read(mailbox)
      .catch((error) => this.#failed(mailbox, error))
      .finally(() => {
        this.#reads.delete(mailbox.id)
        this.poke()
      })
    this.#reads.set(mailbox.id, read)
  }

  async #read(mailbox: MailboxToRead): Promise<void> {
    const waiting = this.#connections.get(mailbox.id)
    this.#connections.delete(mailbox.id)
    // The connection may have broken while it waited.
    const open = (await waiting?.stopWaiting()) ?? false
    const reader = await this.#readerFor(mailbox, open ? waiting! : null)
    if (reader === null) return
    if (open) this.#keeping++
    const keep = open || (await this.#makeRoom(mailbox.sends))
    let kept = false
    try {
      const reading = await readMailbox(this.#tools, { mailbox, reader, keep })
      if (reading.kind === 'read') this.#options.onRead?.()
      if (reading.kind !== 'read' || reading.lease === null) return
      if (this.#stopping.signal.aborted) return await this.#release([reading.lease])
      this.#wait({ reader, lease: reading.lease, rev: mailbox.rev, sends: mailbox.sends })
      kept = true
    } finally {
      if (keep) this.#keeping--
      if (!kept) await reader.close()
    }
  }

  /** A busier mailbox takes the place of the least busy one, which is polled from now on. */
  async #makeRoom(sends: number): Promise<boolean> {
    const max = this.#options.connectionsMax ?? CONNECTIONS_MAX
    // Taken at once: reads that end together must not all find the same place.
    if (this.#connections.size + this.#keeping < max) {
      this.#keeping++
      return true
    }
    const [least] = [...this.#connections.values()].sort((a, b) => a.sends - b.sends)
    if (!least || least.sends >= sends) return false
    this.#connections.delete(least.lease.id)
    this.#keeping++
    if (await least.stopWaiting()) await this.#drop(least)
    return true
  }

  /** The connection that waited; another one when a person has changed meanwhile how the mailbox is reached. */
  async #readerFor(mailbox: MailboxToRead, waiting: Connection | null): Promise<Reader | null> {
    if (waiting?.rev === mailbox.rev) return waiting.reader
    await waiting?.reader.close()
    return this.#open(mailbox)
  }

  async #open(mailbox: MailboxToRead): Promise<Reader | null> {
    const { mail, access } = this.#options
    try {
      const reader = mail.openReader(await access(mailbox.team, mailbox.id))
      if (reader !== null) return reader
      await noteProblem(this.#tools, mailbox, { mailbox, problem: `${mailbox.address} has no IMAP server.` })
    } catch (error) {
      if (mayPass(error)) throw error
      const problem = error instanceof Error ? error.message : String(error)
      await noteProblem(this.#tools, mailbox, { mailbox, problem })
    }
    return null
  }

  /** Waits on the open connection until the server announces mail, or the next read needs it. */
  #wait({ reader, lease, rev, sends }: Omit<Connection, 'stopWaiting'>): void {
    const waiting = new AbortController()
    const broken = async () => {
      await this.#drop(connection, this.#options.clock.real() + READ_AFTER_BREAK_MS)
      this.poke()
      return false
    }
    const waited = reader.waitForMail(waiting.signal).then((result) => {
      if (result.kind !== 'mail' && result.kind !== 'aborted') return broken()
      if (result.kind === 'mail') this.#eager.add(lease.id)
      this.poke()
      return true
    }, broken)
    const stopWaiting = () => {
      waiting.abort()
      return waited
    }
    const connection: Connection = { reader, lease, rev, sends, stopWaiting }
    this.#connections.set(lease.id, connection)
  }

  /** A connection that broke, or whose mailbox somebody else reads: the next read opens another. */
  async #drop({ reader, lease }: Connection, readAgainAt: Instant | null = null): Promise<void> {
    this.#connections.delete(lease.id)
    this.#eager.delete(lease.id)
    await reader.close()
    await this.#release([lease], readAgainAt)
  }

  /** Best effort: a lease that cannot be given back lapses by itself. */
  async #release(leases: readonly ReadingLease[], readAgainAt: Instant | null = null): Promise<void> {
    const { db, log } = this.#options
    await releaseLeases(db, leases, { readAgainAt }).catch((error) =>
      log.debug({ err: error }, 'reading leases were left to lapse'),
    )
  }

  /** The database was away, or we have a bug: the lease lapses or is given back, nothing was passed over. */
  async #failed(mailbox: MailboxToRead, error: unknown): Promise<void> {
    const { log } = this.#options
    if (error instanceof Stopped) return this.#release([mailbox])
    if (mayPass(error)) {
      const sentence = `${mailbox.address} could not be read to its end; trying again`
      log.warn({ mailbox: mailbox.id, err: error }, sentence)
      return this.#release([mailbox])
    }
    log.error({ mailbox: mailbox.id, err: error }, `a fault of Segue while reading ${mailbox.address}`)
    const words = error instanceof Error ? error.message : String(error)
    const problem = `Segue met a fault of its own while reading ${mailbox.address} (${words}). Report it; it tries again every minute.`
    await noteProblem(this.#tools, mailbox, { mailbox, problem }).catch((second) =>
      log.error({ err: second }, 'a reading problem could not be written down'),
    )
  }

  async idle(): Promise<void> {
    const { db, clock } = this.#options
    while (this.#looking || this.#reads.size > 0 || this.#eager.size > 0 || (await anyWanted(db))) {
      if (this.#stopping.signal.aborted) return
      this.poke()
      await clock.sleep(SETTLE_MS)
    }
  }

  async stop(running: Promise<void>): Promise<void> {
    this.#stopping.abort()
    await running
    await Promise.all(this.#reads.values())
    const leases = this.#waiting()
    const connections = [...this.#connections.values()]
    this.#connections.clear()
    await Promise.all(
      connections.map(async ({ stopWaiting, reader }) => {
        if (await stopWaiting()) await reader.close()
      }),
    )
    await this.#release(leases)
  }
}
