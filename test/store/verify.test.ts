/** `verify` finds nothing in a life that kept every promise, and finds each planted breach by its name. */
import { type RawBuilder, sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/core/clock.ts'
import { createLog } from '../../src/log.ts'
import { seededRandom } from '../../src/random.ts'
import type { CapKey } from '../../src/store/caps.ts'
import { at, kysely } from '../../src/store/db.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { recoverLeft } from '../../src/store/recoveries.ts'
import { resolveUnknown } from '../../src/store/resolutions.ts'
import { addDeltas, foldDeltas } from '../../src/store/stats.ts'
import { stopAndSweep } from '../../src/store/stops.ts'
import { suppressionHash } from '../../src/store/suppressions.ts'
import { type Finding, PROMISES, verify } from '../../src/store/verify.ts'
import { freshDatabase } from '../support/database.ts'
import {
  claimPeople,
  endBatch,
  enrollPeople,
  markClaimed,
  openSequence,
  type Person,
  settleClaimed,
} from '../support/enrolled.ts'
import type { SentSequence } from '../support/sent.ts'
import { createTeam, type TestTeam } from '../support/team.ts'

const { db, url, drop } = await freshDatabase()
const random = seededRandom('verify')
/** A Monday. */
const now = Date.parse('2027-03-01T10:00:00Z')
const later = now + HOUR
const cap = (): CapKey => ({ kind: 'sequence', key: sequence.sequenceId, day: '2027-03-01' })
let team: TestTeam
let sequence: SentSequence
let people: Person[]
/** Received the first step. */
let ann: Person
/** Still waits for it, due now. */
let eve: Person

/** Three people have received the first step under a cap, one waits for it. */
beforeEach(async () => {
  team = await createTeam(db, { now, random })
  sequence = await openSequence(db, team, { now, random })
  await run(sql`update sequences set daily_cap = 10 where team_id = ${team.team}`)
  people = await enrollPeople(db, team, { sequence, count: 4, now, random })
  ann = people[0]!
  eve = people[3]!
  const enrollmentIds = people.slice(0, 3).map((one) => one.enrollmentId)
  const claimed = await claimPeople(db, team, { enrollmentIds, now, random, capped: [cap()] })
  await markClaimed(db, team, { claimed, now: now + SECOND })
  await settleClaimed(db, team, { claimed, now: now + 2 * SECOND, random })
  await endBatch(db, team, now + 3 * SECOND)
})
afterAll(() => drop())

const run = (statement: RawBuilder<unknown>) => statement.execute(kysely(db))
const proof = (when = later) => verify(db, { now: when, team: team.team })

/** Names of what is broken, without repeats. */
const broken = async (when = later) => [...new Set((await proof(when)).map((one) => one.promise))]
const breach = async (promise: string): Promise<Finding> =>
  (await proof()).find((one) => one.promise === promise)!

const setMessage = (one: Person, columns: RawBuilder<unknown>) =>
  run(sql`update messages set ${columns} where team_id = ${team.team} and id = ${one.messageId}`)
const setEnrollment = (one: Person, columns: RawBuilder<unknown>) =>
  run(sql`update enrollments set ${columns} where team_id = ${team.team} and id = ${one.enrollmentId}`)
const suppressed = (kind: string, value: string) =>
  run(sql`
    insert into suppressions (team_id, kind, value, reason, source, created_at)
    values (${team.team}, ${kind}, ${value}, 'manual', 'test', ${at(now - DAY)})`)

test('a life that kept every promise is proved', async () => {
  expect(await proof()).toEqual([])
})

test('doubts, deaths, stops, pauses and refusals leave nothing to find', async () => {
  const some = await enrollPeople(db, team, { sequence, count: 6, now, random })
  const enrollmentIds = some.map((one) => one.enrollmentId)
  const claimed = await claimPeople(db, team, { enrollmentIds, now: later, random, capped: [cap()] })
  const [sent, doubted, deferred, dead, stopped, held] = some.map((one) => one.messageId)
  await markClaimed(db, team, { claimed, now: later, messageIds: [sent!, doubted!, deferred!, dead!] })
  await settleClaimed(db, team, { claimed, now: later, random, messageIds: [sent!] })
  const doubt = { kind: 'hold', reason: 'delivery_unknown', detail: 'broken' } as const
  await settleClaimed(db, team, {
    claimed,
    now: later,
    random,
    messageIds: [doubted!],
    state: 'unknown',
    follows: doubt,
  })
  const retry = { kind: 'retry', at: later + HOUR } as const
  await settleClaimed(db, team, {
    claimed,
    now: later,
    random,
    messageIds: [deferred!],
    state: 'deferred',
    follows: retry,
  })
  expect(await proof()).toEqual([])
  const end = { to: 'finished', reason: 'marked_finished' } as const
  const ended = some.find((one) => one.messageId === stopped)!.enrollmentId
  await stopAndSweep(db, {
    team: team.team,
    enrollmentIds: [ended],
    stop: end,
    actor: 'user:rae',
    now: later,
    random,
  })
  expect(await proof()).toEqual([])
  // The worker dies with one email on the wire and one only claimed.
  await endBatch(db, team, later)
  await db.transaction(async (tx) => {
    await sql`select from mailboxes where team_id = ${team.team} for no key update`.execute(kysely(tx))
    await recoverLeft(tx, { team: team.team, mailboxIds: [team.mailboxId], now: later, random })
  })
  expect(await proof()).toEqual([])
  for (const [messageId, as] of [
    [doubted!, 'sent'],
    [dead!, 'send_again'],
  ] as const)
    await db.transaction((tx) =>
      resolveUnknown(tx, {
        team: team.team,
        messageId,
        as,
        actor: 'user:rae',
        now: later,
        random,
        evidence: 'asked',
      }),
    )
  expect(await proof()).toEqual([])
  const again = await claimPeople(db, team, {
    ...{ now: later + HOUR, random, capped: [cap()] },
    enrollmentIds: some
      .filter((one) => [deferred, dead, held].includes(one.messageId))
      .map((one) => one.enrollmentId),
  })
  expect(again.messageIds).toHaveLength(3)
  await markClaimed(db, team, { claimed: again, now: later + HOUR })
  expect(await proof(later + HOUR)).toEqual([])
  await settleClaimed(db, team, { claimed: again, now: later + HOUR, random })
  await foldDeltas(db)
  expect(await proof(later + 2 * HOUR)).toEqual([])
})

test('every promise has a name of its own and says what it promises', () => {
  expect(new Set(PROMISES.map((one) => one.name)).size).toBe(PROMISES.length)
  for (const { says } of PROMISES) expect(says).toMatch(/^[A-Z].+\.$/)
})

test('another team is not looked at, and all teams are when none is named', async () => {
  const other = await createTeam(db, { now, random })
  await setMessage(ann, sql`to_address = 'else@company.test'`)
  expect(await verify(db, { now: later, team: other.team })).toEqual([])
  expect((await verify(db, { now: later })).filter((one) => one.teamId === team.team)).toHaveLength(1)
})

test('an engine that is at work meanwhile is never taken for a fault', async () => {
  const process = await openPostgres({ url, log: createLog('error'), connections: { api: 4 } })
  const some = await enrollPeople(db, team, { sequence, count: 40, now, random })
  let working = true
  const looking = (async () => {
    const found: Finding[] = []
    while (working) found.push(...(await verify(process.api, { now: later, team: team.team })))
    return found
  })()
  for (let i = 0; i < 20; i++) {
    const enrollmentIds = some.slice(2 * i, 2 * i + 2).map((one) => one.enrollmentId)
    const claimed = await claimPeople(db, team, { enrollmentIds, now: later, random })
    await markClaimed(db, team, { claimed, now: later })
    await settleClaimed(db, team, { claimed, now: later, random })
    await endBatch(db, team, later)
  }
  working = false
  expect(await looking).toEqual([])
  await process.close()
})

test('accepted twice: found by the rows, and by the attempts', async () => {
  await run(sql`drop index messages_once`)
  await run(sql`
    insert into messages (team_id, id, enrollment_id, sequence_id, step_id, contact_id, mailbox_id, state, attempt, rfc_id, from_address,
      to_address, address_hash, body_hash, created_at, updated_at)
    select team_id, 'twin', enrollment_id, sequence_id, step_id, contact_id, mailbox_id, state, attempt, rfc_id, from_address, to_address,
      address_hash, body_hash, created_at, updated_at from messages where team_id = ${team.team} and id = ${ann.messageId}`)
  expect(await broken()).toEqual(expect.arrayContaining(['accepted_once', 'one_row_per_step']))
  await run(sql`delete from messages where id = 'twin'`)
  await run(
    sql`create unique index messages_once on messages (team_id, enrollment_id, step_id) where enrollment_id is not null`,
  )
  expect(await broken()).toEqual([])
})

test('an attempt after the one that was accepted', async () => {
  await run(
    sql`insert into attempts (team_id, message_id, attempt, mailbox_id, fence, worker) values (${team.team}, ${ann.messageId}, 2, ${team.mailboxId}, 1, 'x')`,
  )
  expect(await broken()).toEqual(['accepted_once', 'attempts_agree'])
  expect(await breach('accepted_once')).toMatchObject({
    messageId: ann.messageId,
    enrollmentId: ann.enrollmentId,
    teamId: team.team,
  })
})

test('marked after an answer, unless the sequence goes on after answers or a person resumed', async () => {
  await setEnrollment(ann, sql`replied_at = ${at(now - HOUR)}`)
  expect(await broken()).toEqual(['not_after_reply'])
  await setMessage(ann, sql`facts = jsonb_set(facts, '{sequence,finishOnReply}', 'false')`)
  expect(await broken()).toEqual([])
  await setMessage(ann, sql`facts = jsonb_set(facts, '{sequence,finishOnReply}', 'true')`)
  await run(sql`
    insert into activities (team_id, id, at, kind, actor, enrollment_id)
    values (${team.team}, 'resumed', ${at(now - MINUTE)}, 'resumed', 'user:rae', ${ann.enrollmentId})`)
  expect(await broken()).toEqual([])
})

test('an answer at the instant of the mark, or one whose sweep named the email, breaks nothing', async () => {
  await setEnrollment(ann, sql`replied_at = ${at(now + SECOND)}`)
  expect(await broken()).toEqual([])
  await setEnrollment(ann, sql`replied_at = ${at(now - MINUTE)}`)
  await run(sql`
    insert into activities (team_id, id, at, kind, actor, enrollment_id, message_id)
    values (${team.team}, 'named', ${at(now)}, 'in_flight', 'engine', ${ann.enrollmentId}, ${ann.messageId})`)
  expect(await broken()).toEqual([])
})

test('marked after its person was finished, paused or removed', async () => {
  for (const columns of [
    sql`state = 'finished', reason = 'stopped', due_at = null, finished_at = ${at(now - HOUR)}`,
    sql`state = 'paused', reason = 'paused_by_person', due_at = null, finished_at = null, paused_at = ${at(now - HOUR)}`,
    sql`state = 'finished', reason = 'removed', paused_at = null, removed_at = ${at(now - HOUR)}`,
  ]) {
    await setEnrollment(ann, columns)
    expect(await broken()).toContain('not_after_stop')
  }
})

test('marked while the sequence was off', async () => {
  const told = (kind: string, when: number) =>
    run(
      sql`insert into activities (team_id, id, at, kind, actor, sequence_id) values (${team.team}, ${kind}, ${at(when)}, ${kind}, 'user:rae', ${sequence.sequenceId})`,
    )
  await told('sequence_deactivated', now - HOUR)
  expect(await broken()).toEqual(['not_while_inactive'])
  await told('sequence_activated', now - MINUTE)
  expect(await broken()).toEqual([])
})

for (const [promise, columns] of [
  ['not_after_hard_bounce', sql`bounce = 'hard', bounced_at = ${at(now - DAY)}`],
  ['not_after_complaint', sql`complained_at = ${at(now - DAY)}`],
] as const)
  test(`${promise}: nothing more to that address, unless a person took it off the list`, async () => {
    const [, bob] = people
    await setMessage(bob!, sql`to_address = ${ann.address}`)
    await setMessage(bob!, columns)
    expect(await broken()).toEqual([promise, 'wording_unchanged'])
    await run(sql`
      insert into activities (team_id, id, at, kind, actor, detail)
      values (${team.team}, 'lifted', ${at(now - HOUR)}, 'unsuppressed', 'user:rae', ${JSON.stringify({ value: ann.address })})`)
    expect(await broken()).toEqual(['wording_unchanged'])
  })

test('not_after_opt_out: nothing more to an address that opted out', async () => {
  const [, bob] = people
  await setMessage(bob!, sql`to_address = ${ann.address}, opted_out_at = ${at(now - DAY)}`)
  expect(await broken()).toEqual(expect.arrayContaining(['not_after_opt_out', 'unsubscribed_counted']))
})

test('marked while the address, its hash, its domain or one above was on the list', async () => {
  await setMessage(ann, sql`to_address = 'ann@sales.acme.test'`)
  for (const [kind, value] of [
    ['address', 'ann@sales.acme.test'],
    ['hash', suppressionHash('ann@sales.acme.test')],
    ['domain', 'sales.acme.test'],
    ['domain', 'acme.test'],
  ] as const) {
    await suppressed(kind, value)
    expect(await broken()).toContain('not_while_suppressed')
    await run(sql`update suppressions set lifted_at = ${at(now - HOUR)} where team_id = ${team.team}`)
    expect(await broken()).not.toContain('not_while_suppressed')
    await run(sql`update suppressions set lifted_at = ${at(now + HOUR)} where team_id = ${team.team}`)
    expect(await broken()).toContain('not_while_suppressed')
    await run(sql`delete from suppressions where team_id = ${team.team}`)
  }
  await suppressed('domain', 'cme.test')
  expect(await broken()).not.toContain('not_while_suppressed')
})

test('marked after its window had closed', async () => {
  await setMessage(ann, sql`window_closes_at = ${at(now + SECOND)}`)
  expect(await broken()).toEqual(['inside_window'])
})

test('marked while the schedule of its decision was closed', async () => {
  const tuesdays = JSON.stringify([{ day: 2, opensAtMinute: 0, closesAtMinute: 1440 }])
  await setMessage(ann, sql`facts = jsonb_set(facts, '{schedule,windows}', ${tuesdays}::jsonb)`)
  expect((await breach('inside_window')).sentence).toBe(
    'marked at 2027-03-01T10:00:01.000Z, which is closed in UTC',
  )
})

test('a follow-up that left before its inbox was read', async () => {
  await setMessage(ann, sql`facts = jsonb_set(facts, '{enrollment,rank}', '1')`)
  expect(await broken()).toEqual(['inbox_read'])
})

for (const [promise, field, limit] of [
  ['mailbox_daily_limit', 'dailyLimit', 2],
  ['mailbox_hourly_limit', 'hourlyLimit', 2],
  ['mailbox_gap', 'gapMs', 1000],
] as const)
  test(`${promise}: three at once under a limit of ${limit}`, async () => {
    const path = sql.lit(`{mailbox,pace,${field}}`)
    await run(
      sql`update messages set facts = jsonb_set(facts, ${path}, ${sql.lit(String(limit))}::jsonb) where team_id = ${team.team}`,
    )
    expect(await broken()).toEqual([promise])
  })

test('a limit is judged in its rolling window: what is exactly a day old has left it', async () => {
  const limit = sql.lit('2')
  await run(
    sql`update messages set facts = jsonb_set(facts, '{mailbox,pace,dailyLimit}', ${limit}::jsonb) where team_id = ${team.team}`,
  )
  const counted = now + SECOND - DAY
  await setMessage(ann, sql`counted_at = ${at(counted + 1)}`)
  expect(await broken()).toEqual(['mailbox_daily_limit'])
  await setMessage(ann, sql`counted_at = ${at(counted)}`)
  expect(await broken()).toEqual([])
})

test('a counter of a cap that is not what was counted, and a cap that was passed', async () => {
  await run(sql`update cap_counters set used = 4 where team_id = ${team.team}`)
  expect(await broken()).toEqual(['caps_counted'])
  await run(sql`update cap_counters set used = 3 where team_id = ${team.team}`)
  await run(
    sql`update messages set facts = jsonb_set(facts, '{sequence,cap,limit}', '2') where team_id = ${team.team}`,
  )
  expect(await broken()).toEqual(['daily_cap'])
})

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
  expect(await broken()).toEqual(['people_counted', 'delivered_counted'])
})

test('a thousand breaches of one promise are enough', async () => {
  await enrollPeople(db, team, { sequence, count: 1_200, now, random })
  await run(sql`delete from activities where team_id = ${team.team} and kind = 'enrolled'`)
  expect(await proof()).toHaveLength(1_000)
})
