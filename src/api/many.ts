/** What the calls that change many contacts or accounts at once share. */
import { Type } from 'typebox'
import { type Id, isId } from '../core/ids.ts'
import { refuse, refuseId } from './errors.ts'
import { clearableId } from './params.ts'

export const CREATED_MAX = 100
export const CHANGED_MAX = 1_000

export const idsParameter = Type.Optional(Type.Array(Type.String({ maxLength: 100 })))

/** Throws the recorded 422 for the first that is none. */
export const idsOf = (given: readonly string[]): Id[] => given.map((id) => (isId(id) ? id : refuseId(id)))

/** Throws the recorded 422 for none, for too many and for one that is no id. */
export function requiredIds(given: readonly string[] | undefined, parameter: string): Id[] {
  if (!given?.length) return refuse(422, `Required parameter '${parameter}' missing`, { parameter })
  refuseMore(given.length)
  return idsOf(given)
}

export function requiredId(given: string | undefined, parameter: string): Id {
  return clearableId(given) ?? refuse(422, `Required parameter '${parameter}' missing`, { parameter })
}

export function refuseMore(count: number): void {
  if (count > CHANGED_MAX) refuse(422, `Please limit your array to fewer than ${CHANGED_MAX}.`)
}
