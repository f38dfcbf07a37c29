/** Invariants 1, 6 and 7, and that nobody is stuck or silently skipped, judged by the rows at the end of a run and by what the servers took. */
import type { Instant } from '../../src/core/clock.ts'
import { DAY, HOUR, MINUTE } from '../../src/core/clock.ts'
import { type EnrollmentState, LIVE } from '../../src/core/enrollment.ts'
import { readTotals } from '../../src/store/stats.ts'
import { verify } from '../../src/store/verify.ts'
import { WORDINGS } from '../../src/store/verify-wordings.ts'
import type { Connections } from './database.ts'
import { type Invariant, type MarkCheckers, Violation } from './mark-checkers.ts'
import type { Promises } from './promises.ts'

export interface RowCheckerOptions {
  team: number
  connections: Connections
  marks: MarkCheckers
  promises: Promises
  now: Instant
}

type Found = [Invariant, string]
type Check = (o: RowCheckerOptions) => Promise<Found[]>

export async function checkRows(o: RowCheckerOptions): Promise<Violation[]> {
  const found: Violation[] = []
  for (const check of [...ALWAYS, ...AT_THE_END])
    for (const [invariant, words] of await check(o)) found.push(new Violation(invariant, words))
  return found
}

/** What must hold at any moment at which nobody has a turn. */
export async function checkMoment(o: RowCheckerOptions): Promise<Violation[]> {
  const found: Violation[] = []
  for (const check of ALWAYS)
    for (const [invariant, words] of await check(o)) found.push(new Violation(invariant, words))
  return found
}

/** The end of a lease is noticed by the next look at its mailbox. */
const LEASE_SLACK_MS = DAY

const eachLiveOneHasOne: Check = async ({ connections, team, now }) => {
  const rows = await connections.query<{
    id: string
    state: string
    n: number
    lease_until: Instant | null
    hold_reason: string | null
  }>(
    `select id, state, num_nonnulls(due_at, lease_until, hold_reason) as n, lease_until, hold_reason from enrollments
     where team_id = $1 and removed_at is null and state in ('active', 'paused')`,
    [team],
  )
  return rows.flatMap((row): Found[] => {
    if (row.state === 'active' && row.n !== 1)
      return [['6 due, leased or held', `enrollment ${row.id} has ${row.n} of the three`]]
    if (row.lease_until !== null && row.lease_until < now - LEASE_SLACK_MS)
      return [['6 due, leased or held', `the lease of enrollment ${row.id} ended long ago`]]
    return []
  })
}

const STATE_AFTER: Record<string, EnrollmentState> = {
  paused: 'paused',
  resumed: 'active',
  finished: 'finished',
  failed: 'failed',
  retried: 'active',
  reopened: 'active',
}

/** The activities of an enrollment, played from its first, lead to the state of its row; of one transaction, what opens it comes first and what ends it last. */
const everyTransitionHasItsActivity: Check = async ({ connections, team }) => {
  const rows = await connections.query<{
    id: string
    state: EnrollmentState
    removed: boolean
    kinds: string[]
  }>(
    `select e.id, e.state, e.removed_at is not null as removed,
       array_agg(a.kind order by a.epoch, a.xid, a.kind <> 'reopened', a.kind in ('finished', 'failed'), a.id) as kinds
     from enrollments e left join activities a on a.team_id = e.team_id and a.enrollment_id = e.id
       and a.kind in ('enrolled', 'paused', 'resumed', 'finished', 'failed', 'retried', 'reopened', 'removed')
     where e.team_id = $1 group by e.team_id, e.id, e.state, e.removed_at`,
    [team],
  )
  return rows.flatMap(({ id, state, removed, kinds }): Found[] => {
    if (kinds[0] !== 'enrolled')
      return [['7 activities and numbers', `enrollment ${id} begins with ${kinds[0]}`]]
    let played: EnrollmentState = 'active'
    for (const kind of kinds.slice(1)) {
      played = kind === 'removed' ? (LIVE.includes(played) ? 'finished' : played) : STATE_AFTER[kind]!
    }
    const begunPaused = state === 'paused' && kinds.length === 1
    if (removed !== kinds.includes('removed'))
      return [['7 activities and numbers', `enrollment ${id}: removal and activity differ`]]
    return played === state || begunPaused
      ? []
      : [
          [
            '7 activities and numbers',
            `enrollment ${id} is ${state}, its activities say ${played} (${kinds})`,
          ],
        ]
  })
}

