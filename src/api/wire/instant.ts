/** Instants as the wire writes them, and back. */
import { Type } from 'typebox'
import type { Instant } from '../../core/clock.ts'
import { refuse, shorten } from '../errors.ts'

export const WireInstant = Type.String({ description: 'ISO 8601 with milliseconds, UTC.' })
export const WireInstantOrNull = Type.Union([WireInstant, Type.Null()])

/** `2024-09-12T20:13:53.207Z` */
export function iso(instant: Instant): string {
  return new Date(instant).toISOString()
}

/** `iso`, or null for none; the infinities of a row that waits for nothing are none too. */
export function isoOrNull(instant: Instant | null | undefined): string | null {
  return instant === null || instant === undefined || !Number.isFinite(instant) ? null : iso(instant)
}

/** The second recorded style: `2024-09-17T20:09:57.885+00:00`. */
export function isoWithOffset(instant: Instant): string {
  return iso(instant).replace('Z', '+00:00')
}

const WRITTEN = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?\s?(Z|[+-]\d{2}:?\d{2})?)?$/i

/**
 * Years whose instants every zone, the database and the wire can write: before and after come years of other lengths, which PostgreSQL
 * reads otherwise or not at all.
 */
export const YEARS = '1970 to 9998'
export const INSTANT_END: Instant = Date.UTC(9999, 0, 1)

/** An instant that a caller wrote; without an offset it is UTC. Throws a 422 that names the parameter. */
export function instantOf(text: string, parameter: string): Instant {
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/i.test(text.slice(10)) ? text : `${text}${text.length > 10 ? 'Z' : ''}`
  const instant = WRITTEN.test(text) ? Date.parse(zoned.replace(' ', 'T')) : Number.NaN
  if (Number.isNaN(instant))
    refuse(
      422,
      `The parameter "${parameter}" is "${shorten(text)}"; expected a time such as 2027-01-14T09:00:00Z.`,
      { parameter },
    )
  if (instant < 0 || instant >= INSTANT_END)
    refuse(
      422,
      `The parameter "${parameter}" is "${shorten(text)}"; expected a time in the years ${YEARS}.`,
      {
        parameter,
      },
    )
  return instant
}
