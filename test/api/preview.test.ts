import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { contactFieldsNamed } from '../../src/store/custom-fields.ts'
import { kysely } from '../../src/store/db.ts'
import { startApi } from '../support/api.ts'
import { add, newContact, newSequence, sandboxId, step } from '../support/outreach.ts'
import { testTeamOf } from '../support/sent-team.ts'

const api = await startApi({
  context: ({ settings }) => ({ settings: { ...settings, publicUrl: 'https://segue.acme.test' } }),
})
afterAll(() => api.close())

const preview = (id: string, body: object) => api.post(`/sequences/${id}/preview`, body)

test('without any contact it asks for one', async () => {
  const { id, steps } = await newSequence(api)
  const { status, body } = await preview(id, { step_id: steps[0] })
  expect(status).toBe(422)
  expect(body.code).toBe('no_contact')
})

test('a saved step is shown for a contact, with who writes to whom and how to opt out', async () => {
  const { id, steps } = await newSequence(api)
  const ana = await newContact(api, { first_name: 'Ana & Co', email: 'ana@acme.test' })
  const { status, body } = await preview(id, { step_id: steps[0], contact_id: ana })
  expect(status).toBe(200)
  expect(body).toMatchObject({
    subject: 'Hello Ana & Co',
    missing: [],
    problem: null,
    to: { email: 'ana@acme.test' },
    from: { name: 'Maria Ortiz' },
  })
  expect(body.html).toContain('Hi Ana &amp; Co, about Client')
  expect(body.html).toContain('https://segue.acme.test/u/')
  expect(body.text).toContain('Hi Ana & Co')
})

test('a follow-up that nothing precedes yet shows the subject of its thread', async () => {
  const { id, steps } = await newSequence(api)
  const ana = await newContact(api, { first_name: 'Bea' })
  const { body } = await preview(id, { step_id: steps[1], contact_id: ana })
  expect(body.subject).toBe('Re: Hello Bea')
})

test('what is being written is shown as it stands, and what it lacks is named', async () => {
  const { id } = await newSequence(api)
  const ana = await newContact(api, { title: undefined })
  const { body } = await preview(id, {
    subject: 'For {{title}}',
    body_html: 'Dear {{first_name}}, {{nonsense}}',
    contact_id: ana,
  })
  expect(body.missing.sort()).toEqual(['nonsense', 'title'])
})

test('facts about a company come from its own custom fields; readiness warns of those that nobody has, until there is such a field', async () => {
  const body = '{{industry}} {{company_size}} {{company_location_city | default: "there"}}'
  const { id } = await newSequence(api, { emailer_steps: [step({ body })] })
  const warned = async () => (await api.get(`/sequences/${id}/readiness`)).body.warnings
  expect(await warned()).toEqual(
    ['industry', 'company_size', 'company_location_city'].map((name) =>
      expect.stringContaining(`Step 1 uses {{${name}}}, which nobody has a value for`),
    ),
  )
  const ana = await newContact(api, { organization_name: 'Sized Co' })
  await sql`update accounts set custom = '{"industry": "Steel", "Company size": 250}' where name = 'Sized Co'`.execute(
    kysely(api.db),
  )
  const shown = await preview(id, { subject: 'x', body_html: body, contact_id: ana })
  expect(shown.body).toMatchObject({ missing: [], text: expect.stringContaining('Steel 250 there') })
  const { team } = await testTeamOf(api)
  await contactFieldsNamed(api.db, {
    team,
    names: ['Industry', 'Company size', 'company_location_city'],
    now: api.clock.now(),
    random: api.context.random,
  })
  expect(await warned()).toEqual([])
})

test('a wording that cannot be read is a problem with its place, not an error', async () => {
  const { id, steps } = await newSequence(api)
  const ana = await newContact(api)
  const { status, body } = await preview(id, {
    step_id: steps[1],
    contact_id: ana,
    body_html: 'Hi {{first_name',
  })
  expect(status).toBe(200)
  expect(body).toMatchObject({ html: '', problem: expect.stringMatching(/^Step 2, body: /) })
})

