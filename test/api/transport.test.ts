/** How any call reaches its route: addresses, credentials, bodies, errors, headers. */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLog } from '../../src/log.ts'
import { kysely } from '../../src/store/db.ts'
import { type Api, startApi } from '../support/api.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.close())

const INVALID_KEY =
  'Invalid API key. See https://docs.apollo.io/reference/authentication for how to authenticate.'

test('both addresses lead to the same route, with or without a slash at the end', async () => {
  for (const path of ['/api/v1/auth/health', '/v1/auth/health', '/v1/auth/health/']) {
    const { status, body } = await api.get(path)
    expect([path, status, body]).toEqual([path, 200, { is_logged_in: true }])
  }
})

test.each([
  ['X-Api-Key', (key: string) => ({ headers: { 'X-Api-Key': key } })],
  ['a Bearer token', (key: string) => ({ headers: { authorization: `Bearer ${key}` } })],
])('a key is taken from %s', async (_name, place) => {
  const { status } = await api.call({ path: '/auth/health', anonymous: true, ...place(api.key) })
  expect(status).toBe(200)
})

test('a key is taken from the query string and from the JSON body, as the original documentation writes it', async () => {
  const query = await api.call({ path: `/contacts/search?api_key=${api.key}`, anonymous: true })
  expect(query.status).toBe(200)
  const body = await api.call({
    path: '/contacts/search',
    body: { api_key: api.key, q_keywords: 'nobody' },
    anonymous: true,
  })
  expect([body.status, body.body.warnings]).toEqual([200, undefined])
})

test('curl -d without a content-type sends JSON as a form, and is understood', async () => {
  const { status } = await api.call({
    path: '/contacts/search',
    body: JSON.stringify({ api_key: api.key }),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    anonymous: true,
  })
  expect(status).toBe(200)
})

test.each([
  ['none', {}],
  ['a made-up one', { 'x-api-key': 'nonsense' }],
  ['one that begins right', { 'x-api-key': `sg_00000000_000000000000000000000000_${'0'.repeat(40)}` }],
])('with a key that is wrong (%s) the recorded 401 comes as plain text', async (_name, headers) => {
  const {
    status,
    text,
    headers: answered,
  } = await api.call({ path: '/auth/health', anonymous: true, headers })
  expect(status).toBe(401)
  expect(text).toBe(INVALID_KEY)
  expect(answered.get('content-type')).toMatch(/^text\/plain/)
})

test('a key is refused from the moment it is revoked', async () => {
  const made = await api.post('/api_keys', { name: 'for a while' })
  const headers = { 'x-api-key': made.body.api_key }
  expect((await api.call({ path: '/auth/health', anonymous: true, headers })).status).toBe(200)
  expect((await api.delete(`/api_keys/${made.body.key.id}`)).body.key.revoked_at).not.toBeNull()
  expect((await api.call({ path: '/auth/health', anonymous: true, headers })).status).toBe(401)
})

test('keys are listed by how they begin, never whole', async () => {
  const { text, body } = await api.get('/api_keys')
  expect(text).not.toContain(api.key)
  const own = body.api_keys.find((one: { prefix: string }) => one.prefix === api.key.slice(0, 11))
  expect(own).toMatchObject({ name: 'Master key' })
})

