/**
 * The ordered list of named gates. `decide` takes the first closed one, `explain` shows them all.
 * Adding a rule is adding one entry here, one row in the docs, and one law in the tests.
 */
import { type Instant, MINUTE, SECOND } from './clock.ts'
import { judgeCompanyReply } from './company-reply.ts'
import { BY_ITSELF, type Deed, deedOf, MAILED } from './deed.ts'
import { isFollowUp } from './enrollment.ts'
import type { Cap, CompanyCap, Facts } from './facts.ts'
import { dueTime, judgeDate, judgeStale, zoneOf } from './lateness.ts'
import { type ClosedPace, closedPaces, type PaceGate } from './pacing.ts'
import { closedBy, closesAt, nextOpening } from './schedule.ts'
import { isEmail, wordingGap } from './sequence.ts'
import { type Consequence, hold, park, skip, type Verdict, wait } from './verdict.ts'

/** A follow-up may leave if its inbox was read to its end at most this long before it fell due. */
export const INBOX_READ_WITHIN_MS = 60 * SECOND

/** After this long without a successful read, people are alerted. */
export const INBOX_ALERT_AFTER_MS = 15 * MINUTE

/**
 * A read older than this says nothing about now, whatever was due before it: after a weekend in which nobody polled, Monday's
 * follow-ups wait for a new one. Polls come every minute or so, hence it costs nothing.
 */
export const INBOX_FRESH_MS = 15 * MINUTE

export type GateName =
  | 'team_fenced'
  | 'sequence_active'
  | 'enrollment_active'
  | 'contact_present'
  | 'address'
  | 'suppression'
  | 'contact_stage'
  | 'account_stage'
  | 'step_present'
  | 'step_date'
  | 'account_wide_cap'
  | 'same_account_reply'
  | 'step_approved'
  | 'variables_present'
  | 'thread_parent'
  | 'due_time'
  | 'stale'
  | 'inbox_read'
  | 'window'
  | 'holiday'
  | 'sequence_daily_cap'
  | 'step_daily_cap'
  | 'recipient_domain_cap'
  | 'mailbox_connected'
  | 'mailbox_suspended'
  | 'mailbox_reachable'
  | PaceGate

/** `until` is the earliest moment at which the gate opens by itself; null when only a person or an event opens it. */
export interface ClosedGate {
  name: GateName
  state: 'closed'
  consequence: Consequence
  until: Instant | null
  value: string
  rule: string
}

export interface OpenGate {
  name: GateName
  state: 'open'
}

export type Gate = OpenGate | ClosedGate

interface Law {
  name: GateName
  rule: string
  /** Which deeds it is asked of; all, where it does not say. */
  of?: readonly Deed[]
  judge: (facts: Facts, now: Instant) => Verdict | null
}

/** Closed by the windows or by a holiday. In the schedule's own zone it is closed for the whole lane, else for this contact. */
function judgeSchedule(facts: Facts, now: Instant, closedFor: 'window' | 'holiday'): Verdict | null {
  const { schedule } = facts
  if (!schedule)
    return closedFor === 'window' ? hold('window_never_opens', 'the sequence has no schedule') : null
  const zone = zoneOf(facts)
  if (closedBy(schedule, zone, now) !== closedFor) return null
  const opensAt = nextOpening(schedule, zone, now)
  if (opensAt === null) return hold('window_never_opens', 'no window within 400 days')
  const value = closedFor === 'window' ? `closed in ${zone}` : `a holiday in ${zone}`
  return schedule.useContactZone ? wait(opensAt, value) : park('lane', value, opensAt)
}

/** What the do-not-contact list says, in the words of the enrollment. */
const SUPPRESSED_AS: Record<string, Verdict['consequence']> = {
  opt_out: { kind: 'finish', reason: 'opted_out' },
  complaint: { kind: 'finish', reason: 'complained' },
  hard_bounce: { kind: 'fail', reason: 'hard_bounced' },
}

