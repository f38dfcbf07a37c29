/** Why somebody is not added: each reason brought about the way a team would, and asked for before anybody is added. */
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { runImport } from '../../src/actions/run-import.ts'
import { kysely } from '../../src/store/db.ts'
import { type Api, startApi } from '../support/api.ts'
import { add, newContact, newSequence } from '../support/outreach.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.close())
const RULES = { one_contact_per_company_in_sequence: false, only_owners_may_email: false }
afterEach(() => api.put('/team', RULES))

const COLLEAGUE = 'c'.repeat(24)
/** Nobody can be invited yet. */
const newColleague = () =>
  sql`insert into users (id, team_id, name, email, role, created_at, updated_at)
    select ${COLLEAGUE}, team_id, 'Ben', 'ben@acme.test', role, created_at, updated_at from users limit 1
    on conflict do nothing`.execute(kysely(api.db))

async function skipped(sequenceId: string, contactIds: string[], flags: object = {}) {
  const { status, body, text } = await add(api, sequenceId, contactIds, { ...flags })
  expect(status, text).toBe(200)
  return body.skipped_contact_ids
}
const change = (id: string, fields: object) => api.put(`/contacts/${id}`, fields)

test('somebody of a company that is in the sequence is skipped where the team wants one of each, also within one call', async () => {
  const { id } = await newSequence(api)
  const at = (n: number, company: string) => ({
    email: `p${n}@${company}.test`,
    organization_name: undefined,
  })
  const [first, second, third] = [
    await newContact(api, at(1, 'mates')),
    await newContact(api, at(2, 'sales.mates')),
    await newContact(api, at(3, 'mates')),
  ]
  await add(api, id, [first])
  expect(await skipped(id, [second])).toEqual({})
  await api.put('/team', { one_contact_per_company_in_sequence: true })
  const { body } = await add(api, id, [third])
  expect(body.skipped_contact_ids).toEqual({ [third]: 'contacts_in_same_company' })
  expect(body.skipped_contacts[0].reasons).toMatchObject([
    { flag: 'sequence_same_company_in_same_campaign', sequence_id: id, sequence_name: 'Outreach' },
  ])
  expect(await skipped(id, [third], { sequence_same_company_in_same_campaign: true })).toEqual({})
  const { id: other } = await newSequence(api)
  const pair = [await newContact(api, at(1, 'pair')), await newContact(api, at(2, 'pair'))]
  expect(Object.values(await skipped(other, pair))).toEqual(['contacts_in_same_company'])
})

test('an account makes a company of people at different domains; those at a provider of free mailboxes are strangers', async () => {
  await api.put('/team', { one_contact_per_company_in_sequence: true })
  const { id } = await newSequence(api)
  const linked = { organization_name: 'Two domains' }
  const [a, b] = [
    await newContact(api, { ...linked, email: 'a@one.test' }),
    await newContact(api, { ...linked, email: 'b@two.test' }),
  ]
  const free = { organization_name: undefined }
  const [c, d] = [
    await newContact(api, { ...free, email: 'c@gmail.com' }),
    await newContact(api, { ...free, email: 'd@gmail.com' }),
  ]
  expect(Object.keys(await skipped(id, [a, b, c, d]))).toHaveLength(1)
  await api.post('/emailer_campaigns/remove_or_stop_contact_ids', {
    ...{ emailer_campaign_ids: [id], contact_ids: [a, b], mode: 'remove' },
  })
  expect(await skipped(id, [a])).toEqual({})
})

test('whom a colleague owns is skipped where only owners may write, unless their account is the caller’s', async () => {
  await newColleague()
  const theirs = await newContact(api, { owner_id: COLLEAGUE, organization_name: undefined })
  const shared = await newContact(api, { owner_id: COLLEAGUE, organization_name: 'Ours' })
  const nobodys = await newContact(api, { owner_id: '' })
  const { id } = await newSequence(api)
  const { id: other } = await newSequence(api)
  expect(await skipped(id, [theirs])).toEqual({})
  await api.put('/team', { only_owners_may_email: true })
  const flags = { sequence_active_in_other_campaigns: true }
  expect(await skipped(other, [theirs, shared, nobodys], flags)).toEqual({
    [theirs]: 'contacts_without_ownership_permission',
  })
  const allowed = { ...flags, contacts_without_ownership_permission: true }
  expect(await skipped(other, [theirs], allowed)).toEqual({})
})

