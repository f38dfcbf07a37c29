/** What `verify` proves of the numbers: each equals the rows it stands for. */
import { type RawBuilder, sql } from 'kysely'
import type { TeamId } from '../core/ids.ts'
import { type Breach, bySql, type Check } from './verify-promise.ts'

/** Totals and what is not folded yet. */
const numbers = (team: TeamId, metrics: RawBuilder<unknown>) => sql`(
  select sequence_id, step_id, variant_id, metric, sum(n) as n from (
    select sequence_id, step_id, variant_id, metric, n from stat_totals where team_id = ${team}
    union all select sequence_id, step_id, variant_id, metric, n from stat_deltas where team_id = ${team}
  ) as parts where ${metrics} group by 1, 2, 3, 4)`

const days = (team: TeamId) => sql`(
  select day, sequence_id, step_id, variant_id, mailbox_id, domain, metric, n from stat_days where team_id = ${team}
  union all select day, sequence_id, step_id, variant_id, mailbox_id, domain, metric, n from stat_deltas
    where team_id = ${team} and day is not null)`

function equal(
  name: string,
  says: string,
  o: { metrics: RawBuilder<unknown>; rows: (team: TeamId) => RawBuilder<unknown> },
): Check {
  return bySql(
    name,
    says,
    ({ team }) => sql<Breach>`
      select format('%s of sequence %s%s: the number is %s, the rows are %s', metric, sequence_id,
        case when step_id = '' then '' else ', step ' || step_id end, coalesce(n.n, 0), coalesce(r.n, 0)) as sentence
      from ${numbers(team, o.metrics)} as n full join (${o.rows(team)}) as r using (sequence_id, step_id, variant_id, metric)
      where coalesce(n.n, 0) <> coalesce(r.n, 0)`,
  )
}

const people = equal('people_counted', 'The numbers of people equal the people.', {
  metrics: sql`(metric in ('active', 'paused', 'finished', 'failed') or metric like '%:%')`,
  rows: (team) => sql`
    select e.sequence_id, coalesce(e.step_id, '') as step_id, '' as variant_id, x.metric, count(*) as n
    from enrollments e cross join lateral (values (e.state),
      (case when e.state = 'active' then 'hold:' || e.hold_reason end),
      (case when e.state in ('finished', 'failed') then e.state || ':' || e.reason end)) as x (metric)
    where e.team_id = ${team} and e.removed_at is null and x.metric is not null group by 1, 2, 3, 4`,
})

const delivered = equal('delivered_counted', 'The number of delivered emails equals the accepted messages.', {
  metrics: sql`metric = 'delivered'`,
  rows: (team) => sql`
    select sequence_id, coalesce(step_id, '') as step_id, coalesce(variant_id, '') as variant_id, 'delivered' as metric, count(*) as n
    from messages where team_id = ${team} and state = 'accepted' and sequence_id is not null group by 1, 2, 3`,
})

const refused = equal(
  'refused_counted',
  'The numbers of emails that came back for good, or were blocked, equal the messages.',
  {
    metrics: sql`metric in ('hard_bounced', 'spam_blocked')`,
    rows: (team) => sql`
    select sequence_id, coalesce(step_id, '') as step_id, coalesce(variant_id, '') as variant_id,
      case bounce when 'hard' then 'hard_bounced' else 'spam_blocked' end as metric, count(*) as n
    from messages where team_id = ${team} and bounce in ('hard', 'blocked') and sequence_id is not null group by 1, 2, 3, 4`,
  },
)

/** Once per person, for whichever of their emails came first: so for the sequence, not for its steps. */
const peopleOfEmails = bySql(
  'people_of_emails_counted',
  'The numbers of people whose email came back, who answered or were met equal the people.',
  ({ team }) => sql<Breach>`
    select format('%s of sequence %s: the number is %s, the people are %s', metric, sequence_id, coalesce(n.n, 0), coalesce(r.n, 0)) as sentence
    from (select sequence_id, metric, sum(n) as n from ${numbers(team, sql`metric in ('bounced', 'replied', 'demoed')`)} as x group by 1, 2) as n
    full join (select e.sequence_id, x.metric, count(*) as n
      from enrollments e cross join lateral (
        select bool_or(m.bounce in ('hard', 'soft')) as bounced, bool_or(m.demoed_at is not null) as demoed from messages m
        where m.team_id = e.team_id and m.enrollment_id = e.id) as m
      cross join lateral (values ('bounced', m.bounced), ('replied', e.replied_at is not null), ('demoed', m.demoed)) as x (metric, counts)
      where e.team_id = ${team} and x.counts group by 1, 2) as r using (sequence_id, metric)
    where coalesce(n.n, 0) <> coalesce(r.n, 0)`,
)

