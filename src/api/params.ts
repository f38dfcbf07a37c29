/**
 * Turns what arrived (query, body and path merged; texts for numbers and booleans; single values for arrays) into what a route
 * declared, or refuses with the parameter's name, its value and what is expected. Unknown parameters are named, never an error.
 */
import { type Static, type TSchema, Type } from 'typebox'
import { isId } from '../core/ids.ts'
import { refuse, refuseId, shorten } from './errors.ts'

/** PostgreSQL's `int`: an integer that declares no bounds is stored in one. */
const INT_MAX = 2_147_483_647
/** A text that declares no `maxLength`. Longer ones (bodies of templates) say so. */
const TEXT_MAX = 10_000
/** More would not fit the body limit anyway; a route with a smaller limit declares `maxItems`. */
const ITEMS_MAX = 50_000

/** What TypeBox declares is JSON Schema; these are the words of it that are read here. */
interface Schema {
  type?: string
  const?: unknown
  enum?: readonly unknown[]
  anyOf?: readonly Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: readonly string[]
  patternProperties?: Record<string, Schema>
  additionalProperties?: boolean | Schema
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  maxItems?: number
  pattern?: string
  format?: string
  default?: unknown
}

/** 24 hex characters; anything else is answered with the recorded "Parameters misconfigured. ... is not a valid ID". */
export const IdParameter = Type.String({ format: 'segue-id', pattern: '^[0-9a-f]{24}$', maxLength: 24 })

/** Null or "" clears what is stored; leaving the parameter out keeps it. */
export function clearable<S extends TSchema>(schema: S) {
  return Type.Optional(Type.Union([schema, Type.Null()]))
}

/** Of a clearable id as it was read: null clears, undefined keeps; throws the recorded 422 for what is no id. */
export function clearableId(id: string | null | undefined): string | null | undefined {
  if (id === undefined) return undefined
  if (id === null || id === '') return null
  return isId(id) ? id : refuseId(id)
}

/** One of a few words, in OpenAPI an enum. */
export function oneOf<const W extends readonly string[]>(words: W, options: { description?: string } = {}) {
  return Type.Unsafe<W[number]>({ type: 'string', enum: words, ...options })
}

export interface Read<S extends TSchema> {
  input: Static<S>
  /** Sentences for the extra key `warnings`. */
  warnings: string[]
}

/** Parameters that are about the call, not for it. */
const ABOUT_THE_CALL = new Set(['api_key', 'cacheKey', 'utf8', 'format', 'controller', 'action'])

/** Throws a 422 for the first parameter that is not what `schema` declares. */
export function readParameters<S extends TSchema>(schema: S, given: Record<string, unknown>): Read<S> {
  const declared = schema as unknown as Schema
  const known = Object.keys(declared.properties ?? {})
  const warnings: string[] = []
  const open = declared.patternProperties !== undefined || declared.additionalProperties === true
  for (const name of Object.keys(given)) {
    if (open || ABOUT_THE_CALL.has(name) || Object.hasOwn(declared.properties ?? {}, name)) continue
    warnings.push(unknownSentence(name, known))
  }
  return { input: object(declared, given, '') as Static<S>, warnings }
}

function unknownSentence(name: string, known: readonly string[]): string {
  const bare = name.replace(/\[\]$/, '')
  const near = known.find((each) => each.replaceAll('_', '') === bare.replaceAll('_', '').toLowerCase())
  return `The parameter "${shorten(name)}" is not known here and was ignored.${near && near !== name ? ` Did you mean "${near}"?` : ''}`
}

function wrong(name: string, value: unknown, expected: string): never {
  const shown = typeof value === 'string' ? `"${shorten(value)}"` : shorten(value)
  return refuse(422, `The parameter "${name}" is ${shown}; expected ${expected}.`, { parameter: name })
}

function object(schema: Schema, value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    wrong(name, value, 'an object such as {"name": "value"}')
  const given = value as Record<string, unknown>
  const result: Record<string, unknown> = {}
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    const path = name === '' ? key : `${name}[${key}]`
    const optional = !schema.required?.includes(key)
    const raw = Object.hasOwn(given, key) ? given[key] : undefined
    if (raw === undefined || (raw === null && optional && !accepts(property, 'null'))) {
      if (property.default !== undefined) result[key] = property.default
      else if (!optional) refuse(422, `The parameter "${path}" is missing.`, { parameter: path })
      continue
    }
    if (raw === '' && optional && !accepts(property, 'string')) {
      // `page=` in a query string says nothing; where null is allowed it clears.
      if (accepts(property, 'null')) result[key] = null
      else if (property.default !== undefined) result[key] = property.default
      continue
    }
    result[key] = coerce(property, raw, path)
  }
  const extra = schema.patternProperties ? Object.values(schema.patternProperties)[0] : undefined
  if (extra || typeof schema.additionalProperties === 'object' || schema.additionalProperties === true)
    for (const [key, each] of Object.entries(given))
      if (!Object.hasOwn(result, key) && !Object.hasOwn(schema.properties ?? {}, key))
        result[key] = coerce(extra ?? (schema.additionalProperties as Schema), each, `${name}[${key}]`)
  return result
}

