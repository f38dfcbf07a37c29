/** Public holidays by country and region, against dates that anybody can look up. */
import { expect, test } from 'vitest'
import {
  comingHolidays,
  holidayCalendar,
  holidayCountries,
  holidaysAround,
  holidaysOfYear,
} from '../../src/core/holidays.ts'

const dates = (calendar: string, year: number) => holidaysOfYear(calendar, year).map(({ date }) => date)

test('the public holidays of a country are its dates (United States, 2027)', () => {
  expect(dates('US', 2027)).toEqual(
    expect.arrayContaining([
      '2027-01-01',
      '2027-01-18',
      '2027-05-31',
      '2027-07-05',
      '2027-11-25',
      '2027-12-24',
    ]),
  )
  // Valentine's Day is observed, and everybody works.
  expect(dates('US', 2027)).not.toContain('2027-02-14')
})

test('a region has its own: Corpus Christi is free in Bavaria and not in Berlin (2027-05-27)', () => {
  expect(dates('DE-BY', 2027)).toContain('2027-05-27')
  expect(dates('DE-BE', 2027)).not.toContain('2027-05-27')
  expect(dates('DE', 2027)).not.toContain('2027-05-27')
})

test('a part of a region has its own: the peace festival of Augsburg (8 August)', () => {
  expect(dates('DE-BY-A', 2027)).toContain('2027-08-08')
  expect(dates('DE-BY', 2027)).not.toContain('2027-08-08')
})

test('a holiday of several days is all its dates (China, spring festival of 2027)', () => {
  const spring = holidaysOfYear('CN', 2027).filter(({ name }) => name === 'Spring Festival')
  expect(spring.map(({ date }) => date)).toEqual(['2027-02-05', '2027-02-06', '2027-02-07'])
})

test('a day that begins at sunset is the date after (Israel, Yom Kippur of 2027 is 11 October)', () => {
  expect(dates('IL', 2027)).toContain('2027-10-11')
})

test('they never run out: from the year before to the second after, whatever year it is', () => {
  for (const year of [2026, 2040, 2075]) {
    const around = holidaysAround('GB-ENG', Date.UTC(year, 11, 31))
    expect(around[0]).toBe(`${year - 1}-01-01`)
    expect(around.at(-1)!.slice(0, 4)).toBe(`${year + 2}`)
    // 400 days from the last day of the year.
    expect(around.some((date) => date >= `${year + 2}-01-01`)).toBe(true)
  }
})

test('the coming ones are of one year from today, each date once, with their names', () => {
  const coming = comingHolidays('US', Date.parse('2027-07-01T12:00:00Z'))
  expect(coming[0]).toEqual({ date: '2027-07-04', name: 'Independence Day' })
  expect(coming.at(-1)!.date < '2028-07-01').toBe(true)
  expect(new Set(coming.map(({ date }) => date)).size).toBe(coming.length)
})

test('country and region are taken in any case; unknown ones are refused with what there is', () => {
  expect(holidayCalendar('de', 'by')).toEqual({ calendar: 'DE-BY' })
  expect(holidayCalendar('DE', 'BY-KATH')).toEqual({ calendar: 'DE-BY-KATH' })
  expect(holidayCalendar('JP', null)).toEqual({ calendar: 'JP' })
  expect(holidayCalendar('XX', null)).toEqual({
    problem: expect.stringMatching(/"XX".*such as DE.*lists all/),
  })
  expect(holidayCalendar('DE', 'ZZ')).toEqual({ problem: expect.stringMatching(/Germany.*"ZZ".*BB, BE, BW/) })
  expect(holidayCalendar('JP', 'TK')).toEqual({ problem: expect.stringMatching(/Japan.*everywhere.*"TK"/) })
})

test('every calendar that is offered has holidays, each a date', () => {
  const empty = holidayCountries().filter(({ code }) => holidaysOfYear(code, 2027).length === 0)
  expect(empty.map(({ code }) => code)).toEqual([])
  expect(holidayCountries().length).toBeGreaterThan(190)
})
