/** What programs may call, in windows that their first call opens, as recorded; people at the page are not counted. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MINUTE } from '../../src/core/clock.ts'
import { type Api, SETUP, startApi } from '../support/api.ts'

let api: Api
let free: Api
beforeAll(async () => {
  api = await startApi({
    context: ({ settings }) => ({
      settings: { ...settings, callLimits: { minute: 3, hour: 10, day: null } },
    }),
  })
  free = await startApi()
})
afterAll(async () => {
  await api.close()
  await free.close()
})

const headersOf = ({ headers }: { headers: Headers }) =>
  Object.fromEntries([...headers].filter(([name]) => /rate-limit|usage|requests-left|retry/.test(name)))
const usage = async (of: Api, name: string) =>
  (await of.post('/usage_stats/api_usage_stats')).body[`["api/v1/${name.replace('/', '", "')}"]`]

test('every call says what is left, and one too many is refused until the window ends', async () => {
  const first = await api.get('/labels')
  expect(headersOf(first)).toEqual({
    'x-rate-limit-minute': '3',
    'x-minute-usage': '1',
    'x-minute-requests-left': '2',
    'x-rate-limit-hourly': '10',
    'x-hourly-usage': '1',
    'x-hourly-requests-left': '9',
  })
  api.clock.advance(20_000)
  await api.get('/labels')
  expect((await api.get('/labels')).status).toBe(200)
  const refused = await api.get('/labels')
  expect(refused.status).toBe(429)
  expect(refused.body.message).toMatch(
    /^The maximum number of api calls allowed for api\/v1\/labels\/index is 3 times per minute\. Please upgrade your plan/,
  )
  expect(headersOf(refused)).toMatchObject({ 'retry-after': '40', 'x-minute-requests-left': '0' })
  expect((await api.get('/contact_stages')).status).toBe(200)
  api.clock.advance(39_999)
  expect((await api.get('/labels')).status).toBe(429)
  api.clock.advance(1)
  expect(headersOf(await api.get('/labels'))).toMatchObject({ 'x-minute-usage': '1', 'x-hourly-usage': '4' })
})

test('of two spans that are over, the one that ends last says how long to wait', async () => {
  for (const [calls, pause] of [
    [3, 20],
    [3, 20],
    [1, 19.5],
    [3, 0],
  ] as const) {
    for (let n = 0; n < calls; n++) expect((await api.get('/account_stages')).status).toBe(200)
    api.clock.advance(pause * MINUTE)
  }
  const late = await api.get('/account_stages')
  expect([late.status, late.headers.get('retry-after')]).toEqual([429, '60'])
  for (let i = 0; i < 5; i++) {
    api.clock.advance(MINUTE)
    for (let n = 0; n < 2; n++) await api.get('/accounts/search')
  }
  api.clock.advance(MINUTE)
  const refused = await api.get('/accounts/search')
  expect(refused.body.message).toContain('is 10 times per hour')
  expect(Number(refused.headers.get('retry-after'))).toBe(55 * 60)
})

test('of calls at once exactly as many pass as may', async () => {
  const answers = await Promise.all(Array.from({ length: 12 }, () => api.get('/users/search')))
  expect(answers.filter((one) => one.status === 200)).toHaveLength(3)
  expect(answers.filter((one) => one.status === 429)).toHaveLength(9)
})

test('people at the page are not counted, and neither is who may not call', async () => {
  const { email, password } = SETUP
  const signedIn = await api.call({
    method: 'POST',
    path: '/session',
    body: { email, password },
    anonymous: true,
  })
  const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!
  for (let i = 0; i < 5; i++) {
    const seen = await api.call({ path: '/fields', anonymous: true, headers: { cookie } })
    expect([seen.status, headersOf(seen)]).toEqual([200, {}])
  }
  const unknown = await api.call({ path: '/fields', anonymous: true, headers: { 'x-api-key': 'none' } })
  expect([unknown.status, headersOf(unknown)]).toEqual([401, {}])
  expect(headersOf(await api.get('/fields'))).toMatchObject({ 'x-minute-usage': '1' })
})

test('the use of each endpoint is told, and a span without a limit counts nothing', async () => {
  await api.post('/contacts/search')
  const nothing = { limit: null, consumed: null, left_over: null }
  expect(await usage(api, 'contacts/search')).toEqual({
    minute: { limit: 3, consumed: 1, left_over: 2 },
    hour: { limit: 10, consumed: 1, left_over: 9 },
    day: nothing,
  })
  expect(await usage(api, 'emailer_campaigns/add_contact_ids')).toMatchObject({
    minute: { limit: 3, consumed: 0, left_over: 3 },
  })
  expect(await usage(free, 'contacts/search')).toEqual({ minute: nothing, hour: nothing, day: nothing })
  expect(headersOf(await free.get('/labels'))).toEqual({})
})