/** May a value of this type stand here, without changing it? */
function accepts(schema: Schema, type: 'null' | 'string'): boolean {
  if (schema.anyOf) return schema.anyOf.some((each) => accepts(each, type))
  if (type === 'string') return schema.type === 'string' && !schema.enum && schema.format !== 'segue-id'
  return schema.type === 'null' || Object.keys(schema).length === 0
}

function coerce(schema: Schema, value: unknown, name: string): unknown {
  if (schema.anyOf) return union(schema.anyOf, value, name)
  if (schema.const !== undefined) return constant(schema.const, value, name)
  if (schema.enum) return word(schema.enum, value, name)
  switch (schema.type) {
    case 'string':
      return text(schema, value, name)
    case 'integer':
    case 'number':
      return number(schema, value, name)
    case 'boolean':
      return truth(value, name)
    case 'null':
      return value === null || value === '' ? null : wrong(name, value, 'null')
    case 'array':
      return array(schema, value, name)
    case 'object':
      return object(schema, value, name)
    default:
      return value
  }
}

function text(schema: Schema, value: unknown, name: string): string {
  if (schema.format === 'segue-id') {
    if (typeof value !== 'string' || !/^[0-9a-f]{24}$/.test(value)) refuseId(value)
    return value
  }
  const given = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
  if (typeof given !== 'string') return wrong(name, value, 'a text')
  if (given.includes('\u0000'))
    return wrong(name, given.replaceAll('\u0000', '\\0'), 'a text without NUL characters')
  const longest = schema.maxLength ?? TEXT_MAX
  if (given.length > longest)
    return wrong(name, given, `at most ${longest} characters (there are ${given.length})`)
  if (given.length < (schema.minLength ?? 0))
    return wrong(
      name,
      given,
      schema.minLength === 1 ? 'a text that is not empty' : `at least ${schema.minLength} characters`,
    )
  if (schema.pattern && !new RegExp(schema.pattern, 'u').test(given))
    return wrong(name, given, `a text that matches ${schema.pattern}`)
  return given.toWellFormed()
}

function number(schema: Schema, value: unknown, name: string): number {
  const whole = schema.type === 'integer'
  const given = typeof value === 'string' && /^\s*[+-]?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value
  const least = schema.minimum ?? (whole ? -INT_MAX : Number.NEGATIVE_INFINITY)
  const most = schema.maximum ?? (whole ? INT_MAX : Number.POSITIVE_INFINITY)
  const kind = whole ? 'a whole number' : 'a number'
  if (typeof given !== 'number' || !Number.isFinite(given) || (whole && !Number.isInteger(given)))
    return wrong(name, value, kind)
  if (given < least || given > most)
    return wrong(
      name,
      value,
      Number.isFinite(most) ? `${kind} from ${least} to ${most}` : `${kind} of at least ${least}`,
    )
  return given
}

const TRUTHS: Record<string, boolean> = { true: true, false: false, '1': true, '0': false }

function truth(value: unknown, name: string): boolean {
  const known = TRUTHS[String(value).toLowerCase()]
  return typeof value === 'object' || known === undefined ? wrong(name, value, 'true or false') : known
}

function array(schema: Schema, value: unknown, name: string): unknown[] {
  // `ids=a` and `ids[0]=a&ids[1]=b` come from clients of many languages; "" is Rails' empty array.
  const given =
    value === '' || value === null
      ? []
      : Array.isArray(value)
        ? value
        : isNumbered(value)
          ? Object.values(value)
          : [value]
  const most = schema.maxItems ?? ITEMS_MAX
  if (given.length > most)
    refuse(422, `The parameter "${name}" has ${given.length} items; at most ${most} fit in one call.`, {
      parameter: name,
    })
  return given.map((each, index) => coerce(schema.items ?? {}, each, `${name}[${index}]`))
}

function isNumbered(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const keys = Object.keys(value)
  return keys.length > 0 && keys.every((key) => /^\d+$/.test(key))
}

function word(words: readonly unknown[], value: unknown, name: string): unknown {
  const found = words.find((each) => each === value || String(each) === String(value))
  return found === undefined || typeof value === 'object'
    ? wrong(name, value, `one of ${words.map(String).join(', ')}`)
    : found
}

function constant(wanted: unknown, value: unknown, name: string): unknown {
  return value === wanted || String(value) === String(wanted) ? wanted : wrong(name, value, String(wanted))
}

/** The first alternative of the value's own JSON type, else the first that takes it after coercion, else one sentence for all. */
function union(alternatives: readonly Schema[], value: unknown, name: string): unknown {
  const words = alternatives.every((each) => each.const !== undefined)
  if (words)
    return word(
      alternatives.map((each) => each.const),
      value,
      name,
    )
  if (value === '' && !alternatives.some((each) => accepts(each, 'string')))
    if (alternatives.some((each) => each.type === 'null')) return null
  const same = alternatives.find((each) => each.type === typeOf(value))
  if (same) return coerce(same, value, name)
  const real = alternatives.filter((each) => each.type !== 'null')
  if (real.length === 1) return coerce(real[0]!, value, name)
  const simple = real.find((each) => each.type !== 'array' && each.type !== 'object')
  return coerce(typeof value === 'object' || !simple ? real[0]! : simple, value, name)
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value
}
