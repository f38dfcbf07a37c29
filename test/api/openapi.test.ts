/** The description of the API says what the server does. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { openApi } from '../../src/api/openapi.ts'
import { routes } from '../../src/api/routes.ts'

interface Operation {
  operationId: string
  tags: string[]
  'x-extension'?: boolean
  parameters: { name: string; in: string; required: boolean }[]
  requestBody?: unknown
}
const document = openApi(routes, manifest.version) as {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, unknown> }
}
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
)

test('the committed openapi.json is the one that the routes make (else: npm run generate)', () => {
  expect(JSON.parse(readFileSync('openapi.json', 'utf8'))).toEqual(JSON.parse(JSON.stringify(document)))
})

test('no two routes answer to one method and path, and every operation has a name of its own', () => {
  const places = routes.flatMap((route) => [route.method].flat().map((method) => `${method} ${route.path}`))
  expect(new Set(places).size).toBe(places.length)
  const names = operations.map(({ operationId }) => operationId)
  expect(new Set(names).size).toBe(names.length)
})

test('what the original does not have is tagged as an extension, and nothing else is', () => {
  const extension = (path: string) => Object.values(document.paths[path]!)[0]!['x-extension'] ?? false
  for (const path of ['/setup', '/session', '/clock', '/imports', '/suppressions', '/contacts/{id}/timeline'])
    expect([path, extension(path)]).toEqual([path, true])
  for (const path of ['/contacts', '/contacts/{id}', '/contacts/search', '/labels', '/auth/health'])
    expect([path, extension(path)]).toEqual([path, false])
  for (const { tags, ...operation } of operations)
    expect(tags.includes('extension')).toBe(operation['x-extension'] ?? false)
})

test('every parameter of a path is described, and a GET describes its query', () => {
  for (const { path, parameters } of operations)
    for (const [, name] of path.matchAll(/\{(\w+)\}/g))
      expect(parameters).toContainEqual(expect.objectContaining({ name, in: 'path', required: true }))
  const search = document.paths['/contacts/search']!['get']!
  expect(search.parameters.map(({ name }) => name)).toContain('contact_stage_ids[]')
  expect(search.requestBody).toBeUndefined()
})

test('a thing with a name stands once', () => {
  expect(Object.keys(document.components.schemas)).toContain('Contact')
  expect(JSON.stringify(document.paths['/contacts/search'])).toContain(
    '"$ref":"#/components/schemas/Contact"',
  )
})
