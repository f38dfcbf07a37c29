/**
 * The fence after a restore: notices that this database is not the one this deployment last wrote to, and keeps it from sending until an
 * operator says so (ENGINE section 11). What was last written is remembered outside of the database, in the data directory.
 */
import { type FileHandle, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { type Clock, type Instant, MINUTE } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Log } from '../log.ts'
import { at, kysely } from './db.ts'
import { isUnavailable } from './unavailable.ts'

const MEMORY_FILE = 'deployment.json'
/** How often the counter is raised: a backup older than this is noticed as such. */
const REMEMBER_EVERY_MS = MINUTE

interface Identity {
  /** Of the PostgreSQL cluster, and its line of history: a restored standby or clone has another. */
  systemIdentifier: string
  timeline: number
  counter: number
}

/** Which file holds a memory, as its file system knows it: whatever copies a file makes another. */
interface FileIdentity {
  inode: string
  /** Nanoseconds since 1970; 0 where the file system does not say. */
  bornAt: string
}

interface Memory extends Identity {
  file?: FileIdentity
}

interface Known extends Identity {
  /** The memory lies in another file than the one it was written to. */
  copied: boolean
}

interface Present extends Identity {
  fencedReason: string | null
  ledgerEmpty: boolean
}

async function readPresent(db: Db): Promise<Present> {
  const { rows } = await sql<Present>`
    select (select system_identifier::text from pg_control_system()) as "systemIdentifier",
      (select timeline_id from pg_control_checkpoint()) as timeline,
      write_counter as counter, fenced_reason as "fencedReason",
      not exists (select from messages) as "ledgerEmpty"
    from deployment`.execute(kysely(db))
  return rows[0]!
}

/** Null when there is none, or none that can be read: then the database decides whether that is a beginning. */
async function recall(dataDir: string): Promise<Known | null> {
  try {
    await using file = await open(join(dataDir, MEMORY_FILE))
    const { file: written, ...identity } = JSON.parse(await file.readFile('utf8')) as Memory
    return { ...identity, copied: written !== undefined && isOther(written, await identityOf(file)) }
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

async function identityOf(file: FileHandle): Promise<FileIdentity> {
  const { ino, birthtimeNs } = await file.stat({ bigint: true })
  return { inode: String(ino), bornAt: String(birthtimeNs) }
}

/** By its birth, where the file system tells it: ext4 gives the number of a deleted file to the next one. */
function isOther(written: FileIdentity, found: FileIdentity): boolean {
  const isBirthKnown = written.bornAt !== '0' && found.bornAt !== '0'
  return isBirthKnown ? written.bornAt !== found.bornAt : written.inode !== found.inode
}

/** Written beside, then renamed: a crash leaves the old or the new memory, never half of one. */
async function remember(dataDir: string, identity: Identity): Promise<void> {
  const path = join(dataDir, MEMORY_FILE)
  const beside = `${path}.${identity.counter}.new`
  const file = await open(beside, 'w', 0o600)
  try {
    const memory: Memory = { ...identity, file: await identityOf(file) }
    await file.writeFile(`${JSON.stringify(memory)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(beside, path)
}

/** Why this database is not the one that was last written to; null when it is. */
function differenceOf(present: Present, known: Known | null, ownServer: boolean): string | null {
  if (known === null)
    return present.ledgerEmpty
      ? null
      : 'This deployment does not know the database, and mails were already sent from it: it was restored or copied.'
  if (known.systemIdentifier !== present.systemIdentifier)
    return 'The database belongs to another server: it was restored or copied.'
  if (ownServer && known.copied && !present.ledgerEmpty)
    return 'The data directory was copied, or put back from a backup: mails may have been sent since, or elsewhere.'
  if (known.timeline > present.timeline)
    return 'The database stands on an older line of its history: a failover or restore lost what was written since.'
  if (known.counter > present.counter)
    return 'The database is older than what this deployment last wrote: it was restored from a backup.'
  return null
}

export interface Remembering {
  stop(): Promise<void>
}

export interface Watching {
  dataDir: string
  /** The database lies in the data directory, so that whoever copies the one copies the other. */
  ownServer: boolean
  clock: Clock
  log: Log
}

/**
 * Compares database and memory, fences when they differ, and goes on doing so every minute, remembering what is written meanwhile. Until an
 * operator lifts the fence, the gate `team_fenced` keeps everything from being sent.
 */
export async function watchDeployment(db: Db, o: Watching): Promise<Remembering> {
  await look(db, o)
  const stopping = new AbortController()
  const running = keepLooking(db, { ...o, signal: stopping.signal })
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}

async function keepLooking(db: Db, o: Watching & { signal: AbortSignal }): Promise<void> {
  for (;;) {
    await o.clock.sleep(REMEMBER_EVERY_MS, o.signal)
    if (o.signal.aborted) return
    try {
      await look(db, o)
    } catch (error) {
      if (!isUnavailable(error))
        o.log.error({ err: error }, 'what this deployment wrote could not be remembered')
    }
  }
}

/**
 * The memory is read before the database: another process of this folder may raise the counter in between, and the database must only ever
 * look newer than the memory by that.
 */
async function look(db: Db, o: Watching): Promise<void> {
  const known = await recall(o.dataDir)
  const present = await readPresent(db)
  if (present.fencedReason === null) {
    const difference = differenceOf(present, known, o.ownServer)
    if (difference === null) return raiseAndRemember(db, o.dataDir)
    await fence(db, difference, o.clock.real())
    present.fencedReason = difference
  }
  o.log.error(
    { reason: present.fencedReason },
    'sending is fenced: make sure that no other copy sends, then run: npm run -s segue -- unfence --yes',
  )
}

/**
 * The database first: a crash in between leaves it ahead of the memory, which is no difference. The counter that was raised is nobody else's,
 * so that processes which share the folder do not write to one file.
 */
async function raiseAndRemember(db: Db, dataDir: string): Promise<void> {
  const { rows } = await sql<{ counter: number }>`
    update deployment set write_counter = write_counter + 1 returning write_counter as counter`.execute(
    kysely(db),
  )
  const { systemIdentifier, timeline } = await readPresent(db)
  await remember(dataDir, { systemIdentifier, timeline, counter: rows[0]!.counter })
}

/** Nothing is sent any more until an operator lifts it. The first reason stays. */
export async function fence(db: Db, reason: string, now: Instant): Promise<void> {
  await sql`update deployment set fenced_at = ${at(now)}, fenced_reason = ${reason} where fenced_reason is null`.execute(
    kysely(db),
  )
}

/** Why sending is fenced; null when it is not. */
export async function fencedReason(db: Db): Promise<string | null> {
  return (await readPresent(db)).fencedReason
}

/**
 * Lifts the fence, wakes every mailbox, and remembers this database as ours. The epoch is raised because transaction ids of another
 * server may start lower: cursors order by (epoch, xid).
 */
export async function liftFence(db: Db, { dataDir, now }: { dataDir: string; now: Instant }): Promise<void> {
  await db.transaction(async (tx) => {
    await sql`update deployment set fenced_at = null, fenced_reason = null, epoch = epoch + 1`.execute(
      kysely(tx),
    )
    await sql`
      with ours as (select team_id, id from mailboxes where state = 'connected' order by team_id, id for no key update)
      update mailboxes m set wake_at = least(wake_at, ${at(now)}) from ours where m.team_id = ours.team_id and m.id = ours.id`.execute(
      kysely(tx),
    )
  })
  await raiseAndRemember(db, dataDir)
}
