/**
 * Exact numbers without hot rows: transitions append deltas in their own transaction, housekeeping folds them into totals, and reading
 * adds what is not folded yet, in one statement (ENGINE section 5).
 */
import { sql } from 'kysely'
import type { Db } from '../core/db.ts'
import type { EnrollmentState } from '../core/enrollment.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { HoldReason, Reason } from '../core/reason.ts'
import { kysely } from './db.ts'
import { waitingForMailbox } from './mailbox-waits.ts'

/** Numbers of people: +1 where they come to, -1 where they leave, with the step they stand on. */
export type PeopleMetric = EnrollmentState | `hold:${HoldReason}` | `failed:${Reason}` | `finished:${Reason}`

/** Numbers of emails, by day, mailbox and domain too. */
export type EmailMetric =
  | 'delivered'
  | 'bounced'
  | 'hard_bounced'
  | 'spam_blocked'
  | 'replied'
  | 'unsubscribed'
  | 'opened'
  | 'clicked'
  /** Emails that a machine opened, or a scanner followed links of, whether or not a person did, too. */
  | 'machine_opened'
  | 'scanner_clicked'
  /** By whomever, each email once. */
  | 'opened_unfiltered'
  | 'clicked_unfiltered'
  /** Of the delivered ones. */
  | 'delivered_open_tracked'
  | 'delivered_click_tracked'
  | 'demoed'

export type Metric = PeopleMetric | EmailMetric

interface Counted {
  sequenceId: Id
  stepId?: Id | null
  variantId?: Id | null
  n: number
}

/** `messageId`: its day, mailbox and domain are those of the number. */
export type EmailDelta = Counted & { metric: EmailMetric; messageId: Id }
export type Delta = (Counted & { metric: PeopleMetric }) | EmailDelta

/** An email arrived: what it counts for, with its place in the denominators of openings and clicks. */
export function deliveredDeltas(
  about: Omit<EmailDelta, 'metric' | 'n'>,
  tracked: { opensTracked: boolean; clicksTracked: boolean },
): Delta[] {
  const metrics: EmailMetric[] = ['delivered']
  if (tracked.opensTracked) metrics.push('delivered_open_tracked')
  if (tracked.clicksTracked) metrics.push('delivered_click_tracked')
  return metrics.map((metric) => ({ ...about, metric, n: 1 }))
}

/** Folding takes this many deltas at a time: a statement of some 100 ms. */
const FOLD_MAX = 20_000

export async function addDeltas(
  tx: Db,
  { team, deltas }: { team: TeamId; deltas: readonly Delta[] },
): Promise<void> {
  const sums = new Map<string, Delta>()
  for (const delta of deltas) {
    const key = `${delta.sequenceId} ${delta.stepId ?? ''} ${delta.variantId ?? ''} ${delta.metric} ${messageOf(delta) ?? ''}`
    const sum = sums.get(key)
    if (sum) sum.n += delta.n
    else sums.set(key, { ...delta })
  }
  const rows = [...sums.values()].filter((one) => one.n !== 0)
  if (rows.length === 0) return
  await sql`
    insert into stat_deltas (team_id, sequence_id, step_id, variant_id, metric, n, day, mailbox_id, domain)
    select ${team}, d.sequence_id, d.step_id, d.variant_id, d.metric, d.n, ${DAY_OF_EMAIL}, coalesce(m.mailbox_id, ''),
      coalesce(split_part(m.to_address, '@', 2), '')
    from unnest(${rows.map((one) => one.sequenceId)}::text[], ${rows.map((one) => one.stepId ?? '')}::text[],
      ${rows.map((one) => one.variantId ?? '')}::text[], ${rows.map((one) => one.metric)}::text[],
      ${rows.map((one) => one.n)}::int[], ${rows.map(messageOf)}::text[]) as d (sequence_id, step_id, variant_id, metric, n, message_id)
    left join messages m on m.team_id = ${team} and m.id = d.message_id
    left join teams t on t.id = m.team_id`.execute(kysely(tx))
}

