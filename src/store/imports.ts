/** Rows of imports: the file in pieces, how far it was read, and the rows that failed. */
import { sql } from 'kysely'
import { DAY, type Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { at, atOrNull, json, kysely } from './db.ts'

/** How the file is to be read: guessed when it came. */
export interface ImportFormat {
  encoding: string
  delimiter: string
  /** Characters before the first record (`sep=;`). */
  skip: number
  hasHeader: boolean
  /** Records without the header. */
  rowsTotal: number
}

/** What was asked for when it was started. */
export interface ImportWishes {
  listNames: string[]
  /** For contacts that say no zone of their own. */
  timeZoneDefault: string | null
}

export interface ImportRow {
  id: Id
  kind: 'contacts' | 'suppressions'
  state: 'uploaded' | 'running' | 'done' | 'failed'
  fileName: string
  bytes: number
  mapping: Record<string, string> | null
  options: { format: ImportFormat; wishes?: ImportWishes }
  columns: string[]
  samples: string[][]
  rowsRead: number
  rowsCreated: number
  rowsUpdated: number
  rowsFailed: number
  problem: string | null
  createdBy: Id
  createdAt: Instant
  updatedAt: Instant
  finishedAt: Instant | null
}

const COLUMNS = sql`id, kind, state, file_name as "fileName", bytes, mapping, options, columns, samples, rows_read as "rowsRead",
  rows_created as "rowsCreated", rows_updated as "rowsUpdated", rows_failed as "rowsFailed", problem,
  created_by as "createdBy", created_at as "createdAt", updated_at as "updatedAt", finished_at as "finishedAt"`

export interface ImportKey {
  team: TeamId
  id: Id
}

export async function savePiece(
  db: Db,
  { team, id, piece, content }: ImportKey & { piece: number; content: Buffer },
): Promise<void> {
  await sql`
    insert into import_pieces (team_id, import_id, piece, content) values (${team}, ${id}, ${piece}, ${content})`.execute(
    kysely(db),
  )
}

/** The file as it came, one row at a time. Reading does not hold a connection between pieces. */
export async function* piecesOf(db: Db, { team, id }: ImportKey): AsyncGenerator<Buffer> {
  for (let piece = 0; ; piece++) {
    const { rows } = await sql<{ content: Buffer }>`
      select content from import_pieces where team_id = ${team} and import_id = ${id} and piece = ${piece}`.execute(
      kysely(db),
    )
    if (!rows[0]) return
    yield rows[0].content
  }
}

export async function deletePieces(db: Db, { team, id }: ImportKey): Promise<void> {
  await sql`delete from import_pieces where team_id = ${team} and import_id = ${id}`.execute(kysely(db))
}

/** An id begins with its second: pieces whose upload broke off over a day ago belong to nobody. */
export async function deleteAbandonedPieces(
  db: Db,
  { team, now }: { team: TeamId; now: Instant },
): Promise<void> {
  const before = Math.floor((now - DAY) / 1000)
    .toString(16)
    .padStart(8, '0')
  await sql`
    delete from import_pieces p where p.team_id = ${team} and p.import_id < ${before}
      and not exists (select from imports i where i.team_id = p.team_id and i.id = p.import_id)`.execute(
    kysely(db),
  )
}

export type NewImport = ImportKey &
  Pick<ImportRow, 'kind' | 'fileName' | 'bytes' | 'columns' | 'samples' | 'createdBy'> & {
    format: ImportFormat
    now: Instant
  }

export async function insertImport(db: Db, made: NewImport): Promise<ImportRow> {
  const { rows } = await sql<ImportRow>`
    insert into imports (team_id, id, kind, state, file_name, bytes, options, columns, samples, created_by, created_at, updated_at)
    values (${made.team}, ${made.id}, ${made.kind}, 'uploaded', ${made.fileName}, ${made.bytes},
      ${json({ format: made.format })}::jsonb, ${json(made.columns)}::jsonb, ${json(made.samples)}::jsonb, ${made.createdBy},
      ${at(made.now)}, ${at(made.now)})
    returning ${COLUMNS}`.execute(kysely(db))
  return rows[0]!
}

export async function importById(db: Db, { team, id }: ImportKey): Promise<ImportRow | undefined> {
  const { rows } = await sql<ImportRow>`
    select ${COLUMNS} from imports where team_id = ${team} and id = ${id}`.execute(kysely(db))
  return rows[0]
}

/** The latest first. */
export async function importsOf(
  db: Db,
  { team, limit }: { team: TeamId; limit: number },
): Promise<ImportRow[]> {
  const { rows } = await sql<ImportRow>`
    select ${COLUMNS} from imports where team_id = ${team} order by created_at desc, id desc limit ${limit}`.execute(
    kysely(db),
  )
  return rows
}

/** Sets an import going, once; undefined when it runs or is done already. One that failed goes on where it stopped. */
export async function beginImport(
  tx: Db,
  asked: ImportKey & { mapping: Record<string, string>; wishes: ImportWishes; now: Instant },
): Promise<ImportRow | undefined> {
  const { rows } = await sql<ImportRow>`
    update imports set state = 'running', mapping = ${json(asked.mapping)}::jsonb, problem = null,
      options = options || ${json({ wishes: asked.wishes })}::jsonb, updated_at = ${at(asked.now)}
    where team_id = ${asked.team} and id = ${asked.id} and state in ('uploaded', 'failed') returning ${COLUMNS}`.execute(
    kysely(tx),
  )
  return rows[0]
}

/** Locked until the transaction ends, so that two workers never read the same rows. */
export async function lockImport(tx: Db, { team, id }: ImportKey): Promise<ImportRow | undefined> {
  const { rows } = await sql<ImportRow>`
    select ${COLUMNS} from imports where team_id = ${team} and id = ${id} for no key update`.execute(
    kysely(tx),
  )
  return rows[0]
}

export interface ImportProgress {
  read: number
  created: number
  updated: number
  failures: readonly { row: number; fields: readonly string[]; reason: string }[]
}

/** In the transaction of the rows themselves: what is counted as read was done, and nothing is done twice. */
export async function advanceImport(
  tx: Db,
  { team, id, now, ...progress }: ImportKey & ImportProgress & { now: Instant },
): Promise<void> {
  await sql`
    update imports set rows_read = rows_read + ${progress.read}, rows_created = rows_created + ${progress.created},
      rows_updated = rows_updated + ${progress.updated}, rows_failed = rows_failed + ${progress.failures.length},
      updated_at = ${at(now)}
    where team_id = ${team} and id = ${id}`.execute(kysely(tx))
  if (progress.failures.length === 0) return
  await sql`
    insert into import_failures (team_id, import_id, row_number, fields, reason)
    select ${team}, ${id}, r.row, r.fields, r.reason
    from jsonb_to_recordset(${json(progress.failures)}::jsonb) as r (row int, fields jsonb, reason text)`.execute(
    kysely(tx),
  )
}

/** The end of an import, good or bad. The pieces of a good one are not needed any more. */
export async function endImport(
  db: Db,
  end: ImportKey & { state: 'done' | 'failed'; problem: string | null; now: Instant },
): Promise<void> {
  const finishedAt = atOrNull(end.state === 'done' ? end.now : null)
  await sql`
    update imports set state = ${end.state}, problem = ${end.problem}, updated_at = ${at(end.now)},
      finished_at = ${finishedAt}::timestamptz
    where team_id = ${end.team} and id = ${end.id} and state = 'running'`.execute(kysely(db))
  if (end.state === 'done') await deletePieces(db, end)
}

/** The failed rows in the order of the file, from after `row`. */
export async function failuresAfter(
  db: Db,
  { team, id, row, limit }: ImportKey & { row: number; limit: number },
): Promise<{ row: number; fields: string[]; reason: string }[]> {
  const { rows } = await sql<{ row: number; fields: string[]; reason: string }>`
    select row_number as row, fields, reason from import_failures
    where team_id = ${team} and import_id = ${id} and row_number > ${row} order by row_number limit ${limit}`.execute(
    kysely(db),
  )
  return rows
}
