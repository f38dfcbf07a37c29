/** What `verify` proves of everybody who is still to be written to: nobody is forgotten, nobody is held without a reason, nothing points nowhere. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { EMAIL_RANKS, FOLLOW_UP_RANKS, OWN_RANKS, TASK_RANKS } from '../core/enrollment.ts'
import type { Facts } from '../core/facts.ts'
import { judgeAll } from '../core/gates.ts'
import type { Id } from '../core/ids.ts'
import { at, kysely } from './db.ts'
import { readFacts } from './due-enrollments.ts'
import { type Asking, alone, BREACHES_MAX, type Breach, bySql, type Check } from './verify-promise.ts'
import { TASKS } from './verify-tasks.ts'

const oneState = bySql(
  'one_state',
  'Every live enrollment has exactly one of: a due time, a lease, a hold with a reason.',
  ({ team }) => sql<Breach>`
    select id as "enrollmentId", format('%s with %s of due time, lease and hold', state, num_nonnulls(due_at, lease_until, hold_reason)) as sentence
    from enrollments where team_id = ${team}
      and case state when 'active' then num_nonnulls(due_at, lease_until, hold_reason) <> 1
        else num_nonnulls(due_at, lease_until) > 0 or (state <> 'paused' and hold_reason is not null) end`,
)

/** A lease without an email would never end: recovery goes by what is in hand. */
const leaseHasEmail = bySql(
  'lease_has_email',
  'A lease ends: the email it was taken for is in hand.',
  ({ team }) => sql<Breach>`
    select e.id as "enrollmentId", e.mailbox_id as "mailboxId", e.message_id as "messageId",
      format('leased until %s, and no email of its step is claimed or on the wire', e.lease_until) as sentence
    from enrollments e where e.team_id = ${team} and e.lease_until is not null and not exists (
      select from messages m where m.team_id = e.team_id and m.enrollment_id = e.id and m.step_id = e.step_id
        and m.state in ('claimed', 'transmitting'))`,
)

/** Each claim raises the fence and first puts right what the lease before it has left. */
const nothingLeftBehind = bySql(
  'nothing_left_behind',
  'What a dead process had in hand is put right by the next claim of its mailbox.',
  ({ team }) => sql<Breach>`
    select m.id as "messageId", m.enrollment_id as "enrollmentId", m.mailbox_id as "mailboxId",
      case when m.fence <> b.fence then format('%s under fence %s; the mailbox was claimed since, its fence is %s', m.state, m.fence, b.fence)
        else format('%s, and its mailbox never wakes', m.state) end as sentence
    from messages m join mailboxes b on b.team_id = m.team_id and b.id = m.mailbox_id
    where m.team_id = ${team} and m.state in ('claimed', 'transmitting')
      and (m.fence <> b.fence or (b.state = 'connected' and b.wake_at = 'infinity'))`,
)

const noOrphans = bySql(
  'no_orphans',
  'Every row that is pointed at exists.',
  ({ team }) => sql<Breach>`
    select null as "messageId", e.id as "enrollmentId", null as "mailboxId", format('its %s is missing', x.what) as sentence
    from enrollments e cross join lateral (values
      ('step', e.step_id is not null and not exists (select from steps s where s.team_id = e.team_id and s.id = e.step_id)),
      ('mailbox', not exists (select from mailboxes b where b.team_id = e.team_id and b.id = e.mailbox_id)),
      ('contact', not exists (select from contacts c where c.team_id = e.team_id and c.id = e.contact_id)),
      ('sequence', not exists (select from sequences q where q.team_id = e.team_id and q.id = e.sequence_id)),
      ('lane', e.due_at is not null and not exists (select from lanes l where l.team_id = e.team_id and l.mailbox_id = e.mailbox_id
        and l.sequence_id = e.sequence_id))) as x (what, missing)
    where e.team_id = ${team} and x.missing
    union all
    select m.id, m.enrollment_id, m.mailbox_id, format('its %s is missing', x.what)
    from messages m cross join lateral (values
      ('mailbox', not exists (select from mailboxes b where b.team_id = m.team_id and b.id = m.mailbox_id)),
      ('enrollment', m.enrollment_id is not null and not exists (select from enrollments e where e.team_id = m.team_id and e.id = m.enrollment_id)),
      ('step', m.step_id is not null and not exists (select from steps s where s.team_id = m.team_id and s.id = m.step_id)),
      ('contact', m.contact_id is not null and not exists (select from contacts c where c.team_id = m.team_id and c.id = m.contact_id))
    ) as x (what, missing)
    where m.team_id = ${team} and x.missing
    union all
    select k.message_id, null, k.mailbox_id, format('link %s is about a message that is missing', k.seq)
    from ledger_links k where k.team_id = ${team}
      and not exists (select from messages m where m.team_id = k.team_id and m.id = k.message_id)`,
)

/** The kinds of activities that bring a row where it stands. */
const everyTransitionTold = bySql(
  'every_transition_told',
  'Every transition has an activity row.',
  ({ team }) => sql<Breach>`
    select e.id as "enrollmentId", null as "messageId", format('%s, and no activity says how', x.word) as sentence
    from enrollments e cross join lateral (values
      ('enrolled', true, array['enrolled']),
      ('finished', e.state = 'finished', array['finished', 'removed']),
      ('failed', e.state = 'failed', array['failed']),
      ('paused', e.state = 'paused', array['paused', 'enrolled']),
      ('held', e.hold_reason is not null, array['held', 'task_created', 'reopened']),
      ('removed', e.removed_at is not null, array['removed'])) as x (word, stands, kinds)
    where e.team_id = ${team} and x.stands and not exists (
      select from activities a where a.team_id = e.team_id and a.enrollment_id = e.id and a.kind = any(x.kinds))
    union all
    select m.enrollment_id, m.id, 'accepted, and no activity says so'
    from messages m where m.team_id = ${team} and m.state = 'accepted' and not exists (
      select from activities a where a.team_id = m.team_id and a.message_id = m.id and a.kind in ('sent', 'delivery_resolved'))`,
)

