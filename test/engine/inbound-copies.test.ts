/** Whoever got a copy of an email answers, is away, opts out or does not exist: what it means for the person who was written to. */
import { sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import { kysely } from '../../src/store/db.ts'
import { activities, ann, answer, db, dsn, enrollment, stageOf, suppressed, take } from '../support/inbox.ts'

const BOSS = 'boss@client.test'

beforeEach(async () => {
  await sql`update messages set cc = ${[BOSS]}, bcc = '{crm@client.test}' where id = ${ann.messageId}`.execute(
    kysely(db),
  )
})

test('a colleague in copy who answers in the thread counts as the answer, and we say who wrote', async () => {
  await take(answer({ From: `The Boss <${BOSS}>` }))
  expect(await enrollment()).toMatchObject({ state: 'finished', reason: 'replied' })
  expect(await activities('replied')).toMatchObject([{ detail: { from: BOSS, by_colleague: true } }])
  expect(await stageOf()).toBe('replied')
})

test('the absence of somebody in copy pauses nobody: the person we wrote to is there', async () => {
  const note = 'I am out of the office until 8 March 2027.'
  await take(
    answer({ From: BOSS, Subject: 'Automatic reply: Hello', 'Auto-Submitted': 'auto-replied' }, note),
  )
  expect(await enrollment()).toMatchObject({ state: 'active', reason: null })
  expect(await activities('auto_replied')).toMatchObject([{ detail: { from: BOSS } }])
})

test('a copy that could not be delivered stops nobody and suppresses nobody', async () => {
  await take(dsn({ to: BOSS, status: '5.1.1', said: '550 5.1.1 no such user' }))
  expect(await enrollment()).toMatchObject({ state: 'active', reason: null })
  expect(await suppressed()).toEqual([])
})
