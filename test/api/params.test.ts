/** How what arrives becomes what a route declared, and what is said when it cannot. */
import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { ApiRefusal } from '../../src/api/errors.ts'
import { parseJson } from '../../src/api/json.ts'
import { clearable, IdParameter, oneOf, readParameters } from '../../src/api/params.ts'
import { parseQuery } from '../../src/api/query.ts'
import { instantOf } from '../../src/api/wire/instant.ts'

function refusal(work: () => unknown): { status: number; error: unknown } {
  try {
    work()
  } catch (error) {
    if (error instanceof ApiRefusal)
      return { status: error.status, error: (error.body as { error: unknown }).error }
    throw error
  }
  throw new Error('was not refused')
}

const Input = Type.Object({
  name: Type.Optional(Type.String({ maxLength: 10 })),
  page: Type.Optional(Type.Integer({ minimum: 1 })),
  async: Type.Optional(Type.Boolean()),
  ids: Type.Optional(Type.Array(Type.String())),
  mode: Type.Optional(oneOf(['remove', 'stop'])),
  account_id: Type.Optional(IdParameter),
  title: clearable(Type.String()),
  caps: clearable(Type.Integer()),
  range: Type.Optional(Type.Object({ min: Type.Optional(Type.String()) })),
  steps: Type.Optional(Type.Array(Type.Object({ wait: Type.Integer() }))),
  from: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())])),
  values: Type.Optional(Type.Record(Type.String(), Type.String())),
})
const read = (given: Record<string, unknown>) => readParameters(Input, given).input

test('a query string with brackets reads as arrays and objects', () => {
  const tree = parseQuery('ids[]=a&ids[]=b&range[min]=2027-01-01&q=a+b%26c&steps[0][wait]=3')
  expect(JSON.parse(JSON.stringify(tree))).toEqual({
    ids: ['a', 'b'],
    range: { min: '2027-01-01' },
    q: 'a b&c',
    steps: { '0': { wait: '3' } },
  })
  expect(read(parseQuery('steps[0][wait]=3&steps[1][wait]=4')).steps).toEqual([{ wait: 3 }, { wait: 4 }])
})

test('a query string cannot reach into the prototype of objects', () => {
  parseQuery('__proto__[polluted]=1&a[__proto__][polluted]=1&constructor[prototype][polluted]=1')
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
})

test('a query string that cannot be decoded is refused near its mistake', () => {
  expect(refusal(() => parseQuery('q=100%'))).toMatchObject({
    status: 400,
    error: expect.stringContaining('100%'),
  })
})

test('texts become numbers and booleans, numbers become text, single values become arrays', () => {
  expect(
    read({ name: 5, page: '2', async: 'false', ids: 'a', mode: 'stop', caps: '7', values: { k: 1 } }),
  ).toEqual({ name: '5', page: 2, async: false, ids: ['a'], mode: 'stop', caps: 7, values: { k: '1' } })
})

test('one of two declared types is chosen by what came', () => {
  expect(read({ from: 'a' }).from).toBe('a')
  expect(read({ from: ['a', 'b'] }).from).toEqual(['a', 'b'])
})

test('an empty value is absent, an empty text stays, null clears where it may', () => {
  expect(read({ page: '', name: '', title: null, caps: '', async: null })).toEqual({
    name: '',
    title: null,
    caps: null,
  })
})

test.each([
  [{ page: 'two' }, 'The parameter "page" is "two"; expected a whole number.'],
  [{ page: 0 }, 'The parameter "page" is 0; expected a whole number from 1 to 2147483647.'],
  [{ page: 1.5 }, 'The parameter "page" is 1.5; expected a whole number.'],
  [{ page: 9e15 }, 'The parameter "page" is 9000000000000000; expected a whole number from 1 to 2147483647.'],
  [{ async: 'maybe' }, 'The parameter "async" is "maybe"; expected true or false.'],
  [{ name: { a: 1 } }, 'The parameter "name" is {"a":1}; expected a text.'],
  [
    { name: 'x'.repeat(11) },
    'The parameter "name" is "xxxxxxxxxxx"; expected at most 10 characters (there are 11).',
  ],
  [{ mode: 'delete' }, 'The parameter "mode" is "delete"; expected one of remove, stop.'],
  [{ ids: [['a']] }, 'The parameter "ids[0]" is ["a"]; expected a text.'],
  [{ steps: [{}] }, 'The parameter "steps[0][wait]" is missing.'],
  [{ steps: [{ wait: 'x' }] }, 'The parameter "steps[0][wait]" is "x"; expected a whole number.'],
  [{ account_id: '2342432' }, 'Parameters misconfigured. 2342432 is not a valid ID'],
  [{ name: 'a\u0000b' }, 'The parameter "name" is "a\\0b"; expected a text without NUL characters.'],
])('%j is refused in words', (given, error) => {
  expect(refusal(() => read(given))).toEqual({ status: 422, error })
})

test('a parameter that nobody declared is named, with the one that was meant', () => {
  expect(readParameters(Input, { accountId: 'x', api_key: 'k' }).warnings).toEqual([
    'The parameter "accountId" is not known here and was ignored. Did you mean "account_id"?',
  ])
})

test.each([
  ['{"a": 1,}', 'unexpected "}" at line 1, column 9 (position 8)'],
  ['{"a": x}', 'unexpected "x}" at line 1, column 7 (position 6)'],
  ['{"a":\n  "b', 'unexpected the end of the body at line 2, column 5 (position 10)'],
  ["{'a': 1}", `unexpected "'a': 1}" at line 1, column 2 (position 1)`],
  ['{"a": 1} {}', 'unexpected "{}" at line 1, column 10 (position 9)'],
  ['{"a": "\\x"}', 'unexpected "\\x"}" at line 1, column 8 (position 7)'],
  ['{"a" 1}', 'unexpected "1}" at line 1, column 6 (position 5)'],
  ['[1, 2', 'unexpected the end of the body at line 1, column 6 (position 5)'],
])('the broken JSON %s is refused with its position', (text, words) => {
  const { status, error } = refusal(() => parseJson(text))
  expect(status).toBe(400)
  expect(error).toBe(`The body is not valid JSON: ${words}.`)
})

test('a long broken body does not exhaust the stack', () => {
  expect(refusal(() => parseJson(`{"a": "${'x'.repeat(2_000_000)}" ?}`)).error).toContain('position 2000009')
})

test('a NUL character in a JSON body is refused by name, a lone surrogate is replaced', () => {
  expect(refusal(() => parseJson('{"title": "a\\u0000b"}'))).toMatchObject({
    status: 422,
    error: expect.stringContaining('"title"'),
  })
  expect(parseJson('{"title": "a\\ud800b"}')).toEqual({ title: 'a\ufffdb' })
})

test.each(['0000-01-01', '1969-12-31T23:59:59Z', '9999-12-31T23:59:59-23:00', '9999-01-01'])(
  'the time %s is refused by name: years beyond 1970 to 9998 do not fit the database or the wire',
  (text) => {
    const { status, error } = refusal(() => instantOf(text, 'exact_datetime'))
    expect(status).toBe(422)
    expect(error).toMatch(/"exact_datetime".*1970 to 9998/)
    expect(error).toContain(text)
  },
)

test('the first and the last time that are taken', () => {
  expect(instantOf('1970-01-01', 'exact_datetime')).toBe(0)
  expect(instantOf('9998-12-31T23:59:59Z', 'exact_datetime')).toBe(Date.UTC(9998, 11, 31, 23, 59, 59))
})