/** Follow-ups that fell due up to this instant may leave, as far as their inbox is concerned; null when none may. */
export function inboxReadUntil(reading: Facts['reading'], now: Instant): Instant | null {
  if (reading.problem !== null || reading.readAt === null || reading.readAt < now - INBOX_FRESH_MS)
    return null
  return reading.readAt + INBOX_READ_WITHIN_MS
}

/** The mailbox that reads for a moved person wakes nobody but its own: looked again after its next poll, which comes within a minute. */
const LOOK_AGAIN_MS = MINUTE

/** Also the inbox of the mailbox that wrote to them before: whoever was moved may have answered there. */
function judgeInbox(facts: Facts, now: Instant): Verdict | null {
  const { enrollment, parent } = facts
  if (!isFollowUp(enrollment.rank) || enrollment.dueAt === null) return null
  const own = judgeReading(facts, now)
  if (own !== null || parent === null || (parent.reading ?? null) === null) return own
  const before = judgeReading({ ...facts, reading: parent.reading! }, now)
  return before && wait(now + LOOK_AGAIN_MS, before.value)
}

function judgeReading({ enrollment, reading }: Pick<Facts, 'enrollment' | 'reading'>, now: Instant) {
  if (enrollment.dueAt === null) return null
  const readUntil = inboxReadUntil(reading, now)
  if (readUntil !== null && enrollment.dueAt <= readUntil) return null
  if (reading.problem !== null)
    return park('mailbox', `${reading.address} cannot be read: ${reading.problem}`)
  return park(
    'mailbox',
    reading.readAt === null ? `${reading.address} was never read` : `${reading.address} was not read since`,
  )
}

function judgeCap(cap: Cap | null, scope: 'lane' | 'enrollment'): Verdict | null {
  if (cap === null || cap.used < cap.limit) return null
  const value = `${cap.used} of ${cap.limit} today`
  const until = Math.min(cap.resetsAt, cap.looseUntil ?? cap.resetsAt)
  return scope === 'lane' ? park('lane', value, until) : wait(until, value)
}

function judgeCompany(cap: CompanyCap | null, span: 'today' | 'this week'): Verdict | null {
  if (cap === null || cap.used < cap.limit) return null
  const value = `${cap.name} got ${cap.used} of ${cap.limit} emails ${span}`
  return wait(Math.min(cap.resetsAt, cap.looseUntil ?? cap.resetsAt), value)
}

function judgePace(name: PaceGate): Law['judge'] {
  return ({ mailbox }, now) => {
    const closed: ClosedPace | undefined = closedPaces(mailbox.pace, now).find((pace) => pace.gate === name)
    return closed ? park('mailbox', `${mailbox.address} ${closed.value}`, closed.until) : null
  }
}

