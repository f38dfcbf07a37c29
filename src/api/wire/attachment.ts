/** A file that emails carry, as the wire says it. Its bytes have a call of their own. */
import { Type } from 'typebox'
import type { AttachmentRow } from '../../store/attachments.ts'
import { iso } from './instant.ts'

export const Attachment = Type.Object({
  id: Type.String(),
  file_name: Type.String(),
  content_type: Type.String(),
  size: Type.Integer({ description: 'In bytes.' }),
  sha256: Type.String(),
  created_at: Type.String(),
})

/** Beside an email. */
export const CarriedFile = Type.Object({
  id: Type.String(),
  file_name: Type.String(),
  size: Type.Integer({ description: 'In bytes.' }),
})

export function wireAttachment({ id, name, type, size, sha256, createdAt }: AttachmentRow) {
  return { id, file_name: name, content_type: type, size, sha256, created_at: iso(createdAt) }
}
