// What typed and pasted text adds to the do-not-contact list: never more than one cell of a row.
import { expect, test } from 'vitest'
import { typedValues } from '../../web/src/settings/suppression-text.ts'

const values = (text: string) => typedValues(text).map(({ value }) => value)

test('of a pasted row of a table only the address counts, not the mail provider beside it', () => {
  expect(typedValues('jo@acme.com,Jo,gmail.com')).toEqual([
    { line: 1, value: 'jo@acme.com', ignored: ['Jo', 'gmail.com'] },
  ])
  expect(values('Jo\tjo@acme.com\tgmail.com')).toEqual(['jo@acme.com'])
})

test('one per line, empty lines between, the same one twice', () => {
  expect(typedValues('a@one.test\r\n\r\n@two.test\nA@one.test')).toEqual([
    { line: 1, value: 'a@one.test', ignored: [] },
    { line: 3, value: '@two.test', ignored: [] },
  ])
})

test('a line of nothing but addresses, or of nothing but domains, is a list', () => {
  expect(values('a@one.test, b@two.test; c@three.test')).toEqual(['a@one.test', 'b@two.test', 'c@three.test'])
  expect(values('one.test two.test')).toEqual(['one.test', 'two.test'])
})

test('the name before an address stays with it, for the server to read', () => {
  expect(values('Jo Doe <jo@acme.com>')).toEqual(['Jo Doe <jo@acme.com>'])
})

test('a line that is neither is kept whole, so that it is said and not dropped', () => {
  expect(typedValues('Acme Inc, Berlin')).toEqual([{ line: 1, value: 'Acme Inc, Berlin', ignored: [] }])
})
