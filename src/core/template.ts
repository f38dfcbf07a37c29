/**
 * The template language of subjects and bodies, for the rest of the program: read a template once, ask which variables it uses, fill it
 * for one contact. Never sends, never looks anything up; html here means escaping only, sanitizing is `render.ts`.
 */
import { BoundedCache } from './bounded-cache.ts'
import { isNowName, type Moment, nowValue, operate } from './template-operators.ts'
import {
  type Condition,
  type Insert,
  type Node,
  type Print,
  parse,
  type Template,
  type TemplateProblem,
} from './template-parser.ts'

export type { Template, TemplateProblem }

/** A value with formatting of its own brings both forms and is not escaped. */
export type Value = string | { readonly html: string; readonly text: string } | null | undefined
export type Values = Readonly<Record<string, Value>>

export interface Filled {
  readonly text: string
  /** Variables that were to be printed and had no value; the message is then not sent. */
  readonly missing: string[]
}

/** Sixteen million characters: about 32 MB of templates, thousands of ordinary ones. */
const compiled = new BoundedCache<string, Template | TemplateProblem>(
  16 * 1024 * 1024,
  (text) => text.length + 100,
)

/** Reads a template; the same text is read once. Never throws: what is wrong comes back with its place. */
export function parseTemplate(text: string): Template | TemplateProblem {
  return compiled.take(text, parse)
}

/** A subject: one line of text, into which no snippet goes, since those have formatting. */
export function parseSubject(text: string): Template | TemplateProblem {
  const template = parseTemplate(text)
  const [snippet] = template.kind === 'template' ? template.snippets : []
  if (snippet === undefined) return template
  const column = text.search(/\{\{[\s\u00a0]*snippet/i) + 1
  const sentence = `Line 1, column ${column}: the tag "{{snippet:${snippet}}}" stands in a subject. Snippets go into the body; write the words here.`
  return { kind: 'problem', line: 1, column, sentence }
}

/** The names of the snippets in a text, as far as it can be read. */
export function snippetsIn(text: string): readonly string[] {
  const template = parseTemplate(text)
  return template.kind === 'template' ? template.snippets : []
}

/** As it is listed among the missing values. */
export const snippetName = (name: string) => `snippet:${name}`

/** Those that are not among the known names: misspelled, or a custom field that does not exist. */
export function unknownVariables(template: Template, known: Iterable<string>): readonly string[] {
  const names = new Set(known)
  return template.variables.filter((name) => !names.has(name) && !isNowName(name))
}

/**
 * The text for one contact. A missing value is one that is absent, null or blank; it is reported wherever it would be printed
 * without a default, so that no mail leaves with a hole in it. With `html` values are escaped.
 */
export function fill(
  template: Template,
  values: Values,
  { now, zone, html = false, snippets = NONE }: Moment & { html?: boolean; snippets?: Snippets },
): Filled {
  const filling: Filling = { values, moment: { now, zone }, html, snippets, missing: new Set() }
  return { text: textOf(template.nodes, filling), missing: [...filling.missing] }
}

/** The html of each snippet by its name. */
export type Snippets = ReadonlyMap<string, string>
const NONE: Snippets = new Map()

interface Filling {
  readonly values: Values
  readonly moment: Moment
  readonly html: boolean
  readonly snippets: Snippets
  readonly missing: Set<string>
}

// As deep as the parser allows conditions in conditions.
function textOf(nodes: readonly Node[], filling: Filling): string {
  let text = ''
  for (const node of nodes) {
    if (typeof node === 'string') text += node
    else if (node.kind === 'print') text += printed(node, filling)
    else if (node.kind === 'snippet') text += inserted(node, filling)
    else text += textOf(isMet(node.condition, filling) ? node.met : node.otherwise, filling)
  }
  return text
}

function printed(print: Print, filling: Filling): string {
  const raw = rawValue(print.name, filling)
  if (print.operators.length === 0 && typeof raw === 'object' && raw !== null && raw.text.trim() !== '')
    return filling.html ? raw.html : raw.text
  const text = plainValue(print, filling)
  if (text === undefined && print.fallback === undefined) filling.missing.add(print.name)
  const shown = text ?? print.fallback ?? ''
  return filling.html ? escapeHtml(shown) : shown
}

/** Into html only, and not into another snippet (`snippet.ts` refuses those): a text that is missing holds the mail like a value. */
function inserted({ name, fallback }: Insert, filling: Filling): string {
  const body = filling.html ? filling.snippets.get(name) : undefined
  const template = body === undefined ? undefined : parseTemplate(withLines(body))
  if (template?.kind === 'template') return textOf(template.nodes, { ...filling, snippets: NONE })
  if (fallback === undefined) filling.missing.add(snippetName(name))
  return filling.html ? escapeHtml(fallback ?? '') : (fallback ?? '')
}

/** A snippet without any tag is text: its lines are kept. */
const withLines = (html: string) => (/<[a-z!/]/i.test(html) ? html : html.replace(/\r\n?|\n/g, '<br>'))

function isMet({ compare, ...value }: Condition, filling: Filling): boolean {
  const text = plainValue(value, filling)
  if (compare === undefined) return text !== undefined
  return (comparable(text ?? '') === comparable(compare.text)) === compare.equal
}

/** Undefined if it is missing: absent, blank, or what its operators can do nothing with. */
function plainValue(
  { name, operators }: Pick<Print, 'name' | 'operators'>,
  filling: Filling,
): string | undefined {
  const raw = rawValue(name, filling)
  const moves = operators.some((operator) => operator.kind === 'shift')
  const today = isNowName(name) && (moves || raw === null || raw === undefined)
  const text = today ? nowValue(name, operators, filling.moment) : typeof raw === 'object' ? raw?.text : raw
  if (text === undefined || text.trim() === '') return undefined
  return operate(text, operators, filling.moment.zone)
}

function rawValue(name: string, { values }: Filling): Value {
  return Object.hasOwn(values, name) ? values[name] : undefined
}

// Case and spacing never decide: what was compared with was typed by a person, the value came from somebody's data.
function comparable(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
}

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Safe as text and inside a quoted attribute. */
export function escapeHtml(text: string): string {
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (character) => ESCAPES[character]!) : text
}
