/** Calls with an Idempotency-Key: done once, answered the same again, and never done twice by accident. */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, MINUTE } from '../../src/core/clock.ts'
import { kysely } from '../../src/store/db.ts'
import { type Api, startApi } from '../support/api.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.close())

const named = (key: string, path: string, body: unknown = {}, method = 'POST') =>
  api.call({ method, path, body, headers: { 'idempotency-key': key } })
const contactsNamed = async (name: string): Promise<number> =>
  (await api.post('/contacts/search', { q_keywords: name })).body.pagination.total_entries
const REPLAYED = 'idempotency-replayed'

test('the same name is done once, and answers the same again, however its parameters are sent', async () => {
  const body = { first_name: 'Once', last_name: 'Only', email: 'once@only.test' }
  const first = await named('one', '/contacts', body)
  expect(first.status).toBe(200)
  expect(first.headers.get(REPLAYED)).toBeNull()
  const { email, ...rest } = body
  const again = await named('one', `/contacts?email=${email}&api_key=${api.key}`, {
    last_name: rest.last_name,
    first_name: rest.first_name,
  })
  expect(again.headers.get(REPLAYED)).toBe('true')
  expect([again.status, again.text]).toEqual([first.status, first.text])
  expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'))
  expect(await contactsNamed('once@only.test')).toBe(1)
  await named('another', '/contacts', body)
  expect(await contactsNamed('once@only.test')).toBe(2)
})

test('of five at once with one name one is done; the others are told to wait, or get its answer', async () => {
  const body = { first_name: 'Twice', email: 'twice@only.test' }
  const answers = await Promise.all(Array.from({ length: 5 }, () => named('both', '/contacts', body)))
  const done = answers.filter((one) => one.status === 200)
  expect(new Set(done.map((one) => one.text)).size).toBe(1)
  expect(done.filter((one) => one.headers.get(REPLAYED) === null)).toHaveLength(1)
  for (const one of answers)
    if (one.status !== 200) expect(one).toMatchObject({ status: 409, body: { code: 'in_flight' } })
  expect(await contactsNamed('twice@only.test')).toBe(1)
})

test('a refusal is an answer, and is the same again though the cause is gone', async () => {
  const list = (await api.post('/labels', { name: 'In the way', modality: 'contacts' })).body.label
  const body = { name: 'In the way', modality: 'contacts' }
  const refused = await named('refused', '/labels', body)
  expect(refused).toMatchObject({ status: 422, body: { error: 'In the way already exists' } })
  await api.put(`/labels/${list.id}`, { name: 'Out of the way' })
  const again = await named('refused', '/labels', body)
  expect([again.status, again.body]).toEqual([422, refused.body])
  expect(again.headers.get(REPLAYED)).toBe('true')
})

test('programs that count alike do not get in the way of each other', async () => {
  const other = (await api.post('/api_keys', { name: 'Other program' })).body.api_key
  const call = (key: string, email: string) =>
    api.call({
      ...{ path: '/contacts', body: { first_name: 'Counted', email }, anonymous: true },
      headers: { 'idempotency-key': '1', 'x-api-key': key },
    })
  const [mine, theirs] = [await call(api.key, 'mine@count.test'), await call(other, 'theirs@count.test')]
  expect([mine.status, theirs.status]).toEqual([200, 200])
  expect(theirs.headers.get(REPLAYED)).toBeNull()
  expect(await contactsNamed('count.test')).toBe(2)
})

test('another request under the same name is a mistake, of whatever kind', async () => {
  await named('mine', '/labels', { name: 'Mine', modality: 'contacts' })
  for (const call of [
    named('mine', '/labels', { name: 'Yours', modality: 'contacts' }),
    named('mine', '/contacts', { name: 'Mine', modality: 'contacts' }),
  ])
    expect(await call).toMatchObject({
      status: 422,
      body: { parameter: 'Idempotency-Key', code: 'idempotency_key_reused' },
    })
})

test('after a day the name is free', async () => {
  const body = { first_name: 'Daily', email: 'daily@only.test' }
  await named('daily', '/contacts', body)
  api.clock.advance(DAY - MINUTE)
  await named('daily', '/contacts', body)
  expect(await contactsNamed('daily@only.test')).toBe(1)
  api.clock.advance(2 * MINUTE)
  const fresh = await named('daily', '/contacts', body)
  expect(fresh.headers.get(REPLAYED)).toBeNull()
  expect(await contactsNamed('daily@only.test')).toBe(2)
})

test('what broke off is not done again, and says so; so is what never ended', async () => {
  const body = { name: 'Broken', modality: 'contacts' }
  await named('broken', '/labels', body)
  const reset = (more: string) =>
    sql`update idempotency_keys set answer = null, ${sql.raw(more)} where key = 'broken'`.execute(
      kysely(api.db),
    )
  await reset('broke_off = true')
  const broken = await named('broken', '/labels', body)
  expect(broken).toMatchObject({ status: 409, body: { code: 'broke_off' } })
  await reset('broke_off = false')
  const waiting = await named('broken', '/labels', body)
  expect(waiting).toMatchObject({ status: 409, body: { code: 'in_flight' } })
  expect(waiting.headers.get('retry-after')).toBe('1')
  api.clock.advance(36 * MINUTE)
  expect((await named('broken', '/labels', body)).body.code).toBe('broke_off')
})

test('a fault of ours leaves the name broken off', async () => {
  await sql`create function fault() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$`.execute(
    kysely(api.db),
  )
  await sql`create trigger fault before insert on lists for each row execute function fault()`.execute(
    kysely(api.db),
  )
  const body = { name: 'Faulty', modality: 'contacts' }
  const first = await named('faulty', '/labels', body)
  expect(first.status).toBeGreaterThanOrEqual(500)
  await sql`drop trigger fault on lists`.execute(kysely(api.db))
  expect((await named('faulty', '/labels', body)).body.code).toBe('broke_off')
})

test('answers are sealed where they are kept: they may hold a key', async () => {
  const made = await named('key', '/api_keys', { name: 'Robot' })
  expect(made.status).toBe(200)
  const { rows } = await sql<{
    answer: string
  }>`select answer from idempotency_keys where key = 'key'`.execute(kysely(api.db))
  const secret = Object.values(made.body).find((one) => typeof one === 'string') as string
  expect(made.text).toContain(secret)
  expect(rows[0]!.answer).not.toContain(secret)
  expect((await named('key', '/api_keys', { name: 'Robot' })).text).toBe(made.text)
})

test('a file is handed in once, and another one under its name is a mistake', async () => {
  const hand = (csv = 'email\nfile@only.test\n') =>
    api.call({
      ...{ method: 'POST', path: '/imports?file_name=people.csv', body: csv },
      headers: { 'content-type': 'text/csv', 'idempotency-key': 'file' },
    })
  const [first, again] = [await hand(), await hand()]
  expect(first.status, first.text).toBe(200)
  expect(again.text).toBe(first.text)
  const longer = await hand('email\nfile@only.test\nanother@only.test\n')
  expect(longer).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
})

test('a name that is none is refused; reading needs none', async () => {
  for (const key of ['', 'two words', 'x'.repeat(256)])
    expect(await named(key, '/labels', { name: 'x', modality: 'contacts' })).toMatchObject({
      status: 422,
      body: { parameter: 'Idempotency-Key' },
    })
  const read = await api.call({ method: 'GET', path: '/labels', headers: { 'idempotency-key': 'reading' } })
  expect(read.status).toBe(200)
  const { rows } = await sql`select from idempotency_keys where key = 'reading'`.execute(kysely(api.db))
  expect(rows).toEqual([])
})
