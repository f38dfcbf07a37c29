/** A live sequence is edited while people are in it: steps deleted, put in, moved; waits, schedules and zones changed. */
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { DAY, HOUR } from '../../src/core/clock.ts'
import { at, kysely } from '../../src/store/db.ts'
import { startApi } from '../support/api.ts'
import { add, newContact, newContacts, newSequence, statusOf, step } from '../support/outreach.ts'

const api = await startApi()
afterAll(() => api.close())

interface Row {
  contactId: string
  stepId: string | null
  state: string
  hold: string | null
  due: number | null
  next: string
  rank: number
}

async function peopleOf(sequenceId: string): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select contact_id as "contactId", step_id as "stepId", state, hold_reason as hold, due_at as due, message_id as next, rank
    from enrollments where sequence_id = ${sequenceId} and removed_at is null order by contact_id`.execute(
    kysely(api.db),
  )
  return rows
}

/** As after step `place`: stands on it, having received the one before. */
async function standOn(sequenceId: string, contactId: string, stepId: string) {
  await sql`
    with e as (update enrollments set step_id = ${stepId}, rank = 1 where sequence_id = ${sequenceId} and contact_id = ${contactId}
      returning *)
    insert into stat_deltas (team_id, sequence_id, step_id, metric, n)
      select team_id, sequence_id, ${stepId}, 'active', 1 from e
      union all select team_id, sequence_id, (select id from steps where sequence_id = ${sequenceId} and position = 1), 'active', -1 from e`.execute(
    kysely(api.db),
  )
}

const listed = (ids: string[]) => ids.map((id) => ({ id }))

const foresee = (id: string, update: object) => api.put(`/sequences/${id}`, { ...update, dry_run: true })

test('whoever waits on a deleted step goes on with the next one, under a new message id', async () => {
  const { id, steps } = await newSequence(api, { active: true })
  const [ana, bob] = await newContacts(api, 2)
  await add(api, id, [ana!, bob!])
  await standOn(id, bob!, steps[1]!)
  const before = await peopleOf(id)
  await api.put(`/sequences/${id}`, { emailer_steps: listed([steps[0]!, steps[2]!]) })
  const after = await peopleOf(id)
  const of = (rows: Row[], contactId: string) => rows.find((row) => row.contactId === contactId)!
  expect(of(after, ana!)).toEqual(of(before, ana!))
  expect(of(after, bob!)).toMatchObject({ stepId: steps[2], state: 'active', rank: 1 })
  expect(of(after, bob!).next).not.toBe(of(before, bob!).next)
  // The wait of step three, four days, runs from when step one was done: Thursday to Monday 0:00, since "Always" is always open.
  expect(of(after, bob!).due).toBe(Date.parse('2027-01-18T00:00:00-05:00'))
  const { body } = await api.get(`/emailer_campaigns/${id}`)
  expect(body.emailer_steps.map((each: { counts: { active: number } }) => each.counts.active)).toEqual([1, 1])
})

test('whoever stood on the last step when it was deleted has received everything', async () => {
  const { id, steps } = await newSequence(api, { active: true })
  const ana = await newContact(api)
  await add(api, id, [ana])
  await standOn(id, ana, steps[2]!)
  await api.put(`/sequences/${id}`, { emailer_steps: listed([steps[0]!, steps[1]!]) })
  expect(await statusOf(api, ana, id)).toMatchObject({
    status: 'finished',
    inactive_reason: 'Completed last step',
  })
})

test('a step put in before where somebody stands is not met by them; steps keep their people when they move', async () => {
  const { id, steps } = await newSequence(api, { active: true })
  const ana = await newContact(api)
  await add(api, id, [ana])
  await standOn(id, ana, steps[1]!)
  await api.put(`/sequences/${id}`, {
    emailer_steps: [step({ subject: 'Before all' }), ...listed(steps)],
  })
  expect(await peopleOf(id)).toEqual([expect.objectContaining({ stepId: steps[1] })])
  expect(await statusOf(api, ana, id)).toMatchObject({ current_step_position: 3 })
})

test('another wait gives those who wait another moment; what is overdue by it is due now', async () => {
  const { id, steps } = await newSequence(api, { active: true })
  const ana = await newContact(api)
  await add(api, id, [ana])
  const start = api.clock.now()
  await api.put(`/sequences/${id}`, {
    emailer_steps: [{ id: steps[0], wait_time: 3, wait_mode: 'hour' }, ...listed(steps.slice(1))],
  })
  expect((await peopleOf(id))[0]!.due).toBe(start + 3 * 3_600_000)
  api.clock.advance(2 * 3_600_000)
  await api.put(`/sequences/${id}`, {
    emailer_steps: [{ id: steps[0], wait_time: 1, wait_mode: 'hour' }, ...listed(steps.slice(1))],
  })
  expect((await peopleOf(id))[0]!.due).toBe(api.clock.now())
})

test('a wait of business days counts the open dates of the schedule, and whoever already waits gets the new moment', async () => {
  const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday']
  const { body } = await api.post('/emailer_schedules', {
    name: 'Weekdays',
    time_zone: 'America/New_York',
    schedule_hash: Object.fromEntries(days.map((day) => [day, [[9, 17]]])),
  })
  const { id, steps } = await newSequence(api, {
    active: true,
    emailer_schedule_id: body.emailer_schedule.id,
  })
  await add(api, id, [await newContact(api)])
  // Thursday 2027-01-14: three days later is Sunday, hence Monday; three business days later is Tuesday.
  const wait = (more: object) => ({ emailer_steps: [{ id: steps[0], ...more }, ...listed(steps.slice(1))] })
  await api.put(`/sequences/${id}`, wait({ wait_time: 3, wait_mode: 'day' }))
  expect((await peopleOf(id))[0]!.due).toBe(Date.parse('2027-01-18T09:00:00-05:00'))
  const edited = await api.put(`/sequences/${id}`, wait({ wait_business_days: true }))
  expect(edited.body.emailer_steps[0]).toMatchObject({ wait_time: 3, wait_business_days: true })
  expect((await peopleOf(id))[0]!.due).toBe(Date.parse('2027-01-19T09:00:00-05:00'))
})

test('only days can be business days; a program that sets hours and knows nothing of them gets hours', async () => {
  const { id, steps } = await newSequence(api)
  const weeks = await api.put(`/sequences/${id}`, {
    emailer_steps: [{ id: steps[0], wait_time: 2, wait_mode: 'week', wait_business_days: true }],
  })
  expect(weeks.status).toBe(422)
  expect(weeks.body.error).toContain('10 of them')
  const days = { id: steps[0], wait_time: 2, wait_mode: 'day', wait_business_days: true }
  await api.put(`/sequences/${id}`, { emailer_steps: [days] })
  const hours = await api.put(`/sequences/${id}`, { emailer_steps: [{ id: steps[0], wait_mode: 'hour' }] })
  expect(hours.body.emailer_steps[0]).toMatchObject({ wait_mode: 'hour', wait_business_days: false })
})

test('a claimed email of a deleted step is taken back, and its person goes on with the next', async () => {
  const { id, steps } = await newSequence(api, { active: true })
  const ana = await newContact(api)
  await add(api, id, [ana])
  await sql`
    with e as (update enrollments set due_at = null, lease_until = '2027-01-15' where sequence_id = ${id} returning *)
    insert into messages (team_id, id, enrollment_id, sequence_id, step_id, contact_id, mailbox_id, state, rfc_id, from_address,
      address_hash, body_hash, created_at, updated_at)
    select team_id, message_id, id, sequence_id, step_id, contact_id, mailbox_id, 'claimed', '<x@segue.test>', 'sandbox@segue.test',
      '', '', '2027-01-14', '2027-01-14' from e`.execute(kysely(api.db))
  await api.put(`/sequences/${id}`, { emailer_steps: listed(steps.slice(1)) })
  expect(await peopleOf(id)).toEqual([expect.objectContaining({ stepId: steps[1], state: 'active' })])
  const { rows } = await sql`select state from messages where sequence_id = ${id}`.execute(kysely(api.db))
  expect(rows).toEqual([{ state: 'cancelled' }])
})

test('whoever was held for a wording that nobody had approved is due once it is', async () => {
  const { id, steps, touches } = await newSequence(api, {
    active: true,
    emailer_steps: [step({ status: 'to_be_reviewed' })],
  })
  const ana = await newContact(api)
  await add(api, id, [ana])
  await sql`update enrollments set due_at = null, hold_reason = 'step_not_approved' where sequence_id = ${id}`.execute(
    kysely(api.db),
  )
  expect(await statusOf(api, ana, id)).toMatchObject({ status: 'paused' })
  await api.put(`/sequences/${id}`, {
    emailer_steps: [{ id: steps[0], emailer_touches: [{ id: touches[0], status: 'approved' }] }],
  })
  expect(await peopleOf(id)).toEqual([expect.objectContaining({ hold: null, due: api.clock.now() })])
})

test('whoever was held for the words of a template is due once it has others, in every sequence that uses it', async () => {
  const made = await api.post('/emailer_templates', { name: 'Shared', subject: 'Hi', body_html: '<p>Hi</p>' })
  const { id: templateId } = made.body.emailer_template
  const touch = { status: 'approved', emailer_template: { id: templateId } }
  const held = []
  for (let i = 0; i < 2; i++) {
    const steps = [{ ...step(), emailer_touches: [touch] }]
    const { id } = await newSequence(api, { active: true, emailer_steps: steps })
    await add(api, id, [await newContact(api)])
    held.push(id)
  }
  await sql`update enrollments set due_at = null, hold_reason = 'snippets_missing' where sequence_id = any(${held})`.execute(
    kysely(api.db),
  )
  await api.put(`/emailer_templates/${templateId}`, { body_html: '<p>Hello</p>' })
  for (const id of held)
    expect(await peopleOf(id)).toEqual([expect.objectContaining({ hold: null, due: api.clock.now() })])
})

test('another schedule gives those who wait another moment, and so does another window', async () => {
  const schedule = await api.post('/emailer_schedules', {
    name: 'Mornings',
    time_zone: 'Europe/Berlin',
    schedule_hash: { monday: [[9, 12]], tuesday: [[9, 12]] },
  })
  const scheduleId = schedule.body.emailer_schedule.id
  const { id } = await newSequence(api, {
    active: true,
    emailer_steps: [step({ wait: [1, 'day'] })],
  })
  const ana = await newContact(api)
  await add(api, id, [ana])
  await api.put(`/sequences/${id}`, { emailer_schedule_id: scheduleId })
  // Friday is closed: the next open local date is Monday 2027-01-18, 9:00 in Berlin.
  expect((await peopleOf(id))[0]!.due).toBe(Date.parse('2027-01-18T09:00:00+01:00'))
  await api.put(`/emailer_schedules/${scheduleId}`, { schedule_hash: { monday: [[7, 12]] } })
  expect((await peopleOf(id))[0]!.due).toBe(Date.parse('2027-01-18T07:00:00+01:00'))
})

test('a schedule edit that breaks off after it was saved has woken the lanes, and repeating it repairs the rest', async () => {
  const schedule = await api.post('/emailer_schedules', {
    ...{ name: 'Late', time_zone: 'Europe/Berlin', schedule_hash: { monday: [[9, 12]] } },
  })
  const path = `/emailer_schedules/${schedule.body.emailer_schedule.id}`
  const { id } = await newSequence(api, {
    ...{ active: true, emailer_schedule_id: schedule.body.emailer_schedule.id },
    emailer_steps: [step({ wait: [1, 'day'] })],
  })
  await add(api, id, [await newContact(api)])
  await sql`update lanes set wake_at = '2027-01-18T08:00:00Z' where sequence_id = ${id}`.execute(
    kysely(api.db),
  )
  await sql`
    create function breaks() returns trigger language plpgsql as $$ begin raise exception 'the process dies here'; end $$`.execute(
    kysely(api.db),
  )
  await sql`create trigger breaks before update on enrollments execute function breaks()`.execute(
    kysely(api.db),
  )
  const earlier = { schedule_hash: { friday: [[7, 12]] } }
  expect((await api.put(path, earlier)).status).toBe(500)
  await sql`drop function breaks() cascade`.execute(kysely(api.db))
  const { rows } = await sql`select wake_at as wake from lanes where sequence_id = ${id}`.execute(
    kysely(api.db),
  )
  expect(rows).toEqual([{ wake: api.clock.now() }])
  expect((await api.put(path, earlier)).status).toBe(200)
  expect((await peopleOf(id))[0]!.due).toBe(Date.parse('2027-01-15T07:00:00+01:00'))
})

test('a corrected time zone looks at the person now, but neither before their wait ends nor before a retry is due', async () => {
  const { id } = await newSequence(api, { active: true })
  const [closed, waiting, deferred] = await newContacts(api, 3)
  await add(api, id, [closed!, waiting!, deferred!])
  const now = api.clock.now()
  const [inTenHours, tomorrow] = [now + 10 * HOUR, now + DAY]
  // As a claim leaves them whose windows were closed in the zone of before.
  await sql`update enrollments set due_at = ${at(inTenHours)}, wait_ends_at = ${at(now)} where sequence_id = ${id}`.execute(
    kysely(api.db),
  )
  await sql`
    update enrollments set wait_ends_at = ${at(tomorrow)}, due_at = ${at(tomorrow + HOUR)}
    where sequence_id = ${id} and contact_id = ${waiting}`.execute(kysely(api.db))
  await sql`
    insert into messages (team_id, id, enrollment_id, sequence_id, step_id, contact_id, mailbox_id, state, rfc_id, from_address,
      address_hash, body_hash, created_at, updated_at)
    select team_id, message_id, id, sequence_id, step_id, contact_id, mailbox_id, 'deferred', '<later@segue.test>', 'sandbox@segue.test',
      '', '', '2027-01-14', '2027-01-14' from enrollments where sequence_id = ${id} and contact_id = ${deferred}`.execute(
    kysely(api.db),
  )
  const dues = async () => new Map((await peopleOf(id)).map((row) => [row.contactId, row.due]))
  for (const contact of [closed!, waiting!, deferred!])
    await api.put(`/contacts/${contact}`, { first_name: 'Same zone' })
  expect((await dues()).get(closed!)).toBe(inTenHours)
  for (const contact of [closed!, waiting!, deferred!])
    await api.put(`/contacts/${contact}`, { time_zone: 'Europe/London' })
  const after = await dues()
  expect(after.get(closed!)).toBe(now)
  expect(after.get(waiting!)).toBe(tomorrow)
  expect(after.get(deferred!)).toBe(inTenHours)
})

test('when the zone of a contact changes, a wait of days ends in the morning of the new zone, also of an inferred one', async () => {
  const schedule = await api.post('/emailer_schedules', {
    ...{ name: 'Theirs', time_zone: 'Europe/Berlin', use_contacts_time_zone: true },
    schedule_hash: { friday: [[9, 17]] },
  })
  const { id } = await newSequence(api, {
    ...{ active: true, emailer_schedule_id: schedule.body.emailer_schedule.id },
    emailer_steps: [step({ wait: [1, 'day'] })],
  })
  const ana = await newContact(api)
  await add(api, id, [ana])
  const due = async () => (await peopleOf(id))[0]!.due
  expect(await due()).toBe(Date.parse('2027-01-15T09:00:00+01:00'))
  await api.put(`/contacts/${ana}`, { time_zone: 'America/Los_Angeles' })
  expect(await due()).toBe(Date.parse('2027-01-15T09:00:00-08:00'))
  await api.put(`/contacts/${ana}`, { time_zone: '', country: 'United Kingdom' })
  expect(await due()).toBe(Date.parse('2027-01-15T09:00:00Z'))
})

test('edits and additions at once neither deadlock nor lose anybody', async () => {
  const { id, steps } = await newSequence(api, { active: true })
  const contacts = await newContacts(api, 12)
  const edits = [steps, [steps[0]!, steps[2]!], [steps[0]!]].map((kept) =>
    api.put(`/sequences/${id}`, { emailer_steps: listed(kept) }),
  )
  const additions = [0, 4, 8].map((from) => add(api, id, contacts.slice(from, from + 4)))
  await Promise.all([...edits, ...additions])
  const people = await peopleOf(id)
  expect(people).toHaveLength(12)
  expect(new Set(people.map((row) => row.stepId))).toEqual(new Set([steps[0]]))
  expect(api.db.deadlocks).toBe(0)
  const { body } = await api.get(`/emailer_campaigns/${id}`)
  expect(body.emailer_campaign.people).toMatchObject({ active: 12, total: 12 })
})

test('archived=true by an update archives; active=true is refused while it is archived, and changes nothing', async () => {
  const { id } = await newSequence(api, { active: true })
  const ana = await newContact(api)
  await add(api, id, [ana])
  const archived = await api.put(`/sequences/${id}`, { archived: true })
  expect(archived.body).toMatchObject({ archived: true, active: false })
  expect(await statusOf(api, ana, id)).toMatchObject({ status: 'finished' })
  const refused = await api.put(`/sequences/${id}`, { name: 'Half done', active: true })
  expect(refused.status).toBe(422)
  expect((await api.get(`/emailer_campaigns/${id}`)).body.emailer_campaign.name).toBe('Outreach')
  const back = await api.put(`/sequences/${id}`, { archived: false, active: true })
  expect(back.body).toMatchObject({ archived: false, active: true })
})

test('a moved step keeps its people, and whoever has passed its new place does not meet it', async () => {
  const { id, steps } = await newSequence(api, { active: true })
  const [ana, bob] = await newContacts(api, 2)
  await add(api, id, [ana!, bob!])
  await standOn(id, bob!, steps[2]!)
  // The second step goes to the front: Ana has not passed it, but stands behind its new place.
  await api.put(`/sequences/${id}`, { emailer_steps: listed([steps[1]!, steps[0]!, steps[2]!]) })
  const after = await peopleOf(id)
  expect(after.find((row) => row.contactId === ana)).toMatchObject({ stepId: steps[0], state: 'active' })
  expect(await statusOf(api, ana!, id)).toMatchObject({ current_step_position: 2 })
  expect(await statusOf(api, bob!, id)).toMatchObject({ current_step_position: 3 })
})

test('an update can be asked, without doing it, whom it would touch', async () => {
  const { id, steps, touches } = await newSequence(api, { active: true })
  const [ana, bob, eve] = await newContacts(api, 3)
  await add(api, id, [ana!, bob!, eve!])
  await standOn(id, bob!, steps[1]!)
  await standOn(id, eve!, steps[2]!)
  const before = await peopleOf(id)
  const touch = { id: touches[2], emailer_template: { subject: 'Last', body_html: '<p>Bye.</p>' } }
  const update = {
    name: 'Another name',
    label_names: ['Not made'],
    emailer_steps: [
      { id: steps[0], wait_time: 3, wait_mode: 'hour' },
      step({ subject: 'In between' }),
      { id: steps[2], emailer_touches: [touch] },
    ],
  }
  const { status, body, text } = await foresee(id, update)
  expect(status, text).toBe(200)
  expect(body).toEqual({
    dry_run: true,
    people: 3,
    finishes_everybody: false,
    turns_off: false,
    rescheduled: false,
    // Bob goes on with the step that is put in at his place.
    deleted_steps: [{ step_id: steps[1], goes_on_with_position: 2, people: 1 }],
    inserted_steps: [{ position: 2, met_by: 2, not_met_by: 1 }],
    retimed_steps: [{ step_id: steps[0], position: 1, people: 1 }],
    reworded_steps: [{ step_id: steps[2], position: 3, people: 3 }],
    drafts_following: 0,
    drafts_keeping_their_text: 0,
  })
  expect(await peopleOf(id)).toEqual(before)
  const shown = (await api.get(`/emailer_campaigns/${id}`)).body
  expect([shown.emailer_campaign.name, shown.emailer_steps.length]).toEqual(['Outreach', 3])
  expect((await api.get('/labels')).body).toEqual([])
  expect((await foresee(id, { archived: true })).body).toMatchObject({
    finishes_everybody: true,
    deleted_steps: [],
  })
  const unsigned = { id: touches[0], include_signature: false }
  const without = {
    emailer_steps: [{ id: steps[0], emailer_touches: [unsigned] }, ...listed(steps.slice(1))],
  }
  expect((await foresee(id, without)).body.reworded_steps).toEqual([
    { step_id: steps[0], position: 1, people: 1 },
  ])
  const medium = { emailer_steps: steps.map((id) => ({ id, priority: 'medium' })) }
  expect((await foresee(id, medium)).body.retimed_steps).toEqual([])
  const urgent = { emailer_steps: steps.map((id) => ({ id, priority: 'high' })) }
  expect((await foresee(id, urgent)).body.retimed_steps).toHaveLength(3)
  const wrong = { emailer_steps: [{ id: '0'.repeat(24) }] }
  const [asked, done] = [await foresee(id, wrong), await api.put(`/sequences/${id}`, wrong)]
  expect([asked.status, asked.body]).toEqual([done.status, done.body])
  // What was foreseen is what happens.
  await api.put(`/sequences/${id}`, update)
  const after = await peopleOf(id)
  const inserted = (await api.get(`/emailer_campaigns/${id}`)).body.emailer_steps[1].id
  expect(after.find((row) => row.contactId === bob)).toMatchObject({ stepId: inserted })
})
