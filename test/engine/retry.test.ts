/** The table of what follows from each way an attempt ends: who waits, who is held, what the mailbox does. */
import { expect, test } from 'vitest'
import { MINUTE } from '../../src/core/clock.ts'
import { outcomeOf } from '../../src/engine/retry.ts'
import type { SendOutcome, SmtpStage } from '../../src/mail/port.ts'

const now = Date.parse('2027-03-01T10:00:00Z')
const after = (outcome: SendOutcome, failures = 0) =>
  outcomeOf(outcome, { now, failures, to: 'bob@client.test', mailbox: 'sales@acme.test' })
const refused = (kind: 'rejected' | 'deferred', stage: SmtpStage, reply: string): SendOutcome => ({
  ...{ kind, stage, reply, code: Number(reply.slice(0, 3)) },
  recipients: stage === 'rcpt' ? ['bob@client.test'] : [],
})

test.each([
  ['deferred', '451 4.7.1 Too many connections'],
  ['rejected', '550 5.7.1 Sender blocked'],
] as const)('a sender that is %s pauses its mailbox, and nobody is held for it', (kind, reply) => {
  expect(after(refused(kind, 'mail', reply), 99)).toMatchObject({
    state: 'deferred',
    follows: { kind: 'retry', at: now },
    mailbox: { kind: 'pause' },
  })
})

test('a recipient that is deferred waits by itself, longer each time, and is held in the end', () => {
  const greylisted = refused('deferred', 'rcpt', '450 4.2.0 Greylisted')
  expect(after(greylisted)).toMatchObject({
    follows: { kind: 'retry', at: now + 15 * MINUTE },
    mailbox: { kind: 'fine' },
  })
  expect(after(greylisted, 5)).toMatchObject({ follows: { kind: 'hold', reason: 'sending_failed' } })
})

test('a recipient that does not exist is a hard bounce; a refused text is blocked', () => {
  expect(after(refused('rejected', 'rcpt', '550 5.1.1 User unknown'))?.follows.kind).toBe('hard_bounce')
  expect(after(refused('rejected', 'final', '554 5.7.1 Message rejected as spam'))?.follows).toMatchObject({
    reason: 'blocked',
  })
})

test('a login that is refused disconnects the mailbox; silence after the dot is for a person', () => {
  expect(after({ kind: 'unauthenticated', reply: '535 5.7.8 no' })?.mailbox.kind).toBe('disconnect')
  expect(after({ kind: 'unknown', detail: 'no answer' })).toMatchObject({
    follows: { kind: 'hold', reason: 'delivery_unknown' },
    mailbox: { kind: 'none' },
  })
})
