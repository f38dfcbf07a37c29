/** A command that cannot begin says why and ends: nothing that it had opened keeps the process alive. */
import { rm } from 'node:fs/promises'
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { kysely } from '../../src/store/db.ts'
import { freshDatabase } from '../support/database.ts'
import { freshFolder } from '../support/folders.ts'
import { segueCommand } from '../support/serving.ts'

const dataDir = await freshFolder('refused-start')
afterAll(() => rm(dataDir, { recursive: true, force: true }))

test('a database of a newer Segue: the sentence on standard error, and the process ends with 1', async () => {
  const database = await freshDatabase()
  await sql`insert into schema_migrations (name, sha256, program_version, applied_at)
    values ('9999_future.sql', '', '9.9.9', '2027-01-01T00:00:00Z')`.execute(kysely(database.db))
  const ended = await segueCommand(['verify'], { SEGUE_DATABASE_URL: database.url, SEGUE_DATA_DIR: dataDir })
  await database.drop()
  expect(ended).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringMatching(/does not know: 9999_future\.sql, applied by Segue 9\.9\.9/),
  })
  expect(ended.err).not.toMatch(/^\s+at /m)
})
