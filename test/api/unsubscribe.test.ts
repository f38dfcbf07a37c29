/** The page behind an opt-out link. */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { kysely } from '../../src/store/db.ts'
import { type Api, START, startApi } from '../support/api.ts'
import { createSequence, type SentPerson, type SentSequence, sendFirst } from '../support/sent.ts'
import { testTeamOf } from '../support/sent-team.ts'
import type { TestTeam } from '../support/team.ts'

let api: Api
let team: TestTeam
let sequence: SentSequence
beforeAll(async () => {
  api = await startApi()
  team = await testTeamOf(api)
  sequence = await createSequence(api.db, team, { now: START, random: api.context.random })
})
afterAll(() => api.close())

const sentTo = (address: string) =>
  sendFirst(api.db, team, { now: START, random: api.context.random, sequence, address })
const linkOf = (person: SentPerson) => `/u/${api.teamId}/${person.optOutToken}`
const open = (path: string, more: object = {}) => api.call({ path, anonymous: true, ...more })
const statusOf = async ({ contactId }: SentPerson) =>
  (await api.get(`/contacts/${contactId}`)).body.contact.contact_campaign_statuses[0].status

test('opening the link shows a button and changes nothing, since scanners open links', async () => {
  const person = await sentTo('maria@open.test')
  const { status, text, headers } = await open(linkOf(person))
  expect(status).toBe(200)
  expect(text).toContain('<form method="post">')
  expect(text).toContain('m***@open.test')
  expect(text).not.toContain('maria@open.test')
  expect(headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(headers.get('referrer-policy')).toBe('no-referrer')
  expect(await statusOf(person)).toBe('active')
})

test('the button opts the address out for the whole team; pressing it again changes nothing more', async () => {
  const person = await sentTo('button@press.test')
  for (const time of [1, 2]) {
    const { status, text } = await open(linkOf(person), { method: 'POST' })
    expect([time, status]).toEqual([time, 200])
    expect(text).toContain('Done')
  }
  expect(await statusOf(person)).toBe('finished')
  const { rows } = await sql<{ reason: string; source: string }>`
    select reason, source from suppressions where value = 'button@press.test'`.execute(kysely(api.db))
  expect(rows).toEqual([{ reason: 'opt_out', source: 'page' }])
  const { body } = await api.get(`/contacts/${person.contactId}`)
  expect(body.contact.email_unsubscribed).toBe(true)
  expect((await open(linkOf(person))).text).not.toContain('<form')
})

test('a link works by its hash: no table but the wording knows the token, and erasing the wording leaves the link alive', async () => {
  const person = await sentTo('erased@wording.test')
  const { rows } = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = 'public'`.execute(kysely(api.db))
  const knowing: string[] = []
  for (const { name } of rows) {
    const found = await sql`
      select 1 from ${sql.table(name)} t where to_jsonb(t)::text like ${`%${person.optOutToken}%`} limit 1`.execute(
      kysely(api.db),
    )
    if (found.rows.length > 0) knowing.push(name)
  }
  expect(knowing).toEqual(['message_contents'])
  await sql`delete from message_contents where opt_out_token = ${person.optOutToken}`.execute(kysely(api.db))
  expect((await open(linkOf(person), { method: 'POST' })).text).toContain('Done')
})

test.each([
  ['a form', 'application/x-www-form-urlencoded', 'List-Unsubscribe=One-Click'],
  [
    'multipart',
    'multipart/form-data; boundary=x',
    '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
  ],
])('one click from a mail program, as %s, acts without a page', async (name, type, body) => {
  const person = await sentTo(`one-click@${name.replace(' ', '-')}.test`)
  const answered = await open(linkOf(person), { method: 'POST', body, headers: { 'content-type': type } })
  expect(answered.status).toBe(200)
  expect(await statusOf(person)).toBe('finished')
  const { rows } = await sql<{ source: string }>`
    select source from suppressions where value = ${person.address}`.execute(kysely(api.db))
  expect(rows).toEqual([{ source: 'one_click' }])
})

test.each([
  ['a token that is not known', (person: SentPerson) => `/u/${api.teamId}/${person.optOutToken.slice(1)}`],
  ['another team', (person: SentPerson) => `/u/ffffffffffffffffffffffff/${person.optOutToken}`],
  ['signs that no id has', () => '/u/%00/..%2f'],
])('%s gets a friendly page with status 404', async (_name, path) => {
  const person = await sentTo(`unknown${_name.length}@token.test`)
  for (const method of ['GET', 'POST']) {
    const { status, text } = await open(path(person), { method })
    expect(status).toBe(404)
    expect(text).toContain('This link is not known here')
  }
  expect(await statusOf(person)).toBe('active')
})

test('a team named like a script is shown as text', async () => {
  const person = await sentTo('xss@name.test')
  await api.call({ method: 'PATCH', path: '/team', body: { name: '<script>alert(1)</script>' } })
  const { text } = await open(linkOf(person))
  await api.call({ method: 'PATCH', path: '/team', body: { name: 'Acme' } })
  expect(text).toContain('&lt;script&gt;')
  expect(text).not.toContain('<script')
})
