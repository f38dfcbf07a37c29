/** The answer of an act that may be refused. A refusal is a value with the words a person reads; nothing was changed. */
export interface Refusal {
  kind: 'not_found' | 'refused'
  sentence: string
  /** Extra keys of the answer: a code, the place of a mistake. */
  more?: Record<string, unknown>
}

export type Result<T> = { ok: true; value: T } | { ok: false; refusal: Refusal }

export function done<T>(value: T): Result<T> {
  return { ok: true, value }
}

export function refused(sentence: string, more?: Record<string, unknown>): { ok: false; refusal: Refusal } {
  return { ok: false, refusal: { kind: 'refused', sentence, ...(more ? { more } : {}) } }
}

export function notFound(sentence = 'Record not found.'): { ok: false; refusal: Refusal } {
  return { ok: false, refusal: { kind: 'not_found', sentence } }
}
