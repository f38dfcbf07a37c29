/** A company is edited while sequences write to its people: a value, its stage, its domain. */
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { at, kysely } from '../../src/store/db.ts'
import { readDue } from '../../src/store/due-enrollments.ts'
import { verify } from '../../src/store/verify.ts'
import { startApi } from '../support/api.ts'
import { leaveNow } from '../support/leaving.ts'
import { AT_ANY_HOUR, add, newContact, newSequence, step } from '../support/outreach.ts'
import { testTeamOf } from '../support/sent-team.ts'

const api = await startApi()
afterAll(() => api.close())
const team = await testTeamOf(api)
const { body: made } = await api.post('/emailer_schedules', AT_ANY_HOUR)
const open = { active: true, emailer_schedule_id: made.emailer_schedule.id }

/** Who is written to now, with every inbox read. */
async function go() {
  await sql`update mailboxes set read_at = ${at(api.clock.now())}`.execute(kysely(api.db))
  return leaveNow(api, team)
}
const findings = () => verify(api.db, { now: api.clock.now(), team: team.team })
const newAccount = async (fields: Record<string, unknown>): Promise<string> =>
  (await api.post('/accounts', fields)).body.account.id
const holdOf = async (contactId: string) => {
  const { rows } = await sql<{ hold: string | null; detail: string | null }>`
    select hold_reason as hold, hold_detail as detail from enrollments where contact_id = ${contactId}`.execute(
    kysely(api.db),
  )
  return rows[0]
}

test('whoever is held for a value of their company goes on as soon as it is written', async () => {
  await api.post('/fields', { label: 'Renewal date', modality: 'account' })
  const account = await newAccount({ name: 'Acme' })
  const body = '<p>Your contract ends on {{renewal_date}}.</p>'
  const { id } = await newSequence(api, { ...open, emailer_steps: [step({ body })] })
  const ana = await newContact(api, { account_id: account, organization_name: null })
  await add(api, id, [ana])
  expect(await go()).toEqual([])
  expect(await holdOf(ana)).toEqual({ hold: 'snippets_missing', detail: 'renewal_date' })
  await api.put(`/accounts/${account}`, { phone: '1' })
  expect(await holdOf(ana)).toMatchObject({ hold: 'snippets_missing' })
  await api.put(`/accounts/${account}`, { typed_custom_fields: { renewal_date: '1 May' } })
  expect(await holdOf(ana)).toMatchObject({ hold: null })
  const [email] = await go()
  expect(email!.text).toContain('Your contract ends on 1 May.')
  expect(await findings()).toEqual([])
})

test('a company that moves to an excluded stage keeps its people back, until it leaves it and somebody lets them go', async () => {
  const stages = (await api.get('/account_stages')).body.account_stages
  const client = stages.find((one: { name: string }) => one.name === 'Current Client').id
  const account = await newAccount({ name: 'Moving' })
  const { id } = await newSequence(api, { ...open, excluded_account_stage_ids: [client] })
  const ana = await newContact(api, { account_id: account, organization_name: null })
  await add(api, id, [ana])
  await api.put(`/accounts/${account}`, { account_stage_id: client })
  expect(await go()).toEqual([])
  expect(await holdOf(ana)).toMatchObject({ hold: 'account_stage_safeguard' })
  await api.put(`/accounts/${account}`, { account_stage_id: null })
  expect(await go()).toEqual([])
  const { rows } = await sql<{ id: string }>`select id from enrollments where contact_id = ${ana}`.execute(
    kysely(api.db),
  )
  expect((await api.post(`/enrollments/${rows[0]!.id}/release`)).status).toBe(200)
  expect(await go()).toHaveLength(1)
  expect(await findings()).toEqual([])
})

test('an email that was rendered before its company was edited is rendered anew when it is claimed', async () => {
  const account = await newAccount({ name: 'Old name' })
  const { id } = await newSequence(api, open)
  const ana = await newContact(api, { account_id: account, organization_name: null })
  await add(api, id, [ana])
  const { rows } = await sql<{ id: string }>`select id from enrollments where contact_id = ${ana}`.execute(
    kysely(api.db),
  )
  const keyNow = async () => {
    const asked = { team: team.team, enrollmentIds: [rows[0]!.id], now: api.clock.now() }
    return (await readDue(api.db, asked))[0]!.wordingKey
  }
  const before = await keyNow()
  expect(await keyNow()).toBe(before)
  await api.put(`/accounts/${account}`, { name: 'New name' })
  expect(await keyNow()).not.toBe(before)
})
