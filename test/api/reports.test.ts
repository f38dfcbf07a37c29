/** Numbers of emails over the API, by day, mailbox and domain; what is asked wrongly is said. */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { kysely } from '../../src/store/db.ts'
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

test('the same numbers come as a file, in which a name cannot run as a formula', async () => {
  const { body } = await api.post('/sequences', { name: '=1+1' })
  const { id } = body.emailer_campaign
  for (const [metric, n] of Object.entries({ delivered: 40, replied: 3, delivered_open_tracked: 30 }))
    await sql`
      insert into stat_days (team_id, day, mailbox_id, domain, sequence_id, step_id, variant_id, metric, n)
      select id, '2027-01-13', '', 'corp.test', ${id}, '', '', ${metric}, ${n} from teams`.execute(
      kysely(api.db),
    )
  const { status, headers, text } = await api.get('/reports/emails/file?group_by=emailer_campaign')
  expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8'])
  expect(headers.get('content-disposition')).toBe(
    'attachment; filename="emails-by-sequence-2026-12-16-to-2027-01-14.csv"',
  )
  expect(text.split('\r\n').slice(1)).toEqual([`'=1+1,${id},40,3,0,0,0,0,0,30,0,0,0,0,0`, ''])
  const none = await api.get('/reports/emails/file?from=2026-01-01&to=2026-01-02')
  expect(none.text.trim().split('\r\n')).toHaveLength(1)
})
