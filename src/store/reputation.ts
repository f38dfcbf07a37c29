/** What came back of what a sequence or a mailbox sent, and the marks that stop it for that. Judges nothing. */
import { sql } from 'kysely'
import { DAY, type Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { RampPlan } from '../core/ramp-up.ts'
import {
  COMPLAINTS_MIN,
  COMPLAINTS_WARN_MIN,
  REPUTATION_RULES,
  type ReputationRules,
  type SendingRecord,
  WINDOW_DAYS_MAX,
} from '../core/reputation.ts'
import { at, kysely } from './db.ts'

export interface Suspect {
  team: TeamId
  id: Id
  /** What was sent before counts no more. */
  recordFrom: Instant
}

export type SuspectSequence = Suspect & { rules: ReputationRules | null }
export type SuspectMailbox = Suspect & { blockedToday: number; blockedPerDayMax: number }

/** Emails that came back or were reported within the longest window, by what they were sent by. Few, whatever was sent. */
const troubleBy = (column: 'sequence_id' | 'mailbox_id', now: Instant, team?: TeamId) => {
  const since = at(now - WINDOW_DAYS_MAX * DAY)
  return sql`
    select t.id as team_id, x.${sql.ref(column)} as id, count(*) filter (where came_back) as came_back,
      count(*) filter (where not came_back) as complained,
      count(*) filter (where bounce = 'blocked' and bounced_at > ${at(now - DAY)}) as blocked
    from teams t cross join lateral (
      select sequence_id, mailbox_id, bounce, bounced_at, true as came_back from messages
      where team_id = t.id and bounced_at > ${since} and bounce in ('hard', 'blocked')
      union all
      select sequence_id, mailbox_id, null, null, false from messages where team_id = t.id and complained_at > ${since}
    ) as x ${team === undefined ? sql`` : sql`where t.id = ${team}`} group by 1, 2`
}

/** Sequences that are on and may be paused by themselves, of whose emails so many came back or were reported that a record could be bad. */
export async function suspectSequences(db: Db, now: Instant): Promise<SuspectSequence[]> {
  const { minVolume, pausePct } = REPUTATION_RULES
  const { rows } = await sql<SuspectSequence>`
    with trouble as materialized (${troubleBy('sequence_id', now)})
    select s.team_id as team, s.id, s.record_from as "recordFrom", s.auto_pause_rules as rules
    from trouble t join sequences s on s.team_id = t.team_id and s.id = t.id
    where s.active and s.auto_pause and (t.complained >= ${COMPLAINTS_MIN}
      or t.came_back * 100 >= coalesce((s.auto_pause_rules ->> 'minVolume')::numeric * (s.auto_pause_rules ->> 'pausePct')::numeric, ${minVolume * pausePct}))
    order by s.team_id, s.id`.execute(kysely(db))
  return rows
}

/** The same for mailboxes that are not suspended yet; with how many of theirs were refused for content or reputation in the last 24 hours. */
export async function suspectMailboxes(db: Db, now: Instant): Promise<SuspectMailbox[]> {
  const { minVolume, pausePct } = REPUTATION_RULES
  const { rows } = await sql<SuspectMailbox>`
    with trouble as materialized (${troubleBy('mailbox_id', now)})
    select m.team_id as team, m.id, m.record_from as "recordFrom", tm.blocked_per_day_max as "blockedPerDayMax",
      (select count(*)::int from messages x where x.team_id = m.team_id and x.mailbox_id = m.id and x.bounce = 'blocked'
        and x.bounced_at > greatest(m.record_from, ${at(now - DAY)}::timestamptz)) as "blockedToday"
    from trouble t join mailboxes m on m.team_id = t.team_id and m.id = t.id join teams tm on tm.id = m.team_id
    where (t.complained >= ${COMPLAINTS_MIN} or t.came_back * 100 >= ${minVolume * pausePct} or t.blocked >= tm.blocked_per_day_max)
      and m.suspended_at is null and m.state <> 'removed'
    order by m.team_id, m.id`.execute(kysely(db))
  return rows
}

export interface Watched {
  id: Id
  recordFrom: Instant
  rules: ReputationRules | null
  stopsByItself: boolean
}

/** Of these, the ones that send and of whose emails so many came back or were reported that a warning may be due. */
export async function watchedSequences(
  db: Db,
  { team, ids, now }: { team: TeamId; ids: readonly Id[]; now: Instant },
): Promise<Watched[]> {
  const { minVolume, warnPct } = REPUTATION_RULES
  const { rows } = await sql<Watched>`
    with trouble as materialized (${troubleBy('sequence_id', now, team)})
    select s.id, s.record_from as "recordFrom", s.auto_pause_rules as rules, s.auto_pause as "stopsByItself"
    from trouble t join sequences s on s.team_id = t.team_id and s.id = t.id
    where s.active and s.id = any(${ids as Id[]}) and (t.complained >= ${COMPLAINTS_WARN_MIN}
      or t.came_back * 100 >= coalesce((s.auto_pause_rules ->> 'minVolume')::numeric * (s.auto_pause_rules ->> 'warnPct')::numeric, ${minVolume * warnPct}))`.execute(
    kysely(db),
  )
  return rows
}

/** The same for mailboxes. */
export async function watchedMailboxes(
  db: Db,
  { team, ids, now }: { team: TeamId; ids: readonly Id[]; now: Instant },
): Promise<Watched[]> {
  const { minVolume, warnPct } = REPUTATION_RULES
  const { rows } = await sql<Watched>`
    with trouble as materialized (${troubleBy('mailbox_id', now, team)})
    select m.id, m.record_from as "recordFrom", null as rules, true as "stopsByItself"
    from trouble t join mailboxes m on m.team_id = t.team_id and m.id = t.id
    where m.suspended_at is null and m.state <> 'removed' and m.id = any(${ids as Id[]})
      and (t.complained >= ${COMPLAINTS_WARN_MIN} or t.came_back * 100 >= ${minVolume * warnPct})`.execute(
    kysely(db),
  )
  return rows
}

/** A first try may have been made this long after the row was: what the index by creation must reach back for. */
const SENT_AFTER_CREATION_MS = 4 * DAY

const RECORD = sql`count(*)::int as sent, count(*) filter (where bounce in ('hard', 'blocked'))::int as "cameBack",
  count(complained_at)::int as complained`

export async function recordOfSequence(
  db: Db,
  { team, id, from }: { team: TeamId; id: Id; from: Instant },
): Promise<SendingRecord> {
  const { rows } = await sql<SendingRecord>`
    select ${RECORD} from messages
    where team_id = ${team} and sequence_id = ${id} and created_at > ${at(from - SENT_AFTER_CREATION_MS)}
      and counted_at > ${at(from)}`.execute(kysely(db))
  return rows[0]!
}

export async function recordOfMailbox(
  db: Db,
  { team, id, from }: { team: TeamId; id: Id; from: Instant },
): Promise<SendingRecord> {
  const { rows } = await sql<SendingRecord>`
    select ${RECORD} from messages where team_id = ${team} and mailbox_id = ${id} and counted_at > ${at(from)}`.execute(
    kysely(db),
  )
  return rows[0]!
}

/** False when it was off already. The caller has locked the row, and sweeps after the commit. */
export async function autoPause(
  tx: Db,
  { team, id, words, now }: { team: TeamId; id: Id; words: string; now: Instant },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update sequences set active = false, auto_paused_at = ${at(now)}, auto_pause_words = ${words}, updated_at = ${at(now)}, rev = rev + 1
    where team_id = ${team} and id = ${id} and active`.execute(kysely(tx))
  return numAffectedRows === 1n
}

/** False when it was suspended already. */
export async function suspend(
  tx: Db,
  { team, id, words, now }: { team: TeamId; id: Id; words: string; now: Instant },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update mailboxes set suspended_at = ${at(now)}, suspended_for = ${words}, updated_at = ${at(now)}
    where team_id = ${team} and id = ${id} and suspended_at is null`.execute(kysely(tx))
  return numAffectedRows === 1n
}

/** A person has looked at it: what was sent until now counts no more, and it ramps up. False when it was not suspended. */
export async function endSuspension(
  tx: Db,
  { team, id, now, plan }: { team: TeamId; id: Id; now: Instant; plan: RampPlan },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update mailboxes set suspended_at = null, suspended_for = null, record_from = ${at(now)}, wake_at = least(wake_at, ${at(now)}),
      ramp_starts_on = ${plan.startsOn}::date, ramp_start = ${plan.startPerDay}, ramp_step = ${plan.stepPerDay},
      updated_at = ${at(now)}
    where team_id = ${team} and id = ${id} and suspended_at is not null`.execute(kysely(tx))
  return numAffectedRows === 1n
}
