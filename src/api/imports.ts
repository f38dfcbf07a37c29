/** Handing in files of contacts or of people never to write to: upload, dry run, start, progress, and the rows that failed. */
import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify'
import { Type } from 'typebox'
import { dryRunImport } from '../actions/dry-run-import.ts'
import { startImport } from '../actions/start-import.ts'
import { IMPORT_BYTES_MAX, uploadImport } from '../actions/upload-import.ts'
import type { Db } from '../core/db.ts'
import { failuresAfter, type ImportKey, type ImportRow, importById, importsOf } from '../store/imports.ts'
import { ApiRefusal, refuse } from './errors.ts'
import { oneOf } from './params.ts'
import { Answer, type Call, type Route, route } from './route.ts'
import { WireImport, wireImport } from './wire/import.ts'

const IMPORTS_SHOWN = 100
/** Failed rows read from the database at once while the file streams out. */
const FAILURES_PAGE = 1000

const id = Type.String()
const mapping = Type.Record(Type.String(), Type.Union([Type.String({ maxLength: 300 }), Type.Null()]), {
  description:
    'Column of the file to field; `custom:<name>` for a field of your own; null or "" leaves the column out.',
})
const ImportAnswer = Type.Object({ import: WireImport })

export const routes: Route[] = [
  route({
    method: 'POST',
    path: '/imports',
    name: 'imports/create',
    summary: 'Hand in a CSV file; it is read when it is started',
    description:
      'The body is the file itself (UTF-8, UTF-16 or windows-1252; comma, semicolon or tab), at most 200 MB.',
    extension: true,
    upload: true,
    input: Type.Object({
      file_name: Type.Optional(Type.String({ maxLength: 300 })),
      kind: Type.Optional(oneOf(['contacts', 'suppressions'])),
    }),
    output: ImportAnswer,
    async run(input, call) {
      const kind = input.kind ?? 'contacts'
      const uploaded = await uploadImport(call.db, {
        team: call.caller.teamId,
        userId: call.caller.userId,
        kind,
        fileName: input.file_name?.trim() || `${kind}.csv`,
        content: call.upload,
        now: call.now,
        random: call.random,
      })
      if (uploaded.kind === 'too_large')
        throw new ApiRefusal(413, {
          error: `The file is larger than ${IMPORT_BYTES_MAX} bytes (200 MB), the most that one import takes. Cut it into several.`,
        })
      if (uploaded.kind === 'refused') refuse(422, uploaded.sentence)
      return { import: wireImport(uploaded.row) }
    },
  }),
  route({
    method: 'GET',
    path: '/imports',
    name: 'imports/index',
    summary: 'The latest imports',
    extension: true,
    input: Type.Object({}),
    output: Type.Object({ imports: Type.Array(WireImport) }),
    async run(_input, { db, caller }) {
      return { imports: (await importsOf(db, { team: caller.teamId, limit: IMPORTS_SHOWN })).map(wireImport) }
    },
  }),
  route({
    method: 'GET',
    path: '/imports/:id',
    name: 'imports/show',
    summary: 'How far an import is',
    extension: true,
    input: Type.Object({ id }),
    output: ImportAnswer,
    async run(input, call) {
      return { import: wireImport(await found(input.id, call)) }
    },
  }),
  route({
    method: 'POST',
    path: '/imports/:id/dry_run',
    name: 'imports/dry_run',
    summary: 'What the import would do',
    extension: true,
    input: Type.Object({ id, mapping }),
    output: Type.Object({
      rows: Type.Integer(),
      new: Type.Integer(),
      update: Type.Integer(),
      failed: Type.Integer(),
      failures: Type.Array(Type.Object({ row: Type.Integer(), reason: Type.String() })),
    }),
    async run(input, { db, caller }) {
      const asked = { team: caller.teamId, id: input.id, mapping: chosen(input.mapping) }
      const answer = await dryRunImport(db, asked)
      if (answer.kind === 'not_found') refuse(404, 'Record not found.')
      if (answer.kind === 'refused') refuse(422, answer.sentence, { parameter: 'mapping' })
      return answer.counts
    },
  }),
  route({
    method: 'POST',
    path: '/imports/:id/start',
    name: 'imports/start',
    summary: 'Start an import, or let one that failed go on behind its last row',
    description:
      'Going on takes the mapping it began with; lists and time zone are kept unless others are given.',
    extension: true,
    input: Type.Object({
      id,
      mapping,
      label_names: Type.Optional(Type.Array(Type.String({ maxLength: 255 }), { maxItems: 50 })),
      time_zone_default: Type.Optional(Type.String({ maxLength: 100 })),
    }),
    output: ImportAnswer,
    async run(input, { db, jobs, caller, now }) {
      const started = await startImport(db, jobs, {
        team: caller.teamId,
        id: input.id,
        mapping: chosen(input.mapping),
        listNames: input.label_names ?? null,
        timeZoneDefault: input.time_zone_default?.trim() || null,
        now,
      })
      if (started.kind === 'not_found') refuse(404, 'Record not found.')
      if (started.kind === 'refused') refuse(422, started.sentence, { parameter: started.parameter })
      return { import: wireImport(started.row) }
    },
  }),
  route({
    method: 'GET',
    path: '/imports/:id/failures',
    name: 'imports/failures',
    summary: 'The rows that failed, as a CSV file with the reason of each',
    extension: true,
    input: Type.Object({ id }),
    output: Type.Unknown({ description: 'text/csv' }),
    async run(input, call) {
      const row = await found(input.id, call)
      return new Answer(failuresFile(call.db, { team: call.caller.teamId, id: row.id }, row), {
        headers: {
          'content-type': 'text/csv; charset=utf-8',
          'content-disposition': `attachment; filename="failed-rows-${row.id}.csv"`,
        },
      })
    },
  }),
]

async function found(importId: string, { db, caller }: Call): Promise<ImportRow> {
  return (await importById(db, { team: caller.teamId, id: importId })) ?? refuse(404, 'Record not found.')
}

function chosen(asked: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(asked).flatMap(([column, field]) => (field?.trim() ? [[column, field.trim()]] : [])),
  )
}

/**
 * A cell that begins with = + - @ or a tab would run as a formula when the file is opened in a spreadsheet, and these cells came
 * from strangers: it gets an apostrophe in front.
 */
function failuresFile(db: Db, key: ImportKey, row: ImportRow): Readable {
  const csv = stringify({ bom: true, escape_formulas: true, record_delimiter: 'windows' })
  const source = Readable.from(lines(db, key, row))
  source.on('error', (error) => csv.destroy(error))
  return source.pipe(csv)
}

async function* lines(db: Db, key: ImportKey, { columns }: ImportRow): AsyncGenerator<string[]> {
  yield [...columns, 'Row', 'Reason']
  let after = 0
  for (;;) {
    const failures = await failuresAfter(db, { ...key, row: after, limit: FAILURES_PAGE })
    for (const { row, fields, reason } of failures) {
      const cells = columns.map((_, index) => fields[index] ?? '')
      yield [...cells, String(row), reason]
    }
    const last = failures.at(-1)
    if (!last || failures.length < FAILURES_PAGE) return
    after = last.row
  }
}