const messageOf = (delta: Delta): Id | null => ('messageId' in delta ? delta.messageId : null)

/** Of message `m` of team `t`: fixed when it was settled; an answer can come before that. */
const DAY_OF_EMAIL = sql`coalesce(m.sent_on, (coalesce(m.marked_at, m.settled_at, m.created_at) at time zone t.time_zone)::date)`

/** `stepId` and `variantId` are '' where the number belongs to none. */
export interface Total {
  stepId: Id | ''
  variantId: Id | ''
  metric: Metric
  n: number
}

/** Totals, what is not folded yet, and whom a mailbox holds that is not connected, read in one statement: exact at its snapshot. */
export async function readTotals(
  db: Db,
  { team, sequenceIds }: { team: TeamId; sequenceIds: readonly Id[] },
): Promise<Map<Id, Total[]>> {
  const totals = new Map<Id, Total[]>(sequenceIds.map((id) => [id, []]))
  if (sequenceIds.length === 0) return totals
  const { rows } = await sql<Total & { sequenceId: Id }>`
    select sequence_id as "sequenceId", step_id as "stepId", variant_id as "variantId", metric, sum(n)::bigint as n
    from (
      select sequence_id, step_id, variant_id, metric, n from stat_totals
      where team_id = ${team} and sequence_id = any(${sequenceIds as Id[]})
      union all
      select sequence_id, step_id, variant_id, metric, n from stat_deltas
      where team_id = ${team} and sequence_id = any(${sequenceIds as Id[]})
      union all
      ${waitingForMailbox(team, sequenceIds)}
    ) as parts
    group by 1, 2, 3, 4 having sum(n) <> 0`.execute(kysely(db))
  for (const { sequenceId, ...total } of rows) totals.get(sequenceId)?.push(total)
  return totals
}

export function totalOf(
  totals: readonly Total[],
  metric: Metric,
  where: { stepId?: Id; variantId?: Id } = {},
): number {
  let sum = 0
  for (const total of totals) {
    if (total.metric !== metric) continue
    if (where.stepId !== undefined && total.stepId !== where.stepId) continue
    if (where.variantId !== undefined && total.variantId !== where.variantId) continue
    sum += total.n
  }
  return sum
}

/**
 * Folds deltas into totals in one statement: what is deleted is what is added, so none is lost or counted twice, however many fold at once.
 * Returns how many were folded. Sorted upserts, so that two folders never wait for each other in a circle.
 */
export async function foldDeltas(db: Db): Promise<number> {
  const { rows } = await sql<{ folded: number }>`
    with taken as (
      delete from stat_deltas d using (
        select team_id, id from stat_deltas order by team_id, id limit ${FOLD_MAX} for update skip locked
      ) as batch
      where d.team_id = batch.team_id and d.id = batch.id
      returning d.team_id, d.sequence_id, d.step_id, d.variant_id, d.metric, d.n, d.day, d.mailbox_id, d.domain
    ), by_day as (
      insert into stat_days as t (team_id, day, sequence_id, step_id, variant_id, mailbox_id, domain, metric, n)
      select team_id, day, sequence_id, step_id, variant_id, mailbox_id, domain, metric, sum(n) from taken
      where day is not null group by 1, 2, 3, 4, 5, 6, 7, 8 order by 1, 2, 3, 4, 5, 6, 7, 8
      on conflict (team_id, day, sequence_id, step_id, variant_id, mailbox_id, domain, metric) do update set n = t.n + excluded.n
      returning 1
    ), folded as (
      insert into stat_totals as t (team_id, sequence_id, step_id, variant_id, metric, n)
      select team_id, sequence_id, step_id, variant_id, metric, sum(n) from taken
      group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
      on conflict (team_id, sequence_id, step_id, variant_id, metric) do update set n = t.n + excluded.n
      returning 1
    )
    select count(*)::int as folded from taken`.execute(kysely(db))
  return rows[0]!.folded
}
