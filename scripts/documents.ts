/** The pages that are written from the program: the calls, the settings and the reasons. `npm run generate` writes them, the docs test compares. */
import { readFileSync } from 'node:fs'
import type { Route } from '../src/api/route.ts'
import { routes } from '../src/api/routes.ts'
import { REFUSAL_CAUSES } from '../src/api/wire/refusal.ts'
import { configurationMarkdown } from '../src/config.ts'
import { GATES } from '../src/core/gates.ts'
import { HOLDS, REASONS, SKIPS } from '../src/core/reason.ts'

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

## Skips

Why a step was passed over.

${table(['skip', 'what a person reads'], Object.entries(SKIPS))}

## Reasons

Why an enrollment is paused, finished or failed.

${table(['reason', 'what a person reads'], Object.entries(REASONS))}
`
}

/** By path, so that what belongs together stands together. */
function callsMarkdown(): string {
  const sorted = [...routes].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
  return `${readFileSync(new URL('api-guide.md', import.meta.url), 'utf8')}
## The calls

Written from the routes in \`src/api/\` by \`npm run generate\`. Each stands under \`/api/v1\` and under \`/v1\`; parameters and answers are in
\`openapi.json\`. A call marked _extension_ is Segue's own; the others are Apollo's. The scope is what an API key is limited to; _open_ needs no key,
and _master key_ takes a master key or a person who is signed in.

| call | what it does | scope | |
| --- | --- | --- | --- |
${sorted.map(callRow).join('\n')}

## Why a contact was not added

\`POST /emailer_campaigns/:id/add_contact_ids\` names one reason for each in \`skipped_contact_ids\`, the first that applies in this order, and all of
them in \`skipped_contacts\`, each with the parameter that would have let it pass. \`received_everything\` and \`contacts_unsubscribed\` are Segue's own.

${table(['reason', 'what causes it'], Object.entries(REFUSAL_CAUSES))}
`
}

function callRow(route: Route): string {
  const methods = [route.method].flat().join(', ')
  const marks = [
    route.extension && '_extension_',
    route.open && '_open_',
    route.masterOnly && '_master key_',
  ].filter(Boolean)
  return `| \`${methods} ${route.path}\` | ${route.summary} | \`${route.name}\` | ${marks.join(', ')} |`
}

/** Path -> text. */
export function generatedDocs(): Record<string, string> {
  return {
    'docs/api.md': callsMarkdown(),
    'docs/configuration.md': configurationMarkdown(),
    'docs/errors.md': reasonsMarkdown(),
  }
}
