// How the page says when: in the reader's zone, in words.
import { expect, test } from 'vitest'
import { fromNow, isoDate, span, waitInWords, wallTime } from '../../web/src/lib/time.ts'

const NOW = Date.parse('2027-03-12T14:00:00Z')
const at = (iso: string) => wallTime(Date.parse(iso), NOW, 'America/New_York')

test('a moment of the same day in the reader’s zone is today, whatever day it is in UTC', () => {
  expect(at('2027-03-13T03:30:00Z')).toBe('today 22:30')
})

test('within six days the weekday is enough, and the zone’s daylight saving is minded', () => {
  // 2027-03-14 America/New_York: the clocks go forward, so 13:02 UTC is 9:02 and no longer 8:02.
  expect(at('2027-03-15T13:02:00Z')).toBe('Mon 9:02')
})

test('later than that the date is said, and the year only when it is another', () => {
  expect(at('2027-04-14T13:00:00Z')).toBe('14 Apr 9:00')
  expect(at('2028-01-14T14:00:00Z')).toBe('14 Jan 2028 9:00')
})

test('distances are in the largest unit that says enough', () => {
  expect(fromNow(NOW + 14 * 3_600_000, NOW)).toBe('in 14 h')
  expect(fromNow(NOW - 3 * 86_400_000, NOW)).toBe('3 days ago')
  expect(fromNow(NOW + 20_000, NOW)).toBe('now')
  expect(span(35 * 3_600_000)).toBe('35 h')
})

test('waits are said as people say them', () => {
  expect(waitInWords(0, 'day')).toBe('at once')
  expect(waitInWords(1, 'week')).toBe('1 week')
  expect(waitInWords(2, 'day')).toBe('2 days')
  expect(waitInWords(2, 'day', true)).toBe('2 business days')
})

test('a date is that of the zone, not of UTC', () => {
  expect(isoDate(Date.parse('2027-01-14T23:30:00Z'), 'Asia/Tokyo')).toBe('2027-01-15')
})
