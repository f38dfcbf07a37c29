/** A database server that answers but cannot: full disk, no memory, a broken disk, read-only. It is told in words, nothing is lost, and nobody reports it as a bug. */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runImport } from '../../src/actions/run-import.ts'
import { runCommand } from '../../src/cli/run.ts'
import { createLog } from '../../src/log.ts'
import { kysely } from '../../src/store/db.ts'
import { type Api, startApi } from '../support/api.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { freshFolder } from '../support/folders.ts'

let api: Api
beforeAll(async () => {
  api = await startApi({ context: { log: createLog('silent') } })
})
afterAll(() => api.close())

/** Every new row of the table fails with this code, as the server itself would say it; returns the way back. */
async function breakTable(db: TestDatabase['db'], table: string, code: string): Promise<() => Promise<void>> {
  await sql
    .raw(
      `create or replace function trouble() returns trigger language plpgsql as $$
       begin raise exception 'injected' using errcode = '${code}'; end $$`,
    )
    .execute(kysely(db))
  await sql
    .raw(`create trigger trouble before insert on ${table} for each row execute function trouble()`)
    .execute(kysely(db))
  return async () => {
    await sql.raw(`drop trigger trouble on ${table}`).execute(kysely(db))
  }
}

test.each([
  ['53100', /^The disk of the database is full\. Free some space/],
  ['53200', /^The database server is out of memory/],
  ['58030', /^The database server cannot read or write its disk/],
  ['25006', /^The database is read-only/],
])('a call that meets %s is a 503 with the sentence and the way out', async (code, sentence) => {
  const mend = await breakTable(api.db, 'contacts', code)
  const ada = { first_name: 'Ada', email: `ada-${code.toLowerCase()}@acme.test` }
  const { status, headers, body } = await api.post('/contacts', ada)
  expect([status, headers.get('retry-after')]).toEqual([503, '2'])
  expect(body).toEqual({ error: expect.stringMatching(sentence) })
  await mend()
  expect((await api.post('/contacts', ada)).status).toBe(200)
})

test('a code that only a bug brings stays a 500 with an id', async () => {
  const mend = await breakTable(api.db, 'contacts', '42P01')
  expect((await api.post('/contacts', { first_name: 'Bug' })).status).toBe(500)
  await mend()
})

test('an import that meets a full disk waits and goes on, and does not end as failed', async () => {
  const { body } = await api.call({
    path: '/imports',
    body: Buffer.from('email\neve@full.test'),
    headers: { 'content-type': 'text/csv' },
  })
  const { id } = body.import
  await api.post(`/imports/${id}/start`, { mapping: { email: 'email' } })
  const key = { team: api.started[0]!.data['team'] as number, id }
  const mend = await breakTable(api.db, 'contacts', '53100')
  await expect(runImport(key, api.context)).rejects.toMatchObject({ code: '53100' })
  expect((await api.get(`/imports/${id}`)).body.import).toMatchObject({ state: 'running', rows_read: 0 })
  await mend()
  await runImport(key, api.context)
  expect((await api.get(`/imports/${id}`)).body.import).toMatchObject({ state: 'done', rows_created: 1 })
})

test('a command that meets a full disk prints the sentence, no stack, and ends with 1', async () => {
  const database = await freshDatabase()
  await breakTable(database.db, 'teams', '53100')
  const said: string[] = []
  const code = await runCommand(
    ['init', '--team', 'Acme', '--email', 'rae@acme.test', '--password', 'correct horse battery'],
    {
      env: {
        SEGUE_DATABASE_URL: database.url,
        SEGUE_DATA_DIR: await freshFolder('full-disk'),
        SEGUE_LOG_LEVEL: 'silent',
      },
      out: (text) => said.push(text),
      err: (text) => said.push(text),
    },
  )
  await database.drop()
  expect([code, said]).toEqual([
    1,
    ['The disk of the database is full. Free some space; Segue goes on by itself.'],
  ])
})
