/** Reads sequences: one, or a page of a search. Their steps and wordings are in `steps.ts`, what changes them in `sequence-writes.ts`. */
import { type RawBuilder, sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { CompanyRule } from '../core/company-reply.ts'
import type { Db } from '../core/db.ts'
import { EMAIL_RANKS } from '../core/enrollment.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { ReputationRules } from '../core/reputation.ts'
import type { StageRules } from '../core/stage-rules.ts'
import { kysely, likeAll } from './db.ts'

export interface SequenceRow {
  id: Id
  name: string | null
  description: string | null
  active: boolean
  activatedAt: Instant | null
  archivedAt: Instant | null
  schedule: { id: Id; name: string; timeZone: string; always: boolean } | null
  /** When a person said that "Always" is meant, for a real mailbox. */
  alwaysConfirmedAt: Instant | null
  ownerId: Id
  ownerName: string | null
  dailyCap: number | null
  finishOnReply: boolean
  finishOnClick: boolean
  finishOnInterested: boolean
  pauseOnAway: boolean
  responseDays: number | null
  taskOnOpens: boolean
  taskOpenThreshold: number | null
  /** What an answer of somebody else in the company does; null: what the team says. */
  sameAccountReply: CompanyRule | null
  sameAccountDelayDays: number | null
  /** Turned off by itself when too much comes back. */
  autoPause: boolean
  /** Null: the usual ones. */
  autoPauseRules: ReputationRules | null
  autoPausedAt: Instant | null
  autoPauseWords: string | null
  /** Whether pictures and links of its emails tell of openings and clicks. */
  trackOpens: boolean
  trackClicks: boolean
  excludedContactStageIds: Id[]
  excludedAccountStageIds: Id[]
  /** Stages that events move contacts to, where it is not the team's usual one. */
  stageRules: StageRules
  byExactTime: boolean
  cc: string
  bcc: string
  labelIds: Id[]
  starredBy: Id[]
  creationType: string | null
  /** Wire settings without a meaning of their own here: kept and given back. */
  settings: Record<string, unknown>
  lastUsedAt: Instant | null
  numSteps: number
  createdAt: Instant
  updatedAt: Instant
  rev: number
}

const COLUMNS = sql`q.id, q.name, q.description, q.active, q.activated_at as "activatedAt", q.archived_at as "archivedAt",
  case when d.id is null then null else
    jsonb_build_object('id', d.id, 'name', d.name, 'timeZone', d.time_zone, 'always', d.always) end as schedule,
  q.always_confirmed_at as "alwaysConfirmedAt", q.owner_id as "ownerId", u.name as "ownerName", q.daily_cap as "dailyCap",
  q.finish_on_reply as "finishOnReply", q.finish_on_click as "finishOnClick", q.finish_on_interested as "finishOnInterested",
  q.pause_on_away as "pauseOnAway", q.response_days as "responseDays", q.task_on_opens as "taskOnOpens",
  q.task_open_threshold as "taskOpenThreshold", q.same_account_reply as "sameAccountReply", q.same_account_delay_days as "sameAccountDelayDays",
  q.auto_pause as "autoPause", q.auto_pause_rules as "autoPauseRules", q.auto_paused_at as "autoPausedAt", q.auto_pause_words as "autoPauseWords",
  q.track_opens as "trackOpens", q.track_clicks as "trackClicks",
  q.excluded_contact_stage_ids as "excludedContactStageIds", q.excluded_account_stage_ids as "excludedAccountStageIds",
  q.stage_rules as "stageRules", q.by_exact_time as "byExactTime", q.cc, q.bcc, q.label_ids as "labelIds", q.starred_by as "starredBy",
  q.creation_type as "creationType", q.settings, q.last_used_at as "lastUsedAt", q.created_at as "createdAt",
  q.updated_at as "updatedAt", q.rev,
  (select count(*)::int from steps s where s.team_id = q.team_id and s.sequence_id = q.id and s.deleted_at is null) as "numSteps"`
const JOINS = sql`left join schedules d on d.team_id = q.team_id and d.id = q.schedule_id
  left join users u on u.id = q.owner_id and u.team_id = q.team_id`

/** Archived ones too. */
export async function sequenceById(
  db: Db,
  { team, id }: { team: TeamId; id: Id },
): Promise<SequenceRow | undefined> {
  return (await sequencesByIds(db, { team, ids: [id] }))[0]
}

export async function sequencesByIds(
  db: Db,
  { team, ids }: { team: TeamId; ids: readonly Id[] },
): Promise<SequenceRow[]> {
  const { rows } = await sql<SequenceRow>`
    select ${COLUMNS} from sequences q ${JOINS}
    where q.team_id = ${team} and q.id = any(${ids as Id[]}) order by q.created_at desc, q.id`.execute(
    kysely(db),
  )
  return rows
}

export const SEQUENCE_SORTS = ['created_at', 'updated_at', 'name', 'last_used_at'] as const
export type SequenceSort = (typeof SEQUENCE_SORTS)[number]

export interface SequenceSearch {
  team: TeamId
  /** Every one of these must occur in the name. */
  words: readonly string[]
  ids: readonly Id[] | null
  /** Archived ones only when asked for. */
  status: 'active' | 'inactive' | 'archived' | 'unarchived' | 'any'
  sort: SequenceSort
  ascending: boolean
  offset: number
  limit: number
}

export async function searchSequences(
  db: Db,
  search: SequenceSearch,
): Promise<{ sequences: SequenceRow[]; total: number }> {
  const where = conditions(search)
  const order = sql.raw(
    `q.${search.sort} ${search.ascending ? 'asc nulls first' : 'desc nulls last'}, q.id ${search.ascending ? 'asc' : 'desc'}`,
  )
  const [page, total] = await Promise.all([
    sql<SequenceRow>`
      select ${COLUMNS} from sequences q ${JOINS} where ${where}
      order by ${order} limit ${search.limit} offset ${search.offset}`.execute(kysely(db)),
    sql<{ n: number }>`select count(*) as n from sequences q where ${where}`.execute(kysely(db)),
  ])
  return { sequences: page.rows, total: total.rows[0]!.n }
}

function conditions({ team, words, ids, status }: SequenceSearch): RawBuilder<unknown> {
  const all = [sql`q.team_id = ${team}`]
  if (status === 'archived') all.push(sql`q.archived_at is not null`)
  else if (status !== 'any') all.push(sql`q.archived_at is null`)
  if (status === 'active') all.push(sql`q.active`)
  if (status === 'inactive') all.push(sql`not q.active`)
  if (ids !== null) all.push(sql`q.id = any(${ids as Id[]})`)
  for (const word of words) all.push(sql`lower(q.name) like ${likeAll(word)}`)
  return sql.join(all, sql` and `)
}

/**
 * When each sequence's next email can leave at the earliest: the first that is due on a lane, not before the lane looks. Reads six
 * short ranges of an index per lane.
 */
export async function nextSends(
  db: Db,
  { team, sequenceIds }: { team: TeamId; sequenceIds: readonly Id[] },
): Promise<Map<Id, Instant>> {
  const { rows } = await sql<{ id: Id; next: Instant | null }>`
    select l.sequence_id as id, min(greatest(first.due_at, case when isfinite(l.wake_at) then l.wake_at end)) as next
    from lanes l
    cross join lateral (
      select min(d.due_at) as due_at from unnest(${EMAIL_RANKS}::int[]) as r (rank)
      cross join lateral (
        select e.due_at from enrollments e
        where e.team_id = ${team} and e.mailbox_id = l.mailbox_id and e.sequence_id = l.sequence_id and e.rank = r.rank
          and e.due_at is not null
        order by e.due_at limit 1) d) first
    where l.team_id = ${team} and l.sequence_id = any(${sequenceIds as Id[]}) and first.due_at is not null
    group by l.sequence_id`.execute(kysely(db))
  return new Map(rows.flatMap((row) => (row.next === null ? [] : [[row.id, row.next] as const])))
}

/** Sequences that have no rule of their own about answers of others in a company (`byDelay`: or no days of their own). */
export async function sequencesByTeamRule(
  db: Db,
  { team, byDelay }: { team: TeamId; byDelay: boolean },
): Promise<Id[]> {
  const { rows } = await sql<{ id: Id }>`
    select id from sequences where team_id = ${team} and archived_at is null
      and (same_account_reply is null or (${byDelay} and same_account_delay_days is null)) order by id`.execute(
    kysely(db),
  )
  return rows.map((row) => row.id)
}

/** `sequences_finder_empty` of the wire: has the team no sequence at all? */
export async function hasSequences(db: Db, team: TeamId): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select exists (select from sequences where team_id = ${team} and archived_at is null) as found`.execute(
    kysely(db),
  )
  return rows[0]!.found
}
