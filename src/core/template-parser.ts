/**
 * Reads the template language: text with `{{variables}}` and `{{#if}}` conditions, into a tree. One pass, linear in the text.
 * It knows no values and fills nothing in; what it cannot read it refuses with the line, the column and a sentence.
 */
import { type Operator, parseOperators } from './template-operators.ts'

export interface Print {
  readonly kind: 'print'
  readonly name: string
  readonly operators: readonly Operator[]
  /** What stands in for a missing value; without one the value is reported as missing. */
  readonly fallback?: string
}

export interface Condition {
  readonly name: string
  readonly operators: readonly Operator[]
  readonly compare?: { readonly equal: boolean; readonly text: string }
}

export interface Branch {
  readonly kind: 'if'
  readonly condition: Condition
  readonly met: readonly Node[]
  readonly otherwise: readonly Node[]
}

/** A text of the team, put in by its name. */
export interface Insert {
  readonly kind: 'snippet'
  readonly name: string
  readonly fallback?: string
}

export type Node = string | Print | Insert | Branch

export interface Template {
  readonly kind: 'template'
  readonly nodes: readonly Node[]
  /** Every variable used, conditions included, in lower case, the first seen first. */
  readonly variables: readonly string[]
  /** Every snippet put in, the first seen first. */
  readonly snippets: readonly string[]
}

export interface TemplateProblem {
  readonly kind: 'problem'
  /** From 1. */
  readonly line: number
  readonly column: number
  /** Complete in itself: place, tag and way out. */
  readonly sentence: string
}

/** Longer is not a mail that a person wrote; Gmail clips what it shows at 102 KB. */
export const TEMPLATE_MAX = 256 * 1024
/** Conditions inside conditions. Filling recurses this deep. */
export const DEPTH_MAX = 20
/** How often snippets are put into one text. Each has up to `SNIPPET_MAX` characters: together they stay a mail. */
export const INSERTS_MAX = 20
/** A tag longer than this lacks its end. */
const TAG_MAX = 1_000

type Tag =
  | Print
  | Insert
  | { kind: 'if'; condition: Condition }
  | { kind: 'else' }
  | { kind: 'endif' }
  | { kind: 'bad'; sentence: string }

interface OpenIf {
  readonly tag: string
  readonly offset: number
  readonly condition: Condition
  readonly met: Node[]
  otherwise?: Node[]
}

export function parse(text: string): Template | TemplateProblem {
  const reader = new Reader(text)
  const { nodes, variables, snippets } = reader
  return reader.read() ?? { kind: 'template', nodes, variables: [...variables], snippets: [...snippets] }
}

