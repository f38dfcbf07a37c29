/** Two contacts turn out to be one person while sequences write to them: one is merged into the other. */
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { DAY, HOUR } from '../../src/core/clock.ts'
import type { Stop } from '../../src/core/enrollment.ts'
import { at, kysely } from '../../src/store/db.ts'
import { liveEnrollments, stop } from '../../src/store/stops.ts'
import { verify } from '../../src/store/verify.ts'
import { startApi } from '../support/api.ts'
import { claimAs } from '../support/in-hand.ts'
import { leaveNow } from '../support/leaving.ts'
import { AT_ANY_HOUR, add, newContact, newSequence, statusOf } from '../support/outreach.ts'
import { testTeamOf } from '../support/sent-team.ts'

const api = await startApi()
afterAll(() => api.close())
const team = await testTeamOf(api)
const { body: made } = await api.post('/emailer_schedules', AT_ANY_HOUR)
const open = { active: true, emailer_schedule_id: made.emailer_schedule.id }

const merge = (kept: string, other: string, more: object = {}) =>
  api.post(`/contacts/${kept}/merge`, { contact_id: other, ...more })

interface Row {
  id: string
  contact: string
  state: string
  reason: string | null
  removed: boolean
}
const rows = async <T>(query: ReturnType<typeof sql<T>>) => (await query.execute(kysely(api.db))).rows
const enrollmentsOf = (sequenceId: string) =>
  rows(
    sql<Row>`select id, contact_id as contact, state, reason, removed_at is not null as removed from enrollments
      where sequence_id = ${sequenceId} order by removed_at is not null, id`,
  )
const findings = () => verify(api.db, { now: api.clock.now(), team: team.team })

/** What is due leaves, with every inbox read; what leaves to this address. */
async function go(to?: string) {
  await sql`update mailboxes set read_at = ${at(api.clock.now())}`.execute(kysely(api.db))
  return (await leaveNow(api, team)).filter((one) => to === undefined || one.to === to)
}

/** As an answer or a bounce ends it. */
async function end(contactId: string, how: Stop) {
  const moment = { team: team.team, actor: 'inbound', now: api.clock.now(), random: api.context.random }
  const enrollmentIds = await liveEnrollments(api.db, { ...moment, of: { contactIds: [contactId] } })
  await api.db.transaction((tx) => stop(tx, { ...moment, enrollmentIds, stop: how }))
}

test('merged contacts keep the more advanced enrollment; the other ends as the same person and is hidden', async () => {
  const { id } = await newSequence(api, open)
  const [ana, anna] = [await newContact(api), await newContact(api, { email: 'anna@old.test' })]
  await add(api, id, [anna])
  expect(await go('anna@old.test')).toHaveLength(1)
  await add(api, id, [ana])
  const { status, body, text } = await merge(ana, anna)
  expect(status, text).toBe(200)
  const [ahead, behind] = await enrollmentsOf(id)
  expect(ahead).toMatchObject({ contact: ana, state: 'active', removed: false })
  expect(behind).toMatchObject({ contact: ana, state: 'finished', reason: 'same_person', removed: true })
  expect(body).toMatchObject({
    contact: { id: ana },
    merged_contact_id: anna,
    dry_run: false,
    sequences: [
      {
        emailer_campaign_id: id,
        place_of: 'merged',
        contact_campaign_status_id: ahead!.id,
        goes_on: true,
        ended_contact_campaign_status_ids: [behind!.id],
      },
    ],
    leaves_email: 'anna@old.test',
    still_sending: [],
  })
  expect(body.contact.contact_campaign_statuses).toMatchObject([
    { id: ahead!.id, status: 'active', current_step_position: 2 },
  ])
  const { emailer_campaign: shown } = (await api.get(`/emailer_campaigns/${id}`)).body
  expect([
    shown.num_steps,
    (await api.post('/enrollments/search', { sequence_id: id })).body.pagination,
  ]).toMatchObject([3, { total_entries: 1 }])
  expect(await findings()).toEqual([])
})

