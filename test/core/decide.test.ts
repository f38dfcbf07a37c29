/** The one door: each consequence of a closed gate becomes one decision, and open gates become an email. */
import { expect, test } from 'vitest'
import { DAY, HOUR } from '../../src/core/clock.ts'
import { decide } from '../../src/core/decide.ts'
import type { Facts } from '../../src/core/facts.ts'
import { seededRandom } from '../../src/random.ts'
import { factsWith, followUpWith, NOW } from '../support/facts.ts'

const random = seededRandom('decide')

test('with every gate open the email is sent, before its window closes', () => {
  expect(decide(factsWith(), NOW, random)).toEqual({
    do: 'send',
    variantId: 'variant',
    windowClosesAt: Date.parse('2027-03-01T17:00:00Z'),
  })
  expect(decide(followUpWith(), NOW, random)).toMatchObject({ do: 'send' })
})

test('a gate of the sequence parks its lane until it opens', () => {
  const evening = Date.parse('2027-03-01T18:00:00Z')
  const facts = factsWith((f) => {
    f.enrollment.dueAt = NOW
  })
  expect(decide(facts, evening, random)).toMatchObject({
    do: 'park',
    scope: 'lane',
    until: Date.parse('2027-03-02T09:00:00Z'),
    gate: { name: 'window' },
  })
})

test('a gate of the mailbox parks the mailbox', () => {
  const facts = factsWith((f) => {
    f.mailbox.pace.newest = NOW - 1
  })
  expect(decide(facts, NOW, random)).toMatchObject({
    do: 'park',
    scope: 'mailbox',
    gate: { name: 'mailbox_gap' },
  })
})

test('the fence parks the whole team, until an operator lifts it', () => {
  const facts = factsWith((f) => {
    f.team.fenced = 'restored'
  })
  expect(decide(facts, NOW, random)).toMatchObject({ do: 'park', scope: 'team', until: null })
})

test('a gate of one person moves that person', () => {
  const facts = factsWith((f) => {
    f.enrollment.dueAt = NOW + HOUR
  })
  expect(decide(facts, NOW, random)).toMatchObject({
    do: 'wait',
    until: NOW + HOUR,
    gate: { name: 'due_time' },
  })
})

test('a step whose date is over is skipped, with the reason', () => {
  const facts = factsWith((f) => {
    f.step.exactAt = f.enrollment.waitEndsAt = f.enrollment.dueAt = NOW - 2 * DAY
    f.missing = ['title']
  })
  expect(decide(facts, NOW, random)).toEqual({
    do: 'skip',
    reason: 'date_over',
    detail: expect.stringContaining('2027-02-27T10:00:00.000Z'),
  })
})

test('what needs a person is held, with what is to be mended', () => {
  const facts = factsWith((f) => {
    f.missing = ['title']
  })
  expect(decide(facts, NOW, random)).toEqual({ do: 'hold', reason: 'snippets_missing', detail: 'title' })
})

test('who opted out is finished, whose address is dead has failed', () => {
  const suppressedFor = (reason: string) =>
    factsWith((f) => {
      f.suppression = { kind: 'address', value: 'ann@company.test', reason }
    })
  expect(decide(suppressedFor('opt_out'), NOW, random)).toMatchObject({ do: 'finish', reason: 'opted_out' })
  expect(decide(suppressedFor('hard_bounce'), NOW, random)).toMatchObject({
    do: 'fail',
    reason: 'hard_bounced',
  })
})

test('the same facts at the same instant decide the same, whatever chance says', () => {
  const facts = followUpWith((f) => {
    f.enrollment.dueAt = NOW - DAY
  })
  expect(decide(facts, NOW, seededRandom('one'))).toEqual(decide(facts, NOW, seededRandom('two')))
})

test('facts that went through the database as JSON decide the same', () => {
  for (const facts of [factsWith(), followUpWith()])
    expect(decide(JSON.parse(JSON.stringify(facts)), NOW, random)).toEqual(decide(facts, NOW, random))
})

test('a step for a person becomes a task when it is due, inside the window, whatever the mailbox says', () => {
  const facts = factsWith((f) => {
    f.step = { ...f.step, kind: 'call', variant: null, autoSkipDays: 3 }
    f.mailbox.connected = false
    f.mailbox.suspendedFor = '30 of 200 emails in 7 days came back'
    f.mailbox.pace.ramp = {
      ...{ allowed: 5, nth: NOW - HOUR, raisesAt: NOW + DAY, allowedNext: 7, nthNext: null },
    }
    f.reading.readAt = null
    f.contact.address = null
  })
  expect(decide(facts, NOW, random)).toEqual({ do: 'task', skipsAt: NOW + 3 * DAY })
  expect(decide({ ...facts, step: { ...facts.step, autoSkipDays: null } }, NOW, random)).toEqual({
    do: 'task',
    skipsAt: null,
  })
  const evening = Date.parse('2027-03-01T18:00:00Z')
  expect(decide(facts, evening, random)).toMatchObject({ do: 'park', gate: { name: 'window' } })
})

test('a manual email becomes a draft first, also unapproved and with values missing', () => {
  const facts = factsWith((f) => {
    f.step = {
      ...f.step,
      kind: 'manual_email',
      variant: { id: 'variant', approved: false, thread: 'new_thread' },
    }
    f.missing = ['title']
  })
  expect(decide(facts, NOW, random)).toEqual({ do: 'task', skipsAt: null })
})

test('what a person has sent off leaves at any hour, but for a suppression, a missing value, a cap and the mailbox', () => {
  const evening = Date.parse('2027-03-01T18:00:00Z')
  const sentOff = (change: (facts: Facts) => void = () => undefined) =>
    factsWith((f) => {
      f.step = {
        ...f.step,
        kind: 'manual_email',
        variant: { id: 'variant', approved: false, thread: 'new_thread' },
      }
      f.task = { id: 'task', approved: true }
      f.enrollment.dueAt = evening
      change(f)
    })
  expect(decide(sentOff(), evening, random)).toEqual({
    do: 'send',
    variantId: 'variant',
    windowClosesAt: null,
  })
  const closed = (change: (facts: Facts) => void) => decide(sentOff(change), evening, random)
  expect(
    closed((f) => (f.suppression = { kind: 'address', value: 'ann@company.test', reason: 'opt_out' })),
  ).toMatchObject({ do: 'finish' })
  expect(closed((f) => (f.missing = ['title']))).toMatchObject({ do: 'hold', reason: 'snippets_missing' })
  expect(closed((f) => (f.mailbox.pace.newest = evening - 1))).toMatchObject({
    gate: { name: 'mailbox_gap' },
  })
  expect(closed((f) => (f.mailbox.connected = false))).toMatchObject({ gate: { name: 'mailbox_connected' } })
  const cap = { limit: 1, used: 1, day: '2027-03-01', resetsAt: evening + DAY, looseUntil: null }
  expect(closed((f) => (f.sequence.cap = cap))).toMatchObject({ gate: { name: 'sequence_daily_cap' } })
})
