/**
 * Reads the frozen out-of-office notes and their truth. README.md beside this file says how a truth was decided and who may
 * read which half. It knows nothing of the parser that is measured with it.
 */

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** `seen` may be read by whoever writes the parser; `held-out` only by the program that counts. */
export type Side = 'seen' | 'held-out'

export type AbsenceKind = 'out_of_office' | 'auto_reply' | 'left_company'

/** As the note writes it, a declined name included. At least one of the three stands there. */
export interface NamedPerson {
  name: string | null
  email: string | null
  phone: string | null
}

export interface AbsenceTruth {
  kind: AbsenceKind
  /** The first day back, `YYYY-MM-DD`, even if it falls on a weekend; null if the note names no day. */
  returnsOn: string | null
  /** False if a native reader could take another day from it. Then `returnsOn` is the later one. */
  certain: boolean
  /** Who answers meanwhile. */
  substitute: NamedPerson | null
  /** Who took over from a person that left. */
  referral: NamedPerson | null
  why: string
}

export interface AbsenceNote {
  id: string
  /** ISO 639-1; of a note in two languages, the first. */
  language: string
  subject: string
  headers: Record<string, string>
  from: string
  /** The instant it was read. Its UTC date is also the sender's date. */
  receivedAt: string
  text: string
  truth: AbsenceTruth
}

const folder = import.meta.dirname
const sides: Side[] = ['seen', 'held-out']

/** Every note of one half, by language and number. */
export function absenceNotes(side: Side): AbsenceNote[] {
  return files(side).flatMap((path): AbsenceNote[] => JSON.parse(readFileSync(join(folder, path), 'utf8')))
}

/** One hash over all data files and their names: an edit of a frozen file changes it. */
export function fingerprint(): string {
  const hash = createHash('sha256')
  for (const path of sides.flatMap(files)) hash.update(`${path}\0`).update(readFileSync(join(folder, path)))
  return hash.digest('hex')
}

function files(side: Side): string[] {
  return readdirSync(join(folder, side))
    .sort()
    .map((name) => `${side}/${name}`)
}
