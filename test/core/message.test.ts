/** Message-IDs, threads and subjects, and that no value of a header can begin another one. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  bareSubject,
  baseSubject,
  headerSafe,
  isMessageId,
  messageIdsIn,
  newMessageId,
  replySubject,
  threadHeaders,
} from '../../src/core/message.ts'

const random = { next: () => 0.5, hex: (count: number) => 'ab'.repeat(count) }

test('a new Message-ID has 128 bits of chance at the domain of the sender', () => {
  const id = newMessageId(random, 'acme.com')
  expect(id).toBe(`<${'ab'.repeat(16)}@acme.com>`)
  expect(isMessageId(id)).toBe(true)
})

test.each([
  ['Quick question', 'Re: Quick question'],
  ['Re: Quick question', 'Re: Quick question'],
  ['RE: re[2]: Re : Quick question', 'Re: Quick question'],
  ['Regarding: you', 'Re: Regarding: you'],
  ['', 'Re:'],
  ['Re:', 'Re:'],
  ['Hi\r\nBcc: eve@evil.test', 'Re: Hi Bcc: eve@evil.test'],
])('the answer to %j has the subject %j', (subject, expected) => {
  expect(replySubject(subject)).toBe(expected)
})

test.each([
  'Re: Angebot',
  'AW: Re: Angebot',
  'Fwd: RE[3]: angebot',
  'SV: VS: Angebot',
  '回复：Angebot',
  'Antw: Angebot',
])('%j belongs to the thread of "Angebot"', (subject) => {
  expect(baseSubject(subject)).toBe('angebot')
})

test('words that only begin like a prefix stay', () => {
  expect(baseSubject('Internal: review')).toBe('internal: review')
  expect(baseSubject('Ref 12: review')).toBe('ref 12: review')
})

test('a subject to be shown loses its prefixes and keeps its case', () => {
  expect(bareSubject('AW: Re: Angebot für ACME')).toBe('Angebot für ACME')
})

test('a follow-up carries the whole chain and answers the last mail', () => {
  expect(threadHeaders({ messageId: '<3@a.b>', references: ['<1@a.b>', '<2@a.b>'] })).toEqual({
    inReplyTo: '<3@a.b>',
    references: ['<1@a.b>', '<2@a.b>', '<3@a.b>'],
  })
})

test('the first follow-up refers to the mail that began the thread', () => {
  expect(threadHeaders({ messageId: '<1@a.b>', references: [] }).references).toEqual(['<1@a.b>'])
})

test('of a chain that is too long the first and the last ids stay', () => {
  const ids = Array.from({ length: 50 }, (_, index) => `<${index}@a.b>`)
  const { references } = threadHeaders({ messageId: '<50@a.b>', references: ids })
  expect(references).toHaveLength(20)
  expect(references[0]).toBe('<0@a.b>')
  expect(references.slice(1)).toEqual(Array.from({ length: 19 }, (_, index) => `<${index + 32}@a.b>`))
})

test('what is no id, or stands there twice, is left out of the chain', () => {
  const references = ['<1@a.b>', 'x', '<1@a.b>', '<a b@c>', '<2@a.b>\r\nBcc: eve@evil.test', '<3@a.b>']
  expect(threadHeaders({ messageId: '<3@a.b>', references }).references).toEqual(['<1@a.b>', '<3@a.b>'])
})

test('ids are found in headers that are folded, joined or commented', () => {
  expect(messageIdsIn('<1@a.b>\r\n\t<2@a.b><3@a.b> (yesterday) <nobody> <1@a.b>')).toEqual([
    '<1@a.b>',
    '<2@a.b>',
    '<3@a.b>',
  ])
  expect(messageIdsIn('')).toEqual([])
})

/** What would end or bend a header: controls, line and paragraph separators, and the marks that turn text around on the screen. */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/

test('whatever the text, a safe header is one line without controls, and stays so', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 1_500 }), (text) => {
      const safe = headerSafe(text)
      expect(safe).not.toMatch(UNSAFE)
      expect(safe.isWellFormed()).toBe(true)
      expect(safe).not.toMatch(/[\r\n]/)
      expect(safe.length).toBeLessThanOrEqual(500)
      expect(headerSafe(safe)).toBe(safe)
    }),
    { numRuns: 2_000, seed: 5322 },
  )
})

test('ordinary subjects, accents and emoji included, come out as they went in', () => {
  for (const text of ['Größe & Preis: 20 %', '日本語の件名', 'Ready? 🚀']) expect(headerSafe(text)).toBe(text)
})

test('text is not turned around on the screen', () => {
  expect(headerSafe('\u202egnp.exe')).toBe('gnp.exe')
  expect(headerSafe('invoice\u202egnp.exe')).toBe('invoicegnp.exe')
})

test('half a character, as a cut emoji leaves it, becomes a replacement character', () => {
  expect(headerSafe('Ready\ud83d?')).toBe('Ready\ufffd?')
  const cut = headerSafe(`${'x'.repeat(499)}🚀`)
  expect(cut.isWellFormed()).toBe(true)
  expect(headerSafe(cut)).toBe(cut)
})
