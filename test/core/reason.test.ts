/** The closed table of reasons: every word has a sentence for people, and a word of yesterday is still shown. */
import { expect, test } from 'vitest'
import { HOLDS, isHold, REASONS, SKIPS, sentenceFor } from '../../src/core/reason.ts'

test('no word is two of a reason, a hold and a skip', () => {
  const words = [REASONS, HOLDS, SKIPS].flatMap((table) => Object.keys(table))
  expect(new Set(words).size).toBe(words.length)
})

test('every reason, hold and skip has a whole sentence', () => {
  for (const sentence of Object.values({ ...REASONS, ...HOLDS, ...SKIPS }))
    expect(sentence).toMatch(/^[A-Z].*\.$/)
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
  expect(sentenceFor('date_over')).toContain('skipped')
  expect(sentenceFor('constructor')).toBe('constructor')
  expect(sentenceFor('a_word_of_yesterday')).toBe('a_word_of_yesterday')
})