test('an address that is not verified is skipped, as a program, an import or nobody has said', async () => {
  const { id } = await newSequence(api)
  const contactId = await newContact(api, { email_status: 'Extrapolated' })
  expect(await skipped(id, [contactId])).toEqual({ [contactId]: 'contacts_unverified_email' })
  await change(contactId, { email_status: 'unverified' })
  expect(await skipped(id, [contactId])).toEqual({
    [contactId]: 'contacts_with_unverified_user_managed_email',
  })
  const shown = (await api.get(`/contacts/${contactId}`)).body.contact
  expect(shown.email_status).toBe('unverified')
  expect(await skipped(id, [contactId], { contact_verification_skipped: true })).toEqual({})
  const wrong = await change(contactId, { email_status: 'perhaps' })
  expect(wrong).toMatchObject({
    status: 422,
    body: {
      error: 'The email status "perhaps" is none of verified, unverified, extrapolated, unavailable.',
      parameter: 'email_status',
    },
  })
  // Another address is another matter, and null takes the doubt back.
  const status = async () => (await api.get(`/contacts/${contactId}`)).body.contact.email_status
  await change(contactId, { email: 'another@address.test' })
  expect(await status()).toBe('verified')
  await change(contactId, { email_status: 'unavailable' })
  expect(await status()).toBe('unavailable')
  await change(contactId, { email_status: null })
  expect(await status()).toBe('verified')
  for (const odd of ['constructor', 'perhaps'])
    expect((await api.post('/contacts', { first_name: 'Odd', email_status: odd })).body.parameter).toBe(
      'email_status',
    )
})

test('whoever changed jobs is skipped until that is taken back', async () => {
  const { id } = await newSequence(api)
  const contactId = await newContact(api, { job_changed: true })
  expect(await skipped(id, [contactId])).toEqual({ [contactId]: 'contacts_with_job_change' })
  await change(contactId, { title: 'CEO' })
  expect(await skipped(id, [contactId])).toEqual({ [contactId]: 'contacts_with_job_change' })
  await change(contactId, { job_changed: false })
  expect(await skipped(id, [contactId])).toEqual({})
})

/** Uploads a file; the import is left where `run` leaves it. */
async function importing(csv: string) {
  const { body } = await api.call({
    ...{ path: '/imports?file_name=people.csv', body: Buffer.from(csv) },
    headers: { 'content-type': 'text/csv' },
  })
  await api.post(`/imports/${body.import.id}/start`, { mapping: body.import.guesses })
  const key = { team: api.started.at(-1)!.data['team'] as number, id: body.import.id as string }
  const tools = { db: api.db, clock: api.clock, random: api.context.random, log: api.context.log }
  return {
    run: () => runImport(key, tools),
    /** Its process is stopped after the first batch. */
    async runOneBatch() {
      let batches = 0
      const signal = {
        get aborted() {
          return batches > 1
        },
        throwIfAborted() {
          if (++batches > 1) throw new Error('stopped')
        },
      } as AbortSignal
      await expect(runImport(key, { ...tools, signal })).rejects.toThrow('stopped')
    },
  }
}
const found = async (address: string): Promise<string> =>
  (await api.post('/contacts/search', { q_keywords: address })).body.contacts[0].id

test('an import says who is not verified and who changed jobs', async () => {
  const file = await importing(
    [
      'Email,Email Status,Job changed',
      'sure@import.test,Verified,no',
      'guess@import.test,Guessed,no',
      'moved@import.test,Verified,yes',
      'odd@import.test,Sometimes,no',
      'vague@import.test,Verified,perhaps',
    ].join('\n'),
  )
  await file.run()
  const { id } = await newSequence(api)
  const [sure, guess, moved] = [
    await found('sure@import.test'),
    await found('guess@import.test'),
    await found('moved@import.test'),
  ]
  expect(await skipped(id, [sure, guess, moved])).toEqual({
    [guess]: 'contacts_unverified_email',
    [moved]: 'contacts_with_job_change',
  })
  const { imports } = (await api.get('/imports')).body
  const failures = (await api.get(`/imports/${imports[0].id}/failures`)).text
  expect(failures).toContain('The email status ""Sometimes"" is none of')
  expect(failures).toContain('The cell for job_changed is ""perhaps""; expected yes or no.')
})

