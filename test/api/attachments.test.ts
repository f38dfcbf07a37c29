/** Files that emails carry, over HTTP: handed in, put on a step, kept with what was sent, and let go. */
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HOUR } from '../../src/core/clock.ts'
import { kysely } from '../../src/store/db.ts'
import { verify } from '../../src/store/verify.ts'
import { startApi } from '../support/api.ts'
import { leaveNow } from '../support/leaving.ts'
import { add, newContact, newSequence, step } from '../support/outreach.ts'
import { testTeamOf } from '../support/sent-team.ts'
import { giveTasksNow } from '../support/task-steps.ts'
import type { TestTeam } from '../support/team.ts'

const api = await startApi()
let team: TestTeam
beforeAll(async () => {
  team = await testTeamOf(api)
})
afterAll(() => api.close())

const upload = (name: string, content: string | Uint8Array) =>
  api.call({
    method: 'POST',
    path: `/attachments?file_name=${encodeURIComponent(name)}`,
    body: typeof content === 'string' ? Buffer.from(content) : content,
    headers: { 'content-type': 'application/octet-stream' },
  })
async function uploaded(name: string, content = `%PDF-1.7 ${name}`): Promise<string> {
  const { status, body, text } = await upload(name, content)
  if (status !== 200) throw new Error(text)
  return body.attachment.id
}

const withFiles = (attachment_ids: string[]) => {
  const one = step()
  return { ...one, emailer_touches: [{ ...one.emailer_touches[0], attachment_ids }] }
}
async function personWith(attachmentIds: string[], more: Record<string, unknown> = {}) {
  const emailer_steps = [withFiles(attachmentIds)]
  const made = await newSequence(api, { active: true, emailer_steps, ...more })
  await add(api, made.id, [await newContact(api)])
  return made
}
async function leave() {
  api.clock.advance(HOUR)
  return leaveNow(api, team)
}
const contents = async () =>
  (
    await sql<{ sha256: string; sent: boolean }>`select sha256, sent from attachment_contents`.execute(
      kysely(api.db),
    )
  ).rows
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')

test('a file is handed in, listed with the emails that carry it, and downloaded byte for byte', async () => {
  const bytes = Buffer.from([0, 255, 37, 80, 10, 13, 0])
  const { body } = await upload('Größe.pdf', bytes)
  expect(body.attachment).toMatchObject({ file_name: 'Größe.pdf', content_type: 'application/pdf', size: 7 })
  const { id } = body.attachment
  const { id: sequenceId } = await newSequence(api, { emailer_steps: [withFiles([id])] })
  const listed = (await api.get('/attachments')).body.attachments
  expect(listed[0]).toMatchObject({ id, used_in: [{ emailer_campaign_id: sequenceId, position: 1 }] })
  const answer = await fetch(`${api.url}/api/v1/attachments/${id}/download`, {
    headers: { 'x-api-key': api.key },
  })
  expect(answer.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''Gr%C3%B6%C3%9Fe.pdf")
  expect(answer.headers.get('content-type')).toBe('application/octet-stream')
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes)
})

test('a program, an empty file and one that is too large are refused with a sentence', async () => {
  expect((await upload('setup.exe', 'x')).body.error).toContain('setup.exe is a program (.exe)')
  expect((await upload('offer.pdf', 'MZ\u0090')).body.error).toContain('whatever its name says')
  expect((await upload('offer.pdf', '')).body.error).toContain('offer.pdf is empty')
  const large = await upload('offer.pdf', Buffer.alloc(6 * 1024 * 1024, 32))
  expect([large.status, large.body.error]).toEqual([422, expect.stringContaining('5 MB')])
})

test('a sequence shows the files of its touches, and a list without them takes them off', async () => {
  const id = await uploaded('shown.pdf')
  const { id: sequenceId, steps, touches } = await newSequence(api, { emailer_steps: [withFiles([id])] })
  const show = async () => (await api.get(`/emailer_campaigns/${sequenceId}`)).body
  expect(await show()).toMatchObject({
    emailer_touches: [{ attachment_ids: [id] }],
    attachments: [{ id, file_name: 'shown.pdf' }],
  })
  const rewrite = (touch: object) =>
    api.put(`/sequences/${sequenceId}`, {
      emailer_steps: [{ id: steps[0], emailer_touches: [{ id: touches[0], ...touch }] }],
    })
  await rewrite({ include_signature: false })
  expect((await show()).attachments).toHaveLength(1)
  await rewrite({ attachment_ids: [] })
  expect((await show()).attachments).toEqual([])
})

