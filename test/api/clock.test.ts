/** Looking at the clock, and when it may not be moved. That it moves is shown with the engine, in test/engine. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Api, startApi } from '../support/api.ts'

let api: Api
let still: Api
beforeAll(async () => {
  api = await startApi({ context: ({ settings }) => ({ settings: { ...settings, timeTravel: true } }) })
  still = await startApi()
})
afterAll(async () => {
  await api.close()
  await still.close()
})

test('the clock says what time it is for the team and whether it may be moved', async () => {
  expect((await api.get('/clock')).body).toEqual({
    clock: { now: '2027-01-14T14:00:00.000Z', travel_enabled: true, travelled: false, offset_ms: 0 },
  })
  expect((await still.get('/clock')).body.clock.travel_enabled).toBe(false)
})

test('without SEGUE_TIME_TRAVEL it cannot be moved', async () => {
  const { status, body } = await still.post('/clock', { advance: '2d' })
  expect(status).toBe(422)
  expect(body.error).toContain('SEGUE_TIME_TRAVEL=1')
})

test.each(['banana', '-3d', '', '500d', 'next'])('moving it by "%s" is refused in words', async (advance) => {
  const { status, body } = await api.post('/clock', { advance })
  expect([status, typeof body.error]).toEqual([422, 'string'])
})

test('a call that gives no length is told which parameter is missing', async () => {
  expect((await api.post('/clock')).body).toEqual({
    error: 'The parameter "advance" is missing.',
    parameter: 'advance',
  })
})