test('a step or a contact that is not there is refused', async () => {
  const { id, steps } = await newSequence(api)
  const other = await newSequence(api)
  const ana = await newContact(api)
  expect((await preview(id, { step_id: other.steps[0], contact_id: ana })).status).toBe(404)
  const nobody = await preview(id, { step_id: steps[0], contact_id: 'a'.repeat(24) })
  expect(nobody.status).toBe(422)
  expect((await preview('a'.repeat(24), { contact_id: ana })).status).toBe(404)
})

test('nobody chosen shows the first of the sequence', async () => {
  const { id, steps } = await newSequence(api)
  const ana = await newContact(api, { first_name: 'Chosen' })
  await add(api, id, [ana])
  api.clock.advance(1000)
  await newContact(api, { first_name: 'Later' })
  const { body } = await preview(id, { step_id: steps[0] })
  expect(body).toMatchObject({ subject: 'Hello Chosen', contact_id: ana })
})

test('send me this queues one test mail, outside enrollments and numbers, and wakes the mailbox', async () => {
  const { id, steps } = await newSequence(api)
  const ana = await newContact(api, { email: 'tested@acme.test', first_name: 'Tess' })
  await sql`update mailboxes set wake_at = 'infinity'`.execute(kysely(api.db))
  const { status, body } = await api.post(`/sequences/${id}/send_me_this`, {
    step_id: steps[0],
    contact_id: ana,
    to: 'sandbox',
  })
  expect(status).toBe(200)
  const { rows } = await sql`
    select m.purpose, m.state, m.to_address as "to", m.enrollment_id as enrollment, c.subject, b.wake_at as wake, m.mailbox_id as mailbox
    from messages m join message_contents c on c.message_id = m.id join mailboxes b on b.id = m.mailbox_id
    where m.id = ${body.emailer_message.id}`.execute(kysely(api.db))
  expect(rows).toEqual([
    {
      purpose: 'test',
      state: 'queued',
      to: 'tested@acme.test',
      enrollment: null,
      subject: 'Hello Tess',
      wake: api.clock.now(),
      mailbox: await sandboxId(api),
    },
  ])
  const mine = await api.post(`/sequences/${id}/send_me_this`, {
    step_id: steps[0],
    contact_id: ana,
    to: 'me',
  })
  const { rows: own } = await sql`
    select to_address as "to" from messages where id = ${mine.body.emailer_message.id}`.execute(
    kysely(api.db),
  )
  expect(own).toEqual([{ to: 'maria@acme.test' }])
  // No real mailbox is connected, so what goes to oneself is seen in the sandbox too.
  expect(body.queued).toMatchObject({ to_email: 'tested@acme.test', sandbox: true })
  expect(mine.body.queued).toMatchObject({ to_email: 'maria@acme.test', sandbox: true })
  await sql`update mailboxes set kind = 'smtp' where address = ${mine.body.queued.from_email}`.execute(
    kysely(api.db),
  )
  const real = await api.post(`/sequences/${id}/send_me_this`, {
    step_id: steps[0],
    contact_id: ana,
    to: 'me',
  })
  expect(real.body.queued).toEqual({ ...mine.body.queued, sandbox: false })
  await sql`update mailboxes set kind = 'sandbox'`.execute(kysely(api.db))
  const shown = await api.get(`/emailer_campaigns/${id}`)
  expect(shown.body.emailer_campaign).toMatchObject({ unique_delivered: 0, people: { total: 0 } })
})

test('send me this needs a wording that can be read', async () => {
  const { id, steps } = await newSequence(api, { emailer_steps: [step()] })
  const ana = await newContact(api)
  await sql`update templates set body_html = 'Hi {{first_name' where id in (
    select template_id from variants where step_id = ${steps[0]})`.execute(kysely(api.db))
  const { status, body } = await api.post(`/sequences/${id}/send_me_this`, {
    step_id: steps[0],
    contact_id: ana,
    to: 'sandbox',
  })
  expect(status).toBe(422)
  expect(body.error).toMatch(/^Step 1, body: /)
})
