/** What a call can come to, and what that does to the person who was called. The team keeps the list; what an outcome can do is closed. */

export const CALL_EFFECTS = {
  goes_on: 'Goes on with the next step.',
  wrong_number: 'Goes on with the next step; the number that was called is marked as wrong.',
  finish: 'Ends this sequence for the person.',
  interested: 'The person is interested: ends their sequences that end with interest, and moves the stage.',
  not_interested: 'The person is not interested: ends all their sequences, and moves the stage.',
  meeting: 'A meeting was arranged: counts as one, ends all their sequences, and moves the stage.',
} as const
export type CallEffect = keyof typeof CALL_EFFECTS

export function isCallEffect(word: string): word is CallEffect {
  return Object.hasOwn(CALL_EFFECTS, word)
}

/** These move the person to a stage by themselves: the one that the sequence names for it, else the usual one. */
export const MOVES_STAGE: readonly CallEffect[] = ['interested', 'not_interested', 'meeting']

export interface CallOutcomeDraft {
  name: string
  effect: CallEffect
  /** Somebody picked up. */
  answered: boolean
}

/** What every team begins with: the words that dialers have in common. */
export const DEFAULT_CALL_OUTCOMES: readonly CallOutcomeDraft[] = [
  { name: 'Connected', effect: 'goes_on', answered: true },
  { name: 'Left voicemail', effect: 'goes_on', answered: false },
  { name: 'No answer', effect: 'goes_on', answered: false },
  { name: 'Busy', effect: 'goes_on', answered: false },
  { name: 'Wrong number', effect: 'wrong_number', answered: true },
  { name: 'Interested', effect: 'interested', answered: true },
  { name: 'Not interested', effect: 'not_interested', answered: true },
  { name: 'Meeting booked', effect: 'meeting', answered: true },
]

/** A list that is chosen from while the phone is still warm. */
export const CALL_OUTCOMES_MAX = 50
const NAME_MAX = 60

/** Why an outcome cannot be called so; undefined: it can. */
export function callOutcomeNameProblem(name: string): string | undefined {
  if (name.trim() === '') return 'An outcome needs a name, such as "Left voicemail".'
  return name.length > NAME_MAX
    ? `The name has ${name.length} characters; it can have ${NAME_MAX}.`
    : undefined
}