export const GATES: readonly Law[] = [
  {
    name: 'team_fenced',
    rule: 'A restored or cloned database sends nothing until an operator says so.',
    judge: ({ team }) => (team.fenced === null ? null : park('team', team.fenced)),
  },
  {
    name: 'sequence_active',
    rule: 'Only an active sequence sends.',
    judge: ({ sequence }) =>
      sequence.active && !sequence.archived ? null : park('lane', 'Sequence inactive'),
  },
  {
    name: 'enrollment_active',
    rule: 'Only an active enrollment without a hold goes on.',
    judge: ({ enrollment }) =>
      enrollment.state === 'active' && enrollment.hold === null
        ? null
        : wait(null, enrollment.hold ?? enrollment.state),
  },
  {
    name: 'contact_present',
    rule: 'A deleted contact is not written to.',
    judge: ({ contact }) =>
      contact.deleted ? { consequence: { kind: 'fail', reason: 'contact_deleted' }, value: 'deleted' } : null,
  },
  {
    name: 'address',
    rule: 'The contact has one valid address.',
    judge: ({ contact, step }) => {
      if (contact.address !== null || !isEmail(step.kind)) return null
      return contact.addressProblem === null
        ? hold('contacts_without_email', 'no address')
        : hold('email_format_invalid', contact.addressProblem)
    },
  },
  {
    name: 'suppression',
    rule: 'Nobody on the do-not-contact list is written to.',
    judge: ({ suppression }) =>
      suppression === null
        ? null
        : {
            consequence: SUPPRESSED_AS[suppression.reason] ?? { kind: 'finish', reason: 'suppressed' },
            value: `${suppression.kind} ${suppression.value}: ${suppression.reason}`,
          },
  },
  {
    name: 'contact_stage',
    rule: 'The stage of the contact is not excluded by the sequence.',
    judge: ({ contact, sequence }) =>
      contact.stageId !== null && sequence.excludedContactStageIds.includes(contact.stageId)
        ? hold('contact_stage_safeguard', `Contact stage is ${contact.stageName ?? contact.stageId}`)
        : null,
  },
  {
    name: 'account_stage',
    rule: 'The stage of the account is not excluded by the sequence.',
    judge: ({ account, sequence }) =>
      account !== null &&
      account.stageId !== null &&
      sequence.excludedAccountStageIds.includes(account.stageId)
        ? hold('account_stage_safeguard', `Account stage is ${account.stageName ?? account.stageId}`)
        : null,
  },
  {
    name: 'step_present',
    rule: 'A step that was taken out of the sequence is skipped.',
    judge: ({ step }) => (step.deleted ? skip('step_deleted', 'taken out of the sequence') : null),
  },
  {
    name: 'step_date',
    rule: 'A step with a date is skipped when it is more than 24 hours late, and by whoever was added after its date.',
    of: BY_ITSELF,
    judge: judgeDate,
  },
  {
    name: 'account_wide_cap',
    rule: 'The weekly cap of an account, over all sequences.',
    of: MAILED,
    judge: ({ caps }) => judgeCompany(caps.account, 'this week'),
  },
  {
    name: 'same_account_reply',
    rule: 'Nobody else of the company has answered, or the sequence goes on regardless.',
    of: BY_ITSELF,
    judge: judgeCompanyReply,
  },
  {
    name: 'step_approved',
    rule: 'A person has approved the wording.',
    judge: ({ step }) => {
      const gap = wordingGap(step.kind, step.variant)
      return gap === null ? null : hold('step_not_approved', gap)
    },
  },
  {
    name: 'variables_present',
    rule: 'Every value that the wording uses is known.',
    of: MAILED,
    judge: ({ missing }) =>
      missing === null || missing.length === 0 ? null : hold('snippets_missing', missing.join(', ')),
  },
  {
    name: 'thread_parent',
    rule: 'A reply in the same thread needs the email that it answers.',
    judge: ({ step, parent }) =>
      isEmail(step.kind) && step.variant?.thread === 'reply_to_thread' && parent === null
        ? hold('thread_reply_original_email_missing', 'no earlier email was sent')
        : null,
  },
  {
    name: 'due_time',
    rule: 'The wait of the step is over.',
    judge: (facts, now) => {
      const dueAt = dueTime(facts)
      return dueAt !== null && dueAt <= now ? null : wait(dueAt, 'not due yet')
    },
  },
  {
    name: 'stale',
    rule: 'What is long overdue is released by a person.',
    of: BY_ITSELF,
    judge: judgeStale,
  },
  {
    name: 'inbox_read',
    rule: 'A follow-up leaves only after the inbox was read to its end.',
    of: MAILED,
    judge: judgeInbox,
  },
  {
    name: 'window',
    rule: 'What happens by itself happens inside the windows of the schedule.',
    of: BY_ITSELF,
    judge: (facts, now) => judgeSchedule(facts, now, 'window'),
  },
  {
    name: 'holiday',
    rule: 'Holidays of the schedule are closed.',
    of: BY_ITSELF,
    judge: (facts, now) => judgeSchedule(facts, now, 'holiday'),
  },
  {
    name: 'sequence_daily_cap',
    rule: 'The daily cap of the sequence.',
    of: MAILED,
    judge: ({ sequence }) => judgeCap(sequence.cap, 'lane'),
  },
  {
    name: 'step_daily_cap',
    rule: 'The daily cap of the step.',
    of: MAILED,
    judge: ({ step }) => judgeCap(step.cap, 'enrollment'),
  },
  {
    name: 'mailbox_connected',
    rule: 'The mailbox is connected.',
    of: MAILED,
    judge: ({ mailbox }) =>
      mailbox.connected
        ? null
        : park('mailbox', `${mailbox.address}: ${mailbox.stateReason ?? 'not connected'}`),
  },
  {
    name: 'mailbox_suspended',
    rule: 'Not too much of what the mailbox sent came back or was reported as spam.',
    of: MAILED,
    judge: ({ mailbox }) =>
      mailbox.suspendedFor === null ? null : park('mailbox', `${mailbox.address}: ${mailbox.suspendedFor}`),
  },
  {
    name: 'mailbox_reachable',
    rule: 'The mail server of the mailbox answers.',
    of: MAILED,
    judge: ({ mailbox }, now) =>
      mailbox.pausedUntil === null || mailbox.pausedUntil <= now
        ? null
        : park('mailbox', mailbox.problem ?? `${mailbox.address} does not answer`, mailbox.pausedUntil),
  },
  {
    name: 'mailbox_daily_limit',
    rule: 'The rolling 24-hour limit of the mailbox.',
    of: MAILED,
    judge: judgePace('mailbox_daily_limit'),
  },
  {
    name: 'mailbox_hourly_limit',
    rule: 'The rolling hourly limit of the mailbox.',
    of: MAILED,
    judge: judgePace('mailbox_hourly_limit'),
  },
  {
    name: 'mailbox_gap',
    rule: 'The gap between two emails of the mailbox.',
    of: MAILED,
    judge: judgePace('mailbox_gap'),
  },
  {
    name: 'ramp_up',
    rule: 'The ramp-up of the mailbox: how much it may send in 24 hours while it is young.',
    of: MAILED,
    judge: judgePace('ramp_up'),
  },
  {
    name: 'recipient_domain_cap',
    rule: 'The daily cap of a recipient domain.',
    of: MAILED,
    judge: ({ caps }) => judgeCompany(caps.domain, 'today'),
  },
]

