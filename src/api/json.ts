/** Reads a JSON body, and says where it breaks when it does. Refuses what no column can hold. */
import { ApiRefusal, refuse } from './errors.ts'
import type { Tree } from './query.ts'

/** What needs a second look: keys that reach into JavaScript's own objects, NUL, lone surrogates. */
const SUSPECT = /__proto__|constructor|prototype|\\u0000|\\u[dD][89a-fA-F]|\u0000/

/** The parameters of a JSON body; an empty body has none. Throws a 400 with the position of the first mistake. */
export function parseJson(text: string): Tree {
  const body = text.startsWith('\ufeff') ? text.slice(1) : text
  if (body.trim() === '') return {}
  let value: unknown
  try {
    value = SUSPECT.test(body) ? JSON.parse(body, guarded) : JSON.parse(body)
  } catch (error) {
    if (error instanceof ApiRefusal || !(error instanceof SyntaxError)) throw error
    return refuse(400, brokenSentence(body))
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse(
      400,
      `The body is ${Array.isArray(value) ? 'an array' : 'a single value'}; send an object such as {"name": "value"}.`,
    )
  return value as Tree
}

function guarded(key: string, value: unknown): unknown {
  if (key === '__proto__' || key === 'constructor' || key === 'prototype') return undefined
  if (typeof value !== 'string') return value
  if (value.includes('\u0000'))
    refuse(
      422,
      `The parameter "${key}" contains a NUL character (\\u0000), which no text can hold. Remove it.`,
    )
  return value.toWellFormed()
}

function brokenSentence(text: string): string {
  const at = firstMistake(text)
  const before = text.slice(0, at)
  const line = before.split('\n').length
  const column = at - before.lastIndexOf('\n')
  const found =
    at >= text.length ? 'the end of the body' : `"${text.slice(at, at + 20).replace(/\s+/g, ' ')}"`
  return `The body is not valid JSON: unexpected ${found} at line ${line}, column ${column} (position ${at}).`
}

/** Everything but strings: a string is read letter by letter, since one of 2 MB must not exhaust the stack of a pattern. */
const TOKEN =
  /[{}[\],:]|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|true(?!\w)|false(?!\w)|null(?!\w)/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const SPACE = /[\t\n\r ]*/y

/**
 * Where the first token stands that JSON's grammar (RFC 8259) has no place for. JavaScript's own message names a position only
 * for some mistakes, so the text is read once more here, and only when it is known to be broken.
 */
function firstMistake(text: string): number {
  const open: ('{' | '[')[] = []
  let expected: Expected = 'value'
  let at = 0
  for (;;) {
    SPACE.lastIndex = at
    SPACE.exec(text)
    const start = SPACE.lastIndex
    const read = token(text, start)
    if (typeof read === 'number') return read
    const next = follow(expected, read.sign, open)
    if (next === undefined) return start
    expected = next
    at = read.end
  }
}

type Expected = 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'next' | 'end'
type Sign = '{' | '}' | '[' | ']' | ',' | ':' | 'string' | 'scalar'

/** The token at `start`, or the position of what breaks it. */
function token(text: string, start: number): { sign: Sign; end: number } | number {
  if (text[start] === '"') return stringToken(text, start)
  TOKEN.lastIndex = start
  const match = TOKEN.exec(text)
  if (!match) return start
  const sign = '{}[],:'.includes(match[0]) ? (match[0] as Sign) : 'scalar'
  return { sign, end: TOKEN.lastIndex }
}

function stringToken(text: string, start: number): { sign: Sign; end: number } | number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '"') return { sign: 'string', end: i + 1 }
    if (text.charCodeAt(i) < 0x20) return i
    if (text[i] !== '\\') continue
    ESCAPE.lastIndex = i
    if (!ESCAPE.test(text)) return i
    i = ESCAPE.lastIndex - 1
  }
  return text.length
}

/** What may come after `sign` where `expected` was; undefined when the grammar has no place for it. */
function follow(expected: Expected, sign: Sign, open: ('{' | '[')[]): Expected | undefined {
  const closed = (): Expected => (open.length === 0 ? 'end' : 'next')
  if (sign === ':') return expected === 'colon' ? 'value' : undefined
  if (sign === ',') return expected !== 'next' ? undefined : open.at(-1) === '{' ? 'key' : 'value'
  if (sign === '}' || sign === ']') {
    const own = sign === '}' ? '{' : '['
    const empty = sign === '}' ? 'keyOrEnd' : 'valueOrEnd'
    if ((expected !== 'next' && expected !== empty) || open.at(-1) !== own) return undefined
    open.pop()
    return closed()
  }
  if (expected === 'key' || expected === 'keyOrEnd') return sign === 'string' ? 'colon' : undefined
  if (expected !== 'value' && expected !== 'valueOrEnd') return undefined
  if (sign === '{' || sign === '[') {
    open.push(sign)
    return sign === '{' ? 'keyOrEnd' : 'valueOrEnd'
  }
  return closed()
}
