/** `verify` finds nothing in a life that kept every promise, and finds each planted breach of what is promised about sending. */
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/core/clock.ts'
import { createLog } from '../../src/log.ts'
import { at, kysely } from '../../src/store/db.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { recoverLeft } from '../../src/store/recoveries.ts'
import { resolveUnknown } from '../../src/store/resolutions.ts'
import { addDeltas, foldDeltas } from '../../src/store/stats.ts'
import { stopAndSweep } from '../../src/store/stops.ts'
import { suppressionHash } from '../../src/store/suppressions.ts'
import { type Finding, PROMISES, verify } from '../../src/store/verify.ts'
import { claimPeople, endBatch, enrollPeople, markClaimed, settleClaimed } from '../support/enrolled.ts'
import {
  ann,
  breach,
  broken,
  cap,
  db,
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
  url,
} from '../support/proving.ts'
import { createTeam } from '../support/team.ts'

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

/** Ann answers, and counts as one who did. */
async function answers(when: number) {
  await setEnrollment(ann, sql`replied_at = ${at(when)}`)
  const { sequenceId, stepIds } = sequence
  const about = { sequenceId, stepId: stepIds[0]!, messageId: ann.messageId }
  await addDeltas(db, { team: team.team, deltas: [{ ...about, metric: 'replied', n: 1 }] })
}

test('marked after an answer that a person gave to somebody later: until then it was not theirs', async () => {
  await answers(now - HOUR)
  const given = (id: string, when: number) =>
    run(sql`
      insert into activities (team_id, id, at, kind, actor, enrollment_id)
      values (${team.team}, ${id}, ${at(when)}, 'reattached', 'user:rae', ${ann.enrollmentId})`)
  await given('before', now - 2 * HOUR)
  expect(await broken()).toEqual(['not_after_reply'])
  await given('after', now + HOUR)
  expect(await broken()).toEqual([])
})

test('marked after an answer, unless the sequence goes on after answers or a person resumed', async () => {
  await answers(now - HOUR)
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
  await answers(now + SECOND)
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

for (const [promise, columns, numbers] of [
  [
    'not_after_hard_bounce',
    sql`bounce = 'hard', bounced_at = ${at(now - DAY)}`,
    ['refused_counted', 'people_of_emails_counted'],
  ],
  ['not_after_complaint', sql`complained_at = ${at(now - DAY)}`, []],
] as const)
  test(`${promise}: nothing more to that address, unless a person took it off the list`, async () => {
    const [, bob] = people
    await setMessage(bob!, sql`to_address = ${ann.address}`)
    await setMessage(bob!, columns)
    expect(await broken()).toEqual([promise, 'wording_unchanged', ...numbers])
    await run(sql`
      insert into activities (team_id, id, at, kind, actor, detail)
      values (${team.team}, 'lifted', ${at(now - HOUR)}, 'unsuppressed', 'user:rae', ${JSON.stringify({ value: ann.address })})`)
    expect(await broken()).toEqual(['wording_unchanged', ...numbers])
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

test('three at once while the ramp-up allowed 2', async () => {
  const ramp = JSON.stringify({ allowed: 2 })
  await run(
    sql`update messages set facts = jsonb_set(facts, '{mailbox,pace,ramp}', ${ramp}::jsonb) where team_id = ${team.team}`,
  )
  expect(await broken()).toEqual(['ramp_up'])
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
  expect(await broken()).toEqual(['shared_cap'])
})
