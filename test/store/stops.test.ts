/** A stop commits, then sweeps: what was claimed returns unsent with its counters, what is on the wire is named, and nothing else leaves. */
import { sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { MINUTE } from '../../src/core/clock.ts'
import type { Id } from '../../src/core/ids.ts'
import { seededRandom } from '../../src/random.ts'
import type { CapKey } from '../../src/store/caps.ts'
import { kysely } from '../../src/store/db.ts'
import { release } from '../../src/store/releases.ts'
import { liveEnrollments, stop, stopAndSweep, suppress, sweep } from '../../src/store/stops.ts'
import { suppressionHash } from '../../src/store/suppressions.ts'
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
} from '../support/enrolled.ts'
import {
  activitiesOf,
  capUsed,
  enrollmentRow,
  messageRow,
  numbersFromRows,
  numbersOf,
} from '../support/looking.ts'
import type { SentSequence } from '../support/sent.ts'
import { createTeam, type TestTeam } from '../support/team.ts'

const { db, drop } = await freshDatabase()
const random = seededRandom('stops')
const now = Date.parse('2027-03-01T10:00:00Z')
const soon = now + MINUTE
let team: TestTeam
let sequence: SentSequence
let people: Person[]

beforeEach(async () => {
  team = await createTeam(db, { now, random })
  sequence = await openSequence(db, team, { now, random })
  people = await enrollPeople(db, team, { sequence, count: 3, now, random })
})
afterAll(() => drop())

const ids = () => people.map((one) => one.enrollmentId)
const row = (one: Person) => enrollmentRow(db, team.team, one.enrollmentId)
const message = (one: Person) => messageRow(db, team.team, one.messageId)
const actor = 'user:rae'
const FINISHED = { to: 'finished', reason: 'marked_finished' } as const

function claimThem(more: { capped?: CapKey[]; enrollmentIds?: Id[] } = {}): Promise<Claimed> {
  return claimPeople(db, team, { enrollmentIds: ids(), now, random, ...more })
}
const stopThem = (enrollmentIds: Id[] = ids()) =>
  stopAndSweep(db, { team: team.team, enrollmentIds, stop: FINISHED, actor, now: soon, random })

test('what was claimed is cancelled, and its enrollment ends', async () => {
  await claimThem()
  const { stopped, transmitting } = await stopThem()
  expect(stopped.map((one) => one.enrollmentId)).toEqual(ids())
  expect(transmitting).toEqual([])
  for (const one of people) {
    expect(await message(one)).toMatchObject({ state: 'cancelled', counted: null })
    expect(await row(one)).toMatchObject({ state: 'finished', lease: null, due: null })
  }
})

test('what was cancelled can never be marked', async () => {
  const claimed = await claimThem()
  await stopThem()
  expect(await markClaimed(db, team, { claimed, now: soon })).toEqual(new Set())
})

test('what is transmitting is named, with whom it goes to, and an activity says so', async () => {
  const claimed = await claimThem()
  const [first] = people
  await markClaimed(db, team, { claimed, now, messageIds: [first!.messageId] })
  const { transmitting } = await stopThem()
  expect(transmitting).toEqual([
    {
      messageId: first!.messageId,
      enrollmentId: first!.enrollmentId,
      contactId: first!.contactId,
      sequenceId: sequence.sequenceId,
      toAddress: first!.address,
    },
  ])
  expect(await message(first!)).toMatchObject({ state: 'transmitting' })
  expect((await activitiesOf(db, team.team, first!.enrollmentId)).map(({ kind }) => kind)).toContain(
    'in_flight',
  )
})

test('between the commit and the sweep the mark refuses: the stop is what it reads', async () => {
  const claimed = await claimThem()
  await db.transaction((tx) =>
    stop(tx, { team: team.team, enrollmentIds: ids(), stop: FINISHED, actor, now: soon, random }),
  )
  expect(await markClaimed(db, team, { claimed, now: soon })).toEqual(new Set())
  for (const one of people) expect(await message(one)).toMatchObject({ state: 'cancelled' })
})

