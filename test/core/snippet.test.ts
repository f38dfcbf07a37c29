/** Snippets in the template language: where one may stand, what it prints, and what is refused with which sentence. */
import { expect, test } from 'vitest'
import { SNIPPET_MAX, snippetBodyProblem, snippetNameProblem } from '../../src/core/snippet.ts'
import { fill, parseSubject, parseTemplate, snippetsIn, type Values } from '../../src/core/template.ts'

const moment = { now: Date.parse('2027-03-12T15:30:00Z'), zone: 'UTC' }

function filled(text: string, snippets: Record<string, string>, values: Values = {}) {
  const template = parseTemplate(text)
  if (template.kind === 'problem') throw new Error(template.sentence)
  return fill(template, values, { ...moment, html: true, snippets: new Map(Object.entries(snippets)) })
}

function problem(text: string, parse = parseTemplate) {
  const found = parse(text)
  if (found.kind === 'template') throw new Error(`${text} was accepted`)
  return found
}

test('a snippet is put in by its name, with its own variables and conditions filled', () => {
  const proof = '<p>{{#if title}}{{title}}s{{#else}}People{{#endif}} at {{company}} like it.</p>'
  expect(filled('Hi. {{snippet:proof}}', { proof }, { title: 'CTO', company: 'A & B' })).toEqual({
    text: 'Hi. <p>CTOs at A &amp; B like it.</p>',
    missing: [],
  })
})

test('names of snippets are read in any case, with spaces, and as editors of HTML write them', () => {
  for (const tag of ['{{snippet:proof}}', '{{ Snippet : PROOF }}', '{{snippet:&nbsp;proof}}'])
    expect(filled(tag, { proof: 'x' }).text).toBe('x')
})

test('a snippet that is not there is missing under its name, beside the values that are', () => {
  expect(filled('{{title}} {{snippet:proof}}', {})).toEqual({
    text: ' ',
    missing: ['title', 'snippet:proof'],
  })
  expect(filled('{{snippet:proof | default: "<3"}}', {})).toEqual({ text: '&lt;3', missing: [] })
})

test('a value that is missing inside a snippet is named like any other', () => {
  expect(filled('{{snippet:proof}}', { proof: 'At {{company}}' }).missing).toEqual(['company'])
})

test('a snippet on the side of a condition that is not printed is not asked for', () => {
  expect(filled('{{#if title}}{{snippet:proof}}{{#else}}none{{#endif}}', {})).toEqual({
    text: 'none',
    missing: [],
  })
})

test('a snippet without any tag is text: its lines are kept', () => {
  expect(filled('<p>{{snippet:proof}}</p>', { proof: 'one\ntwo' }).text).toBe('<p>one<br>two</p>')
})

test('the snippets of a text are listed once, the first seen first; of what cannot be read there are none', () => {
  expect(snippetsIn('{{snippet:b}}{{#if x}}{{snippet:a}}{{#endif}}{{snippet:b}}')).toEqual(['b', 'a'])
  expect(snippetsIn('{{snippet:b}} {{')).toEqual([])
})

test('a snippet with operators, in a condition, without a usable name or behind something else than a default is refused with its place', () => {
  expect(problem('a\n {{snippet:proof->plural}}')).toMatchObject({ line: 2, column: 2 })
  expect(problem('{{snippet:proof->plural}}').sentence).toContain('a snippet has no operators')
  expect(problem('{{snippet:case study}}').sentence).toContain('Did you mean {{snippet:case_study}}?')
  expect(problem('{{#if snippet:proof}}x{{#endif}}').sentence).toContain('put the condition into the snippet')
  expect(problem('{{snippet:proof | upper}}').sentence).toContain(
    'Write {{snippet:proof | default: "there"}}',
  )
})

test('twenty snippets stand in one text, the twenty-first is refused', () => {
  expect(parseTemplate('{{snippet:a}}'.repeat(20)).kind).toBe('template')
  expect(problem('{{snippet:a}}'.repeat(21)).sentence).toMatch(/column 261.*one more than 20/)
})

test('a subject takes no snippet', () => {
  expect(problem('News: {{snippet:proof}}', parseSubject)).toMatchObject({
    column: 7,
    sentence: expect.stringMatching(/snippet:proof.*Snippets go into the body/),
  })
})

test('a snippet in a snippet is refused, so none can go in circles', () => {
  expect(snippetBodyProblem('<p>{{snippet:other}}</p>')).toMatch(/\{\{snippet:other\}\}.*copy its text here/)
  expect(filled('{{snippet:a}}', { a: '{{snippet:a}}' }).missing).toEqual(['snippet:a'])
})

test('a snippet must be readable, not empty and not longer than its limit', () => {
  expect(snippetBodyProblem('<p>At {{company}}</p>')).toBeUndefined()
  expect(snippetBodyProblem('a\n{{#if x}}')).toContain('Line 2, column 1')
  expect(snippetBodyProblem(' \n')).toContain('empty')
  expect(snippetBodyProblem('x'.repeat(SNIPPET_MAX + 1))).toContain(`it can have ${SNIPPET_MAX}`)
})

test('a snippet is called by small letters, digits and underscores; what is near is offered', () => {
  expect(snippetNameProblem('case_study_2')).toBeUndefined()
  expect(snippetNameProblem('Case study!')).toContain('Call it case_study.')
  expect(snippetNameProblem('!')).toContain('needs a name')
})
