/** Files that people hand in: contacts, and addresses never to be written to. */
import { queryOptions } from '@tanstack/react-query'
import { api, downloadAddress, upload } from './api.ts'
import type { DryRun, Import, Pagination, Suppression } from './api-types.ts'
import { PAGE_ROWS } from './paged.ts'

export type ImportKind = 'contacts' | 'suppressions'
export type Mapping = Record<string, string>

export const uploadImport = (kind: ImportKind, file: File, onProgress: (part: number) => void) =>
  upload<{ import: Import }>('/imports', file, { query: { file_name: file.name, kind }, onProgress })

export const dryRun = (id: string, mapping: Mapping) =>
  api.post<DryRun>(`/imports/${id}/dry_run`, { mapping })

export interface StartInput {
  mapping: Mapping
  label_names?: string[]
  time_zone_default?: string
}

export const startImport = (id: string, input: StartInput) =>
  api.post<{ import: Import }>(`/imports/${id}/start`, input)

export const importQuery = (id: string) =>
  queryOptions({
    queryKey: ['imports', id],
    queryFn: ({ signal }) => api.get<{ import: Import }>(`/imports/${id}`, undefined, signal),
    refetchInterval: ({ state }) => (state.data?.import.state === 'running' ? 700 : false),
    enabled: id !== '',
  })

export const importsQuery = queryOptions({
  queryKey: ['imports'],
  queryFn: ({ signal }) => api.get<{ imports: Import[] }>('/imports', undefined, signal),
})

export const failuresAddress = (id: string) => downloadAddress(`/imports/${id}/failures`)

export interface SuppressionPage {
  suppressions: Suppression[]
  pagination: Pagination
}

export const searchSuppressions = (q: string, page: number, signal?: AbortSignal) =>
  api.post<SuppressionPage>(
    '/suppressions/search',
    { ...(q ? { q } : {}), page, per_page: PAGE_ROWS },
    signal,
  )

export interface Suppressed {
  added: number
  already: number
  refused: { value: string; reason: string }[]
}

export const addSuppressions = (values: string[]) => api.post<Suppressed>('/suppressions', { values })
export const trySuppressions = (values: string[]) =>
  api.post<Suppressed>('/suppressions', { values, dry_run: true })
export const liftSuppression = (kind: string, value: string, reason: string) =>
  api.post('/suppressions/lift', { kind, value, reason })
