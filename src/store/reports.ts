/** Numbers of emails by day, mailbox, domain, sequence, step or variant: what is folded and what is not yet, read in one statement. Read only. */
import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { kysely } from './db.ts'
import type { EmailMetric } from './stats.ts'

export type ReportGroup = 'day' | 'mailbox' | 'domain' | 'sequence' | 'step' | 'variant'

export interface ReportAsked {
  team: TeamId
  by: ReportGroup
  /** Days in the zone of the team, both included. */
  from: string
  to: string
  sequenceId?: Id
  mailboxId?: Id
  domain?: string
  limit: number
  offset: number
}

export type EmailCounts = Partial<Record<EmailMetric, number>>

export interface Report {
  totals: EmailCounts
  /** Of the whole range. */
  groups: number
  rows: { key: string; name: string | null; counts: EmailCounts }[]
}

const KEYS: Record<ReportGroup, RawBuilder<unknown>> = {
  day: sql`day::text`,
  mailbox: sql`mailbox_id`,
  domain: sql`domain`,
  sequence: sql`sequence_id`,
  step: sql`step_id`,
  variant: sql`variant_id`,
}

const stepName = sql`concat(coalesce(q.name, 'Sequence'), case when st.deleted_at is null then ', step ' || st.position else ', a step taken out' end)`

/** The name of group `g.key`; null where the key says it. */
const NAMES: Record<ReportGroup, (team: TeamId) => RawBuilder<unknown>> = {
  day: () => sql`null::text`,
  domain: () => sql`null::text`,
  mailbox: (team) => sql`(select b.address from mailboxes b where b.team_id = ${team} and b.id = g.key)`,
  sequence: (team) => sql`(select q.name from sequences q where q.team_id = ${team} and q.id = g.key)`,
  step: (
    team,
  ) => sql`(select ${stepName} from steps st join sequences q on q.team_id = st.team_id and q.id = st.sequence_id
    where st.team_id = ${team} and st.id = g.key)`,
  variant: (
    team,
  ) => sql`(select concat(${stepName}, ': ', coalesce(nullif(t.subject, ''), 'reply in the thread')) from variants v
    join steps st on st.team_id = v.team_id and st.id = v.step_id join sequences q on q.team_id = st.team_id and q.id = st.sequence_id
    join templates t on t.team_id = v.team_id and t.id = v.template_id where v.team_id = ${team} and v.id = g.key)`,
}

/** Days the latest first, the others by how much was delivered. */
export async function readReport(db: Db, o: ReportAsked): Promise<Report> {
  const where = sql`team_id = ${o.team} and day between ${o.from}::date and ${o.to}::date
    ${o.sequenceId === undefined ? sql`` : sql`and sequence_id = ${o.sequenceId}`}
    ${o.mailboxId === undefined ? sql`` : sql`and mailbox_id = ${o.mailboxId}`}
    ${o.domain === undefined ? sql`` : sql`and domain = ${o.domain}`}`
  const order = o.by === 'day' ? sql`key desc` : sql`(counts->>'delivered')::bigint desc nulls last, key`
  const { rows } = await sql<Report>`
    with parts as (
      select ${KEYS[o.by]} as key, metric, n from stat_days where ${where}
      union all select ${KEYS[o.by]}, metric, n from stat_deltas where ${where}
    ), sums as (
      select key, metric, sum(n) as n, grouping(key) as is_total from parts group by grouping sets ((key, metric), (metric))
      having sum(n) <> 0
    ), groups as (
      select key, is_total, jsonb_object_agg(metric, n) as counts from sums group by key, is_total
    ), page as (
      select key, counts, row_number() over (order by ${order}) as place from groups where is_total = 0
      order by place limit ${o.limit} offset ${o.offset}
    )
    select coalesce((select counts from groups where is_total = 1), '{}') as totals,
      (select count(*)::int from groups where is_total = 0) as groups,
      coalesce((select jsonb_agg(jsonb_build_object('key', g.key, 'name', ${NAMES[o.by](o.team)}, 'counts', g.counts) order by g.place)
        from page g), '[]') as rows`.execute(kysely(db))
  return rows[0]!
}
