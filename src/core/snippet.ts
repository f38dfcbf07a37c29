/** A snippet as it is written: what it may be called and say. Judges only; where it is put in is `template.ts`. */

import { parseTemplate } from './template.ts'
import { snakeName } from './template-values.ts'

/** A paragraph or a table; a whole mail is a template. With `INSERTS_MAX` of them a mail stays under 2 MB. */
export const SNIPPET_MAX = 64 * 1024
/** More than this nobody finds again. */
export const SNIPPETS_MAX = 500
const NAME_MAX = 60

/** Why a snippet cannot be called so; undefined: it can. */
export function snippetNameProblem(name: string): string | undefined {
  const near = snakeName(name).slice(0, NAME_MAX)
  if (near === '') return 'A snippet needs a name of letters, digits and underscores, such as case_study.'
  if (name === near) return undefined
  if (name.length > NAME_MAX) return `The name has ${name.length} characters; it can have ${NAME_MAX}.`
  return `"${name}" cannot be the name of a snippet: it has small letters, digits and underscores only. Call it ${near}.`
}

/** Why a snippet cannot say this, with line and column; undefined: it can. */
export function snippetBodyProblem(html: string): string | undefined {
  if (html.length > SNIPPET_MAX)
    return `The snippet has ${html.length} characters; it can have ${SNIPPET_MAX}. Shorten it.`
  if (html.trim() === '') return 'The snippet is empty. Write what it says.'
  const parsed = parseTemplate(html)
  if (parsed.kind === 'problem') return parsed.sentence
  const [inside] = parsed.snippets
  return inside === undefined
    ? undefined
    : `The snippet puts in the snippet {{snippet:${inside}}}. Snippets stand in wordings only: copy its text here.`
}
