/** The recorded exchanges of the original API, read from SEGUE_CONTRACT_DIR. `npm test` runs without them; CI never does. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const dir = process.env['SEGUE_CONTRACT_DIR']

/** `test.runIf(hasContract)` */
export const hasContract = dir !== undefined

interface Operation {
  responses: Record<string, { examples?: Record<string, unknown> }>
}

/** The recorded answer of that name (the first when there is no name). */
// biome-ignore lint/suspicious/noExplicitAny: recorded answers have any shape
export function recorded(method: string, path: string, more: { status?: number; name?: string } = {}): any {
  if (dir === undefined)
    throw new Error('Set SEGUE_CONTRACT_DIR to the folder that holds api.json, the recorded exchanges.')
  const { paths } = JSON.parse(readFileSync(join(dir, 'api.json'), 'utf8')) as {
    paths: Record<string, Record<string, Operation>>
  }
  const examples = paths[path]?.[method]?.responses[String(more.status ?? 200)]?.examples ?? {}
  const found = more.name === undefined ? Object.values(examples)[0] : examples[more.name]
  if (found === undefined) throw new Error(`api.json has no such example of ${method} ${path}`)
  return found
}

/** Maps by id (custom values) have other keys in every database. */
const ID = /^[0-9a-f]{24}$/

/**
 * Keys of the recorded value that ours lacks or fills with another type, as paths; arrays are compared by their first element, and
 * null stands for any type.
 */
export function missingKeys(theirs: unknown, ours: unknown, path = ''): string[] {
  if (Array.isArray(theirs)) {
    if (!Array.isArray(ours)) return [`${path} is not an array`]
    if (theirs.length === 0 || ours.length === 0) return []
    return missingKeys(theirs[0], ours[0], `${path}[]`)
  }
  if (theirs === null || ours === null) return []
  if (typeof theirs !== 'object')
    return typeof ours === typeof theirs ? [] : [`${path} is ${typeof ours}, recorded ${typeof theirs}`]
  if (typeof ours !== 'object') return [`${path} is not an object`]
  return Object.keys(theirs)
    .filter((key) => !ID.test(key))
    .flatMap((key) =>
      Object.hasOwn(ours as object, key)
        ? missingKeys(
            (theirs as Record<string, unknown>)[key],
            (ours as Record<string, unknown>)[key],
            `${path}.${key}`,
          )
        : [`${path}.${key}`],
    )
}
