/** What several emails share: snippets, put in by name, and files, carried along. Names are the wire's. */
import { queryOptions } from '@tanstack/react-query'
import { api, downloadAddress, upload } from './api.ts'
import type { Iso } from './api-types.ts'

export interface Use {
  emailer_campaign_id: string
  emailer_campaign_name: string | null
  position: number
}

export interface Snippet {
  id: string
  name: string
  body_html: string
  updated_at: Iso
  used_in: Use[]
}

export interface AttachedFile {
  id: string
  file_name: string
  size: number
  created_at: Iso
  used_in: Use[]
}

export const snippetsQuery = queryOptions({
  queryKey: ['snippets'],
  queryFn: ({ signal }) => api.get<{ snippets: Snippet[] }>('/snippets', undefined, signal),
})

export const createSnippet = (input: { name: string; body_html: string }) => api.post('/snippets', input)
export const updateSnippet = (id: string, input: { name: string; body_html: string }) =>
  api.put(`/snippets/${id}`, input)
export const deleteSnippet = (id: string) => api.delete(`/snippets/${id}`)

export const filesQuery = queryOptions({
  queryKey: ['attachments'],
  queryFn: ({ signal }) => api.get<{ attachments: AttachedFile[] }>('/attachments', undefined, signal),
})

export const uploadFile = (file: File) =>
  upload<{ attachment: AttachedFile }>('/attachments', file, {
    query: { file_name: file.name },
  })
export const deleteFile = (id: string) => api.delete(`/attachments/${id}`)
export const fileAddress = (id: string) => downloadAddress(`/attachments/${id}/download`)

/** As an email says it: 34 KB, 1.2 MB. */
export const sizeOf = (bytes: number) =>
  bytes < 1024 * 1024
    ? `${Math.max(1, Math.round(bytes / 1024))} KB`
    : `${(bytes / 1024 / 1024).toFixed(1)} MB`

/** Where it is used, in a line: "Step 1 of Spring and 2 more". */
export function usedIn(uses: readonly Use[]): string {
  const [first] = uses
  if (!first) return 'Not used'
  const more = uses.length > 1 ? ` and ${uses.length - 1} more` : ''
  return `Step ${first.position} of ${first.emailer_campaign_name ?? 'a nameless sequence'}${more}`
}
