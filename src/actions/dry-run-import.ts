/** What an import would do, without doing it: read by the same code, counted, and the first rows that would fail. */
import type { Db } from '../core/db.ts'
import { knownAddresses } from '../store/contacts.ts'
import { type ImportKey, importById } from '../store/imports.ts'
import { knownSuppressions } from '../store/suppression-lists.ts'
import { type Mapping, mappingProblem } from './import-columns.ts'
import { type Failure, placesOf, readContact, readSuppression } from './import-rows.ts'
import { batchesOf, type NumberedRecord } from './read-import.ts'
import { BATCH_ROWS } from './run-import.ts'

const FAILURES_SHOWN = 20
/** Repeated addresses are noticed among this many; beyond, a repetition counts as new here and is merged by the import all the same. */
const SEEN_MAX = 500_000

export interface DryRun {
  rows: number
  new: number
  update: number
  failed: number
  failures: { row: number; reason: string }[]
}

export type DryRunAnswer =
  | { kind: 'counted'; counts: DryRun }
  | { kind: 'not_found' }
  | { kind: 'refused'; sentence: string }

export async function dryRunImport(db: Db, asked: ImportKey & { mapping: Mapping }): Promise<DryRunAnswer> {
  const row = await importById(db, asked)
  if (!row) return { kind: 'not_found' }
  const problem = mappingProblem(row.kind, row.columns, asked.mapping)
  if (problem !== undefined) return { kind: 'refused', sentence: problem }
  if (row.state === 'done')
    return { kind: 'refused', sentence: 'This file was imported already. Hand it in again to try it out.' }
  const counts: DryRun = { rows: 0, new: 0, update: 0, failed: 0, failures: [] }
  const places = placesOf(row.columns, asked.mapping)
  const seen = new Set<string>()
  const { format } = row.options
  for await (const batch of batchesOf(db, asked, { format, skip: 0, size: BATCH_ROWS })) {
    const read = row.kind === 'contacts' ? contactKeys(batch, places) : suppressionKeys(batch, places)
    const keys = read.flatMap((each) => ('key' in each ? each.key : []))
    const known =
      row.kind === 'contacts'
        ? await knownAddresses(db, { team: asked.team, addresses: keys })
        : await knownSuppressions(db, { team: asked.team, values: keys })
    for (const each of read) count(each, { counts, seen, known })
  }
  return { kind: 'counted', counts }
}

/** The key by which rows of one person are one; null for somebody without an address, who is always new. */
type KeyRead = { key: string | null } | { failure: Failure }

function contactKeys(batch: readonly NumberedRecord[], places: ReturnType<typeof placesOf>): KeyRead[] {
  return batch.map((record) => {
    const read = readContact(record, places)
    return read.ok ? { key: read.line.address } : { failure: read.failure }
  })
}

function suppressionKeys(batch: readonly NumberedRecord[], places: ReturnType<typeof placesOf>): KeyRead[] {
  return batch.map((record) => {
    const read = readSuppression(record, places)
    return read.ok ? { key: read.line.value } : { failure: read.failure }
  })
}

function count(
  read: KeyRead,
  { counts, seen, known }: { counts: DryRun; seen: Set<string>; known: ReadonlySet<string> },
): void {
  counts.rows++
  if ('failure' in read) {
    counts.failed++
    const { row, reason } = read.failure
    if (counts.failures.length < FAILURES_SHOWN) counts.failures.push({ row, reason })
  } else if (read.key !== null && (known.has(read.key) || seen.has(read.key))) counts.update++
  else {
    counts.new++
    if (read.key !== null && seen.size < SEEN_MAX) seen.add(read.key)
  }
}
