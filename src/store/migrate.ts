/**
 * Brings the schema of a database up to this program: plain SQL files in order, forward only, each in one transaction, once.
 * Knows nothing of what the files say.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { at, kysely } from './db.ts'
import { isUnavailable, serverSentence } from './unavailable.ts'

/** Held during each migration, so that of several processes that start at once one works and the others find it done. */
const MIGRATION_LOCK = 5_201_874
const FILE_NAME = /^(\d{4})_[a-z0-9_]+\.sql$/

/** The schema cannot be brought up to this program; the message says why and what to do. */
export class MigrationRefused extends Error {
  override readonly name = 'MigrationRefused'
}

export interface MigrateOptions {
  /** The folder with `0001_name.sql` and so on. */
  dir: string
  now: Instant
  /** The version of this program, kept with each migration so that an older program can name the newer. */
  version: string
}

interface Migration {
  name: string
  text: string
  sha256: string
}

interface Applied {
  name: string
  sha256: string
  program_version: string
}

/** Returns the names of what it applied, in order. Throws `MigrationRefused`; whatever was applied before that stays. */
export async function migrate(db: Db, { dir, now, version }: MigrateOptions): Promise<string[]> {
  const files = await readMigrations(dir)
  const done: string[] = []
  for (;;) {
    const name = await db.transaction((tx) => applyNext(tx, { files, now, version }))
    if (name === undefined) return done
    done.push(name)
  }
}

async function applyNext(
  tx: Db,
  { files, now, version }: { files: Migration[]; now: Instant; version: string },
) {
  const query = kysely(tx)
  await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(query)
  const next = nextOf(files, await readApplied(tx), version)
  if (!next) return undefined
  try {
    await sql.raw(next.text).execute(query)
  } catch (error) {
    if (isUnavailable(error)) throw error
    const words = serverSentence(error) ?? (error instanceof Error ? error.message : String(error))
    throw new MigrationRefused(`Migration ${next.name} failed and was undone: ${words}`, { cause: error })
  }
  await sql`insert into schema_migrations (name, sha256, program_version, applied_at)
    values (${next.name}, ${next.sha256}, ${version}, ${at(now)})`.execute(query)
  return next.name
}

async function readApplied(tx: Db): Promise<Applied[]> {
  const query = kysely(tx)
  // Looked for first: "if not exists" would say a notice each time, and needs the right to create.
  const { rows: found } = await sql<{
    there: boolean
  }>`select to_regclass('schema_migrations') is not null as there`.execute(query)
  if (!found[0]!.there) {
    await sql`create table schema_migrations (
      name text collate "C" primary key,
      sha256 text not null,
      program_version text not null,
      applied_at timestamptz not null
    )`.execute(query)
  }
  const { rows } =
    await sql<Applied>`select name, sha256, program_version from schema_migrations order by name`.execute(
      query,
    )
  return rows
}

/** The next file to apply, or `undefined` when all are. Refuses every history that these files could not have made. */
function nextOf(files: Migration[], applied: Applied[], version: string): Migration | undefined {
  for (const [index, row] of applied.entries()) {
    const file = files.find(({ name }) => name === row.name)
    if (!file) throw new MigrationRefused(newerSentence(applied, files, version))
    if (file.sha256 !== row.sha256) {
      throw new MigrationRefused(
        `Migration ${row.name} was changed after it had been applied to this database. Restore the file as it was released, and put the change into a new one.`,
      )
    }
    if (files[index] !== file) {
      throw new MigrationRefused(
        `Migration ${files[index]!.name} was added below ${row.name}, which is applied already. Migrations go forward only: give it a higher number.`,
      )
    }
  }
  return files[applied.length]
}

/** Two checkouts between releases carry one version: the files that are missing tell them apart, so they are named. */
function newerSentence(applied: Applied[], files: Migration[], version: string): string {
  const missing = applied.filter((row) => !files.some(({ name }) => name === row.name))
  const { program_version: theirs } = missing.at(-1)!
  const names = missing.map(({ name }) => name).join(', ')
  const way = theirs === version ? `a Segue ${theirs} that has them` : `Segue ${theirs} or newer`
  return `This database has migrations that this Segue ${version} does not know: ${names}, applied by Segue ${theirs}. Run ${way}, or restore a backup from before the upgrade.`
}

async function readMigrations(dir: string): Promise<Migration[]> {
  const names = (await readdir(dir)).filter((name) => FILE_NAME.test(name)).sort()
  const numbers = names.map((name) => name.slice(0, 4))
  const twice = numbers.find((number, index) => numbers.indexOf(number) !== index)
  if (twice) throw new MigrationRefused(`Two migrations in ${dir} have the number ${twice}.`)
  return Promise.all(
    names.map(async (name) => {
      // A checkout may have other line ends; the migration is the same.
      const text = (await readFile(join(dir, name), 'utf8')).replaceAll('\r\n', '\n')
      return { name, text, sha256: createHash('sha256').update(text).digest('hex') }
    }),
  )
}