test('where the kept one is ahead it stays where it is, whatever was claimed for the other returns unsent', async () => {
  const { id } = await newSequence(api, open)
  const [ana, anna] = [await newContact(api), await newContact(api)]
  await add(api, id, [ana])
  await go()
  await add(api, id, [anna])
  await claimAs(api, { sequenceId: id, contactId: anna, state: 'claimed' })
  const { body } = await merge(ana, anna)
  expect(body.sequences).toMatchObject([{ place_of: 'kept', goes_on: true }])
  const messages = await rows(
    sql<{ state: string }>`select state from messages where sequence_id = ${id} order by id`,
  )
  expect(messages.map((one) => one.state).sort()).toEqual(['accepted', 'cancelled'])
  expect(await statusOf(api, ana, id)).toMatchObject({ status: 'active', current_step_position: 2 })
})

test('an email to the address that goes, on the wire in that moment, is named; one that is claimed is written anew to the address that stays', async () => {
  const { id } = await newSequence(api, open)
  const [ana, anna] = [await newContact(api, { email: 'ana@stays.test' }), await newContact(api)]
  const [ben, benno] = [await newContact(api, { email: 'ben@stays.test' }), await newContact(api)]
  await add(api, id, [anna])
  await claimAs(api, { sequenceId: id, contactId: anna, state: 'claimed' })
  expect((await merge(ana, anna)).body.still_sending).toEqual([])
  expect(await go('ana@stays.test')).toHaveLength(1)
  await add(api, id, [benno])
  await claimAs(api, { sequenceId: id, contactId: benno, state: 'transmitting' })
  expect((await merge(ben, benno)).body.still_sending).toMatchObject([{ contact_id: ben }])
  await go()
  expect(await go('ben@stays.test')).toEqual([])
})

test('where only the other one was, the kept one is now: the next email goes to its address, in a new thread', async () => {
  const { id, steps } = await newSequence(api, open)
  const [ana, anna] = [
    await newContact(api, { email: 'ana@new-thread.test' }),
    await newContact(api, { email: 'anna@thread.test', first_name: 'Anna' }),
  ]
  await add(api, id, [anna])
  expect(await go('anna@thread.test')).toMatchObject([{ subject: 'Hello Anna' }])
  expect((await merge(ana, anna)).body.sequences).toMatchObject([{ place_of: 'merged', goes_on: true }])
  expect(await statusOf(api, ana, id)).toMatchObject({ status: 'active', current_step_id: steps[1] })
  api.clock.advance(3 * DAY)
  expect(await go('ana@new-thread.test')).toMatchObject([{ subject: 'Hello Anna', inReplyTo: null }])
  expect(await findings()).toEqual([])
})

test('with one address the thread goes on', async () => {
  const { id } = await newSequence(api, open)
  const email = 'ana@one-address.test'
  const [ana, anna] = [await newContact(api, { email }), await newContact(api, { email })]
  await add(api, id, [anna])
  const [first] = await go(email)
  await merge(ana, anna)
  api.clock.advance(3 * DAY)
  expect(await go(email)).toMatchObject([{ subject: 'Re: Hello Ana', inReplyTo: first!.rfcId }])
})

test('suppression is checked again by the address that stays, and that of the other stays on the list', async () => {
  const { id } = await newSequence(api, open)
  const [ana, anna] = [
    await newContact(api, { email: 'ana@opted-out.test' }),
    await newContact(api, { email: 'anna@free.test' }),
  ]
  await add(api, id, [anna])
  await api.post('/suppressions', { values: ['ana@opted-out.test'], reason: 'asked by phone' })
  await merge(ana, anna)
  expect(await go('ana@opted-out.test')).toEqual([])
  expect(await statusOf(api, ana, id)).toMatchObject({ status: 'finished', inactive_reason: 'unsubscribed' })
  const [ben, benno] = [await newContact(api), await newContact(api, { email: 'benno@opted-out.test' })]
  await api.post('/suppressions', { values: ['benno@opted-out.test'], reason: 'asked by phone' })
  expect((await merge(ben, benno, { dry_run: true })).body.only_merged_is_unsubscribed).toBe(true)
  await merge(ben, benno)
  const again = await newContact(api, { email: 'benno@opted-out.test' })
  const added = await add(api, id, [again])
  expect(added.body.skipped_contact_ids).toEqual({ [again]: 'contacts_unsubscribed' })
})

