/** The laws of the gates about the step itself: is it there, whose hand does it need, is it written, is its time come. */
import { DAY, HOUR, MINUTE, SECOND } from '../../src/core/clock.ts'
import { factsWith, followUpWith, NOW } from '../support/facts.ts'
import { type Case, hold, park, skip, wait } from './gate-case.ts'

export const STEP_CASES: Case[] = [
  {
    gate: 'step_present',
    when: 'the step was deleted while its email was on the wire',
    facts: factsWith((f) => {
      f.step.deleted = true
      f.step.variant = null
    }),
    says: skip('step_deleted', 'taken out of the sequence'),
  },
  {
    gate: 'step_date',
    when: 'its date is two days ago',
    facts: factsWith((f) => {
      f.step.exactAt = f.enrollment.waitEndsAt = NOW - 2 * DAY
      f.enrollment.addedAt = NOW - 3 * DAY
    }),
    says: skip('date_over', 'more than 24 hours after its date, 2027-02-27T10:00:00.000Z'),
  },
  {
    gate: 'step_date',
    when: 'somebody was added after its date',
    facts: factsWith((f) => {
      f.step.exactAt = f.enrollment.waitEndsAt = NOW - 2 * HOUR
    }),
    says: skip('date_over', 'added after its date, 2027-03-01T08:00:00.000Z'),
  },
  {
    gate: 'step_approved',
    when: 'nobody has approved the wording',
    facts: factsWith((f) => {
      f.step.variant!.approved = false
    }),
    says: hold('step_not_approved', 'to be reviewed'),
  },
  {
    gate: 'step_approved',
    when: 'there is no wording',
    facts: factsWith((f) => {
      f.step.variant = null
    }),
    says: hold('step_not_approved', 'no wording'),
  },
  {
    gate: 'variables_present',
    when: 'values are missing',
    facts: factsWith((f) => {
      f.missing = ['title', 'city']
    }),
    says: hold('snippets_missing', 'title, city'),
  },
  {
    gate: 'thread_parent',
    when: 'an answer has no email to answer',
    facts: followUpWith((f) => {
      f.parent = null
    }),
    says: hold('thread_reply_original_email_missing', 'no earlier email was sent'),
  },
  {
    gate: 'due_time',
    when: 'the wait is not over',
    facts: factsWith((f) => {
      f.enrollment.dueAt = NOW + 1
    }),
    says: wait(NOW + 1, 'not due yet'),
  },
  {
    gate: 'stale',
    when: 'it could have left more than seven days ago (due on a Saturday, open on Monday)',
    facts: factsWith((f) => {
      f.enrollment.dueAt = NOW - 9 * DAY
      f.enrollment.laneServedAt = NOW - 9 * DAY
    }),
    says: hold('stale', 'overdue by 7 days'),
  },
  {
    gate: 'inbox_read',
    when: 'the inbox was never read',
    facts: followUpWith((f) => {
      f.reading.readAt = null
    }),
    says: park('mailbox', null, 'rae@acme.test was never read'),
  },
  {
    gate: 'inbox_read',
    when: 'the inbox was read more than 60 seconds before it fell due',
    facts: followUpWith((f) => {
      f.enrollment.dueAt = NOW - MINUTE
      f.reading.readAt = NOW - MINUTE - 60 * SECOND - 1
    }),
    says: park('mailbox', null, 'rae@acme.test was not read since'),
  },
  {
    gate: 'inbox_read',
    when: 'the last read failed, however fresh the one before',
    facts: followUpWith((f) => {
      f.reading.problem = 'login refused'
    }),
    says: park('mailbox', null, 'rae@acme.test cannot be read: login refused'),
  },
]
