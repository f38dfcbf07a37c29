/** A contact is edited while sequences write to them: another address, another value, another stage. */
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { DAY } from '../../src/core/clock.ts'
import { at, kysely } from '../../src/store/db.ts'
import { verify } from '../../src/store/verify.ts'
import { startApi } from '../support/api.ts'
import { claimAs } from '../support/in-hand.ts'
import { leaveNow } from '../support/leaving.ts'
import { AT_ANY_HOUR, add, newContact, newSequence, statusOf, step } from '../support/outreach.ts'
import { testTeamOf } from '../support/sent-team.ts'

const api = await startApi()
afterAll(() => api.close())
const team = await testTeamOf(api)
const { body: made } = await api.post('/emailer_schedules', AT_ANY_HOUR)
const open = { active: true, emailer_schedule_id: made.emailer_schedule.id }

/** What is due leaves, with every inbox read; what leaves to this address. */
async function go(to: string) {
  await sql`update mailboxes set read_at = ${at(api.clock.now())}`.execute(kysely(api.db))
  return (await leaveNow(api, team)).filter((one) => one.to === to)
}
const findings = () => verify(api.db, { now: api.clock.now(), team: team.team })

test('an address that changes mid-sequence: the next email goes to the new one, and opens a new thread under the same subject', async () => {
  const { id } = await newSequence(api, open)
  const ana = await newContact(api, { email: 'ana@old-job.test' })
  await add(api, id, [ana])
  expect(await go('ana@old-job.test')).toHaveLength(1)
  await api.put(`/contacts/${ana}`, { email: 'ana@new-job.test' })
  api.clock.advance(3 * DAY)
  expect(await go('ana@new-job.test')).toMatchObject([
    { subject: 'Hello Ana', inReplyTo: null, references: [] },
  ])
  api.clock.advance(5 * DAY)
  // The new thread goes on.
  expect(await go('ana@new-job.test')).toMatchObject([{ subject: 'Re: Hello Ana' }])
  expect(await findings()).toEqual([])
})

test('an address that changes mid-sequence: suppression is checked again', async () => {
  const { id } = await newSequence(api, open)
  const ana = await newContact(api)
  await add(api, id, [ana])
  await api.post('/suppressions', { values: ['ana@listed.test'], reason: 'asked by phone' })
  await api.put(`/contacts/${ana}`, { email: 'ana@listed.test' })
  expect(await go('ana@listed.test')).toEqual([])
  expect(await statusOf(api, ana, id)).toMatchObject({ status: 'finished', inactive_reason: 'unsubscribed' })
})

test('an email that was claimed for the old address returns unsent, and is written anew to the new one', async () => {
  const { id } = await newSequence(api, open)
  const ana = await newContact(api, { email: 'ana@claimed.test' })
  await add(api, id, [ana])
  await claimAs(api, { sequenceId: id, contactId: ana, state: 'claimed' })
  await api.put(`/contacts/${ana}`, { email: 'ana@corrected.test' })
  const { rows } = await sql`select state from messages where contact_id = ${ana}`.execute(kysely(api.db))
  expect(rows).toEqual([{ state: 'cancelled' }])
  expect(await go('ana@corrected.test')).toHaveLength(1)
})

test('the new address is that of another contact in the same sequence: nobody is written to twice', async () => {
  const { id } = await newSequence(api, open)
  const [ana, twin] = [await newContact(api), await newContact(api, { email: 'ana@shared.test' })]
  await add(api, id, [ana, twin])
  const { body } = await api.put(`/contacts/${ana}`, { email: 'ana@shared.test' })
  expect(body.contact.contact_campaign_statuses).toMatchObject([
    { status: 'finished', inactive_reason: 'Same person as another contact' },
  ])
  expect(await go('ana@shared.test')).toHaveLength(1)
  expect(await findings()).toEqual([])
})

test('opting out by a link of before opts out the address of today, too: it is the person who asks', async () => {
  const { id } = await newSequence(api, open)
  const ana = await newContact(api, { email: 'ana@linked.test' })
  await add(api, id, [ana])
  const [mail] = await go('ana@linked.test')
  const { rows } = await sql<{ token: string }>`
    select opt_out_token as token from message_contents where message_id = ${mail!.id}`.execute(
    kysely(api.db),
  )
  await api.put(`/contacts/${ana}`, { email: 'ana@today.test' })
  await api.call({ method: 'POST', path: `/u/${api.teamId}/${rows[0]!.token}`, anonymous: true })
  const { rows: listed } = await sql<{ value: string }>`
    select value from suppressions where reason = 'opt_out' order by value`.execute(kysely(api.db))
  expect(listed.map((one) => one.value)).toEqual(['ana@linked.test', 'ana@today.test'])
  expect(await statusOf(api, ana, id)).toMatchObject({ status: 'finished', inactive_reason: 'unsubscribed' })
})

test('other values are those of the next email; what has left keeps its own', async () => {
  const { id } = await newSequence(api, {
    ...open,
    emailer_steps: [step(), step({ wait: [2, 'day'], subject: 'Once more, {{first_name}}' })],
  })
  const ana = await newContact(api, { email: 'ana@renamed.test' })
  await add(api, id, [ana])
  const [first] = await go('ana@renamed.test')
  await api.put(`/contacts/${ana}`, { first_name: 'Anna' })
  api.clock.advance(3 * DAY)
  expect(await go('ana@renamed.test')).toMatchObject([{ subject: 'Once more, Anna' }])
  const { body } = await api.post('/emailer_messages/search', { contact_id: ana })
  const kept = body.emailer_messages.find((one: { id: string }) => one.id === first!.id)
  expect(kept.subject).toBe('Hello Ana')
})
