/** What `verify` proves of every mark: sent once, never after an end, never past a limit. Marks are read from the ledger's own links. */
import { type RawBuilder, sql } from 'kysely'
import type { TeamId } from '../core/ids.ts'
import { suppressionPrefix } from './suppressions.ts'
import { type Breach, bySql, type Check, grace } from './verify-promise.ts'

/** Every mark there was, with its message. */
const marks = (team: TeamId) => sql`
  ledger_links k join messages m on m.team_id = k.team_id and m.id = k.message_id
  where k.team_id = ${team} and k.kind = 'mark'`

/** Named by the sweep of a stop: it was leaving when the stop came. */
const notInFlight = sql`not exists (
  select from activities f where f.team_id = m.team_id and f.message_id = m.id and f.kind = 'in_flight')`

const about = sql`m.id as "messageId", m.enrollment_id as "enrollmentId", m.mailbox_id as "mailboxId"`

const acceptedOnce = bySql(
  'accepted_once',
  'A step is accepted at most once per enrollment.',
  ({ team }) => sql<Breach>`
    select min(m.id) as "messageId", m.enrollment_id as "enrollmentId", null as "mailboxId",
      format('step %s of the enrollment was accepted %s times', m.step_id, count(*)) as sentence
    from messages m where m.team_id = ${team} and m.enrollment_id is not null and m.state = 'accepted'
    group by m.enrollment_id, m.step_id having count(*) > 1
    union all
    select ${about}, format('attempt %s was opened although attempt %s had been accepted', b.attempt, a.attempt)
    from attempts a
    join attempts b on b.team_id = a.team_id and b.message_id = a.message_id and b.attempt > a.attempt
    join messages m on m.team_id = a.team_id and m.id = a.message_id
    where a.team_id = ${team} and a.outcome = 'accepted'`,
)

const oneRow = bySql(
  'one_row_per_step',
  'The ledger has one row per enrollment and step.',
  ({ team }) => sql<Breach>`
    select min(id) as "messageId", enrollment_id as "enrollmentId", format('step %s has %s rows', step_id, count(*)) as sentence
    from messages where team_id = ${team} and enrollment_id is not null
    group by enrollment_id, step_id having count(*) > 1`,
)

const attemptsAgree = bySql(
  'attempts_agree',
  'A message says what its attempts say.',
  ({ team }) => sql<Breach>`
    select ${about}, format('the message is %s after attempt %s; the last attempt is %s, and %s was accepted', m.state, m.attempt,
      coalesce(a.last, 0), case when a.accepted then 'one' else 'none' end) as sentence
    from messages m
    left join (
      select message_id, max(attempt) as last, bool_or(outcome = 'accepted') as accepted from attempts where team_id = ${team} group by 1
    ) as a on a.message_id = m.id
    where m.team_id = ${team} and (m.attempt <> coalesce(a.last, 0) or (a.accepted and m.state <> 'accepted'))`,
)

const notAfterReply = bySql(
  'not_after_reply',
  'After an answer nothing automatic leaves in that enrollment, unless the sequence says otherwise or a person resumed it.',
  ({ team }) => sql<Breach>`
    select ${about}, format('marked at %s, answered at %s', k.at, e.replied_at) as sentence
    from enrollments e, ${marks(team)} and e.team_id = m.team_id and e.id = m.enrollment_id and k.at > e.replied_at + ${grace}
      and coalesce(m.facts -> 'sequence' ->> 'finishOnReply', 'true') = 'true' and ${notInFlight}
      and not exists (
        select from activities r where r.team_id = e.team_id and r.enrollment_id = e.id
          and (r.kind in ('resumed', 'released', 'retried', 'reopened') and r.at between e.replied_at and k.at and r.actor not in ('engine', 'inbound')
            -- A person said later whose the answer is: until then it was somebody else's.
            or r.kind = 'reattached' and r.at > k.at))`,
)

const notAfterStop = bySql(
  'not_after_stop',
  'A stop that committed before the mark wins.',
  ({ team }) => sql<Breach>`
    select ${about}, format('marked at %s, %s at %s', k.at, s.word, s.at) as sentence
    from enrollments e cross join lateral (values
      (case when e.state in ('finished', 'failed') then e.finished_at end, e.state),
      (case when e.state = 'paused' then e.paused_at end, 'paused'),
      (e.removed_at, 'removed')) as s (at, word), ${marks(team)}
      and e.team_id = m.team_id and e.id = m.enrollment_id and k.at > s.at + ${grace} and ${notInFlight}`,
)

