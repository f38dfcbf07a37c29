/** Somebody of the team is deleted while sequences write in their name. */
import { sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { newId } from '../../src/core/ids.ts'
import { at, kysely } from '../../src/store/db.ts'
import { createSession, findSession } from '../../src/store/sessions.ts'
import { insertPassword, insertUser, signInOf } from '../../src/store/users.ts'
import { verify } from '../../src/store/verify.ts'
import { type Api, startApi } from '../support/api.ts'
import { connected, giveTasksDue, readAll, sendDue, set, teamOf } from '../support/going-mailboxes.ts'
import { claimAs } from '../support/in-hand.ts'
import { add, newContact, newSequence, statusOf } from '../support/outreach.ts'

let api: Api
let ben: string
let mailbox: string
const all: Api[] = []
beforeEach(async () => {
  api = await startApi()
  all.push(api)
  const body = { legal_name: 'Acme Ltd', postal_address: '1 Road' }
  await api.call({ method: 'PATCH', path: '/team', body })
  ben = await colleague('Ben Seller', 'member')
  mailbox = await connected(api, 'ben@acme.test')
  await set(api, mailbox, sql`user_id = ${ben}`)
})
afterAll(() => Promise.all(all.map((one) => one.close())))

const rows = async <T>(query: ReturnType<typeof sql<T>>) => (await query.execute(kysely(api.db))).rows
const findings = () => verify(api.db, { now: api.clock.now() })
const from = (id: string) => ({ send_email_from_email_account_id: id })
const remove = (id: string, choice: Record<string, unknown> = {}) =>
  api.call({ method: 'DELETE', path: `/users/${id}`, body: choice })

async function colleague(name: string, role: 'admin' | 'member'): Promise<string> {
  api.clock.advance(1_000)
  const { random, clock } = api.context
  const now = clock.now()
  const id = newId(now, random)
  const email = `${name.split(' ')[0]!.toLowerCase()}@acme.test`
  const [firstName, lastName] = name.split(' ') as [string, string]
  await insertUser(api.db, { id, team: await teamOf(api), name, firstName, lastName, email, role, now })
  await insertPassword(api.db, { id: newId(now, random), userId: id, hash: 'a hash', now })
  return id
}

test('whoever was written to from the mailboxes of a deleted person fails with user_deleted, shown as recorded', async () => {
  const { id } = await newSequence(api, { active: true })
  const ana = await newContact(api)
  await add(api, id, [ana], from(mailbox))
  await sendDue(api)
  const deleted = await remove(ben)
  expect(deleted.status, deleted.text).toBe(200)
  expect(deleted.body).toMatchObject({
    user: { id: ben, deleted: true },
    failed: 1,
    moved: 0,
    mailboxes_removed: 1,
    handed_to: { id: api.userId },
  })
  expect(await statusOf(api, ana, id)).toMatchObject({
    status: 'failed',
    inactive_reason: 'User deleted',
    failure_reason: 'user_deleted',
  })
  expect((await api.get(`/email_accounts/${mailbox}`)).status).toBe(404)
  expect((await api.post('/users/search', {})).body.users.map((one: { id: string }) => one.id)).toEqual([
    api.userId,
  ])
  expect(await rows(sql`select state from messages`)).toEqual([{ state: 'accepted' }])
  expect(await findings()).toEqual([])
})

test('what was claimed in the name of a deleted person returns unsent', async () => {
  const { id } = await newSequence(api, { active: true })
  const ana = await newContact(api)
  await add(api, id, [ana], from(mailbox))
  await claimAs(api, { sequenceId: id, contactId: ana, state: 'claimed' })
  await remove(ben)
  expect(await rows(sql`select state from messages`)).toEqual([{ state: 'cancelled' }])
  expect(await statusOf(api, ana, id)).toMatchObject({ status: 'failed', failure_reason: 'user_deleted' })
})

test('open tasks about people who fail are cancelled; the other ones pass to whoever takes over', async () => {
  const call = { type: 'call', wait_time: 0, wait_mode: 'minute' }
  const { id } = await newSequence(api, { active: true, emailer_steps: [call] })
  const ana = await newContact(api)
  await add(api, id, [ana], from(mailbox))
  await giveTasksDue(api)
  const noted = { type: 'action_item', user_id: ben, contact_id: await newContact(api), status: 'scheduled' }
  expect((await api.post('/tasks', noted)).status).toBe(200)
  expect((await remove(ben)).body).toMatchObject({ failed: 1, tasks_handed_over: 1 })
  expect(await rows(sql`select kind, state, user_id as "user" from tasks order by kind`)).toEqual([
    { kind: 'action_item', state: 'open', user: api.userId },
    { kind: 'call', state: 'cancelled', user: ben },
  ])
  expect(await findings()).toEqual([])
})

test('their people can move to another mailbox, and an unread inbox is asked about, as when a mailbox is removed', async () => {
  const other = await connected(api, 'maria@acme.test')
  const { id } = await newSequence(api, { active: true })
  const ana = await newContact(api)
  await add(api, id, [ana], from(mailbox))
  await sendDue(api)
  await set(api, mailbox, sql`read_problem = 'the password is wrong'`)
  const unread = await remove(ben, { mailboxes: 'move', move_to: other })
  expect(unread.body).toMatchObject({ code: 'answers_unread' })
  await set(api, mailbox, sql`read_problem = null, read_at = ${at(api.clock.now())}`)
  expect((await remove(ben, { mailboxes: 'move', move_to: other })).body).toMatchObject({
    failed: 0,
    moved: 1,
  })
  api.clock.advance(4 * 24 * 3_600_000)
  await readAll(api)
  expect((await sendDue(api)).map((one) => one.from)).toEqual(['maria@acme.test'])
  expect(await statusOf(api, ana, id)).toMatchObject({ status: 'active' })
})

test('their mailboxes can be handed over instead: nobody fails, and the emails name the new sender', async () => {
  const body = '<p>Yours, {{sender_first_name}}</p>'
  const touch = {
    type: 'new_thread',
    status: 'approved',
    emailer_template: { subject: 'Hello', body_html: body },
  }
  const step = { type: 'auto_email', wait_time: 0, wait_mode: 'minute', emailer_touches: [touch] }
  const { id } = await newSequence(api, { active: true, emailer_steps: [step] })
  await add(api, id, [await newContact(api)], from(mailbox))
  expect((await remove(ben, { mailboxes: 'hand_over' })).body).toMatchObject({
    failed: 0,
    mailboxes_removed: 0,
  })
  expect((await sendDue(api)).map((one) => [one.from, /Yours, (\w+)/.exec(one.html)?.[1]])).toEqual([
    ['ben@acme.test', 'Maria'],
  ])
})

test('sequences, contacts and accounts that they own stay, and are handed to whom one names', async () => {
  const eva = await colleague('Eva Boss', 'admin')
  const { id } = await newSequence(api)
  const ana = await newContact(api)
  await sql`update sequences set owner_id = ${ben} where id = ${id}`.execute(kysely(api.db))
  await sql`update contacts set owner_id = ${ben} where id = ${ana}`.execute(kysely(api.db))
  const { deletion } = (await api.get(`/users/${ben}/deletion`)).body
  expect(deletion).toMatchObject({
    name: 'Ben Seller',
    last_admin: false,
    hand_to: { id: api.userId },
    mailboxes: [{ email: 'ben@acme.test', people: 0 }],
    sequences: [{ id, name: 'Outreach' }],
    contacts: 1,
  })
  expect((await remove(ben, { hand_to: eva })).body.handed_to).toEqual({ id: eva, name: 'Eva Boss' })
  expect(await rows(sql`select owner_id as o from sequences`)).toEqual([{ o: eva }])
  expect(await rows(sql`select owner_id as o from contacts`)).toEqual([{ o: eva }])
})

test('their sessions, their password and the API keys that they made end', async () => {
  const { random, clock } = api.context
  const now = clock.now()
  const token = await createSession(api.db, { userId: ben, ipAddress: '::1', userAgent: null, now, random })
  await sql`update api_keys set created_by = ${ben}`.execute(kysely(api.db))
  expect(await signInOf(api.db, 'ben@acme.test')).toMatchObject({ userId: ben })
  expect((await remove(ben)).body).toMatchObject({ api_keys_ended: 1 })
  expect(await findSession(api.db, { token, now })).toBeUndefined()
  expect(await signInOf(api.db, 'ben@acme.test')).toBeUndefined()
  expect((await api.get('/users/search')).status).toBe(401)
})

test('the last admin cannot be deleted; with another one they can', async () => {
  const refused = await remove(api.userId)
  expect(refused).toMatchObject({ status: 422, body: { code: 'last_admin' } })
  expect(refused.body.error).toBe('Maria Ortiz is the last admin of the team, and stays.')
  const eva = await colleague('Eva Boss', 'admin')
  expect((await remove(api.userId, { hand_to: eva })).status).toBe(200)
})

test('only an admin deletes somebody, once, and hands over to somebody who is there', async () => {
  const { random, clock } = api.context
  const now = clock.now()
  const token = await createSession(api.db, { userId: ben, ipAddress: '::1', userAgent: null, now, random })
  const headers = { cookie: `segue_session=${token}`, 'sec-fetch-site': 'same-origin', 'x-api-key': '' }
  const asBen = await api.call({ method: 'DELETE', path: `/users/${ben}`, headers, anonymous: true })
  expect(asBen).toMatchObject({ status: 422, body: { code: 'not_admin' } })
  expect((await remove(ben, { hand_to: ben })).body).toMatchObject({ code: 'hand_to_unknown' })
  expect((await remove(ben)).status).toBe(200)
  expect((await remove(ben)).status).toBe(404)
})

test('a mailbox that reads for somebody else stands in the way before anything is done', async () => {
  await connected(api, 'relay@acme.test', { imap: null, reads_via: mailbox })
  expect((await remove(ben)).body).toMatchObject({ code: 'mailbox_reads_for_others' })
  expect((await api.get(`/email_accounts/${mailbox}`)).status).toBe(200)
})

test('a mailbox that went with its person is somebody’s: tasks about its last answers reach them', async () => {
  await remove(ben)
  expect(await rows(sql`select state, user_id as "user" from mailboxes where id = ${mailbox}`)).toEqual([
    { state: 'removed', user: api.userId },
  ])
})

test('only an admin makes keys, and a key of somebody who was deleted opens nothing', async () => {
  const { random, clock } = api.context
  const now = clock.now()
  const token = await createSession(api.db, { userId: ben, ipAddress: '::1', userAgent: null, now, random })
  const refused = await fetch(`${api.url}/api/v1/api_keys`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie: `segue_session=${token}`, origin: api.url },
    body: JSON.stringify({ name: 'Mine' }),
  })
  expect([refused.status, await refused.json()]).toEqual([
    403,
    expect.objectContaining({
      code: 'not_admin',
      error: expect.stringContaining('Only an admin makes keys'),
    }),
  ])
  const { body } = await api.post('/api_keys', { name: 'His' })
  await sql`update api_keys set created_by = ${ben}, name = 'late' where id = ${body.key.id}`.execute(
    kysely(api.db),
  )
  await remove(ben)
  await sql`update api_keys set revoked_at = null where id = ${body.key.id}`.execute(kysely(api.db))
  const asked = await fetch(`${api.url}/api/v1/users/search`, { headers: { 'x-api-key': body.api_key } })
  expect(asked.status).toBe(401)
})
