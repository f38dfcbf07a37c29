/** An outgoing mail for tests, with everything replaceable. */
import type { OutgoingMail } from '../../src/mail/port.ts'

export function outgoing(changes: Partial<OutgoingMail> = {}): OutgoingMail {
  return {
    messageId: '<m1@acme.test>',
    from: { address: 'sales@acme.test', name: 'Ann Acme' },
    envelopeFrom: 'sales@acme.test',
    to: [{ address: 'bob@client.test', name: 'Bob' }],
    cc: [],
    bcc: [],
    subject: 'Hello Bob',
    html: '<p>Hello Bob</p>',
    text: 'Hello Bob',
    references: [],
    headers: {},
    date: Date.UTC(2027, 2, 2, 9, 0, 0),
    ...changes,
  }
}
