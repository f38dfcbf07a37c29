/** A contact is deleted while sequences write to them. */
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { claim } from '../../src/engine/claim.ts'
import { createLog } from '../../src/log.ts'
import { kysely } from '../../src/store/db.ts'
import { verify } from '../../src/store/verify.ts'
import { startApi } from '../support/api.ts'
import { claimAs } from '../support/in-hand.ts'
import { add, newContact, newSequence } from '../support/outreach.ts'

const api = await startApi()
afterAll(() => api.close())

const rows = async <T>(query: ReturnType<typeof sql<T>>) => (await query.execute(kysely(api.db))).rows
const enrollmentsOf = (contactId: string) =>
  rows(
    sql<{ state: string; reason: string; due: string | null; lease: string | null }>`
      select state, reason, due_at as due, lease_until as lease from enrollments where contact_id = ${contactId}`,
  )
const messagesOf = (contactId: string) =>
  rows(sql<{ state: string }>`select state from messages where contact_id = ${contactId}`)
const findings = () => verify(api.db, { now: api.clock.now() })

test('somebody who is added in the very moment of their deletion is failed by the next look, and nothing leaves', async () => {
  const { id } = await newSequence(api, { active: true })
  const ana = await newContact(api)
  await add(api, id, [ana])
  // As a call leaves it that had read the contact before the deletion committed.
  await sql`update contacts set deleted_at = ${new Date(api.clock.now())} where id = ${ana}`.execute(
    kysely(api.db),
  )
  const { team_id: team } = (
    await rows(sql<{ team_id: number }>`select team_id from contacts where id = ${ana}`)
  )[0]!
  const { clock, context, database } = api
  const tools = { db: database.pools.claim, clock, random: context.random, log: createLog('silent') }
  await claim(team, { ...tools, publicUrl: null, worker: 'one' })
  expect(await enrollmentsOf(ana)).toMatchObject([{ state: 'failed', reason: 'contact_deleted' }])
  expect(await messagesOf(ana)).toEqual([])
})

test('a deleted contact: each of their enrollments is failed as contact_deleted', async () => {
  const [one, two] = [await newSequence(api, { active: true }), await newSequence(api, { active: true })]
  const ana = await newContact(api)
  await add(api, one.id, [ana])
  await add(api, two.id, [ana], { sequence_active_in_other_campaigns: true })
  const { status, body } = await api.delete(`/contacts/${ana}`)
  expect(status).toBe(200)
  expect(body).toMatchObject({ contact: { id: ana, deleted: true }, still_sending: [] })
  expect(body.failed_contact_campaign_status_ids).toHaveLength(2)
  const failed = { state: 'failed', reason: 'contact_deleted', due: null, lease: null }
  expect(await enrollmentsOf(ana)).toEqual([failed, failed])
  const { enrollments } = (await api.post('/enrollments/search', { sequence_id: one.id })).body
  expect(enrollments).toMatchObject([{ state: 'failed', sentence: 'The contact was deleted.' }])
  expect((await api.get(`/contacts/${ana}`)).body.error).toBe('This contact has been deleted.')
  expect(await findings()).toEqual([])
})

test('what was claimed for a deleted contact returns unsent, and what was transmitting is named', async () => {
  const { id } = await newSequence(api, { active: true })
  const [ana, ben] = [await newContact(api), await newContact(api)]
  await add(api, id, [ana, ben])
  await claimAs(api, { sequenceId: id, contactId: ana, state: 'claimed' })
  await claimAs(api, { sequenceId: id, contactId: ben, state: 'transmitting' })
  expect((await api.delete(`/contacts/${ana}`)).body.still_sending).toEqual([])
  expect(await messagesOf(ana)).toEqual([{ state: 'cancelled' }])
  expect((await api.delete(`/contacts/${ben}`)).body.still_sending).toMatchObject([{ contact_id: ben }])
  expect(await messagesOf(ben)).toEqual([{ state: 'transmitting' }])
})

test('open tasks about a deleted contact are cancelled', async () => {
  const call = { type: 'call', wait_time: 0, wait_mode: 'minute' }
  const { id } = await newSequence(api, { active: true, emailer_steps: [call] })
  const ana = await newContact(api)
  await add(api, id, [ana])
  const noted = await api.post('/tasks', {
    type: 'call',
    user_id: api.userId,
    contact_id: ana,
    status: 'scheduled',
  })
  expect(noted.status, noted.text).toBe(200)
  await api.delete(`/contacts/${ana}`)
  const open = await rows(sql`select id from tasks where contact_id = ${ana} and state = 'open'`)
  expect(open).toEqual([])
})

test('the do-not-contact list outlives a deleted contact: added again, they are skipped', async () => {
  const { id } = await newSequence(api, { active: true })
  const email = 'gone@client.test'
  const ana = await newContact(api, { email })
  await api.post('/suppressions', { values: [email], reason: 'asked by phone' })
  await api.delete(`/contacts/${ana}`)
  const again = await newContact(api, { email })
  const added = await add(api, id, [again])
  expect(added.body.skipped_contact_ids).toEqual({ [again]: 'contacts_unsubscribed' })
})

test('a contact is deleted once, also with existence_level, shown as recorded; one that is not there is refused by name', async () => {
  const { id } = await newSequence(api, { active: true })
  const ana = await newContact(api)
  await add(api, id, [ana])
  const gone = (await api.put(`/contacts/${ana}`, { existence_level: 'none' })).body.contact
  expect(gone).toMatchObject({ id: ana, existence_level: 'none' })
  expect(gone.contact_campaign_statuses).toMatchObject([
    { status: 'failed', inactive_reason: 'User deleted', failure_reason: 'user_deleted' },
  ])
  expect(await api.delete(`/contacts/${ana}`)).toMatchObject({
    status: 422,
    body: { error: 'This contact has been deleted.' },
  })
  expect(await api.delete(`/contacts/${'0'.repeat(24)}`)).toMatchObject({ status: 422 })
})

test('a key that may change contacts deletes none, by whatever name', async () => {
  const made = (await api.post('/api_keys', { name: 'Sync' })).body
  await sql`update api_keys set master = false, scopes = array['api/v1/contacts/update'] where name = 'Sync'`.execute(
    kysely(api.db),
  )
  const ana = await newContact(api)
  const put = (body: object) =>
    api.call({ method: 'PUT', path: `/contacts/${ana}`, body, headers: { 'x-api-key': made.api_key } })
  expect((await put({ title: 'CEO' })).body.contact).toMatchObject({ title: 'CEO' })
  const refused = await put({ existence_level: 'none' })
  expect(refused).toMatchObject({ status: 403, body: { error_code: 'API_INACCESSIBLE' } })
  expect(refused.body.error).toContain('api/v1/contacts/destroy')
  expect((await api.get(`/contacts/${ana}`)).body.contact.existence_level).toBe('full')
})
