/** Phone numbers as people type them, and in the one form that a dialer takes. Knows no numbering plan beyond the two rules below. */

export const PHONE_KINDS = ['work_direct', 'work_hq', 'mobile', 'home', 'other'] as const
export type PhoneKind = (typeof PHONE_KINDS)[number]

export interface Phone {
  kind: PhoneKind
  /** As it was typed. */
  raw: string
  /** `+15555550149`; null when the number does not say its country and is not one of North America. */
  sanitized: string | null
  /** Somebody called it, and it was not theirs. */
  wrong?: boolean
}

/** The number to call: the first that a dialer takes and nobody has found wrong. */
export function numberToCall(phones: readonly Phone[]): string | null {
  return phones.find((phone) => phone.sanitized !== null && !phone.wrong)?.sanitized ?? null
}

/** Marks the number that was called; where nobody says which, the one to call. */
export function withWrongNumber(phones: readonly Phone[], called: string | null): Phone[] {
  const number = called === null ? numberToCall(phones) : (sanitizePhone(called) ?? called)
  return phones.map((phone) =>
    number !== null && (phone.sanitized ?? phone.raw) === number ? { ...phone, wrong: true } : phone,
  )
}

/** Room for "+1 (555) 555-0149 ext. 12345, ask for Maria". */
export const PHONE_MAX = 100
/** ITU-T E.164: at most 15 digits. */
const DIGITS_MAX = 15
const DIGITS_MIN = 7

/**
 * The number with its country code and nothing but digits. Ten digits are taken for North America's, as recorded
 * ("555-555-0149" is +15555550149).
 */
export function sanitizePhone(raw: string): string | null {
  const number = raw.replace(/\s*(?:ext|extension|x|durchwahl)\.?\s*\d+.*$/i, '')
  // "+49 (0)30 123456": the trunk prefix is for callers inside the country, never beside the country's own code.
  const digits = number.replace(/^(\s*(?:\+|00)[\d\s]*)\(0\)/, '$1').replace(/\D/g, '')
  if (digits.length < DIGITS_MIN || digits.length > DIGITS_MAX + 2) return null
  if (number.trim().startsWith('+')) return digits.length > DIGITS_MAX ? null : `+${digits}`
  if (digits.startsWith('00')) return `+${digits.slice(2)}`
  if (digits.length === 10 && !digits.startsWith('0')) return `+1${digits}`
  if (digits.length === 11 && digits.startsWith('1')) return `+${digits}`
  return null
}
