/** What a mail means beyond its kind: a departure and a meeting end everything for the person, and whoever is named instead is a task. */
import { sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import { kysely } from '../../src/store/db.ts'
import {
  activities,
  ann,
  answer,
  db,
  enrollment,
  inbound,
  letter,
  random,
  sentAt,
  stageOf,
  suppressed,
  take,
  team,
  total,
} from '../support/inbox.ts'
import { createSequence, sendFirst } from '../support/sent.ts'

interface Task {
  kind: string
  title: string
  contact: string
  user: string
}
const tasks = async () =>
  (
    await sql<Task>`
      select kind, title, contact_id as contact, user_id as "user" from tasks where state = 'open' order by id`.execute(
      kysely(db),
    )
  ).rows
const note = (words: string, headers: Record<string, string> = {}) =>
  answer({ Subject: 'Automatic reply: Hello Ann', 'Auto-Submitted': 'auto-replied', ...headers }, words)

function invitation(method: 'REQUEST' | 'REPLY', partstat = 'ACCEPTED'): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    `METHOD:${method}`,
    'BEGIN:VEVENT',
    'UID:1@client.test',
    'DTSTART:20270310T090000Z',
    'SUMMARY:Talk about the offer',
    'ORGANIZER:mailto:sandbox@segue.test',
    `ATTENDEE;PARTSTAT=${partstat}:mailto:ann@client.test`,
    'END:VEVENT',
    'END:VCALENDAR',
  ].join('\r\n')
  return answer({ 'Content-Type': `text/calendar; method=${method}; charset=utf-8` }, lines)
}

/** Ann is in a second sequence, too. */
let other: string
beforeEach(async () => {
  await sql`truncate tasks cascade`.execute(kysely(db))
  const sequence = await createSequence(db, team, { now: sentAt, random })
  other = (await sendFirst(db, team, { now: sentAt, random, sequence, address: ann.address, known: ann }))
    .enrollmentId
})

test('left the company: everything ends, the stage says so, and the referral is a task of whose mailbox it is', async () => {
  await take(note('Ann has left the company. Please contact Cid Boss at cid.boss@client.test instead.'))
  for (const id of [ann.enrollmentId, other])
    expect(await enrollment(id)).toMatchObject({ state: 'finished', reason: 'left_company' })
  expect(await stageOf()).toBe('changed_job')
  expect(await tasks()).toMatchObject([
    {
      kind: 'action_item',
      title: expect.stringMatching(/cid\.boss@client\.test: .* has left the company$/),
      contact: ann.contactId,
      user: team.userId,
    },
  ])
  expect(await activities('left_company')).toHaveLength(1)
  expect(await total('replied')).toBe(0)
})

test('a substitute for somebody who is away is a task, once for all notes of the same absence', async () => {
  const words = 'I am out of the office until 12 March 2027. Please contact cid@client.test in my absence.'
  await take(note(words))
  await take(note(words))
  expect(await enrollment()).toMatchObject({ state: 'paused', reason: 'away' })
  expect(await tasks()).toMatchObject([{ title: expect.stringContaining('cid@client.test') }])
})

test('an accepted invitation ends everything as a meeting, and the contact is interested', async () => {
  await take(invitation('REPLY'))
  for (const id of [ann.enrollmentId, other])
    expect(await enrollment(id)).toMatchObject({ state: 'finished', reason: 'meeting' })
  expect(await stageOf()).toBe('interested')
  expect(await total('demoed')).toBe(1)
  expect(await activities('meeting')).toHaveLength(1)
})

test('a request for a meeting by the contact is a meeting', async () => {
  await take(invitation('REQUEST', 'NEEDS-ACTION'))
  expect(await enrollment(other)).toMatchObject({ state: 'finished', reason: 'meeting' })
})

test('a declined invitation is an answer like any other', async () => {
  await take(invitation('REPLY', 'DECLINED'))
  expect(await enrollment()).toMatchObject({ state: 'finished', reason: 'replied' })
  expect(await enrollment(other)).toMatchObject({ state: 'active' })
  expect(await total('demoed')).toBe(0)
})

