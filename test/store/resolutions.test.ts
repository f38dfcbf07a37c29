/** The end of a doubt: what evidence or a person says of an email that nobody confirmed, and what it does to its enrollment. */
import { sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../src/core/clock.ts'
import { verifyChain } from '../../src/core/ledger.ts'
import { createLog } from '../../src/log.ts'
import { seededRandom } from '../../src/random.ts'
import { sha256 } from '../../src/seal.ts'
import { kysely } from '../../src/store/db.ts'
import { retime } from '../../src/store/enrollments.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { recoverLeft } from '../../src/store/recoveries.ts'
import { resolveUnknown } from '../../src/store/resolutions.ts'
import { stopAndSweep } from '../../src/store/stops.ts'
import { holdWorkerLock, isWorkerAlive } from '../../src/store/workers.ts'
import { freshDatabase } from '../support/database.ts'
import {
  type Claimed,
  claimPeople,
  endBatch,
  enrollPeople,
  markClaimed,
  openSequence,
  type Person,
  settleClaimed,
  WORKER,
} from '../support/enrolled.ts'
import {
  activitiesOf,
  enrollmentRow,
  linksOf,
  messageRow,
  numbersFromRows,
  numbersOf,
} from '../support/looking.ts'
import type { SentSequence } from '../support/sent.ts'
import { createTeam, type TestTeam } from '../support/team.ts'

const { db, url, drop } = await freshDatabase()
const random = seededRandom('resolutions')
const now = Date.parse('2027-03-01T10:00:00Z')
const later = now + HOUR
let team: TestTeam
let sequence: SentSequence
let ann: Person
let claimed: Claimed

/** Ann's first email is on the wire. */
beforeEach(async () => {
  team = await createTeam(db, { now, random })
  sequence = await openSequence(db, team, { now, random })
  ann = (await enrollPeople(db, team, { sequence, count: 1, now, random }))[0]!
  claimed = await claimPeople(db, team, { enrollmentIds: [ann.enrollmentId], now, random })
  await markClaimed(db, team, { claimed, now: now + 1 })
})
afterAll(() => drop())

/** The server never answered; the worker says so itself. */
const doubt = () =>
  settleClaimed(db, team, {
    ...{ claimed, now: now + MINUTE, random, state: 'unknown' },
    follows: { kind: 'hold', reason: 'delivery_unknown', detail: 'the connection broke' },
  })

/** The process died; the next claim finds what it left. */
const die = () =>
  db.transaction(async (tx) => {
    await sql`select from mailboxes where team_id = ${team.team} for no key update`.execute(kysely(tx))
    await recoverLeft(tx, { team: team.team, mailboxIds: [team.mailboxId], now: now + MINUTE, random })
  })

const resolve = (as: 'sent' | 'send_again', actor = 'user:rae') =>
  db.transaction((tx) =>
    resolveUnknown(tx, {
      team: team.team,
      messageId: ann.messageId,
      as,
      actor,
      now: later,
      random,
      evidence: 'seen in Sent',
    }),
  )
const row = () => enrollmentRow(db, team.team, ann.enrollmentId)
const message = () => messageRow(db, team.team, ann.messageId)

async function expectSoundChain(): Promise<void> {
  const links = await linksOf(db, team.team, team.mailboxId)
  expect(verifyChain(links, sha256)).toMatchObject({ ok: true })
}

test('sent: the email counts as delivered, and its enrollment goes on to the next step', async () => {
  await doubt()
  expect(await resolve('sent')).toBe('resolved')
  expect(await message()).toMatchObject({ state: 'accepted', marked: now + 1, failure: null })
  expect(await row()).toMatchObject({ state: 'active', hold: null, step: sequence.stepIds[1] })
  expect((await row()).due).toBeGreaterThan(later + DAY)
  const numbers = await numbersOf(db, team.team, sequence.sequenceId)
  expect(numbers).toEqual({ ...(await numbersFromRows(db, team.team, sequence.sequenceId)), delivered: 1 })
})

test('sent: the ledger has a link of its own, and an activity says by what it is known', async () => {
  await doubt()
  await resolve('sent', 'inbound')
  expect((await linksOf(db, team.team, team.mailboxId)).map(({ kind, state }) => [kind, state])).toEqual([
    ['mark', 'transmitting'],
    ['settlement', 'unknown'],
    ['resolution', 'accepted'],
  ])
  await expectSoundChain()
  expect(await activitiesOf(db, team.team, ann.enrollmentId)).toContainEqual({
    kind: 'delivery_resolved',
    reason: 'sent',
    actor: 'inbound',
  })
})

test('sent: the lane of the next step wakes when it is due', async () => {
  await doubt()
  await sql`update lanes set wake_at = 'infinity' where team_id = ${team.team}`.execute(kysely(db))
  await resolve('sent')
  const { rows } = await sql`select wake_at as wake from lanes where team_id = ${team.team}`.execute(
    kysely(db),
  )
  expect(rows).toEqual([{ wake: (await row()).due }])
})

test('send again: the email is due at once, on the same step, and can be claimed under its own Message-ID', async () => {
  await doubt()
  expect(await resolve('send_again')).toBe('resolved')
  expect(await message()).toMatchObject({ state: 'requeued' })
  expect(await row()).toMatchObject({ state: 'active', hold: null, step: sequence.stepIds[0], due: later })
  await endBatch(db, team, later)
  const again = await claimPeople(db, team, { enrollmentIds: [ann.enrollmentId], now: later, random })
  expect(again.messageIds).toEqual([ann.messageId])
  expect(await markClaimed(db, team, { claimed: again, now: later })).toEqual(new Set([ann.messageId]))
  expect(await message()).toMatchObject({ state: 'transmitting', attempt: 2 })
  await expectSoundChain()
})

test('what is not unknown is left alone', async () => {
  expect(await resolve('sent')).toBe('not_unknown')
  expect(await message()).toMatchObject({ state: 'transmitting' })
  await doubt()
  expect(await resolve('send_again')).toBe('resolved')
  expect(await resolve('sent')).toBe('not_unknown')
})

test('two choices at once: one is taken', async () => {
  await doubt()
  const answers = await Promise.all([
    resolve('sent'),
    resolve('send_again'),
    resolve('sent'),
    resolve('send_again'),
  ])
  expect(answers.filter((one) => one === 'resolved')).toHaveLength(1)
  expect(answers.filter((one) => one === 'not_unknown')).toHaveLength(3)
  await expectSoundChain()
})

test('a paused person stays paused: sent moves them to the next step, send again frees the hold', async () => {
  await doubt()
  const stop = { to: 'paused', reason: 'paused_by_person', until: null } as const
  await stopAndSweep(db, {
    team: team.team,
    enrollmentIds: [ann.enrollmentId],
    stop,
    actor: 'user:rae',
    now: later,
    random,
  })
  await resolve('send_again')
  expect(await row()).toMatchObject({ state: 'paused', hold: null, due: null, step: sequence.stepIds[0] })
})

test('a paused person whose email was sent waits on the next step', async () => {
  await doubt()
  const stop = { to: 'paused', reason: 'paused_by_person', until: null } as const
  await stopAndSweep(db, {
    team: team.team,
    enrollmentIds: [ann.enrollmentId],
    stop,
    actor: 'user:rae',
    now: later,
    random,
  })
  await resolve('sent')
  expect(await row()).toMatchObject({ state: 'paused', hold: null, due: null, step: sequence.stepIds[1] })
})

for (const as of ['sent', 'send_again'] as const)
  test(`a finished person stays finished when the answer is ${as}`, async () => {
    await doubt()
    const stop = { to: 'finished', reason: 'replied' } as const
    await stopAndSweep(db, {
      team: team.team,
      enrollmentIds: [ann.enrollmentId],
      stop,
      actor: 'inbound',
      now: later,
      random,
    })
    expect(await resolve(as)).toBe('resolved')
    expect(await row()).toMatchObject({ state: 'finished', reason: 'replied', due: null })
    expect(await message()).toMatchObject({ state: as === 'sent' ? 'accepted' : 'requeued' })
  })

test('what a dead process left on the wire is unknown, held, and may be sent again', async () => {
  await die()
  expect(await message()).toMatchObject({ state: 'unknown' })
  expect(await row()).toMatchObject({ state: 'active', hold: 'delivery_unknown' })
  expect(await resolve('send_again')).toBe('resolved')
})

test('send again is refused while the process that had it on the wire lives; sent is not', async () => {
  await die()
  const process = await openPostgres({ url, log: createLog('error') })
  await holdWorkerLock(process.control, WORKER)
  expect(await resolve('send_again')).toBe('worker_alive')
  expect(await message()).toMatchObject({ state: 'unknown' })
  await process.close()
  await untilDead()
  expect(await resolve('send_again')).toBe('resolved')
})

test('a reply proves that it was sent, whoever lives', async () => {
  await die()
  const process = await openPostgres({ url, log: createLog('error') })
  await holdWorkerLock(process.control, WORKER)
  expect(await resolve('sent', 'inbound')).toBe('resolved')
  await process.close()
})

test('a living process that has said itself that it does not know holds nothing up', async () => {
  const process = await openPostgres({ url, log: createLog('error') })
  await holdWorkerLock(process.control, WORKER)
  await doubt()
  expect(await resolve('send_again')).toBe('resolved')
  await process.close()
})

test('a living process that lost its lease, and then does not know either, holds nothing up', async () => {
  const process = await openPostgres({ url, log: createLog('error') })
  await holdWorkerLock(process.control, WORKER)
  await die()
  expect(await resolve('send_again')).toBe('worker_alive')
  await doubt()
  expect((await linksOf(db, team.team, team.mailboxId)).map(({ state }) => state)).toEqual([
    'transmitting',
    'unknown',
  ])
  expect(await resolve('send_again')).toBe('resolved')
  await process.close()
})

/** Its step was deleted while nobody knew; who stood on it waits for the next. */
async function moveOn(): Promise<void> {
  const moved = {
    id: ann.enrollmentId,
    stepId: sequence.stepIds[1]!,
    messageId: 'next',
    waitEndsAt: later + DAY,
    rank: 1,
  }
  await retime(db, { team: team.team, people: [{ ...moved, clearHold: false }], now: later })
}

for (const as of ['sent', 'send_again'] as const)
  test(`whose step was deleted meanwhile keeps the wait of the next when the answer is ${as}`, async () => {
    await doubt()
    await moveOn()
    expect(await row()).toMatchObject({ hold: 'delivery_unknown', step: sequence.stepIds[1] })
    expect(await resolve(as)).toBe('resolved')
    expect(await row()).toMatchObject({
      hold: null,
      step: sequence.stepIds[1],
      due: later + DAY,
      message: 'next',
    })
  })

test('a late answer frees whose step was deleted meanwhile', async () => {
  await die()
  await moveOn()
  await settleClaimed(db, team, { claimed, now: later, random })
  expect(await row()).toMatchObject({ hold: null, step: sequence.stepIds[1], due: later + DAY })
})

test('a late answer that nothing arrived makes the same step due when the table of retries says', async () => {
  await die()
  const follows = { kind: 'retry', at: later + HOUR } as const
  await settleClaimed(db, team, { claimed, now: later, random, state: 'deferred', follows })
  expect(await message()).toMatchObject({ state: 'deferred' })
  expect(await row()).toMatchObject({ hold: null, step: sequence.stepIds[0], due: later + HOUR })
})

test('a worker knows itself to be alive, and only in its own database', async () => {
  const process = await openPostgres({ url, log: createLog('error') })
  const elsewhere = await freshDatabase()
  await holdWorkerLock(process.control, 'one')
  await holdWorkerLock(process.control, 'one')
  expect(await isWorkerAlive(process.control, 'one')).toBe(true)
  expect(await isWorkerAlive(db, 'one')).toBe(true)
  expect(await isWorkerAlive(db, 'two')).toBe(false)
  expect(await isWorkerAlive(elsewhere.db, 'one')).toBe(false)
  await process.close()
  await elsewhere.drop()
})

test('a late answer resolves what recovery doubted, and counts once', async () => {
  await die()
  await settleClaimed(db, team, { claimed, now: later, random })
  expect(await message()).toMatchObject({ state: 'accepted' })
  expect(await row()).toMatchObject({ step: sequence.stepIds[1], hold: null })
  expect(await resolve('sent')).toBe('not_unknown')
  expect((await numbersOf(db, team.team, sequence.sequenceId))['delivered']).toBe(1)
  await expectSoundChain()
})

test('one way to the next step writes one activity that says it was sent', async () => {
  await settleClaimed(db, team, { claimed, now: later, random })
  const kinds = (await activitiesOf(db, team.team, ann.enrollmentId)).map(({ kind }) => kind)
  expect(kinds.filter((kind) => kind === 'sent')).toHaveLength(1)
})

/** The server notices the end of a session a moment after its socket has closed. */
async function untilDead(): Promise<void> {
  while (await isWorkerAlive(db, WORKER));
}
