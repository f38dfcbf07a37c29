/** Several mailboxes on one call: who sends to whom, and that they stay with theirs. */
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { kysely } from '../../src/store/db.ts'
import { startApi } from '../support/api.ts'
import { add, newContact, newContacts, newSequence } from '../support/outreach.ts'

const at = await startApi()
afterAll(() => at.close())

async function connect(email: string, more: object): Promise<string> {
  const server = { host: 'smtp.acme.test', user: 'sales', password: 'secret' }
  const { body } = await at.post('/email_accounts', { email, smtp: server, imap: server, ...more })
  await sql`update mailboxes set state = 'connected'`.execute(kysely(at.db))
  return body.email_account.id
}

async function senders(sequenceId: string): Promise<Record<string, number>> {
  const { rows } = await sql<{ id: string; n: number }>`
    select mailbox_id as id, count(*)::int as n from enrollments where sequence_id = ${sequenceId} group by 1`.execute(
    kysely(at.db),
  )
  return Object.fromEntries(rows.map((row) => [row.id, row.n]))
}

test('a young mailbox gets people by what its ramp-up allows today, and whoever got a mailbox stays with it', async () => {
  const old = await connect('old@acme.test', { email_daily_threshold: 40 })
  const young = await connect('young@acme.test', {
    email_daily_threshold: 40,
    ramp_up: { start_per_day: 10, step_per_day: 5 },
  })
  const { id } = await newSequence(at)
  await at.post(`/sequences/${id}/confirm_always`)
  const both = { send_email_from_email_account_id: [old, young] }
  await add(at, id, await newContacts(at, 10), both)
  expect(await senders(id)).toEqual({ [old]: 8, [young]: 2 })
  // Its ramp-up is over: from now on it gets more than the other, and nobody changes hands.
  await at.put(`/email_accounts/${young}`, { ramp_up: null })
  await add(at, id, [await newContact(at), await newContact(at)], both)
  expect(await senders(id)).toEqual({ [old]: 8, [young]: 4 })
})
