import { expect, test } from 'vitest'
import { ownWords } from '../../src/core/quote.ts'

const quotes: [string, string][] = [
  ['Gmail', 'On Tue, 2 Mar 2027 at 09:00, Ann Acme <ann@acme.test> wrote:\n> Hello'],
  ['Gmail, broken over lines', 'On Tue, 2 Mar 2027 at 09:00, Ann Acme\n<ann@acme.test>\nwrote:\n> Hello'],
  ['German', 'Am 02.03.2027 um 09:00 schrieb Ann Acme <ann@acme.test>:\n> Hello'],
  ['French', 'Le mar. 2 mars 2027 à 09:00, Ann Acme <ann@acme.test> a écrit :\n> Hello'],
  ['Spanish', 'El mar, 2 mar 2027 a las 9:00, Ann (<ann@acme.test>) escribió:\n> Hello'],
  [
    'Outlook',
    '________________________________\nFrom: Ann Acme <ann@acme.test>\nSent: Tuesday, March 2, 2027\nHello',
  ],
  [
    'Outlook without a line',
    'From: Ann Acme <ann@acme.test>\nSent: Tuesday, March 2, 2027 9:00 AM\nTo: Bob\nHello',
  ],
  ['Outlook, German', 'Von: Ann Acme <ann@acme.test>\nGesendet: Dienstag, 2. März 2027\nHello'],
  ['old Outlook', '-----Original Message-----\nFrom: Ann\nHello'],
  ['bare quote', '> Hello\n> unsubscribe'],
  ['a signature', '-- \nBob\nClient Ltd, unsubscribe here'],
  ['a phone', 'Sent from my iPhone'],
]

test.each(quotes)('the words above the quote are kept: %s', (_, quote) => {
  expect(ownWords(`Yes please.\nTuesday?\n\n${quote}`)).toBe('Yes please.\nTuesday?')
})

test('answers between quoted lines are kept', () => {
  expect(ownWords('> Tuesday?\nNo, Wednesday.\n> Ten?\nEleven.')).toBe('No, Wednesday.\nEleven.')
})

test('an answer below the quote is found', () => {
  expect(ownWords('On Tue, 2 Mar 2027 at 09:00, Ann wrote:\n> Hello\n> unsubscribe\n\nYes, Tuesday.')).toBe(
    'Yes, Tuesday.',
  )
})

test('a text without a quote is whole', () => {
  expect(ownWords('On Tuesday I wrote to you.\r\nFrom Berlin, Bob')).toBe(
    'On Tuesday I wrote to you.\nFrom Berlin, Bob',
  )
})
