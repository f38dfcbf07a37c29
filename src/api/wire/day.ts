/** Dates as callers write them, and the moments they begin at. */
import { DAY, type Instant } from '../../core/clock.ts'
import { localDayOf, startOfDay } from '../../core/zone.ts'
import { refuse, shorten } from '../errors.ts'
import { INSTANT_END, YEARS } from './instant.ts'

/** The first moment of a date in the zone, `plus` days later; null: no date is given. Throws a 422 that names the parameter. */
export function firstMomentOf(
  text: string | undefined,
  { zone, parameter, plus = 0 }: { zone: string; parameter: string; plus?: number },
): Instant | null {
  if (!text) return null
  const expected = (what: string) =>
    refuse(422, `The parameter "${parameter}" is "${shorten(text)}"; expected ${what}.`, { parameter })
  const day = localDayOf(text.slice(0, 10))
  if (day === undefined) return expected('a date such as 2027-01-14')
  if (day < 0 || day * DAY >= INSTANT_END) return expected(`a date in the years ${YEARS}`)
  return startOfDay(zone, day + plus)
}