test('whoever has come to the end of a sequence is not brought back into it by the other; what failed is', async () => {
  const { id } = await newSequence(api, open)
  const [ana, anna] = [await newContact(api), await newContact(api)]
  const [ben, benno] = [await newContact(api), await newContact(api)]
  await add(api, id, [ana, anna, ben, benno])
  await end(ana, { to: 'finished', reason: 'interested' })
  await end(ben, { to: 'failed', reason: 'hard_bounced' })
  expect((await merge(ana, anna)).body.sequences).toMatchObject([{ place_of: 'kept', goes_on: false }])
  expect((await merge(ben, benno)).body.sequences).toMatchObject([{ place_of: 'merged', goes_on: true }])
  expect(await statusOf(api, ana, id)).toMatchObject({ status: 'finished', inactive_reason: 'interested' })
  expect(await statusOf(api, ben, id)).toMatchObject({ status: 'active' })
})

test('a third contact with the address that stays is in the sequence: nobody joins it there', async () => {
  const { id } = await newSequence(api, open)
  const email = 'ana@three.test'
  const [ana, twin, anna] = [
    await newContact(api, { email }),
    await newContact(api, { email }),
    await newContact(api),
  ]
  await add(api, id, [twin, anna])
  expect((await merge(ana, anna)).body.sequences).toMatchObject([{ goes_on: false }])
  expect(await statusOf(api, ana, id)).toMatchObject({
    status: 'finished',
    inactive_reason: 'Same person as another contact',
  })
  expect(await go(email)).toHaveLength(1)
})

test('all that is known of the other is seen at the kept one: emails, what happened, tasks, lists', async () => {
  const { id } = await newSequence(api, open)
  const [ana, anna] = [
    await newContact(api, { label_names: ['Fair'] }),
    await newContact(api, { label_names: ['Fair', 'Dinner'] }),
  ]
  await add(api, id, [anna])
  api.clock.advance(HOUR)
  await go()
  const task = { type: 'call', user_id: api.userId, contact_id: anna, status: 'scheduled' }
  await api.post('/tasks', task)
  api.clock.advance(HOUR)
  await merge(ana, anna)
  const { entries } = (await api.get(`/contacts/${ana}/timeline`)).body
  expect(entries.map((one: { activity?: string; kind: string }) => one.activity ?? one.kind)).toEqual([
    'enrolled',
    'sent',
    'contact_merged',
  ])
  expect((await api.post('/tasks/search', { contact_ids: [ana] })).body.tasks).toHaveLength(1)
  expect(
    (await api.post('/emailer_messages/search', { contact_id: ana })).body.emailer_messages,
  ).toHaveLength(2)
  const { contact, labels } = (await api.get(`/contacts/${ana}`)).body
  expect(labels.map((one: { name: string }) => one.name)).toEqual(['Dinner', 'Fair'])
  expect(contact.emailer_campaign_ids).toEqual([id])
  const fair = (await api.get('/labels')).body.find((one: { name: string }) => one.name === 'Fair')
  expect(fair.cached_count).toBe(1)
})

test('what the kept one does not say is taken over; a place or a company is never put together from two', async () => {
  const ana = await newContact(api, { organization_name: undefined, city: 'Lyon', phone: undefined })
  const anna = await newContact(api, {
    title: 'CFO',
    organization_name: 'Acme',
    city: 'Boston',
    country: 'United States',
    mobile_phone: '+1 617 555 0101',
  })
  const { contact, filled } = (await merge(ana, anna)).body
  expect(contact).toMatchObject({ title: 'CFO', organization_name: 'Acme', city: 'Lyon', country: null })
  expect(contact.phone_numbers).toMatchObject([{ raw_number: '+1 617 555 0101' }])
  expect(filled).toEqual(
    expect.arrayContaining(['title', 'organization_name', 'account_id', 'phone_numbers']),
  )
})

test('whoever must not be contacted stays so, whichever of the two is kept; a stage that somebody chose stays', async () => {
  const { contact_stages: stages } = (await api.get('/contact_stages')).body
  const idOf = (name: string) => stages.find((one: { name: string }) => one.name === name).id
  const at = (name: string) => newContact(api, { contact_stage_id: idOf(name) })
  const stageAfter = async (kept: string, other: string) =>
    (await merge(await at(kept), await at(other))).body.contact.contact_stage_id
  expect(await stageAfter('Replied', 'Do Not Contact')).toBe(idOf('Do Not Contact'))
  expect(await stageAfter('Replied', 'Interested')).toBe(idOf('Replied'))
})

