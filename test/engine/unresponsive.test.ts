/** Days until unresponsive: who received every step and stays silent moves to that stage, once, and comes back with a late answer. */
import { sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import { DAY, HOUR } from '../../src/core/clock.ts'
import { judgeUnanswered } from '../../src/engine/unresponsive.ts'
import { at, kysely } from '../../src/store/db.ts'
import {
  activities,
  ann,
  answer,
  db,
  pools,
  random,
  sentAt,
  sequence,
  stageOf,
  take,
  team,
} from '../support/inbox.ts'
import { createSequence, sendFirst } from '../support/sent.ts'

const judge = (daysLater: number, pool = pools.claim) =>
  judgeUnanswered(pool, { now: sentAt + daysLater * DAY, random })

/** Ann received the last step an hour after the first. */
beforeEach(async () => {
  await sql`update sequences set response_days = 5`.execute(kysely(db))
  await sql`
    update enrollments set state = 'finished', reason = 'completed', due_at = null, finished_at = ${at(sentAt + HOUR)}`.execute(
    kysely(db),
  )
})

test('five days after the last step, silence moves the contact to Unresponsive, and the activity says so once', async () => {
  expect(await judge(5)).toBe(0)
  expect(await stageOf()).toBe('approaching')
  expect(await judge(6)).toBe(1)
  expect(await stageOf()).toBe('unresponsive')
  expect(await judge(7)).toBe(0)
  expect(await activities('unresponsive')).toMatchObject([{ detail: { days: 5 } }])
})

test('who answered is not unresponsive, nor who stands at an outcome that a person chose', async () => {
  await sql`update contacts set stage_id = (select id from stages where role = 'interested')`.execute(
    kysely(db),
  )
  await judge(6)
  expect(await stageOf()).toBe('interested')
})

test('an answer counts however late it comes: the contact moves on to Replied', async () => {
  await judge(6)
  await take(answer())
  expect(await stageOf()).toBe('replied')
})

test('an answer in time leaves the contact at Replied', async () => {
  await take(answer())
  await judge(6)
  expect(await stageOf()).toBe('replied')
  expect(await activities('unresponsive')).toHaveLength(0)
})

test('somebody who is still in another sequence is not judged before that one is over', async () => {
  const other = await createSequence(db, team, { now: sentAt, random })
  const more = { now: sentAt, random, sequence: other, address: ann.address, known: ann }
  const there = await sendFirst(db, team, more)
  expect(await judge(6)).toBe(0)
  await sql`update enrollments set state = 'finished', reason = 'completed', due_at = null, finished_at = ${at(sentAt)} where id = ${there.enrollmentId}`.execute(
    kysely(db),
  )
  expect(await judge(6)).toBe(1)
})

test('a sequence without such days judges nobody; two processes judge once', async () => {
  await sql`update sequences set response_days = null where id = ${sequence.sequenceId}`.execute(kysely(db))
  expect(await judge(60)).toBe(0)
  await sql`update sequences set response_days = 5`.execute(kysely(db))
  await Promise.all([judge(6), judge(6, pools.api)])
  expect(await activities('unresponsive')).toHaveLength(1)
})
