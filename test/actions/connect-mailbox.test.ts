/** Connecting a real mailbox beside what else happens: asking for time travel at the same moment, a check that is under way. */
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { beginCheck } from '../../src/actions/check-mailbox.ts'
import { DAY } from '../../src/core/clock.ts'
import { createLog } from '../../src/log.ts'
import { at, kysely } from '../../src/store/db.ts'
import { hasRealMailbox, hasTravelled } from '../../src/store/mailboxes.ts'
import { requestTravel } from '../../src/store/travel.ts'
import { type Api, startApi } from '../support/api.ts'
import { until } from '../support/until.ts'

let api: Api
beforeEach(async () => {
  api = await startApi()
})
afterEach(() => api.close())

/** Somebody waits for a lock. */
const blocked = () =>
  until(
    async () =>
      (
        await sql<{ n: number }>`
          select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
          kysely(api.db),
        )
      ).rows[0]!.n,
    (n) => n > 0,
  )
const connect = () =>
  api.post('/email_accounts', {
    email: 'sales@acme.test',
    smtp: { host: '127.0.0.1', port: 25, tls: 'none' },
    imap: { host: '127.0.0.1', port: 143, tls: 'none', user: 'sales', password: 'x' },
  })
const travel = () => {
  const now = api.clock.now()
  return requestTravel(api.database.pools.control, { until: now + DAY, now })
}
const teamId = async () =>
  (await sql<{ id: number }>`select id from teams`.execute(kysely(api.db))).rows[0]!.id

test('a mailbox being saved is seen by the travel that waited for it', async () => {
  const team = await teamId()
  const held = Promise.withResolvers<void>()
  const saved = Promise.withResolvers<void>()
  const connecting = api.database.pools.mark.transaction(async (tx) => {
    expect(await hasTravelled(tx)).toBe(false)
    await sql`
      insert into mailboxes (team_id, id, kind, user_id, address, state, created_at, updated_at)
      values (${team}, ${'b'.repeat(24)}, 'smtp', ${api.userId}, 'sales@acme.test', 'unchecked', ${at(api.clock.now())},
        ${at(api.clock.now())})`.execute(kysely(tx))
    saved.resolve()
    await held.promise
  })
  await saved.promise
  const asked = travel()
  await blocked()
  held.resolve()
  await connecting
  expect(await asked).toMatchObject({ kind: 'refused', sentence: expect.stringContaining('sales@acme.test') })
  expect(await hasTravelled(api.db)).toBe(false)
})

test('a travel being asked for is seen by the mailbox that waited for it', async () => {
  const held = Promise.withResolvers<void>()
  const set = Promise.withResolvers<void>()
  const travelling = api.database.pools.mark.transaction(async (tx) => {
    await sql`update deployment set travelled = true`.execute(kysely(tx))
    set.resolve()
    await held.promise
  })
  await set.promise
  const answer = connect()
  await blocked()
  held.resolve()
  await travelling
  expect((await answer).body).toMatchObject({ code: 'travelled' })
  expect(await hasRealMailbox(api.db, await teamId())).toBe(false)
})

test('a check that began before the settings were changed is not the check of the new ones', async () => {
  const { body } = await connect()
  const { id } = body.email_account
  const over = Promise.withResolvers<never>()
  const { context } = api
  const checking = {
    ...context,
    team: await teamId(),
    privateMailHosts: ['127.0.0.1'],
    log: createLog('silent'),
    mail: { ...context.mail, check: () => over.promise },
  }
  const begin = async () => {
    const begun = await beginCheck(api.db, checking, id)
    return begun.ok ? begun.value : expect.fail(JSON.stringify(begun))
  }
  const first = await begin()
  expect((await begin()).checkId).toBe(first.checkId)
  const signedInAgain = await api.put(`/email_accounts/${id}`, {
    imap: { host: '127.0.0.1', port: 143, tls: 'none', user: 'sales', password: 'new' },
  })
  expect(signedInAgain.status, JSON.stringify(signedInAgain.body)).toBe(200)
  const second = await begin()
  expect(second.checkId).not.toBe(first.checkId)
  over.reject(new Error('the test is over'))
  await Promise.all([first.finished, second.finished])
})
