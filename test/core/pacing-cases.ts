/** The laws of the gates that pace: caps, and the limits of a mailbox. */
import { DAY, HOUR, MINUTE } from '../../src/core/clock.ts'
import { factsWith, NOW } from '../support/facts.ts'
import { type Case, hold, park, wait } from './gate-case.ts'

const NEXT_MONDAY = Date.parse('2027-03-08T00:00:00Z')
const MIDNIGHT = Date.parse('2027-03-02T00:00:00Z')

const RAMP = { allowed: 7, nth: null, raisesAt: MIDNIGHT, allowedNext: 9, nthNext: null }
const SENT_OF_RAMP = 'rae@acme.test has sent 7 of the 7 in 24 hours that its ramp-up allows today'
const REPLY = { at: Date.parse('2027-02-27T09:00:00Z'), who: 'Ben Boss', company: 'North' }
const cap = { limit: 10, used: 10, day: '2027-03-01', resetsAt: MIDNIGHT, looseUntil: null }

export const PACING_CASES: Case[] = [
  {
    gate: 'sequence_daily_cap',
    when: 'the cap of the sequence is used up: its lane waits for the next day',
    facts: factsWith((f) => {
      f.sequence.cap = cap
    }),
    says: park('lane', MIDNIGHT, '10 of 10 today'),
  },
  {
    gate: 'step_daily_cap',
    when: 'the cap of the step is used up: people on other steps go on',
    facts: factsWith((f) => {
      f.step.cap = cap
    }),
    says: wait(MIDNIGHT, '10 of 10 today'),
  },
  {
    gate: 'mailbox_connected',
    when: 'the mailbox was refused',
    facts: factsWith((f) => {
      f.mailbox.connected = false
      f.mailbox.stateReason = '535 5.7.8 bad password'
    }),
    says: park('mailbox', null, 'rae@acme.test: 535 5.7.8 bad password'),
  },
  {
    gate: 'mailbox_suspended',
    when: 'too much of what the mailbox sent came back: until a person has looked at it',
    facts: factsWith((f) => {
      f.mailbox.suspendedFor = '20 of 200 emails in 7 days came back'
    }),
    says: park('mailbox', null, 'rae@acme.test: 20 of 200 emails in 7 days came back'),
  },
  {
    gate: 'mailbox_reachable',
    when: 'the mail server does not answer',
    facts: factsWith((f) => {
      f.mailbox.pausedUntil = NOW + MINUTE
      f.mailbox.problem = 'rae@acme.test: connection refused'
    }),
    says: park('mailbox', NOW + MINUTE, 'rae@acme.test: connection refused'),
  },
  {
    gate: 'mailbox_daily_limit',
    when: 'the limit of 24 hours is used up',
    facts: factsWith((f) => {
      Object.assign(f.mailbox.pace, { usedDay: 50, dayNth: NOW - DAY + HOUR, newest: NOW - HOUR })
    }),
    says: park('mailbox', NOW + HOUR, 'rae@acme.test has sent 50 of 50 in the last 24 hours'),
  },
  {
    gate: 'mailbox_hourly_limit',
    when: 'the limit of the hour is used up',
    facts: factsWith((f) => {
      Object.assign(f.mailbox.pace, { usedHour: 6, hourNth: NOW - HOUR + MINUTE, newest: NOW - 15 * MINUTE })
    }),
    says: park('mailbox', NOW + MINUTE, 'rae@acme.test has sent 6 of 6 in the last hour'),
  },
  {
    gate: 'mailbox_gap',
    when: 'the last email left a minute ago',
    facts: factsWith((f) => {
      f.mailbox.pace.newest = NOW - MINUTE
    }),
    says: park('mailbox', NOW + 9 * MINUTE, 'rae@acme.test waits 600 seconds after its last email'),
  },
  {
    gate: 'mailbox_gap',
    when: 'the last email left a gap ago, and the jitter after it is not over',
    facts: factsWith((f) => {
      Object.assign(f.mailbox.pace, { newest: NOW - 10 * MINUTE, jitterMs: MINUTE })
    }),
    says: park('mailbox', NOW + MINUTE, 'rae@acme.test waits 660 seconds after its last email'),
  },
  {
    gate: 'ramp_up',
    when: 'the mailbox is young and has sent what its ramp-up allows today',
    facts: factsWith((f) => {
      Object.assign(f.mailbox.pace, { usedDay: 7, newest: NOW - HOUR })
      f.mailbox.pace.ramp = { ...RAMP, nth: NOW - 20 * HOUR }
    }),
    says: park('mailbox', NOW + 4 * HOUR, SENT_OF_RAMP),
  },
  {
    gate: 'ramp_up',
    when: 'the next day, which allows more, begins before one of its emails is a day old',
    facts: factsWith((f) => {
      Object.assign(f.mailbox.pace, { usedDay: 7, newest: NOW - HOUR })
      f.mailbox.pace.ramp = { ...RAMP, nth: NOW - 2 * HOUR }
    }),
    says: park('mailbox', MIDNIGHT, SENT_OF_RAMP),
  },
  {
    gate: 'account_wide_cap',
    when: 'the account got its emails of the week, from whichever sequence',
    facts: factsWith((f) => {
      f.caps.account = { ...cap, limit: 3, used: 3, resetsAt: NEXT_MONDAY, key: 'account', name: 'North' }
    }),
    says: wait(NEXT_MONDAY, 'North got 3 of 3 emails this week'),
  },
  {
    gate: 'same_account_reply',
    when: 'somebody else of the company answered, and the sequence waits',
    facts: factsWith((f) => {
      f.companyReply = { ...REPLY, rule: 'delay', delayDays: 10 }
    }),
    says: wait(REPLY.at + 10 * DAY, 'Ben Boss of North answered on 2027-02-27'),
  },
  {
    gate: 'same_account_reply',
    when: 'somebody else of the company answered, and the sequence stops',
    facts: factsWith((f) => {
      f.companyReply = { ...REPLY, rule: 'stop', delayDays: 10 }
    }),
    says: hold('same_account_reply', 'Ben Boss of North answered on 2027-02-27'),
  },
  {
    gate: 'recipient_domain_cap',
    when: 'the domain got its emails of the day, from whichever mailbox',
    facts: factsWith((f) => {
      f.caps.domain = { ...cap, key: 'company.test', name: 'company.test' }
    }),
    says: wait(MIDNIGHT, 'company.test got 10 of 10 emails today'),
  },
  {
    gate: 'recipient_domain_cap',
    when: 'some of its emails are claimed and may be given back: it looks again then',
    facts: factsWith((f) => {
      f.caps.domain = { ...cap, looseUntil: NOW + MINUTE, key: 'company.test', name: 'company.test' }
    }),
    says: wait(NOW + MINUTE, 'company.test got 10 of 10 emails today'),
  },
]
