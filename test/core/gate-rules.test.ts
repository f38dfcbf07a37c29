/** The rules behind the gates where they are finer than open and closed: what counts as read, overdue, due, and whose clock rules. */
import { expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/core/clock.ts'
import type { Facts } from '../../src/core/facts.ts'
import {
  firstClosed,
  GATES,
  type GateName,
  inboxReadUntil,
  judgeAll,
  windowClosesAt,
} from '../../src/core/gates.ts'
import { dueTime } from '../../src/core/lateness.ts'
import { ALWAYS } from '../../src/core/schedule.ts'
import { factsWith, followUpWith, NOW } from '../support/facts.ts'

const law = (name: GateName, facts: Facts, now = NOW) =>
  judgeAll(facts, now).find((one) => one.name === name)!.state

test('gates come in the order of the design: who may be written to, then when, then from where', () => {
  expect(GATES.map((one) => one.name)).toEqual([
    'team_fenced',
    'sequence_active',
    'enrollment_active',
    'contact_present',
    'address',
    'suppression',
    'contact_stage',
    'account_stage',
    'step_present',
    'step_date',
    'account_wide_cap',
    'same_account_reply',
    'step_approved',
    'variables_present',
    'thread_parent',
    'due_time',
    'stale',
    'inbox_read',
    'window',
    'holiday',
    'sequence_daily_cap',
    'step_daily_cap',
    'mailbox_connected',
    'mailbox_suspended',
    'mailbox_reachable',
    'mailbox_daily_limit',
    'mailbox_hourly_limit',
    'mailbox_gap',
    'ramp_up',
    'recipient_domain_cap',
  ])
})

test('the answer of somebody else delays until its days are over, in the calendar of whoever waits', () => {
  const at = Date.parse('2027-02-28T23:30:00Z')
  const facts = factsWith((f) => {
    f.companyReply = { rule: 'delay', delayDays: 2, at, who: 'Ben', company: 'North' }
    f.contact.zone = 'Asia/Tokyo'
    f.schedule = { ...f.schedule!, useContactZone: true }
  })
  const gate = judgeAll(facts, at + 2 * DAY - 1).find((one) => one.name === 'same_account_reply')
  expect(gate).toMatchObject({ state: 'closed', value: 'Ben of North answered on 2027-03-01' })
  expect(law('same_account_reply', facts, at + 2 * DAY)).toBe('open')
})

test('what a person sends off goes although somebody else of the company has answered', () => {
  const facts = factsWith((f) => {
    f.companyReply = { rule: 'stop', delayDays: 2, at: NOW - DAY, who: 'Ben', company: 'North' }
    f.step.kind = 'manual_email'
    f.task = { id: 'task', approved: true }
  })
  expect(judgeAll(facts, NOW).some((one) => one.name === 'same_account_reply')).toBe(false)
})

test('a first email does not wait for the inbox', () => {
  const facts = factsWith((f) => {
    f.reading = { address: 'rae@acme.test', readAt: null, problem: 'login refused' }
  })
  expect(law('inbox_read', facts)).toBe('open')
})

test('a read up to 60 seconds before the email fell due is enough, for as long as it is fresh', () => {
  const facts = followUpWith((f) => {
    f.enrollment.dueAt = f.enrollment.waitEndsAt = NOW
    f.reading.readAt = NOW - 60 * SECOND
  })
  expect(law('inbox_read', facts)).toBe('open')
  expect(law('inbox_read', facts, NOW + 14 * MINUTE)).toBe('open')
  expect(law('inbox_read', facts, NOW + 14 * MINUTE + 1)).toBe('closed')
})

test('a read that is older than 15 minutes lets nothing leave', () => {
  const reading = { address: 'a@b.test', readAt: NOW - 15 * MINUTE, problem: null }
  expect(inboxReadUntil(reading, NOW)).toBe(NOW - 14 * MINUTE)
  expect(inboxReadUntil(reading, NOW + 1)).toBeNull()
  expect(inboxReadUntil({ ...reading, readAt: NOW, problem: 'login refused' }, NOW)).toBeNull()
})

test('waiting in the queue of a mailbox is not being overdue', () => {
  const facts = factsWith((f) => {
    f.enrollment.dueAt = NOW - 30 * DAY
    f.enrollment.laneServedAt = NOW - DAY
  })
  expect(law('stale', facts)).toBe('open')
})

test('a week in which the window was closed does not make an email stale', () => {
  const facts = factsWith((f) => {
    f.enrollment.dueAt = NOW - 10 * DAY
    f.enrollment.laneServedAt = NOW - 10 * DAY
    // Closed from Friday 2027-02-19 on, and all of the week after.
    const holidays = Array.from({ length: 10 }, (_, i) =>
      new Date(NOW - (10 - i) * DAY).toISOString().slice(0, 10),
    )
    f.schedule = { ...f.schedule!, holidays }
  })
  expect(law('stale', facts)).toBe('open')
})

test('a first wait also runs from the first activation of the sequence', () => {
  const facts = factsWith((f) => {
    f.sequence.activatedAt = NOW - MINUTE
    f.step.wait = { amount: 30, unit: 'minute' }
    f.enrollment.enteredStepAt = NOW - 5 * DAY
    f.enrollment.dueAt = NOW - 5 * DAY
  })
  expect(dueTime(facts)).toBe(NOW + 29 * MINUTE)
  expect(law('due_time', facts)).toBe('closed')
})

test('a later wait does not begin anew with an activation', () => {
  const facts = followUpWith((f) => {
    f.sequence.activatedAt = NOW - MINUTE
    f.step.wait = { amount: 3, unit: 'day' }
  })
  expect(dueTime(facts)).toBe(NOW - HOUR)
})

test('an email whose wording was not rendered yet is not judged by its variables', () => {
  const facts = factsWith((f) => {
    f.missing = null
  })
  expect(law('variables_present', facts)).toBe('open')
})

test('a follow-up that opens a new thread needs no email to answer', () => {
  const facts = followUpWith((f) => {
    f.step.variant!.thread = 'new_thread'
    f.parent = null
  })
  expect(law('thread_parent', facts)).toBe('open')
})

test('the zone of a contact counts only if the schedule says so and the zone exists', () => {
  const evening = Date.parse('2027-03-01T16:30:00Z')
  const at = (change: (facts: Facts) => void) => windowClosesAt(factsWith(change), evening)
  const inZone = (zone: string) => (f: Facts) => {
    f.schedule = { ...f.schedule!, useContactZone: true }
    f.contact.zone = zone
  }
  expect(
    at((f) => {
      f.contact.zone = 'America/New_York'
    }),
  ).toBe(Date.parse('2027-03-01T17:00:00Z'))
  expect(at(inZone('America/New_York'))).toBe(Date.parse('2027-03-01T22:00:00Z'))
  expect(at(inZone('Mars/Olympus'))).toBe(Date.parse('2027-03-01T17:00:00Z'))
})

test('the window of a schedule that is always open closes far ahead, or never', () => {
  const facts = factsWith((f) => {
    f.schedule = { ...f.schedule!, windows: ALWAYS }
  })
  expect(windowClosesAt(facts, NOW)).toBeGreaterThan(NOW + 300 * DAY)
})

const dated = (date: number, change: (facts: Facts) => void = () => undefined) =>
  factsWith((f) => {
    f.step.exactAt = f.enrollment.dueAt = f.enrollment.waitEndsAt = date
    f.enrollment.addedAt = f.enrollment.enteredStepAt = f.enrollment.laneServedAt = NOW - 20 * DAY
    change(f)
  })

test('an exact-date step is skipped when it is more than 24 hours late, and not a millisecond earlier', () => {
  expect(law('step_date', dated(NOW - DAY))).toBe('open')
  expect(law('step_date', dated(NOW - DAY - 1))).toBe('closed')
})

test('those enrolled after the date of a step skip it, however fresh the date', () => {
  const addedAt = (instant: number) => (f: Facts) => {
    f.enrollment.addedAt = f.enrollment.enteredStepAt = instant
  }
  expect(law('step_date', dated(NOW - HOUR, addedAt(NOW - HOUR + 1)))).toBe('closed')
  expect(law('step_date', dated(NOW - HOUR, addedAt(NOW - HOUR)))).toBe('open')
})

test('who was enrolled before the date and came to the step shortly after it still gets it', () => {
  const late = (f: Facts) => {
    f.enrollment.enteredStepAt = NOW - HOUR
  }
  expect(law('step_date', dated(NOW - 2 * HOUR, late))).toBe('open')
})

test('a step with a date is never stale: it is skipped first', () => {
  expect(law('stale', dated(NOW - DAY))).toBe('open')
  expect(firstClosed(dated(NOW - 30 * DAY), NOW)?.name).toBe('step_date')
})

test('a step with a date that a person released goes, however late', () => {
  const released = (f: Facts) => {
    f.enrollment.dueAt = f.enrollment.waitEndsAt = NOW
  }
  expect(law('step_date', dated(NOW - 9 * DAY, released))).toBe('open')
})
