/** Files on the wire: real MIME at a real SMTP server, names beyond ASCII as RFC 2231 has them, byte for byte. */
import PostalMime from 'postal-mime'
import { expect, test } from 'vitest'
import { outgoing } from '../support/outgoing.ts'
import { senderTo, sinkWith, yes } from '../support/sending.ts'

const file = (filename: string, content: Uint8Array, contentType = 'application/pdf') => ({
  filename,
  contentType,
  content,
})

/** What the server took, as a mail program reads it. */
async function received(attachments: ReturnType<typeof file>[]) {
  const sink = await sinkWith()
  const html = '<p>See the <b>offer</b>.</p>'
  expect(await senderTo(sink).send(outgoing({ html, attachments }), yes)).toMatchObject({ kind: 'accepted' })
  const { raw } = sink.mails[0]!
  return { raw, mail: await PostalMime.parse(raw, { attachmentEncoding: 'arraybuffer' }) }
}

test('files arrive byte for byte beside the text and the html part', async () => {
  const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 7) % 256)
  const dots = new TextEncoder().encode('.\r\n.\r\n..\r\n')
  const { mail } = await received([
    file('offer.pdf', bytes),
    file('dots.bin', dots, 'application/octet-stream'),
  ])
  expect(mail.html).toContain('<b>offer</b>')
  expect(mail.text).toContain('Hello')
  expect(mail.attachments.map((one) => [one.filename, one.mimeType, one.disposition])).toEqual([
    ['offer.pdf', 'application/pdf', 'attachment'],
    ['dots.bin', 'application/octet-stream', 'attachment'],
  ])
  expect(mail.attachments.map((one) => new Uint8Array(one.content as ArrayBuffer))).toEqual([bytes, dots])
})

test.each([
  ['Größe & Preise für Köln.pdf'],
  ['Angebot "Süd"; 50%.pdf'],
  ['見積書 2027.pdf'],
  [`${'Ü'.repeat(110)}.pdf`],
])('the file name %s arrives as it is, in RFC 2231', async (name) => {
  const { raw, mail } = await received([file(name, new Uint8Array([1]))])
  expect(mail.attachments[0]!.filename).toBe(name)
  expect(raw).toMatch(/filename\*(?:0\*)?=utf-8''/i)
  for (const line of raw.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThan(998)
  // No octet beyond ASCII stands in a header.
  expect(/[^\x00-\x7f]/.test(raw)).toBe(false)
})

test('a file name cannot bring a header or a part of its own', async () => {
  const { raw, mail } = await received([file('a.pdf"\r\nBcc: evil@x.test\r\n\r\nhi', new Uint8Array([1]))])
  expect(raw).not.toMatch(/^Bcc:/im)
  expect(mail.attachments).toHaveLength(1)
})

test('the same mail with files gives the same bytes, so that a retry is the same letter', async () => {
  const attachments = [file('Größe.pdf', new Uint8Array([1, 2, 3]))]
  expect((await received(attachments)).raw).toBe((await received(attachments)).raw)
})