const unsubscribed = equal(
  'unsubscribed_counted',
  'The number of opt-outs equals the messages that brought one.',
  {
    metrics: sql`metric = 'unsubscribed'`,
    rows: (team) => sql`
    select sequence_id, coalesce(step_id, '') as step_id, coalesce(variant_id, '') as variant_id, 'unsubscribed' as metric, count(*) as n
    from messages where team_id = ${team} and opted_out_at is not null and sequence_id is not null group by 1, 2, 3`,
  },
)

const visited = equal(
  'visits_counted',
  'The numbers of openings and clicks, by people and by machines, equal the emails that had one; those of tracked emails the emails.',
  {
    metrics: sql`metric in ('opened', 'machine_opened', 'opened_unfiltered', 'clicked', 'scanner_clicked', 'clicked_unfiltered',
      'delivered_open_tracked', 'delivered_click_tracked')`,
    rows: (team) => sql`
    select m.sequence_id, coalesce(m.step_id, '') as step_id, coalesce(m.variant_id, '') as variant_id, x.metric, count(*) as n
    from messages m cross join lateral (values ('opened', m.opened_at is not null), ('machine_opened', m.machine_opened_at is not null),
      ('opened_unfiltered', num_nonnulls(m.opened_at, m.machine_opened_at) > 0), ('clicked', m.clicked_at is not null),
      ('scanner_clicked', m.scanner_clicked_at is not null),
      ('clicked_unfiltered', num_nonnulls(m.clicked_at, m.scanner_clicked_at) > 0),
      ('delivered_open_tracked', m.opens_tracked and m.state = 'accepted'),
      ('delivered_click_tracked', m.clicks_tracked and m.state = 'accepted')) as x (metric, counts)
    where m.team_id = ${team} and m.sequence_id is not null and x.counts group by 1, 2, 3, 4`,
  },
)

/** A number of emails has a day, a mailbox and a domain; one of people has none. */
const addsUp = bySql(
  'days_add_up',
  'The numbers of all days, mailboxes and domains together are the numbers of the sequence, its steps and wordings.',
  ({ team }) => sql<Breach>`
    select format('%s of sequence %s: the days say %s, the number is %s', metric, sequence_id, coalesce(d.n, 0), coalesce(n.n, 0)) as sentence
    from ${numbers(team, sql`metric not in ('active', 'paused', 'finished', 'failed') and metric not like '%:%'`)} as n
    full join (select sequence_id, step_id, variant_id, metric, sum(n) as n from ${days(team)} as x group by 1, 2, 3, 4) as d
      using (sequence_id, step_id, variant_id, metric)
    where coalesce(d.n, 0) <> coalesce(n.n, 0)`,
)

const byDay = bySql(
  'days_and_mailboxes_counted',
  'The numbers of delivered and of blocked emails of each day and mailbox equal the messages.',
  ({ team }) => sql<Breach>`
    select mailbox_id as "mailboxId", format('%s on %s: the number is %s, the emails are %s', metric, day, coalesce(d.n, 0), coalesce(r.n, 0))
      as sentence
    from (select day, mailbox_id, metric, sum(n) as n from ${days(team)} as x where metric in ('delivered', 'spam_blocked')
      group by 1, 2, 3) as d
    full join (select m.sent_on as day, m.mailbox_id, x.metric, count(*) as n
      from messages m cross join lateral (values ('delivered', m.state = 'accepted'), ('spam_blocked', m.bounce = 'blocked')) as x (metric, counts)
      where m.team_id = ${team} and m.sequence_id is not null and x.counts group by 1, 2, 3) as r using (day, mailbox_id, metric)
    where coalesce(d.n, 0) <> coalesce(r.n, 0)`,
)

export const NUMBERS: readonly Check[] = [
  people,
  delivered,
  refused,
  peopleOfEmails,
  unsubscribed,
  visited,
  addsUp,
  byDay,
]