/** Totals equal the rows they count. */
const everyNumberHasItsRows: Check = async ({ connections, team }) => {
  const expected = new Map<string, number>()
  const rows = await connections.query<{ key: string; n: number }>(NUMBERS_SQL, [team])
  for (const { key, n } of rows) expected.set(key, (expected.get(key) ?? 0) + n)
  const sequences = await connections.query<{ id: string }>('select id from sequences where team_id = $1', [
    team,
  ])
  const totals = await readTotals(connections.control, { team, sequenceIds: sequences.map((one) => one.id) })
  const counted = new Map<string, number>()
  for (const [sequenceId, own] of totals)
    for (const { stepId, metric, n } of own) {
      const key = `${sequenceId} ${stepId} ${metric}`
      if (COUNTED.test(metric)) counted.set(key, (counted.get(key) ?? 0) + n)
    }
  return [...new Set([...expected.keys(), ...counted.keys()])].flatMap((key): Found[] => {
    const [rows, number] = [expected.get(key) ?? 0, counted.get(key) ?? 0]
    return rows === number
      ? []
      : [['7 activities and numbers', `${key}: the number is ${number}, the rows are ${rows}`]]
  })
}

const COUNTED =
  /^(active|paused|finished|failed|delivered|hold:.*|finished:.*|failed:.*|spam_blocked|unsubscribed)$/
const NUMBERS_SQL = `
  select sequence_id || ' ' || coalesce(step_id, '') || ' ' || metric as key, count(*)::int as n from (
    select sequence_id, step_id, state as metric from enrollments where team_id = $1 and removed_at is null
    union all
    select sequence_id, step_id, 'hold:' || hold_reason from enrollments where team_id = $1 and removed_at is null and state = 'active' and hold_reason is not null
    union all
    select e.sequence_id, e.step_id, 'hold:no_active_email_account' from enrollments e join mailboxes m on m.team_id = e.team_id and m.id = e.mailbox_id
      where e.team_id = $1 and e.due_at is not null and e.rank not in (6, 7) and m.state = 'disconnected'
    union all
    select sequence_id, step_id, state || ':' || reason from enrollments
      where team_id = $1 and removed_at is null and state in ('finished', 'failed') and reason is not null
    union all
    select sequence_id, step_id, 'delivered' from messages where team_id = $1 and state = 'accepted' and sequence_id is not null
    union all
    select sequence_id, step_id, 'spam_blocked' from messages where team_id = $1 and bounce = 'blocked'
    union all
    select sequence_id, step_id, 'unsubscribed' from messages where team_id = $1 and opted_out_at is not null
  ) as counted group by 1`

/** At any moment, whatever died in between. */
const wordingsAreDealtEvenly: Check = async ({ connections, team, now }) => {
  const found: Found[] = []
  for (const check of WORDINGS)
    for (const { sentence } of await check.look(connections.control, { team, now }))
      found.push(['7 activities and numbers', sentence])
  return found
}

/** What a server took is accepted or unknown in the ledger; what the ledger calls refused was never taken. */
const theLedgerSaysWhatTheServersSay: Check = async ({ connections, team, marks, promises }) => {
  const rows = await connections.query<{ rfc_id: string; state: string; resolved: boolean }>(
    `select rfc_id, state, exists (select from ledger_links l where l.team_id = m.team_id and l.message_id = m.id
       and l.kind in ('resolution', 'late_answer')) as resolved from messages m where team_id = $1`,
    [team],
  )
  const states = new Map(rows.map((row) => [row.rfc_id, row]))
  const taken = new Set(
    marks.marked
      .filter(({ sending }) => sending.truth === 'accepted')
      .map(({ sending }) => sending.mail.messageId),
  )
  const found: Found[] = []
  for (const id of taken) {
    const row = states.get(id)
    const known = row !== undefined && ['accepted', 'unknown', 'transmitting'].includes(row.state)
    if (!known && !promises.sentAgain.has(id))
      found.push(['1 at most once', `${id} was taken by a server, its row says ${row?.state ?? 'nothing'}`])
  }
  for (const row of rows)
    if (row.state === 'accepted' && !row.resolved && !taken.has(row.rfc_id))
      found.push(['1 at most once', `${row.rfc_id} is accepted in the ledger, and no server took it`])
  return found
}

