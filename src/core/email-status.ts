/** How sure it is that an address is the contact's own, in the words that lists of contacts come with. Decides who may be added, never whether mail leaves. */

export const EMAIL_STATUSES = ['verified', 'unverified', 'extrapolated', 'unavailable'] as const
export type EmailStatus = (typeof EMAIL_STATUSES)[number]

/** As exports write them. */
const ALSO: Record<string, EmailStatus> = { guessed: 'extrapolated', 'user managed': 'verified' }

/** Undefined: no such status. */
export function emailStatusOf(word: string): EmailStatus | undefined {
  const plain = word.trim().toLowerCase().replaceAll('_', ' ')
  const own = EMAIL_STATUSES.find((status) => status === plain)
  return own ?? (Object.hasOwn(ALSO, plain) ? ALSO[plain] : undefined)
}
