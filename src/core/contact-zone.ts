/**
 * The time zone of a person who did not state one: inferred from where they are, else from the country or area code of a telephone number.
 * What reaches over several zones is unknown; a number that contradicts the place counts for nothing.
 */
import type { Phone } from './phone.ts'
import { PHONE_ZONES } from './phone-zones.ts'
import { clockOf, type PlaceText, placeZones } from './place-zone.ts'

export interface InferredZone {
  zone: string
  /** By what: "Berlin, Germany", "+49", "+1 212". */
  from: string
}

let prefixes: Map<string, string> | undefined
/** Longer ones are not listed. */
const PREFIX_MAX = 9

export function inferZone(place: PlaceText, phones: readonly Phone[]): InferredZone | null {
  const there = placeZones(place)
  if (there?.zones.length === 1) return { zone: there.zones[0]!, from: there.from }
  const clocks = there?.zones.map(clockOf)
  for (const { sanitized } of phones) {
    const found = sanitized === null ? null : phoneZone(sanitized)
    if (found && (clocks === undefined || clocks.includes(clockOf(found.zone)))) return found
  }
  return null
}

/** Of a number as `+15555550149`; null where its prefix reaches over several zones, or is not known. */
export function phoneZone(number: string): InferredZone | null {
  prefixes ??= readPrefixes()
  const digits = number.replace(/\D/g, '')
  for (let length = Math.min(PREFIX_MAX, digits.length); length > 0; length--) {
    const prefix = digits.slice(0, length)
    const zone = prefixes.get(prefix)
    if (zone === undefined) continue
    return zone === '' ? null : { zone, from: shown(prefix) }
  }
  return null
}

function readPrefixes(): Map<string, string> {
  return new Map(
    Object.entries(PHONE_ZONES).flatMap(([zone, list]) =>
      list.split(' ').map((prefix) => [prefix, zone] as const),
    ),
  )
}

/** North America's area codes are read apart from the country's: "+1 212". */
const shown = (prefix: string) =>
  prefix.startsWith('1') && prefix.length > 1 ? `+1 ${prefix.slice(1, 4)}` : `+${prefix}`
