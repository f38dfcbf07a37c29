/** Mail that counts as an answer: a person wrote it, to us. One list for everything that an answer does. */

/** `other` is a person's mail that quotes nothing of ours. */
export const ANSWERS = ['reply', 'other'] as const

/** `kind`: of an inbound mail. */
export const isAnswer = (kind: string): boolean => (ANSWERS as readonly string[]).includes(kind)
