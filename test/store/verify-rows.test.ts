/** `verify` finds each planted breach of what is promised about the queue, the rows, the chain and the numbers, by its name. */
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { DAY, HOUR } from '../../src/core/clock.ts'
import { at } from '../../src/store/db.ts'
import { addDeltas } from '../../src/store/stats.ts'
import { claimPeople, enrollPeople } from '../support/enrolled.ts'
import {
  ann,
  breach,
  broken,
  db,
  eve,
  later,
  now,
  people,
  proof,
  random,
  run,
  sequence,
  setEnrollment,
  setMessage,
  team,
} from '../support/proving.ts'

test('an active enrollment with nothing that will move it', async () => {
  await run(sql`alter table enrollments drop constraint active_is_due_or_leased_or_held`)
  await setEnrollment(eve, sql`due_at = null`)
  expect(await broken()).toEqual(['one_state'])
  await run(sql`delete from enrollments where team_id = ${team.team} and id = ${eve.enrollmentId}`)
  await run(sql`
    alter table enrollments add constraint active_is_due_or_leased_or_held
      check (state <> 'active' or num_nonnulls(due_at, lease_until, hold_reason) = 1)`)
})

test('a lease without an email', async () => {
  await setEnrollment(eve, sql`due_at = null, lease_until = ${at(now)}`)
  expect(await broken()).toEqual(['lease_has_email'])
})

test('an email that a later claim of its mailbox did not put right, or that nobody will', async () => {
  await claimPeople(db, team, { enrollmentIds: [eve.enrollmentId], now: later, random })
  expect(await broken()).toEqual([])
  await run(sql`update mailboxes set wake_at = 'infinity' where team_id = ${team.team}`)
  expect(await broken()).toEqual(['nothing_left_behind'])
  await run(sql`update mailboxes set wake_at = ${at(later)}, fence = fence + 1 where team_id = ${team.team}`)
  expect(await broken()).toEqual(['nothing_left_behind'])
})

test('somebody who is due while lane or mailbox sleeps, though nothing is closed', async () => {
  for (const table of ['lanes', 'mailboxes'])
    for (const wakeAt of [at(later + DAY), 'infinity']) {
      await run(sql`update ${sql.table(table)} set wake_at = ${wakeAt} where team_id = ${team.team}`)
      expect(await breach('nobody_forgotten')).toMatchObject({
        enrollmentId: eve.enrollmentId,
        mailboxId: team.mailboxId,
      })
      await run(sql`update ${sql.table(table)} set wake_at = ${at(now)} where team_id = ${team.team}`)
    }
  expect(await broken()).toEqual([])
})

test('a lane that sleeps because its sequence is off, and a mailbox that sleeps because its limit is reached, are no fault', async () => {
  await run(sql`update lanes set wake_at = 'infinity' where team_id = ${team.team}`)
  await run(sql`update sequences set active = false where team_id = ${team.team}`)
  expect(await broken()).toEqual([])
  await run(sql`update sequences set active = true where team_id = ${team.team}`)
  await run(sql`update lanes set wake_at = ${at(now)} where team_id = ${team.team}`)
  await run(
    sql`update mailboxes set wake_at = ${at(now + DAY)}, daily_limit = 3 where team_id = ${team.team}`,
  )
  expect(await broken()).toEqual([])
})

test('a lane that would sleep through a due time that is still to come', async () => {
  await run(sql`update sequences set daily_cap = null where team_id = ${team.team}`)
  await setEnrollment(eve, sql`due_at = ${at(later + HOUR)}`)
  await run(sql`update lanes set wake_at = ${at(later + 2 * HOUR)} where team_id = ${team.team}`)
  expect(await broken()).toEqual(['nobody_forgotten'])
})

test('a row that points at what is not there', async () => {
  await setEnrollment(eve, sql`step_id = 'gone'`)
  expect((await proof()).filter((one) => one.promise === 'no_orphans')).toMatchObject([
    { enrollmentId: eve.enrollmentId, sentence: 'its step is missing' },
  ])
  await setEnrollment(eve, sql`step_id = ${sequence.stepIds[0]}`)
  await run(sql`delete from lanes where team_id = ${team.team}`)
  expect(await broken()).toContain('no_orphans')
})

