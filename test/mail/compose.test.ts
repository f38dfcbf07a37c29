import { expect, test } from 'vitest'
import { composeRaw, recipientsOf } from '../../src/mail/compose.ts'
import { parseMail } from '../../src/mail/parse.ts'
import { outgoing } from '../support/outgoing.ts'

const headOf = (raw: Buffer) =>
  raw
    .toString()
    .split('\r\n\r\n')[0]!
    .replace(/\r\n[ \t]+/g, ' ')

test('the same mail gives the same bytes', async () => {
  const mail = outgoing({ subject: 'Grüße', html: '<p>Grüße</p>', text: 'Grüße' })
  expect((await composeRaw(mail)).equals(await composeRaw(mail))).toBe(true)
})

test('a follow-up carries its thread: In-Reply-To and the whole References', async () => {
  const raw = await composeRaw(
    outgoing({
      messageId: '<m3@acme.test>',
      inReplyTo: '<m2@acme.test>',
      references: ['<m1@acme.test>', '<m2@acme.test>'],
    }),
  )
  const head = headOf(raw)
  expect(head).toContain('Message-ID: <m3@acme.test>')
  expect(head).toContain('In-Reply-To: <m2@acme.test>')
  expect(head).toContain('References: <m1@acme.test> <m2@acme.test>')
})

test('a long thread keeps its first id and the newest', async () => {
  const references = Array.from({ length: 60 }, (_, n) => `<m${n}@acme.test>`)
  const parsed = await parseMail(await composeRaw(outgoing({ references })))
  expect(parsed.references).toHaveLength(30)
  expect([parsed.references[0], parsed.references.at(-1)]).toEqual(['<m0@acme.test>', '<m59@acme.test>'])
})

test('the date is the one that was given', async () => {
  expect(headOf(await composeRaw(outgoing()))).toContain('Date: Tue, 02 Mar 2027 09:00:00 +0000')
})

test('opt-out headers stand as they were given, and bcc stands nowhere', async () => {
  const mail = outgoing({
    bcc: [{ address: 'crm@acme.test', name: '' }],
    headers: {
      listUnsubscribe: `<https://segue.test/u/${'t'.repeat(120)}>, <mailto:sales@acme.test?subject=unsubscribe%20t>`,
      listUnsubscribePost: 'List-Unsubscribe=One-Click',
    },
  })
  const raw = await composeRaw(mail)
  const parsed = await parseMail(raw)
  expect(parsed.headers['list-unsubscribe']).toEqual([mail.headers.listUnsubscribe])
  expect(parsed.headers['list-unsubscribe-post']).toEqual(['List-Unsubscribe=One-Click'])
  expect(raw.toString()).not.toContain('crm@acme.test')
  expect(recipientsOf(mail).all).toEqual(['bob@client.test', 'crm@acme.test'])
})

test('words beyond ASCII survive in subject, names and both parts', async () => {
  const parsed = await parseMail(
    await composeRaw(
      outgoing({
        from: { address: 'sales@acme.test', name: 'Jürgen "JJ" Müller, 東京' },
        subject: 'Schöne Grüße aus 東京 🙂',
        text: 'Füße\n.\nEnde',
        html: '<p>Füße</p>',
      }),
    ),
  )
  expect(parsed.from).toEqual({ address: 'sales@acme.test', name: 'Jürgen "JJ" Müller, 東京' })
  expect(parsed.subject).toBe('Schöne Grüße aus 東京 🙂')
  expect(parsed.text.replace(/\r\n/g, '\n').trimEnd()).toBe('Füße\n.\nEnde')
  expect(parsed.html).toContain('Füße')
})

test('a domain beyond ASCII is sent to in its ASCII form', () => {
  expect(recipientsOf(outgoing({ to: [{ address: 'bob@bücher.test', name: '' }] })).all).toEqual([
    'bob@xn--bcher-kva.test',
  ])
})

test.each([
  ['subject', { subject: 'Hi\r\nBcc: all@client.test' }],
  ['display name', { from: { address: 'sales@acme.test', name: 'Ann\r\nBcc: all@client.test' } }],
  ['extra header', { headers: { extra: { 'X-Note': 'a\r\nBcc: all@client.test' } } }],
  ['opt-out header', { headers: { listUnsubscribe: '<mailto:a@b>\r\nBcc: all@client.test' } }],
])('a line break in the %s makes no header of its own', async (_, changes) => {
  const parsed = await parseMail(await composeRaw(outgoing(changes)))
  expect(parsed.headers['bcc']).toBeUndefined()
})

test.each([
  ['Message-ID', { messageId: '<a b>' }],
  ['Message-ID', { references: ['<a@b>\r\nBcc: x@y'] }],
  ['address', { to: [{ address: 'bob@client.test, all@client.test', name: '' }] }],
  ['address', { to: [{ address: 'bob@client.test\r\nBcc: x@y', name: '' }] }],
  ['header name', { headers: { extra: { 'X Note:': 'a' } } }],
])('a malformed %s is refused by name', async (what, changes) => {
  await expect(composeRaw(outgoing(changes))).rejects.toThrow(what)
})
