/** The pages that are written from the program: the settings and the reasons. `npm run generate` writes them, the docs test compares. */
import { configurationMarkdown } from '../src/config.ts'
import { GATES } from '../src/core/gates.ts'
import { HOLDS, REASONS } from '../src/core/reason.ts'

const table = (head: [string, string], rows: readonly (readonly [string, string])[]) =>
  [
    `| ${head[0]} | ${head[1]} |`,
    '| --- | --- |',
    ...rows.map(([name, text]) => `| \`${name}\` | ${text} |`),
  ].join('\n')

function reasonsMarkdown(): string {
  return `# Why an email waits, and why an enrollment ended

Written from \`src/core/gates.ts\` and \`src/core/reason.ts\` by \`npm run generate\`.

## Gates

"Why not sent?" shows them in this order. The engine stops at the first closed one.

${table(
  ['gate', 'rule'],
  GATES.map((gate) => [gate.name, gate.rule] as const),
)}

## Holds

An active enrollment that waits for a person.

${table(['hold', 'what a person reads'], Object.entries(HOLDS))}

## Reasons

Why an enrollment is paused, finished or failed.

${table(['reason', 'what a person reads'], Object.entries(REASONS))}
`
}

/** Path -> text. */
export function generatedDocs(): Record<string, string> {
  return { 'docs/configuration.md': configurationMarkdown(), 'docs/errors.md': reasonsMarkdown() }
}