test('a file that is not there, six files, and files that are too large together are refused by step', async () => {
  const unknown = await api.post('/sequences', { emailer_steps: [withFiles(['0123456789abcdef01234567'])] })
  expect(unknown.body).toMatchObject({
    error: expect.stringMatching(/^Step 1 carries the file 0123456789abcdef01234567, which does not exist/),
    parameter: 'attachment_ids',
  })
  const six = await Promise.all(Array.from({ length: 6 }, (_, i) => uploaded(`six${i}.pdf`)))
  expect((await api.post('/sequences', { emailer_steps: [withFiles(six)] })).body.error).toContain(
    'Step 1: An email takes 5 files; these are 6.',
  )
})

test('the dry run of an email shows the files that it would carry', async () => {
  const id = await uploaded('dry.pdf', '%PDF dry')
  const { id: sequenceId, steps } = await newSequence(api, { emailer_steps: [withFiles([id])] })
  await newContact(api)
  const saved = await api.post(`/sequences/${sequenceId}/preview`, { step_id: steps[0] })
  expect(saved.body.attachments).toEqual([{ id, file_name: 'dry.pdf', size: 8 }])
  const asWritten = await api.post(`/sequences/${sequenceId}/preview`, {
    step_id: steps[0],
    attachment_ids: [],
  })
  expect(asWritten.body.attachments).toEqual([])
})

test('what was sent stays proven when the wording changes and the file is deleted', async () => {
  const text = '%PDF sent'
  const id = await uploaded('sent.pdf', text)
  const { id: sequenceId, steps, touches } = await personWith([id])
  const [message] = await leave()
  expect(message?.attachments).toEqual([
    { id, name: 'sent.pdf', type: 'application/pdf', size: 9, sha256: hashOf(text) },
  ])
  const used = await api.delete(`/attachments/${id}`)
  expect([used.status, used.body.code]).toEqual([422, 'attachment_in_use'])
  expect(used.body.error).toBe('sent.pdf is carried by step 1 of Outreach. Take it out there first.')
  await api.put(`/sequences/${sequenceId}`, {
    emailer_steps: [{ id: steps[0], emailer_touches: [{ id: touches[0], attachment_ids: [] }] }],
  })
  expect((await api.delete(`/attachments/${id}`)).body.attachment.deleted).toBe(true)
  expect(await contents()).toContainEqual({ sha256: hashOf(text), sent: true })
  const { body } = await api.post('/emailer_messages/search', { emailer_campaign_ids: [sequenceId] })
  expect(body.emailer_messages).toMatchObject([{ status: 'completed', attachment_ids: [id] }])
  expect(await verify(api.db, { now: api.clock.now() })).toEqual([])
})

test('a file that was changed or lost after it was sent is found by verify, and so is another name for it', async () => {
  const id = await uploaded('proof.pdf', '%PDF proof')
  await personWith([id])
  const [message] = await leave()
  const run = (statement: ReturnType<typeof sql>) => statement.execute(kysely(api.db))
  const found = async () => (await verify(api.db, { now: api.clock.now() })).map((one) => one.sentence)
  const hash = hashOf('%PDF proof')
  await run(sql`update attachment_contents set content = 'other' where sha256 = ${hash}`)
  expect(await found()).toEqual([
    expect.stringContaining('the file proof.pdf that it carried is gone or was changed'),
  ])
  await run(sql`update attachment_contents set content = '%PDF proof' where sha256 = ${hash}`)
  await run(sql`
    update message_contents set attachments = jsonb_set(attachments, '{0,name}', '"other.pdf"') where message_id = ${message!.id}`)
  expect(await found()).toEqual([expect.stringContaining('its wording was changed after it was written')])
  await run(sql`
    update message_contents set attachments = jsonb_set(attachments, '{0,name}', '"proof.pdf"') where message_id = ${message!.id}`)
  expect(await found()).toEqual([])
})

test('the bytes of a file that was never sent go with the last of its rows', async () => {
  const [first, second] = [
    await uploaded('twice.pdf', '%PDF twice'),
    await uploaded('again.pdf', '%PDF twice'),
  ]
  const isKept = async () => (await contents()).some((one) => one.sha256 === hashOf('%PDF twice'))
  await api.delete(`/attachments/${first}`)
  expect(await isKept()).toBe(true)
  await api.delete(`/attachments/${second}`)
  expect(await isKept()).toBe(false)
  expect((await api.delete(`/attachments/${second}`)).status).toBe(404)
})

