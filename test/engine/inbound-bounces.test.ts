/** What an email that came back, or a complaint, does to the person it was written to. */
import { expect, test } from 'vitest'
import {
  ann,
  complaint,
  db,
  dsn,
  enrollment,
  inbound,
  message,
  random,
  sendAgain,
  sentAt,
  stageOf,
  suppressed,
  take,
  team,
  total,
} from '../support/inbox.ts'
import { createSequence, sendFirst } from '../support/sent.ts'

test('a hard bounce suppresses the address and fails every live enrollment of it', async () => {
  const other = await createSequence(db, team, { now: sentAt, random })
  const there = await sendFirst(db, team, {
    now: sentAt,
    random,
    sequence: other,
    address: ann.address,
    known: ann,
  })
  await take(dsn({ id: ann.rfcId }))
  for (const id of [ann.enrollmentId, there.enrollmentId])
    expect(await enrollment(id)).toMatchObject({ state: 'failed', reason: 'hard_bounced' })
  expect(await suppressed()).toEqual([{ value: 'ann@client.test', reason: 'hard_bounce' }])
  expect(await stageOf()).toBe('bad_data')
  expect(await message()).toMatchObject({ bounce: 'hard' })
  expect([await total('hard_bounced'), await total('bounced')]).toEqual([1, 1])
})

test('a bounce that quotes no Message-ID of ours suppresses nobody', async () => {
  await take(dsn({}))
  await take(dsn({ id: '<made-up@elsewhere.test>' }))
  expect(await suppressed()).toEqual([])
  expect(await enrollment()).toMatchObject({ state: 'active', hold: null })
  expect(await total('bounced')).toBe(0)
  expect((await inbound()).map(({ kind, confidence }) => [kind, confidence])).toEqual([
    ['bounce', 30],
    ['bounce', 30],
  ])
})

test('a bounce under a Message-ID that the server made, before it told us, is proved by the opt-out link that came back', async () => {
  const list = `<mailto:sandbox@segue.test?subject=unsubscribe%20${ann.optOutToken}>`
  await take(dsn({ id: '<made-by-the-server@relay.test>', list }))
  expect(await suppressed()).toEqual([{ value: 'ann@client.test', reason: 'hard_bounce' }])
  expect(await enrollment()).toMatchObject({ state: 'failed', reason: 'hard_bounced' })
})

test('a bounce of an address behind the one we wrote to is soft', async () => {
  await take(dsn({ id: ann.rfcId, to: 'ann.private@home.test' }))
  expect(await suppressed()).toEqual([])
  expect(await enrollment()).toMatchObject({ state: 'active', hold: null, softBounces: 1 })
})

test('the same bounce twice counts once', async () => {
  await take(dsn({ id: ann.rfcId, messageId: '<one@mx.test>' }))
  await take(dsn({ id: ann.rfcId, messageId: '<two@mx.test>' }))
  expect([await total('hard_bounced'), await total('bounced')]).toEqual([1, 1])
})

test('an email that came back softly first, and for good later, is one person', async () => {
  await take(dsn({ id: ann.rfcId, status: '4.2.2', said: '452 4.2.2 mailbox full' }))
  await take(dsn({ id: ann.rfcId, messageId: '<later@mx.test>' }))
  expect(await message()).toMatchObject({ bounce: 'hard' })
  expect([await total('hard_bounced'), await total('bounced')]).toEqual([1, 1])
})

test('a delay is not a bounce', async () => {
  await take(dsn({ id: ann.rfcId, action: 'delayed', status: '4.4.1', said: '451 4.4.1 no answer' }))
  expect(await message()).toMatchObject({ bounce: null })
  expect(await enrollment()).toMatchObject({ state: 'active', softBounces: 0 })
})

test('three soft bounces in a row hold the enrollment', async () => {
  const soft = { status: '4.2.2', said: '452 4.2.2 mailbox full' }
  const sent = [ann.rfcId, await sendAgain(1), await sendAgain(2)]
  await take(dsn({ id: sent[0]!, ...soft }))
  await take(dsn({ id: sent[1]!, ...soft }))
  expect(await enrollment()).toMatchObject({ hold: null, softBounces: 2 })
  await take(dsn({ id: sent[2]!, ...soft }))
  expect(await enrollment()).toMatchObject({ state: 'active', hold: 'soft_bounces', softBounces: 3 })
  expect(await total('bounced')).toBe(1)
  expect(await suppressed()).toEqual([])
})

test('an email that arrived in between starts the count of soft bounces anew', async () => {
  const soft = { status: '4.2.2', said: '452 4.2.2 mailbox full' }
  await take(dsn({ id: ann.rfcId, ...soft }))
  await sendAgain(1)
  await take(dsn({ id: await sendAgain(2), ...soft }))
  expect(await enrollment()).toMatchObject({ hold: null, softBounces: 1 })
})

test('a refusal for content or reputation holds at once and suppresses nobody', async () => {
  await take(dsn({ id: ann.rfcId, status: '5.7.1', said: '550 5.7.1 message rejected as spam' }))
  expect(await enrollment()).toMatchObject({ state: 'active', hold: 'blocked' })
  expect([await total('spam_blocked'), await total('bounced')]).toEqual([1, 0])
  expect(await suppressed()).toEqual([])
})

test('a complaint that quotes our mail suppresses the address', async () => {
  await take(complaint(ann.rfcId))
  expect(await suppressed()).toEqual([{ value: 'ann@client.test', reason: 'complaint' }])
  expect(await enrollment()).toMatchObject({ state: 'finished', reason: 'complained' })
})

test('a complaint that quotes no mail of ours changes nobody', async () => {
  await take(complaint('<made-up@elsewhere.test>'))
  expect(await suppressed()).toEqual([])
  expect(await enrollment()).toMatchObject({ state: 'active' })
})
