/** Serving the built web page. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Api, startApi } from '../support/api.ts'

let api: Api
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segue-pages-'))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>The page</title>')
  await writeFile(join(folder, 'assets', 'index-1a2b.js'), 'export {}')
  await writeFile(join(folder, 'secret.txt'), 'x')
  api = await startApi({ webRoot: folder })
})
afterAll(async () => {
  await api.close()
  await rm(folder, { recursive: true })
})

const open = (path: string, init: RequestInit = {}) => fetch(api.url + path, init)

test('every address of the page answers with its one document, under a strict policy', async () => {
  for (const path of ['/', '/sequences', '/people/5f5e100?tab=x', '/index.html']) {
    const response = await open(path)
    expect([path, response.status]).toEqual([path, 200])
    expect(await response.text()).toContain('The page')
    const policy = response.headers.get('content-security-policy')!
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/script-src[^;]*unsafe/)
    expect(response.headers.get('cache-control')).toBe('no-cache')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  }
})

test('files with a hash in their name are kept for ever', async () => {
  const response = await open('/assets/index-1a2b.js')
  expect(response.headers.get('content-type')).toContain('javascript')
  expect(response.headers.get('cache-control')).toContain('immutable')
})

test('a script that is gone is a 404, not the document', async () => {
  expect((await open('/assets/index-old.js')).status).toBe(404)
})

test('nothing outside the folder is served', async () => {
  for (const path of [
    '/..%2f..%2fetc%2fpasswd',
    '/assets/..%2f..%2f..%2fetc%2fpasswd',
    '/%2e%2e/package.json',
  ]) {
    const text = await (await open(path)).text()
    expect(text).not.toMatch(/root:|"dependencies"/)
  }
})

test('an unknown path of the API is JSON, and a POST to the page is refused', async () => {
  expect((await open('/api/v1/nothing')).headers.get('content-type')).toContain('json')
  expect((await open('/v1')).status).toBe(404)
  expect((await open('/sequences', { method: 'POST' })).status).toBe(404)
})

test('without a build the page says how to make one', async () => {
  const empty = await startApi({ webRoot: join(folder, 'nowhere'), empty: true })
  const response = await fetch(`${empty.url}/`)
  expect(response.status).toBe(503)
  expect(await response.text()).toContain('npm run build -w web')
  await empty.close()
})
