/**
 * Which stage what happens to an email of a sequence moves its contact to. Each event has a usual stage of the team, by its role; a sequence may
 * name another one, or say that the stage stays as it is.
 */
import type { Id } from './ids.ts'

export const STAGE_EVENTS = [
  'replied',
  'demoed',
  'interested',
  'not_interested',
  'left_company',
  'hard_bounced',
  'unsubscribed',
  'unresponsive',
] as const
export type StageEvent = (typeof STAGE_EVENTS)[number]

/** By event; null: the stage stays. An event that is not named moves to the usual stage. */
export type StageRules = Partial<Record<StageEvent, Id | null>>

export type MovedRole =
  | 'replied'
  | 'interested'
  | 'not_interested'
  | 'changed_job'
  | 'bad_data'
  | 'do_not_contact'
  | 'unresponsive'

/** The role of the usual stage. */
export const USUAL_STAGE: Record<StageEvent, MovedRole> = {
  replied: 'replied',
  demoed: 'interested',
  interested: 'interested',
  not_interested: 'not_interested',
  left_company: 'changed_job',
  hard_bounced: 'bad_data',
  unsubscribed: 'do_not_contact',
  unresponsive: 'unresponsive',
}
