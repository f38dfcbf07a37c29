/** The template language: what it prints, what it reports as missing, and what it refuses with which sentence. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fill, parseTemplate, type Template, unknownVariables, type Values } from '../../src/core/template.ts'
import { at } from './wall-clock.ts'

const zone = 'America/New_York'
// A Friday afternoon.
const now = at('2027-03-12T15:30', zone)

function parsed(text: string): Template {
  const template = parseTemplate(text)
  if (template.kind === 'problem') throw new Error(template.sentence)
  return template
}

function filled(text: string, values: Values = {}, html = false) {
  return fill(parsed(text), values, { now, zone, html })
}

function problem(text: string) {
  const found = parseTemplate(text)
  if (found.kind === 'template') throw new Error(`${text} was accepted`)
  return found
}

test('a variable is replaced by its value', () => {
  expect(filled('Hi {{first_name}}!', { first_name: 'Ada' })).toEqual({ text: 'Hi Ada!', missing: [] })
})

test('names are read in any case and with spaces inside the braces', () => {
  expect(filled('{{ First_Name }}', { first_name: 'Ada' }).text).toBe('Ada')
})

test.each([[undefined], [null], [''], ['  ']])('a value that is %j is missing, once per name', (value) => {
  expect(filled('{{x}} {{y}} {{x}}', { x: value, y: 'y' })).toEqual({ text: ' y ', missing: ['x'] })
})

test('a default stands in for a missing value, in straight, curly or no quotes', () => {
  for (const text of [
    '{{x | default: "there"}}',
    '{{x|default:there}}',
    '{{x | default: “there”}}',
    "{{x | default: 'there'}}",
  ])
    expect(filled(text)).toEqual({ text: 'there', missing: [] })
  expect(filled('{{x | default: "there"}}', { x: 'Ada' }).text).toBe('Ada')
  expect(filled('{{x | default: ""}}')).toEqual({ text: '', missing: [] })
})

test('a condition prints one side or the other', () => {
  const text = '{{#if first_name}}{{first_name}}{{#else}}there{{#endif}}'
  expect(filled(text, { first_name: 'Ada' })).toEqual({ text: 'Ada', missing: [] })
  expect(filled(text)).toEqual({ text: 'there', missing: [] })
})

test('a condition with nothing inside prints the value or nothing', () => {
  expect(filled('Hi {{#if first_name}}{{#endif}},', { first_name: 'Ada' })).toEqual({
    text: 'Hi Ada,',
    missing: [],
  })
  expect(filled('Hi {{#if first_name}}{{#endif}},')).toEqual({ text: 'Hi ,', missing: [] })
})

test('a comparison ignores case and spacing, and reads what editors make of an ampersand', () => {
  const text = '{{#if industry == Information  Technology &amp; Services}}yes{{#else}}no{{#endif}}'
  expect(filled(text, { industry: 'information technology & services' }).text).toBe('yes')
  expect(filled(text, { industry: 'mining' }).text).toBe('no')
  expect(filled('{{#if x != "a"}}yes{{#endif}}', { x: 'b' }).text).toBe('yes')
})

test('a missing value equals nothing', () => {
  expect(filled('{{#if x == a}}yes{{#else}}no{{#endif}}')).toEqual({ text: 'no', missing: [] })
})

test('conditions nest', () => {
  const text = '{{#if a}}A{{#if b}}B{{#else}}-{{#endif}}{{#else}}{{#if b}}b{{#endif}}{{#endif}}.'
  expect(filled(text, { a: '1', b: '1' }).text).toBe('AB.')
  expect(filled(text, { a: '1' }).text).toBe('A-.')
  expect(filled(text, { b: '1' }).text).toBe('b.')
})

test('a value that is missing inside the side that is printed is reported too: no mail leaves with a hole', () => {
  const text = '{{#if company}}{{first_name}} of {{company}}{{#else}}{{title}}{{#endif}}'
  expect(filled(text, { company: 'Acme' }).missing).toEqual(['first_name'])
})

test.each([
  ['{{x->lowercase}}', 'VP Of SALES', 'vp of sales'],
  ['{{x->capitalize_each_word}}', "ada o'neill-smith IBM", "Ada O'neill-Smith IBM"],
  ['{{x->lowercase->capitalize_each_word}}', 'ACME CORP', 'Acme Corp'],
  ['{{x -&gt; plural}}', 'city', 'cities'],
  ['{{x->plural}}', 'head of marketing', 'heads of marketing'],
  ['{{x->plural}}', 'Salesperson', 'Salespeople'],
  ['{{x->plural}}', 'Chairman', 'Chairmen'],
  ['{{x->plural}}', 'Person', 'People'],
  ['{{x->plural}}', 'business', 'businesses'],
  ['{{x->plural}}', 'sales', 'sales'],
  ['{{x->plural}}', 'software', 'software'],
  ['{{x->day}}', '2027-12-24', '24'],
  ['{{x->month}}', '2027-12-24', 'December'],
  ['{{x->year}}', '2027-12-24', '2027'],
  ['{{x->weekday}}', '2027-12-24', 'Friday'],
  // 2:30 UTC on the 25th is still the 24th in New York.
  ['{{x->weekday}}', '2027-12-25T02:30:00Z', 'Friday'],
  ['{{x->month->lowercase}}', '2027-12-24', 'december'],
])('%s of %j is %j', (text, value, expected) => {
  expect(filled(text, { x: value })).toEqual({ text: expected, missing: [] })
})

test('the month of what is not a date is missing', () => {
  expect(filled('{{x->month}}', { x: 'soon' })).toEqual({ text: '', missing: ['x'] })
  expect(filled('{{x->month}}', { x: '2027-02-30' }).missing).toEqual(['x'])
})

test.each([
  ['{{now_day}}', '12'],
  ['{{now_month}}', 'March'],
  ['{{now_year}}', '2027'],
  ['{{now_weekday}}', 'Friday'],
  ['{{now_time_of_day}}', 'afternoon'],
  ['{{now_day->plus_20}}', '1'],
  ['{{now_month->plus_10}}', 'January'],
  ['{{now_month->minus_3}}', 'December'],
  ['{{now_year->plus_1}}', '2028'],
  ['{{now_weekday->plus_1}}', 'Monday'],
  ['{{now_weekday->plus_3}}', 'Wednesday'],
  ['{{now_weekday->minus_5}}', 'Friday'],
  ['{{now_weekday->plus_1->lowercase}}', 'monday'],
  ['{{#if now_time_of_day == afternoon}}pm{{#endif}}', 'pm'],
])('on Friday 2027-03-12 at 15:30, %s is %j', (text, expected) => {
  expect(filled(text)).toEqual({ text: expected, missing: [] })
})

test('today is the date in the governing zone (2027-03-12 21:00 New York is Saturday in UTC)', () => {
  const template = parsed('{{now_weekday}} {{now_time_of_day}} {{now_weekday->plus_1}}')
  const late = at('2027-03-12T21:00', zone)
  expect(fill(template, {}, { now: late, zone }).text).toBe('Friday evening Monday')
  expect(fill(template, {}, { now: late, zone: 'UTC' }).text).toBe('Saturday morning Monday')
})

test('in html values are escaped, templates and formatted values are not', () => {
  const values = { x: `<b>"A" & 'B'</b>`, o: { html: '<a href="u">out</a>', text: 'out' } }
  expect(filled('<p>{{x}}</p>{{o}}', values, true).text).toBe(
    '<p>&lt;b&gt;&quot;A&quot; &amp; &#39;B&#39;&lt;/b&gt;</p><a href="u">out</a>',
  )
  expect(filled('{{x}} {{o}}', values).text).toBe(`<b>"A" & 'B'</b> out`)
  expect(filled('{{z | default: "<3"}}'.replace('<', '&lt;'), {}, true).text).toBe('&lt;3')
})

test('names of the language are no values: constructor and __proto__ are missing', () => {
  expect(filled('{{constructor}}{{__proto__}}').missing).toEqual(['constructor', '__proto__'])
})

test('variables are listed once, conditions included, in the order they are met', () => {
  const template = parsed('{{b}}{{#if A}}{{c}}{{b}}{{#else}}{{d}}{{#endif}}{{now_day}}')
  expect(template.variables).toEqual(['b', 'a', 'c', 'd', 'now_day'])
  expect(unknownVariables(template, ['a', 'b', 'c'])).toEqual(['d'])
})

test.each([
  ['Hi {{first_name, how are you?', 1, 4, '"{{first_name, how are you?" is not closed'],
  ['Hi\n{{first_name</p>\n{{x}}', 2, 1, '"{{first_name" is not closed'],
  ['Hi {{#if x}}there', 1, 4, '"{{#if x}}" has no {{#endif}}'],
  ['{{#endif}}', 1, 1, 'ends nothing'],
  ['{{#else}}', 1, 1, 'outside any {{#if}}'],
  ['{{#if x}}{{#else}}{{#else}}{{#endif}}', 1, 19, 'second {{#else}}'],
  ['a\nb{{}}', 2, 2, 'is empty'],
  ['{{First Name}}', 1, 1, 'Did you mean {{first_name}}?'],
  ['{{<b>x</b>}}', 1, 1, 'formatting inside'],
  ['{{x->shout}}', 1, 1, '"->shout", which is not known'],
  ['{{x->plus_1}}', 1, 1, 'not a part of today'],
  ['{{now_day->plus_1000}}', 1, 1, '366 is the most'],
  ['{{now_day->weekday}}', 1, 1, '{{now_weekday}}'],
  ['{{x | upper}}', 1, 1, '{{x | default: "there"}}'],
  ['{{#if x ==}}a{{#endif}}', 1, 1, 'compares with nothing'],
  ['{{/if}}', 1, 1, 'Write {{#endif}}'],
  ['{{#unless x}}', 1, 1, 'Use {{#if name}}'],
  ['{{#if x}}'.repeat(21) + '{{#endif}}'.repeat(21), 1, 181, 'inside 20 others'],
  ['x'.repeat(256 * 1024 + 1), 1, 1, '262144'],
])('%# is refused with its place', (text, line, column, words) => {
  const found = problem(text)
  expect(found).toMatchObject({ line, column })
  expect(found.sentence).toContain(`Line ${line}, column ${column}: `)
  expect(found.sentence).toContain(words)
})

test('twenty conditions inside each other are read', () => {
  expect(filled(`${'{{#if x}}'.repeat(20)}deep${'{{#endif}}'.repeat(20)}`, { x: '1' }).text).toBe('deep')
})

test('any text is either read or refused, quickly; without tags it comes out as it went in', () => {
  const pieces = fc.array(
    fc.constantFrom(
      '{{',
      '}}',
      '{',
      '}',
      '#if ',
      '#else',
      '#endif',
      'x',
      ' == ',
      '->',
      'plural',
      ' | default: "',
      '"',
      '\n',
      '<b>',
      'é',
      '&gt;',
    ),
    { maxLength: 40 },
  )
  fc.assert(
    fc.property(
      fc.oneof(
        pieces.map((list) => list.join('')),
        fc.string({ unit: 'binary' }),
      ),
      (text) => {
        const template = parseTemplate(text)
        if (template.kind === 'problem') {
          expect(template.line).toBeLessThanOrEqual(text.split('\n').length)
          return
        }
        const { text: out } = fill(template, { x: 'v' }, { now, zone })
        if (!text.includes('{{')) expect(out).toBe(text)
      },
    ),
    { numRuns: 3_000, seed: 22 },
  )
})

test('the worst text of the largest size is read in linear time', () => {
  for (const piece of [
    '{{x}}',
    '{{#if x}}{{#endif}}',
    '{',
    '}}',
    '{{x->plural->plural}}',
    '{{x | default: "aaaaaaaaaaaaaaaaaaaaaaaa"}}',
  ]) {
    const text = piece.repeat(Math.floor((256 * 1024) / piece.length))
    const started = performance.now()
    parseTemplate(text)
    expect(performance.now() - started).toBeLessThan(1_500)
  }
})
