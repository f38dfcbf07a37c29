/** Ids. A team is an integer inside and never on the wire; everything else is 24 lower-case hex characters, led by its second of birth. */
import type { Instant } from './clock.ts'
import type { Random } from './random.ts'

export type TeamId = number
export type Id = string

const ID = /^[0-9a-f]{24}$/

/** A new id: 4 bytes of seconds (so that pages of new rows stay together), 8 bytes of chance. */
export function newId(now: Instant, random: Random): Id {
  return (
    Math.floor(now / 1000)
      .toString(16)
      .padStart(8, '0') + random.hex(8)
  )
}

export function isId(value: unknown): value is Id {
  return typeof value === 'string' && ID.test(value)
}
