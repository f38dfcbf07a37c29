/** Numbers of emails over the API, by day, mailbox and domain; what is asked wrongly is said. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Api, startApi } from '../support/api.ts'

let api: Api

beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.close())

test('without a range it is the last thirty days of the team, and nothing sent is zero, not an error', async () => {
  const { status, body } = await api.post('/reports/emails', {})
  expect([status, body.group_by, body.from, body.to]).toEqual([200, 'day', '2026-12-16', '2027-01-14'])
  expect(body.rows).toEqual([])
  expect(body.totals).toMatchObject({ unique_delivered: 0, reply_rate: 0 })
  expect(body.totals).not.toHaveProperty('unique_scheduled')
  expect(body.pagination).toMatchObject({ page: 1, total_entries: 0 })
})

test.each([
  [{ from: '2027-02-30' }, '"2027-02-30", which is no day'],
  [{ to: 'yesterday' }, '"yesterday", which is no day'],
  [{ from: '2027-03-02', to: '2027-03-01' }, 'is 2027-03-02, which is after "to", 2027-03-01'],
  [{ from: '2020-01-01', to: '2027-03-01' }, 'more than 800 days'],
  [{ group_by: 'weather' }, 'group_by'],
])('%o is refused with what is wrong', async (asked, words) => {
  const { status, text } = await api.post('/reports/emails', asked)
  expect(status).toBe(422)
  expect(JSON.parse(text).error ?? text).toContain(words)
})
