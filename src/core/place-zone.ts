/**
 * The time zone of a place as people write it (city, state, country), from the cities of `city-timezones` (MIT). Where a place reaches over
 * several zones it says which, and never guesses the capital's.
 */
import { cityMapping } from 'city-timezones'
import { BoundedCache } from './bounded-cache.ts'
import { WEEK } from './clock.ts'
import { isZone, stretchAt } from './zone.ts'

export interface PlaceText {
  city: string | null
  state: string | null
  country: string | null
}

/** What is known of a place: its zones, of which one stands for all that keep the same clock; and the words it was known by. */
export interface PlaceZones {
  zones: readonly string[]
  from: string
}

interface City {
  name: string
  ascii: string
  country: string
  states: readonly string[]
  zone: string
  people: number
}

/** China keeps the time of its capital by law; what some in Xinjiang live by is not their office's. */
const ONE_BY_LAW: Readonly<Record<string, string>> = { CN: 'Asia/Shanghai' }
/** As people write them; the rest are the names that Intl knows in the languages below. */
const ALIASES: Readonly<Record<string, string>> = {
  usa: 'US',
  'u s a': 'US',
  'u s': 'US',
  america: 'US',
  'united states of america': 'US',
  uk: 'GB',
  'great britain': 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  'northern ireland': 'GB',
  holland: 'NL',
  'the netherlands': 'NL',
  'czech republic': 'CZ',
  korea: 'KR',
  'south korea': 'KR',
  'republic of korea': 'KR',
  'russian federation': 'RU',
  uae: 'AE',
  'republic of ireland': 'IE',
  turkey: 'TR',
  'hong kong': 'HK',
  macedonia: 'MK',
}
const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'nl', 'pt', 'pl', 'sv', 'da']
/** What the cities call by its whole name alone. */
const STATE_CODES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  CA: {
    ab: 'alberta',
    bc: 'british columbia',
    mb: 'manitoba',
    nb: 'new brunswick',
    nl: 'newfoundland and labrador',
    ns: 'nova scotia',
    nt: 'northwest territories',
    nu: 'nunavut',
    on: 'ontario',
    pe: 'prince edward island',
    qc: 'quebec',
    sk: 'saskatchewan',
    yt: 'yukon',
  },
  AU: {
    act: 'australian capital territory',
    nsw: 'new south wales',
    nt: 'northern territory',
    qld: 'queensland',
    sa: 'south australia',
    tas: 'tasmania',
    vic: 'victoria',
    wa: 'western australia',
  },
}

const CODE = /^[A-Z]{2}$/

const places = new BoundedCache<string, { zones: PlaceZones | null }>(5_000)
let cities: readonly City[] | undefined
let countries: Map<string, string> | undefined
let byCountry: Map<string, City[]> | undefined
const sameClock = new Map<string, string>()

/** Lower case without accents and punctuation: "São Paulo" is "sao paulo". */
const fold = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

/** Null: nothing is known of the place, or it is not said which country's it is. Colleagues share a place, hence the cache. */
export function placeZones({ city, state, country }: PlaceText): PlaceZones | null {
  if (!city && !state && !country) return null
  const known = places.take([city, state, country].join('|'), () => ({
    zones: lookUp({ city, state, country }),
  }))
  return known.zones
}

function lookUp({ city, state, country }: PlaceText): PlaceZones | null {
  const code = country ? countryCode(country) : null
  if (country && code === null) return null
  const rows = code === null ? allCities() : citiesOf(code)
  const words = (...parts: (string | null)[]) => parts.filter(Boolean).join(', ')
  const inState = state ? citiesIn(rows, state) : []
  if (inState.length > 0) {
    const there = city ? named(inState, city) : []
    if (there.length > 0 && oneCountry(there)) return { zones: zonesOf(there), from: words(city, state) }
    if (code !== null) return { zones: zonesOf(inState), from: words(state, country) }
  }
  if (code === null) return null
  const there = city ? named(rows, city) : []
  if (there.length > 0) return { zones: zonesOf(there), from: words(city, country) }
  const one = ONE_BY_LAW[code]
  if (one !== undefined) return { zones: [one], from: country! }
  return rows.length === 0 ? null : { zones: zonesOf(rows), from: country! }
}

/** The ISO code of a country named by it, or in one of the languages that Intl is asked in. */
export function countryCode(text: string): string | null {
  countries ??= readCountries()
  return countries.get(fold(text)) ?? null
}

function readCountries(): Map<string, string> {
  const codes = [...new Set(allCities().map((city) => city.country))]
  const known = new Map(codes.map((code) => [code.toLowerCase(), code]))
  for (const language of LANGUAGES) {
    const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' })
    for (const code of codes) {
      const name = names.of(code)
      if (name !== undefined && !known.has(fold(name))) known.set(fold(name), code)
    }
  }
  for (const { iso2, iso3 } of cityMapping) if (CODE.test(iso2) && iso3) known.set(iso3.toLowerCase(), iso2)
  for (const [name, code] of Object.entries(ALIASES)) known.set(name, code)
  return known
}

function allCities(): readonly City[] {
  cities ??= cityMapping
    // Where a territory is disputed the country is -99.
    .filter(({ iso2, timezone }) => CODE.test(iso2) && timezone && isZone(timezone))
    .map((row) => ({
      name: fold(row.city),
      ascii: fold(row.city_ascii ?? row.city),
      country: row.iso2,
      states: [row.province, row.state_ansi].filter(Boolean).map(fold),
      zone: row.timezone,
      people: row.pop,
    }))
  return cities
}

function citiesOf(code: string): readonly City[] {
  byCountry ??= Map.groupBy(allCities(), (city) => city.country)
  return byCountry.get(code) ?? []
}

function citiesIn(rows: readonly City[], state: string): City[] {
  const wanted = fold(state)
  return rows.filter(
    ({ states, country }) =>
      states.includes(wanted) || states.includes(STATE_CODES[country]?.[wanted] ?? wanted),
  )
}

function named(rows: readonly City[], city: string): City[] {
  const wanted = fold(city)
  return rows.filter(({ name, ascii }) => name === wanted || ascii === wanted)
}

const oneCountry = (rows: readonly City[]) => rows.every((row) => row.country === rows[0]?.country)

/** One for each clock, that of most people. */
function zonesOf(rows: readonly City[]): string[] {
  const clocks = new Map<string, Map<string, number>>()
  for (const { zone, people } of rows) {
    const clock = clockOf(zone)
    const zones = clocks.get(clock) ?? new Map<string, number>()
    zones.set(zone, (zones.get(zone) ?? 0) + people)
    clocks.set(clock, zones)
  }
  return [...clocks.values()].map((zones) => [...zones].sort((a, b) => b[1] - a[1])[0]![0])
}

/** Zones that keep the same clock in the years that a sequence can live in are one for its recipients. */
const FROM = Date.UTC(2026, 0, 1)
const WEEKS = 5 * 52

/** What tells one clock from another: every offset and the instant it begins, in five years. */
export function clockOf(zone: string): string {
  const known = sameClock.get(zone)
  if (known !== undefined) return known
  let clock = ''
  for (let at = FROM; at < FROM + WEEKS * WEEK; ) {
    const { to, offsetMs } = stretchAt(zone, at)
    clock += `${at} ${offsetMs} `
    at = Math.min(to, FROM + WEEKS * WEEK)
  }
  sameClock.set(zone, clock)
  return clock
}