const notWhileInactive = bySql(
  'not_while_inactive',
  'A sequence that is switched off or archived sends nothing.',
  ({ team }) => sql<Breach>`
    select ${about}, format('marked at %s, the sequence was off since %s', k.at, s.at) as sentence
    from ${sql`activities s, ${marks(team)}`} and s.team_id = m.team_id and s.sequence_id = m.sequence_id
      and s.kind in ('sequence_deactivated', 'sequence_archived') and k.at > s.at + ${grace} and ${notInFlight}
      and not exists (
        select from activities o where o.team_id = s.team_id and o.sequence_id = s.sequence_id and o.kind = 'sequence_activated'
          and o.at >= s.at and o.at <= k.at)`,
)

/** What a message has brought upon its address. */
const NEVER_AFTER = [
  {
    name: 'not_after_hard_bounce',
    what: 'a hard bounce',
    since: sql`case when h.bounce = 'hard' then h.bounced_at end`,
  },
  { name: 'not_after_opt_out', what: 'an opt-out', since: sql`h.opted_out_at` },
  { name: 'not_after_complaint', what: 'a complaint', since: sql`h.complained_at` },
] as const

const neverAfter = NEVER_AFTER.map(({ name, what, since }) =>
  bySql(
    name,
    `After ${what} nothing leaves to that address, in any sequence, until a person takes it off the list.`,
    ({ team }) => sql<Breach>`
      select ${about}, format('marked at %s, after ${sql.raw(what)} at %s of message %s', k.at, ${since}, h.id) as sentence
      from messages h, ${marks(team)} and h.team_id = m.team_id and ${since} is not null and h.to_address = m.to_address and k.at > ${since} + ${grace}
        and ${notInFlight}
        and not exists (
          select from suppressions l where l.team_id = m.team_id and l.kind = 'address' and l.value = m.to_address
            and l.lifted_at between ${since} and k.at)
        and not exists (
          select from activities u where u.team_id = m.team_id and u.kind = 'unsuppressed' and u.detail ->> 'value' = m.to_address
            and u.at between ${since} and k.at)`,
  ),
)

/** The address itself, its hash, its domain and the domains above it: the keys of `suppressionsOf`. */
const suppressionKeys = sql`(
  select 'address' as kind, m.to_address as value
  union all select 'hash', encode(sha256(convert_to(${suppressionPrefix} || m.to_address, 'UTF8')), 'hex')
  union all select 'domain', array_to_string(d.labels[i :], '.')
  from (select string_to_array(regexp_replace(m.to_address, '^.*@', ''), '.') as labels) as d, generate_subscripts(d.labels, 1) as i)`

const notWhileSuppressed = bySql(
  'not_while_suppressed',
  'Nothing leaves to an address that is on the do-not-contact list.',
  ({ team }) => sql<Breach>`
    select ${about}, format('marked at %s, the %s %s is on the list since %s (%s)', k.at, s.kind, s.value, s.created_at, s.reason) as sentence
    from ledger_links k join messages m on m.team_id = k.team_id and m.id = k.message_id
    cross join lateral ${suppressionKeys} as x
    join suppressions s on s.team_id = k.team_id and s.kind = x.kind and s.value = x.value
    where k.team_id = ${team} and k.kind = 'mark' and m.to_address is not null and k.at > s.created_at + ${grace}
      and (s.lifted_at is null or s.lifted_at > k.at) and ${notInFlight}`,
)

/** Each counted send with what its mailbox had counted in the window that ends with it, against the limit of its own claim. */
function limitKept(name: string, o: { allowed: RawBuilder<unknown>; span: string; words: string }): Check {
  return bySql(
    name,
    `The ${o.words} limit of a mailbox is never passed.`,
    ({ team }) => sql<Breach>`
      select ${about}, format('%s emails in the ${sql.raw(o.words)} window that ends at %s; the limit was %s', m.n, m.counted_at, m.allowed)
        as sentence
      from (
        select m.*, (m.facts -> 'mailbox' -> 'pace' ${o.allowed})::int as allowed, count(*) over (
          partition by m.mailbox_id order by m.counted_at range between ${sql.lit(o.span)}::interval preceding and current row) as n
        from messages m where m.team_id = ${team} and m.counted_at is not null
      ) as m
      where ${judged} and m.n > m.allowed`,
  )
}

