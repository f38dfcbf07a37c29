/** Sets an import going: checks what each column is to mean, and asks for the work. */
import { isDeepStrictEqual } from 'node:util'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { canonicalZone, zoneProblem } from '../core/zone.ts'
import { beginImport, type ImportKey, type ImportRow, importById } from '../store/imports.ts'
import { type Mapping, mappingProblem } from './import-columns.ts'
import { IMPORT_JOB } from './run-import.ts'

export interface StartImport extends ImportKey {
  mapping: Mapping
  /** Null: as when it was started before, else none. */
  listNames: readonly string[] | null
  /** IANA; for contacts that say no zone of their own. Null: as when it was started before, else none. */
  timeZoneDefault: string | null
  now: Instant
}

export type Started =
  | { kind: 'started'; row: ImportRow }
  | { kind: 'not_found' }
  | { kind: 'refused'; parameter: 'mapping' | 'time_zone_default' | 'id'; sentence: string }

type Jobs = {
  start(name: string, data: Record<string, unknown>, options: { within: Db }): Promise<void>
}

export async function startImport(db: Db, jobs: Jobs, asked: StartImport): Promise<Started> {
  const { team, id } = asked
  const row = await importById(db, { team, id })
  if (!row) return { kind: 'not_found' }
  const problem = mappingProblem(row.kind, row.columns, asked.mapping)
  if (problem !== undefined) return { kind: 'refused', parameter: 'mapping', sentence: problem }
  const zone = asked.timeZoneDefault
  const wrongZone = zone === null ? undefined : zoneProblem(zone)
  if (wrongZone !== undefined) return { kind: 'refused', parameter: 'time_zone_default', sentence: wrongZone }
  if (row.rowsRead > 0 && !isDeepStrictEqual(row.mapping, { ...asked.mapping }))
    return {
      kind: 'refused',
      parameter: 'mapping',
      sentence: `${row.rowsRead} rows of this file were imported with another mapping. Use that one, or hand in the file again.`,
    }
  const before = row.options.wishes
  return db.transaction(async (tx) => {
    const wishes = {
      // An import that goes on puts the rest of the file where it put the beginning.
      listNames:
        asked.listNames?.map((name) => name.trim()).filter((name) => name !== '') ?? before?.listNames ?? [],
      timeZoneDefault: zone === null ? (before?.timeZoneDefault ?? null) : canonicalZone(zone)!,
    }
    const begun = await beginImport(tx, { team, id, mapping: { ...asked.mapping }, wishes, now: asked.now })
    if (!begun)
      return {
        kind: 'refused',
        parameter: 'id',
        sentence: 'This import was started already. Look at its progress, or hand in the file again.',
      }
    // Asked for in the same transaction: an import that says it runs has its job, whatever dies in between.
    await jobs.start(IMPORT_JOB, { team, id }, { within: tx })
    return { kind: 'started', row: begun }
  })
}
