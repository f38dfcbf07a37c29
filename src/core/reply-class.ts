/** What an answer means, in the contract's closed list, and what follows when somebody says so. */

export const REPLY_CLASSES = [
  'willing_to_meet',
  'follow_up_question',
  'person_referral',
  'out_of_office',
  'already_left_company_or_not_right_person',
  'not_interested',
  'unsubscribe',
  'none_of_the_above',
] as const
export type ReplyClass = (typeof REPLY_CLASSES)[number]

/** What a class that a person gave does to who wrote. The others are only remembered. */
export type ClassEffect =
  /** The contact moves to Interested; sequences that say so end. */
  | 'interested'
  | 'not_interested'
  /** All sequences of the contact end: nobody reads there any more. */
  | 'left_company'
  /** The address is never written to again. */
  | 'opt_out'
  | null

const EFFECTS: Partial<Record<ReplyClass, ClassEffect>> = {
  willing_to_meet: 'interested',
  already_left_company_or_not_right_person: 'left_company',
  not_interested: 'not_interested',
  unsubscribe: 'opt_out',
}

export function effectOf(replyClass: ReplyClass): ClassEffect {
  return EFFECTS[replyClass] ?? null
}