test('a sender that their own server doubts ends nothing beyond the answer', async () => {
  await take(
    note('Ann has left the company. Please contact cid@client.test.', {
      'Authentication-Results': 'mx.segue.test; dmarc=fail header.from=client.test',
    }),
  )
  expect(await enrollment(other)).toMatchObject({ state: 'active' })
  expect(await tasks()).toEqual([])
})

test('what a person writes of a departure ends what they answered, and the contact stays at Changed Job when a note said so', async () => {
  await take(note('Ann has left the company.'))
  await take(answer({}, 'As you were told, Ann has left the company.'))
  expect(await stageOf()).toBe('changed_job')
})

test('an answer that speaks of something else that no longer works ends its own sequence alone', async () => {
  await take(answer({}, 'Tuesday no longer works for me, can we do Wednesday?'))
  expect(await enrollment(other)).toMatchObject({ state: 'active' })
  const { rows } = await sql`select reply_class from inbound`.execute(kysely(db))
  expect(rows).toEqual([{ reply_class: expect.not.stringContaining('left_company') }])
})

test('an invitation quotes nothing of ours, and is a meeting when the contact sent it', async () => {
  await take(invitation('REQUEST').replace(/^In-Reply-To:.*\r?\n/im, ''))
  expect(await enrollment(other)).toMatchObject({ state: 'finished', reason: 'meeting' })
})

test('who is away while a call is open is paused, and the open task stays', async () => {
  await sql`update enrollments set due_at = null, hold_reason = 'task_open' where id = ${other}`.execute(
    kysely(db),
  )
  await take(note('I am out of the office. I will be back on 9 March 2027.'))
  expect(await enrollment(other)).toMatchObject({ state: 'paused', reason: 'away', hold: 'task_open' })
})

test('a request to stop from a sender that is not proved suppresses nobody, and people are told', async () => {
  await take(
    letter(
      {
        From: 'ann@client.test',
        Subject: 'unsubscribe',
        'Authentication-Results': 'mx.segue.test; dmarc=fail',
      },
      'Please unsubscribe me.',
    ),
  )
  expect(await suppressed()).toEqual([])
  expect(await activities('opt_out_doubted')).toMatchObject([{ detail: { doubt: 'dmarc=fail' } }])
  const asked = await sql`select title, note, contact_id as "contactId", priority from tasks`.execute(
    kysely(db),
  )
  expect(asked.rows).toEqual([
    {
      title: 'Did Ann ask to opt out? The sender is not proved.',
      note: 'Received from ann@client.test (dmarc=fail): Please unsubscribe me.',
      contactId: ann.contactId,
      priority: 'high',
    },
  ])
  expect((await inbound())[0]!.evidence).toContainEqual({
    ...{ name: 'sender not proved', value: 'dmarc=fail', score: 0 },
  })
  await take(answer({ 'Authentication-Results': 'mx.segue.test; dmarc=fail' }, 'Please unsubscribe me.'))
  expect(await suppressed()).toMatchObject([{ value: 'ann@client.test' }])
})

test('a request to stop from an address that was never written to is shown with its contact, too, and suppresses nobody', async () => {
  const known = sql`update contacts set address = 'ann.old@client.test' where id = ${ann.contactId}`
  await known.execute(kysely(db))
  const forged = { From: 'ann.old@client.test', Subject: 'unsubscribe' }
  await sql`delete from enrollments`.execute(kysely(db))
  await take(
    letter({ ...forged, 'Authentication-Results': 'mx.segue.test; spf=softfail; dkim=none' }, 'Remove me.'),
  )
  expect(await suppressed()).toEqual([])
  expect(await tasks()).toMatchObject([{ contact: ann.contactId }])
})

test('a fixed phrase says what an answer means, on the mail and on the email it answers; it decides nothing', async () => {
  await take(answer({}, 'Not interested, thanks.'))
  const { rows } = await sql`
    select i.reply_class as mail, i.reply_class_by as by, m.reply_class as email from inbound i join messages m on m.id = i.matched_message_id`.execute(
    kysely(db),
  )
  expect(rows).toEqual([{ mail: 'not_interested', by: 'inbound', email: 'not_interested' }])
  expect(await stageOf()).toBe('replied')
  expect(await enrollment(other)).toMatchObject({ state: 'active' })
})
