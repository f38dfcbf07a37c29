/** Every way between the states of an enrollment, on its row: state, activity and numbers change together, and what is not legal is left out. */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, HOUR } from '../../src/core/clock.ts'
import { type EnrollmentState, mayTransit, TRANSITIONS, type Transition } from '../../src/core/enrollment.ts'
import { type Id, newId } from '../../src/core/ids.ts'
import { seededRandom } from '../../src/random.ts'
import { at, kysely } from '../../src/store/db.ts'
import { type Change, transit } from '../../src/store/transitions.ts'
import { freshDatabase } from '../support/database.ts'
import { enrollPeople, openSequence, type Person } from '../support/enrolled.ts'
import { activitiesOf, enrollmentRow, numbersFromRows, numbersOf } from '../support/looking.ts'
import type { SentSequence } from '../support/sent.ts'
import { createTeam, type TestTeam } from '../support/team.ts'

const { db, drop } = await freshDatabase()
const random = seededRandom('transitions')
const now = Date.parse('2027-03-01T10:00:00Z')
let team: TestTeam
let sequence: SentSequence

beforeAll(async () => {
  team = await createTeam(db, { now, random })
  sequence = await openSequence(db, team, { now, random })
})
afterAll(() => drop())

async function person(): Promise<Person> {
  const [one] = await enrollPeople(db, team, { sequence, count: 1, now, random })
  return one!
}

async function change(one: Person, transition: Transition, more: Partial<Change> = {}) {
  const changes = [{ enrollmentId: one.enrollmentId, transition, ...more }]
  return db.transaction((tx) =>
    transit(tx, { team: team.team, changes, actor: 'user:rae', now: now + HOUR, random }),
  )
}

const row = (one: Person) => enrollmentRow(db, team.team, one.enrollmentId)
const kinds = async (one: Person) =>
  (await activitiesOf(db, team.team, one.enrollmentId)).map(({ kind }) => kind)

async function expectNumbersOfRows(): Promise<void> {
  const { team: id } = team
  const people = await numbersOf(db, id, sequence.sequenceId)
  expect(people).toEqual(await numbersFromRows(db, id, sequence.sequenceId))
}

const NEXT = () => ({
  stepId: sequence.stepIds[1]!,
  messageId: newId(now, random),
  rank: 1,
  waitEndsAt: now + 2 * DAY,
})

/** What a change needs besides its name. */
const MORE: Partial<Record<Transition, () => Partial<Change>>> = {
  advance: () => ({ next: NEXT() }),
  do_task: () => ({ next: NEXT() }),
  skip: () => ({ next: NEXT(), reason: 'date_over', detail: 'more than 24 hours after its date' }),
  hold: () => ({ reason: 'stale', detail: 'overdue by 9 days' }),
  pause: () => ({ reason: 'paused_by_person' }),
  finish: () => ({ reason: 'marked_finished' }),
  fail: () => ({ reason: 'hard_bounced' }),
}
const more = (transition: Transition) => MORE[transition]?.() ?? {}

/** How a row gets into each state. */
const INTO: Record<EnrollmentState, Transition | null> = {
  active: null,
  paused: 'pause',
  finished: 'finish',
  failed: 'fail',
}

const CHANGING = (Object.keys(TRANSITIONS) as Transition[]).filter(
  (name) => name !== 'enroll' && name !== 'enroll_paused',
)

for (const transition of CHANGING)
  for (const from of Object.keys(INTO) as EnrollmentState[])
    if (mayTransit(transition, from))
      test(`${transition} of an enrollment that is ${from} writes its activity and keeps every number equal to its rows`, async () => {
        const one = await person()
        if (INTO[from]) await change(one, INTO[from], more(INTO[from]))
        const before = await row(one)
        const [moved] = await change(one, transition, more(transition))
        expect(moved).toMatchObject({ enrollmentId: one.enrollmentId, from })
        expect(await row(one)).toMatchObject({ state: moved!.to, due: moved!.dueAt, rev: before.rev + 1 })
        expect((await kinds(one)).at(-1)).toBe(TRANSITIONS[transition].activity)
        await expectNumbersOfRows()
      })
    else
      test(`${transition} of an enrollment that is ${from} is not legal: nothing changes, nothing is written`, async () => {
        const one = await person()
        if (INTO[from]) await change(one, INTO[from], more(INTO[from]))
        const [before, written] = [await row(one), await kinds(one)]
        expect(await change(one, transition, more(transition))).toEqual([])
        expect(await row(one)).toEqual(before)
        expect(await kinds(one)).toEqual(written)
      })

