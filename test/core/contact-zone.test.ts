/** The zone of a person who did not state one: from the place, else from a telephone number; a place with several zones is unknown. */
import { expect, test } from 'vitest'
import { inferZone, phoneZone } from '../../src/core/contact-zone.ts'
import { PHONE_ZONES } from '../../src/core/phone-zones.ts'
import { countryCode } from '../../src/core/place-zone.ts'
import { isZone } from '../../src/core/zone.ts'

const place = (city: string | null, state: string | null, country: string | null) => ({
  city,
  state,
  country,
})
const phone = (sanitized: string) => [{ kind: 'mobile' as const, raw: sanitized, sanitized }]
const NOWHERE = place(null, null, null)

test.each([
  ['a country with one zone', place(null, null, 'Germany'), 'Europe/Berlin', 'Germany'],
  ['a country by its code', place(null, null, 'JP'), 'Asia/Tokyo', 'JP'],
  ['a country in its own language', place(null, null, 'Österreich'), 'Europe/Vienna', 'Österreich'],
  ['a country as people call it', place(null, null, 'UK'), 'Europe/London', 'UK'],
  ['a country with one time by law', place(null, null, 'China'), 'Asia/Shanghai', 'China'],
  [
    'a state with one zone',
    place(null, 'California', 'United States'),
    'America/Los_Angeles',
    'California, United States',
  ],
  ['a state by its code', place(null, 'QLD', 'Australia'), 'Australia/Brisbane', 'QLD, Australia'],
  ['a province by its code', place(null, 'MB', 'Canada'), 'America/Winnipeg', 'MB, Canada'],
  ['a city without its accent', place('Montreal', null, 'Canada'), 'America/Montreal', 'Montreal, Canada'],
  ['a city in a state with several zones', place('El Paso', 'TX', 'US'), 'America/Denver', 'El Paso, TX'],
  [
    'a city and its state, the country left out',
    place('Austin', 'TX', null),
    'America/Chicago',
    'Austin, TX',
  ],
  [
    'a city in a country with several zones',
    place('São Paulo', null, 'Brazil'),
    'America/Sao_Paulo',
    'São Paulo, Brazil',
  ],
  [
    'an unknown town in a country with one zone',
    place('Hintertupfing', null, 'Germany'),
    'Europe/Berlin',
    'Germany',
  ],
])('the place gives it: %s', (_, where, zone, from) => {
  expect(inferZone(where, [])).toEqual({ zone, from })
})

test.each([
  ['a country with several zones', place(null, null, 'United States')],
  ['an unknown town in one', place('Nowhere Falls', null, 'Australia')],
  ['a state with several zones', place(null, 'Texas', 'US')],
  ['a city without its country', place('Berlin', null, null)],
  ['a city that the country has in several zones', place('Springfield', null, 'US')],
  ['a country that does not exist', place('Berlin', null, 'Atlantis')],
  ['nothing', NOWHERE],
])('it is unknown, and never the capital’s: %s', (_, where) => {
  expect(inferZone(where, [])).toBe(null)
})

test.each([
  ['+4930123456', 'Europe/Berlin', '+49'],
  ['+12125550149', 'America/New_York', '+1 212'],
  ['+15125550149', 'America/Chicago', '+1 512'],
  ['+61299990000', 'Australia/Sydney', '+612'],
  ['+35315550149', 'Europe/Dublin', '+353'],
])('a number gives it: %s is %s', (number, zone, from) => {
  expect(inferZone(NOWHERE, phone(number))).toEqual({ zone, from })
})

test.each(['+61412345678', '+18005550149', '+9999999999', '+', '+7'])(
  'a number that may be anywhere says nothing: %s',
  (number) => {
    expect(phoneZone(number)).toBe(null)
  },
)

test('a place beats a number: people keep their number when they move', () => {
  expect(inferZone(place('Munich', null, 'Germany'), phone('+12125550149'))).toMatchObject({
    zone: 'Europe/Berlin',
  })
})

test('a number decides between the zones of a country, and not against them', () => {
  expect(inferZone(place(null, null, 'US'), phone('+15125550149'))).toEqual({
    zone: 'America/Chicago',
    from: '+1 512',
  })
  expect(inferZone(place(null, null, 'US'), phone('+4930123456'))).toBe(null)
})

test('every zone of the table of prefixes exists, and no prefix stands twice', () => {
  const zones = Object.keys(PHONE_ZONES).filter((zone) => zone !== '')
  expect(zones.filter((zone) => !isZone(zone))).toEqual([])
  const prefixes = Object.values(PHONE_ZONES).flatMap((list) => list.split(' '))
  expect(new Set(prefixes).size).toBe(prefixes.length)
  expect(prefixes.filter((prefix) => !/^\d{1,9}$/.test(prefix))).toEqual([])
})

test('countries are known by code, by name and in ten languages', () => {
  for (const name of ['de', 'DEU', 'Germany', 'Deutschland', 'Allemagne', 'Alemania', ' germany. '])
    expect([name, countryCode(name)]).toEqual([name, 'DE'])
  expect(countryCode('Elbonia')).toBe(null)
})

test('ten thousand people are placed within two seconds', () => {
  inferZone(place('Austin', 'TX', 'US'), [])
  const started = performance.now()
  for (let index = 0; index < 10_000; index++) inferZone(place('Austin', 'TX', 'US'), phone('+15125550149'))
  expect(performance.now() - started).toBeLessThan(2_000)
})
