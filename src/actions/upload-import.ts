/** Takes in a file as it streams: saves it in pieces, then looks at what it is. Nothing of it is believed before a person has started it. */
import type { Readable } from 'node:stream'
import { normalizeAddress, normalizeDomain } from '../core/address.ts'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import {
  deleteAbandonedPieces,
  deletePieces,
  type ImportFormat,
  type ImportKey,
  type ImportRow,
  insertImport,
  piecesOf,
  savePiece,
} from '../store/imports.ts'
import { decoded, type Encoding, EncodingGuess, guessDelimiter } from './csv-text.ts'
import type { ImportKind } from './import-columns.ts'
import { recordsOf } from './read-import.ts'

/** Two million contacts. */
export const IMPORT_BYTES_MAX = 200 * 1024 * 1024
/** Small enough that cutting one into rows does not hold up the mails of this process. */
const PIECE_BYTES = 256 * 1024
const SAMPLES = 5
const SAMPLE_CHARS_MAX = 200
const COLUMN_NAME_MAX = 200

export interface Upload {
  team: TeamId
  userId: Id
  kind: ImportKind
  fileName: string
  content: Readable
  /** Default `IMPORT_BYTES_MAX`. */
  bytesMax?: number
  now: Instant
  random: Random
}

export type Uploaded =
  | { kind: 'uploaded'; row: ImportRow }
  | { kind: 'refused'; sentence: string }
  | { kind: 'too_large' }

export async function uploadImport(db: Db, upload: Upload): Promise<Uploaded> {
  const { team, now, random } = upload
  const key = { team, id: newId(now, random) }
  await deleteAbandonedPieces(db, { team, now })
  try {
    const saved = await save(db, key, upload)
    const looked = saved === 'too_large' ? saved : await look(db, key, { ...saved, kind: upload.kind })
    if (typeof looked === 'string') {
      await deletePieces(db, key)
      return looked === 'too_large' ? { kind: looked } : { kind: 'refused', sentence: looked }
    }
    const row = await insertImport(db, {
      ...key,
      ...looked,
      kind: upload.kind,
      fileName: upload.fileName,
      createdBy: upload.userId,
      now,
    })
    return { kind: 'uploaded', row }
  } catch (error) {
    await deletePieces(db, key)
    throw error
  }
}

interface Saved {
  bytes: number
  encoding: Encoding | 'binary'
  start: Buffer
}

async function save(
  db: Db,
  key: ImportKey,
  { content, bytesMax = IMPORT_BYTES_MAX }: Upload,
): Promise<Saved | 'too_large'> {
  const guess = new EncodingGuess()
  let bytes = 0
  let start: Buffer | undefined
  let piece = 0
  let gathered: Buffer[] = []
  let size = 0
  const flush = async () => {
    const whole = Buffer.concat(gathered)
    gathered = []
    size = 0
    for (let from = 0; from < whole.length; from += PIECE_BYTES) {
      const part = whole.subarray(from, from + PIECE_BYTES)
      guess.see(part)
      start ??= part
      await savePiece(db, { ...key, piece: piece++, content: part })
    }
  }
  // What is too large is still read to its end by the server, so that its sender gets to read the answer: not destroyed here.
  const chunks = content.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
  for await (const chunk of chunks) {
    bytes += chunk.length
    if (bytes > bytesMax) return 'too_large'
    gathered.push(chunk)
    size += chunk.length
    if (size >= PIECE_BYTES) await flush()
  }
  await flush()
  return { bytes, encoding: guess.end(), start: start ?? Buffer.alloc(0) }
}

interface Looked {
  bytes: number
  columns: string[]
  samples: string[][]
  format: ImportFormat
}

/** The format, the columns and the first rows; or the sentence why this is no file of rows. */
async function look(db: Db, key: ImportKey, saved: Saved & { kind: ImportKind }): Promise<Looked | string> {
  const { bytes, encoding, start } = saved
  if (bytes === 0) return 'The file is empty.'
  if (encoding === 'binary')
    return start.subarray(0, 2).toString('latin1') === 'PK'
      ? 'This is a spreadsheet file (xlsx or similar), not CSV. Save it as CSV and hand that in.'
      : 'This is no text file. Hand in a CSV file.'
  const { delimiter, skip } = guessDelimiter(await startOf(db, key, encoding))
  const first: string[][] = []
  let rows = 0
  for await (const records of recordsOf(db, key, { encoding, delimiter, skip })) {
    rows += records.length
    for (const record of records)
      if (first.length <= SAMPLES) first.push(record.ok ? record.cells : [record.text])
  }
  if (rows === 0) return 'The file has no rows.'
  const hasHeader = !looksLikeValues(first[0]!, saved.kind)
  const width = hasHeader ? first[0]!.length : Math.max(...first.map((row) => row.length))
  return {
    bytes,
    columns: columnNames(hasHeader ? first[0]! : Array.from({ length: width }, () => '')),
    samples: first
      .slice(hasHeader ? 1 : 0)
      .slice(0, SAMPLES)
      .map((row) => row.map((cell) => cell.slice(0, SAMPLE_CHARS_MAX))),
    format: { encoding, delimiter, skip, hasHeader, rowsTotal: rows - (hasHeader ? 1 : 0) },
  }
}

async function startOf(db: Db, key: ImportKey, encoding: Encoding): Promise<string> {
  for await (const text of decoded(piecesOf(db, key), encoding)) return text
  return ''
}

/** A first row that holds an address is a person, not the names of columns. */
function looksLikeValues(cells: readonly string[], kind: ImportKind): boolean {
  if (cells.some((cell) => normalizeAddress(cell).ok)) return true
  return (
    kind === 'suppressions' && cells.some((cell) => cell.includes('.') && normalizeDomain(cell.trim()).ok)
  )
}

/** Every column has a name of its own: an empty one by its place, a repeated one with its count. */
function columnNames(header: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return header.map((cell, index) => {
    const name = cell.trim().slice(0, COLUMN_NAME_MAX) || `Column ${index + 1}`
    const times = (seen.get(name) ?? 0) + 1
    seen.set(name, times)
    return times === 1 ? name : `${name} (${times})`
  })
}
