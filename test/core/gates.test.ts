/** One law per gate: when it is open, when it is closed, with which consequence, until when, and with which value people read. */
import { expect, test } from 'vitest'
import type { Facts } from '../../src/core/facts.ts'
import { type ClosedGate, firstClosed, GATES, type GateName, judgeAll } from '../../src/core/gates.ts'
import { HOLDS, REASONS, SKIPS } from '../../src/core/reason.ts'
import { factsWith, followUpWith, NOW } from '../support/facts.ts'
import { type Case, end, hold, park, wait } from './gate-case.ts'
import { PACING_CASES } from './pacing-cases.ts'
import { STEP_CASES } from './step-cases.ts'

/** 2027-03-02 09:00 UTC: the window of the next day. */
const TUESDAY_9 = Date.parse('2027-03-02T09:00:00Z')

/** What a gate says of these facts: `open`, or what closes it without its name and rule. */
function law(name: GateName, facts: Facts, now = NOW) {
  const gate = judgeAll(facts, now).find((one) => one.name === name)!
  if (gate.state === 'open') return 'open'
  const { consequence, until, value } = gate
  return { consequence, until, value }
}

const CASES: Case[] = [
  ...STEP_CASES,
  {
    gate: 'team_fenced',
    when: 'the database was restored',
    facts: factsWith((f) => {
      f.team.fenced = 'restored from a backup'
    }),
    says: park('team', null, 'restored from a backup'),
  },
  {
    gate: 'sequence_active',
    when: 'the sequence is off',
    facts: factsWith((f) => {
      f.sequence.active = false
    }),
    says: park('lane', null, 'Sequence inactive'),
  },
  {
    gate: 'sequence_active',
    when: 'the sequence is archived',
    facts: factsWith((f) => {
      f.sequence.archived = true
    }),
    says: park('lane', null, 'Sequence inactive'),
  },
  {
    gate: 'enrollment_active',
    when: 'the person is paused',
    facts: factsWith((f) => {
      f.enrollment.state = 'paused'
    }),
    says: wait(null, 'paused'),
  },
  {
    gate: 'enrollment_active',
    when: 'the person is held',
    facts: factsWith((f) => {
      f.enrollment.hold = 'soft_bounces'
    }),
    says: wait(null, 'soft_bounces'),
  },
  {
    gate: 'contact_present',
    when: 'the contact was deleted',
    facts: factsWith((f) => {
      f.contact.deleted = true
    }),
    says: end('fail', 'contact_deleted', 'deleted'),
  },
  {
    gate: 'address',
    when: 'there is no address',
    facts: factsWith((f) => {
      f.contact.address = null
    }),
    says: hold('contacts_without_email', 'no address'),
  },
  {
    gate: 'address',
    when: 'the address is no address',
    facts: factsWith((f) => {
      f.contact.address = null
      f.contact.addressProblem = 'two @'
    }),
    says: hold('email_format_invalid', 'two @'),
  },
  ...(
    [
      ['opt_out', 'finish', 'opted_out'],
      ['complaint', 'finish', 'complained'],
      ['hard_bounce', 'fail', 'hard_bounced'],
      ['manual', 'finish', 'suppressed'],
      ['imported', 'finish', 'suppressed'],
    ] as const
  ).map(
    ([reason, kind, as]): Case => ({
      gate: 'suppression',
      when: `the address is on the list for ${reason}`,
      facts: factsWith((f) => {
        f.suppression = { kind: 'domain', value: 'company.test', reason }
      }),
      says: end(kind, as, `domain company.test: ${reason}`),
    }),
  ),
  {
    gate: 'contact_stage',
    when: 'the stage of the contact is excluded',
    facts: factsWith((f) => {
      f.sequence.excludedContactStageIds = ['cold']
    }),
    says: hold('contact_stage_safeguard', 'Contact stage is Cold'),
  },
  {
    gate: 'account_stage',
    when: 'the stage of the account is excluded',
    facts: factsWith((f) => {
      f.sequence.excludedAccountStageIds = ['target']
    }),
    says: hold('account_stage_safeguard', 'Account stage is Target'),
  },
  {
    gate: 'window',
    when: 'it is evening',
    facts: factsWith((f) => {
      f.enrollment.dueAt = NOW
    }),
    now: Date.parse('2027-03-01T17:00:00Z'),
    says: park('lane', TUESDAY_9, 'closed in UTC'),
  },
  {
    gate: 'window',
    when: 'it is still night where the contact lives: only this person waits',
    facts: factsWith((f) => {
      f.schedule = { ...f.schedule!, useContactZone: true }
      f.contact.zone = 'America/New_York'
    }),
    says: wait(Date.parse('2027-03-01T14:00:00Z'), 'closed in America/New_York'),
  },
  {
    gate: 'window',
    when: 'the sequence has no schedule',
    facts: factsWith((f) => {
      f.schedule = null
    }),
    says: hold('window_never_opens', 'the sequence has no schedule'),
  },
  {
    gate: 'window',
    when: 'no window ever opens',
    facts: factsWith((f) => {
      f.schedule = { ...f.schedule!, windows: [] }
    }),
    says: hold('window_never_opens', 'no window within 400 days'),
  },
  {
    gate: 'holiday',
    when: 'today is a holiday of the schedule',
    facts: factsWith((f) => {
      f.schedule = { ...f.schedule!, holidays: ['2027-03-01'] }
    }),
    says: park('lane', TUESDAY_9, 'a holiday in UTC'),
  },
  ...PACING_CASES,
]

