import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { kysely } from '../../src/store/db.ts'
import { startApi } from '../support/api.ts'
import { hasContract, missingKeys, recorded } from '../support/contract.ts'
import { add, newContact, newContacts, newSequence, sandboxId, statusOf } from '../support/outreach.ts'

const api = await startApi()
afterAll(() => api.close())

async function rows<T>(query: ReturnType<typeof sql<T>>): Promise<T[]> {
  return (await query.execute(kysely(api.db))).rows
}

test('contacts are added with the documented call, and their status says where they stand', async () => {
  const { id, steps } = await newSequence(api, { active: true })
  const [ana, bob] = await newContacts(api, 2)
  const { status, body } = await add(api, id, [ana!, bob!])
  expect(status).toBe(200)
  expect(body.contacts.map((each: { id: string }) => each.id).sort()).toEqual([ana, bob].sort())
  expect(body.skipped_contact_ids).toEqual({})
  expect(body.signals_hash).toBe(null)
  expect(body.team).toEqual({ id: api.teamId, sequences_finder_empty: false })
  expect(await statusOf(api, ana!, id)).toMatchObject({
    status: 'active',
    inactive_reason: null,
    current_step_id: steps[0],
    current_step_position: 1,
    send_email_from_email_account_id: await sandboxId(api),
  })
  expect(body.emailer_campaign.contact_statuses).toMatchObject({ active: 2, paused: 0 })
  expect(body.emailer_campaign.unique_scheduled).toBe(2)
})

test('into a sequence that is off they are added too, and show as paused: Sequence inactive', async () => {
  const { id } = await newSequence(api)
  const ana = await newContact(api)
  const { body } = await add(api, id, [ana])
  expect(body.contacts[0].contact_campaign_statuses[0]).toMatchObject({
    status: 'paused',
    inactive_reason: 'Sequence inactive',
    paused_at: null,
  })
  expect(body.emailer_campaign.contact_statuses).toMatchObject({ active: 0, paused: 1 })
  await api.post(`/emailer_campaigns/${id}/approve`)
  expect(await statusOf(api, ana, id)).toMatchObject({ status: 'active', inactive_reason: null })
})

test('each enrollment has its activity, its number, its lane and a mailbox that looks in time', async () => {
  const { id } = await newSequence(api)
  const ana = await newContact(api)
  await add(api, id, [ana])
  const [enrollment] = await rows(
    sql<{ id: string; due: number; next: string; address: string }>`
      select id, due_at as due, message_id as next, address from enrollments where sequence_id = ${id}`,
  )
  expect(enrollment).toMatchObject({ due: api.clock.now(), address: expect.stringContaining('@') })
  expect(
    await rows(sql`select kind, contact_id as c from activities where enrollment_id = ${enrollment!.id}`),
  ).toEqual([{ kind: 'enrolled', c: ana }])
  expect(
    await rows(
      sql`select wake_at <= ${new Date(api.clock.now()).toISOString()}::timestamptz as awake from lanes where sequence_id = ${id}`,
    ),
  ).toEqual([{ awake: true }])
  expect(
    await rows(
      sql`select wake_at <= ${new Date(api.clock.now()).toISOString()}::timestamptz as awake from mailboxes`,
    ),
  ).toEqual([{ awake: true }])
})

test('adding again skips with the recorded code, and names the sequence', async () => {
  const { id } = await newSequence(api)
  const ana = await newContact(api)
  await add(api, id, [ana])
  const { body } = await add(api, id, [ana])
  expect(body.contacts).toEqual([])
  expect(body.skipped_contact_ids).toEqual({ [ana]: 'contacts_already_exists_in_current_campaign' })
  expect(body.skipped_contacts).toEqual([
    {
      id: ana,
      reasons: [
        {
          code: 'contacts_already_exists_in_current_campaign',
          flag: null,
          sequence_id: id,
          sequence_name: 'Outreach',
          same_address_as: null,
        },
      ],
    },
  ])
})

