/** How often a team has called an endpoint: fixed windows, each opened by its first call, counted exactly by however many processes. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { TeamId } from '../core/ids.ts'
import { at, isoArray, kysely } from './db.ts'

export type Span = 'minute' | 'hour' | 'day'

export interface CallWindow {
  endpoint: string
  span: Span
  calls: number
  endsAt: Instant
}

/** Counts one call in each of the spans, and says how many it is then. */
export async function countCall(
  db: Db,
  o: { team: TeamId; endpoint: string; spans: readonly { span: Span; ms: number }[]; now: Instant },
): Promise<CallWindow[]> {
  const { rows } = await sql<CallWindow>`
    insert into call_windows as w (team_id, endpoint, span, ends_at, calls)
    select ${o.team}, ${o.endpoint}, s.span, s.ends_at, 1
    from unnest(${o.spans.map((one) => one.span)}::text[], ${isoArray(o.spans.map((one) => o.now + one.ms))}::timestamptz[]) as s (span, ends_at)
    order by s.span
    on conflict (team_id, endpoint, span) do update set
      calls = case when w.ends_at <= ${at(o.now)} then 1 else w.calls + 1 end,
      ends_at = case when w.ends_at <= ${at(o.now)} then excluded.ends_at else w.ends_at end
    returning endpoint, span, calls, ends_at as "endsAt"`.execute(kysely(db))
  return rows
}

/** A call that was refused counts in none of its spans. */
export async function uncountCall(
  db: Db,
  o: { team: TeamId; endpoint: string; now: Instant },
): Promise<void> {
  await sql`
    with counted as (
      select span from call_windows where team_id = ${o.team} and endpoint = ${o.endpoint} and ends_at > ${at(o.now)} order by span
      for no key update)
    update call_windows w set calls = w.calls - 1 from counted c
    where w.team_id = ${o.team} and w.endpoint = ${o.endpoint} and w.span = c.span`.execute(kysely(db))
}

/** Those that are open. */
export async function openWindows(
  db: Db,
  { team, now }: { team: TeamId; now: Instant },
): Promise<CallWindow[]> {
  const { rows } = await sql<CallWindow>`
    select endpoint, span, calls, ends_at as "endsAt" from call_windows where team_id = ${team} and ends_at > ${at(now)}`.execute(
    kysely(db),
  )
  return rows
}
