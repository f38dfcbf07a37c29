/** Migrations on real databases, from folders of their own. */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { createLog } from '../../src/log.ts'
import { kysely } from '../../src/store/db.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { freshFolder } from '../support/folders.ts'

const NOW = Date.UTC(2027, 2, 1, 9)
const home = await freshFolder('migrations')
const opened: TestDatabase[] = []
afterAll(async () => {
  await Promise.all(opened.map((database) => database.drop()))
  await rm(home, { recursive: true, force: true })
})

let database: TestDatabase
beforeEach(async () => {
  database = await freshDatabase({ empty: true })
  opened.push(database)
})

async function folder(name: string, files: Record<string, string>): Promise<string> {
  const dir = join(home, name)
  await mkdir(dir)
  for (const [file, text] of Object.entries(files)) await writeFile(join(dir, file), text)
  return dir
}

const tables = async () =>
  (
    await sql<{
      name: string
    }>`select tablename as name from pg_tables where schemaname = 'public' order by 1`.execute(
      kysely(database.db),
    )
  ).rows.map(({ name }) => name)

const FIRST = { '0001_people.sql': 'create table people (n int); insert into people values (1);' }
const SECOND = { ...FIRST, '0002_pets.sql': 'create table pets (n int);' }

test('files are applied in order, once, each with the version of the program and the instant', async () => {
  const dir = await folder('order', SECOND)
  expect(await migrate(database.db, { dir, now: NOW, version: '1.0.0' })).toEqual([
    '0001_people.sql',
    '0002_pets.sql',
  ])
  expect(await migrate(database.db, { dir, now: NOW, version: '1.0.1' })).toEqual([])
  const { rows } =
    await sql`select name, program_version, applied_at from schema_migrations order by name`.execute(
      kysely(database.db),
    )
  expect(rows).toEqual([
    { name: '0001_people.sql', program_version: '1.0.0', applied_at: NOW },
    { name: '0002_pets.sql', program_version: '1.0.0', applied_at: NOW },
  ])
})

test('of several processes that start at once, each migration is applied by one', async () => {
  const dir = await folder('race', SECOND)
  const log = createLog('silent')
  const others = await Promise.all([1, 2, 3, 4].map(() => openPostgres({ url: database.url, log })))
  const applied = await Promise.all(
    others.map(({ control }) => migrate(control, { dir, now: NOW, version: '1.0.0' })),
  )
  expect(applied.flat().sort()).toEqual(['0001_people.sql', '0002_pets.sql'])
  const { rows } = await sql<{ n: number }>`select count(*) as n from people`.execute(kysely(database.db))
  expect(rows).toEqual([{ n: 1 }])
  await Promise.all(others.map((pools) => pools.close()))
})

test('a migration that fails is undone whole and named, and what came before stays', async () => {
  const broken = { ...FIRST, '0002_broken.sql': 'create table half (n int); select 1 / 0;' }
  const dir = await folder('broken', broken)
  await expect(migrate(database.db, { dir, now: NOW, version: '1.0.0' })).rejects.toThrow(
    'Migration 0002_broken.sql failed and was undone: division by zero',
  )
  expect(await tables()).toEqual(['people', 'schema_migrations'])
})

test('an applied file that was changed is refused by name', async () => {
  await migrate(database.db, { dir: await folder('released', FIRST), now: NOW, version: '1.0.0' })
  const dir = await folder('changed', { '0001_people.sql': 'create table people (m int);' })
  await expect(migrate(database.db, { dir, now: NOW, version: '1.0.0' })).rejects.toThrow(
    /Migration 0001_people\.sql was changed after it had been applied/,
  )
})

test('the line ends of a Windows checkout are not a change', async () => {
  await migrate(database.db, {
    dir: await folder('unix', { '0001_a.sql': 'select 1;\nselect 2;\n' }),
    now: NOW,
    version: '1.0.0',
  })
  const dir = await folder('windows', { '0001_a.sql': 'select 1;\r\nselect 2;\r\n' })
  expect(await migrate(database.db, { dir, now: NOW, version: '1.0.0' })).toEqual([])
})

test('an older program refuses a newer database, names what it does not know and says which version to run', async () => {
  await migrate(database.db, { dir: await folder('newer', SECOND), now: NOW, version: '2.3.0' })
  const dir = await folder('older', FIRST)
  await expect(migrate(database.db, { dir, now: NOW, version: '1.0.0' })).rejects.toThrow(
    'This database has migrations that this Segue 1.0.0 does not know: 0002_pets.sql, applied by Segue 2.3.0. Run Segue 2.3.0 or newer, or restore a backup from before the upgrade.',
  )
  // Between releases both carry one version: "run 2.3.0 or newer" would say nothing.
  await expect(migrate(database.db, { dir, now: NOW, version: '2.3.0' })).rejects.toThrow(
    /does not know: 0002_pets\.sql, applied by Segue 2\.3\.0\. Run a Segue 2\.3\.0 that has them/,
  )
})

test('a file below an applied one is refused: migrations go forward only', async () => {
  await migrate(database.db, {
    dir: await folder('gap', { '0001_a.sql': 'select 1', '0003_c.sql': 'select 3' }),
    now: NOW,
    version: '1',
  })
  const dir = await folder('filled', {
    '0001_a.sql': 'select 1',
    '0002_b.sql': 'select 2',
    '0003_c.sql': 'select 3',
  })
  await expect(migrate(database.db, { dir, now: NOW, version: '1' })).rejects.toThrow(
    /0002_b\.sql was added below 0003_c\.sql/,
  )
})

test('two files with one number are refused', async () => {
  const dir = await folder('twice', { '0001_a.sql': 'select 1', '0001_b.sql': 'select 2' })
  await expect(migrate(database.db, { dir, now: NOW, version: '1' })).rejects.toThrow(
    /Two migrations .* have the number 0001/,
  )
})
