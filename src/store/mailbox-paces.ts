/** What each mailbox has sent in its rolling windows, read from the ledger itself: there is no counter that could disagree with it. */
import { sql } from 'kysely'
import { DAY, HOUR, type Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { MailboxPace } from '../core/pacing.ts'
import { at, kysely } from './db.ts'

/** A mailbox as decisions see it, and the mailbox that reads its replies. */
export interface PacedMailbox {
  id: Id
  address: string
  kind: string
  connected: boolean
  stateReason: string | null
  pausedUntil: Instant | null
  problem: string | null
  pace: MailboxPace
  reading: { address: string; readAt: Instant | null; problem: string | null }
  rev: number
}

interface Row extends MailboxPace {
  id: Id
  address: string
  kind: string
  state: string
  stateReason: string | null
  pausedUntil: Instant
  problem: string | null
  readerAddress: string
  readAt: Instant | null
  readProblem: string | null
  rev: number
}

export async function readPaces(
  db: Db,
  o: { team: TeamId; mailboxIds: readonly Id[]; now: Instant },
): Promise<Map<Id, PacedMailbox>> {
  const { rows } = await sql<Row>`
    select m.id, m.address, m.kind, m.state, m.state_reason as "stateReason", m.paused_until as "pausedUntil",
      m.send_problem as problem, m.daily_limit as "dailyLimit", m.hourly_limit as "hourlyLimit", m.gap_ms as "gapMs", m.rev,
      r.address as "readerAddress", r.read_at as "readAt", r.read_problem as "readProblem",
      (select count(*)::int from (select 1 from messages s where s.team_id = m.team_id and s.mailbox_id = m.id
        and s.counted_at > ${at(o.now - DAY)} limit m.daily_limit) as day) as "usedDay",
      (select count(*)::int from (select 1 from messages s where s.team_id = m.team_id and s.mailbox_id = m.id
        and s.counted_at > ${at(o.now - HOUR)} limit m.hourly_limit) as hour) as "usedHour",
      (select s.counted_at from messages s where s.team_id = m.team_id and s.mailbox_id = m.id and s.counted_at is not null
        order by s.counted_at desc limit 1 offset greatest(m.daily_limit - 1, 0)) as "dayNth",
      (select s.counted_at from messages s where s.team_id = m.team_id and s.mailbox_id = m.id and s.counted_at is not null
        order by s.counted_at desc limit 1 offset greatest(m.hourly_limit - 1, 0)) as "hourNth",
      (select s.counted_at from messages s where s.team_id = m.team_id and s.mailbox_id = m.id and s.counted_at is not null
        order by s.counted_at desc limit 1) as newest
    from mailboxes m join mailboxes r on r.team_id = m.team_id and r.id = coalesce(m.reads_via, m.id)
    where m.team_id = ${o.team} and m.id = any(${o.mailboxIds as Id[]})`.execute(kysely(db))
  return new Map(rows.map((row) => [row.id, pacedMailbox(row)]))
}

function pacedMailbox(row: Row): PacedMailbox {
  const { id, address, kind, state, stateReason, problem, rev } = row
  const { dailyLimit, hourlyLimit, gapMs, usedDay, usedHour, dayNth, hourNth, newest } = row
  return {
    id,
    address,
    kind,
    connected: state === 'connected',
    stateReason,
    pausedUntil: Number.isFinite(row.pausedUntil) ? row.pausedUntil : null,
    problem,
    pace: { dailyLimit, hourlyLimit, gapMs, usedDay, usedHour, dayNth, hourNth, newest },
    reading: { address: row.readerAddress, readAt: row.readAt, problem: row.readProblem },
    rev,
  }
}
