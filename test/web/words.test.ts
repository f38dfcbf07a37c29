// Small sentences of the page: windows of a week, what a person quoted, what is meant for programs.
import { expect, test } from 'vitest'
import { forPeople, listed } from '../../web/src/lib/words.ts'
import { splitQuote } from '../../web/src/people/quote.ts'
import { fromClock, toClock, windowsInWords } from '../../web/src/settings/windows.ts'

const day = (at: number, opens: number, closes: number) => ({
  day: at,
  opens_at_minute: opens * 60,
  closes_at_minute: closes * 60,
})

test('neighboring days with the same times are said once', () => {
  const week = [1, 2, 3, 4, 5].map((at) => day(at, 9, 17))
  expect(windowsInWords(week)).toBe('Mon to Fri 9:00-17:00')
  expect(windowsInWords([...week, day(6, 10, 12)])).toBe('Mon to Fri 9:00-17:00 and Sat 10:00-12:00')
  expect(windowsInWords([])).toBe('Never open')
})

test('an end at midnight is the end of the day, a beginning at midnight its start', () => {
  expect(fromClock('00:00', true)).toBe(1440)
  expect(fromClock('00:00', false)).toBe(0)
  expect(toClock(1440)).toBe('00:00')
})

test('what somebody quoted below an answer is folded, what they wrote is not', () => {
  const text = 'Thursday suits me.\n\nMaria\n\nOn Tue, 12 Jan 2027, Sam Rivera wrote:\n> Hi Maria,'
  const split = splitQuote({ kind: 'received', html: '<p>x</p>', text })
  expect(split.body.text).toBe('Thursday suits me.\n\nMaria')
  expect(split.quote).toContain('> Hi Maria,')
})

test('an answer that only looks like a quote from its first line on is shown whole', () => {
  const split = splitQuote({ kind: 'received', html: '', text: '> you wrote this\nNo.' })
  expect(split).toEqual({ body: { html: '', text: '> you wrote this\nNo.' }, quote: '' })
})

test('what a refusal says to programs is not shown to people', () => {
  expect(forPeople('Choose one, or confirm it once (POST /api/v1/sequences/1/confirm_always).')).toBe(
    'Choose one, or confirm it once.',
  )
  expect(forPeople('It refused the password (535 5.7.8).')).toBe('It refused the password (535 5.7.8).')
})

test('lists read as people say them', () => {
  expect(listed(['a', 'b', 'c'])).toBe('a, b and c')
})
