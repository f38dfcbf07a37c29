/** "Why not sent?": every gate of one enrollment, each closed one with its value, the moment it opens, and the way out in a sentence. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { deedOf } from '../core/deed.ts'
import type { Facts } from '../core/facts.ts'
import { type ClosedGate, GATES, type Gate, type GateName, judgeAll } from '../core/gates.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { sentenceFor } from '../core/reason.ts'
import { readDue, readFacts } from '../store/due-enrollments.ts'
import { missingOf } from './release-filled.ts'

export interface ExplainedGate {
  name: GateName
  state: 'open' | 'closed'
  rule: string
  value: string | null
  /** What it means and what to do; null for an open gate. */
  sentence: string | null
  until: Instant | null
}

export interface Explanation {
  gates: ExplainedGate[]
  /** The earliest moment at which all gates that open by themselves are open; null: a person or an event must act first. */
  nextAt: Instant | null
  /** `send`, or the first gate that keeps it from that. */
  decision: string
}

/** Undefined: there is no such enrollment, or nothing is left for it to do. */
export async function explain(
  db: Db,
  { team, enrollmentId, now }: { team: TeamId; enrollmentId: Id; now: Instant },
): Promise<Explanation | undefined> {
  const [due] = await readDue(db, { team, enrollmentIds: [enrollmentId], now })
  if (!due) return undefined
  const facts = { ...due.facts, missing: due.wording && missingOf(due.wording, now) }
  const gates = judgeAll(facts, now)
  const closed = gates.filter((gate) => gate.state === 'closed')
  return {
    gates: gates.map((gate) => explained(gate, facts)),
    nextAt: closed.length === 0 ? now : opensAt(closed, now),
    decision: closed[0]?.name ?? (deedOf(facts) === 'task' ? 'task' : 'send'),
  }
}

/** The first closed gate of each, for a page of people; without one nothing stands in the way. */
export async function firstGates(
  db: Db,
  { team, enrollmentIds, now }: { team: TeamId; enrollmentIds: readonly Id[]; now: Instant },
): Promise<Map<Id, ExplainedGate>> {
  const facts = await readFacts(db, { team, enrollmentIds, now })
  const gates = new Map<Id, ExplainedGate>()
  for (const [id, each] of facts) {
    const closed = judgeAll(each, now).find((gate) => gate.state === 'closed')
    if (closed) gates.set(id, explained(closed, each))
  }
  return gates
}

function opensAt(closed: readonly ClosedGate[], now: Instant): Instant | null {
  let latest = now
  for (const gate of closed) {
    if (gate.until === null) return null
    latest = Math.max(latest, gate.until)
  }
  return latest
}

const RULES = new Map(GATES.map((law) => [law.name, law.rule]))

function explained(gate: Gate, facts: Facts): ExplainedGate {
  const { name } = gate
  const rule = RULES.get(name) ?? ''
  if (gate.state === 'open') return { name, state: 'open', rule, value: null, sentence: null, until: null }
  const { value, until } = gate
  return { name, state: 'closed', rule, value, sentence: sentenceOf(gate, facts), until }
}

/** What a closed gate means, and the way out. */
export function sentenceOf(gate: ClosedGate, facts: Facts): string {
  const { consequence } = gate
  if ('reason' in consequence) return `${capital(gate.value)}. ${sentenceFor(consequence.reason)}`
  const remedy = REMEDIES[gate.name]?.(facts)
  return remedy === undefined ? `${capital(gate.value)}.` : `${capital(gate.value)}. ${remedy}`
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

const RAISE_CAP = 'Raise the cap under Settings, Team.'

/** Of gates that wait: who opens them, if anybody has to. */
const REMEDIES: Partial<Record<GateName, (facts: Facts) => string>> = {
  team_fenced: () => 'Look at the start of the log, then lift the fence: npm run -s segue -- unfence.',
  sequence_active: ({ sequence }) =>
    sequence.archived ? 'Take the sequence out of the archive, then turn it on.' : 'Turn the sequence on.',
  enrollment_active: ({ enrollment }) =>
    enrollment.hold !== null ? sentenceFor(enrollment.hold) : REMEDY_OF_STATE[enrollment.state],
  due_time: () => 'Nothing to do: its wait runs.',
  inbox_read: ({ reading }) =>
    reading.problem === null
      ? 'Nothing to do: the inbox is being read first, so that nobody who has answered is written to.'
      : 'Mend the mailbox under Mailboxes and check it; what people answered is read before anything follows.',
  window: () => 'Nothing to do: it goes at the next opening. Another schedule would open earlier.',
  holiday: () => 'Nothing to do: it goes on the next open day.',
  sequence_daily_cap: () => 'It goes on when the next day begins. Raise the daily cap of the sequence.',
  step_daily_cap: () => 'It goes on when the next day begins. Raise the daily cap of the step.',
  account_wide_cap: () => `It goes on when the next week begins. ${RAISE_CAP}`,
  same_account_reply: () =>
    'Nothing to do: it goes on after the days that the sequence says under its Settings, or else the team under Settings, Team.',
  recipient_domain_cap: () => `It goes on when the next day begins. ${RAISE_CAP}`,
  mailbox_connected: () => 'Mend the mailbox under Mailboxes and check it; its people go on by themselves.',
  mailbox_suspended: () =>
    'Find out what came back and why (its bounces say it), then let the mailbox go on under Mailboxes.',
  mailbox_reachable: () => 'Nothing to do.',
  mailbox_daily_limit: () => 'Raise the daily limit of the mailbox, or add another mailbox.',
  mailbox_hourly_limit: () => 'Raise the hourly limit of the mailbox, or add another mailbox.',
  mailbox_gap: () => 'Nothing to do: emails of one mailbox are spread.',
  ramp_up: () =>
    'Nothing to do: it may send more every day. Add another mailbox, or change the ramp-up under Mailboxes.',
}

const REMEDY_OF_STATE: Record<Facts['enrollment']['state'], string> = {
  active: 'Nothing to do.',
  paused: 'Resume the person.',
  finished: 'Nothing more is sent here. Add the person again to begin anew.',
  failed: 'Mend the cause, then retry.',
}