for (const { gate, when, facts, says, now } of CASES)
  test(`${gate} is closed when ${when}`, () => {
    expect(law(gate, facts, now)).toEqual(says)
  })

test('no two gates share a name, and each says its rule in a sentence', () => {
  expect(new Set(GATES.map((one) => one.name)).size).toBe(GATES.length)
  for (const { rule } of GATES) expect(rule).toMatch(/^[A-Z].+\.$/)
})

test('all gates are open for a first email, and for a follow-up whose inbox was read', () => {
  for (const facts of [factsWith(), followUpWith()]) {
    expect(firstClosed(facts, NOW)).toBeNull()
    expect(judgeAll(facts, NOW)).toEqual(GATES.map(({ name }) => ({ name, state: 'open' })))
  }
})

test('a gate that opens by itself is open at its very instant', () => {
  for (const { gate, facts, now = NOW } of CASES) {
    const closed = judgeAll(facts, now).find((one) => one.name === gate) as ClosedGate
    if (closed.until === null) continue
    expect(closed.until).toBeGreaterThan(now)
    // What a cap has used is read anew then.
    if (gate.endsWith('cap')) continue
    expect(law(gate, facts, closed.until), gate).toBe('open')
    expect(firstClosed(facts, closed.until - 1), gate).not.toBeNull()
  }
})

test('the first closed gate is the first of the list', () => {
  const facts = factsWith((f) => {
    f.mailbox.connected = false
    f.contact.address = null
    f.sequence.active = false
  })
  expect(firstClosed(facts, NOW)?.name).toBe('sequence_active')
  const closed = judgeAll(facts, NOW).filter((gate) => gate.state === 'closed')
  expect(closed.map((gate) => gate.name)).toEqual(['sequence_active', 'address', 'mailbox_connected'])
})

test('every gate has a law here', () => {
  expect(GATES.map((one) => one.name).filter((name) => !CASES.some((one) => one.gate === name))).toEqual([])
})

test('every hold and end that a gate leads to is in the table of reasons', () => {
  for (const { facts, now = NOW } of CASES)
    for (const gate of judgeAll(facts, now))
      if (gate.state === 'closed' && 'reason' in gate.consequence)
        expect({ ...HOLDS, ...REASONS, ...SKIPS }).toHaveProperty(gate.consequence.reason)
})
