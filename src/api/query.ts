/** Reads `a=1&b[]=2&c[d]=3` into nested values, as Rails does: for query strings and form bodies. Knows no schema. */
import { refuse, shorten } from './errors.ts'

/** Query strings up to 256 KiB arrive (ids of a whole list by GET); beyond that a body is the place. */
export const QUERY_BYTES_MAX = 256 * 1024
/** Deeper or longer than any documented call (`emailer_steps[0][emailer_touches][0][emailer_template][subject]` has 6). */
const DEPTH_MAX = 10
const PARAMETERS_MAX = 20_000

export type Tree = { [name: string]: unknown }

/** Throws a 400 that names the parameter when the text cannot be decoded. */
export function parseQuery(text: string): Tree {
  const tree: Tree = Object.create(null)
  if (text === '') return tree
  const pairs = text.split('&')
  if (pairs.length > PARAMETERS_MAX)
    refuse(400, `There are ${pairs.length} parameters; at most ${PARAMETERS_MAX} fit in one call.`)
  for (const pair of pairs) {
    if (pair === '') continue
    const cut = pair.indexOf('=')
    const name = decode(cut < 0 ? pair : pair.slice(0, cut))
    place(tree, keysOf(name), cut < 0 ? '' : decode(pair.slice(cut + 1)))
  }
  return tree
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (error) {
    if (!(error instanceof URIError)) throw error
    return refuse(
      400,
      `The parameters cannot be decoded near "${shorten(text)}": a % must be followed by the two hex digits of a UTF-8 byte (write %25 for %).`,
    )
  }
}

/** `a[b][]` -> ['a', 'b', '']. A name with unbalanced brackets is taken as it is. */
function keysOf(name: string): string[] {
  const first = name.indexOf('[')
  if (first <= 0) return [name]
  const keys = [name.slice(0, first)]
  const rest = name.slice(first)
  if (!/^(\[[^[\]]*\])+$/.test(rest)) return [name]
  for (const match of rest.matchAll(/\[([^[\]]*)\]/g)) keys.push(match[1]!)
  if (keys.length > DEPTH_MAX)
    refuse(400, `The parameter "${shorten(name)}" is nested more than ${DEPTH_MAX} deep.`)
  return keys
}

const DANGEROUS = new Set(['__proto__', 'constructor', 'prototype'])

function place(tree: Tree, keys: readonly string[], value: string): void {
  let at: Tree | unknown[] = tree
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!
    if (DANGEROUS.has(key)) return
    if (i === keys.length - 1) put(at, key, value)
    else at = descend(at, key, keys[i + 1]! === '')
  }
}

function put(at: Tree | unknown[], key: string, value: string): void {
  if (Array.isArray(at)) at.push(value)
  else if (key !== '') at[key] = value
}

function descend(at: Tree | unknown[], key: string, array: boolean): Tree | unknown[] {
  const fresh = (): Tree | unknown[] => (array ? [] : (Object.create(null) as Tree))
  if (Array.isArray(at)) {
    const made = fresh()
    at.push(made)
    return made
  }
  const there = at[key]
  if (typeof there === 'object' && there !== null) return there as Tree | unknown[]
  const made = fresh()
  at[key] = made
  return made
}
