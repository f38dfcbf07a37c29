/** A step that is passed over: its date is over, or it was taken out while its email was on the wire. The person goes on with the next one. */
import { sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { DAY, HOUR, type Instant, MINUTE } from '../../src/core/clock.ts'
import { isFollowUp } from '../../src/core/enrollment.ts'
import { type Claim, claim } from '../../src/engine/claim.ts'
import { createLog } from '../../src/log.ts'
import { seededRandom } from '../../src/random.ts'
import { at, kysely } from '../../src/store/db.ts'
import { readFacts } from '../../src/store/due-enrollments.ts'
import { TestClock } from '../support/clock.ts'
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
import { activitiesOf, enrollmentRow, numbersFromRows, numbersOf } from '../support/looking.ts'
import type { SentSequence } from '../support/sent.ts'
import { createTeam, type TestTeam } from '../support/team.ts'

const { db, drop } = await freshDatabase()
const random = seededRandom('skipped steps')
const now = Date.parse('2027-03-01T10:00:00Z')
let clock: TestClock
let team: TestTeam
let sequence: SentSequence
let person: Person

beforeEach(async () => {
  clock = new TestClock(now)
  team = await createTeam(db, { now, random })
  sequence = await openSequence(db, team, { now, random })
  await sql`update sequences set active = true, activated_at = ${at(now)} where id = ${sequence.sequenceId}`.execute(
    kysely(db),
  )
  await sql`update variants set approved = true where team_id = ${team.team}`.execute(kysely(db))
})
afterAll(() => drop())

const enroll = async () => {
  const [one] = await enrollPeople(db, team, { sequence, count: 1, now, random })
  person = one!
}
const claimNow = () =>
  claim(team.team, { db, clock, random, log: createLog('silent'), publicUrl: null, worker: 'one' })
const row = () => enrollmentRow(db, team.team, person.enrollmentId)
const told = () => activitiesOf(db, team.team, person.enrollmentId)
const messagesIn = ({ batches }: Claim) => batches.flatMap(({ messages }) => messages)

/** The date of a step; whoever waits on it already waits for that date. */
async function date(step: number, instant: Instant) {
  const stepId = sequence.stepIds[step - 1]!
  await sql`update steps set exact_at = ${at(instant)} where id = ${stepId}`.execute(kysely(db))
  await sql`update enrollments set wait_ends_at = ${at(instant)}, due_at = ${at(instant)} where step_id = ${stepId}`.execute(
    kysely(db),
  )
}

test('an exact-date step more than 24 hours late is skipped: the next step becomes current, and an activity says why', async () => {
  await enroll()
  await date(1, now + HOUR)
  await date(2, now + 9 * DAY)
  clock.advance(HOUR + DAY + MINUTE)
  expect(messagesIn(await claimNow())).toEqual([])
  expect(await row()).toMatchObject({
    state: 'active',
    hold: null,
    step: sequence.stepIds[1],
    due: now + 9 * DAY,
  })
  expect((await told()).at(-1)).toEqual({ kind: 'skipped', reason: 'date_over', actor: 'engine' })
  expect(await numbersOf(db, team.team, sequence.sequenceId)).toEqual(
    await numbersFromRows(db, team.team, sequence.sequenceId),
  )
})

test('those enrolled after its date skip it, and begin with the step that is still ahead', async () => {
  await date(1, now - HOUR)
  await date(2, now - MINUTE)
  await date(3, now + HOUR)
  await enroll()
  await date(1, now - HOUR)
  await claimNow()
  await claimNow()
  expect(await row()).toMatchObject({ state: 'active', step: sequence.stepIds[2], due: now + HOUR })
  expect((await told()).map(({ kind }) => kind)).toEqual(['enrolled', 'skipped', 'skipped'])
  const facts = await readFacts(db, { team: team.team, enrollmentIds: [person.enrollmentId], now })
  // Nothing was received yet: it is a first step, and needs no inbox to be read.
  expect(isFollowUp(facts.get(person.enrollmentId)!.enrollment.rank)).toBe(false)
})

test('a skipped last step finishes, and the activity says why', async () => {
  await enroll()
  for (const step of [1, 2, 3]) await date(step, now + step * HOUR)
  clock.advance(9 * DAY)
  for (let i = 0; i < 3; i++) expect(messagesIn(await claimNow())).toEqual([])
  expect(await row()).toMatchObject({ state: 'finished', reason: 'completed', due: null, hold: null })
  expect((await told()).slice(1)).toEqual([
    { kind: 'skipped', reason: 'date_over', actor: 'engine' },
    { kind: 'skipped', reason: 'date_over', actor: 'engine' },
    { kind: 'finished', reason: 'date_over', actor: 'engine' },
  ])
})

test('a step within 24 hours of its date is sent, however late in them', async () => {
  await enroll()
  await date(1, now + HOUR)
  clock.advance(HOUR + DAY)
  expect(messagesIn(await claimNow())).toHaveLength(1)
})

test('a step that was deleted while its email was on the wire, and deferred, is skipped', async () => {
  await enroll()
  const enrollmentIds = [person.enrollmentId]
  const claimed = await claimPeople(db, team, { enrollmentIds, now, random })
  await markClaimed(db, team, { claimed, now })
  await sql`update steps set deleted_at = ${at(now)} where id = ${sequence.stepIds[0]!}`.execute(kysely(db))
  const retry = { kind: 'retry', at: now + MINUTE } as const
  await settleClaimed(db, team, { claimed, now, random, state: 'deferred', follows: retry })
  await endBatch(db, team, now)
  clock.advance(MINUTE)
  expect(messagesIn(await claimNow())).toEqual([])
  expect(await row()).toMatchObject({ state: 'active', hold: null, step: sequence.stepIds[1] })
  expect((await told()).at(-1)).toMatchObject({ kind: 'skipped', reason: 'step_deleted' })
})

test('a skip from an email to a call wakes who makes tasks: the call that is due next is not slept through', async () => {
  await enroll()
  await date(1, now + HOUR)
  await sql`update steps set kind = 'call', wait_amount = 0 where id = ${sequence.stepIds[1]!}`.execute(
    kysely(db),
  )
  await sql`update lanes set task_wake_at = 'infinity'`.execute(kysely(db))
  clock.advance(HOUR + DAY + MINUTE)
  await claimNow()
  expect(await row()).toMatchObject({ step: sequence.stepIds[1] })
  const { rows } = await sql<{ wakes: boolean }>`
    select l.task_wake_at <= e.due_at as wakes from enrollments e
    join lanes l on l.mailbox_id = e.mailbox_id and l.sequence_id = e.sequence_id where e.id = ${person.enrollmentId}`.execute(
    kysely(db),
  )
  expect(rows).toEqual([{ wakes: true }])
})