class Reader {
  readonly nodes: Node[] = []
  readonly variables = new Set<string>()
  readonly snippets = new Set<string>()
  #inserts = 0
  readonly #open: OpenIf[] = []
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** Undefined when all was read. */
  read(): TemplateProblem | undefined {
    const text = this.#text
    if (text.length > TEMPLATE_MAX)
      return this.#problem(
        0,
        `the text has ${text.length} characters; it can have ${TEMPLATE_MAX}. Shorten it.`,
      )
    let at = 0
    while (at < text.length) {
      const start = text.indexOf('{{', at)
      if (start < 0) break
      if (start > at) this.#into().push(text.slice(at, start))
      const end = text.indexOf('}}', start + 2)
      const inside = end < 0 || end - start > TAG_MAX ? undefined : text.slice(start + 2, end)
      if (inside === undefined || inside.includes('{{'))
        return this.#problem(
          start,
          `the tag "${excerpt(text, start)}" is not closed. Add "}}" where it ends.`,
        )
      const problem = this.#take(parseTag(inside), start, `{{${inside}}}`)
      if (problem !== undefined) return problem
      at = end + 2
    }
    if (at < text.length) this.#into().push(text.slice(at))
    const unclosed = this.#open.at(-1)
    if (unclosed === undefined) return undefined
    return this.#problem(
      unclosed.offset,
      `the tag "${unclosed.tag}" has no {{#endif}}. Add one where the condition ends.`,
    )
  }

  #take(tag: Tag, offset: number, source: string): TemplateProblem | undefined {
    switch (tag.kind) {
      case 'bad':
        return this.#problem(offset, `the tag "${excerpt(source, 0)}" ${tag.sentence}`)
      case 'print':
        this.variables.add(tag.name)
        this.#into().push(tag)
        return undefined
      case 'snippet':
        return this.#insert(tag, offset)
      case 'if':
        return this.#begin(tag.condition, offset, source)
      case 'else':
        return this.#otherwise(offset)
      case 'endif':
        return this.#end(offset)
    }
  }

  #insert(tag: Insert, offset: number): TemplateProblem | undefined {
    if (this.#inserts === INSERTS_MAX)
      return this.#problem(
        offset,
        `the tag "{{snippet:${tag.name}}}" is one more than ${INSERTS_MAX} snippets, the most that one text takes. Split it.`,
      )
    this.#inserts++
    this.snippets.add(tag.name)
    this.#into().push(tag)
    return undefined
  }

  #begin(condition: Condition, offset: number, tag: string): TemplateProblem | undefined {
    if (this.#open.length === DEPTH_MAX)
      return this.#problem(
        offset,
        `the tag "${tag}" is inside ${DEPTH_MAX} others, the most there can be. Split the template.`,
      )
    this.variables.add(condition.name)
    this.#open.push({ tag, offset, condition, met: [] })
    return undefined
  }

  #otherwise(offset: number): TemplateProblem | undefined {
    const open = this.#open.at(-1)
    if (open === undefined)
      return this.#problem(
        offset,
        'the tag "{{#else}}" stands outside any {{#if}}. Remove it, or add the {{#if}}.',
      )
    if (open.otherwise !== undefined)
      return this.#problem(offset, `the tag "${open.tag}" has a second {{#else}}. Remove one.`)
    open.otherwise = []
    return undefined
  }

  #end(offset: number): TemplateProblem | undefined {
    const open = this.#open.pop()
    if (open === undefined)
      return this.#problem(offset, 'the tag "{{#endif}}" ends nothing. Remove it, or add the {{#if}}.')
    this.#into().push(closed(open))
    return undefined
  }

  #into(): Node[] {
    const open = this.#open.at(-1)
    return open === undefined ? this.nodes : (open.otherwise ?? open.met)
  }

  #problem(offset: number, what: string): TemplateProblem {
    const before = this.#text.slice(0, offset)
    const line = before.split('\n').length
    const column = offset - before.lastIndexOf('\n')
    return { kind: 'problem', line, column, sentence: `Line ${line}, column ${column}: ${what}` }
  }
}

/** `{{#if v}}{{#endif}}` with nothing between is the original's way to write "v, or nothing". */
function closed({ condition, met, otherwise }: OpenIf): Node {
  if (met.length === 0 && otherwise === undefined && condition.compare === undefined)
    return { kind: 'print', name: condition.name, operators: condition.operators, fallback: '' }
  return { kind: 'if', condition, met, otherwise: otherwise ?? [] }
}

