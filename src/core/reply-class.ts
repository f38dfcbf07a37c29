/** What an answer means, in the contract's closed list. What follows when somebody says so is `actions/classify-reply.ts`. */

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
