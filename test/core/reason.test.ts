/** The closed table of reasons: every word has a sentence for people, and a word of yesterday is still shown. */
import { expect, test } from 'vitest'
import { HOLDS, isHold, REASONS, sentenceFor } from '../../src/core/reason.ts'

test('no word is both a reason and a hold', () => {
  expect(Object.keys(REASONS).filter((word) => word in HOLDS)).toEqual([])
})

test('every reason and hold has a whole sentence', () => {
  for (const sentence of Object.values({ ...REASONS, ...HOLDS })) expect(sentence).toMatch(/^[A-Z].*\.$/)
})

test('every hold says the way out', () => {
  for (const sentence of Object.values(HOLDS)) expect(sentence.split(/[.;:,] /).length).toBeGreaterThan(1)
})

test('a hold is told from a reason, and from a word that any object has', () => {
  expect(isHold('stale')).toBe(true)
  expect(isHold('replied')).toBe(false)
  expect(isHold('toString')).toBe(false)
})

test('words become sentences; one that is not in the table is shown as it is', () => {
  expect(sentenceFor('replied')).toBe('Answered.')
  expect(sentenceFor('stale')).toContain('Overdue')
  expect(sentenceFor('constructor')).toBe('constructor')
  expect(sentenceFor('a_word_of_yesterday')).toBe('a_word_of_yesterday')
})
