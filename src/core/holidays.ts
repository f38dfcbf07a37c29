/**
 * The public holidays of countries and their regions, as local dates, from the library `date-holidays`. Calendars are named "DE", "DE-BY",
 * "DE-BY-KATH": the country, its region, a part of the region. What is skipped on them is the schedule's matter.
 */
import Holidays from 'date-holidays'
import { BoundedCache } from './bounded-cache.ts'
import { DAY, HOUR, type Instant } from './clock.ts'

export interface Holiday {
  /** YYYY-MM-DD on the calendar of whoever is there. */
  date: string
  name: string
}

export interface Place {
  code: string
  name: string
}

export interface HolidayCountry extends Place {
  /** Regions and their parts ("BY", "BY-KATH"); empty where the whole country has the same holidays. */
  regions: Place[]
}

/** On these people are not at their desks. School holidays and observances are working days. */
const FREE = ['public', 'bank']
/** 200 calendars of ten years; one is about 1 kB. */
const years = new BoundedCache<string, Holiday[]>(2_000)
const windows = new BoundedCache<string, string[]>(500)
const NAME_MAX = 20
let known: HolidayCountry[] | undefined

/** All calendars, by the names of their countries. Read once: 207 countries. */
export function holidayCountries(): readonly HolidayCountry[] {
  known ??= readCountries()
  return known
}

function readCountries(): HolidayCountry[] {
  const library = new Holidays()
  const places = (of: Record<string, string> | undefined): Place[] =>
    Object.entries(of ?? {}).map(([code, name]) => ({ code, name }))
  return places(library.getCountries('en'))
    .map(({ code, name }) => ({
      code,
      name,
      regions: places(library.getStates(code, 'en')).flatMap((state) => [
        state,
        ...places(library.getRegions(code, state.code, 'en')).map((part) => ({
          code: `${state.code}-${part.code}`,
          name: `${state.name}, ${part.name}`,
        })),
      ]),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** The name of the calendar as it is kept, or the sentence that says what is wrong and what there is. */
export function holidayCalendar(
  country: string,
  region: string | null,
): { calendar: string } | { problem: string } {
  const same = (one: Place, code: string) => one.code.toLowerCase() === code.trim().toLowerCase()
  const found = holidayCountries().find((one) => same(one, country))
  if (!found)
    return {
      problem: `No public holidays are known of the country "${country.slice(0, NAME_MAX)}". Use a code such as DE, GB or US; GET /holidays/countries lists all. Days of your own go into extra_holidays.`,
    }
  if (region === null) return { calendar: found.code }
  const part = found.regions.find((one) => same(one, region))
  if (part) return { calendar: `${found.code}-${part.code}` }
  const codes = found.regions.map((one) => one.code)
  return {
    problem:
      codes.length === 0
        ? `${found.name} has the same public holidays everywhere, so there is no region "${region.slice(0, NAME_MAX)}". Leave holiday_region out.`
        : `${found.name} has no region "${region.slice(0, NAME_MAX)}". Use one of ${codes.join(', ')}, or none.`,
  }
}

/** "DE-BY-KATH" is the country DE and its region BY-KATH. */
export function partsOf(calendar: string): { country: string; region: string | null } {
  const at = calendar.indexOf('-')
  return at < 0
    ? { country: calendar, region: null }
    : { country: calendar.slice(0, at), region: calendar.slice(at + 1) }
}

/** In order of date. Empty for a calendar that the library does not have any more. */
export function holidaysOfYear(calendar: string, year: number): readonly Holiday[] {
  return years.take(`${calendar} ${year}`, () => {
    const [country = '', state = '', part = ''] = calendar.split('-')
    const holidays = new Holidays(country, state, part).getHolidays(year, 'en')
    return holidays
      .filter((one) => FREE.includes(one.type))
      .flatMap((one) => datesOf(one).map((date) => ({ date, name: one.name })))
      .sort((a, b) => (a.date < b.date ? -1 : 1))
  })
}

/** A date is free if the holiday covers its noon: not the afternoon of 24 December, and of a day from sunset to sunset the second date. */
function datesOf({ date, start, end }: { date: string; start: Date; end: Date }): string[] {
  // "2027-12-24 14:00:00", in some zones with an offset behind it: the wall clock of the country.
  const [day = '', time = '00:00:00'] = date.split(' ')
  const begins = Date.parse(`${day}T${time}Z`)
  const ends = begins + end.getTime() - start.getTime()
  const dates: string[] = []
  for (let noon = Date.parse(`${day}T12:00:00Z`); noon < ends; noon += DAY)
    // An hour less or more where the clock changes on a holiday.
    if (begins <= noon && noon + HOUR < ends) dates.push(new Date(noon).toISOString().slice(0, 10))
  return dates
}

/** The dates from the year before `now` to the second one after it: past every horizon that is looked to, and never at an end. */
export function holidaysAround(calendar: string, now: Instant): readonly string[] {
  const year = new Date(now).getUTCFullYear()
  return windows.take(`${calendar} ${year}`, () => {
    const dates = [-1, 0, 1, 2].flatMap((offset) => holidaysOfYear(calendar, year + offset))
    return [...new Set(dates.map((one) => one.date))].sort()
  })
}

/** Those of the next 365 days, today's included; by UTC's date, since it is for reading. */
export function comingHolidays(calendar: string, now: Instant): Holiday[] {
  const year = new Date(now).getUTCFullYear()
  const from = new Date(now).toISOString().slice(0, 10)
  const to = new Date(now + 365 * DAY).toISOString().slice(0, 10)
  return [...holidaysOfYear(calendar, year), ...holidaysOfYear(calendar, year + 1)].filter(
    ({ date }, index, all) => date >= from && date < to && all[index - 1]?.date !== date,
  )
}