test('a merge can be asked, without doing it, what it would do', async () => {
  const { id } = await newSequence(api, open)
  const [ana, anna] = [await newContact(api), await newContact(api, { title: 'CFO' })]
  await add(api, id, [ana, anna])
  const asked = (await merge(ana, anna, { dry_run: true })).body
  expect(asked).toMatchObject({ dry_run: true, filled: ['title'], sequences: [{ place_of: 'kept' }] })
  expect((await enrollmentsOf(id)).map((one) => one.state)).toEqual(['active', 'active'])
  expect((await api.get(`/contacts/${anna}`)).status).toBe(200)
  const done = (await merge(ana, anna)).body
  expect(done.sequences).toEqual(asked.sequences)
})

test('what cannot be merged says why: itself, nobody, somebody deleted, somebody merged already, somebody of another team', async () => {
  const [ana, anna, gone] = [await newContact(api), await newContact(api), await newContact(api)]
  await api.delete(`/contacts/${gone}`)
  const errorOf = async (kept: string, other: string) => {
    const { status, body } = await merge(kept, other)
    return `${status} ${body.error}`
  }
  const nobody = '0'.repeat(24)
  expect(await errorOf(ana, ana)).toBe(
    `422 ${ana} is this very contact. Give the id of the other contact of the same person.`,
  )
  expect(await errorOf(ana, nobody)).toBe(`422 The contact ${nobody} does not exist.`)
  expect(await errorOf(nobody, ana)).toBe('404 Record not found.')
  expect(await errorOf(ana, gone)).toBe(
    `422 The contact ${gone} has been deleted; there is nothing to merge.`,
  )
  expect(await errorOf(gone, ana)).toBe('422 This contact has been deleted.')
  expect((await merge(ana, anna)).status).toBe(200)
  expect(await errorOf(ana, anna)).toBe(
    `422 The contact ${anna} was merged into the contact ${ana} already; there is nothing to merge.`,
  )
  expect((await api.get(`/contacts/${anna}`)).body).toMatchObject({ merged_into_contact_id: ana })
  // A contact of another team is nobody here.
  const foreign = '1'.repeat(24)
  await sql`
    with t as (insert into teams (public_id, name, time_zone, created_at) values ('other', 'Other', 'UTC', '2027-01-01') returning id)
    insert into contacts (team_id, id, created_at, updated_at) select id, ${foreign}, '2027-01-01', '2027-01-01' from t`.execute(
    kysely(api.db),
  )
  expect(await errorOf(ana, foreign)).toBe(`422 The contact ${foreign} does not exist.`)
})

test('of two merges at the same moment one is done, also of each into the other', async () => {
  const { id } = await newSequence(api, open)
  for (let i = 0; i < 5; i++) {
    const [ana, anna] = [await newContact(api), await newContact(api)]
    await add(api, id, [ana, anna])
    const answers = await Promise.all([merge(ana, anna), i % 2 ? merge(ana, anna) : merge(anna, ana)])
    expect(answers.map((one) => one.status).sort()).toEqual([200, 422])
    const { rows: live } = await sql`
      select id from enrollments where contact_id in (${ana}, ${anna}) and state = 'active' and removed_at is null`.execute(
      kysely(api.db),
    )
    expect(live).toHaveLength(1)
  }
  expect(await findings()).toEqual([])
})

test('merging against adding leaves the person in the sequence once', async () => {
  const { id } = await newSequence(api, open)
  for (let i = 0; i < 5; i++) {
    const email = `ana@race${i}.test`
    const [ana, anna] = [await newContact(api, { email }), await newContact(api)]
    await add(api, id, [ana])
    const [merged] = await Promise.all([merge(ana, anna), add(api, id, [anna])])
    expect(merged.status).toBe(200)
    const { rows: live } = await sql`
      select id from enrollments where contact_id in (${ana}, ${anna}) and state = 'active' and removed_at is null`.execute(
      kysely(api.db),
    )
    expect(live).toHaveLength(1)
  }
})

test('who was merged twice is found at the last one', async () => {
  const { id } = await newSequence(api, open)
  const [ana, anna, annika] = [await newContact(api), await newContact(api), await newContact(api)]
  await add(api, id, [annika])
  api.clock.advance(HOUR)
  await merge(anna, annika)
  api.clock.advance(HOUR)
  await merge(ana, anna)
  expect(await statusOf(api, ana, id)).toMatchObject({ status: 'active' })
  const { entries } = (await api.get(`/contacts/${ana}/timeline`)).body
  expect(entries.map((one: { activity: string }) => one.activity)).toEqual([
    'enrolled',
    'contact_merged',
    'contact_merged',
  ])
})