test('a state that no activity tells of', async () => {
  await run(
    sql`delete from activities where team_id = ${team.team} and enrollment_id = ${ann.enrollmentId} and kind = 'sent'`,
  )
  expect(await broken()).toEqual(['every_transition_told'])
})

test('a link that was changed, one that is missing, and a chain that was cut off', async () => {
  const link = sql`ledger_links where team_id = ${team.team}`
  await run(sql`update ledger_links set at = at + interval '1 ms' where team_id = ${team.team} and seq = 4`)
  expect((await breach('chain_whole')).sentence).toContain('link 4 (settlement of message')
  await run(sql`update ledger_links set at = at - interval '1 ms' where team_id = ${team.team} and seq = 4`)
  expect(await broken()).toEqual([])
  await run(sql`delete from ${link} and seq = 6`)
  expect((await breach('chain_whole')).sentence).toBe('the chain ends at link 5, the mailbox says 6')
  await run(sql`delete from ${link} and seq = 3`)
  expect((await breach('chain_whole')).sentence).toBe('link 3 is missing: 4 follows 2')
})

test('a ledger row that was changed by hand', async () => {
  await setMessage(
    ann,
    sql`marked_at = marked_at - interval '1 hour', counted_at = counted_at - interval '1 hour'`,
  )
  expect(await broken()).toEqual(['rows_agree_with_chain'])
  await setMessage(
    ann,
    sql`marked_at = marked_at + interval '1 hour', counted_at = counted_at + interval '1 hour'`,
  )
  await setMessage(ann, sql`state = 'requeued'`)
  expect(await broken()).toContain('rows_agree_with_chain')
})

test('a wording or an address that was changed after it was sent', async () => {
  await run(
    sql`update message_contents set body = body || '!' where team_id = ${team.team} and message_id = ${ann.messageId}`,
  )
  expect(await breach('wording_unchanged')).toMatchObject({ messageId: ann.messageId })
  await run(
    sql`update message_contents set body = 'Hello' where team_id = ${team.team} and message_id = ${ann.messageId}`,
  )
  await setMessage(ann, sql`to_address = 'else@company.test'`)
  expect(await broken()).toEqual(['wording_unchanged'])
})

test('a wording that is gone without an erasure', async () => {
  await run(sql`delete from message_contents where team_id = ${team.team} and message_id = ${ann.messageId}`)
  expect((await breach('wording_unchanged')).sentence).toBe(
    'its wording is gone, and no erasure is in the ledger',
  )
})

test('numbers that are not their rows', async () => {
  await addDeltas(db, {
    team: team.team,
    deltas: [{ sequenceId: sequence.sequenceId, stepId: sequence.stepIds[0]!, metric: 'active', n: 1 }],
  })
  expect((await breach('people_counted')).sentence).toBe(
    `active of sequence ${sequence.sequenceId}, step ${sequence.stepIds[0]}: the number is 2, the rows are 1`,
  )
  await run(sql`delete from stat_deltas where team_id = ${team.team} and metric = 'delivered'`)
  expect(await broken()).toEqual(['people_counted', 'delivered_counted', 'days_and_mailboxes_counted'])
})

test('people who answered, were met or got an email that came back, and are not counted so', async () => {
  await setEnrollment(ann, sql`replied_at = ${at(now)}`)
  await setMessage(people[1]!, sql`bounce = 'soft', demoed_at = ${at(now)}`)
  const found = (await proof()).filter((one) => one.promise === 'people_of_emails_counted')
  expect(found.map((one) => one.sentence).sort()).toEqual([
    `bounced of sequence ${sequence.sequenceId}: the number is 0, the people are 1`,
    `demoed of sequence ${sequence.sequenceId}: the number is 0, the people are 1`,
    `replied of sequence ${sequence.sequenceId}: the number is 0, the people are 1`,
  ])
})

test('a thousand breaches of one promise are enough', async () => {
  await enrollPeople(db, team, { sequence, count: 1_200, now, random })
  await run(sql`delete from activities where team_id = ${team.team} and kind = 'enrolled'`)
  expect(await proof()).toHaveLength(1_000)
})
