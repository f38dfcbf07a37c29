/** Who is named to write to instead of somebody who is away or gone, as the task of a person: one line that says what to do. */
import type { InboundReading } from './inbound.ts'

export interface NamedInstead {
  title: string
  note: string
}

/** Longer names and words are shown cut: a task is one line. */
const TITLE_MAX = 200
const NOTE_MAX = 1_000

/** Null when nobody is named. `who`: the person we wrote to, as people call them. */
export function namedInstead(reading: InboundReading, who: string): NamedInstead | null {
  const { absence } = reading
  const gone = hasLeft(reading)
  const referral = reading.referral ?? asReferral(absence?.referral)
  const substitute = gone ? null : asReferral(absence?.substitute)
  const named = (gone ? (referral ?? asReferral(absence?.substitute)) : null) ?? substitute ?? referral
  if (named === null) return null
  const instead = [named.name, named.address].filter((part) => part !== null).join(', ')
  const why = gone
    ? `${who} has left the company`
    : absence === null
      ? `${who} names them`
      : `${who} is away${absence.returnsOn === null ? '' : ` until ${absence.returnsOn}`}`
  return {
    title: `Write to ${instead}: ${why}`.slice(0, TITLE_MAX),
    note: reading.ownWords.slice(0, NOTE_MAX),
  }
}

/** Gone for good, by the words of a person or of their note. */
export function hasLeft({ leftCompany, absence }: InboundReading): boolean {
  return leftCompany !== null || absence?.leftCompany === true
}

function asReferral(
  person: { name: string | null; email: string | null } | null | undefined,
): { name: string | null; address: string | null } | null {
  if (person == null || (person.name === null && person.email === null)) return null
  return { name: person.name, address: person.email }
}