test('stops and marks that race: each email either stays here or is named, and nobody waits in a circle', async () => {
  const many = await enrollPeople(db, team, { sequence, count: 60, now, random })
  const claimed = await claimThem({ enrollmentIds: many.map((one) => one.enrollmentId) })
  const rounds = Array.from({ length: 20 }, (_, i) => many.slice(3 * i, 3 * i + 3))
  const ended = await Promise.all(
    rounds.map(async (some) => {
      const marking = markClaimed(db, team, {
        claimed,
        now: soon,
        messageIds: some.map((one) => one.messageId),
      })
      const stopping = stopThem(some.map((one) => one.enrollmentId))
      return { marked: await marking, named: (await stopping).transmitting.map((one) => one.messageId) }
    }),
  )
  for (const { marked, named } of ended) expect([...marked].sort()).toEqual(named)
  expect(db.deadlocks).toBe(0)
})

test('an email that settles after the stop counts as sent, and its enrollment stays ended', async () => {
  const claimed = await claimThem()
  await markClaimed(db, team, { claimed, now })
  await stopThem()
  await settleClaimed(db, team, { claimed, now: soon, random })
  for (const one of people) {
    expect(await message(one)).toMatchObject({ state: 'accepted' })
    expect(await row(one)).toMatchObject({ state: 'finished', reason: 'marked_finished' })
  }
  expect((await numbersOf(db, team.team, sequence.sequenceId))['delivered']).toBe(3)
})

test('the counters of shared caps get back what did not leave, and nothing else', async () => {
  const key: CapKey = { kind: 'sequence', key: sequence.sequenceId, day: '2027-03-01' }
  const claimed = await claimThem({ capped: [key] })
  expect(await capUsed(db, team.team, key)).toBe(3)
  await markClaimed(db, team, { claimed, now, messageIds: [people[0]!.messageId] })
  await stopThem()
  expect(await capUsed(db, team.team, key)).toBe(1)
})

test('a paused person keeps the same email, and gets it after resuming', async () => {
  await claimThem()
  const stop = { to: 'paused', reason: 'paused_by_person', until: null } as const
  await stopAndSweep(db, { team: team.team, enrollmentIds: ids(), stop, actor, now: soon, random })
  expect(await row(people[0]!)).toMatchObject({ state: 'paused', message: people[0]!.messageId, lease: null })
  expect(await message(people[0]!)).toMatchObject({ state: 'cancelled' })
})

test('a sequence that is switched off gives back what was claimed, and its people wait, still active', async () => {
  await claimThem()
  await sql`update sequences set active = false where team_id = ${team.team} and id = ${sequence.sequenceId}`.execute(
    kysely(db),
  )
  const swept = await sweep(db, {
    team: team.team,
    of: { sequenceIds: [sequence.sequenceId] },
    now: soon,
    random,
  })
  expect(swept.cancelled).toHaveLength(3)
  for (const one of people) expect(await row(one)).toMatchObject({ state: 'active', lease: null, due: soon })
})

test('stopping twice changes nothing the second time', async () => {
  await stopThem()
  expect(await stopThem()).toEqual({ stopped: [], transmitting: [] })
})

test('a stop of many goes in chunks, and answers for all of them', async () => {
  const many = await enrollPeople(db, team, { sequence, count: 6_000, now, random })
  const { stopped } = await stopThem(many.map((one) => one.enrollmentId))
  expect(stopped).toHaveLength(6_000)
  expect(await numbersOf(db, team.team, sequence.sequenceId)).toEqual(
    await numbersFromRows(db, team.team, sequence.sequenceId),
  )
})

test('an email that was cancelled leaves under the same Message-ID when its person is due again', async () => {
  await claimThem()
  const rfcIdOf = async () => {
    const { rows } = await sql<{
      id: string
    }>`select rfc_id as id from messages where team_id = ${team.team} and id = ${people[0]!.messageId}`.execute(
      kysely(db),
    )
    return rows[0]!.id
  }
  const before = await rfcIdOf()
  await sweep(db, { team: team.team, of: { enrollmentIds: ids() }, now: soon, random })
  await endBatch(db, team, soon)
  const again = await claimPeople(db, team, { enrollmentIds: ids(), now: soon, random })
  expect(again.messageIds).toHaveLength(3)
  expect(await rfcIdOf()).toBe(before)
})

