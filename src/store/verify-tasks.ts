/** What `verify` proves of tasks: whoever waits for a person has one task to be found under, and no task or draft outlives its step. */
import { sql } from 'kysely'
import { type Breach, bySql, type Check } from './verify-promise.ts'

/** An enrollment that waits for a person is held with the reason `task_open`: of due time, lease and hold it is the third. */
const waitsForATask = bySql(
  'hold_has_task',
  'Whoever waits for a person to do a step has an open task of that step.',
  ({ team }) => sql<Breach>`
    select e.id as "enrollmentId", format('waits for a person on step %s, and no task of it is open', e.step_id) as sentence
    from enrollments e where e.team_id = ${team} and e.hold_reason = 'task_open' and not exists (
      select from tasks t where t.team_id = e.team_id and t.enrollment_id = e.id and t.step_id = e.step_id and t.state = 'open')`,
)

const taskHasStep = bySql(
  'task_has_step',
  'An open task is about a step on which its enrollment still stands.',
  ({ team }) => sql<Breach>`
    select t.enrollment_id as "enrollmentId", format('task %s of step %s is open; the enrollment is %s on step %s', t.id, t.step_id,
      case when e.removed_at is null then e.state else 'removed' end, e.step_id) as sentence
    from tasks t join enrollments e on e.team_id = t.team_id and e.id = t.enrollment_id
    where t.team_id = ${team} and t.state = 'open'
      and (e.state not in ('active', 'paused') or e.removed_at is not null or e.step_id is distinct from t.step_id)`,
)

const draftHasTask = bySql(
  'draft_has_task',
  'A draft waits for somebody: its task is open, and what was sent off was sent off by a person.',
  ({ team }) => sql<Breach>`
    select m.id as "messageId", m.enrollment_id as "enrollmentId", format('%s, and no open task that is %s', m.state,
      case m.state when 'drafted' then 'not sent off' else 'sent off' end) as sentence
    from messages m where m.team_id = ${team} and m.enrollment_id is not null and m.state in ('drafted', 'queued') and not exists (
      select from tasks t where t.team_id = m.team_id and t.message_id = m.id and t.state = 'open'
        and (t.approved_at is not null) = (m.state = 'queued'))`,
)

const sentByPerson = bySql(
  'sent_off_by_a_person',
  'The email of a step for a person leaves only when a person has sent it off.',
  ({ team }) => sql<Breach>`
    select m.id as "messageId", m.enrollment_id as "enrollmentId", m.mailbox_id as "mailboxId",
      format('marked at %s, and nobody had sent it off', k.at) as sentence
    from ledger_links k join messages m on m.team_id = k.team_id and m.id = k.message_id and m.enrollment_id is not null
    join steps s on s.team_id = m.team_id and s.id = m.step_id and s.kind = 'manual_email'
    where k.team_id = ${team} and k.kind = 'mark' and not exists (
      select from activities a where a.team_id = m.team_id and a.message_id = m.id and a.kind = 'draft_approved' and a.at <= k.at)`,
)

/** Two witnesses: the task says what its call came to, and the story of the person says that it was told so. */
const callsCounted = bySql(
  'call_outcomes_counted',
  'What the calls of each step came to equals what is told of them, call by call.',
  ({ team }) => sql<Breach>`
    select format('calls of step %s that came to %s: the number is %s, told are %s', step, outcome_id, coalesce(n.n, 0),
      coalesce(r.n, 0)) as sentence
    from (select coalesce(step_id, '-') as step, call_outcome_id as outcome_id, count(*) as n from tasks
      where team_id = ${team} and call_outcome_id is not null and state = 'completed' group by 1, 2) as n
    full join (select coalesce(step_id, '-') as step, detail ->> 'callOutcomeId' as outcome_id, count(*) as n from activities
      where team_id = ${team} and kind = 'task_completed' and detail ? 'callOutcomeId' group by 1, 2) as r using (step, outcome_id)
    where coalesce(n.n, 0) <> coalesce(r.n, 0)`,
)

const callsEarned = bySql(
  'calls_for_opens_earned',
  'A call that openings asked for is about an enrollment of whose emails a person has opened one.',
  ({ team }) => sql<Breach>`
    select t.opened_enrollment_id as "enrollmentId", format('task %s is a call for openings, and no person has opened an email', t.id) as sentence
    from tasks t where t.team_id = ${team} and t.opened_enrollment_id is not null and not exists (
      select from messages m where m.team_id = t.team_id and m.enrollment_id = t.opened_enrollment_id and m.opened_at is not null)`,
)

export const TASKS: readonly Check[] = [
  waitsForATask,
  taskHasStep,
  draftHasTask,
  sentByPerson,
  callsCounted,
  callsEarned,
]
