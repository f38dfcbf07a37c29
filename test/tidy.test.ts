// Checks of the code itself. Each failure says what to do, so nobody needs to ask.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import ts from 'typescript'
import { test } from 'vitest'

const LINES_MAX = 400
const FUNCTION_LINES_MAX = 60
const POSITIONAL_PARAMETERS_MAX = 3

/** Tables of data: one row a line, and nothing else in the file. */
const dataTables = new Set([
  'src/core/absence-words-asian.ts',
  'src/core/absence-words-germanic.ts',
  'src/core/absence-words-nordic.ts',
  'src/core/absence-words-other.ts',
  'src/core/absence-words-romance.ts',
  'src/core/absence-words-slavic.ts',
  'src/core/bounce-rules.ts',
  'src/core/free-mail-domains.ts',
  'src/core/phone-zones.ts',
])

/** Others' words for our nouns. In prose they may mean something else ("leads to"), so names are checked, not texts. */
const foreignWords = new Set(
  ['campaign', 'cadence', 'prospect', 'lead', 'journey'].flatMap((word) => [word, `${word}s`]),
)
/** `src/api/` and the page speak the wire, and Apollo's word for a sequence is on it. */
function foreignWord(path: string, identifier: string): string | undefined {
  if (path.startsWith('src/api/')) return undefined
  const allowed = path.startsWith('web/') ? /^campaigns?$/ : /^$/
  return wordsOf(identifier).find((word) => foreignWords.has(word) && !allowed.test(word))
}

/** `leadAddresses` and `LEAD_MAX` say lead, `misleading` does not. */
function wordsOf(identifier: string): string[] {
  return identifier
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z]+/)
}

const banned = [
  {
    in: /^src\/(?!clock\.ts)/,
    word: /\bDate\.now\(|\bnew Date\(\)|\bTemporal\.Now\b|(?<!_socket\.)\bsetTimeout\(|\bsetInterval\(/,
    instead: 'the Clock you were given',
  },
  {
    in: /^src\/(?!random\.ts)/,
    word: /\bMath\.random\(|\brandomUUID\(/,
    instead: 'the Random you were given',
  },
  { in: /^src\/(?!config\.ts|main\.ts)/, word: /\bprocess\.env\b/, instead: 'Config' },
  { in: /^src\/store\//, word: /(?<![.\w])now\(\)|current_timestamp/i, instead: 'an instant as a parameter' },
  { in: /^src\/(?!api\/)/, word: /\bemailer_/, instead: 'our own word (the wire words live in src/api/)' },
  {
    in: /^(src|web)\//,
    word: /\bas any\b|: any\b|@ts-ignore|@ts-expect-error|\bTODO\b|\bFIXME\b/,
    instead: 'the type, or the work',
  },
  {
    in: /^src\/(?!api\/)/,
    word: /\b(prospect|cadence|journey)s?\b/i,
    instead: 'the word of DESIGN: contact, sequence, enrollment',
  },
]

for (const dir of ['src', 'web/src', 'test', 'scripts', 'bench']) {
  for (const name of readdirSync(dir, { recursive: true }) as string[]) {
    if (!/\.tsx?$/.test(name) || /generated/.test(name)) continue
    const path = `${dir}/${name}`
    if (path === 'test/tidy.test.ts') continue
    test(path, () => checkFile(path, readFileSync(path, 'utf8')))
  }
}

function checkFile(path: string, text: string): void {
  if (!dataTables.has(path))
    assert.ok(text.split('\n').length <= LINES_MAX, `${path}: over ${LINES_MAX} lines; split it by noun`)
  for (const rule of banned) {
    const found = rule.in.test(path) ? rule.word.exec(text) : null
    if (found) assert.fail(`${path}: ${found[0]} is banned here; use ${rule.instead}`)
  }
  if (/\.test\.tsx?$/.test(path)) {
    const skipped = /\b(?:test|it|describe)\.(?:skip|only|todo)\(/.exec(text)
    if (skipped) assert.fail(`${path}: ${skipped[0]} hides a test; mend or delete it`)
    return
  }
  if (path.startsWith('src/') || path.startsWith('web/src/')) checkFunctions(path, text)
}

function checkFunctions(path: string, text: string): void {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const line = (position: number) => file.getLineAndCharacterOfPosition(position).line
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) {
      const at = `${path}:${line(node.getStart()) + 1}`
      if (line(node.end) - line(node.getStart()) >= FUNCTION_LINES_MAX)
        assert.fail(`${at}: function over ${FUNCTION_LINES_MAX} lines`)
      if (positional(node) > POSITIONAL_PARAMETERS_MAX)
        assert.fail(`${at}: ${node.parameters.length} parameters; three, then an options object`)
    }
    if (ts.isIdentifier(node)) {
      const foreign = foreignWord(path, node.text)
      if (foreign)
        assert.fail(
          `${path}:${line(node.getStart()) + 1}: ${node.text} says ${foreign}; use the word of DESIGN: contact, sequence, enrollment`,
        )
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
}

/** Of three and an options object, the object (a destructured last parameter) is not counted. */
function positional({ parameters }: ts.SignatureDeclaration): number {
  const last = parameters.at(-1)
  return parameters.length - (last && ts.isObjectBindingPattern(last.name) ? 1 : 0)
}
