/** What a call can come to, as the team lists it. Names are the wire's. */
import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'

export type CallEffect = 'goes_on' | 'wrong_number' | 'finish' | 'interested' | 'not_interested' | 'meeting'

export interface CallOutcome {
  id: string
  name: string
  position: number
  effect: CallEffect
  /** What it does, in a sentence. */
  effect_sentence: string
  answered: boolean
  contact_stage_id: string | null
}

export type CallOutcomeInput = Pick<CallOutcome, 'name' | 'effect' | 'answered' | 'contact_stage_id'>

export const callOutcomesQuery = queryOptions({
  queryKey: ['call-outcomes'],
  staleTime: 60_000,
  queryFn: ({ signal }) =>
    api.get<{ phone_call_outcomes: CallOutcome[] }>('/phone_call_outcomes', undefined, signal),
})

export const createCallOutcome = (input: CallOutcomeInput) => api.post('/phone_call_outcomes', input)
export const updateCallOutcome = (id: string, input: Partial<CallOutcomeInput & { position: number }>) =>
  api.put(`/phone_call_outcomes/${id}`, input)
export const deleteCallOutcome = (id: string) => api.delete(`/phone_call_outcomes/${id}`)

/** As they are chosen in Settings. */
export const EFFECTS: { value: CallEffect; label: string }[] = [
  { value: 'goes_on', label: 'Goes on with the next step' },
  { value: 'wrong_number', label: 'Goes on; the number is marked as wrong' },
  { value: 'finish', label: 'Ends this sequence' },
  { value: 'interested', label: 'Interested: ends what ends with interest' },
  { value: 'not_interested', label: 'Not interested: ends all sequences' },
  { value: 'meeting', label: 'Meeting: counts as one, ends all sequences' },
]

/** These put the person at a stage of their own. */
export const MOVES_STAGE: readonly CallEffect[] = ['interested', 'not_interested', 'meeting']
