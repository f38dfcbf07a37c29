/** What an action refused, said on the wire: 404 for what is not there, 422 for the rest, with the extra keys it gave. */
import type { Result } from '../core/result.ts'
import { refuse } from './errors.ts'

/** The value of a result, or the end of the call. */
export function allowed<T>(result: Result<T>): T {
  if (result.ok) return result.value
  const { kind, sentence, more } = result.refusal
  return refuse(kind === 'not_found' ? 404 : 422, sentence, more)
}