test('whom a running import has written is pending until it ends', async () => {
  const lines = ['email', ...Array.from({ length: 600 }, (_, i) => `p${i}@pending.test`)]
  const file = await importing(lines.join('\n'))
  await file.runOneBatch()
  const { id } = await newSequence(api)
  const contactId = await found('p7@pending.test')
  const { body } = await add(api, id, [contactId])
  expect(body.skipped_contact_ids).toEqual({ [contactId]: 'contacts_in_pending_state' })
  expect(body.skipped_contacts[0].reasons[0].flag).toBe('add_if_in_queue')
  const { id: other } = await newSequence(api)
  expect(await skipped(other, [contactId], { add_if_in_queue: true })).toEqual({})
  await file.run()
  const flags = { sequence_active_in_other_campaigns: true }
  expect(await skipped(id, [contactId], flags)).toEqual({})
})

test('what was doubted of a person is doubted after a merge, too', async () => {
  const address = { email: 'one@merged-doubt.test' }
  const [kept, other] = [
    await newContact(api, address),
    await newContact(api, { ...address, email_status: 'unverified', job_changed: true }),
  ]
  expect((await api.post(`/contacts/${kept}/merge`, { contact_id: other })).status).toBe(200)
  const { id } = await newSequence(api)
  const { body } = await add(api, id, [kept])
  expect(body.skipped_contacts[0].reasons.map((one: { code: string }) => one.code)).toEqual([
    'contacts_with_unverified_user_managed_email',
    'contacts_with_job_change',
  ])
})

test('one can ask before adding anybody, and nobody is added', async () => {
  const { id: elsewhere } = await newSequence(api)
  const { id } = await newSequence(api)
  const [busy, without, guess, fine] = [
    await newContact(api, { first_name: 'Busy', last_name: 'Bee' }),
    await newContact(api, { email: undefined, first_name: 'No', last_name: 'Mail' }),
    await newContact(api, { email_status: 'unverified', job_changed: true }),
    await newContact(api),
  ]
  await add(api, elsewhere, [busy])
  const asked = { contact_ids: [busy, without, guess, fine, fine], emailer_campaign_id: id }
  const { body } = await api.post('/emailer_campaigns/check_contacts_deployability', asked)
  expect(body).toMatchObject({
    ...{ show_warning: true, num_total_dangerous_contacts: 3 },
    num_active_in_other_campaigns: 1,
    sample_active_in_other_campaigns_contacts: [{ id: busy, name: 'Busy Bee' }],
    ...{ num_no_email: 1, sample_no_email_contacts: [{ id: without, name: 'No Mail' }] },
    ...{ num_unverified_email: 1, num_with_job_change_contacts: 1, num_same_company: 0 },
    ...{ num_finished_in_other_campaigns: 0, num_without_ownership_permission: 0 },
  })
  expect((await api.get(`/emailer_campaigns/${id}`)).body.emailer_campaign.people.total).toBe(0)
  const calm = await api.post('/emailer_campaigns/check_contacts_deployability', { contact_ids: [fine] })
  expect(calm.body).toMatchObject({ show_warning: false, num_total_dangerous_contacts: 0 })
  const same = { email: 'same@gmail.com' }
  const twins = { contact_ids: [await newContact(api, same), await newContact(api, same)] }
  const twice = await api.post('/emailer_campaigns/check_contacts_deployability', twins)
  expect(twice.body.num_total_dangerous_contacts).toBe(1)
  const nowhere = { contact_ids: [fine], emailer_campaign_id: 'f'.repeat(24) }
  expect((await api.post('/emailer_campaigns/check_contacts_deployability', nowhere)).status).toBe(404)
})
