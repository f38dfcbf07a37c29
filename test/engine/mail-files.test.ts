/** Files are read when their email leaves: for few emails at once, so that memory stays bounded whatever is sent. */
import { afterAll, expect, test } from 'vitest'
import { newId } from '../../src/core/ids.ts'
import { MailFiles } from '../../src/engine/mail-files.ts'
import { seededRandom } from '../../src/random.ts'
import { attachmentsByIds, insertAttachment, mailFile } from '../../src/store/attachments.ts'
import { freshDatabase } from '../support/database.ts'
import { createTeam } from '../support/team.ts'
import { until } from '../support/until.ts'

const { db, drop } = await freshDatabase()
afterAll(() => drop())
const random = seededRandom('mail files')
const now = Date.parse('2027-03-01T10:00:00Z')
const { team, userId } = await createTeam(db, { now, random })

async function fileOf(content: Buffer) {
  const id = newId(now, random)
  await insertAttachment(db, { team, id, name: 'Größe.pdf', type: 'application/pdf', content, userId, now })
  return mailFile((await attachmentsByIds(db, { team, ids: [id] })).get(id)!)
}

test('of forty emails with a file at most four hold its bytes at a time, and all get them', async () => {
  const files = [await fileOf(Buffer.alloc(1024 * 1024, 7))]
  const mails = new MailFiles(db)
  let open = 0
  let most = 0
  const ends: (() => void)[] = []
  const sent = Array.from({ length: 40 }, () =>
    mails.with({ team, files }, async ([file]) => {
      most = Math.max(most, ++open)
      await new Promise<void>((resolve) => ends.push(resolve))
      open--
      return file!.content.length
    }),
  )
  for (let left = 40; left > 0; left--) {
    await until(
      async () => ends.length,
      (waiting) => waiting === Math.min(4, left),
    )
    ends.shift()!()
  }
  expect(await Promise.all(sent)).toEqual(Array.from({ length: 40 }, () => 1024 * 1024))
  expect(most).toBe(4)
})

test('an email without files waits for nobody', async () => {
  const mails = new MailFiles(db)
  const files = [await fileOf(Buffer.from('%PDF'))]
  const ends: (() => void)[] = []
  const held = Array.from({ length: 8 }, () =>
    mails.with({ team, files }, () => new Promise<void>((resolve) => ends.push(resolve))),
  )
  await until(
    async () => ends.length,
    (open) => open === 4,
  )
  expect(await mails.with({ team, files: [] }, async (none) => none)).toEqual([])
  for (let i = 0; i < 8; i++) {
    await until(
      async () => ends.length,
      (open) => open > 0,
    )
    ends.shift()!()
  }
  await Promise.all(held)
})

test('a file that is gone is named, and lets the next one have its turn', async () => {
  const mails = new MailFiles(db)
  const gone = [{ ...(await fileOf(Buffer.from('%PDF 2'))), sha256: '0'.repeat(64) }]
  for (let i = 0; i < 5; i++)
    await expect(mails.with({ team, files: gone }, async () => 'sent')).rejects.toThrow(
      'the file Größe.pdf is not there any more',
    )
})
