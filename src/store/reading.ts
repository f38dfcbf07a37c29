/**
 * Whose turn it is to be read, and how reading went. The lease and the polls are real time, since they concern the world outside;
 * when a mailbox was read is the team's time, since the inbox gate judges by it. Never opens a mailbox.
 */
import { sql } from 'kysely'
import { DAY, type Instant, SECOND } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { at, atOrNull, isoArray, kysely } from './db.ts'
import { type Cursor, saveCursors } from './folders.ts'
import { wakeAfterRead } from './lanes.ts'

/** A mailbox that one process is reading. Its lease is known by its end: whoever takes it over writes a later one. */
export interface ReadingLease {
  team: TeamId
  id: Id
  /** Real time. */
  busyUntil: Instant
}

export interface MailboxToRead extends ReadingLease {
  address: string
  aliases: string[]
  kind: 'sandbox' | 'smtp' | 'google' | 'microsoft'
  keepsMessageId: boolean | null
  readProblem: string | null
  /** The wish to have it read that this lease fulfills (team time). */
  wantedAt: Instant | null
  rev: number
  /** Emails that left within the last 24 hours whose answers arrive here: the busiest mailboxes are worth an open connection. */
  sends: number
}

/**
 * A mailbox that has an inbox of its own. One that cannot send for the moment is still read: answers arrive all the same. So is, for a
 * while, one that was removed.
 */
export const READABLE = sql`(state in ('connected', 'disconnected') or (state = 'removed' and reads_until is not null))
  and (kind = 'sandbox' or imap_host is not null)`

/**
 * Leases at most `limit` mailboxes whose poll is due, for which a follow-up waits, or that are named in `eager` (their server has
 * announced mail). `held` are the caller's own leases, which it may renew early; nobody else's lease is ever taken before its end.
 * A mailbox that cannot be read is tried at its poll only, however much it is wanted.
 */
export async function leaseForReading(
  db: Db,
  o: {
    real: Instant
    /** Team time. */
    now: Instant
    until: Instant
    limit: number
    held: readonly ReadingLease[]
    eager: readonly Id[]
    /** Being read by the caller at this moment, whatever became of their leases. */
    reading: readonly Id[]
  },
): Promise<MailboxToRead[]> {
  const { rows } = await sql<MailboxToRead>`
    with due as materialized (
      select team_id, id from mailboxes
      where ${READABLE} and not id = any(${o.reading as Id[]}::text[])
        and (read_due_at <= ${at(o.real)} or (read_wanted_at is not null and read_problem is null)
          or id = any(${o.eager as Id[]}::text[]))
        and (read_busy_until <= ${at(o.real)} or (id, read_busy_until) in (
          select * from unnest(${o.held.map(({ id }) => id)}::text[], ${isoArray(o.held.map(({ busyUntil }) => busyUntil))}::timestamptz[])))
      order by read_wanted_at nulls last, read_due_at, id limit ${o.limit}
      for no key update skip locked)
    update mailboxes m set read_busy_until = ${at(o.until)}
    from due where m.team_id = due.team_id and m.id = due.id
    returning m.team_id as team, m.id, m.read_busy_until as "busyUntil", m.address, m.aliases, m.kind,
      m.keeps_message_id as "keepsMessageId",
      m.read_problem as "readProblem", m.read_wanted_at as "wantedAt", m.rev, (
        select count(*)::int from mailboxes s join messages x on x.team_id = s.team_id and x.mailbox_id = s.id
        where s.team_id = m.team_id and (s.id = m.id or s.reads_via = m.id) and x.counted_at > ${at(o.now - DAY)}) as sends`.execute(
    kysely(db),
  )
  return rows
}

/** The rows of leases that are still ours, of mailboxes that can still be read, locked in order. */
const mine = (leases: readonly ReadingLease[]) => sql`
  select m.team_id, m.id from mailboxes m
  where (m.id, m.read_busy_until) in (
    select * from unnest(${leases.map(({ id }) => id)}::text[], ${isoArray(leases.map(({ busyUntil }) => busyUntil))}::timestamptz[]))
    and ${READABLE}
  order by m.team_id, m.id for no key update`

/** Renews the leases that are still ours and returns their mailboxes. One that is missing ran out, and somebody else has it. */
export async function renewLeases(db: Db, leases: readonly ReadingLease[], until: Instant): Promise<Set<Id>> {
  if (leases.length === 0) return new Set()
  const { rows } = await sql<{ id: Id }>`
    with mine as materialized (${mine(leases)})
    update mailboxes m set read_busy_until = ${at(until)}
    from mine where m.team_id = mine.team_id and m.id = mine.id returning m.id`.execute(kysely(db))
  return new Set(rows.map(({ id }) => id))
}

