/** Writes `openapi.json` from the routes, and from it the types of the page. CI fails when either differs from what is committed. */
import { mkdirSync, writeFileSync } from 'node:fs'
import openapiTS, { astToString, COMMENT_HEADER, type OpenAPI3 } from 'openapi-typescript'
import manifest from '../package.json' with { type: 'json' }
import { openApi } from '../src/api/openapi.ts'
import { routes } from '../src/api/routes.ts'

const document = openApi(routes, manifest.version)
writeFileSync('openapi.json', `${JSON.stringify(document, null, 1)}\n`)

const types = await openapiTS(document as unknown as OpenAPI3)
mkdirSync('web/src/lib/generated', { recursive: true })
writeFileSync('web/src/lib/generated/api.ts', `${COMMENT_HEADER}${astToString(types)}`)
