/** Who is named in an absence note to answer instead: name, address and telephone as they stand there. */
import { plain } from './absence-text.ts'
import type { AbsenceLanguage } from './absence-words.ts'

/** At least one of the three is known. */
export interface NamedPerson {
  name: string | null
  email: string | null
  phone: string | null
}

const EMAIL = /[^\s<>():,;"'（）：，、。]{1,64}@[a-z\d.-]{1,120}\.[a-z]{2,24}/giu

export function personIn(text: string, _language: AbsenceLanguage): NamedPerson | null {
  const email = plain(text).match(EMAIL)?.[0] ?? null
  return email === null ? null : { name: null, email, phone: null }
}
