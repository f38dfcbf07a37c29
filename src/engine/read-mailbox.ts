/**
 * One reading of one mailbox, from its saved cursors to the end of every folder, mail by mail, and what is written down about how it
 * went. Knows nothing of what a mail means; never opens or closes the connection.
 */
import { type Clock, type Instant, MINUTE, SECOND } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { INBOX_ALERT_AFTER_MS } from '../core/gates.ts'
import type { Random } from '../core/random.ts'
import type { Log } from '../log.ts'
import { loginAdvice } from '../mail/login-advice.ts'
import type { FetchedMail, Reader, ReadFailure } from '../mail/port.ts'
import { writeActivities } from '../store/activities.ts'
import { cursorsOf } from '../store/folders.ts'
import {
  alertedSince,
  failReading,
  finishReading,
  type MailboxToRead,
  type ReadingLease,
  renewLeases,
} from '../store/reading.ts'

/** Without an announcement by the server, new mail is noticed within this. */
export const POLL_EVERY_MS = 60 * SECOND
/**
 * A process that died frees its mailboxes after this. Renewed by each mail of a long read, and by a heartbeat while a connection waits;
 * one slow command can outlast it, then two processes read the same mails for a moment, which does no harm.
 */
export const LEASE_MS = 45 * SECOND

export interface ReadingTools {
  db: Db
  clock: Clock
  random: Random
  log: Log
  /** Takes one mail, its effect and its cursor in one transaction. Throws only for what must stop the read. */
  take: (mailbox: MailboxToRead, mail: FetchedMail) => Promise<void>
}

/** `lease`: still ours, to be renewed while the connection waits; null: given back. */
export type Reading =
  | { kind: 'read'; mails: number; lease: ReadingLease | null }
  | { kind: 'failed' }
  | { kind: 'lost' }

/** The lease ran out during a read, and somebody else reads now. */
class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}

/**
 * Reads a leased mailbox to its end and writes down when. `keep`: hold on to the lease. Rejects only when the
 * database does not answer, or for a bug; then the lease lapses by itself.
 */
export async function readMailbox(
  tools: ReadingTools,
  { mailbox, reader, keep }: { mailbox: MailboxToRead; reader: Reader; keep: boolean },
): Promise<Reading> {
  const { db, clock } = tools
  // The lease is the mailbox itself, so that the caller gives back the right one whatever happens.
  const lease: ReadingLease = mailbox
  const readAt = clock.now()
  try {
    const cursors = await cursorsOf(db, { team: mailbox.team, mailboxId: mailbox.id })
    const result = await reader.readAll(cursors, readAt, async (mail) => {
      await stayLeased(tools, lease)
      await tools.take(mailbox, mail)
    })
    if (result.kind !== 'read') {
      await noteProblem(tools, lease, { mailbox, problem: sentenceOf(mailbox.address, result) })
      return { kind: 'failed' }
    }
    const real = clock.real()
    const nextPoll = real + POLL_EVERY_MS
    const busyUntil = keep ? real + LEASE_MS : real
    const { cursors: reached, mails } = result
    const { wantedAt } = mailbox
    const finished = { lease, cursors: reached, readAt, wantedAt, now: clock.now(), nextPoll, busyUntil }
    if (!(await finishReading(db, finished))) return { kind: 'lost' }
    if (mailbox.readProblem !== null)
      tools.log.info({ mailbox: mailbox.id }, `${mailbox.address} is read again`)
    return { kind: 'read', mails, lease: keep ? { team: lease.team, id: lease.id, busyUntil } : null }
  } catch (error) {
    if (error instanceof LeaseLost) return { kind: 'lost' }
    throw error
  }
}

/** Renews the lease when half of it is gone. A large backlog takes longer than one lease. */
async function stayLeased({ db, clock }: ReadingTools, lease: ReadingLease): Promise<void> {
  const real = clock.real()
  if (lease.busyUntil - real > LEASE_MS / 2) return
  if (!(await renewLeases(db, [lease], real + LEASE_MS)).has(lease.id)) throw new LeaseLost()
  lease.busyUntil = real + LEASE_MS
}

/**
 * Writes down why the mailbox cannot be read, so that the gate of its follow-ups names it. First emails still go: nobody has answered
 * those. Tells people once when it has lasted.
 */
export async function noteProblem(
  tools: Omit<ReadingTools, 'take'>,
  lease: ReadingLease,
  { mailbox, problem }: { mailbox: Pick<MailboxToRead, 'address'>; problem: string },
): Promise<void> {
  const { db, clock, random, log } = tools
  const now = clock.now()
  const since = await failReading(db, { lease, problem, now, nextPoll: clock.real() + POLL_EVERY_MS })
  if (since === null) return
  log.debug({ mailbox: lease.id }, problem)
  if (now - since < INBOX_ALERT_AFTER_MS) return
  const { team, id: mailboxId } = lease
  if (await alertedSince(db, { team, mailboxId, since })) return
  log.warn(
    { mailbox: mailboxId, since },
    `${mailbox.address} has not been read for ${minutes(now - since)}: ${problem}`,
  )
  await db.transaction((tx) =>
    writeActivities(tx, {
      team,
      now,
      random,
      activities: [
        {
          kind: 'alert',
          actor: 'inbound',
          reason: 'inbox_unreadable',
          mailboxId,
          detail: { problem, since },
        },
      ],
    }),
  )
}

function minutes(ms: Instant): string {
  return `${Math.floor(ms / MINUTE)} minutes`
}

/** What is wrong with reading this mailbox, and the way out. */
function sentenceOf(address: string, failure: ReadFailure): string {
  const words = failure.detail.replace(/\.?\s*$/, '')
  switch (failure.kind) {
    case 'unauthenticated':
      return (
        loginAdvice({ address, server: 'its IMAP server', reply: words, oauth: failure.oauth }) ??
        `the IMAP server refused the login of ${address} (${words}). Enter its password again, or an app password.`
      )
    case 'unreachable':
      return `the IMAP server of ${address} cannot be reached (${words}). Segue tries again every minute.`
    case 'protocol':
      return `the IMAP server of ${address} gave an answer that cannot be used (${words}). Segue tries again every minute.`
  }
}
