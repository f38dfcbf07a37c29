/** One person's story, and the numbers of the first page. */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { at, json, kysely } from '../../src/store/db.ts'
import { type Api, START, startApi } from '../support/api.ts'
import { createSequence, type SentPerson, sendFirst } from '../support/sent.ts'
import { testTeamOf } from '../support/sent-team.ts'
import type { TestTeam } from '../support/team.ts'

let api: Api
let team: TestTeam
let person: SentPerson
beforeAll(async () => {
  api = await startApi()
  team = await testTeamOf(api)
})
afterAll(() => api.close())

const home = async () => (await api.get('/home')).body
const checklist = async () =>
  Object.fromEntries(
    (await home()).checklist.map((line: { key: string; done: boolean }) => [line.key, line.done]),
  )

test('a new team has a sandbox mailbox and everything else to do', async () => {
  expect(await home()).toEqual({
    checklist: [
      { key: 'mailbox', done: true },
      ...['person', 'step', 'enroll', 'arrived'].map((key) => ({ key, done: false })),
    ],
    counts: { sequences_active: 0, people_active: 0, sent_today: 0, unknown: 0, holds: 0 },
  })
})

test('the first page counts what is there and ticks off what was done', async () => {
  const { random } = api.context
  const sequence = await createSequence(api.db, team, { now: START, random })
  person = await sendFirst(api.db, team, { now: START, random, sequence, address: 'ann@story.test' })
  expect(await checklist()).toEqual({ mailbox: true, person: true, step: true, enroll: true, arrived: true })
  expect((await home()).counts).toEqual({
    ...{ sequences_active: 1, people_active: 1, sent_today: 1, unknown: 0, holds: 0 },
  })
})

test('a day ends at midnight in the zone of the team', async () => {
  // 2027-01-15T04:59Z is 23:59 of the 14th in New York.
  api.clock.advance(Date.parse('2027-01-15T04:59:00Z') - api.clock.now())
  expect((await home()).counts.sent_today).toBe(1)
  api.clock.advance(60_000)
  expect((await home()).counts.sent_today).toBe(0)
})

test('mails out, mails in and what followed stand in their order, with where each sequence stands', async () => {
  const received = START + 3_600_000
  await sql`
    insert into inbound (team_id, id, rfc_id, mailbox_id, folder, uid, kind, from_address, from_name, subject, body, html, contact_id,
      evidence, confidence, received_at, read_at)
    values (${team.team}, 'aaaaaaaaaaaaaaaaaaaaaaaa', '<reply@story.test>', ${team.mailboxId}, 'INBOX', 7, 'reply', ${person.address}, 'Ann',
      'Re: Hello Ann', 'Yes please', '<p onclick="x()">Yes please</p><script>x()</script>', ${person.contactId},
      ${json([{ name: 'In-Reply-To', value: '<a@b>', score: 1 }])}::jsonb, 100, ${at(received)}, ${at(received)})`.execute(
    kysely(api.db),
  )
  await sql`
    insert into activities (team_id, id, at, kind, reason, actor, contact_id, sequence_id)
    select ${team.team}, 'bbbbbbbbbbbbbbbbbbbbbbbb', ${at(received)}, 'finished', 'replied', 'inbound', ${person.contactId}, id from sequences`.execute(
    kysely(api.db),
  )
  const { body } = await api.get(`/contacts/${person.contactId}/timeline`)
  expect(body.contact).toMatchObject({ id: person.contactId, email: 'ann@story.test' })
  expect(body.entries).toMatchObject([
    {
      kind: 'sent',
      at: '2027-01-14T14:00:00.000Z',
      message_id: person.messageId,
      subject: 'Hello Ann',
      status: 'completed',
      mailbox: 'sandbox@segue.test',
      step_position: 1,
    },
    {
      kind: 'received',
      inbound_kind: 'reply',
      from: 'Ann <ann@story.test>',
      text: 'Yes please',
      evidence: ['In-Reply-To: <a@b>'],
      confidence: 100,
    },
    { kind: 'activity', activity: 'finished', reason: 'replied', sentence: 'Spring: Finished. Answered.' },
  ])
  expect(body.entries[1].html).not.toMatch(/script|onclick/)
  expect(body.enrollments).toMatchObject([
    {
      sequence_name: 'Spring',
      state: 'active',
      step_position: 2,
      num_steps: 3,
      next_at: '2027-01-16T14:00:00.000Z',
    },
  ])
})

test('the story of somebody who is not there is the recorded 422', async () => {
  const { status, body } = await api.get('/contacts/ffffffffffffffffffffffff/timeline')
  expect([status, body.error]).toEqual([422, 'Oops! This contact does not exist in Apollo.'])
})

test('of somebody with hundreds of large mails the newest are shown as html, the others as text', async () => {
  const { random } = api.context
  const sequence = await createSequence(api.db, team, { now: START, random })
  const { contactId } = await sendFirst(api.db, team, {
    ...{ now: START, random, sequence, address: 'large@story.test' },
  })
  const html = `<p>${'<b>word</b> '.repeat(24_000)}</p>`
  await sql`
    insert into inbound (team_id, id, rfc_id, mailbox_id, folder, uid, kind, from_address, subject, body, html, contact_id,
      evidence, confidence, received_at, read_at)
    select ${team.team}, lpad(n::text, 24, '0'), '<' || n || '@story.test>', ${team.mailboxId}, 'INBOX', 100 + n, 'reply',
      'large@story.test', 'Mail ' || n, 'Text ' || n, ${html}, ${contactId}, '[]', 100,
      ${at(START)}::timestamptz + n * interval '1 minute', ${at(START)} from generate_series(1, 300) as n`.execute(
    kysely(api.db),
  )
  const { body } = await api.get(`/contacts/${contactId}/timeline`)
  const mails = body.entries.filter((entry: { kind: string }) => entry.kind === 'received')
  const shown = mails.filter((entry: { html: string }) => entry.html !== '')
  expect(mails).toHaveLength(300)
  // 288,000 bytes each: three fit into 1 MiB.
  expect(shown.map((entry: { text: string }) => entry.text)).toEqual(['Text 298', 'Text 299', 'Text 300'])
  expect(mails[0]).toMatchObject({ text: 'Text 1', html: '', html_left_out: true })
  expect(shown[0].html_left_out).toBe(false)
  const first = body.entries.find((entry: { kind: string }) => entry.kind === 'sent')
  expect(first).toMatchObject({ html: '', text: 'Hello', html_left_out: true })
})

test('a mail larger than all that is shown is still shown when it is the newest', async () => {
  await sql`
    update inbound set html = ${`<p>${'x'.repeat(1_200_000)}</p>`}, received_at = '2027-02-01' where subject = 'Mail 300'`.execute(
    kysely(api.db),
  )
  const { rows } = await sql<{
    id: string
  }>`select contact_id as id from inbound where subject = 'Mail 300'`.execute(kysely(api.db))
  const { body } = await api.get(`/contacts/${rows[0]!.id}/timeline`)
  const shown = body.entries.filter((entry: { html?: string }) => entry.html)
  expect(shown.map((entry: { text: string }) => entry.text)).toEqual(['Text 300'])
})