test('every answer carries a uuid and how long it took', async () => {
  const first = await api.get('/auth/health')
  const second = await api.call({ path: '/auth/health', anonymous: true })
  for (const { headers } of [first, second]) {
    expect(headers.get('x-request-id')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
    expect(Number(headers.get('x-runtime'))).toBeGreaterThan(0)
  }
  expect(first.headers.get('x-request-id')).not.toBe(second.headers.get('x-request-id'))
  expect(first.headers.get('content-type')).toBe('application/json; charset=utf-8')
})

test('what has not changed is a 304 to whoever has it already', async () => {
  const first = await api.get('/contact_stages')
  const etag = first.headers.get('etag')!
  expect(etag).toMatch(/^W\/"[0-9a-f]{32}"$/)
  expect(first.headers.get('x-transaction-id')).toMatch(/^[0-9a-f-]{36}$/)
  const ask = (path: string) => api.call({ path, method: 'GET', headers: { 'if-none-match': etag } })
  const same = await ask('/contact_stages')
  expect([same.status, same.text]).toEqual([304, ''])
  expect((await ask('/account_stages')).status).toBe(200)
  const missing = await api.get('/emailer_steps/ffffffffffffffffffffffff')
  const refused = await api.call({
    ...{ path: '/emailer_steps/ffffffffffffffffffffffff', method: 'GET' },
    headers: { 'if-none-match': missing.headers.get('etag')! },
  })
  expect([refused.status, refused.text]).toEqual([404, missing.text])
})

test('a key of some calls makes these and no other; none may make what takes a master key', async () => {
  const make = (body: object, key = api.key) =>
    api.call({ path: '/api_keys', body, headers: { 'x-api-key': key }, anonymous: true })
  const made = await make({ name: 'Sync', scopes: ['contacts/search', 'api/v1/labels/index'] })
  expect(made.body.key).toMatchObject({
    master: false,
    scopes: ['api/v1/contacts/search', 'api/v1/labels/index'],
  })
  const ask = (path: string, method = 'GET') =>
    api.call({ path, method, headers: { 'x-api-key': made.body.api_key }, anonymous: true })
  expect((await ask('/labels')).status).toBe(200)
  expect((await ask('/contacts/search')).status).toBe(200)
  for (const [path, method, name] of [
    ['/contact_stages', 'GET', 'contact_stages/index'],
    ['/phone_calls/search', 'GET', 'phone_calls/search'],
    ['/api_keys', 'POST', 'api_keys/create'],
  ] as const)
    expect(await ask(path, method)).toMatchObject({
      status: 403,
      body: {
        error: `This API key is not authorized to access api/v1/${name}. Request an API key from your administrator that includes this endpoint in its configured scope.`,
        error_code: 'API_INACCESSIBLE',
      },
    })
  for (const scopes of [
    [],
    null,
    '',
    ['contacts/explode'],
    ['api/v1/phone_calls/search'],
    ['session/create'],
  ])
    expect(await make({ name: 'Odd', scopes })).toMatchObject({ status: 422, body: { parameter: 'scopes' } })
  expect((await make({ name: 'Whole' })).body.key).toMatchObject({ master: true, scopes: [] })
})

test('what takes a master key stays closed to a key whose stored scopes name it', async () => {
  const made = await api.post('/api_keys', { name: 'Written by hand', scopes: ['labels/index'] })
  await sql`update api_keys set scopes = ${['api/v1/api_keys/create']} where name = 'Written by hand'`.execute(
    kysely(api.db),
  )
  const refused = await api.call({
    path: '/api_keys',
    body: { name: 'Another' },
    headers: { 'x-api-key': made.body.api_key },
    anonymous: true,
  })
  expect(refused).toMatchObject({ status: 403, body: { error_code: 'API_INACCESSIBLE' } })
})

test('malformed JSON is a 400 that says where', async () => {
  const { status, body } = await api.call({
    path: '/contacts/search',
    body: '{"q_keywords": "a",}',
    headers: { 'content-type': 'application/json' },
  })
  expect(status).toBe(400)
  expect(body.error).toBe('The body is not valid JSON: unexpected "}" at line 1, column 20 (position 19).')
})

test('a body of 10 MB is a 413 that names the limit, and the sender gets to read it', async () => {
  const { status, body } = await api.call({
    path: '/contacts/search',
    body: JSON.stringify({ q_keywords: 'x'.repeat(10 * 1024 * 1024) }),
    headers: { 'content-type': 'application/json' },
  })
  expect(status).toBe(413)
  expect(body.error).toContain('2097152 bytes (2 MB)')
  expect((await api.get('/auth/health')).status).toBe(200)
})

test('a query string of 200 KB arrives', async () => {
  const ids = Array.from({ length: 6000 }, () => `ids[]=${'0'.repeat(24)}`).join('&')
  const { status, body } = await api.get(`/contacts/search?${ids}`)
  expect([status, body.pagination?.total_entries]).toEqual([200, 0])
})

test('a parameter of the wrong type is a 422 that names it, its value and what is expected', async () => {
  const { status, body } = await api.post('/contacts/search', { page: 'two' })
  expect(status).toBe(422)
  expect(body).toEqual({
    error: 'The parameter "page" is "two"; expected a whole number.',
    parameter: 'page',
  })
})

test('an unknown parameter is ignored and named', async () => {
  const { status, body } = await api.post('/contacts/search', { qKeywords: 'x' })
  expect(status).toBe(200)
  expect(body.warnings).toEqual([
    'The parameter "qKeywords" is not known here and was ignored. Did you mean "q_keywords"?',
  ])
})

test('where the answer is a bare array, a header names it', async () => {
  const { body, headers } = await api.get('/labels?colour=bl%C3%BC')
  expect(Array.isArray(body)).toBe(true)
  expect(JSON.parse(headers.get('x-warnings')!)).toEqual([
    'The parameter "colour" is not known here and was ignored.',
  ])
  expect((await api.get('/labels')).headers.get('x-warnings')).toBeNull()
})

test('an unknown path is a 404 in JSON, a wrong method a 405 that names the right ones', async () => {
  expect(await api.get('/nothing/here')).toMatchObject({
    status: 404,
    body: { error: expect.stringContaining('/api/v1/nothing/here') },
  })
  const wrong = await api.delete('/labels')
  expect(wrong.status).toBe(405)
  expect(wrong.headers.get('allow')).toBe('GET, POST')
})

test('a page beyond the recorded reach, and a page of nothing, are the recorded 422s', async () => {
  expect((await api.post('/contacts/search', { page: 501, per_page: 100 })).body.error).toBe(
    'Invalid parameter passed in. Page * per page number is over threshold.',
  )
  expect((await api.post('/contacts/search', { per_page: 0 })).body.error).toBe(
    'An error occurred. Per page cannot be 0.',
  )
})

test('more than a hundred per page is answered with a hundred, and says so', async () => {
  const { body } = await api.post('/contacts/search', { per_page: 500 })
  expect(body.pagination.per_page).toBe(100)
  expect(body.warnings).toEqual(['per_page is at most 100; 500 was read as 100.'])
})

test('a fault of ours is a 500 with an id and without its stack', async () => {
  const broken = await startApi({
    context: (made) => ({
      log: createLog('silent'),
      clock: Object.assign(Object.create(made.clock), {
        now() {
          throw new Error('a secret detail')
        },
      }),
    }),
    empty: true,
  })
  const { status, text, body, headers } = await broken.call({ path: '/setup', anonymous: true })
  await broken.close()
  expect(status).toBe(500)
  expect(body.error_id).toBe(headers.get('x-request-id'))
  expect(text).not.toMatch(/secret detail|at .*\.ts/)
})

test('users/search echoes page as text when it came in the query string, and as a number otherwise', async () => {
  expect((await api.get('/users/search?page=1')).body.pagination).toEqual({
    page: '1',
    per_page: 25,
    total_entries: 1,
    total_pages: 1,
  })
  expect((await api.post('/users/search', { page: 1 })).body.pagination.page).toBe(1)
})

test('api_profile says whom the key acts as', async () => {
  const { body } = await api.get('/users/api_profile')
  expect(body).toEqual({
    id: api.userId,
    team_id: api.teamId,
    first_name: 'Maria',
    last_name: 'Ortiz',
    title: null,
    email: 'maria@acme.test',
  })
})
