/** One commit of the ledger writer: what was sent is settled, what comes next is marked, under one set of locks. */
import { sql } from 'kysely'
import type { Clock } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { type CapKey, lockCaps } from './caps.ts'
import { kysely } from './db.ts'
import { lockEnrollments, lockMailboxes } from './locks.ts'
import { type MarkAsk, markAll } from './marks.ts'
import { moveDeadAddresses, type Settlement, settleAll } from './settlements.ts'
import { liveEnrollments, sweep } from './stops.ts'

export interface Writing {
  team: TeamId
  settlements: readonly Settlement[]
  asks: readonly MarkAsk[]
  worker: string
  clock: Clock
  random: Random
  /** Called first, with the number of the server's process behind this connection. What it throws breaks the write off. */
  look?: (tx: Db, connection: number) => Promise<void>
}

/** Returns the messages that may leave, with the number of each attempt. All or nothing. */
export async function writeLedger(db: Db, o: Writing): Promise<Map<Id, number>> {
  const { team, clock, random } = o
  const done = await db.transaction(async (tx) => {
    const connection = await beginDurably(tx)
    await o.look?.(tx, connection)
    await moveDeadAddresses(tx, { ...o, now: clock.now() })
    await lockAll(tx, o)
    const dead = await settleAll(tx, { ...o, now: clock.now() })
    // Read after everything that may have waited for a lock: a window that closed meanwhile is closed.
    return { dead, allowed: await markAll(tx, { ...o, now: clock.now(), real: clock.real() }) }
  })
  if (done.dead.length > 0) await sweep(db, { team, of: { addresses: done.dead }, now: clock.now(), random })
  return done.allowed
}

/** The moment of sending must survive a power cut, whatever the server's default is. */
async function beginDurably(tx: Db): Promise<number> {
  const { rows } = await sql<{ connection: number }>`
    select set_config('synchronous_commit', 'on', true), pg_backend_pid() as connection`.execute(kysely(tx))
  return rows[0]!.connection
}

/** Mailboxes, counters, enrollments, messages: of settlements and marks together, so that neither comes after the other's. */
async function lockAll(tx: Db, { team, settlements, asks }: Writing): Promise<void> {
  const all = [...settlements, ...asks]
  const ids = [...new Set(all.map((one) => one.messageId))].sort()
  const mailboxIds = [...new Set(all.map((one) => one.mailboxId))]
  await lockMailboxes(tx, team, mailboxIds)
  const { rows } = await sql<{ id: Id; capped: CapKey[]; enrollmentId: Id | null; toAddress: string | null }>`
    select id, capped, enrollment_id as "enrollmentId", to_address as "toAddress" from messages
    where team_id = ${team} and id = any(${ids})`.execute(kysely(tx))
  // A dead address ends the person's other enrollments too: they are locked in the one order with these.
  const dead = new Set(
    settlements.filter((one) => one.follows.kind === 'hard_bounce').map((one) => one.messageId),
  )
  const addresses = rows.flatMap((row) => (dead.has(row.id) ? (row.toAddress ?? []) : []))
  const ending =
    addresses.length === 0 ? [] : await liveEnrollments(tx, { team, of: { addresses, mergedToo: false } })
  await lockCaps(
    tx,
    team,
    rows.flatMap((row) => row.capped),
  )
  await lockEnrollments(tx, team, [...rows.flatMap((row) => row.enrollmentId ?? []), ...ending])
  await sql`select from messages where team_id = ${team} and id = any(${ids}) order by id for no key update`.execute(
    kysely(tx),
  )
}