interface Waiting {
  enrollmentId: Id
  mailboxId: Id
  dueAt: Instant
  laneWakeAt: Instant
  mailboxWakeAt: Instant
}

/** The earliest of each lane, first steps, follow-ups and what people sent off apart, where lane or mailbox sleeps beyond its due time. */
async function oversleeping(db: Db, { team, now }: Asking): Promise<Waiting[]> {
  // Literals: as two parameters an expression would not be the same twice, as `distinct on` demands.
  const isOneOf = (ranks: readonly number[]) => sql`rank in (${sql.join(ranks.map((rank) => sql.lit(rank)))})`
  const kind = sql`${isOneOf(FOLLOW_UP_RANKS)}, ${isOneOf(OWN_RANKS)}`
  const { rows } = await sql<Waiting>`
    select w.id as "enrollmentId", w.mailbox_id as "mailboxId", w.due_at as "dueAt", l.wake_at as "laneWakeAt", b.wake_at as "mailboxWakeAt"
    from (
      select distinct on (mailbox_id, sequence_id, ${kind}) id, mailbox_id, sequence_id, due_at from enrollments
      where team_id = ${team} and due_at is not null and ${isOneOf(EMAIL_RANKS)} order by mailbox_id, sequence_id, ${kind}, due_at, id
    ) as w
    join mailboxes b on b.team_id = ${team} and b.id = w.mailbox_id and b.state = 'connected'
    join lanes l on l.team_id = ${team} and l.mailbox_id = w.mailbox_id and l.sequence_id = w.sequence_id
    where l.wake_at > greatest(w.due_at, ${at(now)}) or (w.due_at <= ${at(now)} and b.wake_at > ${at(now)})
    order by w.due_at, w.id limit ${BREACHES_MAX}`.execute(kysely(db))
  return rows
}

/** The same of steps for a person, which no mailbox keeps waiting. */
async function oversleepingTasks(db: Db, { team, now }: Asking): Promise<Waiting[]> {
  const { rows } = await sql<Waiting>`
    select w.id as "enrollmentId", w.mailbox_id as "mailboxId", w.due_at as "dueAt", l.task_wake_at as "laneWakeAt", ${at(now)}::timestamptz as "mailboxWakeAt"
    from (
      select distinct on (mailbox_id, sequence_id) id, mailbox_id, sequence_id, due_at from enrollments
      where team_id = ${team} and due_at is not null and rank = any(${[...TASK_RANKS]}) order by mailbox_id, sequence_id, due_at, id
    ) as w
    join lanes l on l.team_id = ${team} and l.mailbox_id = w.mailbox_id and l.sequence_id = w.sequence_id
    where l.task_wake_at > greatest(w.due_at, ${at(now)}) order by w.due_at, w.id limit ${BREACHES_MAX}`.execute(
    kysely(db),
  )
  return rows
}

/**
 * Sleeping is legal only behind a gate that parks: of the sequence for the lane, any for the mailbox. A lane behind a daily cap sleeps until
 * the cap begins anew, whatever was given back meanwhile.
 */
function whyForgotten(waiting: Waiting, facts: Facts, now: Instant): string | null {
  const { dueAt, laneWakeAt, mailboxWakeAt } = waiting
  const moment = Math.max(dueAt, now)
  const parks = judgeAll(facts, moment).flatMap((gate) =>
    gate.state === 'closed' && gate.consequence.kind === 'park' ? [gate.consequence.scope] : [],
  )
  const { cap } = facts.sequence
  const behindCap = cap !== null && laneWakeAt > moment && laneWakeAt <= cap.resetsAt
  const laneMaySleep = parks.includes('lane') || parks.includes('team') || behindCap
  if (laneWakeAt > moment && !laneMaySleep)
    return `due at ${at(dueAt)}, its lane sleeps ${until(laneWakeAt)}, and no gate of the sequence is closed`
  if (dueAt <= now && mailboxWakeAt > now && parks.length === 0 && !behindCap)
    return `due at ${at(dueAt)}, its mailbox sleeps ${until(mailboxWakeAt)}, and no gate is closed`
  return null
}

const until = (wakeAt: Instant) => (Number.isFinite(wakeAt) ? `until ${at(wakeAt)}` : 'for ever')

const nobodyForgotten = alone(
  'nobody_forgotten',
  'Whoever is due is looked at: a lane or mailbox sleeps beyond a due time only behind a closed gate.',
  async (db, asking) => {
    const waiting = [...(await oversleeping(db, asking)), ...(await oversleepingTasks(db, asking))]
    const facts = await readFacts(db, { ...asking, enrollmentIds: waiting.map((one) => one.enrollmentId) })
    return waiting.flatMap((one) => {
      const known = facts.get(one.enrollmentId)
      const sentence = known ? whyForgotten(one, known, asking.now) : null
      return sentence === null ? [] : [{ sentence, enrollmentId: one.enrollmentId, mailboxId: one.mailboxId }]
    })
  },
)

export const QUEUE: readonly Check[] = [
  oneState,
  leaseHasEmail,
  nothingLeftBehind,
  nobodyForgotten,
  ...TASKS,
  noOrphans,
  everyTransitionTold,
]