test('a removed enrollment takes no transition, and is in no number', async () => {
  const one = await person()
  const before = await numbersOf(db, team.team, sequence.sequenceId)
  await change(one, 'remove')
  expect(await row(one)).toMatchObject({ state: 'finished', reason: 'removed', removed: now + HOUR })
  expect((await numbersOf(db, team.team, sequence.sequenceId))['active']).toBe(before['active']! - 1)
  for (const transition of CHANGING) expect(await change(one, transition, more(transition))).toEqual([])
})

test('what had ended keeps its end when it is removed', async () => {
  const one = await person()
  await change(one, 'finish', { reason: 'replied' })
  await change(one, 'remove')
  expect(await row(one)).toMatchObject({ state: 'finished', reason: 'replied', removed: now + HOUR })
  await expectNumbersOfRows()
})

test('of two changes of one enrollment in one call the first counts, once', async () => {
  const one = await person()
  const changes = (['pause', 'finish'] as const).map((transition) => ({
    enrollmentId: one.enrollmentId,
    transition,
    reason: transition === 'pause' ? ('paused_by_person' as const) : ('clicked' as const),
  }))
  const moved = await db.transaction((tx) =>
    transit(tx, { team: team.team, changes, actor: 'user:rae', now: now + HOUR, random }),
  )
  expect(moved).toHaveLength(1)
  expect(await row(one)).toMatchObject({ state: 'paused' })
  expect(await kinds(one)).toEqual(['enrolled', 'paused'])
  await expectNumbersOfRows()
})

test('a change that names another revision is left out', async () => {
  const one = await person()
  const { rev } = await row(one)
  expect(await change(one, 'finish', { reason: 'stopped', rev: rev - 1 })).toEqual([])
  expect(await change(one, 'finish', { reason: 'stopped', rev })).toHaveLength(1)
})

test('another team reaches nobody', async () => {
  const other = await createTeam(db, { now, random })
  const one = await person()
  const changes = [
    { enrollmentId: one.enrollmentId, transition: 'finish' as const, reason: 'stopped' as const },
  ]
  const moved = await db.transaction((tx) =>
    transit(tx, { team: other.team, changes, actor: 'user:x', now, random }),
  )
  expect(moved).toEqual([])
  expect(await row(one)).toMatchObject({ state: 'active' })
})

test('advance moves to the next step with its own email, due when its wait is over', async () => {
  const one = await person()
  const next = NEXT()
  await change(one, 'advance', { next, parentMessageId: one.messageId })
  expect(await row(one)).toMatchObject({
    state: 'active',
    step: next.stepId,
    message: next.messageId,
    due: next.waitEndsAt,
  })
})

test('a paused enrollment advances and stays paused, without a due time', async () => {
  const one = await person()
  await change(one, 'pause', { reason: 'paused_by_person' })
  const next = NEXT()
  await change(one, 'advance', { next })
  expect(await row(one)).toMatchObject({ state: 'paused', step: next.stepId, due: null })
})

test('a pause with an end keeps it; resuming clears it, and the wait that went on decides when it is due', async () => {
  const one = await person()
  await change(one, 'advance', { next: NEXT() })
  await change(one, 'pause', { reason: 'away', until: now + DAY })
  expect(await row(one)).toMatchObject({ state: 'paused', reason: 'away', unpause: now + DAY, due: null })
  await change(one, 'resume')
  expect(await row(one)).toMatchObject({ state: 'active', reason: null, unpause: null, due: now + 2 * DAY })
})

