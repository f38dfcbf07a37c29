/** Removing a mailbox that was connected by mistake, and what stands in the way of it. */
import { sql } from 'kysely'
import { afterEach, expect, test } from 'vitest'
import { kysely } from '../../src/store/db.ts'
import { type Api, startApi } from '../support/api.ts'
import { add, newContact, newSequence, sandboxId } from '../support/outreach.ts'

let at: Api
afterEach(() => at.close())

async function connect(more: Record<string, unknown> = {}): Promise<string> {
  const login = { host: '127.0.0.1', tls: 'none', user: 'sales', password: 'hunter2 secret' }
  const { status, body, text } = await at.post('/email_accounts', {
    email: 'sales@acme.test',
    smtp: { ...login, port: 2525 },
    imap: { ...login, port: 1143 },
    ...more,
  })
  if (status !== 200) throw new Error(`POST /email_accounts answered ${status}: ${text}`)
  const { id } = body.email_account
  await sql`update mailboxes set state = 'connected' where id = ${id}`.execute(kysely(at.db))
  return id
}

const defaultMailbox = async () =>
  (await at.get('/email_accounts')).body.email_accounts.find((each: { default: boolean }) => each.default)

test('the only real mailbox removed: the sandbox is the default again, a sequence there asks no legal name, and the address can come back', async () => {
  at = await startApi()
  const id = await connect()
  const sequence = await newSequence(at)
  const asked = await at.post(`/emailer_campaigns/${sequence.id}/approve`)
  expect(asked.body).toMatchObject({ code: 'legal_name_missing' })
  const removed = await at.delete(`/email_accounts/${id}`)
  expect(removed).toMatchObject({
    status: 200,
    body: { email_account: { id, deleted: true }, reads_until: null },
  })
  expect((await at.get('/email_accounts')).body.email_accounts).toHaveLength(1)
  expect(await defaultMailbox()).toMatchObject({ is_sandbox: true })
  expect((await at.get(`/email_accounts/${id}`)).status).toBe(404)
  expect((await at.delete(`/email_accounts/${id}`)).status).toBe(404)
  expect((await at.post(`/emailer_campaigns/${sequence.id}/approve`)).status).toBe(200)
  const { rows } = await sql`select state, smtp_secret, imap_secret from mailboxes where id = ${id}`.execute(
    kysely(at.db),
  )
  expect(rows).toEqual([{ state: 'removed', smtp_secret: null, imap_secret: null }])
  expect(await connect()).not.toBe(id)
  expect(await defaultMailbox()).toMatchObject({ email: 'sales@acme.test' })
})

test('the default passes to another real mailbox', async () => {
  at = await startApi()
  const first = await connect()
  const second = await connect({ email: 'two@acme.test' })
  expect(await defaultMailbox()).toMatchObject({ id: first })
  await at.delete(`/email_accounts/${first}`)
  expect(await defaultMailbox()).toMatchObject({ id: second })
})

test('the sandbox stays', async () => {
  at = await startApi()
  const refused = await at.delete(`/email_accounts/${await sandboxId(at)}`)
  expect(refused).toMatchObject({ status: 422, body: { code: 'sandbox_stays' } })
})

test('people in a sequence from it stand in the way, counted, until they are removed', async () => {
  at = await startApi()
  const id = await connect()
  const sequence = await newSequence(at)
  await at.post(`/sequences/${sequence.id}/confirm_always`)
  const people = [await newContact(at), await newContact(at)]
  const added = await add(at, sequence.id, people, { send_email_from_email_account_id: id })
  expect(added.body.contacts).toHaveLength(2)
  const refused = await at.delete(`/email_accounts/${id}`)
  expect(refused).toMatchObject({ status: 422, body: { code: 'mailbox_has_people' } })
  expect(refused.body.error).toMatch(
    /^2 people are in a sequence from sales@acme\.test\. Say what becomes of them/,
  )
  const gone = await at.post('/emailer_campaigns/remove_or_stop_contact_ids', {
    emailer_campaign_ids: [sequence.id],
    contact_ids: people,
    mode: 'remove',
  })
  expect(gone.status, gone.text).toBe(200)
  expect((await at.delete(`/email_accounts/${id}`)).status).toBe(200)
})

test('a mailbox that has sent is removed, too, and its inbox is read for a while', async () => {
  at = await startApi()
  const id = await connect()
  // As the first mark, and the reads since, leave it.
  await sql`update mailboxes set chain_seq = 1, read_at = updated_at where id = ${id}`.execute(kysely(at.db))
  const removed = await at.delete(`/email_accounts/${id}`)
  expect(removed).toMatchObject({ status: 200, body: { reads_until: '2027-02-13T14:00:00.000Z' } })
})

test('a mailbox that reads for a relay stays until the relay is gone', async () => {
  at = await startApi()
  const id = await connect()
  const relay = await connect({ email: 'news@acme.test', imap: null, reads_via: id })
  const refused = await at.delete(`/email_accounts/${id}`)
  expect(refused).toMatchObject({ status: 422, body: { code: 'mailbox_reads_for_others' } })
  expect(refused.body.error).toMatch(/reads the answers of news@acme\.test/)
  for (const each of [relay, id]) expect((await at.delete(`/email_accounts/${each}`)).status).toBe(200)
})