/**
 * Gives leases back, so that another process may read at once. `readAgainAt` (real time): do not wait for the next poll, since a
 * connection that broke may be the beginning of a server that cannot be read.
 */
export async function releaseLeases(
  db: Db,
  leases: readonly ReadingLease[],
  { readAgainAt = null }: { readAgainAt?: Instant | null } = {},
): Promise<void> {
  if (leases.length === 0) return
  await sql`
    with mine as materialized (${mine(leases)})
    update mailboxes m set read_busy_until = '-infinity',
      read_due_at = least(m.read_due_at, coalesce(${atOrNull(readAgainAt)}::timestamptz, 'infinity'))
    from mine where m.team_id = mine.team_id and m.id = mine.id`.execute(kysely(db))
}

export interface FinishedRead {
  lease: ReadingLease
  cursors: readonly Cursor[]
  /** Team time at which the read began: what arrived before is known now. */
  readAt: Instant
  /** The wish that the lease was taken with. */
  wantedAt: Instant | null
  /** Team time now: when the mailboxes that waited for this read look again. */
  now: Instant
  /** Real time of the next poll, and the end of the lease until then. */
  nextPoll: Instant
  busyUntil: Instant
}

/**
 * The inbox is read to its end: saves the cursors, clears the problem, and wakes every mailbox whose replies arrive here. A wish to
 * have it read stays when the lease was taken without it, whatever instant it bears: what it is about may have come after the look
 * into the inbox. False when the lease was lost meanwhile.
 */
export async function finishReading(db: Db, o: FinishedRead): Promise<boolean> {
  const { team, id, busyUntil } = o.lease
  return db.transaction(async (tx) => {
    await wakeAfterRead(tx, { team, mailboxId: id, now: o.now })
    const { numAffectedRows } = await sql`
      update mailboxes set read_at = greatest(read_at, ${at(o.readAt)}), read_problem = null, read_failing_since = null,
        read_wanted_at = case when read_wanted_at is distinct from ${atOrNull(o.wantedAt)}::timestamptz then read_wanted_at end,
        read_due_at = ${at(o.nextPoll)}, read_busy_until = ${at(o.busyUntil)}
      where team_id = ${team} and id = ${id} and read_busy_until = ${at(busyUntil)}`.execute(kysely(tx))
    if (numAffectedRows !== 1n) return false
    await saveCursors(tx, { team, mailboxId: id, cursors: o.cursors })
    return true
  })
}

export interface FailedRead {
  lease: ReadingLease
  /** The sentence that people read. */
  problem: string
  now: Instant
  nextPoll: Instant
}

/**
 * The inbox could not be read: the gate of follow-ups stays closed. Returns since when it fails (team time), or null when the lease was
 * lost. What was wanted is forgotten: the next poll that succeeds wakes the mailbox anyway.
 */
export async function failReading(db: Db, o: FailedRead): Promise<Instant | null> {
  const { rows } = await sql<{ since: Instant }>`
    update mailboxes set read_problem = ${o.problem}, read_failing_since = coalesce(read_failing_since, ${at(o.now)}),
      read_wanted_at = null, read_due_at = ${at(o.nextPoll)}, read_busy_until = '-infinity'
    where team_id = ${o.lease.team} and id = ${o.lease.id} and read_busy_until = ${at(o.lease.busyUntil)}
    returning read_failing_since as since`.execute(kysely(db))
  return rows[0]?.since ?? null
}

/** Is a read still owed to a follow-up? What `idle` of the reader waits for. */
export async function anyWanted(db: Db): Promise<boolean> {
  const { rows } = await sql<{ wanted: boolean }>`
    select exists (select from mailboxes where read_wanted_at is not null and read_problem is null and ${READABLE}) as wanted`.execute(
    kysely(db),
  )
  return rows[0]!.wanted
}

/**
 * Were people alerted about this mailbox since then? Ids begin with their second of birth, so only what is as young is looked at: an
 * index on mailboxes for one question an hour would cost every activity.
 */
export async function alertedSince(
  db: Db,
  { team, mailboxId, since }: { team: TeamId; mailboxId: Id; since: Instant },
): Promise<boolean> {
  const firstId = Math.floor(since / SECOND)
    .toString(16)
    .padStart(8, '0')
  const { rows } = await sql<{ found: boolean }>`
    select exists (select from activities where team_id = ${team} and id >= ${firstId} and mailbox_id = ${mailboxId}
      and kind = 'alert' and at >= ${at(since)}) as found`.execute(kysely(db))
  return rows[0]!.found
}
