/**
 * A ledger to be verified, fresh before each test: three people have received the first step under a daily cap, one waits for it. And the
 * ways to break it by hand.
 */
import { type RawBuilder, sql } from 'kysely'
import { afterAll, beforeEach } from 'vitest'
import { HOUR, SECOND } from '../../src/core/clock.ts'
import { seededRandom } from '../../src/random.ts'
import type { CapKey } from '../../src/store/caps.ts'
import { kysely } from '../../src/store/db.ts'
import { type Finding, verify } from '../../src/store/verify.ts'
import { freshDatabase } from './database.ts'
import {
  claimPeople,
  endBatch,
  enrollPeople,
  markClaimed,
  openSequence,
  type Person,
  settleClaimed,
} from './enrolled.ts'
import type { SentSequence } from './sent.ts'
import { createTeam, type TestTeam } from './team.ts'

export const { db, url, drop } = await freshDatabase()
export const random = seededRandom('verify')
/** A Monday. */
export const now = Date.parse('2027-03-01T10:00:00Z')
export const later = now + HOUR
export let team: TestTeam
export let sequence: SentSequence
export let people: Person[]
/** Received the first step. */
export let ann: Person
/** Still waits for it, due now. */
export let eve: Person

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

export const cap = (): CapKey => ({ kind: 'sequence', key: sequence.sequenceId, day: '2027-03-01' })
export const run = (statement: RawBuilder<unknown>) => statement.execute(kysely(db))
export const proof = (when = later) => verify(db, { now: when, team: team.team })

/** Names of what is broken, without repeats. */
export async function broken(when = later): Promise<string[]> {
  return [...new Set((await proof(when)).map((one) => one.promise))]
}

/** The first finding of that name. */
export async function breach(promise: string): Promise<Finding> {
  return (await proof()).find((one) => one.promise === promise)!
}

export const setMessage = (one: Person, columns: RawBuilder<unknown>) =>
  run(sql`update messages set ${columns} where team_id = ${team.team} and id = ${one.messageId}`)
export const setEnrollment = (one: Person, columns: RawBuilder<unknown>) =>
  run(sql`update enrollments set ${columns} where team_id = ${team.team} and id = ${one.enrollmentId}`)