const verifyFindsNothing: Check = async ({ connections, team, now }) =>
  (await verify(connections.control, { now, team })).map(
    (finding): Found => ['verify', JSON.stringify(finding)],
  )

/** Holds that a person must end; anything else that stands still at the end is stuck. */
const ALLOWED_HOLDS = [
  'snippets_missing',
  'contact_stage_safeguard',
  'account_stage_safeguard',
  'same_account_reply',
  'contacts_without_email',
  'email_format_invalid',
  'thread_reply_original_email_missing',
  'step_not_approved',
  'stale',
  'away_without_date',
  'away_too_long',
  'soft_bounces',
  'blocked',
  'sending_failed',
  'human_outbound',
  'reopened',
  // Its task is open: verify proves that.
  'task_open',
]

const nobodyIsStuck: Check = async ({ connections, team, now }) => {
  const rows = await connections.query<{ id: string; words: string }>(
    `select e.id, concat_ws(' ', e.state, e.reason, 'hold', e.hold_reason, 'due', e.due_at, 'lease', e.lease_until, 'lane', l.wake_at,
       'mailbox', b.state, 'wakes', b.wake_at, 'busy', b.busy_until, 'suspended', b.suspended_for, 'read', b.read_at, b.read_problem, b.send_problem) as words
     from enrollments e
     join sequences q on q.team_id = e.team_id and q.id = e.sequence_id
     join mailboxes b on b.team_id = e.team_id and b.id = e.mailbox_id
     left join lanes l on l.team_id = e.team_id and l.mailbox_id = e.mailbox_id and l.sequence_id = e.sequence_id
     where e.team_id = $1 and e.removed_at is null and (
       (e.state = 'active' and e.hold_reason is null and q.active and q.archived_at is null)
       or (e.state = 'active' and not e.hold_reason = any($2))
       or (e.state = 'paused' and e.auto_unpause_at < $3))`,
    [team, ALLOWED_HOLDS, new Date(now - 10 * MINUTE)],
  )
  return rows.map(({ id, words }): Found => ['liveness', `enrollment ${id} stands still: ${words}`])
}

/** Whoever has completed a sequence has every step that still belongs to it from where they began, unless its task was ended or its date was over. */
const nobodyIsSkipped: Check = async ({ connections, team }) => {
  const rows = await connections.query<{ id: string; step_id: string; state: string | null }>(
    `select e.id, s.id as step_id, m.state from enrollments e
     join steps s on s.team_id = e.team_id and s.sequence_id = e.sequence_id and s.deleted_at is null
     left join messages m on m.team_id = e.team_id and m.enrollment_id = e.id and m.step_id = s.id
     where e.team_id = $1 and e.state = 'finished' and e.reason = 'completed' and m.state is distinct from 'accepted'
       and exists (select from activities a join steps b on b.team_id = a.team_id and b.id = a.step_id
         where a.team_id = e.team_id and a.enrollment_id = e.id and a.kind = 'enrolled' and (s.id = b.id or s.position > b.position))
       and not exists (select from tasks t where t.team_id = e.team_id and t.enrollment_id = e.id and t.step_id = s.id
         and t.state in ('completed', 'skipped'))
       and not exists (select from activities a where a.team_id = e.team_id and a.enrollment_id = e.id and a.step_id = s.id
         and a.kind in ('skipped', 'finished') and a.reason = 'date_over' and s.exact_at is not null)`,
    [team],
  )
  return rows.map(
    (row): Found => [
      'liveness',
      `enrollment ${row.id} completed without step ${row.step_id} (${row.state ?? 'never claimed'})`,
    ],
  )
}

/** A mail that a person gave to somebody else is theirs from then on, and what is known of a merged contact is the other's from then on. */
const KNOWN_AT = `greatest(i.read_at, (select max(a.at) from activities a where a.team_id = i.team_id and (
  a.kind = 'reattached' and a.detail ->> 'inbound' = i.id or a.kind = 'contact_merged' and a.contact_id in (o.id, c.id))))`
