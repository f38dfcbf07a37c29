// The check of a mailbox that is let in by a token, at the login: what is switched off or taken back is said with what to do.
import { expect, test } from 'vitest'
import { sleep } from '../../src/clock.ts'
import type { Clock } from '../../src/core/clock.ts'
import { outcomeOf } from '../../src/engine/retry.ts'
import type { CheckStep, Endpoint, TokenSource } from '../../src/mail/port.ts'
import { createMailPort } from '../../src/mail/post.ts'
import { outgoing } from '../support/outgoing.ts'
import { only, senderTo, sinkWith, yes } from '../support/sending.ts'

const SALES = 'sales@acme.test'
const OFF =
  '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information.'
const clock: Clock = { now: () => Date.now(), real: () => Date.now(), sleep }
const good: TokenSource = async () => ({ kind: 'token', accessToken: 'one' })

async function lastStep(port: number, token: TokenSource): Promise<CheckStep> {
  const steps: CheckStep[] = []
  const smtp: Endpoint = {
    ...{ host: '127.0.0.1', port, tls: 'none', user: SALES },
    oauth: { provider: 'microsoft', token },
  }
  const { ok } = await createMailPort({ clock }).check({
    access: { kind: 'server', smtp },
    mail: outgoing({ to: [{ address: SALES, name: '' }] }),
    onStep: async (step) => {
      steps.push(step)
    },
  })
  expect(ok).toBe(false)
  return steps.at(-1)!
}

test('SMTP AUTH that is off for the mailbox: the check says what an administrator turns on, and where', async () => {
  const sink = await sinkWith({ takesToken: () => true, behave: only('auth', { reply: OFF }) })
  const step = await lastStep(sink.port, good)
  expect(step).toMatchObject({ name: 'smtp_login', state: 'failed', reply: OFF })
  expect(step.words).toMatch(/SMTP AUTH is off for sales@acme\.test .* turns on "Authenticated SMTP"/)
})

test('SMTP AUTH that is turned off while emails are due disconnects the mailbox with the same words', async () => {
  const sink = await sinkWith({ takesToken: () => true, behave: only('auth', { reply: OFF }) })
  const sent = await senderTo(sink, { oauth: { provider: 'microsoft', token: good } }).send(outgoing(), yes)
  const outcome = outcomeOf(sent, { now: 0, failures: 0, to: 'bob@client.test', mailbox: SALES })
  expect(outcome).toMatchObject({
    state: 'unauthenticated',
    mailbox: { kind: 'disconnect', problem: expect.stringContaining('turns on "Authenticated SMTP"') },
  })
})

test('a permission that was taken back: the check says to reconnect', async () => {
  const sink = await sinkWith({ takesToken: () => true })
  const step = await lastStep(sink.port, async () => ({ kind: 'revoked', detail: 'invalid_grant' }))
  expect(step).toMatchObject({
    name: 'smtp_login',
    words: `Microsoft no longer lets Segue into ${SALES} (invalid_grant). Reconnect it with Microsoft.`,
  })
})

test('a provider that gives no token just now: the check says to try again, and nothing is refused', async () => {
  const sink = await sinkWith({ takesToken: () => true })
  const step = await lastStep(sink.port, async () => ({ kind: 'unreachable', detail: 'it answered 503' }))
  expect(step.words).toMatch(/cannot check the login just now .*it answered 503.* Try again in a few minutes/)
})
