/** Writes everything that is generated: the schema dump, the row types, openapi.json with the page's types, the documents. */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { generatedDocs } from './documents.ts'

for (const script of ['scripts/schema.ts', 'scripts/row-types.ts', 'scripts/openapi.ts']) {
  const { status } = spawnSync(process.execPath, [script], { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
for (const [path, text] of Object.entries(generatedDocs())) writeFileSync(path, text)