test('every refusal has its code, and its flag opens it', async () => {
  const first = await newSequence(api, { name: 'First' })
  const { id } = await newSequence(api, { name: 'Second' })
  const active = await newContact(api)
  const finished = await newContact(api)
  await add(api, first.id, [active, finished])
  await api.post('/emailer_campaigns/remove_or_stop_contact_ids', {
    emailer_campaign_ids: [first.id],
    contact_ids: [finished],
    mode: 'mark_as_finished',
  })
  const without = await newContact(api, { email: undefined })
  const unverified = await newContact(api)
  const moved = await newContact(api)
  await rows(sql`update contacts set email_status = 'extrapolated' where id = ${unverified}`)
  await rows(sql`update contacts set job_changed_at = '2027-01-01' where id = ${moved}`)
  const nobody = 'd'.repeat(24)
  const expected = {
    [active]: ['contacts_active_in_other_campaigns', 'sequence_active_in_other_campaigns'],
    [finished]: ['contacts_finished_in_other_campaigns', 'sequence_finished_in_other_campaigns'],
    [without]: ['contacts_without_email', 'sequence_no_email'],
    [unverified]: ['contacts_unverified_email', 'sequence_unverified_email'],
    [moved]: ['contacts_with_job_change', 'sequence_job_change'],
    [nobody]: ['contact_not_found', null],
  }
  const all = Object.keys(expected)
  const { body } = await add(api, id, all)
  expect(body.contacts).toEqual([])
  for (const [contact, [code, flag]] of Object.entries(expected)) {
    expect(body.skipped_contact_ids[contact]).toBe(code)
    const skipped = body.skipped_contacts.find((each: { id: string }) => each.id === contact)
    expect(skipped.reasons[0]).toMatchObject({ code, flag })
  }
  expect(body.skipped_contacts.find((each: { id: string }) => each.id === active).reasons[0]).toMatchObject({
    sequence_id: first.id,
    sequence_name: 'First',
  })
  const flags = Object.fromEntries(
    Object.values(expected).flatMap(([, flag]) => (flag ? [[flag, 'true']] : [])),
  )
  const opened = await add(api, id, all, flags)
  expect(opened.body.skipped_contact_ids).toEqual({ [nobody]: 'contact_not_found' })
  expect(opened.body.contacts).toHaveLength(5)
})

test('a suppressed contact is skipped as unsubscribed, and no flag opens that', async () => {
  const { id } = await newSequence(api)
  const ana = await newContact(api, { email: 'never@optedout.test' })
  await api.post('/suppressions', { values: ['never@optedout.test'] })
  const { body } = await add(api, id, [ana], { sequence_unverified_email: true })
  expect(body.skipped_contact_ids).toEqual({ [ana]: 'contacts_unsubscribed' })
  expect(body.skipped_contacts[0].reasons[0].flag).toBe(null)
})

test('two identical calls at once enroll each contact once, and together say the truth', async () => {
  const { id } = await newSequence(api)
  const contacts = await newContacts(api, 8)
  const answers = await Promise.all([add(api, id, contacts), add(api, id, contacts), add(api, id, contacts)])
  const added = answers.flatMap(({ body }) => body.contacts.map((each: { id: string }) => each.id))
  expect(added.sort()).toEqual([...contacts].sort())
  const skipped = answers.flatMap(({ body }) => Object.entries(body.skipped_contact_ids))
  expect(skipped).toHaveLength(16)
  expect(new Set(skipped.map(([, code]) => code))).toEqual(
    new Set(['contacts_already_exists_in_current_campaign']),
  )
  const [{ n } = { n: -1 }] = await rows(
    sql<{ n: number }>`select count(*)::int as n from enrollments where sequence_id = ${id}`,
  )
  expect(n).toBe(8)
  const shown = await api.get(`/emailer_campaigns/${id}`)
  expect(shown.body.emailer_campaign.people).toMatchObject({ active: 8, total: 8 })
})

test('adding against removing leaves the person in or out, never twice and never half', async () => {
  const { id } = await newSequence(api)
  const contacts = await newContacts(api, 5)
  await add(api, id, contacts)
  const remove = () =>
    api.post('/emailer_campaigns/remove_or_stop_contact_ids', {
      emailer_campaign_ids: [id],
      contact_ids: contacts,
      mode: 'remove',
    })
  const answers = await Promise.all([remove(), add(api, id, contacts), remove(), add(api, id, contacts)])
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  const found = await rows(
    sql<{ n: number; live: number }>`select count(*) filter (where removed_at is null)::int as n,
      count(*) filter (where removed_at is null and state = 'active')::int as live from enrollments where sequence_id = ${id}
      group by contact_id`,
  )
  for (const { n, live } of found) {
    expect([0, 1]).toContain(n)
    expect(live).toBe(n)
  }
  expect(api.db.deadlocks).toBe(0)
  const shown = await api.get(`/emailer_campaigns/${id}`)
  expect(shown.body.emailer_campaign.people.total).toBe(found.reduce((sum, { n }) => sum + n, 0))
})