const isAskedOf = (law: Law, deed: Deed) => law.of === undefined || law.of.includes(deed)

/** All gates that its deed must pass, in order, each judged by itself: what "why not sent?" shows. */
export function judgeAll(facts: Facts, now: Instant): Gate[] {
  const deed = deedOf(facts)
  return GATES.flatMap((law) =>
    isAskedOf(law, deed) ? (closedGate(law, facts, now) ?? { name: law.name, state: 'open' }) : [],
  )
}

/** The first closed gate, or null when the way is free. */
export function firstClosed(facts: Facts, now: Instant): ClosedGate | null {
  const deed = deedOf(facts)
  for (const law of GATES) {
    const closed = isAskedOf(law, deed) ? closedGate(law, facts, now) : null
    if (closed) return closed
  }
  return null
}

function closedGate({ name, rule, judge }: Law, facts: Facts, now: Instant): ClosedGate | null {
  const verdict = judge(facts, now)
  return verdict && { name, state: 'closed', rule, until: null, ...verdict }
}

/** When the window that is open now closes, or the day that its caps count for ends: the mark must happen before. A person's own send has no window. */
export function windowClosesAt(facts: Facts, now: Instant): Instant | null {
  const { schedule, sequence, step, caps } = facts
  const closes = schedule && deedOf(facts) === 'email' ? closesAt(schedule, zoneOf(facts), now) : null
  const resets = [sequence.cap, step.cap, caps.domain, caps.account].map((cap) => cap?.resetsAt)
  const ends = [closes, ...resets].filter((end) => end != null)
  return ends.length === 0 ? null : Math.min(...ends)
}
