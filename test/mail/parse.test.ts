import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseMail } from '../../src/mail/parse.ts'
import { mail } from '../support/mails.ts'

const parse = (raw: string) => parseMail(Buffer.from(raw))

test('a plain answer: who, what, and what it answers', async () => {
  const parsed = await parse(
    mail({
      'In-Reply-To': '<m2@acme.test>',
      References: '<m1@acme.test>\r\n <m2@acme.test>',
      Cc: 'Eve <eve@client.test>',
    }),
  )
  expect(parsed).toMatchObject({
    from: { address: 'bob@client.test', name: 'Bob' },
    to: [{ address: 'sales@acme.test', name: '' }],
    cc: [{ address: 'eve@client.test', name: 'Eve' }],
    subject: 'Re: Hello Bob',
    messageId: '<answer@client.test>',
    inReplyTo: '<m2@acme.test>',
    references: ['<m1@acme.test>', '<m2@acme.test>'],
    date: Date.UTC(2027, 2, 2, 9),
    contentType: 'text/plain',
    returnPath: null,
    returned: null,
  })
  expect(parsed.text.trim()).toBe('Hello')
})

test('ids without their brackets are taken with them', async () => {
  expect((await parse(mail({ 'In-Reply-To': 'm2@acme.test' }))).inReplyTo).toBe('<m2@acme.test>')
})

test('the null sender is empty, not absent', async () => {
  expect((await parse(mail({ 'Return-Path': '<>' }))).returnPath).toBe('')
})

test('a mail in HTML alone is read as text', async () => {
  const raw = mail(
    { 'Content-Type': 'text/html; charset=utf-8' },
    '<p>Please <b>stop</b></p><style>p{}</style>',
  )
  expect((await parse(raw)).text.trim()).toBe('Please stop')
})

test('a report brings its parts and the headers of what came back', async () => {
  const raw = mail(
    { 'Content-Type': 'multipart/report; report-type="delivery-status"; boundary=b' },
    [
      '--b',
      'Content-Type: text/plain',
      '',
      'Sorry',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.client.test',
      '',
      'Final-Recipient: rfc822; bob@client.test',
      '--b',
      'Content-Type: message/rfc822',
      '',
      'Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=',
      'Message-ID:',
      ' <m1@acme.test>',
      '',
      'Hello Bob',
      '--b--',
    ].join('\n'),
  )
  const parsed = await parse(raw)
  expect(parsed).toMatchObject({ contentType: 'multipart/report', reportType: 'delivery-status' })
  expect(parsed.parts.map(({ contentType }) => contentType)).toEqual([
    'message/delivery-status',
    'message/rfc822',
  ])
  expect(parsed.returned).toMatchObject({ subject: ['Grüße'], 'message-id': ['<m1@acme.test>'] })
  expect(parsed.text.trim()).toBe('Sorry')
})

test('a multipart whose boundary is lost still has its words', async () => {
  const raw = mail({ 'Content-Type': 'multipart/mixed; boundary=lost' }, 'Error: no such user')
  expect((await parse(raw)).text).toContain('Error: no such user')
})

test('a nesting bomb is read flat', async () => {
  const nested = Array.from(
    { length: 300 },
    (_, n) => `--b${n}\r\nContent-Type: multipart/mixed; boundary=b${n + 1}\r\n\r\n`,
  )
  const raw = mail({ 'Content-Type': 'multipart/mixed; boundary=b0' }, nested.join(''))
  expect(await parse(raw)).toMatchObject({ subject: 'Re: Hello Bob', messageId: '<answer@client.test>' })
})

test('a header named like a property of objects is a header', async () => {
  const parsed = await parse(mail({ constructor: 'x', __proto__x: 'y' }))
  expect(parsed.headers['constructor']).toEqual(['x'])
})

test('whatever bytes arrive, something comes out', async () => {
  const piece = fc.constantFrom(
    'From: ',
    '<',
    '>',
    '@',
    '\r\n',
    '\n',
    '\r\n\r\n',
    'Content-Type: multipart/mixed; boundary=',
    'b',
    '--b',
    '--b--',
    '=?utf-8?q?',
    '?=',
    'Content-Transfer-Encoding: base64',
    'message/rfc822',
    ';',
    '"',
    '\u0000',
    'ü',
    'References: ',
    ' ',
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 60 }),
      fc.uint8Array({ maxLength: 40 }),
      async (words, bytes) => {
        const parsed = await parseMail(Buffer.concat([Buffer.from(words.join('')), bytes]))
        expect(typeof parsed.text).toBe('string')
      },
    ),
    { numRuns: 300 },
  )
})