/** A worker that froze over an answer commits it late: what was claimed in that time could not know of it. */
const KNOWN_AFTER_MS = 12 * HOUR

/** Nothing leaves by itself to somebody whose company has answered, where the sequence stops or waits; as far as nobody has moved to another company. */
const answersOfOthersCount: Check = async ({ connections, team }) => {
  const rows = await connections.query<{ id: string; inbound: string }>(
    `select m.id, i.id as inbound
     from messages m
     join enrollments e on e.team_id = m.team_id and e.id = m.enrollment_id
     join sequences q on q.team_id = m.team_id and q.id = m.sequence_id and q.same_account_reply in ('delay', 'stop')
     join steps s on s.team_id = m.team_id and s.id = m.step_id and s.kind = 'auto_email'
     join contacts c on c.team_id = e.team_id and c.id = e.contact_id and c.address = m.to_address
     join contacts o on o.team_id = c.team_id and o.id <> c.id and o.deleted_at is null
       and case when c.account_id is null then o.account_id is null and split_part(o.address, '@', 2) = split_part(c.address, '@', 2)
         else o.account_id = c.account_id end
     join inbound i on i.team_id = o.team_id and i.contact_id = o.id and i.kind in ('reply', 'other')
       and (c.account_id is not null or i.company_domain = split_part(o.address, '@', 2))
     where m.team_id = $1 and m.state = 'accepted' and m.claimed_at > ${KNOWN_AT} + $2 * interval '1 ms'
       and case q.same_account_reply
         when 'delay' then m.claimed_at < least(i.received_at, i.read_at) + q.same_account_delay_days * interval '24 hours'
         else least(i.received_at, i.read_at) > e.added_at
           and least(i.received_at, i.read_at) > coalesce(e.company_cleared_at, e.added_at) end`,
    [team, KNOWN_AFTER_MS],
  )
  return rows.map(
    ({ id, inbound }): Found => [
      '5 nothing after an end',
      `message ${id} left although somebody else of the company had answered (${inbound})`,
    ],
  )
}

/** A click of a person ends the sequence where it says so; nothing that a machine did ends anything. */
const clicksEndWhatTheyShould: Check = async ({ connections, team, promises }) => {
  const rows = await connections.query<{
    id: string
    state: string
    reason: string | null
    messages: string[]
  }>(
    `select e.state, e.id, e.reason, array_agg(m.id) as messages from enrollments e
     join sequences q on q.team_id = e.team_id and q.id = e.sequence_id
     join messages m on m.team_id = e.team_id and m.enrollment_id = e.id
     where e.team_id = $1 and (q.finish_on_click or e.reason = 'clicked') group by e.team_id, e.id, e.state, e.reason`,
    [team],
  )
  return rows.flatMap(({ id, state, reason, messages }): Found[] => {
    if (reason === 'clicked' && !messages.some((message) => promises.mayHaveClicked.has(message)))
      return [['2 a stop wins', `enrollment ${id} ended for a click that nobody made`]]
    const isLive = LIVE.includes(state as EnrollmentState)
    return isLive && messages.some((message) => promises.clicked.has(message))
      ? [['2 a stop wins', `enrollment ${id} is ${state} although its person followed a link`]]
      : []
  })
}

const nothingInHand: Check = async ({ connections, team }) => {
  const rows = await connections.query<{ id: string; state: string }>(
    "select id, state from messages where team_id = $1 and state in ('claimed', 'transmitting')",
    [team],
  )
  return rows.map((row): Found => ['liveness', `message ${row.id} is still ${row.state}`])
}

const ALWAYS: readonly Check[] = [
  eachLiveOneHasOne,
  everyTransitionHasItsActivity,
  everyNumberHasItsRows,
  wordingsAreDealtEvenly,
]
const AT_THE_END: readonly Check[] = [
  theLedgerSaysWhatTheServersSay,
  verifyFindsNothing,
  nobodyIsStuck,
  nobodyIsSkipped,
  answersOfOthersCount,
  clicksEndWhatTheyShould,
  nothingInHand,
]
