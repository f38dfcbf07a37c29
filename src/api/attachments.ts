/** Files that emails carry, over HTTP: upload, list, download, delete. A touch names them in `attachment_ids`. */
import { Readable } from 'node:stream'
import { Type } from 'typebox'
import { removeAttachment, uploadAttachment } from '../actions/write-attachment.ts'
import { attachmentsByIds, attachmentsOf, attachmentUses, contentsOf } from '../store/attachments.ts'
import { refuse } from './errors.ts'
import { IdParameter } from './params.ts'
import { allowed } from './refusing.ts'
import { Answer, type Call, type Route, route } from './route.ts'
import { Attachment, wireAttachment } from './wire/attachment.ts'
import { UsedIn, usedInOnWire } from './wire/use.ts'

async function rowOf(call: Call, id: string) {
  const rows = await attachmentsByIds(call.db, { team: call.caller.teamId, ids: [id] })
  return rows.get(id) ?? refuse(404, 'Record not found.')
}

const Listed = Type.Object({
  ...Attachment.properties,
  used_in: UsedIn,
})

export const routes: Route[] = [
  route({
    method: 'POST',
    path: '/attachments',
    name: 'attachments/create',
    summary: 'Hand in a file for emails to carry',
    description:
      'The body is the file itself, at most 5 MB; programs are refused. An email carries up to 5 files with 7 MB together.',
    extension: true,
    upload: true,
    input: Type.Object({ file_name: Type.String({ maxLength: 300, description: 'With its ending.' }) }),
    output: Type.Object({ attachment: Attachment }),
    async run(input, call) {
      const { teamId: team, userId } = call.caller
      const { db, now, random, upload: content } = call
      const id = allowed(
        await uploadAttachment(db, { team, userId, fileName: input.file_name, content, now, random }),
      )
      return { attachment: wireAttachment(await rowOf(call, id)) }
    },
  }),
  route({
    method: 'GET',
    path: '/attachments',
    name: 'attachments/index',
    summary: 'The files of the team, and which emails carry them',
    extension: true,
    input: Type.Object({}),
    output: Type.Object({ attachments: Type.Array(Listed) }),
    async run(_input, { db, caller }) {
      const team = caller.teamId
      const [rows, uses] = await Promise.all([attachmentsOf(db, team), attachmentUses(db, team)])
      const attachments = rows.map((row) => ({
        ...wireAttachment(row),
        used_in: usedInOnWire(uses.filter((use) => use.attachmentId === row.id)),
      }))
      return { attachments }
    },
  }),
  route({
    method: 'GET',
    path: '/attachments/:id/download',
    name: 'attachments/download',
    summary: 'The bytes of a file',
    extension: true,
    input: Type.Object({ id: IdParameter }),
    output: Type.Unknown({ description: 'The file.' }),
    async run({ id }, call) {
      const { name, sha256 } = await rowOf(call, id)
      const contents = await contentsOf(call.db, { team: call.caller.teamId, hashes: [sha256] })
      return new Answer(Readable.from(contents.values()), {
        headers: {
          // Never as what it says it is: a page among the files would run in ours.
          'content-type': 'application/octet-stream',
          'x-content-type-options': 'nosniff',
          'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}`,
        },
      })
    },
  }),
  route({
    method: 'DELETE',
    path: '/attachments/:id',
    name: 'attachments/destroy',
    summary: 'Delete a file that no email carries any more',
    description: 'What was sent with it stays proven: its bytes are kept then.',
    extension: true,
    input: Type.Object({ id: IdParameter }),
    output: Type.Object({ attachment: Type.Object({ id: Type.String(), deleted: Type.Boolean() }) }),
    async run({ id }, { db, caller }) {
      allowed(await removeAttachment(db, { team: caller.teamId, id }))
      return { attachment: { id, deleted: true } }
    },
  }),
]
