/** The facts of an email that may leave at `NOW`, every gate open; tests close one thing at a time. */
import { DAY, HOUR, type Instant, MINUTE } from '../../src/core/clock.ts'
import type { Facts } from '../../src/core/facts.ts'
import { WEEKDAYS_9_TO_5 } from '../../src/core/schedule.ts'

/** A Monday, 10:00 in UTC. */
export const NOW: Instant = Date.parse('2027-03-01T10:00:00Z')

/** A first email, due for an hour. */
export function factsWith(change: (facts: Facts) => void = () => undefined): Facts {
  const facts = structuredClone(OPEN)
  change(facts)
  return facts
}

/** A second email, which answers the first, due for an hour; its inbox was read a minute ago. */
export function followUpWith(change: (facts: Facts) => void = () => undefined): Facts {
  return factsWith((facts) => {
    facts.step = { ...facts.step, first: false, position: 2 }
    facts.step.variant = { id: 'variant', approved: true, thread: 'reply_to_thread' }
    facts.enrollment.rank = 1
    facts.parent = {
      id: 'parent',
      rfcId: '<parent@acme.test>',
      sentAt: NOW - 3 * DAY,
      continues: true,
      reading: null,
    }
    change(facts)
  })
}

const OPEN: Facts = {
  team: { id: 1, fenced: null, staleAfterMs: 7 * DAY },
  sequence: {
    id: 'sequence',
    name: 'Spring',
    active: true,
    archived: false,
    activatedAt: NOW - 30 * DAY,
    finishOnReply: true,
    excludedContactStageIds: [],
    excludedAccountStageIds: [],
    cap: null,
  },
  step: {
    id: 'step',
    kind: 'auto_email',
    position: 1,
    first: true,
    wait: { amount: 0, unit: 'day' },
    exactAt: null,
    deleted: false,
    autoSkipDays: null,
    cap: null,
    variant: { id: 'variant', approved: true, thread: 'new_thread' },
  },
  schedule: { zone: 'UTC', useContactZone: false, windows: WEEKDAYS_9_TO_5, holidays: [] },
  enrollment: {
    id: 'enrollment',
    messageId: 'message',
    state: 'active',
    hold: null,
    rank: 4,
    dueAt: NOW - HOUR,
    addedAt: NOW - HOUR,
    enteredStepAt: NOW - HOUR,
    waitEndsAt: NOW - HOUR,
    laneServedAt: NOW - HOUR,
  },
  contact: {
    id: 'contact',
    address: 'ann@company.test',
    addressProblem: null,
    stageId: 'cold',
    stageName: 'Cold',
    zone: null,
    deleted: false,
  },
  account: { id: 'account', stageId: 'target', stageName: 'Target' },
  companyReply: null,
  task: null,
  suppression: null,
  caps: { domain: null, account: null },
  missing: [],
  parent: null,
  mailbox: {
    id: 'mailbox',
    address: 'rae@acme.test',
    connected: true,
    stateReason: null,
    suspendedFor: null,
    pausedUntil: null,
    problem: null,
    pace: {
      dailyLimit: 50,
      hourlyLimit: 6,
      gapMs: 600_000,
      jitterMs: 0,
      usedDay: 0,
      usedHour: 0,
      dayNth: null,
      hourNth: null,
      newest: null,
      ramp: null,
    },
  },
  reading: { address: 'rae@acme.test', readAt: NOW - MINUTE, problem: null },
}