test('who should get a file that was deleted behind the back of the wording is held, and goes on when the wording lets it go', async () => {
  const id = await uploaded('vanishing.pdf')
  const { id: sequenceId } = await personWith([id])
  await sql`delete from attachments where id = ${id}`.execute(kysely(api.db))
  expect(await leave()).toEqual([])
  const person = async () =>
    (await api.post('/enrollments/search', { sequence_id: sequenceId })).body.enrollments[0]
  expect(await person()).toMatchObject({ state: 'held', reason: 'snippets_missing' })
  const { body } = await api.get(`/emailer_campaigns/${sequenceId}`)
  const [touch] = body.emailer_touches
  const emailer_touches = [{ id: touch.id, attachment_ids: [] }]
  const emailer_steps = [{ id: body.emailer_steps[0].id, emailer_touches }]
  expect((await api.put(`/sequences/${sequenceId}`, { emailer_steps })).status).toBe(200)
  expect(await leave()).toHaveLength(1)
})

test('the same bytes uploaded while they are deleted are there', async () => {
  for (let round = 0; round < 10; round++) {
    const content = `%PDF-1.7 round ${round}`
    const old = await uploaded('old.pdf', content)
    const remove = () => api.call({ method: 'DELETE', path: `/attachments/${old}` })
    const [id] = await Promise.all([uploaded('new.pdf', content), remove()])
    expect((await contents()).map((one) => one.sha256)).toContain(hashOf(content))
    await api.call({ method: 'DELETE', path: `/attachments/${id}` })
  }
})

test('an edited draft keeps its files when those of the wording change; one that was not edited follows', async () => {
  const [old, other] = [await uploaded('old.pdf'), await uploaded('other.pdf')]
  const manual = { ...withFiles([old]), type: 'manual_email' }
  const made = await newSequence(api, { active: true, emailer_steps: [manual] })
  const contacts = [await newContact(api), await newContact(api)]
  await add(api, made.id, contacts)
  const give = () => giveTasksNow(api.db, team, { clock: api.clock, random: api.context.random })
  await give()
  const tasks = (await api.post('/tasks/search', { emailer_campaign_ids: [made.id] })).body.tasks
  const [edited, followed] = tasks.map((one: { id: string }) => one.id)
  await api.put(`/tasks/${edited}/draft`, { body_html: '<p>See the file.</p>' })
  const { body } = await api.get(`/emailer_campaigns/${made.id}`)
  const [touch] = body.emailer_touches
  const touches = [{ id: touch.id, attachment_ids: [other] }]
  const steps = [{ id: made.steps[0], emailer_touches: touches }]
  expect((await api.put(`/sequences/${made.id}`, { emailer_steps: steps })).status).toBe(200)
  await give()
  const carries = async (id: string) =>
    (await api.get(`/tasks/${id}/draft`)).body.draft.attachments.map((one: { id: string }) => one.id)
  expect([await carries(edited), await carries(followed)]).toEqual([[old], [other]])
  expect((await api.delete(`/attachments/${old}`)).status).toBe(422)
  for (const id of [edited, followed]) expect((await api.post(`/tasks/${id}/send`)).status).toBe(200)
  const left = [...(await leave()), ...(await leave())]
  expect(left).toHaveLength(2)
  const { rows } = await sql<{ name: string }>`
    select c.attachments -> 0 ->> 'name' as name from message_contents c join messages m on m.team_id = c.team_id and m.id = c.message_id
    where m.sequence_id = ${made.id} order by 1`.execute(kysely(api.db))
  expect(rows.map((row) => row.name)).toEqual(['old.pdf', 'other.pdf'])
  expect(await verify(api.db, { now: api.clock.now() })).toEqual([])
})

test('a draft that takes the text of the step again carries its files, too', async () => {
  const [old, other] = [await uploaded('once.pdf'), await uploaded('now.pdf')]
  const manual = { ...withFiles([old]), type: 'manual_email' }
  const made = await newSequence(api, { active: true, emailer_steps: [manual] })
  await add(api, made.id, [await newContact(api)])
  await giveTasksNow(api.db, team, { clock: api.clock, random: api.context.random })
  const [task] = (await api.post('/tasks/search', { emailer_campaign_ids: [made.id] })).body.tasks
  await api.put(`/tasks/${task.id}/draft`, { body_html: '<p>Mine.</p>' })
  const [touch] = (await api.get(`/emailer_campaigns/${made.id}`)).body.emailer_touches
  const touches = [{ id: touch.id, attachment_ids: [other] }]
  await api.put(`/sequences/${made.id}`, { emailer_steps: [{ id: made.steps[0], emailer_touches: touches }] })
  const { body } = await api.put(`/tasks/${task.id}/draft`, { body_html: null })
  expect((await api.get(`/tasks/${task.id}/draft`)).body.draft.attachments).toMatchObject([{ id: other }])
  expect(body.draft.edited).toBe(false)
  expect((await api.delete(`/attachments/${old}`)).status).toBe(200)
})
