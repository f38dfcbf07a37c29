/** Takes in a file for emails to carry, and lets one go that none carries any more. What was sent with it keeps its bytes. */
import type { Readable } from 'node:stream'
import { contentTypeOf, FILE_BYTES_MAX, FILES_MAX, fileNameOf, fileProblem } from '../core/attachment.ts'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { done, notFound, type Result, refused } from '../core/result.ts'
import { placesInWords } from '../core/use.ts'
import {
  attachmentsByIds,
  attachmentsOf,
  attachmentUses,
  deleteAttachment,
  insertAttachment,
} from '../store/attachments.ts'

export interface AttachmentUpload {
  team: TeamId
  userId: Id
  fileName: string
  content: Readable
  now: Instant
  random: Random
}

/** Longer than any first bytes that tell what a file is. */
const HEAD_BYTES = 16

export async function uploadAttachment(db: Db, o: AttachmentUpload): Promise<Result<Id>> {
  const name = fileNameOf(o.fileName)
  const content = await bytesOf(o.content)
  const problem = fileProblem({ name, size: content.length, head: content.subarray(0, HEAD_BYTES) })
  if (problem !== undefined) return refused(problem)
  const there = await attachmentsOf(db, o.team)
  if (there.length >= FILES_MAX)
    return refused(
      `There are ${there.length} files, the most there can be. Delete one that no email carries.`,
    )
  const id = newId(o.now, o.random)
  await db.transaction((tx) => insertAttachment(tx, { ...o, id, name, type: contentTypeOf(name), content }))
  return done(id)
}

/** One byte more than a file may have tells that it is too large; the rest is read to its end by the server. */
async function bytesOf(content: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of content.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size > FILE_BYTES_MAX) break
  }
  return Buffer.concat(chunks)
}

export async function removeAttachment(
  db: Db,
  { team, id }: { team: TeamId; id: Id },
): Promise<Result<null>> {
  return db.transaction(async (tx): Promise<Result<null>> => {
    const row = (await attachmentsByIds(tx, { team, ids: [id] })).get(id)
    if (!row) return notFound()
    const uses = (await attachmentUses(tx, team)).filter((use) => use.attachmentId === id)
    if (uses.length > 0)
      return refused(`${row.name} is carried by ${placesInWords(uses)}. Take it out there first.`, {
        code: 'attachment_in_use',
      })
    await deleteAttachment(tx, { team, id })
    return done(null)
  })
}
