/** Reads a saved file as numbered rows, never whole in memory. The same file gives the same rows every time. */
import type { Db } from '../core/db.ts'
import { type ImportFormat, type ImportKey, piecesOf } from '../store/imports.ts'
import { type CsvRecord, CsvSplitter } from './csv-records.ts'
import { decoded, type Encoding } from './csv-text.ts'

/** `number` as a spreadsheet counts: the header is row 1. */
export type NumberedRecord = CsvRecord & { number: number }

/** All records of the file, the header too, in arrays as they come complete. */
export async function* recordsOf(
  db: Db,
  key: ImportKey,
  format: Pick<ImportFormat, 'encoding' | 'delimiter' | 'skip'>,
): AsyncGenerator<NumberedRecord[]> {
  const splitter = new CsvSplitter(format.delimiter)
  let number = 0
  const counted = (records: CsvRecord[]) => records.map((record) => ({ ...record, number: ++number }))
  let skip = format.skip
  for await (const text of decoded(piecesOf(db, key), format.encoding as Encoding)) {
    const wanted = text.slice(skip)
    skip = Math.max(0, skip - text.length)
    const records = counted(splitter.push(wanted))
    if (records.length > 0) yield records
  }
  const last = counted(splitter.end())
  if (last.length > 0) yield last
}

/** The rows after the header, `size` at a time, without the first `skip` of them. */
export async function* batchesOf(
  db: Db,
  key: ImportKey,
  { format, skip, size }: { format: ImportFormat; skip: number; size: number },
): AsyncGenerator<NumberedRecord[]> {
  let left = skip + (format.hasHeader ? 1 : 0)
  let batch: NumberedRecord[] = []
  for await (const records of recordsOf(db, key, format)) {
    for (const record of records) {
      if (left-- > 0) continue
      batch.push(record)
      if (batch.length < size) continue
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}
