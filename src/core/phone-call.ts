/** Calls that were made, or are being made: how one stands, in the words that dialers share. */

export const CALL_STATUSES = [
  'queued',
  'ringing',
  'in-progress',
  'completed',
  'no-answer',
  'busy',
  'failed',
  'canceled',
] as const
export type CallStatus = (typeof CALL_STATUSES)[number]

export const UNDER_WAY: readonly CallStatus[] = ['queued', 'ringing', 'in-progress']

/** As it is written elsewhere: "no_answer", "In progress". Undefined: no such status. */
export function callStatusOf(word: string): CallStatus | undefined {
  const spelled = word.trim().toLowerCase().replace(/[_ ]/g, '-')
  return CALL_STATUSES.find((status) => status === spelled)
}
