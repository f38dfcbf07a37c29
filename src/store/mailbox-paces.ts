/** What each mailbox has sent in its rolling windows, read from the ledger itself: there is no counter that could disagree with it. */
import { sql } from 'kysely'
import { DAY, HOUR, type Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { jitterAfter, type MailboxPace } from '../core/pacing.ts'
import { type Ramp, type RampPlan, rampAt } from '../core/ramp-up.ts'
import { at, kysely } from './db.ts'
import { RAMP_PLAN } from './mailboxes.ts'

/** A mailbox as decisions see it, and the mailbox that reads its replies. */
export interface PacedMailbox {
  id: Id
  address: string
  kind: string
  connected: boolean
  stateReason: string | null
  suspendedFor: string | null
  pausedUntil: Instant | null
  problem: string | null
  pace: MailboxPace
  reading: { address: string; readAt: Instant | null; problem: string | null }
  rev: number
}

interface Row extends Omit<MailboxPace, 'jitterMs' | 'ramp'> {
  id: Id
  address: string
  kind: string
  state: string
  stateReason: string | null
  suspendedFor: string | null
  pausedUntil: Instant
  problem: string | null
  readerAddress: string
  readAt: Instant | null
  readProblem: string | null
  rev: number
  jitterPercent: number
  plan: RampPlan | null
  /** Of a mailbox with a plan: what it sent in the last 24 hours, newest first. */
  sent: string[]
  zone: string
}

export async function readPaces(
  db: Db,
  o: { team: TeamId; mailboxIds: readonly Id[]; now: Instant },
): Promise<Map<Id, PacedMailbox>> {
  const { rows } = await sql<Row>`
    select m.id, m.address, m.kind, m.state, m.state_reason as "stateReason", m.suspended_for as "suspendedFor", m.paused_until as "pausedUntil",
      m.send_problem as problem, m.daily_limit as "dailyLimit", m.hourly_limit as "hourlyLimit", m.gap_ms as "gapMs", m.rev,
      m.gap_jitter_percent as "jitterPercent", ${RAMP_PLAN} as plan, t.time_zone as zone,
      case when m.ramp_starts_on is null then '[]' else (select coalesce(jsonb_agg(day.at order by day.at desc), '[]') from (
        select s.counted_at as at from messages s where s.team_id = m.team_id and s.mailbox_id = m.id
          and s.counted_at > ${at(o.now - DAY)} order by s.counted_at desc limit m.daily_limit) as day) end as sent,
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
    join teams t on t.id = m.team_id
    where m.team_id = ${o.team} and m.id = any(${o.mailboxIds as Id[]})`.execute(kysely(db))
  return new Map(rows.map((row) => [row.id, pacedMailbox(row, o.now)]))
}

function pacedMailbox(row: Row, now: Instant): PacedMailbox {
  const { id, address, kind, state, stateReason, suspendedFor, problem, rev } = row
  const { dailyLimit, hourlyLimit, gapMs, usedDay, usedHour, dayNth, hourNth, newest } = row
  return {
    id,
    address,
    kind,
    connected: state === 'connected',
    stateReason,
    suspendedFor,
    pausedUntil: Number.isFinite(row.pausedUntil) ? row.pausedUntil : null,
    problem,
    pace: {
      ...{ dailyLimit, hourlyLimit, gapMs, usedDay, usedHour, dayNth, hourNth, newest },
      jitterMs: jitterAfter({ mailboxId: id, newest, gapMs, percent: row.jitterPercent }),
      ramp: rampOf(row, now),
    },
    reading: { address: row.readerAddress, readAt: row.readAt, problem: row.readProblem },
    rev,
  }
}

function rampOf({ plan, dailyLimit, sent, zone }: Row, now: Instant): Ramp | null {
  if (plan === null) return null
  return rampAt(plan, { dailyLimit, sent: sent.map((text) => Date.parse(text)), zone, now })
}
