/** A sender at a scripted server, for tests of sending: both are closed after each test. */
import { afterEach } from 'vitest'
import { sleep } from '../../src/clock.ts'
import type { Clock } from '../../src/core/clock.ts'
import type { Endpoint, MailTimeouts } from '../../src/mail/port.ts'
import { SmtpSender } from '../../src/mail/smtp.ts'
import { type SinkEvent, type SinkOptions, type SmtpSink, startSmtpSink } from './smtp-sink.ts'

const clock: Clock = { now: () => 0, real: () => 0, sleep }
export const QUICK: MailTimeouts = { connectMs: 300, greetingMs: 300, commandMs: 300, finalReplyMs: 300 }
const PATIENT: MailTimeouts = {
  connectMs: 20_000,
  greetingMs: 20_000,
  commandMs: 20_000,
  finalReplyMs: 20_000,
}
export const yes = () => Promise.resolve(true)
const open: (SmtpSink | SmtpSender)[] = []

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

export async function sinkWith(options: SinkOptions = {}): Promise<SmtpSink> {
  const sink = await startSmtpSink(options)
  open.push(sink)
  return sink
}

export function senderTo(
  sink: { port: number },
  changes: Partial<Endpoint> = {},
  timeouts = PATIENT,
): SmtpSender {
  const endpoint: Endpoint = {
    host: '127.0.0.1',
    port: sink.port,
    tls: 'none',
    user: 'sales@acme.test',
    password: 'secret',
    ...changes,
  }
  const sender = new SmtpSender(endpoint, { clock, timeouts })
  open.push(sender)
  return sender
}

/** Misbehaves at one stage (for one address) and nowhere else. */
export const only =
  (stage: SinkEvent['stage'], act: ReturnType<NonNullable<SinkOptions['behave']>>, value?: string) =>
  (event: SinkEvent) =>
    event.stage === stage && (value === undefined || event.value === value) ? act : 'go'
