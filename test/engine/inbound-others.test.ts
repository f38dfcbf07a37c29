/** Absences, opt-outs, mails written by hand, and copies of our own. */
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { DAY } from '../../src/core/clock.ts'
import { takeMail } from '../../src/engine/inbound.ts'
import { kysely } from '../../src/store/db.ts'
import { findOptOut, optOut } from '../../src/store/opt-outs.ts'
import {
  activities,
  ann,
  answer,
  claimNext,
  clock,
  db,
  enrollment,
  fetched,
  inbound,
  letter,
  mailbox,
  message,
  random,
  sentAt,
  sequence,
  stageOf,
  suppressed,
  take,
  team,
  tools,
  total,
} from '../support/inbox.ts'
import { createSequence, sendFirst } from '../support/sent.ts'

test('an absence pauses until the business day after the day of return, which begins where the person is', async () => {
  await sql`update contacts set time_zone = 'America/New_York'`.execute(kysely(db))
  await take(
    answer(
      { Subject: 'Automatic reply: Hello Ann', 'Auto-Submitted': 'auto-replied' },
      'I am out of the office. I will be back on 9 March 2027.',
    ),
  )
  // Midnight in New York on 10 March 2027, five hours behind UTC until the 14th: the sequence has no schedule, so every day is open.
  expect(await enrollment()).toMatchObject({
    state: 'paused',
    reason: 'away',
    until: Date.UTC(2027, 2, 10, 5),
    replied: false,
  })
  expect(await total('replied')).toBe(0)
  expect(await stageOf()).toBe('approaching')
})

test('an absence without a date holds until a person resumes', async () => {
  await take(
    answer(
      { Subject: 'Automatic reply: Hello Ann', 'Auto-Submitted': 'auto-replied' },
      'I am out of the office.',
    ),
  )
  expect(await enrollment()).toMatchObject({ state: 'active', hold: 'away_without_date' })
})

test('an absence pauses the person in all sequences that pause for one', async () => {
  const other = await createSequence(db, team, { now: sentAt, random })
  const stubborn = await createSequence(db, team, { now: sentAt, random, pauseOnAway: false })
  const more = { now: sentAt, random, address: ann.address, known: ann }
  const there = await sendFirst(db, team, { ...more, sequence: other })
  const on = await sendFirst(db, team, { ...more, sequence: stubborn })
  await take(answer({ 'Auto-Submitted': 'auto-replied' }, 'I am out of the office until 12 March 2027.'))
  expect(await enrollment()).toMatchObject({ state: 'paused' })
  expect(await enrollment(there.enrollmentId)).toMatchObject({
    state: 'paused',
    until: Date.UTC(2027, 2, 14),
  })
  expect(await enrollment(on.enrollmentId)).toMatchObject({ state: 'active' })
})

test('an absence of more than 60 days holds, and a person decides', async () => {
  await take(
    answer({ 'Auto-Submitted': 'auto-replied' }, 'I am on parental leave. I will be back on 1 October 2027.'),
  )
  expect(await enrollment()).toMatchObject({ state: 'active', hold: 'away_too_long' })
})

test('where the team has set it, an absence without a date ends by itself after so many days', async () => {
  await sql`update teams set away_resume_days = 10`.execute(kysely(db))
  await take(answer({ 'Auto-Submitted': 'auto-replied' }, 'I am out of the office.'))
  await sql`update teams set away_resume_days = null`.execute(kysely(db))
  const tenDaysOn = (Math.floor(clock.now() / DAY) + 10) * DAY
  expect(await enrollment()).toMatchObject({ state: 'paused', reason: 'away', until: tenDaysOn })
})

test('an absence that is over is recorded and pauses nobody', async () => {
  await take(
    answer(
      { 'Auto-Submitted': 'auto-replied' },
      'I am out of the office. I will be back on 1 February 2027.',
    ),
  )
  expect(await enrollment()).toMatchObject({ state: 'active', hold: null })
  expect(await activities('away')).toHaveLength(1)
})

test('a plain automatic reply is recorded and stops nothing', async () => {
  await take(answer({ 'Auto-Submitted': 'auto-replied' }, 'We have received your request. Ticket 4711.'))
  expect(await enrollment()).toMatchObject({ state: 'active', hold: null, replied: false })
  expect(await inbound()).toMatchObject([{ kind: 'auto_reply' }])
  expect(await activities('auto_replied')).toHaveLength(1)
})

test('asking to be removed suppresses the address and ends all its sequences', async () => {
  const other = await createSequence(db, team, { now: sentAt, random })
  const there = await sendFirst(db, team, {
    now: sentAt,
    random,
    sequence: other,
    address: ann.address,
    known: ann,
  })
  await take(answer({}, 'Please unsubscribe me.'))
  for (const id of [ann.enrollmentId, there.enrollmentId])
    expect(await enrollment(id)).toMatchObject({ state: 'finished', reason: 'opted_out' })
  expect(await suppressed()).toEqual([{ value: 'ann@client.test', reason: 'opt_out' }])
  expect(await message()).toMatchObject({ optedOut: true })
  expect(await stageOf()).toBe('do_not_contact')
  expect([await total('unsubscribed'), await total('replied')]).toEqual([1, 0])
})

test('an opt-out whose subject and sender hold a NUL is an opt-out', async () => {
  await take(
    answer({ From: '=?utf-8?Q?Ann=00?= <ann@client.test>', Subject: '=?utf-8?Q?unsubscribe=00?=' }, ''),
  )
  expect(await suppressed()).toEqual([{ value: 'ann@client.test', reason: 'opt_out' }])
})

