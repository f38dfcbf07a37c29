// The documents cannot disagree with the program: what is generated is up to date, what is named exists.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { generatedDocs } from '../scripts/documents.ts'

const pages = [
  ...readdirSync('.').filter((name) => name.endsWith('.md')),
  ...(readdirSync('docs', { recursive: true }) as string[])
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

for (const [path, text] of Object.entries(generatedDocs())) {
  test(`${path} says what the program says`, () => {
    expect(readFileSync(path, 'utf8'), `run: npm run generate`).toBe(text)
  })
}

test('every file that an error of the API points at exists', () => {
  const named = (readdirSync('src/api', { recursive: true }) as string[])
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [...readFileSync(`src/api/${name}`, 'utf8').matchAll(/\bdocs\/[\w./-]+\.md/g)])
    .map((match) => match[0])
  expect(named).toContain('docs/api.md')
  expect(named.filter((path) => !existsSync(path))).toEqual([])
})

test('every link between the pages leads somewhere', () => {
  const broken = pages.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)/g)]
      .map((link) => link[1]!)
      .filter((target) => !existsSync(join(dirname(page), target)))
      .map((target) => `${page} -> ${target}`),
  )
  expect(broken).toEqual([])
})

test('every source file that ARCHITECTURE.md, CONTRIBUTING.md and the decisions name exists', () => {
  const adrs = pages.filter((page) => page.startsWith('docs/adr/'))
  const missing = ['ARCHITECTURE.md', 'CONTRIBUTING.md', ...adrs].flatMap((page) =>
    [
      ...readFileSync(page, 'utf8').matchAll(
        /`((?:src\/)?(?:core|store|mail|actions|engine|api|cli|test|scripts|migrations|docs)\/[\w./-]*)`/g,
      ),
    ]
      .map((named) => named[1]!)
      .filter((path) => !existsSync(path) && !existsSync(`src/${path}`))
      .map((path) => `${page}: ${path}`),
  )
  expect(missing).toEqual([])
})

test('ARCHITECTURE.md has at most 200 lines', () => {
  expect(readFileSync('ARCHITECTURE.md', 'utf8').split('\n').length).toBeLessThanOrEqual(200)
})

test('every runtime dependency has its reason in an ADR, and no reason outlives its dependency', () => {
  const reasons = readFileSync('docs/adr/0002-runtime-dependencies.md', 'utf8')
  const installed = ['package.json', 'web/package.json'].flatMap((path) => {
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Record<string, string>>
    return Object.keys({ ...manifest['dependencies'], ...manifest['optionalDependencies'] })
  })
  const named = [...reasons.matchAll(/^\| (`.*?) +\|/gm)].flatMap((row) =>
    [...row[1]!.matchAll(/`([^`]+)`/g)].map((name) => name[1]!),
  )
  const covers = (one: string, name: string) =>
    one === name || (one.endsWith('*') && name.startsWith(one.slice(0, -1)))
  expect(installed.filter((name) => !named.some((one) => covers(one, name)))).toEqual([])
  expect(named.filter((one) => !installed.some((name) => covers(one, name)))).toEqual([])
})