function parseTag(source: string): Tag {
  if (/<\/?[a-z]/i.test(source))
    return bad('has formatting inside. Select the whole tag, braces included, and remove its formatting.')
  const inside = decoded(source).trim()
  if (inside === '')
    return bad('is empty. Write the name of a variable, such as {{first_name}}, or remove it.')
  if (/^#\s*if\b/i.test(inside)) return parseIf(inside.replace(/^#\s*if/i, '').trim())
  if (/^#\s*else$/i.test(inside)) return { kind: 'else' }
  if (/^#\s*endif$/i.test(inside)) return { kind: 'endif' }
  if (/^(\/if|#end|end|endif|#fi)$/i.test(inside)) return bad('is not known. Write {{#endif}}.')
  if (/^else$/i.test(inside)) return bad('is not known. Write {{#else}}.')
  if (/^[#/]/.test(inside)) return bad('is not known. Use {{#if name}}, {{#else}} and {{#endif}}.')
  return parsePrint(inside)
}

function parseIf(source: string): Tag {
  const [, left = '', sign, right = ''] = /^(.*?)(?:(==|!=)(.*))?$/s.exec(source) ?? []
  const value = parseValue(left)
  if ('sentence' in value) return bad(value.sentence)
  if (sign === undefined) return { kind: 'if', condition: value }
  const text = unquoted(right)
  if (text === '')
    return bad(`compares with nothing. Write what to compare with, or just {{#if ${value.name}}}.`)
  return { kind: 'if', condition: { ...value, compare: { equal: sign === '==', text } } }
}

function parsePrint(source: string): Tag {
  const bar = source.indexOf('|')
  if (/^snippet\s*:/i.test(source)) return parseInsert(source, bar)
  const value = parseValue(bar < 0 ? source : source.slice(0, bar))
  if ('sentence' in value) return bad(value.sentence)
  if (bar < 0) return { kind: 'print', ...value }
  const fallback = fallbackIn(source.slice(bar + 1))
  if (fallback === undefined) return bad(noDefault(value.name))
  return { kind: 'print', ...value, fallback }
}

/** `{{snippet:case_study}}`: its text stands there, with its own variables filled. */
function parseInsert(source: string, bar: number): Tag {
  const name = (bar < 0 ? source : source.slice(0, bar))
    .replace(/^snippet\s*:/i, '')
    .trim()
    .toLowerCase()
  if (!NAME.test(name))
    return bad(
      `does not name a snippet: names have letters, digits and underscores only, and a snippet has no operators.${hintFor(name, 'snippet:')}`,
    )
  if (bar < 0) return { kind: 'snippet', name }
  const fallback = fallbackIn(source.slice(bar + 1))
  return fallback === undefined ? bad(noDefault(`snippet:${name}`)) : { kind: 'snippet', name, fallback }
}

function fallbackIn(source: string): string | undefined {
  const fallback = /^\s*default\s*:(.*)$/is.exec(source)?.[1]
  return fallback === undefined ? undefined : unquoted(fallback)
}

const noDefault = (name: string) =>
  `has something else than a default after "|". Write {{${name} | default: "there"}}.`

function parseValue(source: string): { name: string; operators: Operator[] } | { sentence: string } {
  const [name = '', ...written] = source.split('->').map((part) => part.trim())
  if (/^snippet\s*:/i.test(name))
    return {
      sentence: 'asks about a snippet. Conditions ask about values; put the condition into the snippet.',
    }
  if (!NAME.test(name))
    return {
      sentence: `does not name a variable: names have letters, digits and underscores only.${hintFor(name)}`,
    }
  const lower = name.toLowerCase()
  const operators = parseOperators(lower, written)
  return 'sentence' in operators ? operators : { name: lower, operators: operators.operators }
}

const NAME = /^[\p{L}\p{N}_]+$/u

function hintFor(name: string, before = ''): string {
  const near = name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '')
  return near === '' ? '' : ` Did you mean {{${before}${near}}}?`
}

/** Editors of HTML write `->` as `-&gt;`, `"` as `&quot;`, and spaces as `&nbsp;`: all of it means the same inside a tag. */
function decoded(source: string): string {
  return source
    .replace(
      /&(gt|lt|quot|apos|nbsp|#0*39|#x0*27|#0*160|#x0*a0);/gi,
      (_, name: string) => ENTITIES[name.toLowerCase().replace(/^#(x?)0*/, '#$1')] ?? ' ',
    )
    .replace(/&amp;/gi, '&')
    .replace(/[\u00a0\s]+/g, ' ')
}
const ENTITIES: Record<string, string> = { gt: '>', lt: '<', quot: '"', apos: "'", '#39': "'", '#x27': "'" }

/** Without the quotes around it: straight, or the curly ones that editors make of them. */
function unquoted(source: string): string {
  const text = source.trim()
  return (
    /^(?:"(.*)"|'(.*)'|[“”„](.*)[“”]|[‘’‚](.*)[‘’])$/s
      .exec(text)
      ?.slice(1)
      .find((inner) => inner !== undefined) ?? text
  )
}

function excerpt(text: string, start: number): string {
  const shown = text.slice(start, start + 200).split(/\n|<\/?[a-z]|(?!^)\{\{/i, 1)[0]!
  return shown.length > 60 ? `${shown.slice(0, 60)}...` : shown.trimEnd()
}

function bad(sentence: string): Tag {
  return { kind: 'bad', sentence }
}