/** Its facts are those of the claim that was marked: a later claim, not marked yet, has facts of its own. */
const judged = sql`m.facts is not null and m.marked_at >= m.claimed_at and m.counted_at = m.marked_at`

const gapKept = bySql(
  'mailbox_gap',
  'The gap between two emails of a mailbox is kept.',
  ({ team }) => sql<Breach>`
    select ${about}, format('counted at %s, %s after the one before; the gap was %s ms', m.counted_at, m.counted_at - m.before, m.gap) as sentence
    from (
      select m.*, (m.facts -> 'mailbox' -> 'pace' ->> 'gapMs')::int as gap,
        lag(m.counted_at) over (partition by m.mailbox_id order by m.counted_at, m.id) as before
      from messages m where m.team_id = ${team} and m.counted_at is not null
    ) as m
    where ${judged} and m.counted_at - m.before < m.gap * interval '1 millisecond'`,
)

/** Each counter that a message stands in. */
const stamps = (team: TeamId): RawBuilder<unknown> => sql`
  messages m cross join lateral jsonb_to_recordset(m.capped) as c (kind text, key text, day date)
  where m.team_id = ${team} and m.capped <> '[]'`

const capsCounted = bySql(
  'caps_counted',
  'The counter of a shared cap equals what was counted.',
  ({ team }) => sql<Breach>`
    select format('the counter of %s %s on %s is %s; %s emails are counted', coalesce(c.kind, u.kind), coalesce(c.key, u.key),
      coalesce(c.day, u.day), coalesce(c.used, 0), coalesce(u.n, 0)) as sentence
    from (select * from cap_counters where team_id = ${team}) as c
    full join (select c.kind, c.key, c.day, count(*) as n from ${stamps(team)} group by 1, 2, 3) as u
      on u.kind = c.kind and u.key = c.key and u.day = c.day
    where coalesce(c.used, 0) <> coalesce(u.n, 0)`,
)

/** Of a sequence and a step beside what they are, of a company among the caps of the team. */
const capOfStamp = sql`coalesce(m.facts -> c.kind -> 'cap', m.facts -> 'caps' -> c.kind)`

/** Each email with what its counter had when it was claimed, against the limit of its own claim: the cap may have been another before. */
const capsKept = bySql(
  'shared_cap',
  'A cap of a sequence, step, recipient domain or account is never passed.',
  ({ team }) => sql<Breach>`
    select ${about}, format('number %s of %s %s on %s; the cap was %s', m.n, m.kind, m.key, m.day, m.allowed) as sentence
    from (
      select m.*, c.kind, c.key, c.day, case when ${capOfStamp} ->> 'day' = c.day::text then (${capOfStamp} ->> 'limit')::int end as allowed,
        count(*) over (partition by c.kind, c.key, c.day order by m.claimed_at range between unbounded preceding and current row) as n
      from ${stamps(team)}
    ) as m where m.n > m.allowed`,
)

export const SENDING: readonly Check[] = [
  acceptedOnce,
  oneRow,
  attemptsAgree,
  notAfterReply,
  notAfterStop,
  notWhileInactive,
  ...neverAfter,
  notWhileSuppressed,
  // A send is allowed when the limit-th newest is exactly one window old: it has left the window.
  limitKept('mailbox_daily_limit', {
    allowed: sql`->> 'dailyLimit'`,
    span: '23 hours 59 minutes 59.999 seconds',
    words: '24-hour',
  }),
  limitKept('mailbox_hourly_limit', {
    allowed: sql`->> 'hourlyLimit'`,
    span: '59 minutes 59.999 seconds',
    words: 'hourly',
  }),
  limitKept('ramp_up', {
    allowed: sql`-> 'ramp' ->> 'allowed'`,
    span: '23 hours 59 minutes 59.999 seconds',
    words: 'ramp-up',
  }),
  gapKept,
  capsCounted,
  capsKept,
]
