/** An import as the page and programs see it. */
import { Type } from 'typebox'
import { fieldsOf, guessMapping } from '../../actions/import-columns.ts'
import type { ImportRow } from '../../store/imports.ts'
import { iso, isoOrNull, WireInstant, WireInstantOrNull } from './instant.ts'

export const WireImport = Type.Object(
  {
    id: Type.String(),
    kind: Type.String(),
    state: Type.String({ description: 'uploaded, running, done or failed' }),
    file_name: Type.String(),
    bytes: Type.Integer(),
    encoding: Type.String(),
    columns: Type.Array(Type.String()),
    samples: Type.Array(Type.Array(Type.String())),
    guesses: Type.Record(Type.String(), Type.String(), { description: 'What each column seems to hold.' }),
    fields: Type.Array(Type.Object({ name: Type.String(), label: Type.String() }), {
      description: 'What a column can be mapped to.',
    }),
    mapping: Type.Union([Type.Record(Type.String(), Type.String()), Type.Null()]),
    rows_total: Type.Integer(),
    rows_read: Type.Integer(),
    rows_created: Type.Integer(),
    rows_updated: Type.Integer(),
    rows_failed: Type.Integer(),
    progress: Type.Number({ description: 'From 0 to 1.' }),
    problem: Type.Union([Type.String(), Type.Null()]),
    created_at: WireInstant,
    finished_at: WireInstantOrNull,
  },
  { title: 'Import' },
)

export function wireImport(row: ImportRow) {
  const { rowsTotal, encoding } = row.options.format
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    file_name: row.fileName,
    bytes: row.bytes,
    encoding,
    columns: row.columns,
    samples: row.samples,
    guesses: guessMapping(row.kind, row.columns, row.samples),
    fields: fieldsOf(row.kind).map(([name, label]) => ({ name, label })),
    mapping: row.mapping,
    rows_total: rowsTotal,
    rows_read: row.rowsRead,
    rows_created: row.rowsCreated,
    rows_updated: row.rowsUpdated,
    rows_failed: row.rowsFailed,
    progress: row.state === 'done' || rowsTotal === 0 ? 1 : row.rowsRead / rowsTotal,
    problem: row.problem,
    created_at: iso(row.createdAt),
    finished_at: isoOrNull(row.finishedAt),
  }
}
