/**
 * Works an import off, batch by batch. Each batch and how far the file was read are one transaction, so that a process that dies
 * at any moment leaves nothing done twice and nothing left out: the next one goes on behind the last batch.
 */
import type { Clock } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import type { Log } from '../log.ts'
import { contactFieldsNamed } from '../store/custom-fields.ts'
import {
  advanceImport,
  endImport,
  type ImportKey,
  type ImportProgress,
  type ImportRow,
  importById,
  lockImport,
} from '../store/imports.ts'
import { suppress, sweep } from '../store/stops.ts'
import { mayPass, serverSentence } from '../store/unavailable.ts'
import { CUSTOM } from './import-columns.ts'
import { importContacts } from './import-contacts.ts'
import {
  type Failure,
  type Places,
  placesOf,
  readContact,
  readSuppression,
  type SuppressionLine,
} from './import-rows.ts'
import { batchesOf, type NumberedRecord } from './read-import.ts'

export const IMPORT_JOB = 'import'
/** Rows per transaction: long enough to be quick, short enough that a crash costs little and locks are brief. */
export const BATCH_ROWS = 500

export interface Importing {
  db: Db
  clock: Clock
  random: Random
  log: Log
  /** Aborted when the process is to stop: the import goes on in the next one. */
  signal?: AbortSignal
}

/** Throws only for what another attempt may mend (the database is away or its disk full, the process stops); everything else ends the import with its sentence. */
export async function runImport(key: ImportKey, importing: Importing): Promise<void> {
  const { db, clock, log } = importing
  const row = await importById(db, key)
  if (row?.state !== 'running') return
  try {
    if (await workOff(key, row, importing))
      await endImport(db, { ...key, state: 'done', problem: null, now: clock.now() })
  } catch (error) {
    if (importing.signal?.aborted) throw error
    const trouble = serverSentence(error)
    if (trouble !== undefined || mayPass(error)) {
      const words = trouble ?? 'the database could not finish; trying again'
      log.warn({ import_id: key.id }, `an import waits: ${words}`)
      throw error
    }
    log.error({ err: error, import_id: key.id }, 'an import failed')
    const problem = `Segue met a fault of its own after row ${(await importById(db, key))?.rowsRead ?? 0}. Report it with the import's id ${key.id}, then start the import again: it goes on behind that row.`
    await endImport(db, { ...key, state: 'failed', problem, now: clock.now() })
  }
}

/** True when the end of the file is reached; false when somebody else works on it. */
async function workOff(key: ImportKey, row: ImportRow, importing: Importing): Promise<boolean> {
  const { db, clock, random, signal } = importing
  const mapping = row.mapping ?? {}
  const names = Object.values(mapping).flatMap((field) =>
    field.startsWith(CUSTOM) ? field.slice(CUSTOM.length) : [],
  )
  if (row.kind === 'contacts')
    await contactFieldsNamed(db, { team: key.team, names, now: clock.now(), random })
  const places = placesOf(row.columns, mapping)
  let read = row.rowsRead
  for await (const batch of batchesOf(db, key, {
    format: row.options.format,
    skip: row.rowsRead,
    size: BATCH_ROWS,
  })) {
    signal?.throwIfAborted()
    if (!(await writeBatch(batch, { key, read, places, importing }))) return false
    read += batch.length
  }
  return true
}

interface Batch {
  key: ImportKey
  /** How many rows were read before: whoever finds another number is not alone, and leaves. */
  read: number
  places: Places
  importing: Importing
}

async function writeBatch(records: readonly NumberedRecord[], batch: Batch): Promise<boolean> {
  const { key, importing } = batch
  const now = importing.clock.now()
  const done = await importing.db.transaction(async (tx) => {
    const row = await lockImport(tx, key)
    if (row?.state !== 'running' || row.rowsRead !== batch.read) return null
    const written = await (row.kind === 'contacts' ? contacts : suppressions)(tx, records, { ...batch, row })
    await advanceImport(tx, { ...key, ...written.progress, now })
    return written
  })
  if (done === null) return false
  const { random } = importing
  // What was claimed for somebody who is now on the list goes back unsent, after the commit (DESIGN section 4).
  for (const of of done.toSweep) await sweep(importing.db, { team: key.team, of, now, random })
  return true
}

interface Written {
  progress: ImportProgress
  toSweep: ({ addresses: string[] } | { domains: string[] })[]
}

async function contacts(
  tx: Db,
  records: readonly NumberedRecord[],
  { row, key, places, importing }: Batch & { row: ImportRow },
): Promise<Written> {
  const read = records.map((record) => readContact(record, places))
  const lines = read.flatMap((each) => (each.ok ? each.line : []))
  const { created, updated, failures } = await importContacts(tx, lines, {
    team: key.team,
    userId: row.createdBy,
    importId: row.id,
    source: 'csv_import',
    now: importing.clock.now(),
    random: importing.random,
    wishes: row.options.wishes ?? { listNames: [], timeZoneDefault: null },
  })
  const all = [...read.flatMap((each) => (each.ok ? [] : each.failure)), ...failures]
  return { progress: { read: records.length, created, updated, failures: all }, toSweep: [] }
}

async function suppressions(
  tx: Db,
  records: readonly NumberedRecord[],
  { row, key, places, importing }: Batch & { row: ImportRow },
): Promise<Written> {
  const read = records.map((record) => readSuppression(record, places))
  const lines: SuppressionLine[] = read.flatMap((each) => (each.ok ? each.line : []))
  const failures: Failure[] = read.flatMap((each) => (each.ok ? [] : each.failure))
  const entries = lines.map(({ kind, value }) => ({ kind, value }))
  const added = await suppressAll(tx, { entries, row, team: key.team, importing })
  const of = (kind: string) => entries.filter((entry) => entry.kind === kind).map((entry) => entry.value)
  return {
    progress: { read: records.length, created: added, updated: lines.length - added, failures },
    toSweep: [
      ...(of('address').length > 0 ? [{ addresses: of('address') }] : []),
      ...(of('domain').length > 0 ? [{ domains: of('domain') }] : []),
    ],
  }
}

async function suppressAll(
  tx: Db,
  o: {
    entries: { kind: 'address' | 'domain'; value: string }[]
    row: ImportRow
    team: TeamId
    importing: Importing
  },
): Promise<number> {
  if (o.entries.length === 0) return 0
  const by: Id = o.row.createdBy
  const { added } = await suppress(tx, {
    team: o.team,
    entries: o.entries,
    reason: 'imported',
    source: o.row.fileName,
    by,
    actor: `user:${by}`,
    now: o.importing.clock.now(),
    random: o.importing.random,
  })
  return added.length
}
