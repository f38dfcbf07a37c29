/** Which public holidays are known: of which countries and regions, and when the next ones are. */
import { Type } from 'typebox'
import { comingHolidays, holidayCalendar, holidayCountries } from '../core/holidays.ts'
import { refuse } from './errors.ts'
import { type Route, route } from './route.ts'
import { Holiday } from './wire/schedule.ts'

const Place = { code: Type.String(), name: Type.String() }

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/holidays/countries',
    name: 'holidays/countries',
    summary: 'Countries and regions whose public holidays are known',
    extension: true,
    input: Type.Object({}),
    output: Type.Object({
      countries: Type.Array(Type.Object({ ...Place, regions: Type.Array(Type.Object(Place)) })),
    }),
    run: async () => ({ countries: [...holidayCountries()] }),
  }),
  route({
    method: 'GET',
    path: '/holidays',
    name: 'holidays/index',
    summary: 'The public holidays of a country in the coming 365 days',
    extension: true,
    input: Type.Object({
      country: Type.String({ maxLength: 10 }),
      region: Type.Optional(Type.String({ maxLength: 20 })),
    }),
    output: Type.Object({ holidays: Type.Array(Holiday) }),
    async run({ country, region }, call) {
      const found = holidayCalendar(country, region || null)
      if ('problem' in found) return refuse(422, found.problem, { parameter: region ? 'region' : 'country' })
      return { holidays: comingHolidays(found.calendar, call.now) }
    },
  }),
]