test('a colleague who asks for it is opted out beside the person we wrote to', async () => {
  await take(answer({ From: 'cid@client.test' }, 'Please remove us from your list. Unsubscribe.'))
  expect((await suppressed()).map(({ value }) => value)).toEqual(['ann@client.test', 'cid@client.test'])
})

test('the opt-out address works from any sender, by its token', async () => {
  await take(letter({ From: 'ann.private@home.test', Subject: `unsubscribe ${ann.optOutToken}` }, ''))
  expect(await suppressed()).toEqual([{ value: 'ann@client.test', reason: 'opt_out' }])
  expect(await enrollment()).toMatchObject({ state: 'finished', reason: 'opted_out' })
})

test('the page opts out by the token: claimed emails are taken back, those on the wire are named', async () => {
  const other = await createSequence(db, team, { now: sentAt, random })
  await sendFirst(db, team, { now: sentAt, random, sequence: other, address: ann.address, known: ann })
  const next = await claimNext()
  await sql`update messages set state = 'transmitting' where sequence_id = ${other.sequenceId}`.execute(
    kysely(db),
  )
  const target = await findOptOut(db, { team: team.team, token: ann.optOutToken })
  expect(target).toMatchObject({ messageId: ann.messageId, address: 'ann@client.test', optedOut: false })
  const o = {
    team: team.team,
    address: target!.address,
    via: 'page',
    messageId: ann.messageId,
    actor: 'contact',
  } as const
  const done = await optOut(db, { ...o, now: clock.now(), random })
  expect(done).toMatchObject({ already: false, finished: expect.arrayContaining([ann.enrollmentId]) })
  expect(done.finished).toHaveLength(2)
  expect(done.transmitting).toHaveLength(1)
  expect(await message(next)).toMatchObject({ state: 'cancelled' })
  const again = await optOut(db, { ...o, now: clock.now(), random })
  expect(again).toMatchObject({ already: true, finished: [] })
  expect([await total('unsubscribed'), (await activities('opted_out')).length]).toEqual([1, 1])
})

test('an opt-out token is found in its own team alone', async () => {
  expect(await findOptOut(db, { team: team.team + 1, token: ann.optOutToken })).toBeNull()
  expect(await findOptOut(db, { team: team.team, token: '0'.repeat(32) })).toBeNull()
})

test('a token that we never gave opts out nobody', async () => {
  await take(letter({ From: 'zoe@elsewhere.test', Subject: `unsubscribe ${'0'.repeat(32)}` }, ''))
  expect(await suppressed()).toEqual([])
  expect(await inbound()).toEqual([])
})

test('an email written by hand holds the next automatic one of that contact alone', async () => {
  const ben = await sendFirst(db, team, { now: sentAt, random, sequence, address: 'ben@client.test' })
  const own = { From: 'Rae <sandbox@segue.test>', To: 'Ann <ann@client.test>', Subject: 'Call tomorrow?' }
  await take(letter(own), { role: 'sent', folder: 'Sent' })
  expect(await enrollment()).toMatchObject({ state: 'active', hold: 'human_outbound' })
  expect(await enrollment(ben.enrollmentId)).toMatchObject({ state: 'active', hold: null })
  expect(await inbound()).toMatchObject([{ kind: 'human_outbound' }])
})

test('an email written by hand to somebody we do not know leaves no trace', async () => {
  const own = { From: 'Rae <sandbox@segue.test>', To: 'mum@home.test', Subject: 'Sunday' }
  await take(letter(own), { role: 'sent', folder: 'Sent' })
  expect(await inbound()).toEqual([])
})

test('the copy of our own email in Sent is no email by hand, and proves that it left', async () => {
  await sql`update messages set state = 'unknown'`.execute(kysely(db))
  const own = {
    From: 'Rae <sandbox@segue.test>',
    To: 'ann@client.test',
    Subject: 'Hello Ann',
    'Message-ID': ann.rfcId,
  }
  await take(letter(own), { role: 'sent', folder: 'Sent' })
  expect(await enrollment()).toMatchObject({ hold: null })
  expect(await message()).toMatchObject({ state: 'accepted' })
  expect(await inbound()).toEqual([])
})

test('a server that puts its own Message-ID on what we send is recognized, and its id remembered', async () => {
  const own = {
    From: 'Rae <sandbox@segue.test>',
    To: 'ann@client.test',
    Subject: 'Hello Ann',
    'Message-ID': '<theirs@outlook.test>',
  }
  const inSent = fetched(letter(own), { role: 'sent', folder: 'Sent', internalDate: sentAt + 60_000 })
  await takeMail(tools, mailbox({ keepsMessageId: false }), inSent)
  expect(await message()).toMatchObject({ seen: '<theirs@outlook.test>' })
  expect(await enrollment()).toMatchObject({ hold: null })
  await take(answer({ 'In-Reply-To': '<theirs@outlook.test>', Subject: 'whatever' }))
  expect(await enrollment()).toMatchObject({ state: 'finished', reason: 'replied' })
})

test('an answer to an email that may not have left proves that it did', async () => {
  await sql`update messages set state = 'unknown'`.execute(kysely(db))
  await take(answer())
  expect(await message()).toMatchObject({ state: 'accepted', replied: true })
  expect(await enrollment()).toMatchObject({ state: 'finished', reason: 'replied' })
})