test('everybody on a list is added by its name, and an unknown name is a warning', async () => {
  const { id } = await newSequence(api)
  const contacts = await newContacts(api, 2, { label_names: ['Fair 2027'] })
  const { body } = await add(api, id, [], { contact_ids: undefined, label_names: ['Fair 2027', 'Fare'] })
  expect(body.contacts.map((each: { id: string }) => each.id).sort()).toEqual(contacts.sort())
  expect(body.warnings.join()).toContain('Fare')
})

test('status=paused adds them paused, until a moment if one is given', async () => {
  const { id } = await newSequence(api, { active: true })
  const ana = await newContact(api)
  await add(api, id, [ana], { status: 'paused', auto_unpause_at: '2027-02-01T09:00:00Z' })
  expect(await statusOf(api, ana, id)).toMatchObject({
    status: 'paused',
    inactive_reason: 'manually paused',
    auto_unpause_at: '2027-02-01T09:00:00.000+00:00',
  })
  const past = await add(api, id, [await newContact(api)], {
    status: 'paused',
    auto_unpause_at: '2020-02-01T09:00:00Z',
  })
  expect(past.status).toBe(422)
  expect(past.body.error).toContain('auto_unpause_at')
})

test('the recorded refusals: nobody named, no mailbox named, a mailbox that cannot send', async () => {
  const { id } = await newSequence(api)
  const path = `/emailer_campaigns/${id}/add_contact_ids`
  const nobody = await api.post(path, { send_email_from_email_account_id: await sandboxId(api) })
  expect(nobody).toMatchObject({
    status: 422,
    body: { error: 'Please specify either contact_ids or label_names.' },
  })
  const noMailbox = await api.post(path, { contact_ids: [await newContact(api)] })
  expect(noMailbox).toMatchObject({
    status: 422,
    body: { error: 'Please specify a emailer_campaign_id and send_email_from_email_account_id.' },
  })
  const gone = await add(api, id, [await newContact(api)], {
    send_email_from_email_account_id: 'e'.repeat(24),
  })
  expect(gone.body.error).toBe(`These mailboxes are no longer active. ${'e'.repeat(24)}`)
})

test('a sequence without steps takes nobody, and says what to do', async () => {
  const { body } = await api.post('/sequences', { name: 'Empty' })
  const answer = await add(api, body.emailer_campaign.id, [await newContact(api)])
  expect(answer.status).toBe(422)
  expect(answer.body).toMatchObject({ code: 'no_steps', error: expect.stringContaining('Add at least one') })
})

test('the call works in its oldest form: key and everything in the body, under /v1', async () => {
  const { id } = await newSequence(api)
  const ana = await newContact(api)
  const { status, body } = await api.call({
    path: `/v1/emailer_campaigns/${id}/add_contact_ids`,
    anonymous: true,
    body: {
      api_key: api.key,
      contact_ids: [ana],
      emailer_campaign_id: id,
      send_email_from_email_account_id: await sandboxId(api),
      userId: 'x',
      async: false,
    },
  })
  expect(status).toBe(200)
  expect(body.contacts.map((each: { id: string }) => each.id)).toEqual([ana])
})

test('the call works in its newest form: everything in the query, arrays with brackets', async () => {
  const { id } = await newSequence(api)
  const ana = await newContact(api)
  const query = `emailer_campaign_id=${id}&contact_ids[]=${ana}&send_email_from_email_account_id=${await sandboxId(api)}&sequence_no_email=true`
  const { status, body } = await api.call({
    method: 'POST',
    path: `/emailer_campaigns/${id}/add_contact_ids?${query}`,
  })
  expect(status).toBe(200)
  expect(body.contacts).toHaveLength(1)
})

test('a contact of another team, or a mailbox of one, cannot be used', async () => {
  const { id } = await newSequence(api)
  const foreign = 'f'.repeat(24)
  await rows(
    sql`insert into teams (public_id, name, time_zone, created_at) values ('f00000000000000000000000', 'Other', 'UTC', '2027-01-01')`,
  )
  await rows(
    sql`insert into contacts (team_id, id, created_at, updated_at) select id, ${foreign}, '2027-01-01', '2027-01-01' from teams where name = 'Other'`,
  )
  const { body } = await add(api, id, [foreign])
  expect(body.skipped_contact_ids).toEqual({ [foreign]: 'contact_not_found' })
})

test.runIf(hasContract)('the answer of adding has every recorded key', async () => {
  const { id } = await newSequence(api)
  const { body } = await add(api, id, [await newContact(api, { direct_phone: '555-555-0117' })])
  expect(missingKeys(recorded('post', '/emailer_campaigns/{sequence_id}/add_contact_ids'), body)).toEqual([])
})
