/** How PostgreSQL's values become ours: instants are epoch milliseconds, int8 is a number, dates stay text. Never touches global state of `pg`. */
import pg from 'pg'
import type { Instant } from '../core/clock.ts'

type Parse = (text: string) => unknown

const OID = {
  int8: 20,
  int8Array: 1016,
  date: 1082,
  dateArray: 1182,
  timestamp: 1114,
  timestamptz: 1184,
  timestamptzArray: 1185,
} as const

/** `2027-03-14 09:26:53.589793+00` in any zone the session has; microseconds are dropped, as an Instant has none. */
const STAMP =
  /^(\d{4,6})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?$/

export function parseInstant(text: string): Instant {
  if (text === 'infinity') return Number.POSITIVE_INFINITY
  if (text === '-infinity') return Number.NEGATIVE_INFINITY
  const parts = STAMP.exec(text)
  if (!parts)
    throw new Error(`PostgreSQL sent the instant ${text}, which is not in the ISO style that Segue reads`)
  const [
    ,
    year,
    month,
    day,
    hour,
    minute,
    second,
    fraction = '',
    sign,
    zoneHour,
    zoneMinute = '0',
    zoneSecond = '0',
  ] = parts
  const local = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    Number(fraction.padEnd(3, '0').slice(0, 3)),
  )
  const zoneMs = ((Number(zoneHour) * 60 + Number(zoneMinute)) * 60 + Number(zoneSecond)) * 1000
  return sign === '-' ? local + zoneMs : local - zoneMs
}

function parseInteger(text: string): number {
  const number = Number(text)
  if (!Number.isSafeInteger(number))
    throw new Error(`PostgreSQL sent ${text}, beyond the integers JavaScript counts exactly`)
  return number
}

/** Arrays of scalars that need no quotes: `{1,2,NULL}`; the values of the types above are quoted only when they contain a space. */
function arrayOf(parse: Parse): Parse {
  return (text) => {
    const inside = text.slice(1, -1)
    if (inside === '') return []
    return inside.split(',').map((item) => (item === 'NULL' ? null : parse(item.replace(/^"|"$/g, ''))))
  }
}

const asText: Parse = (text) => text

const PARSERS = new Map<number, Parse>([
  [OID.int8, parseInteger],
  [OID.int8Array, arrayOf(parseInteger)],
  [OID.date, asText],
  [OID.dateArray, arrayOf(asText)],
  [OID.timestamp, asText],
  [OID.timestamptz, parseInstant],
  [OID.timestamptzArray, arrayOf(parseInstant)],
])

/** For the `types` option of a `pg` client: ours first, then pg's own (numeric stays text, json and jsonb are parsed). */
export const typeParsers: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (format !== 'binary') {
      const parse = PARSERS.get(oid)
      if (parse) return parse
    }
    return pg.types.getTypeParser(oid, format as 'text')
  },
}