test('suppressing an address ends every live enrollment of it and keeps its claimed email back', async () => {
  await claimThem()
  const { address } = people[0]!
  const entries = [{ kind: 'address' as const, value: address }]
  const done = await db.transaction((tx) =>
    suppress(tx, {
      team: team.team,
      entries,
      reason: 'manual',
      source: 'by hand',
      by: null,
      actor,
      now: soon,
      random,
    }),
  )
  expect(done).toMatchObject({
    added: [address],
    already: [],
    stopped: [{ enrollmentId: people[0]!.enrollmentId }],
  })
  const swept = await sweep(db, { team: team.team, of: { addresses: [address] }, now: soon, random })
  expect(swept.cancelled).toEqual([people[0]!.messageId])
  expect(await row(people[0]!)).toMatchObject({ state: 'finished', reason: 'suppressed' })
  expect(await row(people[1]!)).toMatchObject({ state: 'active' })
})

test('a suppressed domain covers the domains below it, and no domain that only ends alike', async () => {
  const move = (one: Person, address: string) =>
    sql`update contacts set address = ${address} where team_id = ${team.team} and id = ${one.contactId}`.execute(
      kysely(db),
    )
  await move(people[0]!, 'ann@acme.test')
  await move(people[1]!, 'bob@sales.acme.test')
  await move(people[2]!, 'eve@notacme.test')
  const live = await liveEnrollments(db, { team: team.team, of: { domains: ['acme.test'] } })
  expect(live).toEqual([people[0]!.enrollmentId, people[1]!.enrollmentId].sort())
})

test('a suppressed hash ends the enrollment of the address behind it', async () => {
  const entries = [{ kind: 'hash' as const, value: suppressionHash(people[2]!.address) }]
  const { stopped } = await db.transaction((tx) =>
    suppress(tx, {
      team: team.team,
      entries,
      reason: 'imported',
      source: 'list',
      by: null,
      actor,
      now: soon,
      random,
    }),
  )
  expect(stopped.map((one) => one.enrollmentId)).toEqual([people[2]!.enrollmentId])
})

test('suppressing again says already, and a lifted one stands again', async () => {
  const entries = [{ kind: 'domain' as const, value: 'acme.test' }]
  const add = () =>
    db.transaction((tx) =>
      suppress(tx, {
        team: team.team,
        entries,
        reason: 'manual',
        source: 'by hand',
        by: null,
        actor,
        now: soon,
        random,
      }),
    )
  expect(await add()).toMatchObject({ added: ['acme.test'] })
  expect(await add()).toMatchObject({ added: [], already: ['acme.test'] })
  await sql`update suppressions set lifted_at = '2027-03-01T11:00:00Z' where team_id = ${team.team}`.execute(
    kysely(db),
  )
  expect(await add()).toMatchObject({ added: ['acme.test'] })
})

test('an email that was refused is tried again after release, and an unknown one never is', async () => {
  const claimed = await claimThem()
  await markClaimed(db, team, { claimed, now })
  const hold = (reason: 'sending_failed' | 'delivery_unknown') =>
    ({ kind: 'hold', reason, detail: '550 no' }) as const
  const [refused, doubted] = people
  await settleClaimed(db, team, {
    ...{
      claimed,
      now: soon,
      random,
      messageIds: [refused!.messageId],
      state: 'rejected',
      follows: hold('sending_failed'),
    },
  })
  await settleClaimed(db, team, {
    ...{
      claimed,
      now: soon,
      random,
      messageIds: [doubted!.messageId],
      state: 'unknown',
      follows: hold('delivery_unknown'),
    },
  })
  const released = await db.transaction((tx) =>
    release(tx, { team: team.team, enrollmentIds: ids(), actor, now: soon, random }),
  )
  expect(released.map((one) => one.enrollmentId)).toEqual([refused!.enrollmentId])
  expect(await message(refused!)).toMatchObject({ state: 'requeued' })
  expect(await message(doubted!)).toMatchObject({ state: 'unknown' })
})