test('what is overdue when it is resumed is due at once', async () => {
  const one = await person()
  await change(one, 'pause', { reason: 'paused_by_person' })
  await change(one, 'resume')
  expect(await row(one)).toMatchObject({ due: now + HOUR })
})

test('a hold is active without a due time; released, it is due again and the hold is gone', async () => {
  const one = await person()
  await change(one, 'hold', { reason: 'snippets_missing', detail: 'title' })
  expect(await row(one)).toMatchObject({
    state: 'active',
    hold: 'snippets_missing',
    detail: 'title',
    due: null,
  })
  await change(one, 'release', { dueAt: now + HOUR })
  expect(await row(one)).toMatchObject({ state: 'active', hold: null, detail: null, due: now + HOUR })
})

test('a paused enrollment takes its hold along and meets it when it is resumed', async () => {
  const one = await person()
  await change(one, 'hold', { reason: 'soft_bounces', detail: 'three' })
  await change(one, 'pause', { reason: 'paused_by_person' })
  expect(await row(one)).toMatchObject({ state: 'paused', hold: 'soft_bounces', due: null })
  await expectNumbersOfRows()
  await change(one, 'resume')
  expect(await row(one)).toMatchObject({ state: 'active', hold: 'soft_bounces', due: null })
  await expectNumbersOfRows()
})

test('releasing the hold of a paused enrollment leaves it paused', async () => {
  const one = await person()
  await change(one, 'hold', { reason: 'stale', detail: '' })
  await change(one, 'pause', { reason: 'paused_by_person' })
  await change(one, 'release', { dueAt: now + HOUR })
  expect(await row(one)).toMatchObject({ state: 'paused', reason: 'paused_by_person', hold: null, due: null })
  await expectNumbersOfRows()
})

test('a failed enrollment that is retried stands on the same step, due, with nothing left of the failure', async () => {
  const one = await person()
  await change(one, 'fail', { reason: 'user_deleted' })
  await change(one, 'retry', { dueAt: now + HOUR })
  expect(await row(one)).toMatchObject({
    state: 'active',
    reason: null,
    finished: null,
    step: sequence.stepIds[0],
    due: now + HOUR,
  })
})

test('the activity tells who, why, until when, and about which email', async () => {
  const one = await person()
  await change(one, 'pause', {
    reason: 'away',
    until: now + DAY,
    detail: 'back on Tuesday',
    messageId: one.messageId,
  })
  const { rows } = await sql<{ detail: unknown }>`
    select actor, reason, at, contact_id as contact, sequence_id as sequence, step_id as step, mailbox_id as mailbox,
      message_id as message, detail
    from activities where team_id = ${team.team} and enrollment_id = ${one.enrollmentId} and kind = 'paused'`.execute(
    kysely(db),
  )
  expect(rows).toEqual([
    {
      actor: 'user:rae',
      reason: 'away',
      at: now + HOUR,
      contact: one.contactId,
      sequence: sequence.sequenceId,
      step: sequence.stepIds[0],
      mailbox: team.mailboxId,
      message: one.messageId,
      detail: { detail: 'back on Tuesday', until: at(now + DAY) },
    },
  ])
})

test('a thousand people change in one call, each counted once', async () => {
  const people = await enrollPeople(db, team, { sequence, count: 1_000, now, random })
  const changes = people.map(({ enrollmentId }: { enrollmentId: Id }) => ({
    enrollmentId,
    transition: 'finish' as const,
    reason: 'marked_finished' as const,
  }))
  const moved = await db.transaction((tx) =>
    transit(tx, { team: team.team, changes, actor: 'user:rae', now, random }),
  )
  expect(moved).toHaveLength(1_000)
  await expectNumbersOfRows()
})

test('the database itself refuses an active enrollment with both a due time and a hold', async () => {
  const one = await person()
  const planted = sql`update enrollments set hold_reason = 'stale' where team_id = ${team.team} and id = ${one.enrollmentId}`
  await expect(planted.execute(kysely(db))).rejects.toThrow('active_is_due_or_leased_or_held')
})
